"""What days have in common, for forecasts: their kinds, blocks of days, the level of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.workdays import DayKind, WorkCalendar

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KINDS = (DayKind.WORKING, DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.MAKEUP)
"""Kinds of days by their code in ``History.kinds``."""

_UNIX = date(1970, 1, 1).toordinal()
_CODE = {kind: code for code, kind in enumerate(KINDS)}
_LIKE = {DayKind.WEEKEND: DayKind.WORKING, DayKind.HOLIDAY: DayKind.WEEKEND, DayKind.MAKEUP: DayKind.WORKING}
_FACTOR_DAYS = 400  # holidays and make-up days come round once a year
_RECENT_DAYS = 56
_FINE_BLOCKS = 4 * 18
_EFFECT_HALF_LIFE = 365.0
_DOUBT_DAYS = 4.0  # a kind's effect is believed half when it was seen on four average days


@dataclass(frozen=True, eq=False)
class History:
    """Daily sums of a ratio, one entry a day on record, ascending; a day that is not here is missing, not zero.

    ``days``: ordinals (``date.toordinal``). ``numerator``, ``denominator``: sums of the day. ``kinds``: code of the
    day's kind (position in ``KINDS``). ``is_share``: the ratio lies between 0 and 1 by nature.
    """

    days: Ints
    numerator: Floats
    denominator: Floats
    kinds: Ints
    is_share: bool = True

    @cached_property
    def digest(self) -> bytes:
        """Known by its content: two histories with the same days and figures have the same."""
        found = blake2b(str(self.is_share).encode(), digest_size=16)
        for part in (self.days, self.numerator, self.denominator, self.kinds):
            found.update(part.tobytes())
        return found.digest()

    @classmethod
    def build(
        cls,
        days: Sequence[date],
        numerator: Sequence[float],
        denominator: Sequence[float],
        calendar: WorkCalendar,
        *,
        is_share: bool = True,
    ) -> History:
        """A history of days in any order; days whose numerator or denominator is NaN are missing.

        Raises ValueError where the lengths differ, a day comes twice or a denominator is negative.
        """
        if not len(days) == len(numerator) == len(denominator):
            raise ValueError("日期、分子、分母的个数不一致")
        if len(set(days)) != len(days):
            raise ValueError("同一天出现了两次, 请先按天汇总")
        ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
        above, below = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
        if (below < 0).any():
            raise ValueError("分母不能为负数")
        order = np.argsort(ordinals)
        order = order[np.isfinite(above[order]) & np.isfinite(below[order])]
        kept = ordinals[order]
        return cls(kept, above[order], below[order], kinds_of(kept, calendar), is_share)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, calendar: WorkCalendar, *, is_share: bool = True) -> History:
        """A history of a frame with the columns day (``date``), numerator, denominator."""
        above, below = (frame[name].astype(float).to_list() for name in ("numerator", "denominator"))
        return cls.build(frame["day"].to_list(), above, below, calendar, is_share=is_share)

    @classmethod
    def of_counts(cls, days: Sequence[date], counts: Sequence[float], calendar: WorkCalendar) -> History:
        """A history of a count: every day supplied, days without an event as 0."""
        return cls.build(days, counts, [1.0] * len(days), calendar, is_share=False)

    def __len__(self) -> int:
        return len(self.days)

    def between(self, start: date, end: date) -> History:
        """The part from ``start`` to ``end``, both included."""
        first, last = np.searchsorted(self.days, [start.toordinal(), end.toordinal() + 1])
        cut = slice(int(first), int(last))
        return History(self.days[cut], self.numerator[cut], self.denominator[cut], self.kinds[cut], self.is_share)

    def only(self, kept: npt.NDArray[np.bool_]) -> History:
        """The marked days."""
        days, kinds = self.days[kept], self.kinds[kept]
        return History(days, self.numerator[kept], self.denominator[kept], kinds, self.is_share)

    def until(self, as_of: date) -> History:
        """What was known at the end of ``as_of``."""
        return self.between(date.min, as_of)


def kinds_of(days: Ints, calendar: WorkCalendar) -> Ints:
    """The code of each day's kind."""
    return np.array([_CODE[calendar.day(day).kind] for day in map(date.fromordinal, days.tolist())], dtype=np.int64)


def ordinals(start: date, end: date) -> Ints:
    """The days from start to end, both included; none where end is before start."""
    return np.arange(start.toordinal(), end.toordinal() + 1, dtype=np.int64)


def kind_factors(values: Floats, kinds: Ints) -> Floats:
    """Mean of the last 400 days of each kind, relative to working days (1).

    A kind not seen there is taken to be like its nearest relative: a holiday like a weekend, a make-up day like a
    working day. Without working days, or where they are all 0, the overall mean takes their place.
    """
    values, kinds = values[-_FACTOR_DAYS:], kinds[-_FACTOR_DAYS:]
    working = values[kinds == 0]
    base = float(working.mean()) if working.size and working.any() else float(values.mean())
    factors = np.ones(len(KINDS))
    for code, kind in enumerate(KINDS[1:], start=1):
        seen = values[kinds == code]
        factors[code] = seen.mean() / base if seen.size and base > 0 else factors[_CODE[_LIKE[kind]]]
    return factors


def expected_volume(history: History, kinds: Ints) -> Floats:
    """Expected denominator of days of these kinds: the level of the last 56 days × the factor of the kind."""
    factors = kind_factors(history.denominator, history.kinds)
    recent = slice(-_RECENT_DAYS, None)
    weight = factors[history.kinds[recent]].sum()
    level = history.denominator[recent].sum() / weight if weight > 0 else 0.0
    return np.asarray(level * factors[kinds], dtype=np.float64)


def block_keys(days: Ints) -> Ints:
    """The block each day lies in: days 1–7, 8–14, 15–21 and 22–end of its month.

    A block holds whole weeks or a little more, and months, half-years and years end where a block ends, so that the
    past can be asked exactly what is asked today. Keys ascend: 4 a month.
    """
    dates = (days - _UNIX).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    week = (dates - months.astype("datetime64[D]")).astype(np.int64) // 7
    return np.asarray(4 * (months.astype(np.int64) + 12 * 1970) + np.minimum(week, 3))


def coarser(keys: Ints) -> Ints:
    """The same blocks, whole months where they are older than 18 months: what happened within a month long ago says
    nothing about the level today, and costs the cube of its blocks."""
    return np.where(keys < keys[-1] - _FINE_BLOCKS, keys | 3, keys)


def block_end(key: int) -> date:
    """The last calendar day of a block."""
    month, week = divmod(key, 4)
    if week < 3:
        return date(month // 12, month % 12 + 1, 7 * week + 7)
    following = month + 1
    return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


SLOTS = 9
"""Slots of days: working Monday…Friday, Saturday, Sunday, holiday, make-up day."""

_HOLIDAY_SLOT, _MAKEUP_SLOT = 7, 8


def slots_of(days: Ints, kinds: Ints) -> Ints:
    """The slot of each day: its weekday, unless it is a holiday or a make-up day."""
    weekday = (days - 1) % 7  # day 1 was a Monday
    return np.where(kinds == 2, _HOLIDAY_SLOT, np.where(kinds == 3, _MAKEUP_SLOT, weekday))


@dataclass(frozen=True, eq=False)
class KindEffects:
    """``effects``: what is added to the rate on a day of each slot. ``variance``: of a day's rate × its denominator,
    within blocks."""

    effects: Floats
    variance: float


def _slot_marks() -> Floats:
    """What the effect of a slot is made of (slots, marks): free time in general, what sets holidays apart from
    weekends and make-up days from working days, then what sets one weekday apart."""
    marks = np.zeros((SLOTS, 10))
    marks[[5, 6, _HOLIDAY_SLOT], 0] = 1.0
    marks[_HOLIDAY_SLOT, 1] = marks[_MAKEUP_SLOT, 2] = 1.0
    marks[range(7), range(3, 10)] = 1.0
    return marks


_MARKS = _slot_marks()


def kind_effects(history: History, blocks: Ints) -> KindEffects:
    """Contrasts of kinds of days within blocks, weighted by denominator and recency, shrunk where a kind is rare.

    ``history`` has no day without a denominator; ``blocks`` numbers the block of each day from 0.
    """
    volume = history.denominator
    weight = volume * 0.5 ** ((history.days[-1] - history.days) / _EFFECT_HALF_LIFE)
    count = int(blocks[-1]) + 1
    columns = np.column_stack([history.numerator / volume, _MARKS[slots_of(history.days, history.kinds)]])
    total = np.bincount(blocks, weight, count)
    starts = np.searchsorted(blocks, np.arange(count))
    means = np.add.reduceat(weight[:, None] * columns, starts) / total[:, None]
    centred = columns - means[blocks]
    y, x = centred[:, 0], centred[:, 1:]
    doubt = _DOUBT_DAYS * float(volume.mean()) * np.eye(x.shape[1])
    found = np.linalg.solve(x.T @ (weight[:, None] * x) + doubt, x.T @ (weight * y))
    left = y - x @ found
    variance = float((volume * left**2).sum()) / max(len(history) - count - 1, 1)
    return KindEffects(_MARKS @ found, variance)
