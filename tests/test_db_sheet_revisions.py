"""A revision of a sheet in force: what it may change, and what is refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from db.engine import write
from db.sheet_home import SheetRevisionError
from db.sheets import activate, list_sheets, load_sheet, revisions, save_sheet, sheet_centre
from db.store import CentreRow, sync_centres
from kpi.sheet import Sheet
from targets.presets import preset

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def stored(conn: Connection, sheet: Sheet, *, centre: str | None, reason: str = "", state: str = "draft") -> int:
    return save_sheet(
        conn, sheet, code="jn", centre=centre, author="甲", reason=reason, source_name="", source_text="", now=NOW,
        state=state,
    )  # fmt: skip


@pytest.fixture
def sheet(engine: Engine) -> Iterator[Sheet]:
    """The district's sheet in force."""
    found = preset("jiangning-2026")
    sync_centres(engine, [CentreRow("city", "市中心", None), CentreRow("district", "江宁", "city")])
    with write(engine) as conn:
        stored(conn, found, centre="district", state="active")
    yield found


def test_a_draft_moves_nothing_of_what_is_in_force(engine: Engine, sheet: Sheet) -> None:
    renamed = replace(sheet, unit="某区数据资源局")
    with write(engine) as conn:
        assert stored(conn, renamed, centre=None, reason="年中调整") == 2  # 全部中心 is only what the form starts with
    with engine.connect() as conn:
        (row,) = list_sheets(conn)
        assert (sheet_centre(conn, "jn"), row.unit, row.year) == ("district", sheet.unit, 2026)


@pytest.mark.parametrize(
    ("year", "centre", "reason", "says"),
    [
        (2027, None, "新一年", "是 2026 年度的,这一份是 2027 年度的"),
        (2026, "city", "改到全市", "不能改换考核的中心"),
        (2026, "district", " ", "请写明修订原因"),
    ],
)
def test_what_is_no_revision_is_refused(
    engine: Engine, sheet: Sheet, year: int, centre: str | None, reason: str, says: str
) -> None:
    with pytest.raises(SheetRevisionError, match=says), write(engine) as conn:
        stored(conn, replace(sheet, year=year), centre=centre, reason=reason)
    with engine.connect() as conn:
        assert len(revisions(conn, "jn")) == 1


def test_before_anything_was_in_force_the_first_that_came_counts(engine: Engine, sheet: Sheet) -> None:
    with write(engine) as conn:
        stored(conn, replace(sheet, title="调整后"), centre=None, reason="年中调整")
        activate(conn, "jn", 2, author="乙", now=NOW + timedelta(days=100))
    with engine.connect() as conn:
        assert load_sheet(conn, "jn", known_at=NOW - timedelta(days=1)).title == sheet.title
        assert load_sheet(conn, "jn").title == "调整后"
