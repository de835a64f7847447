"""Parts of 绩效自评: the score with its rows, what is still to be answered, the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components import forms, kit
from dashboard.components.parts import (
    Child,
    Column,
    aria,
    badge,
    cell_word,
    figures_panel,
    link,
    panel,
    row,
    sourced,
    stale_note,
    table,
)
from dashboard.components.rule_words import rule_text
from dashboard.components.sheets import download, here
from dashboard.texts import t
from kpi.scoring import CompletionRule, DeductionRule, GradeRule, RowScore, Score, VetoRule
from targets.evaluation import FORM_TEXTS, REPORT_TEXTS, EvaluationRow, goal_key

if TYPE_CHECKING:
    from dashboard.ask_evaluation import EvaluationView

COLUMNS = (
    Column(t("evaluation.row"), "name long"),
    Column(t("targets.status"), "status"),
    Column(t("evaluation.target"), "goal"),
    Column(t("evaluation.value"), "num value"),
    Column(t("evaluation.completion"), "num done"),
    Column(t("evaluation.weight"), "num weight"),
    Column(t("evaluation.score"), "num points"),
    Column(t("evaluation.reason"), "long reason"),
    Column(t("review.decide"), "act"),
)
MOST_QUESTIONS = 20


def period_links(view: EvaluationView) -> Component:
    """Half-year and year-end."""
    chips = [
        link(
            t(f"evaluation.period_{period}"),
            f"/evaluation?sheet={view.judged.code}&period={period}",
            "chip",
            **here(period == view.judged.period),
        )
        for period in ("half", "full")
    ]
    return html.Div(chips, className="periods", role="group", **aria(label=t("indicator.period")))


def exports(view: EvaluationView) -> Component:
    """The documents."""
    base = f"/export/evaluation/{view.judged.code}/{view.judged.period}"
    return html.Div(
        [
            download(f"{base}.xlsx", t("evaluation.form_xlsx")),
            download(f"{base}.docx", t("evaluation.form_docx")),
            download(f"{base}/report.docx", t("evaluation.report")),
        ],
        className="actions",
    )


def without_total(score: Score) -> str:
    """Why there is no total."""
    return t("evaluation.incomplete", n=score.missing) if score.missing else t("evaluation.nothing_to_score")


def headline(view: EvaluationView, sources: Sequence[str]) -> Component:
    """Total and grade, or what is missing; the sections. ``sources``: what the figures wait for."""
    score = view.judged.score
    if score.total is None:
        text = without_total(score)
        figure: Child = html.Span(f"{score.partial} …", className="score-total")
    else:
        text = f"{t('evaluation.grade')} {score.grade}"
        figure = html.Span(str(score.total), className="score-total")
    sections = [html.Span(f"{one.name} {one.partial}", className="parts") for one in score.sections]
    notes = [html.P(note) for note in score.notes]
    return html.Div(
        [
            html.Div(
                [html.Span(t("evaluation.total"), className="eyebrow"), figure, html.Span(text)], className="card-value"
            ),
            stale_note(),
            html.Div(sections, className="periods chips"),
            html.Div(notes, className="notice") if notes else None,
        ],
        className="panel",
        **sourced(sources),
    )


def questions(view: EvaluationView) -> Component | None:
    """What only a person can answer."""
    found = view.evaluation.open_questions
    if not found:
        return None
    items = [html.Li(one.message) for one in found[:MOST_QUESTIONS]]
    if len(found) > MOST_QUESTIONS:
        items.append(html.Li(t("evaluation.more", n=len(found) - MOST_QUESTIONS)))
    return panel(t("evaluation.questions"), html.Ul(items, className="findings"))


def rows_panel(view: EvaluationView, sources: Sequence[str]) -> Component:
    """Every row with its score. ``sources``: what the figures wait for."""
    known = {one.key: one for project in view.evaluation.projects for one in project.rows}
    rows = [_row(scored, known.get(scored.row.key)) for scored in view.judged.score.rows if scored.row.applies]
    return figures_panel(
        t("evaluation.rows"), [table(t("evaluation.rows"), COLUMNS, rows, "plain-table score-table")], sources
    )


def _row(scored: RowScore, told: EvaluationRow | None) -> Component:
    done = fmt.DASH if scored.completion is None else f"{scored.completion} %"
    if told is not None:  # as the documents print it
        done = told.completion.replace("%", " %")
    points: list[Child] = [cell_word(t("evaluation.score")), fmt.DASH if scored.score is None else str(scored.score)]
    points.append(html.Small(scored.missing or scored.proof))
    goal, reason = cell_word(t("evaluation.target")), None
    if told is not None and (told.reason or told.asked):
        reason = html.Span(told.reason, className="error-text" if told.asked else "", title=told.why or None)
    return row(
        COLUMNS,
        (
            [scored.row.name, html.Small(" · ".join(part for part in (scored.row.section, scored.row.level2) if part))],
            badge(told.status) if told else None,
            [goal, told.target if told else scored.row.content, html.Small(rule_text(scored.row.rule))],
            [cell_word(t("evaluation.value")), told.value if told else fmt.DASH],
            [cell_word(t("evaluation.completion")), done],
            [cell_word(t("evaluation.weight")), str(scored.weight)],
            points,
            reason,
            forms.button(ids.act("score-edit", scored.row.key), t("evaluation.override")),
        ),
        heading=0,
    )


def row_form(view: EvaluationView, key: str) -> Component:
    """The form of one row, for the drawer: empty fields take the figures of the system."""
    scored = view.judged.score.row(key)
    given = view.judged.stored.inputs.get(key, {})
    rule = scored.row.rule

    def of(name: str) -> str:
        return ids.field("score", name)

    def text(name: str, *, lines: int = 1) -> Component:
        return kit.text_field(of(name), str(given.get(name, "") or ""), lines=lines, most=2000)

    grades = [("", t("evaluation.by_system"))]
    grades += [(name, name) for name, _ in rule.grades] if isinstance(rule, GradeRule) else []
    veto = [("", t("evaluation.by_system")), ("no", t("evaluation.veto_no")), ("yes", t("evaluation.veto_yes"))]
    stored = given.get("vetoed")
    chosen = "" if stored is None else "yes" if stored else "no"
    controls = (
        (t("evaluation.value"), text("value"), not isinstance(rule, GradeRule | DeductionRule | VetoRule)),
        (t("evaluation.completion"), text("completion"), isinstance(rule, CompletionRule | GradeRule)),
        (
            t("evaluation.grade"),
            kit.choice(of("grade"), grades, str(given.get("grade", ""))),
            isinstance(rule, GradeRule),
        ),
        (t("evaluation.deduction"), text("deduction"), isinstance(rule, DeductionRule)),
        (t("evaluation.veto"), kit.choice(of("vetoed"), veto, chosen), isinstance(rule, VetoRule)),
        (t("evaluation.note"), text("remark"), True),
        (t("evaluation.reason"), text("reason", lines=3), True),
        (t("sheets.author"), kit.text_field(of("author"), most=40), True),
    )
    shown = [
        html.Div(forms.field(label, control), className="" if wanted else "sr-only", hidden=not wanted)
        for label, control, wanted in controls
    ]
    save = forms.button(ids.act("score-save", key), t("evaluation.save"), strong=True)
    return html.Div(
        [html.P(rule_text(rule), className="note"), *shown, save, html.Div(id=ids.answer("score"))], className="stack"
    )


def text_keys(view: EvaluationView) -> list[tuple[str, str]]:
    """(key, title) of every text a person writes, in the order of the documents."""
    goals = [(goal_key(p.no), t("evaluation.goal", name=p.name)) for p in view.judged.sheet.projects]
    return [*((one.key, one.title) for one in REPORT_TEXTS), *((one.key, one.title) for one in FORM_TEXTS), *goals]


def texts_panel(view: EvaluationView) -> Component:
    """The person's own texts, kept as they are in the documents."""
    stored = view.judged.stored.texts
    boxes: list[Child] = [
        forms.field(title, kit.text_field(ids.act("own-text", key), stored.get(key, ""), lines=3, most=20_000))
        for key, title in text_keys(view)
    ]
    last: list[Child] = [
        forms.field(t("sheets.author"), kit.text_field(ids.field("texts", "author"), most=40)),
        html.Div(forms.button(ids.act("texts-save"), t("evaluation.save"), strong=True), className="actions"),
        html.Div(id=ids.answer("texts")),
    ]
    return panel(t("evaluation.texts"), html.Div([*boxes, *last], className="stack"))
