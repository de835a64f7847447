"""What a sheet is as a whole, and what a new revision may change of it: year, unit, and whose facts it is judged by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from db.errors import StoreError
from db.schema_targets import sheet_revisions
from kpi.sheet import Sheet

ACTIVE = "active"


class SheetRevisionError(StoreError):
    """What is to be a revision belongs to another year or another centre, or gives no reason."""


def revised(conn: Connection, known: Row[Any], sheet: Sheet, centre_id: int | None, reason: str) -> dict[str, Any]:
    """The columns of ``sheets`` after a new revision. ``centre_id`` None: as it was.

    While a revision is in force a draft must not move it to another year or to other facts: all that is tracked under
    the code would change with it, confirmed by nobody. Raises SheetRevisionError.
    """
    mine = sheet_revisions.c.sheet_id == known.id
    in_force = conn.scalar(select(sheet_revisions.c.id).where(mine, sheet_revisions.c.state == ACTIVE)) is not None
    if not in_force:
        return {
            "unit": sheet.unit, "year": sheet.year, "centre_id": known.centre_id if centre_id is None else centre_id
        }  # fmt: skip
    if not reason.strip():
        raise SheetRevisionError(f"目标表 {known.code} 已启用,再导入就是修订。请写明修订原因。")
    if sheet.year not in (0, known.year):
        raise SheetRevisionError(
            f"目标表 {known.code} 是 {known.year} 年度的,这一份是 {sheet.year} 年度的,不能算它的修订。请换编号导入。"
        )
    if centre_id not in (None, known.centre_id):
        raise SheetRevisionError(
            f"目标表 {known.code} 已启用,修订不能改换考核的中心。请选原来的中心,或换一个编号导入。"
        )
    return {"unit": known.unit, "year": known.year, "centre_id": known.centre_id}
