"""The standard form (项目预算绩效目标申报表) as boxes: one project a form, in the layout the districts print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kpi.sheet import BLANK, Cell, CellKind, ExpenseLine, FundLine, Indicator, Project, ProjectType, Sheet
from targets.grid import Block, Box, Form, Row, head, label, left
from targets.read_costs import read_costs

WIDTHS = (23.0, 20.0, 25.0, 46.0, 33.0, 33.0)
COLUMNS = len(WIDTHS)
SHAPE = {
    "效益指标": ("经济效益", "社会效益", "生态效益", "可持续影响"),
    "满意度指标": ("服务对象满意度",),
}
"""The second levels that the form prints even where nothing is filled in."""
_COSTS = {
    "actual": "{year}年度实际产生费用{amount}",
    "expected": "{year}年度预计产生费用{amount}",
    "ceiling_year": "项目预算{amount}/年",
    "ceiling_total": "多年总预算合计{amount}（最高限价）",
}
_PAIRED = ("主管部门", "项目级次")
"""Short fields of the form that stand beside 项目名称 and 项目类型."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the list of indicators: its levels and the boxes that follow them."""

    level1: str
    level2: str
    boxes: Row


def standard_forms(sheet: Sheet) -> tuple[Form, ...]:
    """Every project of a sheet as a form."""
    return tuple(
        Form(
            tab=f"{project.no} {project.name}" if len(sheet.projects) > 1 else "绩效目标申报表",
            title=sheet.title,
            subtitle=f"{sheet.year} 年度",
            widths=WIDTHS,
            blocks=(Block(_project_rows(project)), Block(_indicator_rows(project.indicators), heads=1)),
        )
        for project in sheet.projects
    )


def cell_text(cell: Cell) -> str:
    """A cell as the form prints it, a remark behind the figure included: “≥88%(年)”, “〔缺失〕”."""
    return cell.shown if cell.kind is CellKind.LOST else cell.text or cell.shown


def target_box(cell: Cell, columns: int = 1) -> Box:
    """A target or text cell as the form prints it; a lost one marked."""
    return Box(cell_text(cell), columns, marked=cell.kind is CellKind.LOST)


def money_box(cell: Cell, columns: int = 1) -> Box:
    """An amount: a number in a workbook, its text elsewhere."""
    plain = cell.is_number and cell.operator is None and not cell.unit
    return Box(
        cell_text(cell),
        columns,
        marked=cell.kind is CellKind.LOST,
        number=cell.number if plain else None,
    )


def levelled(rows: Sequence[FormRow], level2_columns: int = 1) -> tuple[Row, ...]:
    """The rows with their first and second level in boxes that span the rows of the same name."""
    found: list[Row] = []
    for level1, outer in groupby(rows, key=lambda row: row.level1):
        first = list(outer)
        lead: Row = (label(level1, rows=len(first)),)
        for level2, inner in groupby(first, key=lambda row: row.level2):
            second = list(inner)
            lead = (*lead, label(level2, columns=level2_columns, rows=len(second)))
            for row in second:
                found.append((*lead, *row.boxes))
                lead = ()
    return tuple(found)


def with_blanks(rows: Sequence[FormRow], blank: Row) -> list[FormRow]:
    """The rows with the second levels that the form prints without any indicator."""
    found = list(rows)
    for level1, names in SHAPE.items():
        mine = [row for row in found if row.level1 == level1]
        have = {_plain(row.level2) for row in mine}
        missing = [FormRow(level1, name, blank) for name in names if _plain(name) not in have]
        if missing:
            at = found.index(mine[0]) if mine else len(found)
            found = [row for row in found if row.level1 != level1]
            found[at:at] = sorted([*mine, *missing], key=lambda row, names=names: _rank(row, names))  # type: ignore[misc]
    return found


def _plain(level2: str) -> str:
    return "".join(level2.split()).removesuffix("指标")


def _rank(row: FormRow, names: Sequence[str]) -> int:
    order = [_plain(name) for name in names]
    return order.index(_plain(row.level2)) if _plain(row.level2) in order else len(order)


def indicator_head() -> Row:
    """The head of the list of indicators."""
    values = head("半年(程)\n指标值"), head("全年(程)\n指标值")
    return head("一级指标"), head("二级指标", 2), head("三级指标"), *values


def spending_head() -> Row:
    """The head of 支出, without the box at its left."""
    return label("项目支出明细", 2), label("半年(程)\n计划执行数"), label("全年(程)\n预算数")


def _indicator_rows(indicators: Sequence[Indicator]) -> tuple[Row, ...]:
    rows = [
        FormRow(one.level1, one.level2, (left(one.name), target_box(one.half), target_box(one.full)))
        for one in indicators
    ]
    blank = (left(""), Box(), Box())
    return (indicator_head(), *levelled(with_blanks(rows, blank), level2_columns=2))


def _project_rows(project: Project) -> tuple[Row, ...]:
    """What stands above the list of indicators."""
    beside = _stands_beside(project)
    texts = [(name, text) for name, text in project.texts if not (beside and _is_goal(name))]
    goals = [(name, text) for name, text in project.texts if beside and _is_goal(name)]
    return (
        *(_paired(project) if beside else _listed(project)),
        *_text_rows(texts),
        *money_rows(project),
        *_text_rows([*_cost_text(project), *goals]),
    )


def _cost_text(project: Project) -> list[tuple[str, str]]:
    """What other years cost, in words, where no text of the form says so."""
    if not project.costs or read_costs(project.texts, project.money_unit):
        return []
    said = [
        _COSTS[cost.kind].format(year=cost.year, amount=f"{cost.amount.number}{cost.amount.unit or project.money_unit}")
        for cost in project.costs
        if cost.kind in _COSTS and cost.amount.number is not None
    ]
    return [("其他说明", "，".join(said) + "。")] if said else []


def _stands_beside(project: Project) -> bool:
    """True for the form that has 主管部门 and the years of the project, and its goals below the money."""
    return bool(project.starts or project.ends or any(name in _PAIRED for name, _ in project.extra))


def _is_goal(name: str) -> bool:
    return name.endswith("目标")


def type_text(project: Project) -> str:
    """项目类型 as printed."""
    return dict(project.extra).get("项目类型", "") if project.type is ProjectType.OTHER else project.type.value


def _listed(project: Project) -> Iterator[Row]:
    pairs = [("项目名称", project.name), ("项目类型", type_text(project)), ("单位", project.unit)]
    pairs += [(name, text) for name, text in project.extra if name != "项目类型"]
    return ((label(name), left(text, COLUMNS - 1)) for name, text in pairs)


def _paired(project: Project) -> Iterator[Row]:
    extra = {name: text for name, text in project.extra if name != "项目类型"}
    pairs = [
        (("项目名称", project.name), ("主管部门", extra.pop("主管部门", ""))),
        (("项目类型", type_text(project)), ("项目级次", extra.pop("项目级次", ""))),
        (("开始时间", project.starts), ("完成时间", project.ends)),
        (("实施单位", project.unit), _contact(extra)),
    ]
    for (name, text), (other, more) in pairs:
        yield label(name), left(text, 3), label(other), left(more)
    for name, text in extra.items():
        yield label(name), left(text, COLUMNS - 1)


def _contact(extra: dict[str, str]) -> tuple[str, str]:
    name = next((name for name in extra if "负责人" in name), "项目负责人/联系电话")
    return name, extra.pop(name, "")


def _text_rows(texts: Iterable[tuple[str, str]]) -> Iterator[Row]:
    return ((label(name), left(text, COLUMNS - 1)) for name, text in texts)


def money_rows(project: Project) -> tuple[Row, ...]:
    """项目资金: 收入 and 支出, under one box at the left."""
    income = _income_rows(project.funds)
    spending = _spending_rows(project.expenses)
    rows = [*income, *spending]
    rows[0] = (label(f"项目资金\n({project.money_unit})", rows=len(rows)), *rows[0])
    return tuple(rows)


def _income_rows(funds: Sequence[FundLine]) -> list[Row]:
    top = (label("收入", rows=len(funds) + 1), label("", 2), label("全年(程)预算数", 2))
    rows: list[Row] = [top]
    index = 0
    while index < len(funds):
        parts = 1
        while index + parts < len(funds) and funds[index].level >= 1 and funds[index + parts].level > 1:
            parts += 1
        rows += _family(funds[index : index + parts])
        index += parts
    return rows


def _family(lines: Sequence[FundLine]) -> list[Row]:
    """A source of funds and, beside it, what it is made of."""
    if len(lines) == 1 or lines[0].name == "小计":  # the form prints no name for the family
        return [(label(line.name, 2), money_box(line.amount, 2)) for line in lines]
    rows: list[Row] = [(label(lines[0].name, rows=len(lines)), label("小计"), money_box(lines[0].amount, 2))]
    return rows + [(label(line.name), money_box(line.amount, 2)) for line in lines[1:]]


def _spending_rows(expenses: Sequence[ExpenseLine]) -> list[Row]:
    lines = expenses or (ExpenseLine("", BLANK, BLANK),)
    top = (label("支出", rows=len(lines) + 1), *spending_head())
    return [top, *((left(line.name, 2), money_box(line.half), money_box(line.full)) for line in lines)]
