"""Where a ratio will end (RULES 4): projected end value, 80 % interval, probability of meeting the target.

The rate of the days to come is foretold from the centre's own history: the kinds of days (working, weekend, holiday,
make-up), the level and where it tends (forecast_levels), the noise of recent days in runs of a week, seeded
(forecast_paths). The width of the interval is corrected by how the same question went in periods that had ended.
Nothing after the day asked as of is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi.forecast_days import Floats, History, Ints, expected_volume, kinds_of, ordinals
from kpi.forecast_paths import MIN_DAYS, draw_rest
from kpi.periods import Period
from kpi.status import Operator
from kpi.workdays import WorkCalendar

__all__ = [
    "MIN_DAYS",
    "Ending",
    "History",
    "Projection",
    "days_to_come",
    "known_with_volume",
    "project",
    "told",
    "untold",
]

LOW, HIGH = 0.1, 0.9
_EXACT = 1e-12  # what adding and dividing floats may cost an equality


@dataclass(frozen=True, slots=True)
class Projection:
    """The end of a period as foretold on a day.

    ``value``, ``low``, ``high``: end value and its 80 % interval, in the unit of the value (a rate as a fraction, a
    count in all). ``probability``: of meeting the target, 0…1. All None where ``reason`` says why nothing is foretold.
    ``remaining_denominator``: expected from the days to come. ``weights``: what the level was foretold by, in words,
    with weights that sum to 1. ``calibration``: by how much past answers (``scored`` of them) widened or narrowed the
    interval. ``days_used``: days of history that were used.
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

    @property
    def method(self) -> str:
        """One line for the page."""
        if self.reason:
            return self.reason
        if not self.weights:
            return "期间已结束, 为实际值"
        parts = "、".join(f"{name} {round(weight * 100)}%" for name, weight in self.weights if weight >= 0.005)
        past = f"; 区间按以往 {self.scored} 次预测的误差校正 ×{self.calibration:.2f}" if self.scored else ""
        return f"用 {self.days_used} 天数据, 区分工作日、周末、节假日和调休; {parts}{past}"


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
    known = history.until(as_of)
    done = known.between(period.start, period.end)
    numerator, denominator = float(done.numerator.sum()), float(done.denominator.sum())
    days = days_to_come(known, period, as_of)
    used = known_with_volume(known)
    kinds = kinds_of(days, calendar)
    volume = expected_volume(known, kinds) if len(known) and len(days) else np.zeros(len(days))
    remaining = float(volume.sum())
    if remaining <= 0 and denominator > 0 and (len(days) == 0 or len(used) >= MIN_DAYS):
        ending = Ending(numerator / denominator, np.array([numerator / denominator]))
        return told(ending, operator, target, tolerance, 0.0, len(used))
    if len(used) < MIN_DAYS:
        return untold(f"至少要有 {MIN_DAYS} 天数据才能预测, 现在只有 {len(used)} 天", remaining, len(used))
    if remaining <= 0:
        return untold("近期分母为 0, 无法预测", remaining, len(used))
    rest = draw_rest(used, period, days, kinds, volume, seed)
    rates = np.clip(rest.rates, 0.0, 1.0) if history.is_share else rest.rates
    draws = (numerator + rates * rest.volumes) / (denominator + rest.volumes)
    ending = Ending(float(np.median(draws)), draws)
    return told(ending, operator, target, tolerance, remaining, len(used), rest.words, rest.calibration, rest.scored)


def days_to_come(known: History, period: Period, as_of: date) -> Ints:
    """The days of the period after the last day on record; none once the period has ended by ``as_of``."""
    if as_of >= period.end or not len(known):
        return ordinals(max(period.start, date.fromordinal(as_of.toordinal() + 1)), period.end)
    following = date.fromordinal(int(known.days[-1]) + 1)
    return ordinals(max(period.start, following), period.end)


def known_with_volume(known: History) -> History:
    """The days that have a rate."""
    kept = known.denominator > 0
    return History(known.days[kept], known.numerator[kept], known.denominator[kept], known.kinds[kept], known.is_share)


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
    weights: tuple[tuple[str, float], ...] = (),
    calibration: float = 1.0,
    scored: int = 0,
) -> Projection:
    """The projection of an ending against its target; the rest as in ``Projection``."""
    low, high = ending.interval()
    chance = ending.chance(operator, target, tolerance)
    return Projection(ending.value, low, high, chance, remaining, days_used, weights, calibration, scored)
