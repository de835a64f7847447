"""The first load: sparse rows, awkward texts, indexes made at the end, totals taken from the batch itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, inspect, text

import db.bulk
import db.facts_write
from db.coded import Column, Figures, alike, in_order
from db.totals_check import check_totals
from tests.factories import DAY, Desk, batch, calls, months, orders, readings, seats
from tests.order_lines import order_lines

NEXT = DAY + timedelta(days=1)


def found(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(sql))]


def totals(engine: Engine) -> dict[tuple[str, str, str], float]:
    sql = "SELECT code, measure, CAST(day AS VARCHAR(10)), value FROM day_totals JOIN centres ON centres.id = centre_id"
    return {(centre, measure, str(day)): value for centre, measure, day, value in found(engine, sql)}


def few_alike() -> list[dict[str, Any]]:
    """Sixty-four orders, each with figures of its own: nearly no two can share a statement."""
    codes = ("accepted", "solved_first", "dispatched", "due", "closed", "to_call_back")
    return [
        {"department": f"d{n:02d}"} | {code: n for bit, code in enumerate(codes) if n >> bit & 1} for n in range(64)
    ]


def test_it_keeps_what_is_missing_apart_from_zero_in_rows_that_have_different_figures(engine: Engine) -> None:
    rows = [{"department": f"a{n:02d}", "day": NEXT, "due": n, "closed": 0} for n in range(20)]
    rows += [{"department": f"b{n:02d}", "accepted": 1} for n in range(20)]
    Desk(engine).write(batch(orders=orders(*rows, *few_alike())))
    with engine.connect() as conn:
        lines = sorted(order_lines(conn), key=lambda line: line["department"])
    kept = [tuple(line[name] for name in ("department", "accepted", "due", "closed")) for line in lines]
    assert kept[:20] == [(f"a{n:02d}", None, n, 0) for n in range(20)]
    assert kept[20:40] == [(f"b{n:02d}", 1, None, None) for n in range(20)]
    assert kept[40:] == [
        (f"d{n:02d}", n if n & 1 else None, n if n & 8 else None, n if n & 16 else None) for n in range(64)
    ]


def test_it_keeps_texts_as_they_are(engine: Engine) -> None:
    awkward = ["", "\\N", "None", "a\tb", "a\nb\r", "back\\slash", "100%s", "it's", '"', "市政府；热线", "NULL"]
    Desk(engine).write(batch(orders=orders(*({"department": name, "accepted": 1} for name in awkward))))
    assert sorted(name for (name,) in found(engine, "SELECT department FROM order_places")) == sorted(awkward)


def test_it_writes_more_rows_than_go_into_one_statement_or_one_chunk(engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr(db.bulk, "CHUNK", 700)
    rows = [{"day": DAY + timedelta(days=n % 30), "seat": f"{n // 30}", "seat_calls": n} for n in range(3000)]
    Desk(engine).write(batch(seats=seats(*rows)))
    assert found(engine, "SELECT count(*), sum(seat_calls) FROM seat_stats") == [(3000, sum(range(3000)))]


@pytest.mark.parametrize("fails", [False, True], ids=["written", "rolled back"])
def test_it_has_its_indexes_after_the_first_load_whether_it_succeeds_or_not(
    sqlite_engine: Engine, monkeypatch: Any, fails: bool
) -> None:
    before = {table: inspect(sqlite_engine).get_indexes(table) for table in ("call_stats", "seat_stats")}
    monkeypatch.setattr(db.bulk, "MANY", 2)
    desk = Desk(sqlite_engine)
    made = batch(calls=calls({"offered": 1}, {"queue": "b", "offered": 2}), seats=seats({"seat_calls": 1}))
    if fails:
        monkeypatch.setattr(db.facts_write, "insert_coded", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.write(made)
    else:
        desk.write(made)
    assert {table: inspect(sqlite_engine).get_indexes(table) for table in before} == before
    assert len(before["call_stats"]) == 1
    assert found(sqlite_engine, "SELECT count(*) FROM call_stats") == [(0 if fails else 2,)]


def test_it_adds_the_totals_of_a_first_batch_up_as_the_facts_do(engine: Engine) -> None:
    made = batch(
        calls=calls({"offered": 3, "answered": 2}, {"hour": 10, "offered": 4}, {"day": NEXT, "answered": 0}),
        seats=seats(
            {"seat_calls": 2, "seat_orders": 1},
            {"seat": "1002", "signed_in_seconds": 60},
            {"seat": "1003", "seat_calls": 0, "signed_in_seconds": 0},
            {"seat": "1004", "paused_seconds": 5},
            {"day": NEXT, "paused_seconds": 7},
        ),
        orders=orders({"accepted": 5}, {"day": NEXT, "due": 2, "closed": 0}),
    )
    Desk(engine).write(made)
    today, tomorrow = str(DAY), str(NEXT)
    assert totals(engine) == {
        ("city", "offered", today): 7,
        ("city", "answered", today): 2,
        ("city", "answered", tomorrow): 0,
        ("city", "seat_calls", today): 2,
        ("city", "seat_orders", today): 1,
        ("city", "signed_in_seconds", today): 60,
        ("city", "paused_seconds", today): 5,
        ("city", "paused_seconds", tomorrow): 7,
        ("city", "items", today): 3,
        ("city", "seat_days", today): 2,
        ("city", "accepted", today): 5,
        ("city", "due", tomorrow): 2,
        ("city", "closed", tomorrow): 0,
    }
    with engine.connect() as conn:
        assert check_totals(conn) == []


def test_it_adds_totals_up_from_the_facts_where_others_know_the_day_too(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(seats=seats({"seat_calls": 2}), orders=orders({"channel": "a", "accepted": 1})), "one")
    desk.write(batch(seats=seats({"seat_orders": 3}), orders=orders({"channel": "b", "accepted": 4})), "two")
    desk.write(batch(orders=orders({"day": NEXT, "anchor": NEXT, "channel": "b", "accepted": 6})), "two")
    kept = totals(engine)
    assert (kept["city", "items", str(DAY)], kept["city", "seat_days", str(DAY)]) == (5, 1)
    assert (kept["city", "accepted", str(DAY)], kept["city", "accepted", str(NEXT)]) == (5, 6)
    with engine.connect() as conn:
        assert check_totals(conn) == []


def test_it_takes_back_totals_that_a_later_batch_no_longer_gives(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 3, "answered": 2}, {"day": NEXT, "offered": 1})))
    desk.write(batch(calls=calls({"offered": 4})))
    assert totals(engine) == {("city", "offered", str(DAY)): 4, ("city", "offered", str(NEXT)): 1}


def test_it_writes_readings_and_months_with_their_fractions_and_notes(engine: Engine) -> None:
    noted = readings({"own": 1.25, "other": 1e-7}).assign(note=pd.Series(["说明\t一", None], dtype=object))
    Desk(engine).write(batch(readings=noted, months=months({date(2025, 1, 1): {"own": 0.1}})))
    assert found(engine, "SELECT measure, value, note FROM readings ORDER BY measure") == [
        ("other", 1e-7, ""),
        ("own", 1.25, "说明\t一"),
    ]
    assert found(engine, "SELECT value FROM month_stats") == [(0.1,)]


def test_it_sorts_by_several_columns_however_many_values_they_have() -> None:
    rng = np.random.default_rng(1)
    places = [rng.integers(0, 5, 200) for _ in range(3)]
    expected = sorted(range(200), key=lambda n: tuple(int(one[n]) for one in places))
    for different in (5, 2**40):  # the second product does not fit into one number
        columns = [Column(one, np.broadcast_to(np.array([""], dtype=object), (different,))) for one in places]
        assert in_order(columns).tolist() == expected


def test_it_finds_rows_that_have_the_same_figures() -> None:
    values = np.arange(40)
    figures = {"a": Figures(values), "b": Figures(values, values % 2 == 0), "c": Figures(values, values < 40)}
    groups = alike(figures, np.arange(40)[::-1])
    assert {names: rows.tolist() for names, rows in groups} == {
        ("a", "b", "c"): list(range(38, -1, -2)),
        ("a", "c"): list(range(39, 0, -2)),
    }


def test_it_writes_nothing_where_the_rows_that_wait_for_their_turn_cannot_be_put_in_order(
    engine: Engine, monkeypatch: Any
) -> None:
    desk = Desk(engine)
    made = batch(seats=seats({"seat_calls": 1}), orders=orders({"accepted": 1}))
    with monkeypatch.context() as broken:
        broken.setattr(db.facts_write, "put_together", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.write(made)
    assert found(engine, "SELECT count(*) FROM seat_stats") == [(0,)]
    desk.write(made)
    assert found(engine, "SELECT sum(accepted) FROM order_stats") == [(1,)]
