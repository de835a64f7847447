"""坐席产能: how much seats handle in a day, how far they differ, by shift and team."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, State, callback
from dash.development.base_component import Component
from flask import request

from dashboard import charts_seats, ids
from dashboard import theme as themes
from dashboard.chart_routes import files_of
from dashboard.components import calls, seats, states
from dashboard.components.parts import opening
from dashboard.data import current
from dashboard.filters import Filters, read_search
from dashboard.seat_pages import seats_view
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t

PAGE = "seats"
PARTS = ("sentence", "figures", "charts", "ranking", "groups", "list")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__,
    path="/seats",
    name=t("page.seats"),
    title=t("page.seats"),
    order=6.5,
    icon="seats",
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
    view = seats_view(current(), filters)
    if not view.has_values:
        scope = view.scope
        empty = states.nothing_known(scope.label, scope.period, scope.today, current().last_day(), filters)
        return dict.fromkeys(PARTS) | {"sentence": [empty if view.told else seats.untold(), states.problems(problems)]}
    charts = charts_seats.charts_of(view, filters)
    files = files_of(PAGE, filters.with_seat("").query())
    place = " · ".join(filter(None, (view.scope.centre_name, view.scope.label, view.scope.said)))
    head = opening(place, charts_seats.sentence(view), view.scope.sources)
    return {
        "sentence": [head, states.problems(problems)],
        "figures": calls.figures_panel(t("seats.figures"), view.figures, view.scope, filters.with_seat("")),
        "charts": seats.charts(view, charts, files, theme),
        "ranking": seats.ranking(view, charts, files, theme),
        "groups": seats.groups(view, charts, files),
        "list": seats.seat_list(view, filters),
    }


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
