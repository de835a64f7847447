"""When reports are due: pure arithmetic of wall times and calendar units."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.report_store import Schedule
from kpi.periods import ONE_DAY, Period, containing
from reports.model import GRAINS, Kind
from reports.scope import last_finished

CATCH_UP = {Kind.DAILY: 7, Kind.WEEKLY: 4, Kind.MONTHLY: 3, Kind.HALF_YEAR: 2}
"""How many missed reports are sent after an outage; older ones can be had on the page."""
LATE_AFTER = timedelta(hours=12)
"""A report that goes out later than this says so in its subject."""


def sending_moment(schedule: Schedule, unit: Period, tz: ZoneInfo) -> datetime:
    """When the report of a period goes out (aware): after its last day, never before."""
    first = unit.end + ONE_DAY
    match Kind(schedule.kind):
        case Kind.DAILY:
            day = first
        case Kind.WEEKLY:
            day = first + timedelta(days=((schedule.weekday or 0) - first.weekday()) % 7)
        case Kind.MONTHLY | Kind.HALF_YEAR:
            last = calendar.monthrange(first.year, first.month)[1]
            day = first.replace(day=min(schedule.day or 1, last))
    return datetime.combine(day, time(schedule.minute // 60, schedule.minute % 60), tz)


def before(kind: Kind, unit: Period) -> Period:
    """The unit before."""
    return containing(unit.start - ONE_DAY, GRAINS[kind])


def newest_due(schedule: Schedule, now: datetime, tz: ZoneInfo) -> Period:
    """The newest period whose moment has come."""
    kind = Kind(schedule.kind)
    unit = last_finished(kind, now.astimezone(tz).date())
    while sending_moment(schedule, unit, tz) > now:
        unit = before(kind, unit)
    return unit


def due(schedule: Schedule, now: datetime, tz: ZoneInfo) -> list[Period]:
    """The periods to see to, oldest first: those missed since the last one, at most CATCH_UP of them. A schedule that
    has never sent begins with the newest."""
    kind = Kind(schedule.kind)
    unit = newest_due(schedule, now, tz)
    if schedule.last_period_end is None:
        return [unit]
    found: list[Period] = []
    while unit.end > schedule.last_period_end and len(found) < CATCH_UP[kind]:
        found.append(unit)
        unit = before(kind, unit)
    return found[::-1]


def next_moment(schedule: Schedule, now: datetime, tz: ZoneInfo) -> datetime:
    """When the schedule's next report goes out, if nothing is due now."""
    kind = Kind(schedule.kind)
    unit = containing(newest_due(schedule, now, tz).end + ONE_DAY, GRAINS[kind])
    return sending_moment(schedule, unit, tz)


def started(schedule: Schedule, now: datetime, tz: ZoneInfo) -> date:
    """The ``last_period_end`` of a schedule that begins now: what is past is not sent."""
    return newest_due(schedule, now, tz).end
