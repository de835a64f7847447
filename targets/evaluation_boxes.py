"""绩效自评表 in the standard layout, as boxes: projects, their closing part, and the sources of every figure."""

from __future__ import annotations

from collections.abc import Sequence

from targets.evaluation_model import (
    ASK_TEXT,
    FORM_TEXTS,
    Evaluation,
    EvaluationProject,
    EvaluationRow,
    MoneyLine,
    Trace,
)
from targets.figure_text import day, days
from targets.form_standard import FormRow, levelled, money_box, with_blanks
from targets.grid import Block, Box, Form, Look, Row, head, label, left

WIDTHS = (20.0, 20.0, 29.0, 20.0, 21.0, 17.0, 12.0, 12.0, 29.0)
TRACE_WIDTHS = (9.0, 22.0, 20.0, 35.0, 18.0, 18.0, 21.0, 14.0, 23.0)
TRACE_POINTS = 8.5
_COMPLETION_NOTE = (
    "注：完成率=完成值÷指标值×100%；指标值为“≤”的，达到即为100%，超出时为指标值÷完成值×100%。"
    "“—”表示没有数值，原因写在括号内。"
)
SIGNATURE = "经办人（签字）：              审核人（签字）：              单位（盖章）：              年    月    日"


def evaluation_forms(data: Evaluation) -> tuple[Form, ...]:
    """One form a project; where there are several, one more for the whole unit; last, the sources."""
    several = len(data.projects) > 1
    forms = [_project_form(data, project, several=several) for project in data.projects]
    if several:
        forms.append(_unit_form(data))
    return (*forms, trace_form(data))


def title_of(data: Evaluation) -> str:
    """“项目支出绩效自评表(2026年度上半年)” without the year."""
    return "项目支出绩效自评表"


def _subtitle(data: Evaluation) -> str:
    return f"（{data.sheet.year}年度{data.period_name}）"


def _project_form(data: Evaluation, project: EvaluationProject, *, several: bool) -> Form:
    closing = () if several else (Block((*total_rows(data), *closing_rows(data))),)
    subtotal = (_sum_row("本项目得分小计", project.weight, project.score),) if several else ()
    return Form(
        tab=f"{project.project.no} {project.project.name}" if several else "绩效自评表",
        title=title_of(data),
        subtitle=_subtitle(data),
        widths=WIDTHS,
        above=(f"填报单位（盖章）：{data.sheet.unit}",),
        blocks=(
            Block((*_about(data, project), *_money(project), *_goal(project))),
            Block((*_indicators(project.rows), *subtotal), heads=1),
            *closing,
        ),
        below=() if several else _below(data),
    )


def _unit_form(data: Evaluation) -> Form:
    """The projects with their scores, the total and the closing part."""
    rows: list[Row] = [(head("序号"), head("项目名称", 5), head("权重"), head("得分"), head("说明"))]
    for one in data.projects:
        rows.append((Box(str(one.project.no)), left(one.project.name, 5), Box(one.weight), Box(one.score), left("")))
    return Form(
        tab="汇总",
        title=title_of(data) + "（汇总）",
        subtitle=_subtitle(data),
        widths=WIDTHS,
        above=(f"填报单位（盖章）：{data.sheet.unit}",),
        blocks=(Block(tuple(rows), heads=1), Block((*total_rows(data), *closing_rows(data)))),
        below=_below(data),
    )


def _about(data: Evaluation, project: EvaluationProject) -> tuple[Row, ...]:
    extra = dict(project.project.extra)
    unit = project.project.unit or data.sheet.unit
    return (
        (label("项目名称", 2), left(project.project.name, 7)),
        (label("主管部门", 2), left(extra.get("主管部门", ""), 2), label("实施单位"), left(unit, 4)),
        (label("评价期间", 2), left(days(data.span), 2), label("数据截至"), left(day(data.as_of), 4)),
    )


def _money(project: EvaluationProject) -> tuple[Row, ...]:
    lines = [line for line in project.money if not (line.total and len(project.money) == 2)]
    score = next((line.score for line in project.money if line.total), "")
    top = (
        label(f"项目资金\n（{project.project.money_unit}）", rows=len(lines) + 1),
        head("支出明细", 2),
        head("全年\n预算数"),
        head("半年计划\n执行数"),
        head("实际\n执行数"),
        head("执行率", 2),
        head("得分"),
    )
    return (top, *(_money_row(line, line.score or (score if len(lines) == 1 else "")) for line in lines))


def _money_row(line: MoneyLine, score: str) -> Row:
    name = Box(line.name, 2, look=Look.TOTAL if line.total else Look.LEFT)
    return name, money_box(line.full), money_box(line.half), Box(line.spent), Box(line.rate, 2), Box(score)


def _goal(project: EvaluationProject) -> tuple[Row, ...]:
    return (
        (label("总体\n目标", rows=2), head("预期目标", 3), head("实际完成情况", 5)),
        (left(project.goal, 3), left(project.goal_done, 5, marked=project.goal_asked)),
    )


def _indicators(rows: Sequence[EvaluationRow]) -> tuple[Row, ...]:
    names = ["一级指标", "二级指标", "三级指标", "年初\n指标值", "实际\n完成值", "完成率", "权重", "得分"]
    names.append("偏差原因及\n改进措施")
    found = [FormRow(row.level1, row.level2, _boxes(row)) for row in rows]
    blank = (left(""), *(Box() for _ in range(5)), left(""))
    return (tuple(head(name) for name in names), *levelled(with_blanks(found, blank)))


def _boxes(row: EvaluationRow) -> Row:
    return (
        left(row.name),
        Box(row.target, marked=row.lost),
        Box(row.value),
        Box(row.completion),
        Box(row.weight),
        Box(row.score),
        left(row.reason, marked=row.asked),
    )


def _sum_row(name: str, weight: str, score: str) -> Row:
    return Box(name, 6, look=Look.TOTAL), Box(weight, look=Look.TOTAL), Box(score, look=Look.TOTAL), Box()


def total_rows(data: Evaluation) -> tuple[Row, ...]:
    """Sections, total and grade; what a reader of the total has to know."""
    rows: list[Row] = []
    if data.score is not None:
        for one in data.score.sections:
            score = "—" if one.score is None else f"{one.score:.2f}"
            rows.append(_sum_row(f"{one.name}得分小计", "", score))
    rows.append(
        (Box("自评总分", 3, look=Look.TOTAL), Box(data.total, 2, look=Look.TOTAL), Box("自评等级", look=Look.TOTAL),
         Box(data.grade, 3, look=Look.TOTAL))
    )  # fmt: skip
    notes = [_COMPLETION_NOTE, *data.notes]
    rows.append((left("\n".join(notes), len(WIDTHS)),))
    return tuple(rows)


def closing_rows(data: Evaluation) -> tuple[Row, ...]:
    """自评结论 with the person's texts, and the fields of the department, which stay empty."""
    rows: list[Row] = []
    for number, one in enumerate(FORM_TEXTS):
        text = data.form_text(one.key)
        lead = (label("自评\n结论", rows=len(FORM_TEXTS)),) if number == 0 else ()
        shown = left(text or f"{ASK_TEXT[:-1]}{one.title}】", 7, marked=not text)
        rows.append((*lead, label(one.title), shown))
    rows += [
        (label("主管部门\n审核意见", rows=3), label("审核分数"), Box("", 2), label("核定等级", 2), Box("", 3)),
        (label("审核意见"), Box("", 7, look=Look.LEFT, lines=4)),
        (left("审核人（签字）：                    主管部门（盖章）：                    年    月    日", 8),),
    ]
    return tuple(rows)


def _below(data: Evaluation) -> tuple[str, ...]:
    return (SIGNATURE, f"本表由系统按{day(data.as_of)}的数据生成，取数口径见“数据来源与口径”。")


def trace_rows(traces: Sequence[Trace]) -> tuple[Row, ...]:
    """数据来源与口径: the head and a row for every figure."""
    names = ("序号", "数据", "取值", "口径（公式）", "分子", "分母", "期间", "数据天数", "来源")
    rows: list[Row] = [tuple(head(name) for name in names)]
    for one in traces:
        texts = (one.formula, one.numerator, one.denominator, one.period, one.coverage, one.sources)
        boxes = tuple(left(text) if index in (0, 5) else Box(text) for index, text in enumerate(texts))
        rows.append((Box(str(one.no)), left(one.name), Box(one.shown), *boxes))
    return tuple(rows)


def trace_form(data: Evaluation) -> Form:
    """数据来源与口径 as a form of its own."""
    return Form(
        tab="数据来源与口径",
        title="数据来源与口径",
        subtitle=f"{data.sheet.unit}  {data.sheet.year}年度{data.period_name}",
        widths=TRACE_WIDTHS,
        blocks=(Block(trace_rows(data.traces), heads=1),),
        points=TRACE_POINTS,
    )
