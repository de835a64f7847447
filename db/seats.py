"""Seat-days as they are kept: one row a centre, seat and day over all sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, CursorResult, func, select

from db.schema import seat_stats
from kpi.seats import Floats, Ints, SeatDays

_MEASURES = ("seat_calls", "seat_orders", "seat_busy_seconds", "signed_in_seconds", "paused_seconds")
_AT_ONCE = 4000
"""Rows are turned into numbers in pieces: a year of 600 seats as two million objects takes half as long again."""


def seat_days(conn: Connection, centres: Sequence[int], start: date, end: date) -> SeatDays:
    """The seat-days of start..end, both included; team and shift as any source told them."""
    table = seat_stats.c
    sums = [func.sum(table[code]) for code in _MEASURES]
    found = conn.execute(
        select(table.centre_id, table.seat, table.day, func.max(table.team), func.max(table.shift), *sums)
        .where(table.centre_id.in_(centres), table.day.between(start, end))
        .group_by(table.centre_id, table.day, table.seat)
        .order_by(table.centre_id, table.day, table.seat)
    )
    places: dict[tuple[int, str], int] = {}
    ordinals: dict[date | str, int] = {}
    teams: list[str] = []
    shifts: list[str] = []
    whole, figures = [np.zeros((2, 0), dtype=np.int64)], [np.zeros((len(_MEASURES), 0))]
    for rows in _bare(found):
        centre, seat, day, team, shift, *measures = zip(*rows, strict=True)
        ordinals |= {one: _ordinal(one) for one in {*day} - ordinals.keys()}
        at = [places.setdefault(key, len(places)) for key in zip(centre, seat, strict=True)]
        whole.append(np.array([at, [ordinals[one] for one in day]], dtype=np.int64))
        figures.append(np.array(measures, dtype=np.float64))  # PostgreSQL adds up to decimals; None is NaN
        teams += team
        shifts += shift
    numbers: Ints = np.concatenate(whole, axis=1)
    values: Floats = np.concatenate(figures, axis=1)
    calls, orders, busy, signed_in, paused = values
    return SeatDays(
        tuple(places), numbers[0], numbers[1], calls, orders, busy, signed_in, paused, tuple(teams), tuple(shifts)
    )


def _bare(found: CursorResult[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in pieces, as the driver gives them: SQLAlchemy would make an object and a date of each."""
    assert found.cursor is not None  # a select always has one
    while rows := found.cursor.fetchmany(_AT_ONCE):
        yield list(rows)
    found.close()


def _ordinal(day: date | str) -> int:
    """SQLite keeps days as text."""
    return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


def has_seats(conn: Connection, centres: Sequence[int]) -> bool:
    """True where any source has ever told a seat."""
    found = select(seat_stats.c.seat).where(seat_stats.c.centre_id.in_(centres)).limit(1)
    return conn.execute(found).first() is not None
