"""Writes forms as a workbook: one worksheet a form, A4 portrait, every text as text."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from targets.grid import Box, Form, Look, clean, heights, lines_of, place, stacked, tab_names
from targets.grid_pages import page_ends

_FULLEST = 300.0
"""A row that needs more points than this is written as several, merged: Excel ends rows at 409."""
_LONGEST = 32_767
"""The most characters a cell takes."""
_FONT = "宋体"
_LOOKS: Mapping[Look, Mapping[str, Any]] = {
    Look.LABEL: {"align": "center", "bg_color": "#F2F2F2"},
    Look.HEAD: {"align": "center", "bg_color": "#E4E4E4", "bold": True},
    Look.CENTRE: {"align": "center"},
    Look.LEFT: {"align": "left"},
    Look.NUMBER: {"align": "right"},
    Look.TOTAL: {"align": "center", "bold": True},
}
_MARKED = {"bg_color": "#FFF2CC", "font_color": "#9C0006", "bold": True}


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": _FONT, "font_size": 10, **properties})
        return self._made[key]

    def box(self, box: Box, points: float) -> Format:
        more: dict[str, Any] = {**_LOOKS[box.look], **(_MARKED if box.marked else {})}
        if box.number is not None:
            whole = "#,##0" if "," in box.text else "0"
            more["num_format"] = f"{whole}.{'0' * -exponent}" if (exponent := _exponent(box)) < 0 else whole
        elif box.look is Look.CENTRE:
            more["num_format"] = "@"  # “=50%” typed here stays a target
        if box.text[:1] in ("=", "+", "-", "@"):
            more["quote_prefix"] = True  # stays text when somebody edits the cell
        return self.get(font_size=points, border=1, text_wrap=True, valign="vcenter", **more)


def _exponent(box: Box) -> int:
    exponent = box.number.as_tuple().exponent if box.number is not None else 0
    return exponent if isinstance(exponent, int) else 0


def workbook(forms: Sequence[Form], *, title: str, made_at: datetime | None = None) -> bytes:
    """The forms as an xlsx file, one worksheet each. Raises ValueError for a text longer than a cell can hold."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        # Columns are as wide as digits of the default font, whose like every office suite has.
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }
    book = xlsxwriter.Workbook(buffer, options)
    properties: dict[str, Any] = {"title": clean(title)}
    if made_at is not None:
        properties["created"] = made_at
    book.set_properties(properties)
    formats = _Formats(book)
    for form, tab in zip(forms, tab_names(form.tab for form in forms), strict=True):
        _write_form(book.add_worksheet(tab), form, formats)
    book.close()
    return buffer.getvalue()


def _write_form(sheet: Worksheet, form: Form, formats: _Formats) -> None:
    _page(sheet, form)
    last = len(form.widths) - 1
    row = 0
    if form.annex:
        sheet.write_string(row, 0, clean(form.annex), formats.get(font_name="黑体", font_size=12))
        row += 1
    _line(sheet, row, last, form.title, formats.get(font_name="黑体", font_size=18, align="center", valign="vcenter"))
    sheet.set_row(row, 26.0 * lines_of(form.title, sum(form.widths), 18))
    row += 1
    if form.subtitle:
        _line(sheet, row, last, form.subtitle, formats.get(font_size=12, align="center", valign="vcenter"))
        row += 1
    row = _lines(sheet, row, last, form.above, formats)
    row = _boxes(sheet, row, form, formats)
    _lines(sheet, row, last, form.below, formats)


def _page(sheet: Worksheet, form: Form) -> None:
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.set_margins(left=0.59, right=0.59, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    sheet.hide_gridlines(2)
    for column, width in enumerate(form.widths):
        sheet.set_column_pixels(column, column, round(width / 25.4 * 96))


def _line(sheet: Worksheet, row: int, last: int, text: str, style: Format) -> None:
    style.set_text_wrap()
    sheet.merge_range(row, 0, row, last, "", style)
    sheet.write_string(row, 0, clean(text), style)


def _lines(sheet: Worksheet, row: int, last: int, texts: Sequence[str], formats: _Formats) -> int:
    for text in texts:
        _line(sheet, row, last, text, formats.get(font_size=11, align="left", valign="vcenter"))
        sheet.set_row(row, 18.0 * lines_of(text, 180.0, 11))
        row += 1
    return row


def _boxes(sheet: Worksheet, top: int, form: Form, formats: _Formats) -> int:
    """Writes the boxes of all blocks; the last block with heads has them repeated on every page."""
    rows = stacked(form.blocks)
    needs = heights(rows, form.widths, form.points)
    pieces = [math.ceil(need / _FULLEST) for need in needs]
    starts = [top + sum(pieces[:number]) for number in range(len(rows) + 1)]
    for number, (need, count) in enumerate(zip(needs, pieces, strict=True)):
        for piece in range(count):
            sheet.set_row(starts[number] + piece, need / count)
    placed = place(rows, len(form.widths))
    for one in placed:
        first, last = starts[one.row], starts[one.row + one.box.rows] - 1
        area = first, one.column, last, one.column + one.box.columns - 1
        _write_box(sheet, area, formats.box(one.box, form.points), one.box)
    number, heads = 0, 0.0
    for block in form.blocks:
        if block.heads:
            sheet.repeat_rows(starts[number], starts[number + block.heads] - 1)
            heads = sum(needs[number : number + block.heads])
        number += len(block.rows)
    over = 45.0 + 20.0 * len(form.above)
    sheet.set_h_pagebreaks([starts[row] for row in page_ends(placed, needs, over, heads)])
    return starts[-1]


def _write_box(sheet: Worksheet, area: tuple[int, int, int, int], style: Format, box: Box) -> None:
    if area[:2] != area[2:]:
        sheet.merge_range(*area, "", style)
    row, column = area[:2]
    if box.hint or box.choices:
        sheet.data_validation(row, column, row, column, _guide(box))
    text = clean(box.text)
    if box.number is not None and len(box.number.as_tuple().digits) <= 15:
        sheet.write_number(row, column, float(box.number), style)
    elif not text:
        sheet.write_blank(row, column, None, style)
    elif len(text) > _LONGEST:
        raise ValueError(f"“{text[:20]}……”有 {len(text)} 字,超过单元格上限 {_LONGEST} 字。请缩短后再导出,或导出 docx。")
    else:
        sheet.write_string(row, column, text, style)


def _guide(box: Box) -> dict[str, Any]:
    """What Excel shows and offers when the box is chosen; other entries stay possible."""
    guide: dict[str, Any] = {"validate": "list", "source": list(box.choices), "error_type": "warning"}
    if not box.choices:
        guide = {"validate": "any"}
    return {**guide, "input_title": "填写说明", "input_message": box.hint[:255]} if box.hint else guide
