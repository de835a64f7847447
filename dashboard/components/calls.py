"""Parts of 话务: figures beside other periods, charts in their frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.chart_frame import chart_frame
from dashboard.components.parts import Child, Column, badge, figure, link, row, table
from dashboard.components.parts import figures_panel as panel_of
from dashboard.figures.bars import versus_figure, waits_figure
from dashboard.figures.daily import daily_figure
from dashboard.figures.week import week_figure
from dashboard.filters import Filters
from dashboard.reference import Kind, nothing_then
from dashboard.texts import t
from dashboard.views_calls import CallsView, Compared, PageScope
from dashboard.views_charts import ChartView
from kpi.model import KpiValue

HEATS = ("heat-volume", "heat-answer", "heat-wait", "heat-abandon")


def heats(view: CallsView, charts: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """The week by hour: volume, answering, waiting, giving up."""
    found = {name: heat for name, heat in zip(HEATS, view.heats, strict=False)}
    return [
        chart_frame(charts[name], week_figure(heat, theme), files.replace("*", name), "chart-week")
        for name, heat in found.items()
    ]


def bars(view: CallsView, charts: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """Waiting times, giving up by day, this year against last, rolling 24 hours."""
    names = [cells[1] for cells in charts["waits"].table.rows]
    figures: dict[str, dict[str, Any]] = {
        "waits": waits_figure(dict(view.waits), list(dict.fromkeys(names)), view.limit, theme),
        "abandoned": daily_figure(view.abandoned, theme),
    }
    if view.versus is not None:
        figures["versus"] = versus_figure(view.versus, view.scope.today, theme)
    figures["rolling"] = daily_figure(view.rolling, theme)
    return [chart_frame(charts[name], made, files.replace("*", name)) for name, made in figures.items()]


def tables(names: Sequence[str], charts: Mapping[str, ChartView], files: str) -> list[Child]:
    """Charts that are tables: a part of their own, for they are redrawn whole and charts with pictures are not."""
    return [chart_frame(charts[name], None, files.replace("*", name), "chart-wide") for name in names]


def figures_panel(title: str, figures: Sequence[Compared], scope: PageScope, filters: Filters) -> Component:
    """KPIs over the period beside what they are compared with: the days chosen and the same period a year before."""
    title = t(f"reference.figures_{scope.against}", what=title)
    with_targets = any(one.target for one in figures)
    with_exclusions = any(one.without for one in figures)
    columns = _columns(scope, targets=with_targets, exclusions=with_exclusions)
    rows = [
        row(columns, _cells(one, scope, filters, targets=with_targets, exclusions=with_exclusions), heading=0)
        for one in figures
    ]
    body: list[Child] = [table(title, columns, rows, "plain-table figures-table")]
    if scope.hint:
        body.append(html.P(scope.hint, className="note"))
    if not with_exclusions:
        body.append(html.P(t("calls.no_exclusions"), className="note"))
    return panel_of(title, body, scope.sources, "figures-panel", fmt.period(scope.period, scope.today))


def _columns(scope: PageScope, *, targets: bool, exclusions: bool) -> list[Column]:
    found = [Column(t("overview.name"), "name"), Column(t("overview.value"), "num")]
    found += [Column(t("overview.target"), "num"), Column(t("overview.status"))] if targets else []
    found += [Column(t("calls.without"), "num")] if exclusions else []
    until = t("calls.until_yesterday") if scope.to_yesterday else ""
    names = [scope.compared_with] if scope.with_chosen else []
    names += [t("calls.to_last_year")] if scope.with_last_year else []
    return [*found, *(Column(name + until, "num") for name in names)]


def _cells(one: Compared, scope: PageScope, filters: Filters, *, targets: bool, exclusions: bool) -> list[Any]:
    unit = one.kpi.unit
    name = link(one.kpi.name, "/" + filters.with_kpi(one.kpi.code).query(), "kpi-name")
    fraction = html.Span(fmt.parts(one.now), className="parts")
    cells: list[Any] = [name, [figure(fmt.figure(one.now, unit, one.target)), fraction]]
    if targets:
        cells += [fmt.target_text(one.target, unit) if one.target else "", badge(one.status)]
    if exclusions:
        cells.append(figure(fmt.figure(one.without, unit, one.target)))
    if scope.with_chosen:
        cells.append(_change(one, one.before, one.reason or scope.obstacle or nothing_then(scope.against, one.before)))
    if scope.with_last_year:
        why = one.reason if one.part is None or not scope.with_chosen else ""
        cells.append(_change(one, one.last_year, why or nothing_then(Kind.LAST_YEAR, one.last_year)))
    return cells


def _change(one: Compared, then: KpiValue | None, why: str) -> Child:
    text = fmt.change(one.held, then, one.kpi.unit)
    if not text or then is None:
        return figure(fmt.Shown(fmt.DASH, reason=why or t("calls.nothing_before")))
    was = fmt.figure(then, one.kpi.unit, one.target).spoken
    return html.Span([html.Span(text), html.Small(t("calls.was", value=was))], className="change-cell")
