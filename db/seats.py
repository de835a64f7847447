"""Seat-days as they are kept: one row a centre, seat and day over all sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from sqlalchemy import Connection, func, select

from db.schema import seat_stats
from kpi.seats import Floats, Ints, SeatDays

_MEASURES = ("seat_calls", "seat_orders", "seat_busy_seconds", "signed_in_seconds", "paused_seconds")


def seat_days(conn: Connection, centres: Sequence[int], start: date, end: date) -> SeatDays:
    """The seat-days of start..end, both included; team and shift as any source told them."""
    table = seat_stats.c
    sums = [func.sum(table[code]) for code in _MEASURES]
    rows = conn.execute(
        select(table.centre_id, table.seat, table.day, func.max(table.team), func.max(table.shift), *sums)
        .where(table.centre_id.in_(centres), table.day.between(start, end))
        .group_by(table.centre_id, table.day, table.seat)
        .order_by(table.centre_id, table.day, table.seat)
    ).all()
    centre, seat, day, teams, shifts, *figures = list(zip(*rows, strict=True)) or [()] * (5 + len(_MEASURES))
    places: dict[tuple[int, str], int] = {}
    at = [places.setdefault(key, len(places)) for key in zip(centre, seat, strict=True)]
    calls, orders, busy, signed_in, paused = map(_floats, figures)
    days = _whole(one.toordinal() for one in day)
    return SeatDays(
        tuple(places), _whole(at), days, calls, orders, busy, signed_in, paused, tuple(teams), tuple(shifts)
    )


def _whole(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _floats(values: Iterable[int | None]) -> Floats:
    """PostgreSQL adds big integers up to decimals, and None is NaN."""
    return np.array(list(values), dtype=np.float64)


def has_seats(conn: Connection, centres: Sequence[int]) -> bool:
    """True where any source has ever told a seat."""
    found = select(seat_stats.c.seat).where(seat_stats.c.centre_id.in_(centres)).limit(1)
    return conn.execute(found).first() is not None
