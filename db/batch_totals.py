"""Day totals added up from a batch itself: what the database would add up where it has nothing else of those days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from sqlalchemy import Connection, exists, select

from db.coded import Coded, Days, Figures
from db.facts_write import CALLS, ORDERS, SEATS, FactTable

Sums = dict[int, dict[tuple[date, str], float]]
"""Totals by centre id, then by (day, measure code)."""


def centres_without(conn: Connection, fact: FactTable, days: Days) -> set[int]:
    """The centres of which a table has no rows at all between the first and the last of these days."""
    if fact not in (CALLS, SEATS, ORDERS):
        return set()
    table = fact.table
    found = set()
    for centre_id, ones in days.items():
        held = select(1).where(table.c.centre_id == centre_id, table.c.day.between(min(ones), max(ones)))
        if not conn.scalar(select(exists(held))):
            found.add(centre_id)
    return found


def batch_sums(fact: FactTable, rows: Coded, ids: Mapping[str, int], centre_ids: set[int]) -> Sums:
    """The totals of these centres by a batch that has all the rows of them; each seat of a day has one row."""
    sums: Sums = {centre_id: {} for centre_id in centre_ids}
    if not (len(rows) and centre_ids):
        return sums
    centre, day = rows.centre_ids(ids), rows.column("day")
    width = len(day.values)
    group = centre.places * width + day.places
    figures = {code: rows.figures(code) for code in fact.measures if code in rows.frame.columns}
    if fact is SEATS:
        figures |= _derived(figures, len(rows))
    for code, one in figures.items():
        added = np.bincount(group, weights=one.values)
        counted = np.bincount(group if one.known is None else group[one.known])
        for place in np.flatnonzero(counted).tolist():
            of_centre = sums.get(centre.values[place // width])
            if of_centre is not None:
                of_centre[day.values[place % width], code] = float(added[place])
    return sums


def _derived(figures: Mapping[str, Figures], rows: int) -> dict[str, Figures]:
    """``items`` and ``seat_days`` of each seat on each day, and its busy time where the time signed in is known."""
    nothing = Figures(np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.bool_))
    every = np.ones(rows, dtype=np.bool_)

    def known(one: Figures) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return every if one.known is None else one.known

    calls, orders, signed_in = (
        figures.get(code, nothing) for code in ("seat_calls", "seat_orders", "signed_in_seconds")
    )
    handled = calls.values + orders.values
    counted = known(calls) | known(orders)
    worked = (handled > 0) | (signed_in.values > 0)
    derived = {
        "items": Figures(handled, counted),
        "seat_days": Figures(worked.astype(np.int64), counted | known(signed_in)),
    }
    if (busy := figures.get("seat_busy_seconds")) is not None:
        both = known(busy) & known(signed_in)
        derived["seat_busy_seconds"] = Figures(np.where(both, busy.values, 0), both)
    return derived
