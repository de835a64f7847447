"""Centres held against one another fairly: ratios of sums, how sure each is, and whether a difference says anything.

The interval of a ratio is the wider of two: Wilson's, which knows the chance of single events (shares only), and one
from the ratio's swing from day to day, which knows that events of a day go together. A difference of two independent
ratios is bounded by their intervals (MOVER; of two Wilson intervals it is Newcombe's).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from kpi.interval import Z_95, wilson
from kpi.model import Better, Kpi, KpiValue, Unit

LEAST_DAYS = 10
"""Days it takes to tell how much a ratio swings from day to day."""
LEAST_COVERAGE = 0.8
"""Share of the days that have passed, below which a centre is not held against others: it tells of other days."""
_SAME = 1e-9

Sums = tuple[float, float]
"""Numerator and denominator."""
Interval = tuple[float, float]


class Doubt(StrEnum):
    """Why a centre takes no place in the order."""

    NO_VALUE = "no_value"
    TOO_FEW = "too_few"
    COVERAGE = "coverage"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Entrant:
    """One centre's figure and the days it was added up from (without days of which only a part is told); of a level,
    which no days add up to, the day it was last ``read``."""

    key: str
    value: KpiValue
    days: Mapping[date, Sums]
    read: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A centre's value less that of all others together, in the KPI's unit, and how far chance reaches."""

    amount: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """True where chance alone would not make such a difference."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A centre's place. ``interval``: 95 %, None where it can't be told. ``difference`` None: not to be told. ``read``:
    of a level the day of its last reading."""

    key: str
    value: KpiValue
    interval: Interval | None
    doubt: Doubt | None
    difference: Difference | None = None
    read: date | None = None


def compare(kpi: Kpi, entrants: Iterable[Entrant], min_sample: float, *, alike: bool = True) -> tuple[Standing, ...]:
    """The centres, worst first, those that can't be ordered last. Not ``alike`` (they go by different formulas): in
    the order given and without differences."""
    given = list(entrants)
    doubts = {one.key: _doubt(kpi, one, min_sample) for one in given}
    ranked = [one for one in given if doubts[one.key] is None]
    z = _z_of(len(ranked))
    made = [
        Standing(
            one.key,
            one.value,
            interval_of(kpi, one),
            doubts[one.key],
            _difference(kpi, one, ranked, z) if alike and doubts[one.key] is None else None,
            one.read,
        )
        for one in given
    ]
    return tuple(sorted(made, key=lambda one: _rank(kpi, one)) if alike else made)


def _doubt(kpi: Kpi, one: Entrant, min_sample: float) -> Doubt | None:
    value = one.value
    if value.value is None:
        return Doubt.NO_VALUE
    if (kpi.sample_of(value) or 0.0) < min_sample:
        return Doubt.TOO_FEW
    if one.read is not None:  # no day of a level is missing, but a reading of before the period tells of other days
        return Doubt.OLD if one.read < value.start else None
    if (value.coverage or 0.0) < LEAST_COVERAGE:
        return Doubt.COVERAGE
    return None


def _rank(kpi: Kpi, standing: Standing) -> tuple[bool, float]:
    amount = standing.value.value or 0.0
    return standing.doubt is not None, amount if kpi.better is Better.HIGHER else -amount


def _z_of(centres: int) -> float:
    """Each centre against the others is a comparison of its own (two centres: the same one twice): 95 % for all of
    them together (Bonferroni)."""
    comparisons = centres if centres > 2 else 1
    return NormalDist().inv_cdf(1 - 0.025 / comparisons) if comparisons > 1 else Z_95


def interval_of(kpi: Kpi, one: Entrant, z: float = Z_95) -> Interval | None:
    """How sure a centre's value is; None where it can't be told: no value, or one that is not a ratio of sums."""
    value = one.value
    if value.value is None or value.numerator is None or not value.denominator:
        return None
    if abs(value.value - value.numerator / value.denominator) > _SAME * max(1.0, abs(value.value)):
        return None
    return ratio_interval(
        (value.numerator, value.denominator), tuple(one.days.values()), z, share=kpi.unit is Unit.PERCENT
    )


def ratio_interval(sums: Sums, days: Sequence[Sums], z: float = Z_95, *, share: bool) -> Interval | None:
    """The wider of Wilson's interval and that of the swing from day to day, as far as each can be told."""
    by_event = wilson(*sums, z) if share else None
    swing = day_error(days)
    if swing is None:
        return by_event
    ratio, reach = sums[0] / sums[1], swing[0] * _student(z, swing[1] - 1)
    low, high = max(ratio - reach, 0.0), min(ratio + reach, 1.0) if by_event else ratio + reach
    return (min(low, by_event[0]), max(high, by_event[1])) if by_event else (low, high)


def day_error(days: Sequence[Sums]) -> tuple[float, int] | None:
    """The standard error of Σn ÷ Σd where days are what varies (linearised), and the days it stands on; None for too
    few of them."""
    told = [(top, bottom) for top, bottom in days if bottom]
    count, whole = len(told), sum(bottom for _top, bottom in told)
    if count < LEAST_DAYS or not whole:
        return None
    ratio = sum(top for top, _bottom in told) / whole
    squares = sum((top - ratio * bottom) ** 2 for top, bottom in told)
    return sqrt(count / (count - 1) * squares) / whole, count


def _student(z: float, freedom: int) -> float:
    """Student's quantile for the normal one (Cornish and Fisher): at 95 % within 0.2 % from 9 degrees of freedom on."""
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + first + second


def _difference(kpi: Kpi, one: Entrant, ranked: Sequence[Entrant], z: float) -> Difference | None:
    others = [other for other in ranked if other.key != one.key]
    rest = together(others)
    sides = [interval_of(kpi, one, z), ratio_interval(rest[0], rest[1], z, share=kpi.unit is Unit.PERCENT)]
    if not others or sides[0] is None or sides[1] is None or one.value.value is None:
        return None
    return between((one.value.value, *sides[0]), (rest[0][0] / rest[0][1], *sides[1]))


def together(entrants: Sequence[Entrant]) -> tuple[Sums, tuple[Sums, ...]]:
    """The sums of several centres, whole and by day."""
    top = sum(one.value.numerator or 0.0 for one in entrants)
    bottom = sum(one.value.denominator or 0.0 for one in entrants)
    by_day: dict[date, Sums] = {}
    for one in entrants:
        for day, (above, below) in one.days.items():
            had = by_day.get(day, (0.0, 0.0))
            by_day[day] = had[0] + above, had[1] + below
    return (top, bottom), tuple(by_day.values())


def between(one: tuple[float, float, float], other: tuple[float, float, float]) -> Difference:
    """The difference of two independent values, each given as (value, low, high)."""
    amount = one[0] - other[0]
    low = amount - sqrt((one[0] - one[1]) ** 2 + (other[2] - other[0]) ** 2)
    high = amount + sqrt((one[2] - one[0]) ** 2 + (other[0] - other[1]) ** 2)
    return Difference(amount, low, high)
