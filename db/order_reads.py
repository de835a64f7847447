"""Reading work orders by place: the divisions of ``order_stats``, added up by department, channel or category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from db.order_places import NAMES, Place, places_of
from db.order_split import Lines, unpack
from db.schema import order_stats

Codes = tuple[str, ...]


def sums_by(
    conn: Connection, sets: Sequence[Codes], centres: Sequence[int], start: date, end: date, by: str
) -> dict[Codes, pd.DataFrame]:
    """Several sets of measures by one of ``NAMES``: frames with the columns key, days, *measures, in order of key.

    Only lines that have all the measures of a set are added, so that a ratio's two sides cover the same orders.
    """
    o = order_stats.c
    useful = or_(*(and_(*(o[code].is_not(None) for code in codes)) for codes in sets))
    statement = select(o.day, o.split).where(o.centre_id.in_(centres), o.day.between(start, end), useful)
    rows = conn.execute(statement).all()
    lines = unpack([row.split for row in rows], sorted({code for codes in sets for code in codes}))
    days, day = np.unique(np.array([row.day for row in rows], dtype="datetime64[D]"), return_inverse=True)
    keys, key = _keys(conn, lines, NAMES.index(by))
    of_day = key * len(days) + day[lines.row]
    return {codes: _of_set(lines, codes, keys, key, of_day, len(days)) for codes in sets}


def _keys(conn: Connection, lines: Lines, at: int) -> tuple[list[str], NDArray[np.int64]]:
    """The texts of one of the names that occur, sorted, and which of them each line has."""
    numbers, which = np.unique(lines.place, return_inverse=True)
    places = places_of(conn, numbers.tolist())
    texts = [places[number][at] for number in numbers.tolist()]
    keys = sorted(set(texts))
    place_of = {text: n for n, text in enumerate(keys)}
    return keys, np.array([place_of[text] for text in texts], dtype=np.int64)[which]


def _of_set(
    lines: Lines, codes: Codes, keys: Sequence[str], key: NDArray[np.int64], of_day: NDArray[np.int64], days: int
) -> pd.DataFrame:
    whole = np.ones(len(key), dtype=np.bool_)
    for code in codes:
        known = lines.figures[code].known
        whole &= True if known is None else known
    seen = np.bincount(key[whole], minlength=len(keys)) > 0
    on = np.bincount(np.unique(of_day[whole]) // max(1, days), minlength=len(keys))
    sums = {
        code: np.bincount(key[whole], weights=lines.figures[code].values[whole], minlength=len(keys)) for code in codes
    }
    columns = {"days": on.astype(float)} | sums
    shown = [text for text, has in zip(keys, seen.tolist(), strict=True) if has]
    return pd.DataFrame({"key": shown} | {name: values[seen] for name, values in columns.items()})


def given_twice(
    conn: Connection, condition: ColumnElement[bool], codes: Sequence[str], by: str
) -> list[tuple[int, date, str]]:
    """(centre id, acceptance day, measure) where several sources give a measure of the same one of ``NAMES``."""
    o = order_stats.c
    rows = conn.execute(select(o.centre_id, o.anchor, o.source_id, o.split).where(condition)).all()
    lines = unpack([row.split for row in rows], codes)
    _, key = _keys(conn, lines, NAMES.index(by))
    wheres = list(dict.fromkeys((row.centre_id, row.anchor) for row in rows))
    place_of = {where: n for n, where in enumerate(wheres)}
    where = np.array([place_of[row.centre_id, row.anchor] for row in rows], dtype=np.int64)[lines.row]
    source = np.array([row.source_id for row in rows], dtype=np.int64)[lines.row]
    found: list[tuple[int, date, str]] = []
    for code in codes:
        given = np.column_stack([where, key, source])[lines.figures[code].known]
        places = np.unique(given, axis=0)[:, :2]  # each as often as there are sources
        several = np.unique(places, axis=0, return_counts=True)
        twice = several[0][several[1] > 1]
        found += [(*wheres[at], code) for at in np.unique(twice[:, 0]).tolist()]
    return found


def expanded(
    conn: Connection, statement: Select[Any], names: Sequence[str], at_once: int
) -> Iterator[tuple[Row[Any], Place, list[int | None]]]:
    """The rows of a statement that selects ``split`` too, each as many times as it has lines, in order of place."""
    result = conn.execution_options(yield_per=at_once).execute(statement)
    for rows in result.partitions():
        lines = unpack([row.split for row in rows], names)
        places = places_of(conn, np.unique(lines.place).tolist())
        texts = [places[number] for number in lines.place.tolist()]
        order = sorted(range(len(texts)), key=lambda n: (int(lines.row[n]), texts[n]))
        at = np.array(order, dtype=np.intp)
        figures = [lines.figures[name].at(at) for name in names]
        for n, place, *values in zip(lines.row[at].tolist(), (texts[n] for n in order), *figures, strict=True):
            yield rows[n], place, values
