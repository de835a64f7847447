"""A report as a Word document, for those who work on with it."""

from __future__ import annotations

from datetime import UTC, datetime, time

from docx.table import Table as WordTable

from reports.model import Align, Cell, Report, Table
from targets.docx_base import FORM_FONT, HEITI, add_line, new_document, saved
from targets.grid import Block, Box, Look, head
from targets.grid_docx import add_table

_POINTS = 9.0
_PAGE = 180.0
_SHORT = 10
"""Rows of a table that stays on one page."""


def report_docx(report: Report) -> bytes:
    """The document: A4, one table after the other, their heads repeated on every page."""
    made = new_document(report.title, datetime.combine(report.through, time(), UTC))
    if report.sheet_title:
        add_line(made, report.sheet_title, font=FORM_FONT, points=10, align="center", keep=True)
    add_line(made, report.title, font=HEITI, points=18, align="center", keep=True)
    sentence = ("无数据: " if report.empty else "") + report.sentence
    add_line(made, sentence, font=HEITI, points=12, align="left", before=6)
    for finding in report.findings:
        add_line(made, f"· {finding}", font=FORM_FONT, points=10.5, align="left")
    for section in report.sections:
        add_line(made, section.title, font=HEITI, points=14, align="left", keep=True, before=12)
        add_line(made, section.finding, font=FORM_FONT, points=10.5, align="left", keep=bool(section.tables))
        for table in section.tables:
            if table.title:
                add_line(made, table.title, font=HEITI, points=10.5, align="left", keep=True, before=6)
            widths = [column.width for column in table.columns if column.align is not Align.BAR]
            add_table(made, _block(table), widths, _POINTS, _PAGE * table.share)
            if len(table.rows) <= _SHORT:
                _keep_together(made.tables[-1])
        for note in section.notes:
            add_line(made, note, font=FORM_FONT, points=9, align="left", before=3)
    return saved(made)


def _keep_together(table: WordTable) -> None:
    """A short table stays on one page: every row with the next."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _block(table: Table) -> Block:
    kept = [place for place, column in enumerate(table.columns) if column.align is not Align.BAR]
    heads = tuple(head(table.columns[place].title) for place in kept)
    rows = tuple(tuple(_box(row[place], table.columns[place].align) for place in kept) for row in table.rows)
    return Block((heads, *rows), heads=1)


def _box(cell: Cell, align: Align) -> Box:
    text = f"{cell.text}\n{cell.small}" if cell.small else cell.text
    return Box(text, look=Look.NUMBER if align is Align.RIGHT else Look.LEFT)
