"""总览: how the centre stands, in a sentence, then the proof."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import request

from dashboard import charts_overview, findings, ids
from dashboard import theme as themes
from dashboard.chart_routes import files_of
from dashboard.components import charts, contract, kpi, live, proof, states
from dashboard.components.parts import opening
from dashboard.data import current
from dashboard.filters import Filters, read_search
from dashboard.pressed import told
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from dashboard.views import Overview

PAGE = "overview"
PARTS = ("sentence", "cards", "contract", "rows", "charts")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__,
    path="/",
    name=t("page.overview"),
    title=t("page.overview"),
    order=1,
    icon="overview",
    filters=True,
    compare=True,
)


def layout(**query: Any) -> Component:
    """The page for an address."""

    def build() -> Component:
        parsed = current().filters(query)
        return frame(PAGE, built(parsed.filters, themes.known(request.cookies.get("theme")), parsed.problems))

    return safely(build)


def built(filters: Filters, theme: str, problems: tuple[str, ...] = ()) -> Built:
    """The parts of the page, made once for all who look at the same."""
    key = ("page", PAGE, filters, theme, problems)
    return current().kept(key, lambda: marked(sections_of(filters, theme, problems)))


def sections_of(filters: Filters, theme: str, problems: tuple[str, ...] = ()) -> Sections:
    """The parts of the page."""
    data = current()
    view = data.overview(filters)
    if not view.has_values:
        return {"sentence": _empty(view, filters), "cards": None, "contract": None, "rows": None, "charts": None}
    return {
        "sentence": [_sentence(view, filters), states.problems(problems), live.alerts_strip(view.alerts, data.now())],
        "cards": kpi.cards(view.headline, view, filters, _drawn(view)),
        "contract": contract.contract_panel(view, filters, _drawn(view)),
        "rows": kpi.rows_panel(view, filters, _drawn(view)),
        "charts": charts.charts(view, charts_overview.charts_of(view, filters), files_of(PAGE, filters.query()), theme),
    }


def _empty(view: Overview, filters: Filters) -> Component:
    last_day = current().last_day()
    if last_day is not None:
        return states.nothing_in_period(view, filters, last_day)
    return states.demo_on_its_way() if current().product.demo else states.first_run(current().product.program)


def _sentence(view: Overview, filters: Filters) -> Component:
    items = (*view.headline, *view.rows)
    hint = next((i.same_hours.hint for i in items if i.same_hours and i.same_hours.hint), "")
    hints = [hint] if hint else [filters.said_comparison(view.today)]
    if view.compared_with and any(i.part for i in items):
        hints.insert(0, t("overview.to_yesterday"))
    place = " · ".join(filter(None, (view.centre_name, view.label, *hints)))
    return opening(place, findings.overview_sentence(view), view.sources)


def _drawn(view: Overview) -> str:
    return view.daily.kpi.code if view.daily else ""


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
    return redrawn(lambda: built(current().filters(read_search(search)).filters, themes.known(theme)), seen)


clientside_callback(
    ClientsideFunction("hotline", "pressed"),
    Output(ids.PROOF_ASKED, "data"),
    Input(ids.provenance(ALL), "n_clicks"),
    prevent_initial_call=True,
)


@callback(
    Output(ids.DRAWER, "visible"),
    Output(ids.DRAWER, "title"),
    Output(ids.DRAWER_BODY, "children"),
    Input(ids.PROOF_ASKED, "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def show_proof(asked: object, search: str | None) -> Any:
    """A click on a figure's ⓘ opens what stands behind it. Raises PreventUpdate where no known KPI is asked for."""
    code = told(asked, "id", "kpi")
    if not isinstance(code, str) or code not in current().product.catalogue.kpis:
        raise PreventUpdate
    return (
        True,
        t("proof.title", name=current().product.catalogue.kpis[code].name),
        safely(lambda: proof_of(code, search)),
    )


def proof_of(code: str, search: str | None) -> Component:
    """The proof of one KPI for an address."""
    data = current()
    return proof.proof_body(data.proof(code, data.filters(read_search(search)).filters), data.now())
