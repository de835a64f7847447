"""Which days each data version changed: what was read before can be brought up to date by reading those days alone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from db.schema import day_changes
from kpi.periods import Period

EVERY_DAY = Period(date.min, date.max)
"""What is said of a change of which nobody knows better."""
KEPT = 1000
"""So many versions are kept; who has not looked for longer reads everything."""


def note_change(conn: Connection, version: int, days: Period | None) -> None:
    """Keeps which days a version changed; None: no figure of any day."""
    first, last = (days.start, days.end) if days is not None else (None, None)
    conn.execute(insert(day_changes).values(version=version, first_day=first, last_day=last))
    conn.execute(delete(day_changes).where(day_changes.c.version <= version - KEPT))


def changed_days(conn: Connection, since: int, version: int) -> Period | None:
    """The days that may differ between two versions, as one stretch; None: none does.

    EVERY_DAY where the log does not tell of each version between them.
    """
    c = day_changes.c
    count, first, last = conn.execute(
        select(func.count(), func.min(c.first_day), func.max(c.last_day)).where(c.version > since, c.version <= version)
    ).one()
    if count != version - since:
        return EVERY_DAY
    return Period(first, last) if first is not None else None
