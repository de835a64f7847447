"""填报: readings entered by hand, with evidence, author and time."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import act_targets as act
from dashboard import ids
from dashboard.act_entries import take_file
from dashboard.components import entries as parts
from dashboard.components import forms, states
from dashboard.components import sheets as sheet_parts
from dashboard.components.parts import panel
from dashboard.data import current
from dashboard.filters import read_search
from dashboard.pressed import pressed
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.target_filters import TargetFilters
from dashboard.texts import t

PAGE = "entries"
PARTS = ("sentence", "list")
FORM = parts.FORM

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/entries", name=t("page.entries"), title=t("page.entries"), order=5, icon="entries"
)


def layout(**query: Any) -> Component:
    """The page for an address. The forms lie beside the parts that are redrawn, so that nothing typed is lost."""

    def build() -> Component:
        filters = current().target_filters(query)
        view = current().entries(filters.sheet)
        body = [frame(PAGE, marked(sections_of(filters)))]
        if view.sheet is not None:
            chosen = str(query.get("key", ""))[:16]
            body.append(html.Div(parts.forms_of(view, chosen), className="page below"))
        return html.Div(body)

    return safely(build)


def sections_of(filters: TargetFilters) -> Sections:
    """The parts of the page that change with the data."""
    view = current().entries(filters.sheet)
    if view.sheet is None or view.row is None:
        return {"sentence": states.no_sheet(), "list": None}
    waiting = parts.waiting(view)
    return {
        "sentence": html.Div(
            [
                html.P(f"{view.row.unit} · {view.row.year} 年度", className="eyebrow"),
                html.H1(parts.sentence(view, waiting), className="sentence"),
                sheet_parts.sheet_links(view.sheets, filters, "/entries"),
            ]
        ),
        "list": panel(t("entries.list"), parts.entries_table(view, current().now())),
    }


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None, search: str | None) -> Any:
    """New data: redraws the parts that differ."""
    return redrawn(lambda: marked(sections_of(current().target_filters(read_search(search)))), seen)


@callback(
    Output(ids.answer(FORM), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("entry-save"), "n_clicks"),
    *(State(ids.field(FORM, name), "value") for name in ("key", "day", "value", "text", "note", "author")),
    State(ids.field(FORM, "files"), "contents"),
    State(ids.field(FORM, "files"), "filename"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def save(clicks: int | None, *typed: Any) -> Any:
    """Stores one reading."""
    if not clicks:
        raise PreventUpdate
    key, day, value, text, note, author = (str(one or "") for one in typed[:6])
    files = tuple(zip(typed[7] or (), typed[6] or (), strict=True))
    filters = current().target_filters(read_search(typed[8]))
    form = act.EntryForm(key, day, value, text, note, author, files)
    return told(act.enter(current().product, filters.sheet, form, current().today()))


@callback(
    Output(ids.field(FORM, "chosen"), "children"),
    Input(ids.field(FORM, "files"), "filename"),
    prevent_initial_call=True,
)
def show_names(names: list[str] | None) -> Any:
    """The names of the evidence chosen."""
    return "、".join(names or ())


@callback(
    Output(ids.answer("entries-file"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.field("entries-file", "file"), "contents"),
    State(ids.field("entries-file", "file"), "filename"),
    State(ids.field(FORM, "author"), "value"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def send_file(contents: str | None, name: str | None, author: str | None, search: str | None) -> Any:
    """Takes the readings of a file; rows that can't be used are named."""
    if not contents:
        raise PreventUpdate
    filters = current().target_filters(read_search(search))
    return told(take_file(current().product, filters.sheet, name or "", contents, author or "", current().today()))


@callback(
    Output(ids.answer("entries-revoke"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("entry-revoke", ALL), "n_clicks"),
    State(ids.field(FORM, "author"), "value"),
    prevent_initial_call=True,
)
def revoke(clicks: list[int | None], author: str | None) -> Any:
    """Takes a reading back."""
    button = pressed()
    return told(act.take_back(current().product, int(button["key"]), author or ""))


def told(done: act.Done) -> tuple[Any, Any]:
    """The answer, and the new data version where something was written, so that the page follows at once."""
    return forms.answer(done.text, ok=done.ok, as_is=True), current().version() if done.ok else no_update
