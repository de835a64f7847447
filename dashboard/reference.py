"""What a period is held against (“compare” in the address): the choices, the days each of them means, their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dashboard import format as fmt
from dashboard.texts import t
from kpi.model import Grain, KpiValue, NoValue
from kpi.periods import Comparison, Period, compared_until, on_last_year, on_previous, unit_of


class Kind(StrEnum):
    """The choices, by their word in the address; ``DAYS`` stands there as the day they begin with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last-year"
    NONE = "none"
    DAYS = "days"


NAMED = (Kind.PREVIOUS, Kind.LAST_YEAR, Kind.NONE)
"""The choices that need no day."""

_PRESET_BEFORE = {
    "yesterday": "前一天",
    "this-week": "上周",
    "last-week": "前一周",
    "this-month": "上月",
    "last-month": "前一月",
    "this-half": "上半年度",
    "last-half": "前半年度",
    "this-year": "上年",
    "last-year": "前一年",
}
_UNIT_BEFORE = {
    Grain.DAY: "前一天",
    Grain.WEEK: "前一周",
    Grain.MONTH: "前一月",
    Grain.HALF: "前半年度",
    Grain.YEAR: "前一年",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What changes are measured against. ``start`` is set only of ``DAYS``: as many days from there."""

    kind: Kind = Kind.PREVIOUS
    start: date | None = None

    @property
    def code(self) -> str:
        """As written in the address; '' for the default."""
        if self.start is not None:
            return self.start.isoformat()
        return "" if self.kind is Kind.PREVIOUS else self.kind.value

    def name(self, today: date) -> str:
        """“上一时段”, “上年同期”, “不对比”; of days of one's own “5月4日起”."""
        if self.start is not None:
            return t("reference.from_day", day=fmt.day(self.start, today))
        return t(f"reference.{self.kind}")

    def comparison(self, period: Period, as_of: date, today: date) -> Comparison | None:
        """The days up to ``as_of`` against as many others; None where nothing is, or can be, held against them."""
        if self.kind is Kind.NONE or self.obstacle(period, today):
            return None
        if self.kind is Kind.DAYS:
            return self._from_start(period, as_of)
        return on_last_year(period, as_of) if self.kind is Kind.LAST_YEAR else on_previous(period, as_of)

    def obstacle(self, period: Period, today: date) -> str:
        """Why the days chosen can't be held against the period, and what to do; '' where they can."""
        found = self._from_start(period, compared_until(period, today))
        if found is None:
            return ""
        day = fmt.day(found.before.start, today)
        if found.before.end >= today:
            return t("reference.not_over", day=day, n=found.before.days)
        if found.before.end >= found.current.start and found.before.start <= found.current.end:
            return t("reference.overlaps", day=day, n=found.before.days)
        return ""

    def _from_start(self, period: Period, as_of: date) -> Comparison | None:
        current = period.until(as_of)
        if current is None or self.start is None:
            return None
        return Comparison(current, Period(self.start, self.start + timedelta(days=current.days - 1)))

    def words(self, preset: str, period: Period, today: date) -> str:
        """“较上月同期”, “较上年同期”, “较5月4日–8日”; '' where nothing is compared. A day that still runs is compared
        over the same hours."""
        running_day = period == Period(today, today)
        if self.kind is Kind.NONE:
            return ""
        if self.kind is Kind.LAST_YEAR:
            return t("reference.than_last_year_hours" if running_day else "calls.to_last_year")
        if self.kind is Kind.DAYS:
            found = self.comparison(period, compared_until(period, today), today)
            days = fmt.period(found.before, today) if found else self.name(today)
            return t("reference.than_days_hours" if running_day else "reference.than_days", days=days)
        if running_day:
            return t("today.than_yesterday")
        return _than_before(preset, period, today)


def _than_before(preset: str, period: Period, today: date) -> str:
    """环比: what the unit before is called; “同期” of it while the period still runs."""
    unit = unit_of(period)
    free = _UNIT_BEFORE[unit] if unit else f"前 {period.days} 天"
    name = _PRESET_BEFORE.get(preset, free)
    to_yesterday = period.start <= compared_until(period, today) < today <= period.end
    return f"较{name}同期" if to_yesterday or period.end > today else f"较{name}"


def nothing_then(kind: Kind, then: KpiValue | None) -> str:
    """Why nothing can be held against a value: “上年同期没有数据”; '' where the other days have a value too."""
    if then is None or then.value is not None:
        return ""
    name = t(f"reference.of_{kind}")
    if then.reason in (None, NoValue.NO_DATA):
        return t("reference.no_data", name=name)
    return t("reference.no_value", name=name, reason=then.reason.value if then.reason else "")
