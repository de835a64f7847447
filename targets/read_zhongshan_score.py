"""The scoring part of 中山's self-evaluation form: which rows count, and the weights, values and points that it prints.

The form of 2022 is known (``kpi.score_presets``): a document that has all of its rows is scored by it, with the
document's own weights and target figures. A document with other rows is left to a person; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kpi.score_presets import ZHONGSHAN_2022
from kpi.scoring import (
    BandRule,
    CompletionRule,
    DeductionRule,
    Row,
    RowInput,
    ScoreForm,
    VetoRule,
    form_to_json,
    inputs_to_json,
    weights,
)
from kpi.scoring_rules import completion, half_up
from kpi.sheet import CellKind, FlagKind, Project
from targets.cells import one_line, read_cell
from targets.find_model import squeezed
from targets.find_score import budget_inputs
from targets.read_flags import Flags
from targets.read_lines import Line

_LAST_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?=\D*$)")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_NOTHING_HAPPENED = ("未发生", "没有发生", "无扣分", "不涉及")


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A row of the evaluation table as printed: its cells by head (权重, 指标值, 完成值, 完成率, 自评分 …)."""

    level2: str
    cells: Mapping[str, str]
    line: Line

    def text(self, head: str) -> str:
        """A cell's text, '' where there is none."""
        return one_line(self.cells.get(head, ""))

    def number(self, head: str) -> Decimal | None:
        """A cell's figure, None where it holds none."""
        cell = read_cell(self.cells.get(head))
        return cell.number if cell.is_number else None


def read_scoring(printed: Sequence[ScoredLine], project: Project, title: str, flags: Flags) -> dict[str, Any] | None:
    """What ``Sheet.score_form`` keeps: {"form": …, "inputs": …}. None where it has other rows than the known form."""
    lines = {squeezed(one.level2): one for one in printed}
    known = {squeezed(row.name): row for row in ZHONGSHAN_2022.rows}
    if len(lines) != len(printed) or lines.keys() != known.keys():
        return None
    pairs = [(row, lines[name]) for name, row in known.items()]
    rows = tuple(replace(row, applies=_applies(row, line)) for row, line in pairs)
    form = _as_printed(replace(ZHONGSHAN_2022, title=title or ZHONGSHAN_2022.title, rows=rows), pairs, flags)
    worked_out = budget_inputs(project)
    inputs = {
        row.key: given
        for row, (_, line) in zip(form.rows, pairs, strict=True)
        if row.applies and (given := _input(row, line, worked_out.get(row.key))) is not None
    }
    return {"form": form_to_json(form), "inputs": inputs_to_json(inputs)}


def _applies(row: Row, line: ScoredLine) -> bool:
    kind = read_cell(line.cells.get("指标内容")).kind
    return not isinstance(row.rule, CompletionRule) or kind not in (CellKind.NONE, CellKind.BLANK)


def _as_printed(form: ScoreForm, pairs: Sequence[tuple[Row, ScoredLine]], flags: Flags) -> ScoreForm:
    """The form with the weights and target figures of the document where these are not the form's own."""
    shares = weights(form)
    rows = []
    for row, (_, line) in zip(form.rows, pairs, strict=True):
        rule, weight = row.rule, row.weight
        printed = _LAST_NUMBER.search(line.text("权重"))
        number = Decimal(printed[0]) if printed else None
        target = line.number("指标值")
        if isinstance(rule, DeductionRule) and number:
            rule = DeductionRule(abs(number))
        elif isinstance(rule, CompletionRule) and row.applies and target is not None:
            rule = replace(rule, target=target)
        elif isinstance(rule, BandRule) and not _bounds(rule) <= set(_NUMBERS.findall(line.text("指标值"))):
            said = f"“{row.name}”的评分区间与内置的不同,请在打分规则里核对"
            flags.add(f"1/text/{row.name}", FlagKind.UNSURE, said, line.line)
        if not isinstance(rule, DeductionRule | VetoRule) and row.applies and number is not None:
            weight = row.weight if half_up(shares[row.key]) == number else number
        rows.append(replace(row, rule=rule, weight=weight))
    return replace(form, rows=tuple(rows))


def _bounds(rule: BandRule) -> set[str]:
    """The figures of the bands as they are printed."""
    ends = (end for band in rule.bands for end in (band.low, band.high, band.points) if end is not None)
    return {f"{end.normalize():f}" for end in ends}


def _input(row: Row, line: ScoredLine, worked_out: RowInput | None) -> RowInput | None:
    """What the document prints for a row; None where nothing."""
    score, value = line.number("自评分"), line.number("完成值")
    if isinstance(row.rule, VetoRule):
        fine = any(word in line.text("完成率") + line.text("完成值") for word in _NOTHING_HAPPENED)
        return RowInput(vetoed=False) if fine else None
    if isinstance(row.rule, DeductionRule):
        return None if score is None else RowInput(deduction=abs(score))
    if worked_out is not None and worked_out.value is not None:
        plain = worked_out.value + Decimal("0.00")  # a quotient of 0 is 0E+2 else
        return replace(worked_out, value=plain, reported_score=score)
    if value is None and score is None:
        return None
    given, done = RowInput(value=value, reported_score=score), line.number("完成率")
    if done is None or not isinstance(row.rule, CompletionRule) or _is_done(row.rule, given, done):
        return given
    return replace(given, completion=done)  # kept where it is to be told of: it is not what the figures give


def _is_done(rule: CompletionRule, given: RowInput, printed: Decimal) -> bool:
    worked_out = completion(rule, given)
    return worked_out is not None and half_up(worked_out) == printed
