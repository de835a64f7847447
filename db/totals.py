"""``day_totals``: every measure by centre and day over all sources, and what a change of it leaves behind.

Brought up to date inside the transaction that changes the facts. A value that changes although it was written (or
confirmed) after its day had ended, or stood for a day after it, leaves a restatement; the growth of a running day
leaves none. What a source adds by giving a day for the first time is told apart (``db.first_given``).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Double, and_, case, cast, delete, func, null, or_, select

from db.bulk import bulk_insert, day_ranges
from db.facts_write import CALLS, ORDERS, READINGS, SEATS, WIDE_CODES, Days, FactTable
from db.first_given import CORRECTION, FIRST_GIVEN, ONE_DELIVERY
from db.schema import day_totals, readings, restatements, seat_stats
from kpi.measures import of_fact
from kpi.model import Fact
from kpi.periods import ONE_DAY, Period

Key = tuple[date, str]
"""(day, measure code) of one centre."""

TOTAL_FACTS = (CALLS, SEATS, ORDERS, READINGS)
"""The facts that have day totals (months do not)."""


@dataclass(frozen=True, slots=True)
class Total:
    """A stored total: its value, the run that brought it, when it was written (naive UTC)."""

    value: float
    run_id: int | None
    updated_at: datetime


Restated = tuple[int, date, str, float | None, float | None, int | None, str | None]
"""Centre id, day, measure, old and new value, the run that brought the old one, and the cause (see ``Change``)."""


@dataclass(slots=True)
class Change:
    """Who changes totals, when (naive UTC), and what that restated so far.

    ``tz`` decides whether a day had ended; None: every changed value is a restatement, whenever it was written.
    ``given``: when the source last gave what is being replaced, by centre and day; None: all it changes is corrected.
    """

    run_id: int | None
    at: datetime
    tz: ZoneInfo | None
    restated: list[Restated] = field(default_factory=list)
    days: Period | None = None
    given: Mapping[tuple[int, date], datetime] | None = None

    def touch(self, days: Iterable[date]) -> None:
        """Widens ``days``, the stretch of days that anything was written for."""
        every = [*days, *((self.days.start, self.days.end) if self.days else ())]
        self.days = Period(min(every), max(every)) if every else None

    def ended(self, day: date, moment: datetime) -> bool:
        """True where the centre's day was over at a moment (naive UTC)."""
        return self.tz is None or moment.replace(tzinfo=UTC).astimezone(self.tz).date() > day

    def stood(self, day: date, before: Total) -> bool:
        """True of a total that was taken for the day's: written after the day, or left as it was for a day after it
        (a file brought on the evening of its own day is not read again to confirm it)."""
        return self.ended(day, before.updated_at) or self.ended(day + ONE_DAY, self.at)

    def cause(self, centre_id: int, day: date, before: Total) -> str | None:
        """Why a total of an ended day changed; None: it grew before anybody was told the first part of it."""
        last = self.given.get((centre_id, day)) if self.given is not None else None
        if self.given is None or (last is not None and self.ended(day, last)):
            return CORRECTION
        return FIRST_GIVEN if self.at - before.updated_at >= ONE_DELIVERY else None


def measures_of(fact: FactTable) -> tuple[str, ...]:
    """Codes of the totals that a wide fact makes; for readings (any code): empty."""
    if fact is SEATS:
        return tuple(m.code for m in of_fact(Fact.SEAT))
    return fact.measures


def computed(
    conn: Connection, fact: FactTable, centre_id: int, first: date, last: date, given: Collection[str] | None = None
) -> dict[Key, float]:
    """What the totals of one centre should be, added up from the facts by the database.

    ``given``: the only measures of seats that any row has, where that is known: the others cost a fifth each.
    """
    if fact is READINGS:
        return _reading_sums(conn, centre_id, first, last)
    if fact is SEATS:
        busy = given is not None and "signed_in_seconds" in given  # told beside that time, whoever gave it before
        kept = [c for c in SEATS.measures if given is None or c in given or (busy and c == "seat_busy_seconds")]
        return _seat_sums(conn, centre_id, first, last, kept) if kept else {}
    table = fact.table
    sums = [cast(func.sum(table.c[code]), Double).label(code) for code in fact.measures]
    statement = (
        select(table.c.day, *sums)
        .where(table.c.centre_id == centre_id, table.c.day.between(first, last))
        .group_by(table.c.day)
    )
    return _unpivoted(conn.execute(statement).mappings(), fact.measures)


def _unpivoted(rows: Any, codes: Sequence[str]) -> dict[Key, float]:
    return {(row["day"], code): row[code] for row in rows for code in codes if row[code] is not None}


def _reading_sums(conn: Connection, centre_id: int, first: date, last: date) -> dict[Key, float]:
    statement = (
        select(readings.c.day, readings.c.measure, func.sum(readings.c.value))
        .where(readings.c.centre_id == centre_id, readings.c.day.between(first, last))
        .group_by(readings.c.day, readings.c.measure)
    )
    return {(day, measure): float(value) for day, measure, value in conn.execute(statement)}


def _seat_sums(conn: Connection, centre_id: int, first: date, last: date, kept: Sequence[str]) -> dict[Key, float]:
    """Seat by seat over all sources first: two sources that know one seat make one seat-day of it."""
    table = seat_stats
    seats = (
        select(table.c.day, *(func.sum(table.c[code]).label(code) for code in kept))
        .where(table.c.centre_id == centre_id, table.c.day.between(first, last))
        .group_by(table.c.day, table.c.seat)
        .subquery()
    )
    c = seats.c
    calls, orders, signed_in = (
        c[code] if code in kept else null() for code in ("seat_calls", "seat_orders", "signed_in_seconds")
    )
    handled = func.coalesce(calls, 0) + func.coalesce(orders, 0)
    known = or_(calls.isnot(None), orders.isnot(None))
    worked = or_(handled > 0, func.coalesce(signed_in, 0) > 0)
    judged = or_(known, signed_in.isnot(None))
    derived = {
        "items": func.sum(case((known, handled))),
        "seat_days": func.sum(case((and_(judged, worked), 1), (judged, 0))),
    }
    sums = derived | {code: func.sum(c[code]) for code in kept}
    if "seat_busy_seconds" in kept:  # beside the time signed in of the same seats: what is unknown is in neither
        sums["seat_busy_seconds"] = func.sum(case((signed_in.isnot(None), c.seat_busy_seconds)))
    statement = select(c.day, *(cast(value, Double).label(code) for code, value in sums.items())).group_by(c.day)
    return _unpivoted(conn.execute(statement).mappings(), tuple(sums))


def stored(conn: Connection, fact: FactTable, centre_id: int, first: date, last: date) -> dict[Key, Total]:
    """The totals of one centre that come from this fact, as they are kept."""
    t = day_totals.c
    mine = t.measure.not_in(WIDE_CODES) if fact is READINGS else t.measure.in_(measures_of(fact))
    statement = select(t.day, t.measure, t.value, t.run_id, t.updated_at).where(
        t.centre_id == centre_id, t.day.between(first, last), mine
    )
    return {(r.day, r.measure): Total(r.value, r.run_id, r.updated_at) for r in conn.execute(statement)}


def same(old: float | None, new: float | None) -> bool:
    """Equal up to the order in which the database adds fractions."""
    if old is None or new is None:
        return old is new
    return math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-12)


def refresh(
    conn: Connection,
    fact: FactTable,
    days: Days,
    change: Change,
    known: Mapping[int, Mapping[Key, float]] = MappingProxyType({}),
    added: Collection[str] | None = None,
) -> None:
    """Makes the totals of these centres and days follow the facts; differences are noted in ``change``.

    ``known``: what the totals should be, of the centres for which the caller has added them up already. ``added``:
    the only measures that the facts can have got since the totals were made, where the caller knows them.
    """
    for centre_id, ones in days.items():
        change.touch(ones)
        for first, last in day_ranges(ones):
            old = stored(conn, fact, centre_id, first, last)
            if centre_id in known:
                new = {key: value for key, value in known[centre_id].items() if first <= key[0] <= last}
            else:
                given = None if added is None else {*added, *(code for _, code in old)}
                new = computed(conn, fact, centre_id, first, last, given)
            if not old:
                _insert(conn, centre_id, [(code, day, value) for (day, code), value in new.items()], change)
                continue
            fresh = {key: _fresh(old.get(key), value, key[0], change) for key, value in new.items()}
            differing = {key[0] for key in old.keys() | fresh.keys() if old.get(key) != fresh.get(key)}
            _note(centre_id, old, new, change)
            _rewrite(conn, fact, centre_id, differing, fresh)


def _insert(conn: Connection, centre_id: int, rows: list[tuple[str, date, float]], change: Change) -> None:
    """Totals of days that had none of this fact: (measure, day, value)."""
    rows.sort()  # as they are kept: far quicker to write
    codes, days, values = zip(*rows, strict=True) if rows else ((), (), ())
    count = len(rows)
    columns: dict[str, Sequence[Any]] = {
        "centre_id": [centre_id] * count,
        "measure": codes,
        "day": days,
        "value": values,
        "run_id": [change.run_id] * count,
        "updated_at": [change.at] * count,
    }
    bulk_insert(conn, day_totals, columns)


def _fresh(old: Total | None, value: float, day: date, change: Change) -> Total:
    if old is None or not same(old.value, value):
        return Total(value, change.run_id, change.at)
    if not change.ended(day, old.updated_at) and change.ended(day, change.at):
        return Total(old.value, old.run_id, change.at)  # confirmed after the day's end: from now on it stands
    return old


def _note(centre_id: int, old: Mapping[Key, Total], new: Mapping[Key, float], change: Change) -> None:
    for (day, code), before in old.items():
        after = new.get((day, code))
        if same(before.value, after) or not change.stood(day, before):
            continue
        cause = change.cause(centre_id, day, before)
        change.restated.append((centre_id, day, code, before.value, after, before.run_id, cause))


def _rewrite(conn: Connection, fact: FactTable, centre_id: int, days: set[date], totals: Mapping[Key, Total]) -> None:
    t = day_totals.c
    mine = t.measure.not_in(WIDE_CODES) if fact is READINGS else t.measure.in_(measures_of(fact))
    for first, last in day_ranges(days):
        conn.execute(delete(day_totals).where(t.centre_id == centre_id, t.day.between(first, last), mine))
    rows = sorted((code, day, total) for (day, code), total in totals.items() if day in days)
    columns: dict[str, Sequence[Any]] = {
        "centre_id": [centre_id] * len(rows),
        "measure": [code for code, _, _ in rows],
        "day": [day for _, day, _ in rows],
        "value": [total.value for _, _, total in rows],
        "run_id": [total.run_id for _, _, total in rows],
        "updated_at": [total.updated_at for _, _, total in rows],
    }
    bulk_insert(conn, day_totals, columns)


def record_restatements(conn: Connection, change: Change) -> int:
    """Stores what was noted while refreshing and returns how many values were corrected."""
    names = ("centre_id", "day", "measure", "old", "new", "old_run_id", "cause")
    rows = [row for row in change.restated if row[-1] is not None] + _going_on(conn, change)
    columns: dict[str, Sequence[Any]] = {name: [row[n] for row in rows] for n, name in enumerate(names)}
    columns |= {"run_id": [change.run_id] * len(rows), "at": [change.at] * len(rows)}
    bulk_insert(conn, restatements, columns)
    return columns["cause"].count(CORRECTION)


def _going_on(conn: Connection, change: Change) -> list[Restated]:
    """Growth of which nobody would be told, but that what it grew from is on record, as after days were deleted:
    without it the last that is told of the figure would not be what it is."""
    silent = [row for row in change.restated if row[-1] is None]
    r = restatements.c
    by = sorted({run_id for *_, run_id, _ in silent if run_id is not None})
    known = conn.execute(select(r.centre_id, r.day, r.measure, r.run_id).where(r.run_id.in_(by))).all() if by else []
    told = {tuple(one) for one in known}
    return [(*row[:-1], FIRST_GIVEN) for row in silent if (*row[:3], row[5]) in told]
