"""The rows of a self-evaluation: completion, score, and where a person has to say why a target was missed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from kpi.model import Better
from kpi.pace_model import BoundTo, Pace, PaceClass, ProgressRow
from kpi.rounding import exact
from kpi.scoring import RowInput, RowScore, Score
from kpi.scoring_rules import CompletionRule, completion
from kpi.sheet import CellKind
from kpi.status import Operator, Status, meets
from targets.evaluation_entered import as_scored
from targets.evaluation_model import ASK_REASON, EvaluationRow, Origin
from targets.evaluation_traces import Ledger
from targets.figure_text import DASH, change, figure
from targets.form_standard import cell_text

FAR = 0.2
"""How far from its target, relative to it, a figure may lie before a reason is asked for."""
_OVER = (Status.MISSED, Status.OUT_OF_REACH)
_WITHOUT_SCORE = (CellKind.BLANK, CellKind.NONE)
_SCALES = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}


def evaluation_row(
    row: ProgressRow,
    pace: Pace,
    score: Score | None,
    given: RowInput,
    origin: Origin,
    ledger: Ledger,
) -> EvaluationRow:
    """One indicator as the documents print it; its figure is entered in the ledger of traces."""
    unit, scored = shown_unit(row), scored_row(score, row.key)
    pace, by_hand = as_scored(pace, given, target_figure(row, pace), unit)
    origin, shown = by_hand or origin, value_text(row, pace)
    before = row.last_half if pace.period == row.half.period else row.last_year
    why = reason_needed(row, pace)
    reason = "\n".join(text for text in (given.reason.strip(), given.remark.strip()) if text)
    asked = bool(why) and not given.reason.strip()
    if asked:
        reason = f"{ASK_REASON}\n{why}" if not reason else f"{ASK_REASON}\n{why}\n{reason}"
    return EvaluationRow(
        key=row.key,
        level1=row.indicator.level1,
        level2=row.indicator.level2,
        name=row.indicator.name,
        target=cell_text(pace.target),
        value=shown,
        completion=completion_text(row, pace, scored) if given.completion is None else f"{given.completion:.2f}%",
        weight=DASH if scored is None or not scored.row.applies else f"{scored.weight:.2f}",
        score=DASH if scored is None or scored.score is None else f"{scored.score:.2f}",
        reason=reason,
        why=why,
        asked=asked,
        lost=pace.target.kind is CellKind.LOST,
        status=pace.status,
        trace=ledger.of_pace(row, pace, shown, origin, scored.proof if scored is not None else ""),
        last_year=DASH if before is None else figure(before, unit),
        change=change(pace.value, before, unit) or DASH,
        pace=pace,
        row=row,
        share=None if (part := done_part(row, pace)) is None else float(part),
    )


def scored_row(score: Score | None, key: str) -> RowScore | None:
    """The scoring form's row of an indicator, None where it has none."""
    if score is None:
        return None
    return next((one for one in score.rows if one.row.key == key), None)


def shown_unit(row: ProgressRow) -> str:
    """The unit of an indicator's figures: its own, or that of its target."""
    return row.unit or row.indicator.full.unit or row.indicator.half.unit


def target_figure(row: ProgressRow, pace: Pace) -> float | None:
    """The target in the unit of the value: a percentage as a fraction, 3.8 万个 against a KPI as 38,000."""
    cell = pace.target
    if cell.number is None or not cell.is_number:
        return None
    number = float(cell.number)
    if cell.unit in ("%", "‰"):
        return number / (1000 if cell.unit == "‰" else 100)
    if row.binding is None or row.binding.bound_to is not BoundTo.KPI:
        return number
    if row.unit == "%" and not cell.unit:
        return number / 100 if abs(number) > 1 else number
    return number * _SCALES.get(cell.unit[:1], 1.0) if len(cell.unit) > 1 else number


def bounds(row: ProgressRow, pace: Pace) -> tuple[float, ...]:
    """What a shown figure must stay on its side of: its target."""
    target = target_figure(row, pace)
    return () if target is None else (target,)


def value_text(row: ProgressRow, pace: Pace) -> str:
    """The figure reached, or the words of a judgement; “—” with its reason where there is none."""
    if pace.value is not None:
        return figure(pace.value, shown_unit(row), bounds(row, pace))
    if pace.text:
        return pace.text
    return DASH if not (why := no_value(pace)) else f"{DASH}\n（{why}）"


def no_value(pace: Pace) -> str:
    """Why there is no figure: '' where there is one or a judgement in words."""
    if pace.value is not None or pace.text:
        return ""
    if pace.target.kind in _WITHOUT_SCORE:
        return ""
    return pace.detail or (pace.reason.value if pace.reason else pace.status.value)


def done_part(row: ProgressRow, pace: Pace) -> Fraction | None:
    """Figure ÷ target; where less is better 1 as soon as it is met, else target ÷ figure. None without either."""
    target = target_figure(row, pace)
    if pace.value is None or target is None:
        return None
    lower = pace.operator is Operator.AT_MOST or (pace.operator is Operator.EQUAL and target == 0)
    if lower and meets(pace.value, Operator.AT_MOST, target):
        return Fraction(1)
    done = completion(CompletionRule(exact(target), lower), RowInput(value=exact(pace.value)))
    return None if done is None else done / 100


def completion_text(row: ProgressRow, pace: Pace, scored: RowScore | None) -> str:
    """完成率, never rounded onto 100 %. For a judgement the share of its grade, if it was scored."""
    part = done_part(row, pace)
    if part is None:
        return DASH if scored is None or scored.completion is None else f"{scored.completion:.2f}%"
    return figure(Decimal(part.numerator) / Decimal(part.denominator), "%", (1.0,))


def reason_needed(row: ProgressRow, pace: Pace) -> str:
    """Why a reason is asked for, '' where none is: the target was missed, or exceeded by more than a fifth.

    Less than allowed is no deviation where less is better (complaints, waiting, caps).
    """
    if pace.status in _OVER:
        return "未达到指标值" if pace.status is Status.MISSED else "已无法达到指标值"
    target = target_figure(row, pace)
    if pace.value is None or not target:
        return ""
    off = pace.value / target - 1
    if off > FAR and pace.operator is not Operator.AT_MOST and row.better is not Better.LOWER:
        return f"超过指标值 {figure(off, '%', (FAR,))}"
    if off < -FAR and pace.operator is Operator.AT_MOST and not _better_low(row):
        return f"低于指标值 {figure(-off, '%', (FAR,))}"
    return ""


def _better_low(row: ProgressRow) -> bool:
    return row.better is Better.LOWER or (row.binding is not None and row.binding.pace is PaceClass.CAP)


def is_money(row: ProgressRow, reference: str) -> bool:
    """True for an indicator bound to this expenditure line ('' for the whole budget)."""
    binding = row.binding
    return binding is not None and binding.bound_to is BoundTo.MONEY and binding.reference == reference


def inputs_of(inputs: Mapping[str, RowInput], key: str) -> RowInput:
    """What a person put in for a row; nothing where they did not."""
    return inputs.get(key, RowInput())
