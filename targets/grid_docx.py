"""Writes forms as a Word document: one table a block, merged boxes, A4 portrait, heads repeated on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from docx.document import Document as DocumentObject
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from targets.docx_base import FORM_FONT, HEITI, add_line, break_page, element, new_document, saved
from targets.grid import PAGE_WIDTH, Block, Box, Form, Look, Placed, clean, lines_of, place
from targets.grid_pages import free_rows

_TWIPS = 56.6929
"""Twentieths of a point in a millimetre."""
_ALIGNED: Mapping[Look, str] = {Look.LEFT: "left", Look.NUMBER: "right"}
_SHADES: Mapping[Look, str] = {Look.LABEL: "F2F2F2", Look.HEAD: "E4E4E4"}
_GROUP = 14
"""Groups of up to so many rows are kept on one page."""
_SHORT_LINES = 8
"""Rows of up to so many lines are kept on one page."""


def document(forms: Sequence[Form], *, title: str, made_at: datetime | None = None) -> bytes:
    """The forms as a docx file, each beginning on a page of its own."""
    made = new_document(title, made_at)
    for number, form in enumerate(forms):
        add_form(made, form, new_page=number > 0)
    return saved(made)


def add_form(made: DocumentObject, form: Form, *, new_page: bool) -> None:
    """Writes one form at the end of a document."""
    lines = [(form.annex, HEITI, 12.0, "left")] if form.annex else []
    lines += [(form.title, HEITI, 18.0, "center")]
    lines += [(form.subtitle, FORM_FONT, 12.0, "center")] if form.subtitle else []
    lines += [(text, FORM_FONT, 11.0, "left") for text in form.above]
    for number, (text, font, points, align) in enumerate(lines):
        line = add_line(made, text, font=font, points=points, align=align, keep=True)
        if new_page and number == 0:
            break_page(line)
    for block in form.blocks:
        add_table(made, block, form.widths, form.points)
    for text in form.below:
        add_line(made, text, font=FORM_FONT, points=11.0, align="left", before=6.0)


def add_table(
    made: DocumentObject, block: Block, widths: Sequence[float], points: float, width: float = PAGE_WIDTH
) -> None:
    """Writes a block as a table of so many millimetres at the end of a document.

    A line too low to be seen follows it: Word would join two tables without one."""
    scale = width / sum(widths)
    table = element("w:tbl")
    table.append(_properties(width))
    grid = element("w:tblGrid")
    for column in widths:
        grid.append(element("w:gridCol", w=str(round(column * scale * _TWIPS))))
    table.append(grid)
    placed = place(block.rows, len(widths))
    scaled = [column * scale for column in widths]
    kept = _kept(placed, len(block.rows))
    for number in range(len(block.rows)):
        table.append(_row(number, placed, scaled, points, head=number < block.heads, keep=kept[number]))
    body = made.element.body
    body.insert_element_before(table, "w:sectPr")
    add_line(made, "", font=FORM_FONT, points=1.0, align="left", low=True)


def _properties(width: float) -> BaseOxmlElement:
    properties = element("w:tblPr")
    properties.append(element("w:tblW", w=str(round(width * _TWIPS)), type="dxa"))
    properties.append(element("w:jc", val="center"))
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    properties.append(borders)
    properties.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="57", type="dxa"))
    properties.append(margins)
    return properties


def _row(
    number: int, placed: Sequence[Placed], widths: Sequence[float], points: float, *, head: bool, keep: bool
) -> BaseOxmlElement:
    row = element("w:tr")
    covering = [one for one in placed if one.row <= number < one.row + one.box.rows]
    properties = element("w:trPr")
    longest = max(lines_of(one.box.text, _width(one, widths), points) for one in covering)
    if longest <= _SHORT_LINES:
        properties.append(element("w:cantSplit"))
    room = max([2.0, *(one.box.lines * 1.4 + 0.6 for one in covering if one.box.rows == 1)])
    properties.append(element("w:trHeight", val=str(round(points * room * 20)), hRule="atLeast"))
    if head:
        properties.append(element("w:tblHeader"))
    row.append(properties)
    for one in sorted(covering, key=lambda found: found.column):
        row.append(_cell(one, _width(one, widths), points, first=one.row == number, keep=keep))
    return row


def _kept(placed: Sequence[Placed], count: int) -> list[bool]:
    """For each row whether it stays on one page with the next: rows under one label, unless they are many."""
    free = [*free_rows(placed, count), True]
    kept = [not free[row + 1] for row in range(count)]
    start = 0
    for row in range(count):
        if free[row + 1]:
            if row - start >= _GROUP:
                kept[start : row + 1] = [False] * (row + 1 - start)
            start = row + 1
    return kept


def _width(one: Placed, widths: Sequence[float]) -> float:
    return sum(widths[one.column : one.column + one.box.columns])


def _cell(one: Placed, width: float, points: float, *, first: bool, keep: bool) -> BaseOxmlElement:
    box = one.box
    cell = element("w:tc")
    properties = element("w:tcPr")
    properties.append(element("w:tcW", w=str(round(width * _TWIPS)), type="dxa"))
    if box.columns > 1:
        properties.append(element("w:gridSpan", val=str(box.columns)))
    if box.rows > 1:
        properties.append(element("w:vMerge", val="restart") if first else element("w:vMerge"))
    shade = "FFF2CC" if box.marked else _SHADES.get(box.look)
    if shade:
        properties.append(element("w:shd", val="clear", color="auto", fill=shade))
    properties.append(element("w:vAlign", val="center"))
    cell.append(properties)
    for line in clean(box.text).split("\n") if first else [""]:
        cell.append(_paragraph(line, box, points, keep=keep))
    return cell


def _paragraph(text: str, box: Box, points: float, *, keep: bool) -> BaseOxmlElement:
    paragraph = element("w:p")
    properties = element("w:pPr")
    if keep:
        properties.append(element("w:keepNext"))
    properties.append(element("w:spacing", before="0", after="0", line="260", lineRule="atLeast"))
    properties.append(element("w:jc", val=_ALIGNED.get(box.look, "center")))
    paragraph.append(properties)
    if text:
        run = element("w:r")
        run.append(_letters(box, points))
        words = OxmlElement("w:t")
        words.text = text
        words.set(qn("xml:space"), "preserve")
        run.append(words)
        paragraph.append(run)
    return paragraph


def _letters(box: Box, points: float) -> BaseOxmlElement:
    letters = element("w:rPr")
    letters.append(element("w:rFonts", ascii="Times New Roman", hAnsi="Times New Roman", eastAsia=FORM_FONT))
    if box.marked or box.look in (Look.HEAD, Look.TOTAL):
        letters.append(element("w:b"))
    if box.marked:
        letters.append(element("w:color", val="9C0006"))
    letters.append(element("w:sz", val=str(round(points * 2))))
    return letters
