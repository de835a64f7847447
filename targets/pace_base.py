"""What the pacing of every class shares: the moment asked as of, the goal of a cell, what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from kpi.model import Better, Kpi, NoValue, Unit
from kpi.pace_model import Binding, Pace, PaceClass
from kpi.periods import Period
from kpi.sheet import Cell
from kpi.status import Operator, Status
from kpi.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
MONEY_UNITS = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
_SCALES = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}


@dataclass(frozen=True)
class Moment:
    """The end of ``as_of``, seen from ``today``. ``year`` is the sheet's."""

    as_of: date
    today: date
    year: int
    calendar: WorkCalendar

    @property
    def settled(self) -> date:
        """The last day that is over: forecasts start after it."""
        return min(self.as_of, self.today - ONE_DAY)

    @cached_property
    def half(self) -> Period:
        """1 January to 30 June."""
        return Period(date(self.year, 1, 1), date(self.year, 6, 30))

    @cached_property
    def full(self) -> Period:
        """1 January to 31 December."""
        return Period(date(self.year, 1, 1), date(self.year, 12, 31))

    @cached_property
    def _working_left(self) -> tuple[int, int]:
        following = self.as_of + ONE_DAY
        half = self.calendar.working_days(max(following, self.half.start), self.half.end)
        second = Period(self.half.end + ONE_DAY, self.full.end)
        return half, half + self.calendar.working_days(max(following, second.start), second.end)

    def working_left(self, period: Period) -> int:
        """Working days still to come after ``as_of``, make-up days among them."""
        if period in (self.half, self.full):
            return self._working_left[period == self.full]
        return self.calendar.working_days(max(self.as_of + ONE_DAY, period.start), period.end)

    def days_left(self, period: Period) -> int:
        """Calendar days of the period after ``as_of``."""
        return max((period.end - max(self.as_of, period.start - ONE_DAY)).days, 0)

    def days_passed(self, period: Period) -> int:
        """Calendar days of the period up to ``as_of``."""
        passed = period.until(self.as_of)
        return passed.days if passed else 0

    def cut(self, period: Period) -> date:
        """The last day of the period that counts."""
        return min(self.as_of, period.end)

    def closed(self, period: Period) -> bool:
        """True once the period's last day is over."""
        return self.settled >= period.end


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as a figure in the unit of the value: a percentage is a fraction, 3.8 万个 is 38,000 个."""

    operator: Operator
    value: float


def goal_of(cell: Cell, pace: PaceClass, better: Better, kpi: Kpi | None = None) -> Goal:
    """The figure of a NUMBER cell. Without a printed operator the class and then the direction decide.

    A strict bound (“>96%”) is the next figure that meets it: of a count the next whole one.
    """
    assert cell.number is not None
    operator, value = cell.operator or _operator(pace, better), scaled(float(cell.number), cell.unit, kpi)
    if cell.strict:
        up = operator is Operator.AT_LEAST
        is_count = kpi.is_count if kpi is not None else pace in (PaceClass.TOWARDS, PaceClass.CAP)
        if is_count:
            value = math.floor(value) + 1.0 if up else math.ceil(value) - 1.0
        else:
            value = math.nextafter(value, math.inf if up else -math.inf)
    return Goal(operator, value)


def scaled(number: float, unit: str, kpi: Kpi | None) -> float:
    """A printed number in the unit of the value: % and ‰ as fractions; for a KPI 万, 千 … are multiplied out."""
    unit = unit.strip()
    if unit in ("%", "%", "‰"):
        return number / (1000 if unit == "‰" else 100)
    if kpi is None:
        return number
    if kpi.unit is Unit.PERCENT and not unit:
        return number / 100 if abs(number) > 1 else number
    return number * _SCALES.get(unit[:1], 1.0) if len(unit) > 1 else number


def _operator(pace: PaceClass, better: Better) -> Operator:
    by_class = {
        PaceClass.TOWARDS: Operator.AT_LEAST,
        PaceClass.EXACT: Operator.EQUAL,
        PaceClass.CAP: Operator.AT_MOST,
        PaceClass.BUDGET: Operator.EQUAL,
    }
    if pace in by_class:
        return by_class[pace]
    by_direction = {Better.LOWER: Operator.AT_MOST, Better.NEAR_PLAN: Operator.EQUAL}
    return by_direction.get(better, Operator.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of an indicator over a period, before any target is held against it."""

    value: float | None = None
    text: str = ""
    reason: NoValue | None = None
    detail: str = ""
    numerator: float | None = None
    denominator: float | None = None
    days_with_data: int = 0
    days_passed: int = 0

    def begin(self, period: Period, cell: Cell, status: Status = Status.NO_DATA, **more: Any) -> Pace:
        """A pace with these figures; ``more`` are further fields of it."""
        mine: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return Pace(period, cell, status, **(mine | more))


def nothing(detail: str, text: str = "") -> Measured:
    """No value, and why."""
    return Measured(text=text, reason=NoValue.NO_DATA, detail=detail)


def tolerance_of(binding: Binding, *, points: bool = False) -> float:
    """By how much an equality may be missed: of money in percentage points, given as a fraction; else in the unit."""
    return binding.tolerance / 100 if points else binding.tolerance
