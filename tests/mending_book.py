"""The workbook of rejects as a person gives it back, and a file with two rows to mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from ingest.pull import export_rejects
from ingest.rejects import ID
from tests.pulling import Hotline, call, calls_of

DAY4, DAY5 = date(2026, 3, 4), date(2026, 3, 5)
BAD4, BAD5 = call("2026-03-04 25:00:00"), call("2026-03-05 09:00:00", wait="很久")
Row = dict[str, str]


def sheet_rows(path: Path, sheet: str = "calls") -> list[Row]:
    with CalamineWorkbook.from_path(str(path)) as book:
        headers, *rows = book.get_sheet_by_name(sheet).to_python()
    return [{str(h): str(c) for h, c in zip(headers, row, strict=True)} for row in rows]


def mended(hotline: Hotline, change: Callable[[Row], Row | None], name: str = "mended.xlsx") -> Path:
    """The exported rejects as a person gives them back: each row changed, or left out (None)."""
    path = hotline.folder / "rejects.xlsx"
    export_rejects(hotline.engine, "calls", path)
    rows = [changed for row in sheet_rows(path) if (changed := change(row)) is not None]
    return written(hotline.folder / name, rows)


def written(path: Path, rows: list[Row]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("calls")
        for number, row in enumerate([{header: header for header in rows[0]}, *rows] if rows else [{ID: ID}]):
            for column, cell in enumerate(row.values()):
                sheet.write_string(number, column, cell)
    return path


def both(row: Row) -> Row:
    """The right correction of BAD4 and BAD5."""
    if row["来电时间"].endswith("25:00:00"):
        return row | {"来电时间": "2026-03-04 15:00:00"}
    return row | {"等待时长": "33"}


def deliver(hotline: Hotline, name: str = "a.csv") -> None:
    hotline.file(name, [*calls_of(DAY4, 10), BAD4, *calls_of(DAY5, 20), BAD5])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (32, 30, 2)


def states(hotline: Hotline) -> list[str]:
    return [state for (state,) in hotline.rows("SELECT state FROM rejects ORDER BY id")]
