"""Where a ratio will end (RULES 4): projected end value, 80 % interval, probability of meeting the target.

The rate of the days to come is foretold from the centre's own history: the kinds of days (working, weekend, holiday,
make-up), the level and where it tends (forecast_levels), the noise of recent days in runs of a week, seeded
(forecast_paths), and shocks apart from it (forecast_shocks). The width of the interval is corrected by how the same
question went in periods that had ended. Nothing after the day asked as of is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kpi.forecast_days import Floats, History, Ints, expected_volume, kinds_of, ordinals
from kpi.forecast_past import MIN_DAYS
from kpi.forecast_paths import Ahead, Rest, look_ahead
from kpi.periods import Period
from kpi.status import Operator
from kpi.workdays import WorkCalendar

__all__ = [
    "MIN_DAYS",
    "Ending",
    "Fan",
    "History",
    "Projection",
    "days_to_come",
    "fan",
    "known_with_volume",
    "project",
    "told",
    "untold",
]

LOW, HIGH = 0.1, 0.9
_FAN_STEP = 7  # days between the horizons whose level is worked out; those in between lie on a line
_EXACT = 1e-12  # what adding and dividing floats may cost an equality


@dataclass(frozen=True, slots=True)
class Projection:
    """The end of a period as foretold on a day.

    ``value``, ``low``, ``high``: end value and its 80 % interval, in the unit of the value (a rate as a fraction, a
    count in all). ``probability``: of meeting the target, 0…1. All None where ``reason`` says why nothing is foretold.
    ``remaining_denominator``: expected from the days to come. ``weights``: what the level was foretold by, in words,
    with weights that sum to 1. ``calibration``: by how much past answers (``scored`` of them) widened or narrowed the
    interval. ``shocks``: bad weeks and outages found in the past. ``days_used``: days of history that were used.
    """

    value: float | None
    low: float | None
    high: float | None
    probability: float | None
    remaining_denominator: float
    days_used: int
    weights: tuple[tuple[str, float], ...] = ()
    calibration: float = 1.0
    scored: int = 0
    reason: str = ""
    shocks: int = 0

    @property
    def method(self) -> str:
        """One line for the page."""
        if self.reason:
            return self.reason
        if not self.weights:
            return "期间已结束, 为实际值"
        parts = "、".join(f"{name} {round(weight * 100)}%" for name, weight in self.weights if weight >= 0.005)
        past = f"; 区间按以往 {self.scored} 次预测的误差校正 ×{self.calibration:.2f}" if self.scored else ""
        apart = f"; 另计以往 {self.shocks} 次突发 (如故障、缺员) 再次发生的可能" if self.shocks else ""
        return f"用 {self.days_used} 天数据, 区分工作日、周末、节假日和调休; {parts}{apart}{past}"


@dataclass(frozen=True, eq=False)
class Ending:
    """``value`` at the end and draws of it, before any target is held against them."""

    value: float
    draws: Floats

    def chance(self, operator: Operator, target: float, tolerance: float = 0.0) -> float:
        """Share of the draws that meet the target."""
        room = _EXACT * max(1.0, abs(target))
        if operator is Operator.AT_LEAST:
            met = self.draws >= target - room
        elif operator is Operator.AT_MOST:
            met = self.draws <= target + room
        else:
            met = np.abs(self.draws - target) <= tolerance + room
        return float(met.mean())

    def interval(self) -> tuple[float, float]:
        """The 80 % interval, which always holds the value."""
        low, high = np.quantile(self.draws, [LOW, HIGH])
        return min(float(low), self.value), max(float(high), self.value)


@dataclass(frozen=True, slots=True)
class Fan:
    """The value to date as it may come to be at the end of each of ``days``: 10, 50 and 90 % of the draws, and
    ``chance`` (0…1) of meeting the target if the period ended there. Empty where nothing is foretold or to come."""

    days: tuple[date, ...] = ()
    low: tuple[float, ...] = ()
    mid: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    chance: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class _Start:
    """Where a forecast starts: sums of the period so far, days with a rate, and the days to come."""

    used: History
    numerator: float
    denominator: float
    ahead: Ahead

    @classmethod
    def build(cls, history: History, period: Period, as_of: date, calendar: WorkCalendar) -> _Start:
        known = history.until(as_of)
        done = known.between(period.start, period.end)
        days = days_to_come(known, period, as_of)
        kinds = kinds_of(days, calendar)
        volume = expected_volume(known, kinds) if len(known) and len(days) else np.zeros(len(days))
        sums = float(done.numerator.sum()), float(done.denominator.sum())
        return cls(known_with_volume(known), *sums, Ahead.build(days, kinds, volume))

    @property
    def remaining(self) -> float:
        return float(self.ahead.volume.sum())

    @property
    def is_settled(self) -> bool:
        """True where nothing is to come that could change the value."""
        enough = not len(self.ahead.days) or len(self.used) >= MIN_DAYS
        return self.remaining <= 0 and self.denominator > 0 and enough

    def values(self, rates: Floats, volumes: Floats) -> Floats:
        """Value to date once these rates and denominators came on top."""
        rates = np.clip(rates, 0.0, 1.0) if self.used.is_share else rates
        whole = self.denominator + volumes
        above = self.numerator + rates * volumes
        return np.asarray(np.divide(above, whole, out=np.array(rates), where=whole > 0))


def project(
    history: History,
    period: Period,
    as_of: date,
    operator: Operator,
    target: float,
    calendar: WorkCalendar,
    seed: int = 0,
    *,
    tolerance: float = 0.0,
) -> Projection:
    """The end value of numerator ÷ denominator over the period, as foretold at the end of ``as_of``.

    ``as_of`` should be the last complete day. Days up to it without data at the end of the history count as still to
    come; days missing in between are left out of numerator and denominator alike. ``tolerance`` (unit of the value)
    widens an equality. The same arguments give the same answer.
    """
    start = _Start.build(history, period, as_of, calendar)
    remaining, count = start.remaining, len(start.used)
    if start.is_settled:
        value = start.numerator / start.denominator
        return told(Ending(value, np.array([value])), operator, target, tolerance, 0.0, count)
    if count < MIN_DAYS:
        return untold(f"至少要有 {MIN_DAYS} 天数据才能预测, 现在只有 {count} 天", remaining, count)
    if remaining <= 0:
        return untold("近期分母为 0, 无法预测", remaining, count)
    rest = look_ahead(start.used, period, start.ahead, seed).rest()
    draws = start.values(rest.rates, rest.volumes)
    return told(Ending(float(np.median(draws)), draws), operator, target, tolerance, remaining, count, rest)


def fan(
    history: History,
    period: Period,
    as_of: date,
    operator: Operator,
    target: float,
    calendar: WorkCalendar,
    seed: int = 0,
    *,
    tolerance: float = 0.0,
) -> Fan:
    """The way to what ``project`` foretells, day by day; its last day says what ``project`` says.

    Costs five to fifteen times as much as ``project``: for the one indicator that is looked at.
    """
    start = _Start.build(history, period, as_of, calendar)
    if len(start.used) < MIN_DAYS or start.remaining <= 0:
        return Fan()
    count = len(start.ahead.days)
    horizons = tuple(dict.fromkeys([1, *range(_FAN_STEP, count, _FAN_STEP), count]))
    values = start.values(*look_ahead(start.used, period, start.ahead, seed, horizons).paths())
    low, mid, high = np.quantile(values, [LOW, 0.5, HIGH], axis=0)
    chances = (
        Ending(float(m), draws).chance(operator, target, tolerance) for m, draws in zip(mid, values.T, strict=True)
    )
    days = tuple(date.fromordinal(day) for day in start.ahead.days.tolist())
    return Fan(days, tuple(low.tolist()), tuple(mid.tolist()), tuple(high.tolist()), tuple(chances))


def days_to_come(known: History, period: Period, as_of: date) -> Ints:
    """The days of the period after the last day on record; none once the period has ended by ``as_of``."""
    if as_of >= period.end or not len(known):
        return ordinals(max(period.start, date.fromordinal(as_of.toordinal() + 1)), period.end)
    following = date.fromordinal(int(known.days[-1]) + 1)
    return ordinals(max(period.start, following), period.end)


def known_with_volume(known: History) -> History:
    """The days that have a rate."""
    return known.only(known.denominator > 0)


def untold(reason: str, remaining: float, days_used: int) -> Projection:
    """No projection, and why."""
    return Projection(None, None, None, None, remaining, days_used, reason=reason)


def told(
    ending: Ending,
    operator: Operator,
    target: float,
    tolerance: float,
    remaining: float,
    days_used: int,
    rest: Rest | None = None,
) -> Projection:
    """The projection of an ending against its target; ``rest``: what it was drawn by."""
    low, high = ending.interval()
    chance = ending.chance(operator, target, tolerance)
    sure = Projection(ending.value, low, high, chance, remaining, days_used)
    if rest is None:
        return sure
    return replace(sure, weights=rest.words, calibration=rest.calibration, scored=rest.scored, shocks=rest.shocks)
