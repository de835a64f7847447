"""目标表: the sheets there are, and the import of another."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import act_targets as act
from dashboard import ids
from dashboard.components import forms, kit
from dashboard.components import sheets as parts
from dashboard.components.parts import Child, panel
from dashboard.data import current
from dashboard.pressed import pressed
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from targets.presets import PRESETS

PAGE = "sheets"
PARTS = ("sentence", "list")
FORM = "import"

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/sheets", name=t("page.sheets"), title=t("page.sheets"), order=4, icon="sheets"
)


def layout(**_query: Any) -> Component:
    """The page. The form lies beside the parts that are redrawn, so that nothing typed is ever lost."""
    return safely(lambda: html.Div([frame(PAGE, marked(sections_of())), html.Div(_forms(), className="page below")]))


def sections_of() -> Sections:
    """The parts of the page that change with the data."""
    sheets = current().sheets()
    return {
        "sentence": html.H1(parts.list_sentence(sheets), className="sentence"),
        "list": panel(t("sheets.list"), parts.list_table(sheets, {one.code: one.name for one in current().centres()})),
    }


def _forms() -> list[Child]:
    return [panel(t("sheets.import"), _import_form()), panel(t("sheets.preset"), _presets())]


def _import_form() -> list[Child]:
    centres = [("", t("sheets.all_centres")), *((c.code, c.name) for c in current().centres())]
    return [
        html.P(t("sheets.import_hint"), className="note"),
        forms.fields(
            forms.field(t("sheets.code"), kit.text_field(ids.field(FORM, "code"), most=64), t("sheets.code_hint")),
            forms.field(t("sheets.centre"), kit.choice(ids.field(FORM, "centre"), centres, "")),
            forms.field(t("sheets.author"), kit.text_field(ids.field(FORM, "author"), most=40)),
            forms.field(t("sheets.reason"), kit.text_field(ids.field(FORM, "reason"), most=200)),
        ),
        forms.fields(
            html.Div([forms.drop(ids.field(FORM, "file"), t("sheets.file")), _chosen()]),
            forms.field(
                t("sheets.pasted"), kit.text_field(ids.field(FORM, "pasted"), lines=4, most=400_000), "", "wide"
            ),
        ),
        html.Div(
            [
                forms.button(ids.act("import"), t("sheets.do_import"), strong=True),
                html.A(t("sheets.template"), href="/export/template.xlsx", className="button", download=""),
            ],
            className="actions",
        ),
        html.Div(id=ids.answer(FORM)),
    ]


def _chosen() -> Component:
    return html.P(id=ids.field(FORM, "chosen"), className="note")


def _presets() -> list[Child]:
    rows = [
        html.Li([html.Span(title), forms.button(ids.act("preset", code), t("sheets.preset_use"))])
        for code, title in PRESETS.items()
    ]
    return [html.Ul(rows, className="presets"), html.Div(id=ids.answer("preset"))]


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None) -> Any:
    """New data: redraws the parts that differ."""
    return redrawn(lambda: marked(sections_of()), seen)


@callback(
    Output(ids.field(FORM, "chosen"), "children"),
    Input(ids.field(FORM, "file"), "filename"),
    prevent_initial_call=True,
)
def show_name(name: str | None) -> Any:
    """The name of the file chosen."""
    return name or ""


@callback(
    Output(ids.answer(FORM), "children"),
    Output(ids.URL, "href", allow_duplicate=True),
    Input(ids.act("import"), "n_clicks"),
    *(State(ids.field(FORM, name), "value") for name in ("code", "centre", "author", "reason", "pasted")),
    State(ids.field(FORM, "file"), "contents"),
    State(ids.field(FORM, "file"), "filename"),
    prevent_initial_call=True,
)
def do_import(clicks: int | None, *typed: str | None) -> Any:
    """Reads what was chosen or pasted; leads to its review."""
    if not clicks:
        raise PreventUpdate
    code, centre, author, reason, pasted, contents, name = (value or "" for value in typed)
    done = act.import_sheet(current().product, act.SheetForm(code, centre, author, reason, name, contents, pasted))
    return _led(done)


@callback(
    Output(ids.answer("preset"), "children"),
    Output(ids.URL, "href", allow_duplicate=True),
    Input(ids.act("preset", ALL), "n_clicks"),
    State(ids.field(FORM, "centre"), "value"),
    State(ids.field(FORM, "author"), "value"),
    prevent_initial_call=True,
)
def take_preset(clicks: list[int | None], centre: str | None, author: str | None) -> Any:
    """Starts from a packaged sheet."""
    button = pressed()
    return _led(act.use_preset(current().product, str(button["key"]), centre or "", author or ""))


def _led(done: act.Done) -> tuple[Any, Any]:
    there = f"/review?sheet={done.at}" if done.ok else no_update
    return forms.answer(done.text, ok=done.ok, as_is=True), there
