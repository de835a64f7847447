"""When the scheduler lets a report go: sources asked since, an outage's gaps given their time."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.alert_rules import save_contact
from db.engine import write
from db.report_store import Schedule, list_reports, save_schedule
from db.runs import mark_checked
from kpi.alert_model import Contact
from scheduler.reporting import Reporting
from tests.factories import Desk, FrozenClock, at, batch, calls
from tests.installation import Place


class Centre:
    """A product with one daily schedule at 08:00, whose calls came every day up to a day."""

    def __init__(self, engine: Engine, folder: Path, last: date, now: str) -> None:
        self.clock = FrozenClock(now)
        self.engine = engine
        product = Place(folder / "here", engine).configured().product(self.clock.now)
        self.desk = Desk(engine, FrozenClock("2026-03-16 03:00"))
        days = [date(2026, 3, 1) + timedelta(days=n) for n in range((last - date(2026, 3, 1)).days + 1)]
        self.desk.write(batch(calls=calls(*({"offered": 100, "answered": 95, "day": day} for day in days))))
        with write(engine) as conn:
            save_contact(conn, Contact("g", "email", "a@example.org"))
            save_schedule(conn, Schedule("daily", "g", minute=480, last_period_end=date(2026, 3, 14)))
        self.reporting = Reporting(product, lambda: False)

    def asked(self, moment: str) -> None:
        """The source answered at this moment."""
        mark_checked(self.engine, self.desk.source(), at(moment), None)

    def sent(self) -> bool:
        """True where a look sends the report of 15 March."""
        self.reporting.look()
        with self.engine.connect() as conn:
            return bool(list_reports(conn))


@pytest.fixture
def ordinary(sqlite_engine: Engine, tmp_path: Path) -> Centre:
    return Centre(sqlite_engine, tmp_path, date(2026, 3, 15), "2026-03-16 07:59")


def test_an_ordinary_day_is_told_at_its_moment(ordinary: Centre) -> None:
    ordinary.asked("2026-03-16 07:55")
    assert not ordinary.sent()
    ordinary.clock.advance(minutes=1)
    assert ordinary.sent()


def test_it_waits_for_a_source_that_was_not_asked_since_but_not_for_ever(ordinary: Centre) -> None:
    ordinary.asked("2026-03-15 23:50")
    ordinary.clock.advance(minutes=90)
    assert not ordinary.sent()
    ordinary.clock.advance(minutes=31)
    assert ordinary.sent(), "two hours are enough"


def test_after_a_start_the_gaps_of_an_outage_have_their_time(sqlite_engine: Engine, tmp_path: Path) -> None:
    centre = Centre(sqlite_engine, tmp_path, date(2026, 3, 12), "2026-03-16 11:00")
    centre.asked("2026-03-16 11:00")
    assert not centre.sent()
    centre.clock.advance(minutes=29)
    assert not centre.sent()
    centre.clock.advance(minutes=1)
    assert centre.sent(), "the days are really missing"


def test_the_gaps_once_filled_it_goes_at_once(sqlite_engine: Engine, tmp_path: Path) -> None:
    centre = Centre(sqlite_engine, tmp_path, date(2026, 3, 14), "2026-03-16 11:00")
    centre.asked("2026-03-16 11:00")
    assert not centre.sent()
    centre.desk.write(batch(calls=calls({"offered": 100, "answered": 95, "day": date(2026, 3, 15)})))
    assert centre.sent()
