"""Files of the performance contract handed out: the sheet in its form's layout, the blank form, evidence."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from flask import Flask, Response, send_file

from dashboard.data import Data
from dashboard.product import ProductLike
from db.entries import EntryError, attachment
from db.evaluations import PERIODS
from db.sheets import UnknownSheetError, load_sheet
from targets.evaluation_model import PERIOD_NAMES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEETS = {"xlsx": ("targets.export_xlsx:sheet_xlsx", XLSX), "docx": ("targets.export_docx:sheet_docx", DOCX)}
DOCUMENTS = {
    "xlsx": ("targets.evaluation_form:evaluation_xlsx", XLSX, "绩效自评表.xlsx"),
    "docx": ("targets.evaluation_form:evaluation_docx", DOCX, "绩效自评表.docx"),
    "report": ("targets.evaluation_report:report_docx", DOCX, "绩效自评报告.docx"),
}
"""What writes each document: imported when one is asked for, for the libraries behind them take a second to load."""


def written(by: str, *given: Any) -> bytes:
    """What the writer “module:function” makes."""
    module, _, function = by.partition(":")
    made: bytes = getattr(import_module(module), function)(*given)
    return made


def install(server: Flask, product: ProductLike, data: Data) -> None:
    """Adds the routes."""

    def sheet(code: str, ending: str) -> Response:
        if ending not in SHEETS:
            return missing("")
        try:
            with product.engine.connect() as conn:
                found = load_sheet(conn, code)
        except UnknownSheetError as error:
            return missing(error)
        writer, media_type = SHEETS[ending]
        return handed(written(writer, found), f"{found.year}-{found.title}.{ending}", media_type)

    def evidence(entry: int, name: str) -> Response:
        try:
            with product.engine.connect() as conn:
                found = attachment(conn, entry, name)
        except EntryError as error:
            return missing(error)
        return handed(found.content, found.name, "application/octet-stream")

    def template() -> Response:
        return handed(written("targets.template:template_xlsx"), "绩效目标申报表-空白模板.xlsx", XLSX)

    def documents(code: str, period: str, ending: str) -> Response:
        view = data.evaluation(code, period)
        if view is None or ending not in DOCUMENTS or period not in PERIODS:
            return missing("")
        writer, media_type, name = DOCUMENTS[ending]
        year = f"{view.row.year}年{PERIOD_NAMES[period]}"
        return handed(written(writer, view.evaluation), f"{year}{name}", media_type)

    server.add_url_rule("/export/evaluation/<code>/<period>.<ending>", "export_evaluation", documents)
    server.add_url_rule(
        "/export/evaluation/<code>/<period>/report.docx", "export_report", documents, defaults={"ending": "report"}
    )
    server.add_url_rule("/export/sheet/<code>.<ending>", "export_sheet", sheet)
    server.add_url_rule("/export/evidence/<int:entry>/<path:name>", "export_evidence", evidence)
    server.add_url_rule("/export/template.xlsx", "export_template", template)


def missing(why: object) -> Response:
    """There is no such file."""
    return Response(str(why), status=404, mimetype="text/plain")


def handed(content: bytes, name: str, media_type: str) -> Response:
    """A file to keep: never shown inside the page, whatever it holds."""
    return send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
