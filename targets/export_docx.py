"""A target sheet as a Word document in the form's own layout."""

from __future__ import annotations

from kpi.sheet import Sheet
from targets.form_report import WIDTHS, list_blocks, sections_of
from targets.forms import forms_of
from targets.grid_docx import document
from targets.report_writer import Writer


def sheet_docx(sheet: Sheet) -> bytes:
    """The sheet as docx: each project begins on a page of its own."""
    if sheet.form == "report":
        return _report(sheet)
    return document(forms_of(sheet), title=f"{sheet.title}({sheet.year}年度)")


def _report(sheet: Sheet) -> bytes:
    """A report as running text with headings, the figures it states as lists at its end."""
    writer = Writer(sheet.title, None)
    writer.title((sheet.title,))
    for name, text in sections_of(sheet):
        writer.heading(name)
        writer.own_text(text)
    for caption, block in list_blocks(sheet):
        writer.table(caption, block.rows, WIDTHS)
    return writer.content()
