"""The table of 更正记录: what a later delivery changed in a day that had ended, as KPIs; the measures folded below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.parts import Child, Column, row, table
from dashboard.texts import t
from dashboard.views_restated import GrowthView, RestatedView
from kpi.periods import Period

COLUMNS = (
    Column(t("data.at"), "when"),
    Column(t("data.centre"), "name"),
    Column(t("data.day")),
    Column(t("data.restated_kpis"), "long"),
    Column(t("data.restated_measures"), "long"),
    Column(t("data.run"), "num"),
)

GROWN = (
    Column(t("data.at"), "when"),
    Column(t("data.centre"), "name"),
    Column(t("data.source"), "name"),
    Column(t("data.grown_measure")),
    Column(t("data.day")),
    Column(t("data.grown_days"), "num"),
    Column(t("data.grown_by"), "num"),
    Column(t("data.run"), "num"),
)


def restatements_table(
    items: Sequence[RestatedView], now: datetime, program: str, *, more_exist: bool = False
) -> Component:
    """What changed afterwards, the newest first, one row a centre, day and pull."""
    if not items:
        return html.P(t("data.no_restatements"), className="note")
    rows = [
        row(
            COLUMNS,
            (
                fmt.moment(item.at, now),
                item.centre,
                fmt.day(item.day, now.date()),
                _figures(item),
                _measures(item),
                str(item.run_id or fmt.DASH),
            ),
        )
        for item in items
    ]
    more = html.P(t("data.restated_more", n=len(items), program=program), className="note") if more_exist else None
    return html.Div([table(t("data.restatements"), COLUMNS, rows, "plain-table"), more])


def growth_table(items: Sequence[GrowthView], now: datetime) -> Component | None:
    """What no correction changed but a source that gave days for the first time, folded; None where nothing did."""
    if not items:
        return None
    rows = [
        row(
            GROWN,
            (
                *(fmt.moment(item.at, now), item.centre, item.source, item.measure),
                fmt.period(Period(item.first, item.last), now.date()),
                *(fmt.number(item.days), fmt.more(item.added)),
                str(item.run_id),
            ),
        )
        for item in items
    ]
    return html.Details(
        [
            html.Summary(t("data.grown", n=len(rows))),
            html.P(t("data.grown_note"), className="note"),
            table(t("data.grown_table"), GROWN, rows, "plain-table"),
        ]
    )


def _figures(item: RestatedView) -> Child:
    if not item.figures:
        return html.Span(t("data.restated_none"), className="note")
    lines = [html.Div(f"{f.kpi.name} {fmt.restated(f.old, f.new, f.kpi.unit)}") for f in item.figures]
    return html.Div(lines)


def _measures(item: RestatedView) -> Component:
    lines = [html.Div(f"{m.name} {fmt.reading(m.old)} → {fmt.reading(m.new)}") for m in item.measures]
    return html.Details([html.Summary(t("data.restated_count", n=len(lines))), *lines])
