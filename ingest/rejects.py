"""Rejects as a workbook: the rows as the source gave them, why they could not be used, and room to mend them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from db.journal import RejectRow, list_rejects

REASON, FILE, SHEET, ROW, ID = "剔除原因", "文件", "工作表", "行号", "剔除编号(请勿改动)"
OWN = (REASON, FILE, SHEET, ROW, ID)
"""Headers of the columns that are ours; they stand behind the source's own."""
MOST_ROWS = 1_000_000
"""Rows on one sheet; Excel holds 1,048,576."""
_PAGE = 5_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def shown(text: str) -> str:
    """A cell's text as it is written into the workbook."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))


def export_rejects(engine: Engine, source_code: str | None, path: Path) -> int:
    """Writes the open rejects of a source (None: of all, a sheet each) to an xlsx and returns how many there are.

    The last columns, one of them hidden, tell the row's place and number; ``feed_mended`` needs them as they are.
    """
    with engine.connect() as conn, Workbook(str(path), {"constant_memory": True}) as book:
        headers = _headers(conn, source_code)
        writers = {code: _Writer(book, code, names) for code, names in headers.items()}
        if not writers:
            book.add_worksheet("没有剔除行").write_string(0, 0, "没有待改正的剔除行。")
        count = 0
        for code, writer in writers.items():  # one sheet after the other: constant memory allows no going back
            for reject in _open_rejects(conn, code):
                writer.add(reject)
                count += 1
    return count


def _open_rejects(conn: Connection, source_code: str | None) -> Iterator[RejectRow]:
    offset = 0
    while page := list_rejects(conn, source_code, state="open", limit=_PAGE, offset=offset):
        yield from page
        offset += len(page)


def _headers(conn: Connection, source_code: str | None) -> dict[str, dict[str, None]]:
    """The headers of the rejected rows by source, in the order in which they were met."""
    found: dict[str, dict[str, None]] = {}
    for reject in _open_rejects(conn, source_code):
        found.setdefault(reject.source, {}).update(dict.fromkeys(reject.row))
    return dict(sorted(found.items()))


class _Writer:
    """The sheets of one source: a further one where the first is full.

    Cells are of type text with the mark that Excel itself gives to what was typed as text, so a cell that begins with
    = + - @ is no formula, not even after it was edited, and shows no apostrophe.
    """

    def __init__(self, book: Workbook, source_code: str, headers: dict[str, None]) -> None:
        self._book, self._code, self._headers = book, source_code, tuple(headers)
        text = {"num_format": "@", "quote_prefix": True}
        self._bold = book.add_format(text | {"bold": True, "bg_color": "#F0F0F0", "bottom": 1})
        self._text = book.add_format(text)
        self._grey = book.add_format(text | {"font_color": "#808080"})
        self._sheets = 0
        self._row = MOST_ROWS
        self._sheet: Worksheet | None = None

    def add(self, reject: RejectRow) -> None:
        """Writes one reject as the next row."""
        if self._sheet is None or self._row >= MOST_ROWS:
            self._sheet = self._begin()
        self._row += 1
        for column, header in enumerate(self._headers):
            self._sheet.write_string(self._row, column, shown(reject.row.get(header, "")), self._text)
        row_no = "" if reject.row_no is None else str(reject.row_no)
        own = (reject.reason, reject.file, reject.sheet, row_no, str(reject.id))
        for column, text in enumerate(own, len(self._headers)):
            self._sheet.write_string(self._row, column, shown(text), self._grey)

    def _begin(self) -> Worksheet:
        self._sheets += 1
        tail = f"_{self._sheets}" if self._sheets > 1 else ""
        name = _NOT_IN_NAMES.sub("_", self._code)[: 31 - len(tail)] + tail
        sheet = self._book.add_worksheet(name)
        for column, header in enumerate((*self._headers, *OWN)):
            sheet.write_string(0, column, shown(header), self._bold)
        width = len(self._headers)
        sheet.set_column(0, max(width - 1, 0), 18, self._text)
        sheet.set_column(width, width, 60)
        sheet.set_column(width + 1, width + 3, 14)
        sheet.set_column(width + 4, width + 4, 8, None, {"hidden": True})
        sheet.freeze_panes(1, 0)
        self._row = 0
        return sheet
