"""Putting right one place of a draft during its review: a target, an amount, a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, update

from db.engine import bump_data_version
from db.errors import StoreError
from db.schema_targets import sheet_indicators, sheet_money, sheet_revisions
from db.sheet_rows import EXPENSE, FUND, cell_values
from db.sheets import DRAFT, UnknownSheetError, sheet_row
from kpi.sheet import Cell

NAMES = ("level1", "level2", "name")


class NotADraftError(StoreError):
    """The revision is in force or superseded: it is changed by a new revision."""


def set_cell(conn: Connection, code: str, revision: int, place: str, cell: Cell) -> None:
    """Writes a cell of a draft. ``place`` as in ``kpi.sheet.Flag``: “3/expense/0/full”, “2/indicator/14.1/half”,
    “5/fund/0”. Raises UnknownSheetError for a place there is not, NotADraftError for another state."""
    table, where, prefix = _find(place)
    _change(conn, code, revision, place, table, where, cell_values(prefix, cell))


def set_name(conn: Connection, code: str, revision: int, place: str, column: str, text: str) -> None:
    """Writes level1, level2 or name of an indicator of a draft (its key follows when it is activated anew).

    ``place``: “2/indicator/14”. Raises like ``set_cell``; ValueError for another column.
    """
    if column not in NAMES:
        raise ValueError(f"column {column!r} can't be changed")
    table, where, _prefix = _find(place + "/full")
    _change(conn, code, revision, place, table, where, {column: text})


def _find(place: str) -> tuple[Table, list[ColumnElement[bool]], str]:
    match place.split("/"):
        case [project, "indicator", row, "half" | "full" as prefix] if project.isdigit():
            number, _, part = row.partition(".")
            if number.isdigit() and (part or "1").isdigit():
                columns = sheet_indicators.c
                return (
                    sheet_indicators,
                    [columns.project_no == int(project), columns.row == int(number), columns.part == int(part or 1)],
                    prefix,
                )
        case [project, "fund", no] if project.isdigit() and no.isdigit():
            return sheet_money, _money(FUND, project, no), "full"
        case [project, "expense", no, "half" | "full" as prefix] if project.isdigit() and no.isdigit():
            return sheet_money, _money(EXPENSE, project, no), prefix
    raise UnknownSheetError(f"目标表中没有这个位置: {place}。")


def _money(kind: str, project: str, no: str) -> list[ColumnElement[bool]]:
    columns = sheet_money.c
    return [columns.kind == kind, columns.project_no == int(project), columns.no == int(no)]


def _change(
    conn: Connection,
    code: str,
    revision: int,
    place: str,
    table: Table,
    where: list[ColumnElement[bool]],
    values: dict[str, Any],
) -> None:
    row = conn.execute(
        select(sheet_revisions.c.id, sheet_revisions.c.state).where(
            sheet_revisions.c.sheet_id == sheet_row(conn, code).id, sheet_revisions.c.number == revision
        )
    ).one_or_none()
    if row is None:
        raise UnknownSheetError(f"目标表 {code} 没有第 {revision} 版。")
    if row.state != DRAFT:
        raise NotADraftError(f"第 {revision} 版已生效, 不能直接修改。请另存为新的修订版, 并写明原因。")
    done = conn.execute(update(table).where(table.c.revision_id == row.id, *where).values(**values))
    if not done.rowcount:
        raise UnknownSheetError(f"目标表中没有这个位置: {place}。")
    bump_data_version(conn)
