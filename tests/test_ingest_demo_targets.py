"""The demo centre is judged by targets of its own; targets a person has set are left alone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from db.definitions import KpiTarget, load_targets, set_targets
from db.engine import write
from ingest.demo_targets import give_targets
from tests.factories import Desk

TODAY = date(2026, 3, 5)


def test_it_gives_this_year_and_the_one_before_their_targets(engine: Engine) -> None:
    Desk(engine)
    give_targets(engine, "district", TODAY)
    with engine.connect() as conn:
        this_year = {(t.kpi, t.half): (t.operator, t.value) for t in load_targets(conn, 2026)}
        before = load_targets(conn, 2025)
    assert this_year["answer_rate", 1] == (">=", 0.96)
    assert this_year["service_complaints", 1] == ("<=", 6)
    assert this_year["service_complaints", 0] == ("<=", 12)
    assert len(before) == len(this_year)


def test_it_leaves_targets_alone_that_are_there(engine: Engine) -> None:
    Desk(engine)
    with write(engine) as conn:
        set_targets(conn, [KpiTarget("district", "answer_rate", 2026, 1, ">=", 0.5)])
    give_targets(engine, "district", TODAY)
    with engine.connect() as conn:
        assert [(t.kpi, t.value) for t in load_targets(conn, 2026)] == [("answer_rate", 0.5)]
