"""自评打分 (RULES 6): a form of weighted rows, what is known of each row, and the score that follows.

A form is data: sections with points, rows with a rule. Each row is rounded half-up to two decimals before anything is
summed. A row without a figure has no score, and then the form has no total: ``Score.total`` is None, ``Score.partial``
is the sum of what is there, and a note says how many rows are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from kpi.scoring_json import form_from_json, form_to_json, inputs_from_json, inputs_to_json
from kpi.scoring_json_rules import FormError
from kpi.scoring_model import (
    GRADES,
    Contradiction,
    GradeBand,
    Row,
    RowScore,
    Score,
    ScoreForm,
    Section,
    SectionScore,
    Share,
    weights,
)
from kpi.scoring_rules import (
    Band,
    BandRule,
    CompletionRule,
    DeductionRule,
    Earned,
    GradeRule,
    LinearRule,
    RowInput,
    Rule,
    StepRule,
    VetoRule,
    apply,
    completion,
    half_up,
    round_like,
    shown,
)

__all__ = [
    "GRADES",
    "Band",
    "BandRule",
    "CompletionRule",
    "Contradiction",
    "DeductionRule",
    "FormError",
    "GradeBand",
    "GradeRule",
    "LinearRule",
    "Row",
    "RowInput",
    "RowScore",
    "Rule",
    "Score",
    "ScoreForm",
    "Section",
    "SectionScore",
    "Share",
    "StepRule",
    "VetoRule",
    "contradictions",
    "form_from_json",
    "form_to_json",
    "inputs_from_json",
    "inputs_to_json",
    "score",
    "weights",
]

_MOST_NAMED = 12
"""Rows without a figure that a note names one by one: a sheet may have hundreds."""


def score(form: ScoreForm, inputs: Mapping[str, RowInput]) -> Score:
    """The form scored with these inputs, by row key; also the preview of a form being edited (example inputs)."""
    plain = _plain(form, inputs)
    return replace(plain, notes=tuple(_notes(form, inputs, plain)))


def _plain(form: ScoreForm, inputs: Mapping[str, RowInput]) -> Score:
    by_key = weights(form)
    rows = tuple(_row(no, r, by_key[r.key], inputs.get(r.key, RowInput())) for no, r in enumerate(form.rows, start=1))
    sections = tuple(_section(section, rows) for section in form.sections)
    missing = sum(s.missing for s in sections)
    partial = sum((s.partial for s in sections), Decimal("0.00"))
    taken = sum((r.score or Decimal(0) for r in rows if isinstance(r.row.rule, DeductionRule)), Decimal("0.00"))
    vetoed = any(isinstance(r.row.rule, VetoRule) and inputs.get(r.row.key, RowInput()).vetoed for r in rows)
    total = None if missing or all(r.score is None for r in rows) else partial
    grade = None if total is None else form.grade(total)
    if vetoed:  # a veto needs no total
        grade = next(r.row.rule.grade for r in rows if isinstance(r.row.rule, VetoRule) and inputs[r.row.key].vetoed)
    before = None if total is None else total - taken
    return Score(rows, sections, total, grade, partial, missing, before, vetoed)


def _row(no: int, row: Row, weight: Fraction, given: RowInput) -> RowScore:
    if not row.applies:
        return RowScore(no, row, Decimal("0.00"), None)
    earned: Earned = apply(row.rule, weight, given)
    points = None if earned.points is None else half_up(earned.points)
    done = None if earned.completion is None else half_up(earned.completion)
    return RowScore(no, row, half_up(weight), points, done, earned.proof, earned.missing)


def _section(section: Section, rows: tuple[RowScore, ...]) -> SectionScore:
    mine = [r for r in rows if r.row.section == section.name and r.row.applies]
    missing = sum(r.score is None for r in mine)
    total = sum((r.score for r in mine if r.score is not None), Decimal("0.00"))
    capped = section.cap is not None and total > section.cap
    if section.cap is not None and capped:
        total = section.cap.quantize(Decimal("0.01"))
    return SectionScore(section.name, None if missing else total, total, missing, capped)


def _notes(form: ScoreForm, inputs: Mapping[str, RowInput], plain: Score) -> list[str]:
    notes = []
    full = sum((s.points for s in form.sections), Decimal(0))
    if full not in (0, 100):
        notes.append(f"各部分满分合计 {shown(full)} 分,不是 100 分;等级按 100 分划分,请核对各部分的分值。")
    lacking = [f"第 {r.no} 行“{r.row.name}”({r.missing})" for r in plain.rows if r.missing]
    if not any(r.row.applies for r in plain.rows):
        notes.append("没有一行可以计分,因此没有总分:请核对目标值,或换一份打分表。")
    if lacking:
        named = "、".join(lacking[:_MOST_NAMED]) + ("……" if len(lacking) > _MOST_NAMED else "")
        notes.append(f"尚缺 {len(lacking)} 行,暂无总分(已有 {plain.partial} 分):{named}。")
    notes += [f"“{s.name}”得分超过上限,按上限 {s.partial} 分计。" for s in plain.sections if s.capped]
    if plain.vetoed:
        notes.append(f"发生一票否决,等级直接为“{plain.grade}”,不看总分。")
    return notes + [c.message for c in contradictions(form, inputs, plain)]


def contradictions(
    form: ScoreForm, inputs: Mapping[str, RowInput], scored: Score | None = None
) -> tuple[Contradiction, ...]:
    """Where what a form prints (value, completion, score) is not what its own figures and rules give."""
    plain = scored or _plain(form, inputs)
    given = [(row, inputs[row.row.key]) for row in plain.rows if row.row.applies and row.row.key in inputs]
    return tuple(c for row, known in given for c in _contradictions(form, inputs, plain, row, known))


def _contradictions(
    form: ScoreForm, inputs: Mapping[str, RowInput], plain: Score, scored: RowScore, given: RowInput
) -> Iterator[Contradiction]:
    where, unit, value, printed = f"第 {scored.no} 行“{scored.row.name}”", scored.row.unit, given.value, given.reported
    if value is not None and printed is not None and round_like(value, printed) != printed:
        other = _plain(form, {**inputs, scored.row.key: replace(given, value=printed)})
        basis = f"({given.basis})" if given.basis else ""
        computed = round_like(value, Decimal("0.00"))
        yield Contradiction(
            scored.no,
            f"{where}:表上印的是 {printed}{unit},按本表公式算得 {computed}{unit}{basis},两者矛盾。"
            f"按算得的值{_said(plain, scored.row.key)};按印的值{_said(other, scored.row.key)}。请核实后更正其中一处。",
            f"{given.basis or '算得'} = {computed}{unit} ≠ {printed}{unit}",
        )
    if isinstance(scored.row.rule, CompletionRule) and given.completion is not None and value is not None:
        done = completion(scored.row.rule, given)
        if done is not None and half_up(done) != round_like(given.completion, Decimal("0.00")):
            said = f"{where}:完成率印为 {shown(given.completion)}%,按完成值算得 {half_up(done)}%,取后者。"
            yield Contradiction(scored.no, said, scored.proof)
    if given.reported_score is not None and scored.score is not None and given.reported_score != scored.score:
        said = f"{where}:印的自评分是 {given.reported_score},按规则算得 {scored.score}({scored.proof})。"
        yield Contradiction(scored.no, said, f"{scored.proof} = {scored.score} ≠ {given.reported_score}")


def _said(result: Score, key: str) -> str:
    points = result.row(key).score
    total = "" if result.total is None else f",总分 {result.total}({result.grade})"
    return f"得 {points} 分{total}" if points is not None else "不能计分"
