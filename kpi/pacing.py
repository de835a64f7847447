"""Where we will end, and what it takes (RULES 4): the arithmetic of a target over a running period.

Everything is in the unit of the value (a rate as a fraction). What happens after the day asked as of is never used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.count_law import at_most
from kpi.periods import Period
from kpi.status import Operator


@dataclass(frozen=True, slots=True)
class RatioPace:
    """Pace of a ratio N/D against τ.

    ``required``: the rate needed over what is still to come (for ≤: the highest rate that may still occur), None
    when nothing is to come. ``allowance``, ``used``, ``left``: events that may miss (可漏接余量) over the whole
    period, None for a ratio that is not a share of its denominator. ``locked``: the target is met whatever comes;
    ``out_of_reach``: it can't be met any more.
    """

    required: float | None
    allowance: float | None
    used: float | None
    left: float | None
    locked: bool
    out_of_reach: bool

    @property
    def left_share(self) -> float | None:
        """What is left of the allowance, as a fraction of it."""
        if self.allowance is None or self.left is None or self.allowance <= 0:
            return None
        return self.left / self.allowance


def pace_ratio(
    numerator: float,
    denominator: float,
    remaining: float,
    operator: Operator,
    target: float,
    *,
    is_share: bool = True,
) -> RatioPace:
    """Pace of N/D (known so far) when ``remaining`` more of the denominator is expected.

    r* = (τ(D + D_rem) − N) / D_rem. ``is_share``: the value lies between 0 and 1 by nature; other ratios (seconds,
    items per seat-day) have no upper end, so they are never out of reach for ≥ and never locked for ≤.
    Equality has no pace of this kind: ValueError.
    """
    if operator is Operator.EQUAL:
        raise ValueError("等于型目标没有余量")
    whole = denominator + remaining
    room = target * whole - numerator
    required = room / remaining if remaining > 0 else None
    at_least = operator is Operator.AT_LEAST
    most = remaining if is_share else float("inf")
    locked = room <= 0 if at_least else room >= most
    out_of_reach = room > most if at_least else room < 0
    if remaining <= 0:
        locked, out_of_reach = (room <= 0, room > 0) if at_least else (room >= 0, room < 0)
    if not is_share:
        return RatioPace(required, None, None, None, locked, out_of_reach)
    allowance = ((1 - target) if at_least else target) * whole
    used = denominator - numerator if at_least else numerator
    return RatioPace(required, allowance, used, allowance - used, locked, out_of_reach)


@dataclass(frozen=True, slots=True)
class CountPace:
    """Pace of a count towards T: what was expected so far, done ÷ expected, and what is needed from here.

    ``index`` is None while nothing is expected. ``needed`` in all, ``per_day`` for each working day still to come
    (None when there is none).
    """

    expected: float
    index: float | None
    needed: float
    per_day: float | None


def pace_count(done: float, target: float, share: float, working_days_left: int) -> CountPace:
    """``share``: the part of the schedule that has passed (calendar days, working days or a monthly plan), 0…1.

    Nothing is due while the target is 0.
    """
    expected = target * share
    needed = max(target - done, 0.0)
    return CountPace(
        expected,
        done / expected if expected > 0 else None,
        needed,
        needed / working_days_left if working_days_left > 0 else None,
    )


def calendar_share(period: Period, as_of: date) -> float:
    """Days passed ÷ days of the period, 0 before it begins and 1 after it ends."""
    passed = period.until(as_of)
    return passed.days / period.days if passed else 0.0


def monthly_share(plan: dict[int, float], as_of: date, period: Period) -> float:
    """The schedule's share by a plan of weights by month; within a month by calendar days."""
    months = range(period.start.month, period.end.month + 1)
    total = sum(plan.get(month, 0.0) for month in months)
    passed = period.until(as_of)
    if total <= 0 or passed is None:
        return 0.0
    done = sum(plan.get(month, 0.0) for month in months if month < passed.end.month)
    first = passed.end.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (done + plan.get(passed.end.month, 0.0) * passed.end.day / (following - first).days) / total


@dataclass(frozen=True, slots=True)
class CapPace:
    """Pace of a count that may not exceed a cap. ``projected`` is the expected count at the end; ``probability``
    that the cap holds; both None before a day has passed."""

    left: float
    projected: float | None
    probability: float | None


def pace_cap(done: int, cap: float, passed_days: int, remaining_days: int) -> CapPace:
    """Gamma–Poisson with a Jeffreys prior: rate ~ Gamma(done + ½, days passed), the rest is negative binomial."""
    left = cap - done
    if passed_days <= 0:
        return CapPace(left, None, None)
    shape = done + 0.5
    projected = done + shape / passed_days * remaining_days
    if left < 0:
        return CapPace(left, projected, 0.0)
    if remaining_days <= 0:
        return CapPace(left, float(done), 1.0)
    success = passed_days / (passed_days + remaining_days)
    return CapPace(left, projected, at_most(left, shape, success))


@dataclass(frozen=True, slots=True)
class MoneyPace:
    """序时进度: the plan's share today, and how far the actual share is from it, in percentage points."""

    expected: float
    deviation: float


def pace_money(share: float, half_plan: float, full_plan: float, as_of: date) -> MoneyPace:
    """``share``, ``half_plan``, ``full_plan`` as fractions of the year's amount (half-year plan 50 % = 0.5).

    Expected is the straight line through 0 on 31 December, the half-year plan on 30 June, the full-year plan on
    31 December.
    """
    start, middle, end = date(as_of.year - 1, 12, 31), date(as_of.year, 6, 30), date(as_of.year, 12, 31)
    if as_of <= middle:
        expected = half_plan * ((as_of - start).days / (middle - start).days)
    else:
        expected = half_plan + (full_plan - half_plan) * ((as_of - middle).days / (end - middle).days)
    return MoneyPace(expected, (share - expected) * 100)
