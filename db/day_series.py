"""Sums of many measures by day or hour, as one block of numbers; and what totals were before they were corrected."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from db.bulk import naive_utc
from db.day_memory import remembered
from db.facts import days_of
from db.schema import WHOLE_DAY, call_stats, day_totals, restatements, runs
from kpi.periods import Period

Floats = npt.NDArray[np.float64]


def day_grid(conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date) -> Floats:
    """Totals of start..end (both included) by centre, measure and day, in the order given; NaN: not supplied.

    The shape is (centres, measures, days); the caller's own. Of what was asked before, only the days that changed
    since are read.
    """
    return _kept(conn, ("days", *_key(measures, centres), start, end), start, end, _totals(conn, measures, centres))


def hour_grid(conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date) -> Floats:
    """Sums of call measures of start..end (both included) by centre, measure, day and hour; NaN: not supplied.

    The shape is (centres, measures, days, 24); the caller's own. Calls known only by the day are not in it.
    """
    return _kept(conn, ("hours", *_key(measures, centres), start, end), start, end, _hours(conn, measures, centres))


Read = Callable[[date, date], Floats]


def _key(measures: Sequence[str], centres: Sequence[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(measures), tuple(centres)


def _kept(conn: Connection, key: Hashable, start: date, end: date, read: Read) -> Floats:
    def again(known: Floats, changed: Period) -> Floats:
        first, last = max(start, changed.start), min(end, changed.end)
        if first > last:
            return known
        if (first, last) == (start, end):
            return read(start, end)
        at = (first - start).days
        grid = known.copy()
        grid[:, :, at : at + (last - first).days + 1] = read(first, last)
        return grid

    return remembered(conn, key, lambda: read(start, end), again, lambda grid: int(grid.nbytes)).copy()


def _totals(conn: Connection, measures: Sequence[str], centres: Sequence[int]) -> Read:
    t = day_totals.c

    def read(start: date, end: date) -> Floats:
        grid = np.full((len(centres), len(measures), (end - start).days + 1), np.nan)
        rows = conn.execute(
            select(t.centre_id, t.measure, t.day, t.value).where(
                t.centre_id.in_(centres), t.measure.in_(measures), t.day.between(start, end)
            )
        ).all()
        known = _places(centres), _places(measures), _places(days_of(start, end))
        at = tuple(
            np.fromiter(map(places.__getitem__, map(itemgetter(n), rows)), dtype=np.int64, count=len(rows))
            for n, places in enumerate(known)
        )
        grid[at] = np.fromiter(map(itemgetter(3), rows), dtype=np.float64, count=len(rows))
        return grid

    return read


def _hours(conn: Connection, measures: Sequence[str], centres: Sequence[int]) -> Read:
    c = call_stats.c
    sums = [func.sum(c[code]) for code in measures]

    def read(start: date, end: date) -> Floats:
        grid = np.full((len(centres), len(measures), (end - start).days + 1, 24), np.nan)
        rows = conn.execute(
            select(c.centre_id, c.day, c.hour, *sums)
            .where(c.centre_id.in_(centres), c.day.between(start, end), c.hour != WHOLE_DAY)
            .group_by(c.centre_id, c.day, c.hour)
        )
        at, days = _places(centres), _places(days_of(start, end))
        for centre, day, hour, *found in rows:
            # Made a float by hand: PostgreSQL adds big integers up to decimals, and None is NaN.
            grid[at[centre], :, days[day], hour] = [math.nan if one is None else float(one) for one in found]
        return grid

    return read


def _places(values: Iterable[Any]) -> dict[Any, int]:
    return {value: place for place, value in enumerate(values)}


def values_before(
    conn: Connection, measures: Sequence[str], centres: Sequence[int], end: date, moment: datetime
) -> dict[tuple[int, str, date], float | None]:
    """What totals of days up to ``end`` were at ``moment`` (aware), where they were restated after it.

    None: there was no total. A total written for the first time after the moment (history loaded later, perhaps in
    several files that each added to it) is not among them: nothing of it was known then.
    """
    r, known = restatements.c, naive_utc(moment)
    rows = conn.execute(
        select(r.centre_id, r.measure, r.day, r.old, runs.c.ended_at)
        .join_from(restatements, runs, r.old_run_id == runs.c.id, isouter=True)
        .where(r.centre_id.in_(centres), r.measure.in_(measures), r.day <= end, r.at > known)
        .order_by(r.at.desc(), r.id.desc())
    )
    # Latest first: what stays in the dictionary is the earliest correction, whose old value held at the moment.
    found = {(centre, measure, day): (old, written) for centre, measure, day, old, written in rows}
    return {key: old for key, (old, written) in found.items() if written is None or written <= known}
