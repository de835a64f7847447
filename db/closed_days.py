"""Days on which a source is known to have nothing to give: not a gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from db.day_memory import settled
from db.engine import bump_data_version
from db.schema import closed_days, sources


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """One day of one source, and why there is nothing."""

    source: str
    day: date
    reason: str


def add_closed_days(conn: Connection, source: str, days: Iterable[date], reason: str) -> None:
    """Marks the days, with a new reason where they were marked before. The caller commits.

    Raises KeyError for an unknown source.
    """
    source_id = _source_id(conn, source)
    for day in days:
        _remove(conn, source_id, day)
        conn.execute(insert(closed_days).values(source_id=source_id, day=day, reason=reason))
    bump_data_version(conn)


def remove_closed_day(conn: Connection, source: str, day: date) -> bool:
    """Unmarks the day; False where it was not marked. The caller commits. Raises KeyError for an unknown source."""
    removed = _remove(conn, _source_id(conn, source), day)
    bump_data_version(conn)
    return removed


def list_closed_days(conn: Connection, source: str | None = None) -> list[ClosedDay]:
    """The marked days, of one source or all, in order of source and day."""
    statement = select(sources.c.code, closed_days.c.day, closed_days.c.reason).join_from(closed_days, sources)
    if source is not None:
        statement = statement.where(sources.c.code == source)
    rows = conn.execute(statement.order_by(sources.c.code, closed_days.c.day))
    return [ClosedDay(row.code, row.day, row.reason) for row in rows]


def closed_sources(conn: Connection, start: date, end: date) -> dict[date, frozenset[int]]:
    """The marked days of start..end (inclusive) with the ids of the sources that have nothing to give on them."""
    every = settled(conn, "closed days", lambda: _closed_sources(conn))
    return {day: ids for day, ids in every.items() if start <= day <= end}


def _closed_sources(conn: Connection) -> dict[date, frozenset[int]]:
    marked = select(closed_days.c.day, closed_days.c.source_id)
    found: dict[date, set[int]] = {}
    for day, source_id in conn.execute(marked):
        found.setdefault(day, set()).add(source_id)
    return {day: frozenset(ids) for day, ids in found.items()}


def _remove(conn: Connection, source_id: int, day: date) -> bool:
    gone = conn.execute(delete(closed_days).where(closed_days.c.source_id == source_id, closed_days.c.day == day))
    return bool(gone.rowcount)


def _source_id(conn: Connection, source: str) -> int:
    found = conn.scalar(select(sources.c.id).where(sources.c.code == source))
    if found is None:
        raise KeyError(f"没有数据源 {source!r}")
    return int(found)
