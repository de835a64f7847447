"""Target sheets (绩效目标申报表) as stored: a row for each sheet, a revision for each change, flags to review.

A sheet is written as a new revision, never over an old one. Cells of a draft may be put right during its review; an
active revision stays as it is. ``activate`` makes a revision the one the product tracks and ends the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from db.bulk import naive_utc
from db.day_memory import settled
from db.engine import bump_data_version
from db.errors import StoreError
from db.schema import centres
from db.schema_targets import sheet_flags, sheet_indicators, sheet_projects, sheet_revisions, sheets
from db.sheet_home import ACTIVE as ACTIVE
from db.sheet_home import revised
from db.sheet_rows import insert_content, read_sheet, statistic_values
from kpi.sheet import Flag, FlagKind, Sheet

DRAFT, SUPERSEDED = "draft", "superseded"


class UnknownSheetError(StoreError):
    """There is no target sheet, revision or place of this name."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the list of sheets. ``revision`` is the active one's number, else the newest draft's."""

    id: int
    code: str
    unit: str
    year: int
    centre: str | None
    title: str
    form: str
    revision: int
    state: str
    flags_open: int
    projects: int
    indicators: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a sheet; ``at`` is UTC without zone."""

    number: int
    state: str
    reason: str
    author: str
    at: datetime
    source_name: str


@dataclass(frozen=True, slots=True)
class StoredFlag:
    """A flag with its id and, once a person has dealt with it, how."""

    id: int
    flag: Flag
    resolved_at: datetime | None
    resolved_by: str
    resolution: str


def save_sheet(
    conn: Connection,
    sheet: Sheet,
    *,
    code: str,
    centre: str | None,
    author: str,
    reason: str,
    source_name: str,
    source_text: str,
    now: datetime,
    state: str = DRAFT,
) -> int:
    """Stores a sheet as the next revision of ``code`` (made where new) and returns its number.

    ``centre``: whose facts its KPIs are asked of, None for all (of a revision: as before); it applies to the sheet as a
    whole. ``source_text`` must have persons masked. Raises UnknownSheetError for an unknown centre, SheetRevisionError.
    """
    sheet_id = _sheet_id(conn, sheet, code, _centre_id(conn, centre), now, reason)
    number = _next_number(conn, sheet_id)
    revision_id = conn.execute(
        insert(sheet_revisions)
        .values(
            sheet_id=sheet_id,
            number=number,
            state=DRAFT,
            reason=reason,
            author=author,
            at=naive_utc(now),
            source_name=source_name,
            source_text=source_text,
            **_of_document(sheet),
        )
        .returning(sheet_revisions.c.id)
    ).scalar_one()
    insert_content(conn, revision_id, sheet)
    if state == ACTIVE:
        activate(conn, code, number, author=author, now=now)
    bump_data_version(conn)
    return number


def _next_number(conn: Connection, sheet_id: int) -> int:
    newest = select(func.max(sheet_revisions.c.number)).where(sheet_revisions.c.sheet_id == sheet_id)
    return 1 + (conn.scalar(newest) or 0)


def _of_document(sheet: Sheet) -> dict[str, Any]:
    """What a revision keeps of the document as a whole."""
    return {
        "title": sheet.title,
        "form": sheet.form,
        "statistics": statistic_values(sheet.statistics),
        "sections": [list(pair) for pair in sheet.sections],
        "score_form": sheet.score_form,
    }


def _centre_id(conn: Connection, centre: str | None) -> int | None:
    if centre is None:
        return None
    found: int | None = conn.scalar(select(centres.c.id).where(centres.c.code == centre))
    if found is None:
        raise UnknownSheetError(f"没有中心 {centre!r}。请先在 sources.yaml 的 centres 中登记。")
    return found


def _sheet_id(conn: Connection, sheet: Sheet, code: str, centre_id: int | None, now: datetime, reason: str) -> int:
    known = conn.execute(select(sheets).where(sheets.c.code == code)).one_or_none()
    if known is not None:
        values = revised(conn, known, sheet, centre_id, reason)
        conn.execute(update(sheets).where(sheets.c.id == known.id).values(**values, retired_at=None))
        return int(known.id)
    values = {"unit": sheet.unit, "year": sheet.year, "centre_id": centre_id}
    made = insert(sheets).values(code=code, created_at=naive_utc(now), **values).returning(sheets.c.id)
    return int(conn.execute(made).scalar_one())


def sheet_row(conn: Connection, code: str) -> Row[Any]:
    """The row of ``sheets``. Raises UnknownSheetError naming the sheets there are."""
    row = conn.execute(select(sheets).where(sheets.c.code == code)).one_or_none()
    if row is None:
        known = conn.scalars(select(sheets.c.code).where(sheets.c.retired_at.is_(None)).order_by("code")).all()
        raise UnknownSheetError(f"没有目标表 {code!r}。现有: {'、'.join(known) or '(还没有, 请先导入)'}。")
    return row


def _revision(conn: Connection, code: str, number: int | None, known_at: datetime | None = None) -> Row[Any]:
    sheet = sheet_row(conn, code)
    wanted: list[ColumnElement[bool]] = [sheet_revisions.c.sheet_id == sheet.id]
    if number is not None:
        wanted.append(sheet_revisions.c.number == number)
    if known_at is not None:
        wanted += [sheet_revisions.c.at <= naive_utc(known_at), sheet_revisions.c.state != DRAFT]
    rows = conn.execute(select(sheet_revisions).where(*wanted).order_by(sheet_revisions.c.number.desc())).all()
    if not rows:
        if known_at is not None:  # before anything was in force: what came into force first
            mine = sheet_revisions.c.sheet_id == sheet.id, sheet_revisions.c.state != DRAFT
            first = conn.execute(select(sheet_revisions).where(*mine).order_by("at").limit(1)).one_or_none()
            return first or _revision(conn, code, None)
        raise UnknownSheetError(f"目标表 {code} 没有第 {number} 版。")
    if known_at is not None:
        return rows[0]
    return next((row for row in rows if row.state == ACTIVE), rows[0])


def load_sheet(conn: Connection, code: str, revision: int | None = None, *, known_at: datetime | None = None) -> Sheet:
    """The sheet: a revision by number, else the active one, else the newest draft.

    ``known_at`` (aware): the one in force then, else the first that ever was. Raises UnknownSheetError.
    """

    def read() -> Sheet:
        sheet = sheet_row(conn, code)
        return read_sheet(conn, _revision(conn, code, revision, known_at), sheet.unit, sheet.year)

    return settled(conn, ("sheet", code, revision, known_at), read)


def sheet_centre(conn: Connection, code: str) -> str | None:
    """The code of the centre whose facts the sheet is judged by, None for all of them."""
    centre: str | None = conn.scalar(select(centres.c.code).where(centres.c.id == sheet_row(conn, code).centre_id))
    return centre


def list_sheets(conn: Connection, include_retired: bool = False) -> tuple[SheetRow, ...]:
    """All sheets, newest year first."""
    query = select(sheets, centres.c.code.label("centre")).join_from(sheets, centres, isouter=True)
    if not include_retired:
        query = query.where(sheets.c.retired_at.is_(None))

    def read() -> tuple[SheetRow, ...]:
        rows = conn.execute(query.order_by(sheets.c.year.desc(), sheets.c.code)).all()
        return tuple(_listed(conn, row) for row in rows)

    return settled(conn, ("sheets", include_retired), read)


def _listed(conn: Connection, row: Row[Any]) -> SheetRow:
    revision = _revision(conn, row.code, None)

    def number_of(table: Any, *extra: ColumnElement[bool]) -> int:
        return (
            conn.scalar(select(func.count()).select_from(table).where(table.c.revision_id == revision.id, *extra)) or 0
        )

    return SheetRow(
        id=row.id,
        code=row.code,
        unit=row.unit,
        year=row.year,
        centre=row.centre,
        title=revision.title,
        form=revision.form,
        revision=revision.number,
        state=revision.state,
        flags_open=number_of(sheet_flags, sheet_flags.c.resolved_at.is_(None)),
        projects=number_of(sheet_projects),
        indicators=number_of(sheet_indicators),
        at=revision.at,
    )


def revisions(conn: Connection, code: str) -> tuple[Revision, ...]:
    """Every revision of a sheet, newest first."""
    rows = conn.execute(
        select(sheet_revisions)
        .where(sheet_revisions.c.sheet_id == sheet_row(conn, code).id)
        .order_by(sheet_revisions.c.number.desc())
    )
    return tuple(Revision(r.number, r.state, r.reason, r.author, r.at, r.source_name) for r in rows)


def source_text(conn: Connection, code: str, revision: int | None = None) -> str:
    """The text a revision was read from, persons' names and numbers masked; '' for one typed in."""
    return str(_revision(conn, code, revision).source_text)


def activate(conn: Connection, code: str, number: int, *, author: str, now: datetime) -> None:
    """Makes a revision the one in force; the one before becomes superseded. Raises UnknownSheetError.

    Its time becomes the moment of activation, so that a past day is judged by the revision in force then.
    """
    revision = _revision(conn, code, number)
    mine = sheet_revisions.c.sheet_id == revision.sheet_id
    conn.execute(update(sheet_revisions).where(mine, sheet_revisions.c.state == ACTIVE).values(state=SUPERSEDED))
    conn.execute(
        update(sheet_revisions)
        .where(sheet_revisions.c.id == revision.id)
        .values(state=ACTIVE, author=author or revision.author, at=naive_utc(now))
    )
    bump_data_version(conn)


def retire(conn: Connection, code: str, now: datetime) -> None:
    """Takes a sheet out of the lists; nothing is deleted. Raises UnknownSheetError."""
    conn.execute(update(sheets).where(sheets.c.id == sheet_row(conn, code).id).values(retired_at=naive_utc(now)))
    bump_data_version(conn)


def list_flags(conn: Connection, code: str, revision: int | None = None) -> tuple[StoredFlag, ...]:
    """What a person has to look at, in the order of the document."""
    found = _revision(conn, code, revision)
    rows = conn.execute(select(sheet_flags).where(sheet_flags.c.revision_id == found.id).order_by("id"))
    return tuple(
        StoredFlag(
            r.id,
            Flag(r.place, FlagKind(r.kind), r.message, r.line, r.source, r.suggestion),
            r.resolved_at,
            r.resolved_by,
            r.resolution,
        )
        for r in rows
    )


def resolve_flag(conn: Connection, flag_id: int, *, by: str, resolution: str, now: datetime) -> None:
    """A person has dealt with a flag. Raises UnknownSheetError for an unknown id."""
    done = conn.execute(
        update(sheet_flags)
        .where(sheet_flags.c.id == flag_id)
        .values(resolved_at=naive_utc(now), resolved_by=by, resolution=resolution)
    )
    if not done.rowcount:
        raise UnknownSheetError(f"没有编号为 {flag_id} 的待校核项。")
    bump_data_version(conn)
