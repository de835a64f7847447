"""目标: the sheet as a progress table, as it stands today or stood on any past day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, State, callback, html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.ask_targets import TargetsView
from dashboard.components import progress as parts
from dashboard.components import sheets as sheet_parts
from dashboard.components import states
from dashboard.components.parts import Child, link, opening, panel
from dashboard.data import current
from dashboard.filters import read_search
from dashboard.sections import Built, Sections, frame, marked, outputs, redrawn, safely
from dashboard.sheet_sources import sources_of_view, together
from dashboard.target_filters import TargetFilters
from dashboard.texts import t

PAGE = "targets"
PARTS = ("sentence", "tools", "table", "findings")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/targets", name=t("page.targets"), title=t("page.targets"), order=2, icon="targets"
)


def layout(**query: Any) -> Component:
    """The page for an address."""
    return safely(lambda: frame(PAGE, built(current().target_filters(query))))


def built(filters: TargetFilters) -> Built:
    """The parts of the page, made once for all who look at the same."""
    return current().kept(("page", PAGE, filters), lambda: marked(sections_of(filters)))


def sections_of(filters: TargetFilters) -> Sections:
    """The parts of the page."""
    view = current().targets(filters)
    if view.progress is None or view.row is None:
        return {"sentence": states.no_sheet(), "tools": None, "table": None, "findings": None}
    sources = sources_of_view(current(), view)
    rows = [row for row in view.progress.rows if filters.keeps(row, view.as_of)]
    legend = html.P(t("targets.bar_legend"), className="note")
    empty = html.Div(
        [html.P(t("targets.none_here")), link(t("targets.clear"), "/targets" + filters.of_sheet().query(), "button")]
    )
    return {
        "sentence": _sentence(view, together(sources)),
        "tools": _tools(view, filters),
        "table": [*parts.groups(rows, view.as_of, filters, sources), legend] if rows else [empty],
        "findings": _findings(view),
    }


def _sentence(view: TargetsView, sources: Sequence[str]) -> Component:
    assert view.progress is not None and view.row is not None
    notes: list[Child] = []
    if view.as_of < view.today:
        notes.append(html.P(t("targets.past", day=fmt.day(view.as_of, view.today))))
    if view.row.state == "draft":
        review = link(t("targets.to_review"), f"/review?sheet={view.row.code}")
        notes.append(html.P([t("targets.draft"), " ", review]))
    place = f"{view.row.unit} · {view.row.year} 年度 · {view.progress.title}"
    more = html.Div(notes, className="notice", role="status") if notes else None
    return opening(place, view.progress.sentence, sources, [more])


def _tools(view: TargetsView, filters: TargetFilters) -> Component:
    assert view.progress is not None
    return html.Div(
        [
            sheet_parts.sheet_links(view.sheets, filters, "/targets"),
            sheet_parts.as_of_form(filters, view.today, "/targets"),
            parts.status_chips(view.progress.rows, view.as_of, filters),
            sheet_parts.project_links(view.progress.rows, filters),
            sheet_parts.export_links(filters.sheet),
        ],
        className="toolbar",
    )


def _findings(view: TargetsView) -> Component | None:
    if not view.findings:
        return None
    items = [html.Li([one.message, html.Small(f" {one.proof}")]) for one in view.findings]
    body = [html.P(t("targets.findings_hint"), className="note"), html.Ul(items, className="findings")]
    return panel(t("targets.findings", n=len(view.findings)), body, "findings-panel")


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None, search: str | None) -> Any:
    """New data: redraws the parts that differ."""
    return redrawn(lambda: built(current().target_filters(read_search(search))), seen)
