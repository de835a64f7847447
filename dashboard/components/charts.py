"""The charts of 总览: each opens with its finding and says how it is to be read."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import findings, ids
from dashboard.components.parts import Child, aria
from dashboard.figures.daily import axis_note, daily_figure
from dashboard.figures.hourly import hourly_figure
from dashboard.texts import t
from dashboard.views import DailyChart, HourlyChart, Overview

CONFIG: Any = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}


def charts(view: Overview, theme: str) -> list[Child]:
    """Today by hour where the period is today, and the KPI drawn by day."""
    parts: list[Child] = []
    if view.hourly is not None:
        parts.append(_hourly(view.hourly, theme))
    if view.daily is not None:
        parts.append(_daily(view.daily, theme))
    return parts


def _daily(chart: DailyChart, theme: str) -> Component:
    legend = t("overview.legend" if chart.target else "overview.legend_plain")
    notes = " · ".join(text for text in (axis_note(chart), legend) if text)
    return _chart(t("overview.daily"), findings.daily_finding(chart), daily_figure(chart, theme), notes, "daily")


def _hourly(chart: HourlyChart, theme: str) -> Component:
    numerator, _, denominator = chart.formula.partition(" ÷ ")
    notes = t("overview.hour_legend", denominator=denominator.strip("()"), numerator=numerator.strip("()"))
    return _chart(t("overview.hourly"), findings.hourly_finding(chart), hourly_figure(chart, theme), notes, "hourly")


def _chart(kind: str, finding: str, figure: dict[str, Any], notes: str, name: str) -> Component:
    title = ids.live(f"{name}-finding")
    graph = dcc.Graph(id=ids.live(f"{name}-graph"), figure=figure, config=CONFIG, responsive=True)
    head = html.Figcaption([html.Span(kind, className="eyebrow"), html.H2(finding, id=title)])
    picture = html.Div(graph, className="graph", role="img", **aria(labelledby=title))
    foot = html.P(notes, id=ids.live(f"{name}-notes"), className="note")
    return html.Figure([head, picture, foot], className=f"panel chart chart-{name}")
