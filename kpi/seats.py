"""What seats handle in a day: sums by seat, team or shift, how sure they are, how days are spread. Pure.

An item is a call answered or a work order handled; a seat-day is a seat that signed in or handled an item on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from math import sqrt

import numpy as np
import numpy.typing as npt

from kpi.interval import Z_95

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

LEAST_DAYS = 5
"""Seat-days below which nothing is said of how a seat's days vary: a working week."""
LEAST_SEATS = 5
"""Seats at work on a day below which the day has no middle 80 %."""
_WIDTHS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
_MOST_BINS = 24
_MOST_DAYS = 10_000_000
"""More than there are days, or seats: two numbers are made one by it."""


@dataclass(frozen=True, eq=False)
class SeatDays:
    """One row a centre, seat and day over all sources, as arrays of one length. NaN: not supplied; '': not told.

    ``seat`` is a place in ``names``: (centre id, seat). ``day`` is an ordinal. Durations in seconds.
    """

    names: tuple[tuple[int, str], ...]
    seat: Ints
    day: Ints
    calls: Floats
    orders: Floats
    busy: Floats
    signed_in: Floats
    paused: Floats
    teams: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.seat)

    @cached_property
    def centre(self) -> Ints:
        """The centre of each row."""
        own = np.array([centre for centre, _seat in self.names], dtype=np.int64)
        return own[self.seat] if len(self.names) else np.zeros(0, dtype=np.int64)

    @cached_property
    def told(self) -> Booleans:
        """Rows of centre-days on which any source told items: on the others nobody knows what was handled."""
        known = ~np.isnan(self.calls) | ~np.isnan(self.orders)
        _, at = np.unique(self.centre * _MOST_DAYS + self.day, return_inverse=True)
        found: Booleans = (np.bincount(at, weights=known) > 0)[at] if len(self) else known
        return found

    @cached_property
    def items(self) -> Floats:
        """Items of each row; a seat that was signed in and handled nothing has 0. NaN where not told."""
        handled = np.nan_to_num(self.calls) + np.nan_to_num(self.orders)
        return np.where(self.told, handled, np.nan)

    @cached_property
    def worked(self) -> Booleans:
        """Rows that are a seat-day."""
        found: Booleans = self.told & ((np.nan_to_num(self.items) > 0) | (np.nan_to_num(self.signed_in) > 0))
        return found

    def only(self, rows: Booleans) -> SeatDays:
        """The rows marked; what is known of items stays as it is among all rows."""
        places = np.flatnonzero(rows).tolist()

        def texts(every: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(every[at] for at in places) if every else ()

        kept = SeatDays(
            self.names, self.seat[rows], self.day[rows], self.calls[rows], self.orders[rows], self.busy[rows],
            self.signed_in[rows], self.paused[rows], texts(self.teams), texts(self.shifts),
        )  # fmt: skip
        kept.__dict__["told"] = self.told[rows]
        return kept


@dataclass(frozen=True, slots=True)
class SeatSum:
    """Seat-days added up. ``squares``: of the items of each seat-day. ``days``: days told; ``seats``: seats at work.

    ``busy_of``/``paused_of``: the signed-in seconds over the rows that tell both."""

    items: float = 0.0
    seat_days: float = 0.0
    squares: float = 0.0
    calls: float = 0.0
    orders: float = 0.0
    days: int = 0
    seats: int = 0
    busy: float = 0.0
    busy_of: float = 0.0
    paused: float = 0.0
    paused_of: float = 0.0
    busy_days: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of items a seat-day, by how much the seat-days vary; None for too few of them."""
        return mean_interval(self.items, self.squares, self.seat_days)


def add_up(rows: SeatDays, group: Ints, count: int) -> list[SeatSum]:
    """The rows added up by group (0 … count − 1; −1: in none)."""
    inside = rows.told & (group >= 0)
    at, items = group[inside], rows.items[inside]

    def total(values: Floats, among: Booleans | None = None) -> Floats:
        use = np.ones(len(at), dtype=np.bool_) if among is None else among
        return np.bincount(at[use], weights=np.nan_to_num(values[use]), minlength=count).astype(np.float64)

    worked = rows.worked[inside]
    signed, busy, paused = rows.signed_in[inside], rows.busy[inside], rows.paused[inside]
    both, rests = ~np.isnan(signed) & ~np.isnan(busy), ~np.isnan(signed) & ~np.isnan(paused)
    columns = (
        total(items), total(worked.astype(np.float64)), total(items * items), total(rows.calls[inside]),
        total(rows.orders[inside]), _different(at, rows.day[inside], count),
        _different(at[worked], rows.seat[inside][worked], count), total(busy, both), total(signed, both),
        total(paused, rests), total(signed, rests), np.bincount(at[both], minlength=count).astype(np.float64),
    )  # fmt: skip
    return [_sum(figures) for figures in zip(*(column.tolist() for column in columns), strict=True)]


def _sum(figures: tuple[float, ...]) -> SeatSum:
    items, days, squares, calls, orders, told, seats, busy, busy_of, paused, paused_of, busy_days = figures
    counts = (int(told), int(seats))
    return SeatSum(items, days, squares, calls, orders, *counts, busy, busy_of, paused, paused_of, int(busy_days))


def _different(group: Ints, values: Ints, count: int) -> Floats:
    """How many different values each group has."""
    pairs = np.unique(group * _MOST_DAYS + values)
    return np.bincount(pairs // _MOST_DAYS, minlength=count).astype(np.float64)


def by_text(rows: SeatDays, texts: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """The different texts in order, and the place of each row's; '' is none of them (−1)."""
    names = tuple(sorted({text for text in texts if text}))
    if not names:
        return (), np.full(len(rows), -1, dtype=np.int64)
    places = {text: at for at, text in enumerate(names)}
    return names, np.array([places.get(text, -1) for text in texts], dtype=np.int64)


def mean_interval(total: float, squares: float, count: float) -> tuple[float, float] | None:
    """The 95 % interval of a mean from the sum and the sum of squares of ``count`` values (Student's t, not below
    0); None for fewer than LEAST_DAYS."""
    if count < LEAST_DAYS:
        return None
    mean = total / count
    variance = max(squares - count * mean * mean, 0.0) / (count - 1)
    reach = student(count - 1) * sqrt(variance / count)
    return max(mean - reach, 0.0), mean + reach


def student(freedom: float) -> float:
    """The 97.5 % point of Student's t by its expansion around the normal one: within 0.05 % from 4 degrees on."""
    z, n = Z_95, freedom
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / n**power for power, term in enumerate(terms, start=1))


class Against(StrEnum):
    """Where an interval lies against a level."""

    ABOVE = "above"
    BELOW = "below"
    UNCLEAR = "unclear"


def against(interval: tuple[float, float], level: float) -> Against:
    """Above or below only where the whole interval is."""
    if interval[0] > level:
        return Against.ABOVE
    return Against.BELOW if interval[1] < level else Against.UNCLEAR


def places_of(intervals: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """For each interval the best and the worst place (1: most) it may have: others count as ahead or behind only
    where they don't touch it."""
    lows, highs = (np.sort([interval[side] for interval in intervals]) for side in (0, 1))
    n = len(intervals)
    return [
        (1 + n - int(np.searchsorted(lows, high, "right")), n - int(np.searchsorted(highs, low, "left")))
        for low, high in intervals
    ]


@dataclass(frozen=True, slots=True)
class Spread:
    """Seat-days by their items. ``bins``: (from, below, seat-days), whole items. ``low``/``high``: the middle 80 %."""

    count: int = 0
    low: float = 0.0
    median: float = 0.0
    high: float = 0.0
    bins: tuple[tuple[int, int, int], ...] = ()
    items: Floats = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)

    def share_below(self, level: float) -> float:
        """The share of seat-days with fewer items than this."""
        return float((self.items < level).sum()) / self.count if self.count else 0.0


def spread(rows: SeatDays) -> Spread:
    """How many items a seat handles on a day."""
    items = rows.items[rows.worked]
    if not len(items):
        return Spread()
    low, median, high = np.quantile(items, (0.1, 0.5, 0.9)).tolist()
    most = int(items.max())
    width = next((w for w in _WIDTHS if most // w < _MOST_BINS), _WIDTHS[-1])
    counts = np.bincount((items // width).astype(np.int64)).tolist()
    first = next(at for at, count in enumerate(counts) if count)
    bins = tuple((at * width, (at + 1) * width, count) for at, count in enumerate(counts) if at >= first)
    return Spread(len(items), low, median, high, bins, items)


def bands(rows: SeatDays) -> dict[int, tuple[float, float]]:
    """The middle 80 % of seats by day (ordinal), where at least LEAST_SEATS were at work."""
    days, items = rows.day[rows.worked], rows.items[rows.worked]
    order = np.lexsort((items, days))
    items = items[order]
    found, starts, counts = np.unique(days[order], return_index=True, return_counts=True)
    bands = {}
    for day, start, count in zip(found.tolist(), starts.tolist(), counts.tolist(), strict=True):
        if count >= LEAST_SEATS:
            bands[day] = tuple(_between(items, start + share * (count - 1)) for share in (0.1, 0.9))
    return {day: (low, high) for day, (low, high) in bands.items()}


def _between(values: Floats, place: float) -> float:
    below = int(place)
    upper = values[min(below + 1, len(values) - 1)] if place > below else values[below]
    return float(values[below] + (place - below) * (upper - values[below]))
