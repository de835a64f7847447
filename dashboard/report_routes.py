"""Reports handed out: those of the archive exactly as they were sent, and previews made at the moment."""

from __future__ import annotations

import io

from flask import Flask, Response, request, send_file

from dashboard.product import ProductLike
from dashboard.target_routes import missing
from db.report_store import ReportStoreError, report_data, report_file
from kpi.showing import Showing
from reports.errors import ReportError
from reports.model import Kind, from_json

INLINE = ("html", "pdf")
"""Shown in the browser; the others are kept."""


def install(server: Flask, product: ProductLike) -> None:
    """Adds the routes."""

    def archived(number: int, ending: str) -> Response:
        from reports.render import file_name  # late, as below: what writes reports costs half a second of every start

        try:
            with product.engine.connect() as conn:
                content = report_file(conn, number, ending)
                name = file_name(from_json(report_data(conn, number)), ending)
        except ReportStoreError as error:
            return missing(error)
        return _handed(content, name, ending)

    def preview(kind: str, ending: str) -> Response:
        from reports.build import build
        from reports.render import WRITERS, file_name, render
        from reports.scope import House, Wanted, last_finished

        if kind not in list(Kind) or ending not in WRITERS:
            return missing("")
        today = product.clock().astimezone(product.tz).date()
        running = request.args.get("which") == "now"
        day = today if running else last_finished(Kind(kind), today).end
        wanted = Wanted(Kind(kind), day, request.args.get("centre", ""), request.args.get("sheet", ""))
        settings = product.settings
        house = House(product.catalogue, product.tz, settings.min_sample, Showing(settings.seat_ranking))
        try:
            with product.engine.connect() as conn:
                report = build(conn, house, wanted, today=today)
            return _handed(render(report, ending), file_name(report, ending), ending)
        except ReportError as error:
            return Response(str(error), status=409, mimetype="text/plain")

    server.add_url_rule("/reports/<int:number>.<ending>", "report_file", archived)
    server.add_url_rule("/reports/preview/<kind>.<ending>", "report_preview", preview)


def _handed(content: bytes, name: str, ending: str) -> Response:
    from reports.render import media_type

    return send_file(
        io.BytesIO(content),
        mimetype=media_type(ending),
        as_attachment=ending not in INLINE,
        download_name=name,
        max_age=0,
    )
