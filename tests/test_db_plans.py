"""One more day costs the same in year five as in year one: no statement walks through a whole table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from db.journal import days_present, list_rejects, list_restatements, list_runs, provenance, source_states
from tests.factories import DAY, Desk, batch, calls, months, orders, readings, reject, seats

GROWING = (
    "call_stats",
    "seat_stats",
    "order_stats",
    "readings",
    "month_stats",
    "day_totals",
    "rejects",
    "restatements",
)


def walked(engine: Engine, asked: list[tuple[str, Any]]) -> list[str]:
    """Steps of SQLite's query plans that read a growing table from end to end."""
    found = []
    with engine.connect() as conn:
        for sql, parameters in asked:
            many = isinstance(parameters, list)
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters[0] if many else parameters)
            found += [f"{step[3]} <- {sql}" for step in plan if _is_walk(step[3], sql)]
    return found


def _is_walk(step: str, sql: str) -> bool:
    """A scan, or a search by nothing but the centre or the source, which years of rows share.

    One min() or max() along an index is a single step.
    """
    verb, table, *_ = step.split()
    if table not in GROWING:
        return False
    narrow = step.endswith(("(centre_id=?)", "(source_id=?)"))
    single = sql.startswith(("SELECT min(", "SELECT max(")) and "GROUP BY" not in sql
    return verb == "SCAN" or (verb == "SEARCH" and narrow and not single)


def recorded(engine: Engine) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if sql.split()[0] in ("SELECT", "UPDATE", "DELETE"):
            asked.append((sql, parameters))

    event.listen(engine, "before_cursor_execute", note)
    return asked


@pytest.fixture
def desk(sqlite_engine: Engine) -> Desk:
    """Two sources that share days, seats and channels, so that the search for conflicts has work to do."""
    made = Desk(sqlite_engine)
    for source, offset in (("one", 0), ("two", 2)):
        days = [DAY + timedelta(days=n) for n in range(4)]
        codes = (("offered", "seat_calls", "accepted"), ("answered", "signed_in_seconds", "dispatched"))[offset // 2]
        made.write(
            batch(
                calls=calls(*({"day": day, codes[0]: 1} for day in days)),
                seats=seats(*({"day": day, codes[1]: 1} for day in days)),
                orders=orders(*({"day": day, "anchor": day, codes[2]: 1} for day in days)),
                readings=readings({f"own_{source}": 1}),
                months=months({date(2025, 1, 1): {f"own_{source}": 1}}),
                rejects=[reject()],
            ),
            source,
            window=(DAY, DAY + timedelta(days=3)),
        )
    return made


def test_it_writes_a_day_without_walking_through_the_facts(desk: Desk) -> None:
    asked = recorded(desk.engine)
    desk.write(
        batch(
            calls=calls({"offered": 2}),
            seats=seats({"seat_calls": 2}),
            orders=orders({"accepted": 2}, {"day": DAY + timedelta(days=1), "due": 1}),
            readings=readings({"own_one": 2}),
            months=months({date(2025, 1, 1): {"own_one": 2}}),
            rejects=[reject()],
        ),
        "one",
        window=(DAY, DAY),
    )
    assert len(asked) > 20
    assert walked(desk.engine, asked) == []


def test_it_reads_the_journal_without_walking_through_the_facts(desk: Desk) -> None:
    asked = recorded(desk.engine)
    with desk.engine.connect() as conn:
        source_states(conn)
        days_present(conn, "one", DAY, DAY)
        provenance(conn, [1], ["offered", "due", "items", "own_one"], DAY, DAY)
        list_restatements(conn, centres=[1], start=DAY, end=DAY)
        list_rejects(conn, source="one")
        list_runs(conn, "one")
    assert walked(desk.engine, asked) == []


def test_it_would_notice_a_walk(desk: Desk) -> None:
    asked = recorded(desk.engine)
    with desk.engine.connect() as conn:
        conn.execute(text("SELECT sum(offered) FROM call_stats WHERE queue = 'x'"))
        conn.execute(text("SELECT sum(offered) FROM call_stats WHERE centre_id = 1"))
    assert len(walked(desk.engine, asked)) == 2
