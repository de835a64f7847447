"""Day totals of many measures at once, as one block of numbers; and what they were before they were corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from db.bulk import naive_utc
from db.schema import day_totals, restatements, runs

Floats = npt.NDArray[np.float64]


def day_grid(conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date) -> Floats:
    """Totals of start..end (both included) by centre, measure and day, in the order given; NaN: not supplied.

    The shape is (centres, measures, days). One statement, however many measures are asked for.
    """
    days = {start + timedelta(days=i): i for i in range((end - start).days + 1)}
    grid = np.full((len(centres), len(measures), len(days)), np.nan)
    t = day_totals.c
    rows = conn.execute(
        select(t.centre_id, t.measure, t.day, t.value).where(
            t.centre_id.in_(centres), t.measure.in_(measures), t.day.between(start, end)
        )
    ).all()
    places: tuple[dict[Any, int], ...] = (
        {code: i for i, code in enumerate(centres)},
        {code: i for i, code in enumerate(measures)},
        days,
    )
    at = tuple(
        np.fromiter(map(known.__getitem__, map(itemgetter(column), rows)), dtype=np.int64, count=len(rows))
        for column, known in enumerate(places)
    )
    grid[at] = np.fromiter(map(itemgetter(3), rows), dtype=np.float64, count=len(rows))
    return grid


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
