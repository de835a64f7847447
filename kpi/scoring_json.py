"""A scoring form and its inputs as plain JSON, and back with every mistake named by row and field (in Chinese).

Decimals are written as text, so that nothing is lost; numbers are taken as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kpi.scoring_json_rules import FormError, Reader, plain, read_rule, rule_to_json
from kpi.scoring_model import GRADES, GradeBand, Row, ScoreForm, Section, Share, weights
from kpi.scoring_rules import BandRule, RowInput, shown


def form_to_json(form: ScoreForm) -> dict[str, Any]:
    """The form as JSON objects; ``form_from_json`` gives an equal form back."""
    return {
        "title": form.title,
        "note": form.note,
        "sections": [plain(s) for s in form.sections],
        "rows": [{**plain(r), "rule": rule_to_json(r.rule)} for r in form.rows],
        "grades": [plain(g) for g in form.grades],
    }


def form_from_json(data: object) -> ScoreForm:
    """The form that was written down. Raises FormError with everything that is wrong, by row and field."""
    problems: list[str] = []
    reader = Reader(data, "打分表", problems)
    reader.known(ScoreForm)
    sections = [_section(d, no, problems) for no, d in enumerate(reader.items("sections", "部分"), start=1)]
    rows = [_row(d, no, problems) for no, d in enumerate(reader.items("rows", "行"), start=1)]
    bands = [_grade(d, no, problems) for no, d in enumerate(reader.items("grades", "等次"), start=1)] or list(GRADES)
    title, note = reader.text("title", "名称"), reader.text("note", "说明")
    form = ScoreForm(title, tuple(sections), tuple(rows), tuple(bands), note)
    if not problems:
        problems += form_problems(form)
    if problems:
        raise FormError(problems)
    return form


def inputs_to_json(inputs: Mapping[str, RowInput]) -> dict[str, Any]:
    """Inputs by row key as JSON objects, without what is not known."""
    return {key: {k: v for k, v in plain(given).items() if v not in (None, "")} for key, given in inputs.items()}


def inputs_from_json(data: object) -> dict[str, RowInput]:
    """Inputs by row key. Raises FormError naming the row and the field that is no number."""
    problems: list[str] = []
    result = {}
    for key, item in (data if isinstance(data, Mapping) else {}).items():
        reader = Reader(item, f"第“{key}”行", problems)
        reader.known(RowInput)
        vetoed = reader.data.get("vetoed")
        result[str(key)] = RowInput(
            value=reader.maybe("value", "完成值"),
            reported=reader.maybe("reported", "表上印的值"),
            grade=reader.text("grade", "等级"),
            completion=reader.maybe("completion", "完成率"),
            deduction=reader.maybe("deduction", "扣分"),
            vetoed=None if vetoed is None else reader.flag("vetoed", "一票否决"),
            reported_score=reader.maybe("reported_score", "表上印的自评分"),
            basis=reader.text("basis", "算法"),
            remark=reader.text("remark", "备注"),
            reason=reader.text("reason", "偏差原因"),
        )
    if problems:
        raise FormError(problems)
    return result


def form_problems(form: ScoreForm) -> list[str]:
    """What contradicts itself in a form: names used twice, unknown sections, weights that don't fit."""
    problems = []
    names = [s.name for s in form.sections]
    problems += [f"部分“{n}”出现了两次,请改名。" for n in sorted({n for n in names if names.count(n) > 1})]
    keys = [r.key for r in form.rows]
    for no, row in enumerate(form.rows, start=1):
        if row.section not in names:
            problems.append(f"第 {no} 行“{row.name}”的“部分”是“{row.section}”,表里没有;可用:{'、'.join(names)}。")
        if keys.index(row.key) != no - 1:
            problems.append(f"第 {no} 行“{row.name}”的“行号(key)”与第 {keys.index(row.key) + 1} 行相同,请改。")
    if not problems:
        problems += _weight_problems(form)
    starts = [g.at_least for g in form.grades]
    if starts != sorted(set(starts), reverse=True):
        problems.append("等次须从高到低排列,分数线不能相同。")
    return problems


def _weight_problems(form: ScoreForm) -> list[str]:
    problems, by_key = [], weights(form)
    for section in form.sections:
        mine = [r for r in form.rows if r.section == section.name]
        total = sum((by_key[r.key] for r in mine), Fraction(0))
        if any(by_key[r.key] < 0 for r in mine):
            problems.append(f"部分“{section.name}”各行的权重合计超过满分 {section.points} 分,请调低权重。")
        elif any(r.applies for r in mine) and total != section.points:
            problems.append(f"部分“{section.name}”各行的权重合计 {shown(total)} 分,不等于满分 {section.points} 分。")
    for no, row in enumerate(form.rows, start=1):
        if isinstance(row.rule, BandRule) and row.applies:
            over = [b for b in row.rule.bands if b.points > by_key[row.key]]
            problems += [f"第 {no} 行“{row.name}”的“区间 {b.text}”得分 {b.points} 高于该行权重。" for b in over]
    return problems


def _section(data: object, no: int, problems: list[str]) -> Section:
    reader = Reader(data, f"第 {no} 部分", problems)
    reader.known(Section)
    share = reader.text("share", "分摊") or Share.ROW.value
    if share not in {s.value for s in Share}:
        reader.wrong("分摊", "应是 row(按行)或 category(按二级指标)。")
        share = Share.ROW.value
    points = reader.number("points", "满分")
    return Section(reader.text("name", "名称", needed=True), points, Share(share), reader.maybe("cap", "上限"))


def _grade(data: object, no: int, problems: list[str]) -> GradeBand:
    reader = Reader(data, f"第 {no} 个等次", problems)
    reader.known(GradeBand)
    return GradeBand(reader.text("name", "名称", needed=True), reader.number("at_least", "分数线"))


def _row(data: object, no: int, problems: list[str]) -> Row:
    name = data.get("name", "") if isinstance(data, Mapping) else ""
    reader = Reader(data, f"第 {no} 行“{name}”" if name else f"第 {no} 行", problems)
    reader.known(Row)
    reader.text("name", "名称", needed=True)
    weight = reader.maybe("weight", "权重")
    if weight is not None and weight < 0:
        reader.wrong("权重", f"不能是负数({weight});要扣分请用“扣分”规则。")
    return Row(
        key=reader.text("key", "行号(key)", needed=True),
        section=reader.text("section", "部分", needed=True),
        name=str(name),
        rule=read_rule(Reader(reader.data.get("rule"), f"{reader.where}的规则", problems)),
        level2=reader.text("level2", "二级指标"),
        weight=weight,
        applies=reader.flag("applies", "适用", True),
        unit=reader.text("unit", "单位"),
        content=reader.text("content", "内容"),
    )
