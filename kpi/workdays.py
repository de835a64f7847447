"""Working days, weekends, public holidays and make-up working days of mainland China (RULES 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import chinese_calendar
import holidays


class DayKind(StrEnum):
    """The kind of a day; volume and staffing differ by it."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"  # a weekend day worked in exchange for a holiday (调休上班)


KIND_NAMES = {
    DayKind.WORKING: "工作日",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "节假日",
    DayKind.MAKEUP: "调休上班日",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar. ``provisional`` (暂定): the State Council's notice for the year is not known."""

    day: date
    kind: DayKind
    name: str = ""
    provisional: bool = False

    @property
    def is_working(self) -> bool:
        """True on working days and make-up days."""
        return self.kind in (DayKind.WORKING, DayKind.MAKEUP)


@dataclass(frozen=True)
class WorkCalendar:
    """The calendar of a centre: the published one, days changed by hand on top."""

    changed: Mapping[date, Day] = field(default_factory=dict)

    def day(self, day: date) -> Day:
        """What kind of day this is."""
        return self.changed.get(day) or published(day)

    def working_days(self, start: date, end: date) -> int:
        """Working days from start to end, both included; 0 where end is before start."""
        span = (end - start).days + 1
        return sum(self.day(start + timedelta(days=i)).is_working for i in range(max(span, 0)))

    def is_provisional(self, start: date, end: date) -> bool:
        """True where any day of the span is only provisional."""
        span = (end - start).days + 1
        return any(self.day(start + timedelta(days=i)).provisional for i in range(max(span, 0)))


@cache
def published(day: date) -> Day:
    """The day by the State Council's calendar, or by the statutory days for a year not published yet."""
    try:
        is_holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return _statutory(day)
    weekend = day.weekday() >= 5
    if is_holiday and name:
        return Day(day, DayKind.HOLIDAY, _chinese_name(name))
    if is_holiday:
        return Day(day, DayKind.WEEKEND)
    return Day(day, DayKind.MAKEUP if weekend else DayKind.WORKING)


def _chinese_name(name: str) -> str:
    for holiday in chinese_calendar.Holiday:
        if name == holiday.value:
            return str(holiday.chinese)
    return name


@cache
def _statutory_year(year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays("CN", years=year, language="zh_CN"))


def _statutory(day: date) -> Day:
    name = _statutory_year(day.year).get(day)
    if name:
        return Day(day, DayKind.HOLIDAY, name, provisional=True)
    return Day(day, DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING, provisional=True)
