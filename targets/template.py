"""The blank standard form as a workbook to fill in and to import."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.sheet import ProjectType
from targets.form_standard import WIDTHS, FormRow, indicator_head, levelled, spending_head
from targets.grid import Block, Box, Form, Look, Row, label, left
from targets.grid_xlsx import workbook

TITLE = "项目预算绩效目标申报表"
FUNDS = ("资金总额", "财政拨款")
GRANTS = ("一般公共预算资金", "政府性基金", "财政专户管理资金")
OTHER_FUNDS = ("国有资本金", "社保基金", "上年结转资金", "其他资金")
EXPENSES = 6
"""Lines of expenditure to fill in; more can be inserted."""
KNOWN = {
    ("决策", "项目立项"): ("立项依据充分性", "立项程序规范性"),
    ("决策", "绩效目标"): ("绩效指标明确性", "绩效目标合理性"),
    ("决策", "资金投入"): ("预算编制科学性", "资金分配合理性"),
    ("过程", "资金管理"): ("预算执行率", "资金到位率", "资金使用合规性"),
    ("过程", "组织实施"): ("制度执行有效性", "管理制度健全性"),
}
"""The third levels that every form has."""
OPEN = {
    ("产出指标", "数量指标"): 3,
    ("产出指标", "质量指标"): 3,
    ("产出指标", "时效指标"): 3,
    ("产出指标", "成本指标"): 2,
    ("效益指标", "经济效益"): 1,
    ("效益指标", "社会效益"): 3,
    ("效益指标", "生态效益"): 1,
    ("效益指标", "可持续影响"): 2,
    ("满意度指标", "服务对象满意度"): 2,
}
"""How many rows are left open for each second level."""
_TARGET = "数值写成“≥96%”“=50%”“≤6次”“≥60件/坐席/天”;文字写“充分”“提升”;没有要求写“无”;不填留空。"
_NAME = "一行写一项指标。行不够时在中间插入行;用不到的行留空,导入时不读。"
_AMOUNT = "只写数字。没有金额写 0,不填留空。单位不是万元时,请把左侧“项目资金(万元)”改为“项目资金(元)”。"
_TEXTS = ("项目概述", "项目可行性说明", "中长期目标", "年度绩效目标")


def template_xlsx(unit: str = "", year: int | None = None) -> bytes:
    """The blank form for a unit and a year; each may be left open. Names and rows of the form are printed."""
    form = Form(
        tab="绩效目标申报表",
        title=TITLE,
        subtitle=f"{year if year is not None else '        '} 年度",
        widths=WIDTHS,
        blocks=(Block((*_top(unit), *_texts(), *_money())), Block(_indicators(), heads=1)),
    )
    return workbook((form,), title=TITLE)


def _top(unit: str) -> Iterator[Row]:
    kinds = tuple(kind.value for kind in ProjectType)
    yield label("项目名称"), _open_text("项目的全称。", 5)
    yield label("项目类型"), Box("", 5, hint="从列表里选一种。", choices=kinds)
    yield label("单位"), left(unit, 5)


def _texts() -> Iterator[Row]:
    for name in _TEXTS:
        yield label(name), _open_text("请勿填写联系人的姓名和电话,导入时会遮盖。", 5, lines=3)


def _open_text(hint: str, columns: int, lines: int = 1) -> Box:
    return Box("", columns, look=Look.LEFT, hint=hint, lines=lines)


def _money() -> tuple[Row, ...]:
    amount = Box("", 2, hint=_AMOUNT, look=Look.LEFT)
    rows: list[Row] = [(label("", 2), label("全年(程)预算数", 2)), (label(FUNDS[0], 2), amount)]
    rows.append((label(FUNDS[1], rows=len(GRANTS) + 1), label("小计"), amount))
    rows += [(label(name), amount) for name in GRANTS]
    rows += [(label(name, 2), amount) for name in OTHER_FUNDS]
    rows[0] = (label("收入", rows=len(rows)), *rows[0])
    half = full = Box("", hint=_AMOUNT, look=Look.LEFT)
    spending: list[Row] = [(label("支出", rows=EXPENSES + 1), *spending_head())]
    spending += [(left("", 2), half, full)] * EXPENSES
    found = [*rows, *spending]
    found[0] = (label("项目资金\n(万元)", rows=len(found)), *found[0])
    return tuple(found)


def _indicators() -> tuple[Row, ...]:
    target = Box("", hint=_TARGET)
    rows = [FormRow(*level, (left(name), target, target)) for level, names in KNOWN.items() for name in names]
    blank = (Box("", look=Look.LEFT, hint=_NAME), target, target)
    rows += [FormRow(*level, blank) for level, number in OPEN.items() for _ in range(number)]
    return (indicator_head(), *levelled(rows, level2_columns=2))
