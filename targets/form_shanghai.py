"""The form of Shanghai (财政支出项目绩效目标申报表) as boxes: ticked choices, sub-projects, goals, 分解目标."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi.sheet import Project, ProjectType, Sheet
from targets.form_standard import cell_text, money_box, target_box
from targets.grid import Block, Form, Row, head, label, left
from targets.read_html import TICKED, UNTICKED

WIDTHS = (34.0, 56.0, 34.0, 56.0)
GOALS, PARTS = "年度绩效目标", "分解目标"
_TYPES = ("市委市政府已确定的新增项目", "结转项目", "其他一次性项目", "经常性专项业务费", "其他经常性项目")
_USES = ("基本建设工程类", "信息化建设类", "政策补贴类", "政府购买服务", "资产购置类", "其他事业专业类")
_TYPE_OF = {
    ProjectType.NEW: _TYPES[0],
    ProjectType.CARRIED_OVER: _TYPES[1],
    ProjectType.ONE_OFF: _TYPES[2],
    ProjectType.RECURRING: _TYPES[3],
}
_BELOW = ("项目实施计划", "项目总目标", GOALS)
_LAST = "备注"
_COSTS = {"budget_last_year": "同名项目上年预算额", "spent_last_year": "同名项目上年预算执行数"}


def shanghai_forms(sheet: Sheet) -> tuple[Form, ...]:
    """Every project of a sheet as a form."""
    return tuple(_form(sheet, project) for project in sheet.projects)


def _form(sheet: Sheet, project: Project) -> Form:
    return Form(
        tab=f"{project.no} {project.name}" if len(sheet.projects) > 1 else "绩效目标申报表",
        title=sheet.title,
        subtitle=f"（{sheet.year}年）",
        widths=WIDTHS,
        above=(f"申报单位名称：{sheet.unit}",),
        blocks=(
            Block((*_top(project), *_money(project), *_texts(project, _BELOW))),
            Block((*_parts(project), *_texts(project, (_LAST,))), heads=2),
        ),
    )


def _choices(known: Sequence[str], chosen: str) -> str:
    """“甲 ☑ 乙 □”: what may be chosen, with a box behind each."""
    ticked = [word for word in chosen.split("、") if word]
    words = [*known, *(word for word in ticked if word not in known)]
    return " ".join(f"{word} {TICKED if word in ticked else UNTICKED}" for word in words)


def _top(project: Project) -> Iterator[Row]:
    extra = dict(project.extra)
    kind = extra.pop("项目类型", "") or _TYPE_OF.get(project.type, "")
    yield label("项目名称"), left(project.name, 3)
    yield label("项目类型"), left(_choices(_TYPES, kind), 3)
    yield label("资金用途"), left(_choices(_USES, extra.pop("资金用途", "")), 3)
    yield label("开始时间"), left(project.starts), label("结束时间"), left(project.ends)
    for name, text in extra.items():
        yield label(name), left(text, 3)
    for name, text in project.texts:
        if name not in (*_BELOW, _LAST):
            yield label(name), left(text, 3)


def _money(project: Project) -> Iterator[Row]:
    unit = project.money_unit
    pairs = [(fund.name, money_box(fund.amount)) for fund in project.funds]
    pairs += [(_COSTS[cost.kind], money_box(cost.amount)) for cost in project.costs if cost.kind in _COSTS]
    for start in range(0, len(pairs) - 1, 2):
        (first, amount), (second, other) = pairs[start : start + 2]
        yield label(f"{first}（{unit}）"), amount, label(f"{second}（{unit}）"), other
    if len(pairs) % 2:
        yield label(f"{pairs[-1][0]}（{unit}）"), pairs[-1][1], label(""), left("")
    if project.expenses:
        yield (
            label("项目当年投入\n资金构成", rows=len(project.expenses) + 1),
            label("子项目名称", 2),
            label(f"预算金额（{unit}）"),
        )
        for line in project.expenses:
            yield left(line.name, 2), money_box(line.full)


def _texts(project: Project, names: Sequence[str]) -> Iterator[Row]:
    for name in names:
        text = project.text(name)
        if name == GOALS and (goals := [one for one in project.indicators if one.section == GOALS]):
            text = "\n".join(f"{one.name} {cell_text(one.full)}" for one in goals)
        yield label(name), left(text, 3)


def _parts(project: Project) -> tuple[Row, ...]:
    parts = [one for one in project.indicators if one.section != GOALS]
    rows = [(left(one.name, 2), target_box(one.full)) for one in parts]
    listed = _by_content([one.level1 for one in parts], rows)
    return ((head(PARTS, 4),), (head("分解目标内容"), head("绩效指标", 2), head("指标目标值")), *listed)


def _by_content(contents: Sequence[str], rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with their content in a box over all that share it."""
    for index, (content, row) in enumerate(zip(contents, rows, strict=True)):
        if index and contents[index - 1] == content:
            yield row
            continue
        span = 1
        while index + span < len(contents) and contents[index + span] == content:
            span += 1
        yield label(content, rows=span), *row
