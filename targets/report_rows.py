"""The parts of the report that come from the sheet: money, score, indicators, deviations."""

from __future__ import annotations

from kpi.sheet import CellKind, Project
from kpi.status import Status
from targets.charts import Bar, progress_bars
from targets.evaluation_model import Evaluation, EvaluationProject, EvaluationRow, MoneyLine
from targets.figure_text import DASH, day
from targets.form_standard import money_box
from targets.grid import Box, Look, Row, head, left
from targets.report_writer import Part, Writer

_BARS = 16
"""The most bars in one picture."""


def note(number: int) -> str:
    """A trace's number as a table writes it."""
    return f"[{number}]" if number else ""


def _heads(*names: str) -> Row:
    return tuple(head(name) for name in names)


def add_money(writer: Writer, data: Evaluation) -> None:
    """收支情况: a sentence and a table for each project."""
    for one in data.projects:
        if not one.project.expenses:
            _say_funds(writer, one.project)
            continue
        total = next(line for line in one.money if line.total)
        unit = one.project.money_unit
        budget = f"全年预算{total.full.shown}{unit}" if total.full.is_number else "全年预算数缺失"
        parts: list[Part] = [f"{one.project.name}：{budget}，截至{day(data.as_of)}"]
        if total.spent == DASH:
            parts.append("支出尚未填报，执行率暂缺。")
        else:
            parts += [f"支出{total.spent}{unit}，预算执行率{total.rate}", total.trace, "。"]
        writer.say(*parts)
    lines = [row for one in data.projects for row in _money_rows(one, several=len(data.projects) > 1)]
    if lines:
        names = _heads("支出明细", "全年\n预算数", "半年计划\n执行数", "实际\n执行数", "执行率", "注")
        writer.table(f"项目支出情况（{_unit(data)}）", (names, *lines), (58.0, 24.0, 24.0, 22.0, 18.0, 10.0))


def _say_funds(writer: Writer, project: Project) -> None:
    """The amounts of a form that has no lines of expenditure, as the sheet states them."""
    amounts = [(fund.name, fund.amount) for fund in project.funds]
    amounts += [("实际支出", cost.amount) for cost in project.costs if cost.kind == "actual"]
    said = [
        f"{name}{amount.number:,f}{amount.unit or project.money_unit}"
        for name, amount in amounts
        if amount.number is not None
    ]
    if said:
        writer.say(f"{project.name}：{'，'.join(said)}（金额取自目标表）。")


def _unit(data: Evaluation) -> str:
    return "、".join(dict.fromkeys(one.project.money_unit for one in data.projects))


def _money_rows(one: EvaluationProject, *, several: bool) -> list[Row]:
    lines = [line for line in one.money if not (line.total and len(one.money) == 2)]
    if not one.project.expenses:
        return []
    top: list[Row] = [(head(f"项目{one.project.no}  {one.project.name}", 6),)] if several else []
    return top + [_money_row(line) for line in lines]


def _money_row(line: MoneyLine) -> Row:
    name = Box(line.name, look=Look.TOTAL if line.total else Look.LEFT)
    return name, money_box(line.full), money_box(line.half), Box(line.spent), Box(line.rate), Box(note(line.trace))


def score_parts(data: Evaluation) -> tuple[str, ...]:
    """The score and grade in words."""
    if data.score is None:
        return ("自评尚未打分。",)
    if data.score.total is None and not data.score.missing:
        return ("本表没有可以计分的行，未打分。",)
    if data.score.total is None:
        return (f"尚缺{data.score.missing}行，暂无自评总分（已有{data.score.partial:.2f}分）。",)
    parts = "、".join(f"{one.name}{one.partial:.2f}分" for one in data.score.sections)
    return (f"{data.period_name}自评总分{data.total}分，等级为“{data.grade}”，其中{parts}。",)


def count_sentence(data: Evaluation) -> str:
    """How many indicators stand where."""
    if not data.counts:
        return ""
    said = "、".join(f"{status.value}{number}项" for status, number in data.counts)
    return f"有指标值的指标共{sum(number for _, number in data.counts)}项，其中{said}。"


def _listed(data: Evaluation) -> list[tuple[EvaluationProject, EvaluationRow]]:
    """Rows with a figure to reach, or with a figure, and whatever is not as it should be."""
    return [
        (one, row)
        for one in data.projects
        for row in one.rows
        if row.pace.target.is_number
        or row.lost
        or row.pace.value is not None
        or (row.status in (Status.MISSED, Status.OUT_OF_REACH) and row.pace.target.kind is not CellKind.BLANK)
    ]


def add_indicators(writer: Writer, data: Evaluation) -> None:
    """Bars of what was reached, and the table of every indicator with a figure."""
    bars = [
        Bar(_named(data, one, row), row.share, row.value, row.target, row.status)
        for one in data.projects
        for row in one.rows
        if row.share is not None
    ]
    for start in range(0, len(bars), _BARS):
        png = progress_bars(bars[start : start + _BARS], "完成值占指标值的比重")
        writer.picture("定量指标完成情况（虚线为指标值）", png)
    listed = _listed(data)
    if not listed:
        writer.say("本期没有定量指标。")
        return
    names = _heads("三级指标", "指标值", "完成值", "完成率", "上年同期", "同比", "状态", "注")
    rows: list[Row] = []
    for number, (one, row) in enumerate(listed):
        if len(data.projects) > 1 and (not number or listed[number - 1][0] is not one):
            rows.append((head(f"项目{one.project.no}  {one.project.name}", 8),))
        rows.append(_indicator_row(row))
    writer.table("定量指标完成情况", (names, *rows), (38.0, 22.0, 24.0, 18.0, 19.0, 20.0, 15.0, 10.0))
    others = sum(len(one.rows) for one in data.projects) - len(listed)
    if others:
        writer.say(f"其余{others}项指标的完成情况见绩效自评表。")


def _named(data: Evaluation, one: EvaluationProject, row: EvaluationRow) -> str:
    """A row's name; where there are several projects, with the number of its own."""
    return f"项目{one.project.no} {row.name}" if len(data.projects) > 1 else row.name


def _indicator_row(row: EvaluationRow) -> Row:
    return (
        left(row.name),
        Box(row.target, marked=row.lost),
        Box(row.value),
        Box(row.completion),
        Box(row.last_year),
        Box(row.change),
        Box(row.status.value),
        Box(note(row.trace)),
    )


def add_deviations(writer: Writer, data: Evaluation) -> None:
    """The indicators that were missed or exceeded by far, each with its reason or the mark that asks for it."""
    found = [(one, row) for one in data.projects for row in one.rows if row.why]
    if not found:
        writer.say("本期没有未达到或大幅偏离指标值的指标。")
        return
    missed = sum(row.status in (Status.MISSED, Status.OUT_OF_REACH) for _, row in found)
    parts = [f"{missed}项未达到指标值"] if missed else []
    parts += [f"{len(found) - missed}项偏离指标值20%以上"] if len(found) > missed else []
    writer.say(f"本期有{'、'.join(parts)}，情况如下。")
    rows: list[Row] = [_heads("三级指标", "指标值", "完成值", "偏差", "原因及改进措施", "注")]
    for one, row in found:
        rows.append(
            (
                left(_named(data, one, row)),
                Box(row.target),
                Box(row.value),
                Box(row.why),
                left(row.reason, marked=row.asked),
                Box(note(row.trace)),
            )
        )
    writer.table("偏差原因", rows, (34.0, 22.0, 22.0, 24.0, 44.0, 10.0))
