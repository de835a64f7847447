"""Work orders are kept by day with a division among places: nothing of it may be lost on the way in, out or over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

from db.centres import tree
from db.coded import Figures
from db.engine import MIGRATIONS, make_engine, migrate
from db.export import fact_rows
from db.facts import group_sums
from db.order_split import MEASURES, pack, unpack
from kpi.measures import of_fact
from kpi.model import Fact, Grain
from tests.factories import DAY, Desk, batch, orders
from tests.order_lines import NUMBERED, PLACE, order_lines, taken_apart

NEXT = DAY + timedelta(days=1)
FAR = date(2031, 1, 31)


def test_it_numbers_every_measure_of_work_orders_as_what_is_stored_says() -> None:
    assert MEASURES[: len(NUMBERED)] == NUMBERED  # a number that moved would make other figures of all that is kept
    assert set(MEASURES) == {measure.code for measure in of_fact(Fact.ORDER)}


@pytest.mark.parametrize("most", [100, 127, 128, 30_000, 2**31 - 1, 2**40])
def test_it_gives_back_what_was_packed_however_big_and_whatever_is_missing(most: int) -> None:
    rng = np.random.default_rng(most)
    sizes = rng.integers(1, 6, 300)
    starts = np.cumsum(sizes) - sizes
    lines = int(sizes.sum())
    names = NUMBERED[::3]
    known = {name: rng.random(lines) < rng.random() for name in names}
    values = {name: np.where(known[name], rng.integers(-most, most + 1, lines), 0) for name in names}
    place = rng.integers(1, 90, lines)
    figures = {name: Figures(values[name], known[name]) for name in names[:-1]}
    figures[names[-1]] = Figures(values[names[-1]])
    packed = pack(place, figures, starts)
    expected = [
        (
            row,
            int(place[at]),
            *(
                None if (one := figures[n]).known is not None and not one.known[at] else int(values[n][at])
                for n in names
            ),
        )
        for row, (start, size) in enumerate(zip(starts, sizes, strict=True))
        for at in range(start, start + size)
    ]
    by_hand = [
        (row, number, *(told.get(name) for name in names))
        for row, division in enumerate(packed)
        for number, told in taken_apart(division)
    ]
    assert by_hand == expected
    found = unpack(packed, names)
    order = np.argsort(found.row, kind="stable")
    columns = [found.row[order].tolist(), found.place[order].tolist(), *(found.figures[n].at(order) for n in names)]
    assert list(zip(*columns, strict=True)) == expected


def test_it_unpacks_nothing_and_measures_that_no_division_has() -> None:
    assert len(unpack([], ["due"]).row) == 0
    division = pack(np.array([7]), {"accepted": Figures(np.array([3]))}, np.array([0]))
    lines = unpack(division, ["accepted", "due"])
    assert (lines.figures["accepted"].at(np.array([0])), lines.figures["due"].at(np.array([0]))) == ([3], [None])


def test_it_keeps_one_row_a_centre_day_and_acceptance_day_with_its_sums(engine: Engine) -> None:
    rows = [
        {"department": "甲", "accepted": 2, "solved_first": 1},
        {"department": "乙", "accepted": 3},
        {"department": "乙", "channel": "电话", "day": NEXT, "due": 1, "closed": 0},
        {"department": "乙", "channel": "电话", "anchor": NEXT, "day": NEXT, "accepted": 4},
    ]
    Desk(engine).write(batch(orders=orders(*rows)))
    with engine.connect() as conn:
        sums = "SELECT day, anchor, accepted, solved_first, due, closed FROM order_stats ORDER BY 1, 2"
        kept = [(str(row[0]), str(row[1]), *row[2:]) for row in conn.execute(text(sums))]
        lines = order_lines(conn)
    today, tomorrow = str(DAY), str(NEXT)
    assert kept == [
        (today, today, 5, 1, None, None),
        (tomorrow, today, None, None, 1, 0),
        (tomorrow, tomorrow, 4, None, None, None),
    ]
    told = {(one["department"], one["channel"], str(one["anchor"]), str(one["day"])): one for one in lines}
    assert len(told) == len(lines) == 4
    assert (told["甲", "", today, today]["solved_first"], told["乙", "", today, today]["solved_first"]) == (1, None)


def test_it_gives_a_place_one_number_whichever_batch_brings_it(engine: Engine) -> None:
    desk = Desk(engine)
    for day, departments in ((DAY, "ab"), (NEXT, "bc"), (DAY, "ca")):
        made = orders(*({"day": day, "anchor": day, "department": one, "accepted": 1} for one in departments))
        desk.write(batch(orders=made))
    with engine.connect() as conn:
        names = conn.execute(text("SELECT department FROM order_places ORDER BY id")).scalars().all()
        kept = sorted((str(line["day"]), line["department"]) for line in order_lines(conn))
    assert names == ["a", "b", "c"]
    assert kept == [(str(DAY), "a"), (str(DAY), "c"), (str(NEXT), "b"), (str(NEXT), "c")]


def test_it_adds_up_by_each_name_only_lines_that_have_all_the_measures(engine: Engine) -> None:
    desk = Desk(engine)
    one = [
        {"department": "a", "channel": "电话", "category": "x", "due": 5, "closed": 3},
        {"department": "b", "channel": "电话", "category": "y", "due": 7},
        {"department": "a", "channel": "网站", "category": "y", "day": NEXT, "due": 11, "closed": 11},
    ]
    desk.write(batch(orders=orders(*one)), "one")
    desk.write(
        batch(orders=orders({"department": "a", "channel": "微信", "category": "x", "due": 1, "closed": 0})), "two"
    )
    expected = {
        Grain.DEPARTMENT: [("a", 2, 14, 17)],
        Grain.CHANNEL: [("微信", 1, 0, 1), ("电话", 1, 3, 5), ("网站", 1, 11, 11)],
        Grain.CATEGORY: [("x", 1, 3, 6), ("y", 1, 11, 11)],
    }
    with engine.connect() as conn:
        centres = tree(conn).under_all([])
        for by, rows in expected.items():
            found = group_sums(conn, ("closed", "due"), centres, DAY, NEXT, by)
            assert [tuple(row) for row in found.itertuples(index=False)] == rows, by
        assert group_sums(conn, ("closed", "due"), centres, FAR, FAR, Grain.CHANNEL).empty


def test_it_exports_every_line_with_its_texts(engine: Engine) -> None:
    rows = [
        {"department": name, "channel": "电话", "category": "c", "day": day, "accepted": n, "due": None if n else 4}
        for n, (name, day) in enumerate([("b", DAY), ("a", DAY), ("a", NEXT)])
    ]
    Desk(engine).write(batch(orders=orders(*rows)))
    with engine.connect() as conn:
        titles, found = fact_rows(conn, "order_stats", tree(conn).under_all([]), DAY, NEXT)
        shown = [dict(zip(titles, row, strict=True)) for row in found]
    names = ("日期", "受理日", "承办单位", "渠道", "类别", "受理量", "到期量")
    assert titles[:6] == ["中心", "日期", "受理日", "承办单位", "渠道", "类别"]
    assert [tuple(row[name] for name in names) for row in shown] == [
        (DAY, DAY, "a", "电话", "c", 1, None),
        (DAY, DAY, "b", "电话", "c", 0, 4),
        (NEXT, DAY, "a", "电话", "c", 2, None),
    ]


def _moved(engine: Engine, revision: str, up: bool) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        (command.upgrade if up else command.downgrade)(config, revision)


def _old_rows() -> Iterator[dict[str, Any]]:
    """Rows as they were: one a place, some figures missing, one beyond 16 bits, parts and sources apart."""
    for n in range(60):
        figures = {code: (n * 7 + at) % 5 for at, code in enumerate(NUMBERED) if (n + at) % 3}
        yield (
            dict.fromkeys(NUMBERED)
            | figures
            | {
                "centre_id": 1 + n % 2,
                "day": f"2026-03-{5 + n % 4:02d}",
                "anchor": f"2026-03-{5 + n % 2:02d}",
                "department": f"单位{n % 7}",
                "channel": ("电话", "it's\\", "")[n % 3],
                "category": f"{n}",
                "source_id": 1 + (n == 59),
                "part": "a.csv" if n == 58 else "",
                "run_id": 1,
                **({"accepted": 70_000} if n == 57 else {}),
            }
        )


def _as_told(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    names = ("centre_id", "day", "anchor", "source_id", "part", "run_id", *PLACE, *NUMBERED)
    return sorted(tuple(str(row[name]) for name in names) for row in rows)


def _all(conn: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(text("SELECT * FROM order_stats")).mappings()]


def test_it_carries_work_orders_over_to_the_new_form_and_back(empty_url: str) -> None:
    engine = make_engine(empty_url)
    migrate(engine)
    _moved(engine, "0004", up=False)
    old = list(_old_rows())
    with engine.begin() as conn:
        columns = list(old[0])
        values = ", ".join(
            f"CAST(:{name} AS DATE)" if name in ("day", "anchor") and conn.dialect.name == "postgresql" else f":{name}"
            for name in columns
        )
        conn.execute(text(f"INSERT INTO order_stats ({', '.join(columns)}) VALUES ({values})"), old)
    migrate(engine)
    with engine.connect() as conn:
        assert _as_told(order_lines(conn)) == _as_told(old)
        assert conn.scalar(text("SELECT sum(accepted) FROM order_stats")) == sum(row["accepted"] or 0 for row in old)
        assert len(_all(conn)) == len(
            {tuple(row[n] for n in ("centre_id", "day", "anchor", "source_id", "part")) for row in old}
        )
    _moved(engine, "0004", up=False)
    with engine.connect() as conn:
        assert _as_told(_all(conn)) == _as_told(old)
        assert "order_places" not in inspect(conn).get_table_names()
    engine.dispose()
