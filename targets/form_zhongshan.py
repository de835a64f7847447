"""The form of Zhongshan (市级财政支出绩效自评表) as boxes, with what was achieved and the points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kpi.scoring import BandRule, CompletionRule, DeductionRule, VetoRule
from kpi.sheet import BLANK, Cell, Indicator, Project, Sheet
from targets.evaluation_model import ASK_TEXT, FORM_TEXTS, Evaluation, ScoredRow
from targets.figure_text import DASH
from targets.form_standard import cell_text, money_box
from targets.grid import Block, Box, Form, Look, Row, head, label, left

WIDTHS = (17.0, 20.0, 25.0, 16.0, 15.0, 13.0, 31.0, 16.0, 14.0, 13.0)
_ALL = len(WIDTHS)
_GOALS = ("实施周期绩效目标", "年度实施周期目标")
_DONE = "完成情况"
_HEADS = ("一级指标", "二级指标", "指标内容", "权重", "指标值", "完成值", "完成率", "自评分")
_BUDGET = "预算执行过程"
_REVIEW = ("投入产出合理性审核意见", "改进建议", "对下年度预算安排建议")
_GRADE_RULE = "自评绩效等级：分数≥90分为优、80≤分数<90分为良、60≤分数<80分为中、分数<60分为差"


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of 单位自评表 as text."""

    level1: str
    level2: str
    content: str
    weight: str
    target: str
    value: str
    completion: str
    score: str


def zhongshan_forms(sheet: Sheet, data: Evaluation | None = None) -> tuple[Form, ...]:
    """Every project of a sheet as a form; ``data``: with the evaluation of a period filled in."""
    return tuple(_form(sheet, project, data) for project in sheet.projects)


def _form(sheet: Sheet, project: Project, data: Evaluation | None) -> Form:
    texts = dict(project.texts) if data is None else _texts_of(data)
    listed = _sheet_lines(project) if data is None else _scored_lines(data, project)
    return Form(
        tab=f"{project.no} {project.name}" if len(sheet.projects) > 1 else "绩效自评表",
        title=sheet.title,
        annex="附件1-1",
        widths=WIDTHS,
        above=(f"单位名称（盖章）：{sheet.unit}", "填报日期：        年    月    日"),
        blocks=(
            Block(
                ((head("一、项目基本信息", _ALL),), *_about(project), *_money(sheet, project), *_goals(project, data))
            ),
            Block(((head("二、单位自评表", _ALL),), *_table(listed, data)), heads=2),
            Block((*_conclusion(texts, data), *_review())),
        ),
        points=9.0,
    )


def _about(project: Project) -> Iterator[Row]:
    extra = dict(project.extra)
    span = "至".join(text for text in (project.starts, project.ends) if text)
    contact = extra.get("联系人及方式", "")
    yield (
        label("基本情况", rows=2),
        *(label("项目名称"), left(project.name), label("采购金额（元）"), left(extra.get("采购金额(元)", ""))),
        *(label("主管科室"), left(extra.get("主管科室", "")), label("联系人及方式"), left(contact, 2)),
    )
    yield (
        *(label("项目计划起止时间"), left(span), label("主管部门"), left(extra.get("主管部门", ""), 3)),
        *(label("联系人及方式"), left("", 2)),
    )


def _money(sheet: Sheet, project: Project) -> Iterator[Row]:
    funds = {fund.name: fund.amount for fund in project.funds}
    extra = dict(project.extra)
    spent = next((cost.amount for cost in project.costs if cost.kind == "actual"), BLANK)
    first, moved = (_amount(funds.get(name, BLANK)) for name in ("年初预算安排数", "预算调整额"))
    yield (
        *(label("资金构成", rows=2), label("年度"), label("年初预算安排数"), label("预算调整额")),
        *(label("全口径预算调整率", 2), label("实际资金支出额"), label("预算执行率"), label("备注", 2)),
    )
    yield (
        *(Box(f"{sheet.year}年"), first, moved, Box(extra.get("全口径预算调整率", ""), 2), _amount(spent)),
        *(Box(extra.get("预算执行率", "")), left(extra.get("资金备注", ""), 2)),
    )


def _amount(cell: Cell) -> Box:
    """An amount in 元, thousands separated."""
    box = money_box(cell)
    return box if box.number is None else replace(box, text=f"{box.number:,f}")


def _goals(project: Project, data: Evaluation | None) -> Iterator[Row]:
    yield label("总体绩效目标描述", 4), label(_DONE, 4), label("未按期完成原因说明", 2)
    evaluated = next((one for one in data.projects if one.project.no == project.no), None) if data else None
    for name in _GOALS:
        done, asked = project.text(f"{name}{_DONE}"), False
        if evaluated is not None and name == _GOALS[-1]:
            done, asked = evaluated.goal_done, evaluated.goal_asked
        yield left(f"{name}：{project.text(name)}", 4), left(done, 4, marked=asked), left("", 2)


def _sheet_lines(project: Project) -> list[_Line]:
    """The measures as the sheet prints them, several in one cell numbered."""
    found = []
    for (level1, level2, _row), group in groupby(project.indicators, key=lambda one: (one.level1, one.level2, one.row)):
        parts = list(group)
        budget = level2.endswith("率")
        weight = "" if parts[0].weight is None else format(parts[0].weight, "f")
        value = cell_text(parts[0].reported or BLANK) if budget else ""
        found.append(_Line(level1, level2, level2 if budget else _content(parts, {}), weight, "", value, "", ""))
    return found


def _content(parts: Sequence[Indicator], values: Mapping[int, str]) -> str:
    """“1. 名称: 值” for each measure of a cell."""
    texts = [f"{one.name}: {values.get(index) or _reported(one.reported)}" for index, one in enumerate(parts)]
    if len(texts) < 2:
        return "".join(texts)
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))


def _reported(cell: Cell | None) -> str:
    return DASH if cell is None else cell_text(cell)


def _scored_lines(data: Evaluation, project: Project) -> list[_Line]:
    """The rows of the scoring form; the measures of the sheet stand in the row of their second level."""
    found = []
    for one in data.scored_rows:
        row, score = one.scored.row, one.scored
        mine = [(key, i) for key, i in _keyed(data, project) if i.level2 == row.level2 and row.section == i.level1]
        values = {index: _value(data, key) for index, (key, _) in enumerate(mine)}
        measures = "" if row.section == _BUDGET else _content([i for _, i in mine], values)
        content = row.content or measures or (row.name if row.applies else "无")
        done = "" if score.completion is None else f"{score.completion:.2f}%"
        points = "" if not row.applies else DASH if score.score is None else f"{score.score:.2f}"
        weight = f"{score.weight:.2f}" if row.applies and not isinstance(row.rule, DeductionRule | VetoRule) else ""
        found.append(_Line(row.section, row.level2, content, weight, _target(one), _given(one), done, points))
    return found


def _keyed(data: Evaluation, project: Project) -> list[tuple[str, Indicator]]:
    return [(key, indicator) for mine, indicator, key in data.sheet.indicators() if mine.no == project.no]


def _value(data: Evaluation, key: str) -> str:
    """What the data says of a measure; '' where nothing, and the form's own figure stays."""
    row = next((row for one in data.projects for row in one.rows if row.key == key), None)
    return row.value if row is not None and row.pace.value is not None else ""


def _target(one: ScoredRow) -> str:
    rule = one.scored.row.rule
    if isinstance(rule, BandRule):
        return "\n".join(f"{band.text}，得{band.points}分" for band in rule.bands)
    if isinstance(rule, CompletionRule) and rule.target is not None and one.scored.row.applies:
        return format(rule.target, "f")
    if isinstance(rule, DeductionRule):
        return f"至多扣{rule.limit}分"
    return f"一票否决，等级为“{rule.grade}”" if isinstance(rule, VetoRule) else ""


def _given(one: ScoredRow) -> str:
    return "\n".join(text for text in (one.value, one.reason, one.remark) if text)


def _table(lines: Sequence[_Line], data: Evaluation | None) -> Iterator[Row]:
    yield tuple(head(name, 3 if name == "指标内容" else 1) for name in _HEADS)
    for level1, group in groupby(lines, key=lambda line: line.level1):
        rows = list(group)
        for index, line in enumerate(rows):
            lead = (label(level1, rows=len(rows)),) if index == 0 else ()
            texts = (line.weight, line.target, line.value, line.completion, line.score)
            yield *lead, label(line.level2), left(line.content, 3), *(Box(text) for text in texts)
        subtotal = "" if data is None else _subtotal(data, level1)
        yield Box(f"{level1}得分小计", _ALL - 1, look=Look.TOTAL), Box(subtotal, look=Look.TOTAL)
    total, grade = ("", "") if data is None else (data.total, data.grade)
    yield (
        Box("自评分数合计", 4, look=Look.TOTAL),
        *(Box("自评总分", 2, look=Look.TOTAL), Box(total, look=Look.TOTAL)),
        Box(f"自评绩效等级：{grade}", 3, look=Look.TOTAL),
    )
    yield (left("\n".join([_GRADE_RULE, *(data.notes if data is not None else ())]), _ALL),)


def _subtotal(data: Evaluation, section: str) -> str:
    one = next((one for one in data.score.sections if one.name == section), None) if data.score else None
    return DASH if one is None or one.score is None else f"{one.score:.2f}"


def _texts_of(data: Evaluation) -> dict[str, str]:
    return {one.title: data.form_text(one.key) for one in FORM_TEXTS}


def _conclusion(texts: Mapping[str, str], data: Evaluation | None) -> Iterator[Row]:
    for number, one in enumerate(FORM_TEXTS):
        text = texts.get(one.title, "")
        asked = data is not None and not text
        lead = (label("自评结论", rows=len(FORM_TEXTS)),) if number == 0 else ()
        shown = f"{ASK_TEXT[:-1]}{one.title}】" if asked else text
        yield *lead, label(one.title), left(shown, _ALL - 2, marked=asked)


def _review() -> Iterator[Row]:
    """三、主管部门审核情况: empty, for people."""
    yield (head("三、主管部门审核情况", _ALL),)
    lead = (label("主管部门\n审核意见", rows=len(_REVIEW) + 1),)
    yield *lead, label("审核分数"), Box("", 3), label("核定等级", 2), Box("", 3)
    for name in _REVIEW:
        yield label(name), Box("", _ALL - 2, look=Look.LEFT, lines=3)
