"""Measures by centre and day as one block of numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kpi.periods import Period

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Grid:
    """``values[centre, measure, day]`` in the order of the three axes, days ascending; NaN: the source gave nothing."""

    centres: tuple[int, ...]
    measures: tuple[str, ...]
    days: tuple[date, ...]
    values: Floats

    @cached_property
    def centre_at(self) -> Mapping[int, int]:
        """The place of each centre id."""
        return {centre: place for place, centre in enumerate(self.centres)}

    @cached_property
    def measure_at(self) -> Mapping[str, int]:
        """The place of each measure's code."""
        return {code: place for place, code in enumerate(self.measures)}

    @cached_property
    def day_at(self) -> Mapping[date, int]:
        """The place of each day."""
        return {day: place for place, day in enumerate(self.days)}

    @cached_property
    def given(self) -> Booleans:
        """Where there is a figure."""
        return ~np.isnan(self.values)

    @cached_property
    def told(self) -> Booleans:
        """(centre, measure) with a figure on any day."""
        return any_of(self.given, 2)

    @cached_property
    def tellers(self) -> frozenset[tuple[int, str]]:
        """The same as pairs of centre id and code: most KPIs ask of centres that never told them."""
        return frozenset((self.centres[c], self.measures[m]) for c, m in np.argwhere(self.told).tolist())

    def within(self, period: Period) -> slice:
        """The places of the days of a period."""
        return slice(bisect_left(self.days, period.start), bisect_right(self.days, period.end))

    def place(self, centres: Sequence[int], codes: Sequence[str]) -> tuple[npt.NDArray[np.intp], ...]:
        """Where these centres and measures stand, as an index into ``values``. Raises KeyError for others."""
        rows = np.array([self.centre_at[centre] for centre in centres], dtype=np.intp)
        columns = np.array([self.measure_at[code] for code in codes], dtype=np.intp)
        return np.ix_(rows, columns)


def empty_grid(centres: Sequence[int], measures: Sequence[str], days: Sequence[date] = ()) -> Grid:
    """A grid with no figure in it."""
    shape = (len(centres), len(measures), len(days))
    return Grid(tuple(centres), tuple(measures), tuple(days), np.full(shape, np.nan))


def any_of(marks: Booleans, *axes: int) -> Booleans:
    """True where any of the marks along the axes is."""
    return np.asarray(marks.any(axis=axes), dtype=np.bool_)
