"""绩效自评: the score of a period, the person's texts, the documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dash
from dash import ALL, MATCH, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import act_evaluation as act
from dashboard import ids
from dashboard.act_targets import Done
from dashboard.ask_evaluation import EvaluationView
from dashboard.components import evaluation as parts
from dashboard.components import forms, states
from dashboard.components import scoring_form as rules_form
from dashboard.components import sheets as sheet_parts
from dashboard.components.parts import opening
from dashboard.components.rule_words import rule_text
from dashboard.data import current
from dashboard.filters import read_search
from dashboard.pressed import pressed
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.sheet_sources import sources_of_rows, together
from dashboard.texts import t
from kpi.scoring import FormError

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE = "evaluation"
PARTS = ("sentence", "score", "questions", "rows")
REDRAWN = (
    Output(ids.VERSION, "data", allow_duplicate=True),
    Output(ids.field("rules", "text"), "value", allow_duplicate=True),
    Output(rules_form.TABLE, "children", allow_duplicate=True),
)
"""What follows a change of the scoring rules."""
UNTOUCHED = (no_update, no_update, no_update)

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/evaluation", name=t("page.evaluation"), title=t("page.evaluation"), order=3, icon="evaluation"
)


def layout(**query: Any) -> Component:
    """The page for an address. Texts and rules lie beside the parts that are redrawn: nothing typed is ever lost."""

    def build() -> Component:
        body = [frame(PAGE, marked(sections_of(query)))]
        view = view_of(query)
        if view is not None:
            body.append(html.Div([parts.texts_panel(view), rules_form.rules_panel(view)], className="page below"))
        return html.Div(body)

    return safely(build)


def view_of(query: dict[str, Any]) -> EvaluationView | None:
    """The self-evaluation that an address names."""
    filters = current().target_filters(query)
    return current().evaluation(filters.sheet, str(query.get("period", ""))[:8])


def sections_of(query: dict[str, Any]) -> Sections:
    """The parts of the page."""
    view = view_of(query)
    if view is None:
        return {"sentence": states.no_sheet(), "score": None, "questions": None, "rows": None}
    filters = current().target_filters(query).with_(sheet=view.row.code)
    told = view.judged.progress
    sources = together(sources_of_rows(current(), view.row.code, told.as_of, told.rows))
    return {
        "sentence": opening(
            f"{view.row.unit} · {view.row.year} 年度",
            _sentence(view),
            sources,
            [
                sheet_parts.sheet_links(view.sheets, filters, "/evaluation"),
                parts.period_links(view),
                parts.exports(view),
            ],
        ),
        "score": parts.headline(view, sources),
        "questions": parts.questions(view),
        "rows": parts.rows_panel(view, sources),
    }


def _sentence(view: EvaluationView) -> str:
    score = view.judged.score
    name = t(f"evaluation.period_{view.judged.period}")
    if score.total is None:
        return f"{name}:{parts.without_total(score)}"
    return f"{name}:{t('evaluation.total')} {score.total},{t('evaluation.grade')} {score.grade}"


def place_of(search: str | None) -> act.Place:
    """The self-evaluation that an address names."""
    view = view_of(dict(read_search(search)))
    if view is None:
        raise PreventUpdate
    return act.Place(view.row.code, view.judged.period)


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
    Output(ids.DRAWER, "visible", allow_duplicate=True),
    Output(ids.DRAWER, "title", allow_duplicate=True),
    Output(ids.DRAWER_BODY, "children", allow_duplicate=True),
    Input(ids.act("score-edit", ALL), "n_clicks"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def open_row(clicks: list[int | None], search: str | None) -> Any:
    """The form of one row."""
    view = view_of(dict(read_search(search)))
    button = pressed()
    if view is None:
        raise PreventUpdate
    key = str(button["key"])
    return True, view.judged.score.row(key).row.name, parts.row_form(view, key)


@callback(
    Output(ids.answer("score"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("score-save", ALL), "n_clicks"),
    *(State(ids.field("score", name), "value") for name in (*act.ROW_FIELDS, "author")),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def save_row(clicks: list[int | None], *typed: Any) -> Any:
    """Keeps one row."""
    button = pressed()
    given = {name: str(value or "") for name, value in zip((*act.ROW_FIELDS, "author"), typed[:-1], strict=True)}
    author = given.pop("author")
    key = str(button["key"])
    return told(act.save_row(current().product, place_of(typed[-1]), key, given, author))


@callback(
    Output(ids.answer("texts"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("texts-save"), "n_clicks"),
    State(ids.act("own-text", ALL), "value"),
    State(ids.act("own-text", ALL), "id"),
    State(ids.field("texts", "author"), "value"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def save_texts(
    clicks: int | None, values: list[str | None], fields: list[dict[str, str]], author: str | None, search: str | None
) -> Any:
    """Keeps the person's own texts."""
    if not clicks:
        raise PreventUpdate
    texts = {field["key"]: value or "" for field, value in zip(fields, values, strict=True)}
    return told(act.save_texts(current().product, place_of(search), texts, author or ""))


@callback(
    Output(ids.answer("rules"), "children"),
    *REDRAWN,
    Input(ids.act("rules-preview"), "n_clicks"),
    Input(ids.act("rules-save"), "n_clicks"),
    State(ids.field("rules", "text"), "value"),
    State(ids.field("rules", "author"), "value"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def edit_rules(looked: int | None, saved: int | None, text: str | None, author: str | None, search: str | None) -> Any:
    """Shows what rules would give, or keeps them."""
    button = pressed()
    place, product = place_of(search), current().product
    if button["type"] == ids.act("rules-save")["type"]:
        return redrawn_rules(act.save_rules(product, place, text or "", author or ""), search)
    return previewed(place, lambda _conn: text or "")


@callback(
    Output(ids.answer("scoring"), "children"),
    *REDRAWN,
    Input(ids.act("scoring-preview"), "n_clicks"),
    Input(ids.act("scoring-save"), "n_clicks"),
    State(ids.act("scoring-weight", ALL), "value"),
    State(ids.act("scoring-rule", ALL), "value"),
    State(ids.act("scoring-rule", ALL), "id"),
    State(ids.field("scoring", "author"), "value"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def edit_table(looked: int | None, saved: int | None, *typed: Any) -> Any:
    """Shows what the rules of the table would give, or keeps them."""
    button = pressed()
    weights, rules, fields, author, search = typed
    rows = {
        field["key"]: act.TypedRow(weight or "", rule or "")
        for field, weight, rule in zip(fields, weights, rules, strict=True)
    }
    place, product = place_of(search), current().product
    if button["type"] == ids.act("scoring-save")["type"]:
        return redrawn_rules(act.save_typed(product, place, rows, author or ""), search)
    return previewed(place, lambda conn: act.typed_rules(conn, place, rows))


@callback(
    Output(ids.act("scoring-said", MATCH), "children"),
    Input(ids.act("scoring-rule", MATCH), "debounceValue"),
    State(ids.act("scoring-no", MATCH), "children"),
    State(ids.act("scoring-name", MATCH), "children"),
    prevent_initial_call=True,
)
def say_rule(line: str | None, no: str, name: str) -> Any:
    """What a rule being typed means, or what is wrong with it."""
    try:
        rule = act.read_rule(t("scoring.where", no=no, name=name), line or "")
    except FormError as error:
        return rules_form.told(error.problems[0], ok=False)
    return rules_form.told(rule_text(rule), ok=True)


def previewed(place: act.Place, text_of: Callable[[Connection], str]) -> Any:
    """The answer of a preview; nothing is redrawn."""
    product = current().product
    try:
        with product.engine.connect() as conn:
            score = act.preview(product, conn, place, text_of(conn))
    except FormError as error:
        return forms.answer(";".join(error.problems[:5]), ok=False, as_is=True), *UNTOUCHED
    return forms.answer(act.preview_text(score), ok=True), *UNTOUCHED


def redrawn_rules(done: Done, search: str | None) -> Any:
    """The answer of a save. What was kept shows in both ways to edit: neither may later undo the other unseen."""
    view = view_of(dict(read_search(search))) if done.ok else None
    if view is None:
        return forms.answer(done.text, ok=done.ok, as_is=True), *UNTOUCHED
    return *told(done), rules_form.json_text(view), rules_form.rows_table(view)


def told(done: Done) -> tuple[Any, Any]:
    """The answer, and the new data version where something was written, so that the page follows at once."""
    return forms.answer(done.text, ok=done.ok), current().version() if done.ok else no_update
