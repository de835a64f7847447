"""Parts of 指标详情: charts of the way, both periods side by side, the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard.charts_indicator import burnt, even_use, room
from dashboard.components.chart_frame import chart_frame
from dashboard.components.entries import COLUMNS as ENTRY_COLUMNS
from dashboard.components.entries import entry_row
from dashboard.components.parts import Child, Column, badge, figures_panel, panel, row, table
from dashboard.components.review import bound_text
from dashboard.figures.path import PathChart, burn_figure, path_figure
from dashboard.texts import t
from dashboard.views_charts import ChartView
from kpi.catalogue import Catalogue
from kpi.pace_model import Pace
from kpi.sheet import CellKind

if TYPE_CHECKING:
    from dashboard.ask_indicator import IndicatorView
    from targets.what_if_model import WhatIf, WhatIfEnd

PACE_COLUMNS = (
    Column(t("indicator.period"), "name"),
    Column(t("targets.status")),
    Column(t("indicator.target"), "num"),
    Column(t("indicator.value"), "num"),
    Column(t("indicator.expected"), "num"),
    Column(t("indicator.index"), "num"),
    Column(t("indicator.required"), "num"),
    Column(t("indicator.allowance"), "num"),
    Column(t("indicator.projected"), "num"),
    Column(t("indicator.probability"), "num"),
    Column(t("indicator.said"), "long"),
)
BROUGHT_COLUMNS = (
    Column(t("proof.source"), "name"),
    Column(t("proof.when"), "when"),
    Column(t("proof.span"), "when"),
    Column(t("proof.inputs"), "long"),
)
MOST_BROUGHT = 12


def charts(view: IndicatorView, made: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """The path with its fan, and the allowance burning down; nothing where there is no path."""
    lines, figures = view.period, {}
    if "path" in made:
        chart = PathChart(view.detail.row.unit, lines.path, lines.required or lines.plan, lines.fan, _levels(view))
        figures["path"] = path_figure(chart, theme)
    if "burn" in made:
        known = burnt(view)
        days = [day for day, _ in known]
        figures["burn"] = burn_figure(days, [left for _, left in known], even_use(view.due, days), theme)
    return [chart_frame(made[name], figure, files.replace("*", name)) for name, figure in figures.items()]


def _levels(view: IndicatorView) -> tuple[Any, ...]:
    found = []
    for pace, name in ((view.detail.row.half, t("targets.half")), (view.detail.row.full, t("targets.full"))):
        level = pace.target.fraction if pace.target.kind is CellKind.NUMBER else None
        if level is not None and pace.period == view.due.period:
            text = f"{name}目标 {fp.target_text(pace.target)}"
            found.append((pace.period.start, pace.period.end, level, text))
    return tuple(found)


def pace_table(view: IndicatorView) -> Component:
    """Half-year and full year side by side."""
    unit = view.detail.row.unit
    rows = [_pace_row(pace, unit, view) for pace in (view.detail.row.half, view.detail.row.full)]
    return table(t("indicator.pace"), PACE_COLUMNS, rows, "plain-table")


def _pace_row(pace: Pace, unit: str, view: IndicatorView) -> Component:
    bounds = fp.target_bounds(pace)
    projected: list[Child] = [fp.value_text(pace.projected, unit, bounds)]
    if fp.interval(pace, unit):
        projected.append(html.Small(fp.interval(pace, unit)))
    return row(
        PACE_COLUMNS,
        (
            fmt.period(pace.period, view.today),
            badge(pace.status),
            fp.target_text(pace.target),
            [fp.shown(pace, unit).text, html.Small(fp.parts(pace))],
            fp.value_text(pace.expected, unit),
            fmt.DASH if pace.index is None else f"{pace.index:.2f}",
            fp.required(pace, unit) or fmt.DASH,
            room(pace),
            projected,
            fp.chance(pace.probability),
            pace.said,
        ),
        heading=0,
    )


def proof(view: IndicatorView, catalogue: Catalogue, now: datetime, sources: Sequence[str]) -> list[Child]:
    """Formula, forecast, exclusions, sources, entries, findings. ``sources``: what the figures wait for."""
    return [
        figures_panel(t("indicator.formula"), _facts(view, catalogue), sources),
        panel(t("indicator.sources"), _brought(view, now)) if view.detail.brought else None,
        panel(t("indicator.entries"), _entries(view, now)) if view.detail.entries else None,
        _findings(view),
    ]


def _facts(view: IndicatorView, catalogue: Catalogue) -> list[Child]:
    found = view.detail
    lines: list[Child] = [html.P(span.text, className="formula") for span in found.formulas]
    if found.row.binding is not None:
        lines.append(html.P([f"{t('indicator.binding')}:", bound_text(found.row.binding, catalogue)]))
    if view.due.method:
        lines.append(html.P([f"{t('indicator.method')}:", view.due.method]))
    if view.quality is not None and view.quality.coverage is not None:
        share = f"{round(view.quality.coverage * 100)} %"
        lines.append(html.P(t("indicator.quality", n=view.quality.origins, held=view.quality.held, coverage=share)))
    excluding = view.period.excluding
    if excluding is not None and excluding.value is not None:
        lines.append(html.P(t("indicator.excluded", value=fp.value_text(excluding.value, found.row.unit))))
    if found.row.last_year is not None:
        lines.append(html.P(t("indicator.last_year", value=fp.value_text(found.row.last_year, found.row.unit))))
    if found.restated:
        lines.append(html.P(t("proof.restated", n=found.restated), className="note"))
    return lines


def _brought(view: IndicatorView, now: datetime) -> list[Child]:
    rows = [
        row(
            BROUGHT_COLUMNS,
            (
                one.run.source_title or one.run.source,
                t("proof.run", id=one.run.id, at=_moment(one.run.ended_at or one.run.started_at, now)),
                f"{fmt.day(one.first_day, now.date())}–{fmt.day(one.last_day, now.date())}",
                "、".join(str(i.get("name") or i.get("query") or i.get("url") or "") for i in one.run.inputs or ()),
            ),
            heading=0,
        )
        for one in view.detail.brought[:MOST_BROUGHT]
    ]
    left = len(view.detail.brought) - len(rows)
    more = html.P(t("proof.brought_more", n=left), className="note") if left else None
    return [table(t("indicator.sources"), BROUGHT_COLUMNS, rows, "plain-table"), more]


def _moment(at: datetime, now: datetime) -> str:
    return fmt.moment(at.replace(tzinfo=UTC).astimezone(now.tzinfo), now)


def _entries(view: IndicatorView, now: datetime) -> Component:
    name = view.detail.row.indicator.name
    rows = [entry_row(one, name, now, revocable=False) for one in view.detail.entries]
    return table(t("indicator.entries"), ENTRY_COLUMNS, rows, "plain-table")


def _findings(view: IndicatorView) -> Component | None:
    if not view.detail.findings:
        return None
    items = [html.Li([one.message, html.Small(f" {one.proof}")]) for one in view.detail.findings]
    return panel(t("indicator.findings"), html.Ul(items, className="findings"))


def what_if_answer(found: WhatIf) -> Component:
    """Where both periods would end."""

    def line(end: WhatIfEnd, key: str) -> Child:
        if end.value is None:
            return html.P(end.reason) if end.reason else None
        value = fp.value_text(end.value, found.unit)
        return html.P([badge(end.status), " ", t(key, value=value, status=end.status.value), " ", end.said])

    return html.Div(
        [
            line(found.half, "indicator.what_if_half"),
            line(found.full, "indicator.what_if_full"),
            html.Small(found.note),
        ],
        className="answer",
        role="status",
    )
