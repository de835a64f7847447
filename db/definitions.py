"""Stored definitions (口径), exclusions (剔除), changed calendar days and the targets known so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from db.day_memory import settled
from db.engine import bump_data_version
from db.schema import calendar_days, centres, definitions, exclusions
from kpi.definitions import Definitions
from kpi.model import Definition, Exclusion
from kpi.workdays import Day, DayKind, WorkCalendar


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition with the moment (UTC) at which it was entered."""

    definition: Definition
    changed_at: datetime


def load_definitions(conn: Connection) -> Definitions:
    """All definitions, of all centres."""
    return settled(conn, "definitions", lambda: Definitions(stored.definition for stored in list_definitions(conn)))


def list_definitions(conn: Connection) -> list[StoredDefinition]:
    """All definitions in the order in which they come into force."""
    rows = conn.execute(
        select(definitions, centres.c.code.label("centre"))
        .join_from(definitions, centres, isouter=True)
        .order_by(definitions.c.valid_from, definitions.c.id)
    )
    return [
        StoredDefinition(
            Definition(
                kpi=r.kpi,
                valid_from=r.valid_from,
                formula=r.formula,
                centre=r.centre,
                limit=r.limit_seconds,
                short=r.short_seconds,
                mode=r.mode,
                note=r.note,
                changed_by=r.changed_by,
            ),
            r.changed_at,
        )
        for r in rows
    ]


def add_definition(conn: Connection, definition: Definition, now: datetime) -> None:
    """Stores a definition (checked by ``kpi.definitions.check`` before).

    Raises KeyError for an unknown centre, ValueError where one begins on the same day already.
    """
    centre_id = _centre_id(conn, definition.centre)
    same_day = select(definitions.c.id).where(
        definitions.c.kpi == definition.kpi,
        definitions.c.valid_from == definition.valid_from,
        definitions.c.centre_id.is_not_distinct_from(centre_id),
    )
    if conn.scalar(same_day) is not None:
        raise ValueError(f"自 {definition.valid_from} 起已有一个口径。请换一个开始日。")
    conn.execute(
        insert(definitions).values(
            centre_id=centre_id,
            kpi=definition.kpi,
            valid_from=definition.valid_from,
            formula=definition.formula,
            limit_seconds=definition.limit,
            short_seconds=definition.short,
            mode=definition.mode,
            note=definition.note,
            changed_by=definition.changed_by,
            changed_at=now.replace(tzinfo=None),
        )
    )
    bump_data_version(conn)


def _centre_id(conn: Connection, code: str | None) -> int | None:
    if code is None:
        return None
    found = conn.scalar(select(centres.c.id).where(centres.c.code == code))
    if found is None:
        raise KeyError(f"没有中心 {code!r}")
    return int(found)


@dataclass(frozen=True, slots=True)
class StoredExclusion:
    """An exclusion with its row's id; ``revoked_at`` (UTC) set once it no longer counts."""

    id: int
    exclusion: Exclusion
    entered_at: datetime
    revoked_at: datetime | None


def list_exclusions(conn: Connection, *, revoked: bool = False) -> list[StoredExclusion]:
    """Exclusions in order of time; with ``revoked`` also those that no longer count."""
    return list(settled(conn, ("exclusions", revoked), lambda: _exclusions(conn, revoked)))


def _exclusions(conn: Connection, revoked: bool) -> tuple[StoredExclusion, ...]:
    statement = select(exclusions, centres.c.code.label("centre")).join_from(exclusions, centres, isouter=True)
    if not revoked:
        statement = statement.where(exclusions.c.revoked_at.is_(None))
    return tuple(_exclusion(row) for row in conn.execute(statement.order_by(exclusions.c.starts, exclusions.c.id)))


def _exclusion(row: Row[Any]) -> StoredExclusion:
    what = Exclusion(row.starts, row.ends, row.category, row.reason, row.approved_by, row.centre)
    return StoredExclusion(row.id, what, row.entered_at, row.revoked_at)


def add_exclusion(conn: Connection, exclusion: Exclusion, now: datetime) -> int:
    """Stores an exclusion and gives its id. Raises ValueError where it is empty or not on the hour."""
    if exclusion.ends <= exclusion.starts:
        raise ValueError("剔除时段的结束必须晚于开始")
    if any((t.minute, t.second, t.microsecond) != (0, 0, 0) for t in (exclusion.starts, exclusion.ends)):
        raise ValueError("剔除时段以整点为界,例如 2026-03-01 10:00")
    result = conn.execute(
        insert(exclusions)
        .values(
            centre_id=_centre_id(conn, exclusion.centre),
            starts=exclusion.starts,
            ends=exclusion.ends,
            category=exclusion.category,
            reason=exclusion.reason,
            approved_by=exclusion.approved_by,
            entered_at=now.replace(tzinfo=None),
        )
        .returning(exclusions.c.id)
    )
    bump_data_version(conn)
    return int(result.scalar_one())


def revoke_exclusion(conn: Connection, exclusion_id: int, now: datetime) -> bool:
    """Marks an exclusion as no longer counting; False where there is none, or it was revoked before."""
    result = conn.execute(
        update(exclusions)
        .where(exclusions.c.id == exclusion_id, exclusions.c.revoked_at.is_(None))
        .values(revoked_at=now.replace(tzinfo=None))
    )
    bump_data_version(conn)
    return bool(result.rowcount)


def load_calendar(conn: Connection) -> WorkCalendar:
    """The published calendar with the days changed by hand on top."""
    return settled(conn, "calendar", lambda: _calendar(conn))


def _calendar(conn: Connection) -> WorkCalendar:
    rows = conn.execute(select(calendar_days))
    return WorkCalendar({r.day: Day(r.day, DayKind(r.kind), r.name, r.provisional) for r in rows})


def change_day(conn: Connection, day: Day) -> None:
    """Sets what kind of day it is, over the published calendar."""
    conn.execute(delete(calendar_days).where(calendar_days.c.day == day.day))
    conn.execute(
        insert(calendar_days).values(day=day.day, kind=day.kind.value, name=day.name, provisional=day.provisional)
    )
    bump_data_version(conn)
