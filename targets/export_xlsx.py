"""A target sheet as a workbook in the form's own layout."""

from __future__ import annotations

from kpi.sheet import Sheet
from targets.forms import forms_of
from targets.grid_xlsx import workbook


def sheet_xlsx(sheet: Sheet) -> bytes:
    """The sheet as xlsx: one worksheet a project. Raises ValueError (Chinese) for a text no cell can hold."""
    return workbook(forms_of(sheet), title=f"{sheet.title}({sheet.year}年度)")
