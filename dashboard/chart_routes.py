"""The figures of every chart as a file: the same filters in the address as on the page, the same figures as shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask, Response, jsonify, request

from dashboard import charts_calls, charts_compare, charts_indicator, charts_orders, charts_overview, language
from dashboard.ask_calls import build_calls
from dashboard.ask_orders import build_orders
from dashboard.chart_files import csv_bytes, xlsx_bytes
from dashboard.compare_pages import compare_view
from dashboard.data import Data, DatabaseGone
from dashboard.seat_pages import seat_charts, seats_charts
from dashboard.target_routes import XLSX, handed, missing
from dashboard.texts import t
from dashboard.views_charts import ChartView

FOLDER = "/export/chart"
CSV = "text/csv"
ENDINGS = ("csv", "xlsx", "json")
Query = Mapping[str, str]
Charts = Mapping[str, ChartView]


def files_of(page: str, query: str) -> str:
    """The address of the files of a page's charts: “*” stands for the chart's name, “{}” for the ending."""
    return f"{FOLDER}/{page}/*.{{}}{query}"


def _overview(data: Data, query: Query) -> Charts:
    filters = data.filters(query).filters
    return charts_overview.charts_of(data.overview(filters), filters)


def _indicator(data: Data, query: Query) -> Charts:
    view = data.indicator(data.target_filters(query), query.get("key", "")[:16])
    return charts_indicator.charts_of(view) if view is not None else {}


def _calls(data: Data, query: Query) -> Charts:
    filters = data.filters(query).filters
    view = data.view("calls", filters, build_calls)
    return charts_calls.charts_of(view, filters) if view.has_values else {}


def _orders(data: Data, query: Query) -> Charts:
    filters = data.filters(query).filters
    view = data.view("orders", filters, build_orders)
    return charts_orders.charts_of(view, filters) if view.has_values else {}


def _compare(data: Data, query: Query) -> Charts:
    filters = data.filters(query).filters
    return charts_compare.charts_of(compare_view(data, filters), filters)


PAGES: Mapping[str, Callable[[Data, Query], Charts]] = {
    "overview": _overview,
    "indicator": _indicator,
    "calls": _calls,
    "orders": _orders,
    "seats": seats_charts,
    "seat": seat_charts,
    "compare": _compare,
}


def install(server: Flask, data: Data) -> None:
    """Adds the route."""

    def chart(page: str, name: str, ending: str) -> Response:
        if page not in PAGES or ending not in ENDINGS:
            return missing(t("chart.no_file"))
        try:
            found = _in_language(PAGES[page](data, request.args.to_dict()).get(name))
        except DatabaseGone:
            return Response(t("fresh.broken"), status=503, mimetype="text/plain")
        if found is not None and ending == "json":
            return jsonify(_for_script(found))
        if found is None or found.empty:
            return missing(t("chart.no_file"))
        now = data.now()
        file = f"{found.kind}-{now:%Y%m%d}.{ending}"
        if ending == "csv":
            return handed(csv_bytes(found), file, CSV)
        return handed(xlsx_bytes(found, _about(found, now)), file, XLSX)

    server.add_url_rule(f"{FOLDER}/<page>/<name>.<ending>", "export_chart", chart)


def _in_language(view: ChartView | None) -> ChartView | None:
    """The chart in the language of its request. Names of KPIs, formulas and weekdays are Chinese until here."""
    if view is None or language.current() != language.ENGLISH:
        return view
    from dashboard.english.charts import chart_in_english  # late: most centres never need it

    return chart_in_english(view)


def _for_script(view: ChartView) -> dict[str, object]:
    """What the script in the browser shows when the formula or the table of a chart is opened."""
    titles = [[title.text, title.numeric] for title in view.table.titles]
    return {"kind": view.kind, "titles": titles, "rows": view.table.rows, "basis": view.basis}


def _about(view: ChartView, now: datetime) -> list[tuple[str, str]]:
    return [
        (t("chart.what"), view.kind),
        (t("chart.finding"), view.finding),
        (t("chart.made_at"), f"{now:%Y-%m-%d %H:%M}"),
    ]
