"""The usual day of a kind: what a running day is held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from kpi.compute import conclude
from kpi.model import Kpi, KpiValue
from kpi.periods import Period
from kpi.workdays import DayKind, WorkCalendar

LEAST_DAYS = 3
"""Fewer days make no usual day."""


def kind_name(day: date, calendar: WorkCalendar) -> str:
    """工作日 (made-up ones included), 周末 or 节假日: the kinds whose volume and staffing differ."""
    found = calendar.day(day)
    if found.is_working:
        return "工作日"
    return "节假日" if found.kind is DayKind.HOLIDAY else "周末"


def usual(kpi: Kpi, days: Sequence[KpiValue]) -> KpiValue | None:
    """The usual one of some days: a ratio of their sums; of a count the mean of a day. None where too few have any."""
    known = [v for v in days if v.numerator is not None and (kpi.is_count or v.denominator)]
    if len(known) < LEAST_DAYS:
        return None
    top, bottom = sum(v.numerator or 0.0 for v in known), sum(v.denominator or 0.0 for v in known)
    if kpi.is_count:
        top /= len(known)
    period = Period(known[0].start, known[-1].end)
    return conclude(kpi, known[-1].formula, period, top, bottom, days=(len(known), len(days)))


def usual_hours(rows: Iterable[tuple[date, int, float]], alike: Collection[date]) -> dict[int, float]:
    """What comes in each hour of a usual day: the mean of those of ``alike`` that have any (day, hour, amount).

    An hour in which a day had nothing counts as nothing. {} where fewer than LEAST_DAYS of them are known.
    """
    sums: dict[int, float] = {}
    days = set()
    for day, hour, amount in rows:
        if day in alike:
            days.add(day)
            sums[hour] = sums.get(hour, 0.0) + amount
    if len(days) < LEAST_DAYS:
        return {}
    return {hour: total / len(days) for hour, total in sorted(sums.items())}
