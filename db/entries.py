"""手工填报: readings entered by people, with evidence. An entry is never changed, only revoked and entered anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from db.bulk import naive_utc
from db.day_memory import settled
from db.engine import bump_data_version
from db.errors import StoreError
from db.schema_targets import entries, evidence
from db.sheets import sheet_row
from kpi.pace_model import Entry

MAX_EVIDENCE = 20 * 2**20
MAX_VALUE = 1e15
"""No count and no amount of a hotline is as large: more is a slip of the finger."""


class EntryError(StoreError):
    """The entry can't be stored, or there is none of this id."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept as evidence (佐证材料)."""

    name: str
    media_type: str
    content: bytes


def add_entry(
    conn: Connection,
    sheet_code: str,
    *,
    key: str,
    day: date,
    value: float | None,
    text: str,
    note: str,
    author: str,
    now: datetime,
    evidence: Sequence[Attachment] = (),
) -> int:
    """Stores an entry and returns its id. Raises UnknownSheetError; EntryError without author, without value and
    text, for a figure no hotline has, or for evidence over 20 MB or of the same name twice."""
    _check(author, value, text, evidence)
    entry_id: int = conn.execute(
        insert(entries)
        .values(
            sheet_id=sheet_row(conn, sheet_code).id,
            key=key,
            day=day,
            value=value,
            text=text.strip(),
            note=note.strip(),
            author=author.strip(),
            entered_at=naive_utc(now),
        )
        .returning(entries.c.id)
    ).scalar_one()
    _keep(conn, entry_id, evidence)
    bump_data_version(conn)
    return entry_id


def _check(author: str, value: float | None, text: str, files: Sequence[Attachment]) -> None:
    if not author.strip():
        raise EntryError("请写明填报人。")
    if value is None and not text.strip():
        raise EntryError("请填写数值或文字结论。")
    if problem := value_problem(value):
        raise EntryError(problem)
    if len({one.name for one in files}) < len(files):
        raise EntryError("佐证材料有重名文件, 请改名后再传。")
    for one in files:
        if len(one.content) > MAX_EVIDENCE:
            raise EntryError(f"佐证材料 {one.name} 超过 20 MB, 请压缩或拆分后再传。")


def value_problem(value: float | None) -> str:
    """Why this can be no figure, in Chinese; '' where it can."""
    if value is None or abs(value) < MAX_VALUE:  # a nan is in no order
        return ""
    return f"{value:g} 不像一个真实的数,请核对后重填。"


def _keep(conn: Connection, entry_id: int, files: Sequence[Attachment]) -> None:
    for one in files:
        conn.execute(
            insert(evidence).values(
                entry_id=entry_id,
                name=one.name,
                media_type=one.media_type,
                size=len(one.content),
                sha256=hashlib.sha256(one.content).hexdigest(),
                content=one.content,
            )
        )


def list_entries(
    conn: Connection,
    sheet_code: str,
    *,
    key: str | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
    with_revoked: bool = False,
) -> tuple[Entry, ...]:
    """Entries in the order of their day, then of entering. ``until``: of days up to it; ``known_at`` (aware): as they
    were known then (entered, and not yet revoked). Times are UTC without zone. Raises UnknownSheetError."""
    asked = ("entries", sheet_code, key, until, known_at, with_revoked)
    return settled(conn, asked, lambda: _listed(conn, sheet_code, key, until, known_at, with_revoked))


def _listed(
    conn: Connection,
    sheet_code: str,
    key: str | None,
    until: date | None,
    known_at: datetime | None,
    with_revoked: bool,
) -> tuple[Entry, ...]:
    where = [entries.c.sheet_id == sheet_row(conn, sheet_code).id]
    if key is not None:
        where.append(entries.c.key == key)
    if until is not None:
        where.append(entries.c.day <= until)
    if known_at is not None:
        moment = naive_utc(known_at)
        where.append(entries.c.entered_at <= moment)
        if not with_revoked:
            where.append(or_(entries.c.revoked_at.is_(None), entries.c.revoked_at > moment))
    elif not with_revoked:
        where.append(entries.c.revoked_at.is_(None))
    rows = conn.execute(select(entries).where(*where).order_by(entries.c.day, entries.c.id)).all()
    names = _names(conn, [row.id for row in rows])
    return tuple(_entry(row, names.get(row.id, ())) for row in rows)


def _names(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    if not ids:
        return found
    for entry_id, name in conn.execute(
        select(evidence.c.entry_id, evidence.c.name).where(evidence.c.entry_id.in_(ids)).order_by(evidence.c.id)
    ):
        found[entry_id] = (*found.get(entry_id, ()), name)
    return found


def _entry(row: Row[Any], names: tuple[str, ...]) -> Entry:
    return Entry(
        id=row.id,
        key=row.key,
        day=row.day,
        value=row.value,
        text=row.text,
        note=row.note,
        author=row.author,
        entered_at=row.entered_at,
        evidence=names,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )


def revoke_entry(conn: Connection, entry_id: int, *, by: str, now: datetime) -> None:
    """Takes an entry back; it stays in the history. Raises EntryError where there is none in force."""
    done = conn.execute(
        update(entries)
        .where(entries.c.id == entry_id, entries.c.revoked_at.is_(None))
        .values(revoked_at=naive_utc(now), revoked_by=by)
    )
    if not done.rowcount:
        raise EntryError(f"没有编号为 {entry_id} 的有效填报。")
    bump_data_version(conn)


def attachment(conn: Connection, entry_id: int, name: str) -> Attachment:
    """A file kept with an entry. Raises EntryError where there is none."""
    row = conn.execute(select(evidence).where(evidence.c.entry_id == entry_id, evidence.c.name == name)).one_or_none()
    if row is None:
        raise EntryError(f"填报 {entry_id} 没有名为 {name} 的佐证材料。")
    return Attachment(row.name, row.media_type, row.content)
