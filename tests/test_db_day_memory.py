"""What stays in memory of the days is always what the database would say now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, event, select, text, update

from db.answers import evaluate
from db.changes import EVERY_DAY, KEPT, changed_days
from db.day_memory import DayMemory, forget, remembered, settled
from db.day_series import day_grid, hour_grid
from db.definitions import add_definition, list_exclusions, load_definitions
from db.engine import bump_data_version, data_version, make_engine, write
from db.facts import month_grid
from db.forget import forget_days
from db.kpi_targets import load_targets
from db.schema import day_totals
from db.spans import spans
from kpi.catalogue import build
from kpi.model import Ask, Definition, Grain
from kpi.periods import Period
from tests.factories import DAY, TZ, Desk, FrozenClock, batch, calls, months, orders, readings

CATALOGUE = build()
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
MEASURES = ("offered", "answered", "accepted", "due", "closed_on_time", "complaints", "seats_opening")
MONTHS = [date(2025, 1, 1), date(2025, 2, 1), date(2026, 1, 1), date(2026, 2, 1)]


@pytest.fixture
def second(engine: Engine) -> Iterator[Engine]:
    """Another process on the same database: it remembers nothing."""
    found = make_engine(engine.url.render_as_string(hide_password=False))
    yield found
    found.dispose()


def test_it_says_after_every_change_what_a_fresh_process_says(engine: Engine, second: Engine) -> None:
    desk, random = Desk(engine, FrozenClock("2026-04-02 02:00")), Random(12345)
    sources = {name: desk.source(name) for name in ("phone", "orders", "hand", "history")}
    for step in range(60):
        _change(desk, random, sources)
        forget(second)
        assert _asked(engine, desk) == _asked(second, desk), f"step {step}"


def _change(desk: Desk, random: Random, sources: dict[str, int]) -> None:
    """One pull, correction or deletion somewhere in the quarter."""
    day = FIRST + timedelta(days=random.randrange(90))
    centre = random.choice(("city", "district"))
    hours = random.sample(range(24), 3)
    match random.randrange(6):
        case 0 | 1:
            days = [day + timedelta(days=n) for n in range(random.randint(1, 3))]
            rows = [
                {"day": one, "hour": hour, "offered": 100, "answered": random.randint(50, 100)}
                for one in days
                for hour in hours
            ]
            desk.write(batch(calls=calls(*rows, centre=centre)), source="phone")
        case 2:
            late = day + timedelta(days=random.randint(0, 20))
            here: dict[str, Any] = {"anchor": day, "centre": centre}
            rows = [here | {"day": day, "accepted": 9}, here | {"day": late, "due": 9, "closed_on_time": 8}]
            desk.write(batch(orders=orders(*rows)), source="orders")
        case 3:
            values = {random.choice(("complaints", "seats_opening")): random.randint(0, 40)}
            desk.write(batch(readings=readings(values, centre, day)), source="hand")
        case 4:
            found = {random.choice(MONTHS): {"offered": random.randint(900, 999), "answered": 800}}
            desk.write(batch(months=months(found, centre)), source="history")
        case _:
            source = sources[random.choice(("phone", "orders", "hand"))]
            last = day + timedelta(days=random.randint(0, 30))
            forget_days(desk.engine, source, day, last, reason="错", now=desk.clock.now(), tz=TZ, holder="test")
    desk.clock.advance(minutes=5)


def _asked(engine: Engine, desk: Desk) -> list[Any]:
    """The same questions each time, and answers that can be compared."""
    ids = tuple(sorted(desk.centres.values()))
    hourly = ("offered", "answered")
    with engine.connect() as conn:
        return [
            _texts(day_grid(conn, MEASURES, ids, FIRST, LAST)),
            _texts(day_grid(conn, MEASURES[:2], ids[:1], DAY, LAST)),
            _texts(hour_grid(conn, hourly, ids, DAY - timedelta(days=20), DAY)),
            spans(conn, [(centre, code) for centre in ids for code in MEASURES]),
            spans(conn, [(ids[0], "due"), (ids[1], "wrap_seconds")]),
            _texts(month_grid(conn, hourly, ids, MONTHS).values),
            evaluate(conn, CATALOGUE, Ask((), (), FIRST, LAST, LAST, Grain.MONTH)).values,
        ]


def _texts(grid: np.ndarray[Any, Any]) -> list[str]:
    return [f"{value:.6f}" for value in grid.ravel()]


def test_a_grid_is_the_callers_own(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 100, "answered": 95})))
    ids = (desk.centres["city"],)
    with engine.connect() as conn:
        day_grid(conn, ["offered"], ids, DAY, DAY)[:] = 0
        hour_grid(conn, ["offered"], ids, DAY, DAY)[:] = 0
        assert day_grid(conn, ["offered"], ids, DAY, DAY).tolist() == [[[100.0]]]
        assert hour_grid(conn, ["offered"], ids, DAY, DAY)[0, 0, 0, 9] == 100


def test_only_the_days_that_changed_are_read_again(engine: Engine) -> None:
    desk = Desk(engine)
    days = [DAY + timedelta(days=n) for n in range(9)]
    desk.write(batch(calls=calls(*({"day": day, "offered": 100, "answered": 95} for day in days))))
    read: list[int] = []
    ids = (desk.centres["city"],)

    def ask() -> float:
        with engine.connect() as conn:
            return float(day_grid(conn, ["answered"], ids, days[0], days[-1]).sum())

    assert ask() == 9 * 95
    event.listen(engine, "before_cursor_execute", lambda *given: read.append("FROM day_totals" in given[2]))
    assert (ask(), sum(read)) == (9 * 95, 0)
    desk.write(batch(calls=calls({"day": days[8], "offered": 100, "answered": 90})))
    with engine.begin() as conn:  # were the other days read again, this would show
        conn.execute(update(day_totals).where(day_totals.c.day < days[8]).values(value=1))
    read.clear()
    assert (ask(), sum(read)) == (8 * 95 + 90, 1)


def test_nothing_of_a_write_transaction_is_kept(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 100, "answered": 95})))
    ids = (desk.centres["city"],)
    with pytest.raises(RuntimeError), write(engine) as conn:
        conn.execute(update(day_totals).values(value=1))
        bump_data_version(conn)
        assert day_grid(conn, ["offered"], ids, DAY, DAY).tolist() == [[[1.0]]]
        raise RuntimeError
    desk.write(batch(readings=readings({"complaints": 1})), source="hand")
    with engine.connect() as conn:
        assert day_grid(conn, ["offered"], ids, DAY, DAY).tolist() == [[[100.0]]]


def test_what_people_enter_is_read_again_when_they_enter_it(engine: Engine) -> None:
    desk = Desk(engine)
    with engine.connect() as conn:
        assert list(load_definitions(conn)) == []
        assert (list_exclusions(conn), load_targets(conn, 2026)) == ([], [])
    with write(engine) as conn:
        add_definition(conn, Definition("service_level", DAY, "answered", limit=20), desk.clock.now())
    with engine.connect() as conn:
        assert [one.limit for one in load_definitions(conn)] == [20]


def test_a_pull_does_not_make_what_people_entered_be_read_again(engine: Engine) -> None:
    desk = Desk(engine)
    made: list[int] = []

    def ask() -> None:
        with engine.connect() as conn:
            settled(conn, "mine", lambda: made.append(1))

    ask()
    desk.write(batch(calls=calls({"offered": 100, "answered": 95})))
    ask()
    assert len(made) == 1
    with write(engine) as conn:
        bump_data_version(conn)
    ask()
    assert len(made) == 2


def test_the_log_says_which_days_changed_between_two_versions(engine: Engine) -> None:
    with write(engine) as conn:
        first = bump_data_version(conn)
        bump_data_version(conn, Period(date(2026, 1, 5), date(2026, 1, 9)))
        bump_data_version(conn, None)
        last = bump_data_version(conn, Period(date(2026, 1, 2), date(2026, 1, 6)))
    with engine.connect() as conn:
        assert changed_days(conn, first, last) == Period(date(2026, 1, 2), date(2026, 1, 9))
        assert changed_days(conn, first + 1, first + 2) is None
        assert changed_days(conn, last, last) is None
        assert changed_days(conn, first - 1, last) == EVERY_DAY
    with engine.begin() as conn:
        conn.execute(text(f"DELETE FROM day_changes WHERE version = {first + 1}"))
    with engine.connect() as conn:
        assert changed_days(conn, first, last) == EVERY_DAY  # who can't know reads everything


def test_the_log_stays_short(engine: Engine) -> None:
    with write(engine) as conn:
        for _ in range(KEPT + 20):
            bump_data_version(conn, None)
    with engine.connect() as conn:
        count, oldest = conn.execute(text("SELECT count(*), min(version) FROM day_changes")).one()
        assert (count, oldest) == (KEPT, data_version(conn) - KEPT + 1)


def test_a_database_that_went_back_is_read_anew(engine: Engine) -> None:
    with write(engine) as conn:
        for _ in range(3):
            bump_data_version(conn)
    value = iter(range(9))

    def ask() -> int:
        with engine.connect() as conn:
            return remembered(conn, "k", lambda: next(value), lambda known, _days: known, lambda _found: 1)

    assert (ask(), ask()) == (0, 0)
    with engine.begin() as conn:
        conn.execute(text("UPDATE meta SET value = '1' WHERE key = 'data_version'"))
    assert (ask(), ask()) == (1, 1)


def test_a_memory_holds_no_more_than_it_may() -> None:
    memory = DayMemory(limit=100)
    for n in range(10):
        memory.put(n, 1, str(n), 30)
    assert [n for n in range(10) if memory.get(n)] == [7, 8, 9]
    memory.get(7)
    memory.put(10, 1, "10", 30)
    assert [n for n in range(11) if memory.get(n)] == [7, 9, 10]
    memory.put(7, 2, "7", 90)  # the new size counts, not the old beside it
    assert [n for n in range(11) if memory.get(n)] == [7]


def test_a_pull_notes_the_days_it_wrote(engine: Engine) -> None:
    desk = Desk(engine)
    with engine.connect() as conn:
        before = data_version(conn)
    late = DAY + timedelta(days=12)
    rows = [{"anchor": DAY, "day": DAY, "accepted": 1}, {"anchor": DAY, "day": late, "due": 1}]
    desk.write(batch(orders=orders(*rows)))
    with engine.connect() as conn:
        assert changed_days(conn, before, data_version(conn)) == Period(DAY, late)
        assert conn.scalar(select(day_totals.c.value).where(day_totals.c.measure == "due")) == 1
