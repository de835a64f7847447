"""口径: every KPI's formulas, measures, versions and who changed them; made from the catalogue itself."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, State, callback, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.ask_catalogue import build_catalogue
from dashboard.components import catalogue
from dashboard.data import current
from dashboard.filters import Filters, read_search
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from dashboard.views_catalogue import CatalogueView

PAGE = "catalogue"
PARTS = ("sentence", "entries", "exclusions")
MOST_WORDS = 40

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/catalogue", name=t("page.catalogue"), title=t("page.catalogue"), order=8, icon="catalogue"
)


def layout(**query: Any) -> Component:
    """The page for an address. ``q``: what is searched for. The search lies beside the parts that are redrawn."""

    def build() -> Component:
        words = str(query.get("q", ""))[:MOST_WORDS]
        made = built(current().filters(query).filters)
        return html.Div([html.Div(catalogue.tools(words), className="page above"), frame(PAGE, made)])

    return safely(build)


def built(filters: Filters) -> Built:
    """The parts of the page, made once for all who look at the same."""
    return current().kept(("page", PAGE, filters), lambda: marked(sections_of(filters)))


def sections_of(filters: Filters) -> Sections:
    """The parts of the page."""
    tz = current().product.tz
    view = current().view(PAGE, filters, lambda scope: build_catalogue(scope, tz))
    return {
        "sentence": html.H1(sentence(view), className="sentence"),
        "entries": catalogue.groups(view, filters),
        "exclusions": catalogue.exclusions(view.exclusions),
    }


def sentence(view: CatalogueView) -> str:
    """How many KPIs there are, and whether any formula was ever changed."""
    changed = [version for entry in view.entries for version in entry.versions]
    counting = sum(not one.revoked for one in view.exclusions)
    key = "catalogue.sentence_changed" if changed else "catalogue.sentence"
    return t(key, n=len(view.entries), changes=len(changed), exclusions=counting)


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None, search: str | None) -> Any:
    """New data or definitions: redraws the parts that differ."""
    return redrawn(lambda: built(current().filters(read_search(search)).filters), seen)
