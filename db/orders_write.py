"""Work orders as they are kept: one row a centre, day and acceptance day, with how it divides among places."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from db.coded import Coded, Column, Figures, in_order
from db.order_places import NAMES, Place, place_ids
from db.order_split import pack

KEYS = ("day", "anchor")
_COUNTED = 10_000_000
"""Up to so many possible places they are counted, which is far quicker than sorting."""


@dataclass(frozen=True, slots=True)
class Together:
    """The rows of a frame put together: ``columns`` with one value a row as kept, centre by centre in order of day."""

    columns: Mapping[str, Column]
    figures: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Numbered:
    """The places of a frame's rows: ``place`` is a column of them, ``numbers`` what each of its values is kept as."""

    place: Column
    numbers: NDArray[np.int64]


def number_places(conn: Connection, rows: Coded) -> Numbered:
    """The places of a frame, numbered; new ones get a number. Inside a write transaction."""
    places, at = _places(rows)
    return Numbered(Column(at, places), np.array(place_ids(conn, list(places)), dtype=np.int64))


def put_together(rows: Coded, centre: Column, figures: Mapping[str, Figures], places: Numbered) -> Together:
    """The rows of a frame (one a centre, day, acceptance day and place; at least one) as they are kept."""
    key = [centre, *(rows.column(name) for name in KEYS)]
    # by the codes of the centres, not their ids: so the rows come, and mostly nothing has to be moved
    order = in_order([rows.column("centre"), *key[1:], places.place])
    in_place = bool((order == np.arange(len(order))).all())
    sorted_key = key if in_place else [Column(column.places[order], column.values) for column in key]
    starts = _starts(sorted_key)
    lines = dict(figures) if in_place else {code: _sorted(one, order) for code, one in figures.items()}
    split = np.empty(len(starts), dtype=object)
    split[:] = pack(places.numbers[places.place.places[order]], lines, starts)
    columns = {
        name: Column(column.places[starts], column.values)
        for name, column in zip(("centre_id", *KEYS), sorted_key, strict=True)
    }
    columns["split"] = Column(np.arange(len(starts)), split)
    return Together(columns, {code: _summed(one, starts) for code, one in lines.items()})


def _places(rows: Coded) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The distinct places of a frame, and which of them each row has."""
    columns = [rows.column(name) for name in NAMES]
    code = np.zeros(len(rows), dtype=np.int64)
    for column in columns:
        code = code * len(column.values) + column.places
    found, at = _distinct(code, math.prod(len(column.values) for column in columns))
    texts: list[NDArray[np.object_]] = []
    for column in reversed(columns):
        found, rest = np.divmod(found, len(column.values))
        texts.append(column.values[rest])
    places = np.empty(len(found), dtype=object)
    places[:] = [_place(one) for one in zip(*reversed(texts), strict=True)]
    return places, at


def _distinct(numbers: NDArray[np.int64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct numbers (all below ``limit``), sorted, and which of them each is."""
    if limit > _COUNTED:
        return np.unique(numbers, return_inverse=True)
    seen = np.bincount(numbers, minlength=limit) > 0
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[numbers]


def _place(texts: Sequence[object]) -> Place:
    department, channel, category = texts
    return str(department), str(channel), str(category)


def _starts(key: Sequence[Column]) -> NDArray[np.intp]:
    """Where in sorted rows another key begins."""
    changes = np.zeros(len(key[0].places), dtype=np.bool_)
    changes[0] = True
    for column in key:
        changes[1:] |= column.places[1:] != column.places[:-1]
    return np.flatnonzero(changes)


def _sorted(figures: Figures, order: NDArray[np.intp]) -> Figures:
    return Figures(figures.values[order], None if figures.known is None else figures.known[order])


def _summed(figures: Figures, starts: NDArray[np.intp]) -> Figures:
    values = np.add.reduceat(figures.values, starts)
    return Figures(values, None if figures.known is None else np.logical_or.reduceat(figures.known, starts))
