"""One seat: its days beside its centre's, and where its signed-in time went."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, State, callback
from dash.development.base_component import Component
from flask import request

from dashboard import charts_seat, ids
from dashboard import theme as themes
from dashboard.chart_routes import files_of
from dashboard.components import seats, states
from dashboard.components.parts import Child, link, opening
from dashboard.data import current
from dashboard.filters import Filters, read_search
from dashboard.seat_pages import seat_view, showing
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from kpi.showing import Showing

PAGE = "seat"
PARTS = ("sentence", "figures", "charts")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/seat", name=t("page.seat"), title=t("page.seat"), order=32, filters=True, compare=True
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
    if showing(current()) is not Showing.ON:
        return dict.fromkeys(PARTS) | {"sentence": seats.closed(filters)}
    view = seat_view(current(), filters)
    if view is None:
        return dict.fromkeys(PARTS) | {"sentence": [seats.no_seat(filters), states.problems(problems)]}
    charts = charts_seat.charts_of(view, filters)
    back = link(t("page.seats"), "/seats" + filters.with_seat("").query())
    place: list[Child] = [
        back,
        *(f" · {word}" for word in (view.centre_name, view.scope.label, view.scope.said) if word),
    ]
    head = opening(place, charts_seat.sentence(view), view.scope.sources)
    return {
        "sentence": [head, states.problems(problems)],
        "figures": seats.seat_figures(view),
        "charts": seats.seat_charts(view, charts, files_of(PAGE, filters.query()), theme),
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
