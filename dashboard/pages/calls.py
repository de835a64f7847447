"""话务: when it is busy, who waits how long, under which formula."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, State, callback
from dash.development.base_component import Component
from flask import request

from dashboard import charts_calls, ids
from dashboard import theme as themes
from dashboard.ask_calls import GROUPS, build_calls
from dashboard.chart_routes import files_of
from dashboard.components import calls, states
from dashboard.components.parts import opening
from dashboard.data import current
from dashboard.filters import Filters, read_search
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from dashboard.views_calls import PageScope

PAGE = "calls"
PARTS = ("sentence", "figures", "heats", "bars", "groups")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__,
    path="/calls",
    name=t("page.calls"),
    title=t("page.calls"),
    order=6,
    icon="calls",
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
    view = current().view(PAGE, filters, build_calls)
    if not view.has_values:
        return dict.fromkeys(PARTS) | {"sentence": [_empty(view.scope, filters), states.problems(problems)]}
    charts = charts_calls.charts_of(view, filters)
    files = files_of(PAGE, filters.query())
    place = " · ".join(filter(None, (view.scope.centre_name, view.scope.label, view.scope.said)))
    head = opening(place, charts_calls.sentence(view), view.scope.sources)
    return {
        "sentence": [head, states.problems(problems)],
        "figures": calls.figures_panel(t("calls.figures"), view.figures, view.scope, filters),
        "heats": calls.heats(view, charts, files, theme),
        "bars": calls.bars(view, charts, files, theme),
        "groups": calls.tables(("six", *GROUPS), charts, files),
    }


def _empty(scope: PageScope, filters: Filters) -> Component:
    return states.nothing_known(scope.label, scope.period, scope.today, current().last_day(), filters)


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
