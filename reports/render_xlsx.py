"""A report as a workbook: a sheet for the summary and one for each section, figures as figures, texts as texts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reports import look, words
from reports.model import Align, Cell, Report, Section, Table
from targets.grid import clean, lines_of, tab_names

_FIGURE = re.compile(r"−?[\d,]+(?:\.(\d+))?")
_FONT = "宋体"
_MILLIMETRES = 180.0
_LONGEST = 32_767
_PIXELS = 7
"""Of a column for each part of its width; a pixel is 0.2646 mm."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A column of the sheet: that of the table, or (``small``) the second lines of it."""

    title: str
    place: int
    small: bool
    width: float
    align: Align


class _Book:
    """A workbook with its formats, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def style(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
            self._made[key] = self.book.add_format({**base, **properties})
        return self._made[key]


def report_xlsx(report: Report) -> bytes:
    """The workbook."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": clean(report.title), "created": datetime.combine(report.through, time())})
    made = _Book(book)
    tabs = list(tab_names(["摘要", *(section.title for section in report.sections)]))
    _summary(book.add_worksheet(tabs[0]), report, made)
    for section, tab in zip(report.sections, tabs[1:], strict=True):
        _section(book.add_worksheet(tab), section, report, made)
    book.close()
    return buffer.getvalue()


def _page(sheet: Worksheet, report: Report) -> None:
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{clean(report.title).replace('&', '&&')[:120]}&R第 &P 页 共 &N 页")
    sheet.hide_gridlines(2)


def _summary(sheet: Worksheet, report: Report, made: _Book) -> None:
    _page(sheet, report)
    sheet.set_column_pixels(0, 0, 680)
    lines = [
        (report.title, made.style(bold=True, font_size=16)),
        (report.sheet_title, made.style(font_color=look.GREY)),
        (("无数据: " if report.empty else "") + report.sentence, made.style(bold=True, font_size=12)),
        *((f"· {finding}", made.style()) for finding in report.findings),
    ]
    row = 0
    for text, style in lines:
        if text:
            sheet.write_string(row, 0, clean(text)[:_LONGEST], style)
            sheet.set_row(row, style.font_size * 1.7 * lines_of(text, _MILLIMETRES, style.font_size))
            row += 1


def _section(sheet: Worksheet, section: Section, report: Report, made: _Book) -> None:
    _page(sheet, report)
    sheet.set_landscape()
    widths = _widths(section)
    sheet.set_row(0, 24)
    last = max([5, *(len(list(_heads(table))) - 1 for table in section.tables)])
    sheet.write_string(0, 0, clean(section.title), made.style(bold=True, font_size=14, text_wrap=False))
    _line(sheet, 1, last, section.finding, made.style())
    row = 3
    for table in section.tables:
        row = _table(sheet, row, table, made, widths)
    for note in section.notes:
        _line(sheet, row, last, note, made.style(font_color=look.GREY))
        row += 1
    for column, width in widths.items():
        sheet.set_column_pixels(column, column, round(width * _PIXELS))


def _widths(section: Section) -> dict[int, float]:
    """The width of each column, wide enough for every table of the section."""
    found: dict[int, float] = {}
    for table in section.tables:
        for column, head in enumerate(_heads(table)):
            found[column] = max(found.get(column, 0.0), head.width, 12.0)
    return found


def _line(sheet: Worksheet, row: int, last: int, text: str, style: Format) -> None:
    """A text over the width of the tables."""
    sheet.merge_range(row, 0, row, last, "", style)
    sheet.write_string(row, 0, clean(text)[:_LONGEST], style)
    sheet.set_row(row, 16.0 * lines_of(text, _MILLIMETRES, 10))


def _heads(table: Table) -> Iterator[_Head]:
    """The columns to write: pictures left out, second lines in a column of their own."""
    for place, column in enumerate(table.columns):
        if column.align is Align.BAR:
            continue
        yield _Head(column.title, place, False, column.width, column.align)
        if any(row[place].small for row in table.rows):
            yield _Head(f"{column.title}(说明)", place, True, 22, Align.LEFT)


def _table(sheet: Worksheet, row: int, table: Table, made: _Book, widths: dict[int, float]) -> int:
    """Writes a table from this row on and gives the row after it."""
    heads = list(_heads(table))
    if table.title:
        sheet.write_string(row, 0, clean(table.title), made.style(bold=True, text_wrap=False))
        row += 1
    for column, head in enumerate(heads):
        align = "right" if head.align is Align.RIGHT else "left"
        style = made.style(bold=True, bg_color="#E4E4E4", bottom=1, align=align)
        sheet.write_string(row, column, clean(head.title), style)
    for cells in table.rows:
        row += 1
        shown = (cells[head.place].small if head.small else cells[head.place].text for head in heads)
        lines = max(lines_of(text, widths[n] * _PIXELS * 0.2646, 10) for n, text in enumerate(shown))
        sheet.set_row(row, 15.0 * lines + 3)
        for column, head in enumerate(heads):
            _cell(sheet, row, column, cells[head.place], head, made)
    return row + 2


def _cell(sheet: Worksheet, row: int, column: int, cell: Cell, head: _Head, made: _Book) -> None:
    right = head.align is Align.RIGHT
    properties: dict[str, Any] = {"bottom": 4, "align": "right" if right else "left", "indent": 0 if right else 1}
    if cell.status is not None and not head.small:
        properties |= {"font_color": look.colour(cell.status), "bold": True}
    if not (cell.small if head.small else cell.text):
        sheet.write_blank(row, column, None, made.style(**properties))
        return
    if head.small:
        sheet.write_string(row, column, clean(cell.small), made.style(**properties, font_color=look.GREY))
        return
    form = _number_format(cell)
    if form and cell.value is not None:
        sheet.write_number(row, column, cell.value, made.style(**properties, num_format=form))
        return
    if cell.text[:1] in ("=", "+", "-", "@"):
        properties["quote_prefix"] = True  # stays text when somebody edits the cell
    sheet.write_string(row, column, clean(cell.text)[:_LONGEST], made.style(**properties))


def _number_format(cell: Cell) -> str:
    """The format that shows the figure as its text does; '' where the text says more than a figure."""
    plain = cell.text.removesuffix(cell.unit).rstrip() if cell.unit else cell.text
    found = _FIGURE.fullmatch(plain)
    if found is None or cell.value is None:
        return ""
    decimals = f".{'0' * len(found[1])}" if found[1] else ""
    if cell.unit == words.PERCENT:
        return f"0{decimals}%"
    unit = cell.unit.replace('"', "")
    return f"#,##0{decimals}" + (f'" {unit}"' if unit and cell.text.endswith(cell.unit) else "")
