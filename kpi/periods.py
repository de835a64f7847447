"""Periods (RULES 3): days, Monday weeks, months, half-years, years; 环比 and 同比 over like lengths."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kpi.model import Grain

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Inclusive days."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"期间的结束日 {self.end} 早于开始日 {self.start}")

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def until(self, as_of: date) -> Period | None:
        """The part that has passed on ``as_of`` (inclusive), None before it has begun."""
        return None if as_of < self.start else Period(self.start, min(self.end, as_of))


def containing(day: date, grain: Grain) -> Period:
    """The day, Monday week, month, half-year or year that ``day`` lies in. Other grains raise ValueError."""
    if grain is Grain.DAY:
        return Period(day, day)
    if grain is Grain.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    if grain is Grain.MONTH:
        return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    if grain is Grain.HALF:
        if day.month <= 6:
            return Period(date(day.year, 1, 1), date(day.year, 6, 30))
        return Period(date(day.year, 7, 1), date(day.year, 12, 31))
    if grain is Grain.YEAR:
        return Period(date(day.year, 1, 1), date(day.year, 12, 31))
    raise ValueError(f"{grain} 不是日历期间")


CALENDAR_GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.HALF, Grain.YEAR)


def split(period: Period, grain: Grain) -> list[Period]:
    """The period cut at the grain's boundaries; the first and last piece may be shorter than the unit."""
    if grain not in CALENDAR_GRAINS:
        return [period]
    pieces = []
    start = period.start
    while start <= period.end:
        end = min(containing(start, grain).end, period.end)
        pieces.append(Period(start, end))
        start = end + ONE_DAY
    return pieces


def whole_months(period: Period) -> list[Period]:
    """The calendar months that lie wholly inside the period."""
    return [p for p in split(period, Grain.MONTH) if p == containing(p.start, Grain.MONTH)]


def unit_of(period: Period) -> Grain | None:
    """The calendar unit the period is exactly one of, the smallest first, else None."""
    for grain in CALENDAR_GRAINS:
        if containing(period.start, grain) == period:
            return grain
    return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods of like length: ``current`` (cut at as_of) against ``before``."""

    current: Period
    before: Period


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def compared_until(period: Period, today: date) -> date:
    """The last day that counts in a comparison: of days that are still running the one before today, for today has
    only begun and would be held against a whole day. A day on its own is compared by other means: it counts."""
    is_running = period.start <= today <= period.end and period.days > 1
    return today - ONE_DAY if is_running else today


def on_previous(period: Period, as_of: date) -> Comparison | None:
    """环比: against the unit before (or as many days before, for a free period), like lengths when unfinished."""
    current = period.until(as_of)
    if current is None:
        return None
    unit = unit_of(period)
    if unit is None:
        before = Period(period.start - timedelta(days=period.days), period.start - ONE_DAY)
    else:
        before = containing(period.start - ONE_DAY, unit)
    if current != period:
        before = Period(before.start, min(before.end, before.start + timedelta(days=current.days - 1)))
    return Comparison(current, before)


def on_last_year(period: Period, as_of: date) -> Comparison | None:
    """同比: against the same dates a year before (a Monday week: the week 52 weeks before), like lengths."""
    current = period.until(as_of)
    if current is None:
        return None
    if unit_of(period) is Grain.WEEK:
        back = timedelta(weeks=52)
        return Comparison(current, Period(current.start - back, current.end - back))
    end = _year_before(current.end)
    if current == period and unit_of(period) is Grain.MONTH:
        end = containing(end, Grain.MONTH).end
    return Comparison(current, Period(_year_before(current.start), end))


PRESETS: dict[str, tuple[str, Callable[[date], Period]]] = {
    "today": ("今天", lambda d: containing(d, Grain.DAY)),
    "yesterday": ("昨天", lambda d: containing(d - ONE_DAY, Grain.DAY)),
    "this-week": ("本周", lambda d: containing(d, Grain.WEEK)),
    "last-week": ("上周", lambda d: containing(d - timedelta(days=7), Grain.WEEK)),
    "this-month": ("本月", lambda d: containing(d, Grain.MONTH)),
    "last-month": ("上月", lambda d: containing(d.replace(day=1) - ONE_DAY, Grain.MONTH)),
    "this-half": ("本半年", lambda d: containing(d, Grain.HALF)),
    "last-half": ("上半年度", lambda d: containing(containing(d, Grain.HALF).start - ONE_DAY, Grain.HALF)),
    "this-year": ("本年", lambda d: containing(d, Grain.YEAR)),
    "last-year": ("上年", lambda d: containing(date(d.year - 1, 1, 1), Grain.YEAR)),
}
"""Named periods: code → (label, today → period)."""
