"""The files a report is handed out as. What writes each is loaded when it is first needed."""

from __future__ import annotations

import re
from importlib import import_module

from kpi.periods import Period
from reports import words
from reports.model import Report

WRITERS = {
    "html": ("reports.render_html:report_html", "text/html"),
    "pdf": ("reports.render_pdf:report_pdf", "application/pdf"),
    "xlsx": (
        "reports.render_xlsx:report_xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "docx": (
        "reports.render_docx:report_docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}
"""Ending → what writes it (“module:function”) and its media type."""

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def render(report: Report, ending: str) -> bytes:
    """The report as a file. Raises KeyError for an ending there is not, ReportError where it can't be written."""
    module, _, function = WRITERS[ending][0].partition(":")
    made: bytes = getattr(import_module(module), function)(report)
    return made


def every(report: Report) -> dict[str, bytes]:
    """The report in all its forms."""
    return {ending: render(report, ending) for ending in WRITERS}


def media_type(ending: str) -> str:
    """The media type of an ending."""
    return WRITERS[ending][1]


def file_name(report: Report, ending: str) -> str:
    """“江宁分中心-周报-2026年11月9日–15日.pdf”."""
    period = words.period_name(report.kind, Period(report.start, report.end))
    name = f"{report.centre_name}-{words.KIND_NAMES[report.kind]}-{period}"
    return f"{_NOT_IN_NAMES.sub(' ', name).strip()[:80]}.{ending}"
