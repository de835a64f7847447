"""The frame every chart stands in: finding, formula, figures as a table, files to keep, what it is made of."""

from __future__ import annotations

import hashlib
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.parts import Child, Column, aria, data, link, row, sourced, stale_note, table
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView

MOST_ROWS = 62
"""Rows a page lists: a longer table is had as a file."""
CONFIG: Any = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}


def chart_frame(view: ChartView, figure: dict[str, Any] | None, files: str, kind: str = "") -> Component:
    """A chart in its frame. ``files``: address of its files with “{}” for the ending. ``figure`` None: a chart that is
    a table. ``kind``: more classes. The formula, and the figures as a table, are fetched when they are opened: they
    would be most of the page."""
    finding = ids.live(f"{view.name}-finding")
    drawn = figure is not None and not view.empty
    body: list[Child] = [_head(view, finding, files, drawn=drawn)]
    if view.empty:
        body.append(html.P(view.empty, className="chart-empty", role="status"))
    elif figure is None:
        body.append(data_table(view.kind, view.table))
    else:
        graph = dcc.Graph(
            id=ids.live(f"{view.name}-graph"), figure=_marked(figure, view), config=CONFIG, responsive=True
        )
        body.append(html.Div(graph, className="graph", role="img", **aria(labelledby=finding)))
    body.append(_foot(view, with_table=drawn))
    marks = sourced(view.sources) | data(about=files.replace("{}", "json"))
    classes = f"panel chart chart-{view.name} {kind}".strip()
    return html.Figure(body, className=classes, **marks)


def _marked(figure: dict[str, Any], view: ChartView) -> dict[str, Any]:
    """The figure with a mark of the table behind it: a table that is open is fetched anew when the mark changes."""
    mark = hashlib.blake2b(repr((view.table.rows, view.basis)).encode(), digest_size=6).hexdigest()
    return figure | {"layout": figure["layout"] | {"meta": mark}}


def _head(view: ChartView, finding: str, files: str, *, drawn: bool) -> Component:
    words = html.Div(
        [
            html.Span(view.kind, className="eyebrow"),
            html.H2(view.finding, id=finding),
            stale_note(),
        ],
        className="chart-words",
    )
    return html.Figcaption([words, _tools(view, files, drawn=drawn)], className="chart-head")


def _tools(view: ChartView, files: str, *, drawn: bool) -> Component:
    named: Any = {"data-png": ids.live(f"{view.name}-graph"), "data-name": view.kind}
    picture = html.Button("PNG", className="text-button", title=t("chart.png", name=view.kind), type="button", **named)
    parts: list[Child] = [_basis(view)]
    if drawn:
        parts.append(picture)
    if not view.empty:
        parts += [_file(ending, view, files) for ending in ("csv", "xlsx")]
    return html.Div(parts, className="chart-tools", role="group", **aria(label=t("chart.tools", name=view.kind)))


def _file(ending: str, view: ChartView, files: str) -> Component:
    label = t("chart.file", name=view.kind, ending=ending.upper())
    where = files.replace("{}", ending)
    return html.A(ending.upper(), href=where, className="text-button", title=label, download="", **aria(label=label))


def _basis(view: ChartView) -> Child:
    """口径: a panel below a button, closed by a click elsewhere or Esc; filled when opened."""
    if not view.basis:
        return None
    summary = html.Summary(t("chart.basis"), className="text-button", **aria(label=t("chart.basis_of", name=view.kind)))
    body = html.Div(className="panel-pop", **data(fill="basis"))
    return html.Details([summary, body], className="fold basis", **data(fold="1"))


def _foot(view: ChartView, *, with_table: bool) -> Component:
    parts: list[Child] = []
    if view.notes:
        parts.append(html.P(view.notes, id=ids.live(f"{view.name}-notes"), className="note"))
    if with_table:
        summary = html.Summary(t("chart.table"), **aria(label=t("chart.table_of", name=view.kind)))
        parts.append(html.Details([summary, html.Div(**data(fill="table"))], className="chart-table"))
    if view.links:
        links = [link(text, href) for text, href in view.links]
        parts.append(html.Nav(links, className="chart-links", **aria(label=t("chart.links", name=view.kind))))
    return html.Div(parts, className="chart-foot")


def data_table(label: str, content: ChartTable) -> Component:
    """Figures as an accessible table; the first column names the row. A column without any word is left out."""
    shown = [at for at, title in enumerate(content.titles) if title.numeric or any(cells[at] for cells in content.rows)]
    columns = [Column(content.titles[at].text, "num" if content.titles[at].numeric else "") for at in shown]
    listed = content.rows[:MOST_ROWS]
    rows = [row(columns, [cells[at] for at in shown]) for cells in listed]
    made = table(label, columns, rows, "plain-table data-table")
    if len(listed) == len(content.rows):
        return made
    note = t("chart.cut", n=len(content.rows), shown=len(listed))
    return html.Div([made, html.P(note, className="note")])
