"""When reports are due, by table: month ends, first runs, outages."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from db.report_store import Schedule
from kpi.periods import containing
from reports.model import GRAINS, Kind
from reports.schedule import due, next_moment, sending_moment, started
from tests.factories import TZ, at


def schedule(kind: str, last: str | None = None, weekday: int = 0, day: int = 1, minute: int = 510) -> Schedule:
    end = date.fromisoformat(last) if last else None
    return Schedule(kind, "g", weekday=weekday, day=day, minute=minute, last_period_end=end)


@pytest.mark.parametrize(
    ("made", "last_day", "moment"),
    [
        (schedule("daily"), "2026-03-15", "2026-03-16 08:30"),
        (schedule("daily"), "2026-12-31", "2027-01-01 08:30"),
        (schedule("weekly"), "2026-03-15", "2026-03-16 08:30"),
        (schedule("weekly", weekday=4), "2026-03-15", "2026-03-20 08:30"),
        (schedule("weekly", weekday=6), "2026-03-15", "2026-03-22 08:30"),
        (schedule("monthly", day=1), "2026-02-28", "2026-03-01 08:30"),
        (schedule("monthly", day=31), "2026-01-31", "2026-02-28 08:30"),
        (schedule("monthly", day=31), "2026-03-31", "2026-04-30 08:30"),
        (schedule("monthly", day=29), "2028-01-31", "2028-02-29 08:30"),
        (schedule("half-year", day=5, minute=0), "2026-06-30", "2026-07-05 00:00"),
        (schedule("half-year", day=5, minute=1439), "2026-12-31", "2027-01-05 23:59"),
    ],
)
def test_it_goes_out_after_the_period_at_the_local_time(made: Schedule, last_day: str, moment: str) -> None:
    unit = containing(date.fromisoformat(last_day), GRAINS[Kind(made.kind)])
    assert sending_moment(made, unit, TZ) == at(moment)


@pytest.mark.parametrize(
    ("made", "now", "ends"),
    [
        (schedule("weekly", "2026-03-08"), "2026-03-16 08:29", []),
        (schedule("weekly", "2026-03-08"), "2026-03-16 08:30", ["2026-03-15"]),
        (schedule("weekly", "2026-03-15"), "2026-03-16 08:30", []),
        (schedule("weekly", "2026-02-22"), "2026-03-18 12:00", ["2026-03-01", "2026-03-08", "2026-03-15"]),
        # away for a quarter: four weeks, not twelve
        (
            schedule("weekly", "2025-12-28"),
            "2026-03-16 09:00",
            ["2026-02-22", "2026-03-01", "2026-03-08", "2026-03-15"],
        ),
        (schedule("weekly"), "2026-03-18 12:00", ["2026-03-15"]),
        (schedule("weekly"), "2026-03-16 08:00", ["2026-03-08"]),
        (schedule("daily", "2026-02-27"), "2026-03-02 09:00", ["2026-02-28", "2026-03-01"]),
        (schedule("monthly", "2026-01-31", day=31), "2026-03-30 09:00", []),
        (schedule("monthly", "2026-01-31", day=31), "2026-03-31 09:00", ["2026-02-28"]),
        (schedule("half-year", "2025-06-30"), "2026-07-02 09:00", ["2025-12-31", "2026-06-30"]),
        # the clock of the house, not UTC: 00:20 on Monday in Shanghai is still Sunday in Greenwich
        (schedule("daily", "2026-03-14", minute=10), "2026-03-16 00:20", ["2026-03-15"]),
    ],
)
def test_it_knows_what_was_missed(made: Schedule, now: str, ends: list[str]) -> None:
    assert [unit.end.isoformat() for unit in due(made, at(now), TZ)] == ends


def test_a_new_schedule_sends_nothing_of_the_past() -> None:
    made = schedule("weekly")
    now = at("2026-03-18 12:00")
    begun = Schedule("weekly", "g", weekday=0, minute=510, last_period_end=started(made, now, TZ))
    assert due(begun, now, TZ) == []
    assert next_moment(begun, now, TZ) == at("2026-03-23 08:30")
    assert [unit.end for unit in due(begun, at("2026-03-23 08:30"), TZ)] == [date(2026, 3, 22)]


def test_it_tells_the_next_moment() -> None:
    assert next_moment(schedule("monthly", day=31), at("2026-03-16 09:00"), TZ) == at("2026-03-31 08:30")
    assert next_moment(schedule("daily"), at("2026-03-16 08:29"), TZ) == at("2026-03-16 08:30")
    assert isinstance(next_moment(schedule("half-year"), at("2026-03-16 08:29"), TZ), datetime)
