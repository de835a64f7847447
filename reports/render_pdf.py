"""A report as PDF: A4, the project's own fonts embedded, all text handed over as data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import matplotlib
import typst

from reports import look
from reports.errors import ReportError
from reports.model import Cell, Report, to_json

TEMPLATE = Path(__file__).resolve().parent / "templates" / "report.typ"
FONTS = Path(__file__).resolve().parent.parent / "fonts"
SIGNS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
"""DejaVu Sans, for the few marks that the Chinese font lacks."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS), str(SIGNS)])


def report_pdf(report: Report) -> bytes:
    """The PDF. The same report gives the same bytes. Raises ReportError where the typesetter complains."""
    data = to_json(report)
    for section, own in zip(data["sections"], report.sections, strict=True):
        for table, known in zip(section["tables"], own.tables, strict=True):
            table["share"] = known.share
            table["rows"] = [[_cell(cell) for cell in row] for row in known.rows]
            table["columns"] = [{"title": c.title, "width": c.width, "align": c.align.value} for c in known.columns]
    made, warnings = typst.compile_with_warnings(
        str(TEMPLATE),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        timestamp=datetime.combine(report.through, time(), UTC),
    )
    if warnings:
        raise ReportError(f"PDF 排版有警告: {warnings[0].message}。请检查 fonts 目录是否完整。")
    assert isinstance(made, bytes)
    return made


def _cell(cell: Cell) -> dict[str, object]:
    bar = None
    if cell.bar is not None:
        known = cell.bar
        bar = {
            "value": known.value, "target": known.target, "expected": known.expected, "low": known.low,
            "high": known.high,
        }  # fmt: skip
    return {
        "text": cell.text,
        "small": cell.small,
        "unit": cell.unit,
        "colour": look.colour(cell.status),
        "bold": cell.status is not None,
        "bar": bar,
    }
