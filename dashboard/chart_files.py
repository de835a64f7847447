"""A chart's figures as a file to keep: the same text as on the page, numbers as numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from dashboard.format import DASH, MINUS
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | float


def cells(table: ChartTable) -> list[list[Cell]]:
    """The rows with figures as numbers; what is no number there stays text (“—”)."""
    return [
        [_number(text) if title.numeric else text for text, title in zip(row, table.titles, strict=True)]
        for row in table.rows
    ]


def _number(text: str) -> Cell:
    plain = text.replace(",", "").replace(MINUS, "-")
    try:
        return float(plain)
    except ValueError:
        return "" if text == DASH else text


def csv_bytes(view: ChartView) -> bytes:
    """UTF-8 with the mark by which Excel knows it. Text that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_harmless(title.text) for title in view.table.titles)
    for row in cells(view.table):
        writer.writerow([_harmless(cell) if isinstance(cell, str) else _plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text


def _plain(number: float) -> str:
    return repr(int(number)) if number == int(number) else repr(number)


def xlsx_bytes(view: ChartView, about: Sequence[tuple[str, str]]) -> bytes:
    """A workbook: the figures, and a sheet that says what they are (``about`` and the chart's own basis)."""
    import xlsxwriter  # late: only a download needs it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(t("chart.figures_tab"))
        sheet.freeze_panes(1, 1)
        for column, title in enumerate(view.table.titles):
            sheet.write_string(0, column, title.text, bold)
            sheet.set_column(column, column, max(10, min(2 * len(title.text), 30)))
        for number, row in enumerate(cells(view.table), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell)
        notes = book.add_worksheet(t("chart.notes_tab"))
        notes.set_column(0, 0, 16)
        notes.set_column(1, 1, 80)
        for number, (term, text) in enumerate((*about, *view.basis)):
            notes.write_string(number, 0, term, bold)
            notes.write_string(number, 1, text)
    return out.getvalue()
