"""绩效自评表 as a workbook and as a Word document, in the layout of the sheet's form."""

from __future__ import annotations

from targets.evaluation_boxes import evaluation_forms, trace_form
from targets.evaluation_model import Evaluation
from targets.form_zhongshan import zhongshan_forms
from targets.grid import Form
from targets.grid_docx import document
from targets.grid_xlsx import workbook


def evaluation_xlsx(data: Evaluation) -> bytes:
    """The form as xlsx. Raises ValueError (Chinese) for a text that no cell can hold."""
    return workbook(_forms(data), title=_title(data), made_at=data.generated_at)


def evaluation_docx(data: Evaluation) -> bytes:
    """The form as docx."""
    return document(_forms(data), title=_title(data), made_at=data.generated_at)


def _forms(data: Evaluation) -> tuple[Form, ...]:
    if data.sheet.form == "zhongshan":
        return (*zhongshan_forms(data.sheet, data), trace_form(data))
    return evaluation_forms(data)


def _title(data: Evaluation) -> str:
    return f"{data.sheet.unit}{data.sheet.year}年度{data.period_name}绩效自评表"
