"""A frame of a batch with its key columns as small numbers: each is gone through once, however often it is asked of.

A year of work orders has half a million rows with a few hundred different days, departments and channels. Sorting,
finding the days and adding up are quick over numbers, and slow over half a million objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Days = dict[int, set[date]]
"""Days by centre id."""
_WIDEST = 2**62
"""Places of several columns are put into one number up to here."""
_NULLABLE = pd.Int64Dtype()
_FEWEST = 8
"""So many rows on average are worth a statement of their own."""


def plain_date(value: date | datetime) -> date:
    """A date, also where pandas made a timestamp of it."""
    return value.date() if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Column:
    """A key column: row n holds ``values[places[n]]``; the values are distinct and sorted. A place of -1 is missing."""

    places: NDArray[np.int64]
    values: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Figures:
    """A column of whole numbers. ``known`` None: every row has one; elsewhere ``values`` is 0 where it has none."""

    values: NDArray[np.int64]
    known: NDArray[np.bool_] | None = None

    def at(self, rows: NDArray[np.intp]) -> list[int | None]:
        """The figures at these positions, None where there is none."""
        found: list[int | None] = self.values[rows].tolist()
        if self.known is None or (known := self.known[rows]).all():
            return found
        return [value if has else None for value, has in zip(found, known.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class Coded:
    """A frame, its key columns on demand as numbers."""

    frame: pd.DataFrame
    _columns: dict[str, Column] = field(default_factory=dict)
    _figures: dict[str, Figures] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str) -> Column:
        """A key column; days are plain dates."""
        if name not in self._columns:
            places, values = _coded(self.frame[name])
            found = np.empty(len(values), dtype=object)
            found[:] = [plain_date(value) for value in values]
            self._columns[name] = Column(places, found)
        return self._columns[name]

    def figures(self, name: str) -> Figures:
        """A column of nullable whole numbers."""
        if name not in self._figures:
            column = self.frame[name]
            if column.dtype != _NULLABLE:
                column = column.astype(_NULLABLE)
            known = column.notna().to_numpy()
            values = np.asarray(column.to_numpy(dtype=np.int64, na_value=0), dtype=np.int64)
            self._figures[name] = Figures(values) if known.all() else Figures(values, known)
        return self._figures[name]

    def centre_ids(self, ids: Mapping[str, int]) -> Column:
        """The centre as a column of ids, in their order."""
        centre = self.column("centre")
        found = np.array([ids[str(code)] for code in centre.values], dtype=object)
        order = np.argsort(found, kind="stable")
        place_of = np.empty(len(order), dtype=np.int64)
        place_of[order] = np.arange(len(order))
        return Column(place_of[centre.places], found[order])

    def days(self, column: str, ids: Mapping[str, int]) -> Days:
        """The days in a date column, by centre id."""
        return {ids[code]: days for code, days in self.days_by_code(column).items()}

    def days_by_code(self, column: str) -> dict[str, set[date]]:
        """The days in a date column, by the code of the centre; rows without either have none."""
        if not len(self):
            return {}
        centre, day = self.column("centre"), self.column(column)
        width = len(day.values)
        both = (centre.places >= 0) & (day.places >= 0)
        found: dict[str, set[date]] = {}
        for place in np.flatnonzero(np.bincount(centre.places[both] * width + day.places[both])):
            found.setdefault(str(centre.values[place // width]), set()).add(day.values[place % width])
        return found


def _coded(column: pd.Series[Any]) -> tuple[NDArray[np.int64], pd.Index[Any]]:
    """The places and the sorted distinct values of a column; a categorical one has been gone through already."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.categories.is_monotonic_increasing:
        codes, values = column.cat.codes.to_numpy().astype(np.int64), column.cat.categories
        seen = np.bincount(codes + 1, minlength=len(values) + 1)[1:] > 0
        if seen.all():
            return codes, values
        return np.append(np.cumsum(seen) - 1, -1)[codes], values[seen]
    places, found = pd.factorize(column.astype(object), sort=True)
    return places.astype(np.int64), pd.Index(found, dtype=object)


def in_order(columns: Sequence[Column]) -> NDArray[np.intp]:
    """The positions of the rows sorted by these columns, the first one being the most important."""
    different = 1
    for column in columns:
        different *= max(1, len(column.values))
    if different > _WIDEST:
        return np.lexsort([column.places for column in reversed(columns)])
    place = np.zeros(len(columns[0].places), dtype=np.int64)
    for column in columns:
        place = place * len(column.values) + column.places
    if (place[1:] >= place[:-1]).all():  # as a batch of work orders comes: nothing has to be moved
        return np.arange(len(place))
    return np.argsort(place, kind="stable")


def alike(figures: Mapping[str, Figures], rows: NDArray[np.intp]) -> list[tuple[tuple[str, ...], NDArray[np.intp]]]:
    """The rows by which of the figures they have: (names of those, positions in their order).

    A role of work orders fills two or three of its table's columns: the others need not be sent at all. All rows
    with all names where hardly two rows are alike.
    """
    mixed = {name: one.known[rows] for name, one in figures.items() if one.known is not None}
    always = tuple(name for name in figures if name not in mixed)
    if not mixed:
        return [(always, rows)]
    known = np.column_stack(list(mixed.values()))
    packed = np.packbits(known, axis=1)
    _, first, group = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    if len(first) * _FEWEST > len(rows):
        return [(tuple(figures), rows)]
    pieces = np.split(rows[np.argsort(group, kind="stable")], np.cumsum(np.bincount(group))[:-1])
    return [
        ((*always, *(name for name, has in zip(mixed, known[at], strict=True) if has)), piece)
        for at, piece in zip(first, pieces, strict=True)
    ]
