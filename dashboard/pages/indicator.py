"""指标详情: one indicator: its way, what it takes, how it was worked out, where its figures come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, Output, State, callback, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import request

from dashboard import charts_indicator, ids
from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.act_targets import percent_or_number
from dashboard.ask_indicator import IndicatorView
from dashboard.chart_routes import files_of
from dashboard.components import forms, indicator, kit, states
from dashboard.components.parts import badge, figure, figures_panel, link, opening, panel
from dashboard.data import current
from dashboard.filters import read_search
from dashboard.format_pace import shown
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.sheet_sources import sources_of_rows, together
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from targets.what_if_model import WhatIf

PAGE = "indicator"
PARTS = ("sentence", "charts", "pace", "proof")
FORM = "what-if"

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/indicator", name=t("page.indicator"), title=t("page.indicator"), order=31
)


def layout(**query: Any) -> Component:
    """The page for an address. The what-if lies beside the parts that are redrawn, so that its answer stays."""

    def build() -> Component:
        filters, key = current().target_filters(query), str(query.get("key", ""))[:16]
        parts = [frame(PAGE, built(filters, key, themes.known(request.cookies.get("theme"))))]
        view = current().indicator(filters, key)
        if view is not None and view.detail.kpi is not None and not view.detail.kpi.is_count:
            parts.append(html.Div(panel(t("indicator.what_if"), _what_if_form()), className="page below"))
        return html.Div(parts)

    return safely(build)


def built(filters: TargetFilters, key: str, theme: str) -> Built:
    """The parts of the page, made once for all who look at the same."""
    return current().kept(("page", PAGE, filters, key, theme), lambda: marked(sections_of(filters, key, theme)))


def sections_of(filters: TargetFilters, key: str, theme: str) -> Sections:
    """The parts of the page."""
    view = current().indicator(filters, key)
    if view is None:
        gone = states.state(t("indicator.unknown"), _back(filters))
        return {"sentence": gone, "charts": None, "pace": None, "proof": None}
    sources = together(sources_of_rows(current(), filters.sheet, view.detail.as_of, [view.detail.row]))
    charts = charts_indicator.charts_of(view, sources, current().filters(dict(filters.place)).filters)
    return {
        "sentence": _sentence(view, filters, sources),
        "charts": indicator.charts(view, charts, files_of(PAGE, filters.query(key=key)), theme),
        "pace": figures_panel(t("indicator.pace"), [indicator.pace_table(view)], sources),
        "proof": indicator.proof(view, current().product.catalogue, current().now(), sources),
    }


def _back(filters: TargetFilters) -> Component:
    there = "/targets" + filters.of_sheet().query()
    return link(t("indicator.back"), there, "button")


def _sentence(view: IndicatorView, filters: TargetFilters, sources: Sequence[str]) -> Component:
    row, due = view.detail.row, view.due
    one = row.indicator
    place = " · ".join(part for part in (row.project_name, one.level1, one.level2) if part)
    said = f"{one.name} {shown(due, row.unit).spoken}" + (f":{due.said}" if due.said else "")
    past = t("targets.past", day=fmt.day(view.detail.as_of, view.today)) if view.detail.as_of < view.today else ""
    more = [
        html.Div([badge(due.status), figure(shown(due, row.unit), "figure figure-big")], className="card-value"),
        html.P(past, className="notice") if past else None,
        html.Div([_back(filters), link(t("indicator.enter"), _entry(view, filters), "button")], className="actions"),
    ]
    return opening(place, said, sources, more)


def _entry(view: IndicatorView, filters: TargetFilters) -> str:
    return "/entries" + filters.of_sheet().with_(as_of=None).query(key=view.detail.row.key)


def _what_if_form() -> list[Component]:
    return [
        forms.fields(
            forms.field(t("indicator.what_if_rate"), kit.text_field(ids.field(FORM, "rate"), most=12)),
            forms.field(t("indicator.what_if_seats"), kit.text_field(ids.field(FORM, "seats"), most=6)),
            html.Div(forms.button(ids.act("what-if"), t("indicator.what_if_go"), strong=True), className="actions"),
        ),
        html.Div(html.P(t("indicator.what_if_none"), className="note"), id=ids.answer(FORM)),
    ]


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    Input(ids.THEME, "data"),
    State(ids.digests(PAGE), "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def refresh(_version: str, theme: str, seen: dict[str, str] | None, search: str | None) -> Any:
    """New data or another theme: redraws the parts that differ."""
    query = read_search(search)
    return redrawn(lambda: built(current().target_filters(query), query.get("key", "")[:16], themes.known(theme)), seen)


@callback(
    Output(ids.answer(FORM), "children"),
    Input(ids.act("what-if"), "n_clicks"),
    State(ids.field(FORM, "rate"), "value"),
    State(ids.field(FORM, "seats"), "value"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def ask_what_if(clicks: int | None, rate: str | None, seats: str | None, search: str | None) -> Any:
    """Where both periods would end."""
    if not clicks:
        raise PreventUpdate
    query = read_search(search)
    filters, key = current().target_filters(query), query.get("key", "")[:16]
    try:
        found = answer_of(filters, key, rate or "", seats or "")
    except (ValueError, KeyError) as error:
        return forms.answer(str(error.args[0]), ok=False)
    return indicator.what_if_answer(found)


def answer_of(filters: TargetFilters, key: str, rate: str, seats: str) -> WhatIf:
    """The what-if of what was typed. Raises ValueError with a Chinese sentence where it can't be answered."""
    view = current().indicator(filters, key)
    unit = view.detail.row.unit if view else ""
    held = percent_or_number(rate, unit, t("indicator.what_if_rate"))
    added = percent_or_number(seats, "", t("indicator.what_if_seats"))
    return current().what_if(filters, key, held, added)
