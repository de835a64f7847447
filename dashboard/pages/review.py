"""目标表校核: what could not be read for certain beside its source, the bindings, the revisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import act_targets as act
from dashboard import ids
from dashboard.ask_targets import ReviewView
from dashboard.components import forms, kit, review, states
from dashboard.components import sheets as sheet_parts
from dashboard.components.parts import Child, link, panel
from dashboard.data import current
from dashboard.filters import read_search
from dashboard.pressed import pressed
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from kpi.pace_model import BoundTo, PaceClass, Schedule

PAGE = "review"
PARTS = ("sentence", "flags", "bindings", "history")
FORM = "review"

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/review", name=t("page.review"), title=t("page.review"), order=30
)


def layout(**query: Any) -> Component:
    """The page for an address."""
    return safely(lambda: html.Div([frame(PAGE, marked(sections_of(query))), _who()]))


def view_of(query: dict[str, Any]) -> ReviewView | None:
    """The revision that an address names."""
    number = query.get("revision")
    wanted = int(number) if isinstance(number, str) and number.isascii() and number.isdigit() else None
    return current().review(str(query.get("sheet", ""))[:64], wanted)


def sections_of(query: dict[str, Any]) -> Sections:
    """The parts of the page."""
    view = view_of(query)
    if view is None:
        return {"sentence": states.no_sheet(), "flags": None, "bindings": None, "history": None}
    return {
        "sentence": _sentence(view),
        "flags": panel(t("review.flags"), review.flags_table(view)),
        "bindings": panel(t("review.bindings"), _bindings(view)),
        "history": panel(
            t("review.history"),
            sheet_parts.history_table(view.row.code, view.revisions, view.revision, current().today()),
        ),
    }


def _sentence(view: ReviewView) -> Component:
    waiting = sum(flag.resolved_at is None for flag in view.flags)
    parts: list[Child] = [
        html.P(f"{view.row.unit} · {view.row.year} 年度 · {view.row.code}", className="eyebrow"),
        html.H1(f"{view.sheet.title} · {sheet_parts.state_text(view.state)}", className="sentence"),
    ]
    if view.state == "draft":
        text = t("review.activate_open", n=waiting) if waiting else t("review.activate_hint")
        button = forms.button(ids.act("activate"), t("review.activate"), strong=True)
        parts.append(html.Div([html.P(text), button], className="notice"))
    elif waiting:
        parts.append(html.Div(html.P(t("review.not_editable")), className="notice"))
    there = link(t("sheets.progress"), f"/targets?sheet={view.row.code}", "button")
    parts.append(
        html.Div([there, link(t("page.entries"), f"/entries?sheet={view.row.code}", "button")], className="actions")
    )
    return html.Div(parts)


def _bindings(view: ReviewView) -> list[Child]:
    confirm = forms.button(ids.act("confirm-all"), t("review.confirm_all"), strong=True)
    return [
        html.P(t("review.bindings_hint"), className="note"),
        html.Div(confirm, className="actions"),
        review.bindings_table(view, current().product.catalogue),
    ]


def _who() -> Component:
    """Who reviews, and what came of it; outside the parts that are redrawn."""
    return html.Div(
        [
            forms.field(t("sheets.author"), kit.text_field(ids.field(FORM, "author"), most=40)),
            html.Div(id=ids.answer(FORM)),
        ],
        className="panel signing",
    )


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None, search: str | None) -> Any:
    """New data: redraws the parts that differ."""
    return redrawn(lambda: marked(sections_of(dict(read_search(search)))), seen)


@callback(
    Output(ids.answer(FORM), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("activate", ALL), "n_clicks"),
    Input(ids.act("confirm-all", ALL), "n_clicks"),
    Input(ids.act("flag-keep", ALL), "n_clicks"),
    Input(ids.act("flag-set", ALL), "n_clicks"),
    Input(ids.act("bind-one", ALL), "n_clicks"),
    State(ids.act("flag-value", ALL), "value"),
    State(ids.act("flag-value", ALL), "id"),
    State(ids.field(FORM, "author"), "value"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def decide(*given: Any) -> Any:
    """One of the buttons of the review."""
    values, fields, author, search = given[5], given[6], given[7] or "", given[8]
    view = view_of(dict(read_search(search)))
    button = pressed()
    if view is None:
        raise PreventUpdate
    kind, key = str(button["type"]).removeprefix("act-"), str(button["key"])
    typed = {str(field["key"]): value or "" for field, value in zip(fields, values, strict=True)}
    return told(done_by(view, kind, key, author, typed.get(key, "")))


def done_by(view: ReviewView, kind: str, key: str, author: str, typed: str) -> act.Done:
    """What a button of the review does."""
    product, code = current().product, view.row.code
    if kind == "activate":
        return act.put_in_force(product, code, view.revision, author)
    if kind == "confirm-all":
        return act.confirm(product, code, author)
    if kind == "bind-one":
        bound = view.bindings.get(key) or view.proposed.get(key)
        return act.confirm(product, code, author, {key: bound}) if bound else act.refused(t("form.expired"))
    if not key.isdigit():
        return act.refused(t("form.expired"))
    value = typed if kind == "flag-set" else None
    return act.settle_flag(product, code, view.revision, int(key), author=author, value=value)


def told(done: act.Done) -> tuple[Any, Any]:
    """The answer, and the new data version where something was written, so that the page follows at once."""
    return forms.answer(done.text, ok=done.ok, as_is=True), current().version() if done.ok else no_update


@callback(
    Output(ids.DRAWER, "visible", allow_duplicate=True),
    Output(ids.DRAWER, "title", allow_duplicate=True),
    Output(ids.DRAWER_BODY, "children", allow_duplicate=True),
    Input(ids.act("bind-edit", ALL), "n_clicks"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def open_binding(clicks: list[int | None], search: str | None) -> Any:
    """The form of one binding."""
    view = view_of(dict(read_search(search)))
    button = pressed()
    if view is None:
        raise PreventUpdate
    key = str(button["key"])
    name = next((i.name for _, i, own in view.sheet.indicators() if own == key), "")
    return True, name, review.binding_form(view, key, current().product.catalogue)


@callback(
    Output(ids.answer("binding"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("bind-save", ALL), "n_clicks"),
    *(State(ids.field("binding", name), "value") for name in review.BINDING_FIELDS),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def save_binding(clicks: list[int | None], *typed: Any) -> Any:
    """Stores one binding as a person chose it."""
    view = view_of(dict(read_search(typed[-1])))
    button = pressed()
    if view is None:
        raise PreventUpdate
    bound_to, pace, reference, schedule, tolerance, sample, note, author = (value or "" for value in typed[:-1])
    key = str(button["key"])
    known = view.bindings.get(key) or view.proposed.get(key) or review.blank_binding()
    try:
        binding = replace(
            known,
            bound_to=BoundTo(bound_to),
            pace=PaceClass(pace),
            reference=str(reference),
            schedule=Schedule(schedule),
            tolerance=float(tolerance or 0),
            min_sample=int(sample or 0),
            note=str(note),
        )
    except ValueError:
        return told(act.refused(t("form.bad_number", what=f"{tolerance} / {sample}")))
    return told(act.confirm(current().product, view.row.code, str(author), {key: binding}))
