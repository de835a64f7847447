"""中心对比: several centres side by side, fairly, and which differences say anything."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, State, callback
from dash.development.base_component import Component
from flask import request

from dashboard import charts_compare, ids
from dashboard import compare_words as words
from dashboard import theme as themes
from dashboard.chart_routes import files_of
from dashboard.compare_pages import compare_view
from dashboard.components import compare, states
from dashboard.components.parts import Child, opening
from dashboard.data import current
from dashboard.filters import Filters, read_search
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from dashboard.views_compare import CompareView

PAGE = "compare"
PARTS = ("sentence", "tools", "table", "strips", "forests")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/compare", name=t("page.compare"), title=t("page.compare"), order=7.5, icon="compare", filters=True
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
    view = compare_view(current(), filters)
    nothing = dict.fromkeys(PARTS)
    if view.drawn is None:
        tools = compare.tools(view, filters) if len(view.units) > 1 else None
        alone = compare.nothing_to_compare(view, filters, len(current().centres()))
        return nothing | {"sentence": [alone, states.problems(problems)], "tools": tools}
    head = [_head(view), states.problems(problems)]
    if not view.many:
        return nothing | {"sentence": [_empty(view, filters), *head[1:]], "tools": compare.tools(view, filters)}
    charts = charts_compare.charts_of(view, filters)
    files = files_of(PAGE, filters.query())
    return {
        "sentence": head,
        "tools": compare.tools(view, filters),
        "table": compare.standings(view.drawn, view, filters),
        "strips": compare.strips(view, charts, files, theme),
        "forests": compare.forests(view, charts, files, theme),
    }


def _head(view: CompareView) -> Child:
    place = " · ".join((view.scope.centre_name, view.scope.label))
    return opening(place, words.sentence(view), view.scope.sources)


def _empty(view: CompareView, filters: Filters) -> Component:
    scope = view.scope
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
