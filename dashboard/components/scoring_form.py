"""The form that scoring rules are edited in: a table with one line for every row, and the same as JSON for the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import forms, kit
from dashboard.components.parts import Children, Column, aria, data, row, table
from dashboard.components.rule_words import rule_text
from dashboard.texts import t
from kpi.scoring import DeductionRule, RowScore, VetoRule, form_to_json
from kpi.scoring_text import LESSONS, read_line, rule_line

if TYPE_CHECKING:
    from dashboard.ask_evaluation import EvaluationView

TABLE = "scoring-table"
WAIT = 500
"""Milliseconds without typing after which a rule is put into words."""
MOST_SIGNS = 4000


def rules_panel(view: EvaluationView) -> Component:
    """The scoring rules as a form to edit, with a preview; folded below it, the whole as JSON."""
    body = html.Div(
        [
            html.P(t("scoring.hint"), className="note"),
            html.Details([html.Summary(t("scoring.examples")), *_lessons()], className="note"),
            html.Div(rows_table(view), id=TABLE),
            *_signed("scoring"),
            html.Details([html.Summary(t("scoring.advanced")), _json_part(view)], className="rules-whole"),
        ],
        className="stack",
    )
    return html.Details([html.Summary(t("evaluation.rules_edit")), body], className="panel")


def _lessons() -> list[Component]:
    """How rules are written, each line with what it means."""
    return [
        html.Div([html.Code(line, **data(**forms.AS_IS)), " ", rule_text(read_line(line))], className="rule-lesson")
        for line in LESSONS
    ]


def json_text(view: EvaluationView) -> str:
    """The rules in force as JSON to edit."""
    return json.dumps(form_to_json(view.judged.form), ensure_ascii=False, indent=1)


def _json_part(view: EvaluationView) -> Component:
    label = [
        html.Span(t("scoring.advanced"), className="sr-only"),
        kit.text_field(ids.field("rules", "text"), json_text(view), lines=12, most=400_000),
    ]
    parts = [html.P(t("evaluation.rules_hint"), className="note"), html.Label(label, className="rules-text")]
    return html.Div([*parts, *_signed("rules")], className="stack")


def _signed(form: str) -> list[Component]:
    """Author, buttons and answer of one of the two ways to edit."""
    return [
        forms.field(t("sheets.author"), kit.text_field(ids.field(form, "author"), most=40)),
        html.Div(
            [
                forms.button(ids.act(f"{form}-preview"), t("evaluation.rules_preview")),
                forms.button(ids.act(f"{form}-save"), t("evaluation.rules_save"), strong=True),
            ],
            className="actions",
        ),
        html.Div(id=ids.answer(form)),
    ]


def rows_table(view: EvaluationView) -> Component:
    """One line for every row of the form: weight and rule to edit."""
    columns = (
        Column(t("scoring.no"), "num"),
        Column(t("evaluation.row"), "long"),
        Column(t("scoring.section")),
        Column(t("evaluation.weight"), "weight"),
        Column(t("scoring.rule"), "long line"),
    )
    points = {section.name: format(section.points, "f") for section in view.judged.form.sections}
    rows = [row(columns, _cells(one, points[one.row.section]), heading=1) for one in view.judged.score.rows]
    return table(t("evaluation.rules_edit"), columns, rows, "plain-table scoring-table")


def _cells(scored: RowScore, points: str) -> tuple[Children, ...]:
    one = scored.row
    small = [one.level2] if one.level2 else []
    small += [t("scoring.section_points", points=points)]
    name = html.Span(one.name, id=ids.act("scoring-name", one.key))
    return (
        html.Span(str(scored.no), id=ids.act("scoring-no", one.key)),
        [name, None if one.applies else html.Small(t("scoring.not_due"))],
        [one.section, html.Small(" · ".join(small))],
        _labelled(t("scoring.weight_of", name=one.name), _weight(scored)),
        [
            _labelled(
                t("scoring.rule_of", name=one.name),
                kit.text_field(ids.act("scoring-rule", one.key), rule_line(one.rule), most=MOST_SIGNS, wait=WAIT),
            ),
            html.Small(rule_text(one.rule), id=ids.act("scoring-said", one.key), **aria(live="polite")),
        ],
    )


def _weight(scored: RowScore) -> Component:
    one = scored.row
    shared = t("scoring.shared", n=scored.weight)
    if isinstance(one.rule, DeductionRule | VetoRule) or not one.applies:
        shared = t("scoring.no_weight")
    weight = "" if one.weight is None else format(one.weight, "f")
    return kit.text_field(ids.act("scoring-weight", one.key), weight, shared, most=12)


def _labelled(label: str, control: Component) -> Component:
    return html.Label([html.Span(label, className="sr-only"), control])


def told(text: str, *, ok: bool) -> Component:
    """What a rule being typed means, or what is wrong with it."""
    more = {} if ok else data(**forms.AS_IS)
    return html.Span(text, className="" if ok else "error-text", **more)
