"""What a person does on 绩效自评: one row's figures and reasons, the texts, the scoring rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from dashboard.act_targets import Done, refused
from dashboard.product import ProductLike
from dashboard.texts import t
from db.definitions import load_calendar
from db.engine import write
from db.errors import StoreError
from db.evaluations import StoredEvaluation, load_evaluation, save_evaluation
from db.sheets import load_sheet
from kpi.scoring import FormError, Row, Rule, Score, form_from_json, form_to_json, inputs_from_json
from kpi.scoring_text import RuleTextError, line_problems, read_figure, read_line, rule_line

NUMBERS = ("value", "completion", "deduction")
WORDS = ("grade", "remark", "reason")
ROW_FIELDS = (*NUMBERS, *WORDS, "vetoed")


@dataclass(frozen=True, slots=True)
class Place:
    """Which self-evaluation: a sheet's code and the period (half or full)."""

    sheet: str
    period: str


def _changed(
    product: ProductLike, place: Place, author: str, change: Callable[[StoredEvaluation], StoredEvaluation]
) -> Done:
    """Stores what ``change`` makes of what is stored."""
    if not author.strip():
        return refused(t("form.need_author"))
    try:
        with write(product.engine) as conn:
            new = change(load_evaluation(conn, place.sheet, place.period))
            inputs_from_json(new.inputs)
            if new.form is not None:
                form_from_json(new.form)
            save_evaluation(
                conn,
                place.sheet,
                place.period,
                form=new.form,
                inputs=new.inputs,
                texts=new.texts,
                author=author.strip(),
                now=product.clock(),
            )
    except FormError as error:
        return refused(";".join(error.problems[:5]))
    except (StoreError, ValueError) as error:
        return refused(error)
    return Done(True, t("form.done"), place.sheet)


def save_row(product: ProductLike, place: Place, key: str, typed: Mapping[str, str], author: str) -> Done:
    """Keeps what a person put in for one row; a field left empty takes the figure of the system again."""
    given = {name: value.strip() for name, value in typed.items() if name in ROW_FIELDS and value.strip()}
    row: dict[str, Any] = {name: text.replace(",", "") if name in NUMBERS else text for name, text in given.items()}
    if "vetoed" in row:
        row["vetoed"] = row["vetoed"] == "yes"

    def change(stored: StoredEvaluation) -> StoredEvaluation:
        inputs = dict(stored.inputs)
        inputs[key] = row
        if not row:
            del inputs[key]
        return replace(stored, inputs=inputs)

    return _changed(product, place, author, change)


def save_texts(product: ProductLike, place: Place, texts: Mapping[str, str], author: str) -> Done:
    """Keeps the person's own texts."""

    def change(stored: StoredEvaluation) -> StoredEvaluation:
        merged = {**stored.texts, **{key: text.strip() for key, text in texts.items()}}
        return replace(stored, texts={key: text for key, text in merged.items() if text})

    return _changed(product, place, author, change)


def read_rules(text: str) -> dict[str, Any] | None:
    """Rules as typed; None for an empty text (the preset rules). Raises FormError."""
    if not text.strip():
        return None
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormError([t("evaluation.rules_bad", line=error.lineno, column=error.colno)]) from None
    form_from_json(data)
    found: dict[str, Any] = data
    return found


def save_rules(product: ProductLike, place: Place, text: str, author: str) -> Done:
    """Keeps the scoring rules as edited, or goes back to the preset ones."""
    try:
        form = read_rules(text)
    except FormError as error:
        return refused(";".join(error.problems[:5]))
    return _changed(product, place, author, lambda stored: replace(stored, form=form))


@dataclass(frozen=True, slots=True)
class TypedRow:
    """What a person typed for one row of the form: nothing for a weight that is shared."""

    weight: str
    rule: str


def read_rule(where: str, line: str) -> Rule:
    """A rule as typed. Raises FormError naming the row, what is wrong and, where it can't be read, an example."""
    try:
        rule = read_line(line)
    except RuleTextError as error:
        said = t(f"scoring.bad_{error.trouble}", where=where, part=error.part)
        raise FormError([t("scoring.example", said=said, example=error.example)]) from None
    if problems := line_problems(rule, where):
        raise FormError(list(problems))
    return rule


def typed_rules(conn: Connection, place: Place, typed: Mapping[str, TypedRow]) -> str:
    """The rules in force with what a person typed in the table, by row key, as JSON. Raises FormError."""
    from targets.score_inputs import score_form  # late: forecasts take a moment to load

    form = score_form(load_sheet(conn, place.sheet), load_evaluation(conn, place.sheet, place.period), place.period)
    if {row.key for row in form.rows} != set(typed):
        raise FormError([t("scoring.changed")])
    problems: list[str] = []
    rows = [_typed_row(no, row, typed[row.key], problems) for no, row in enumerate(form.rows, start=1)]
    if problems:
        raise FormError(problems)
    return json.dumps(form_to_json(replace(form, rows=tuple(rows))), ensure_ascii=False, indent=1)


def _typed_row(no: int, row: Row, typed: TypedRow, problems: list[str]) -> Row:
    where, text, weight = t("scoring.where", no=no, name=row.name), typed.weight.strip(), row.weight
    if text != ("" if weight is None else format(weight, "f")):
        try:
            weight = read_figure(text) if text else None
        except ValueError:
            problems.append(t("scoring.bad_weight", where=where, typed=text, example="13.33"))
    if typed.rule.strip() == rule_line(row.rule).strip():  # untouched: kept to the last detail
        return replace(row, weight=weight)
    try:
        return replace(row, weight=weight, rule=read_rule(where, typed.rule))
    except FormError as error:
        problems += error.problems
        return row


def save_typed(product: ProductLike, place: Place, typed: Mapping[str, TypedRow], author: str) -> Done:
    """Keeps the scoring rules as typed in the table."""
    try:
        with product.engine.connect() as conn:
            text = typed_rules(conn, place, typed)
    except FormError as error:
        return refused(";".join(error.problems[:5]))
    return save_rules(product, place, text, author)


MOST_NOTES = 3


def preview(product: ProductLike, conn: Connection, place: Place, text: str) -> Score:
    """The score under rules being edited. Raises FormError."""
    from targets.self_evaluation import judge  # late: forecasts take a moment to load

    stored = replace(load_evaluation(conn, place.sheet, place.period), form=read_rules(text))
    judged = judge(
        conn,
        product.catalogue,
        place.sheet,
        place.period,
        today=product.clock().astimezone(product.tz).date(),
        calendar=load_calendar(conn),
        tz=product.tz,
        min_sample=product.settings.min_sample,
        stored=stored,
    )
    return judged.score


def preview_text(score: Score) -> str:
    """The total that rules would give, and what the rules themselves give cause to say (sections that don't add up to
    100, rows that are lacking)."""
    total = f"{score.total} {score.grade}" if score.total is not None else ""
    if score.missing:
        total = t("evaluation.incomplete", n=score.missing)
    said = t("evaluation.preview_total", total=total) if total else ""
    return " ".join(part for part in (said, *score.notes[:MOST_NOTES]) if part)
