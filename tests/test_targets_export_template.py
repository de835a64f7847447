"""The template: blank it reads as an empty form, filled in it reads as what was filled in."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from kpi.sheet import CellKind, FlagKind, ProjectType
from kpi.status import Operator
from targets.draft import read_document
from targets.template import template_xlsx
from tests.documents import book


def row_of(sheet: Any, label: str, nth: int = 0) -> int:
    """The row in which a text stands for the n-th time."""
    found = [cell.row for row in sheet.iter_rows() for cell in row if cell.value == label]
    return int(found[nth])


def test_it_reads_the_blank_template_as_the_empty_form() -> None:
    sheet = read_document("模板.xlsx", template_xlsx("江宁区数据局", 2026))
    (project,) = sheet.projects
    assert (sheet.unit, sheet.year, sheet.title) == ("江宁区数据局", 2026, "项目预算绩效目标申报表")
    assert (project.name, project.expenses, len(project.funds)) == ("", (), 9)
    assert [one.name for one in project.indicators][:2] == ["立项依据充分性", "立项程序规范性"]
    assert len(project.indicators) == 11  # the third levels every form has
    assert {one.full.kind for one in project.indicators} == {CellKind.BLANK}
    assert FlagKind.LOST not in {flag.kind for flag in sheet.flags}


def test_it_leaves_unit_and_year_open_where_none_is_given() -> None:
    sheet = read_document("模板.xlsx", template_xlsx())
    assert (sheet.unit, sheet.year) == ("", 0)


def test_it_reads_what_was_filled_in() -> None:
    made = book(template_xlsx("江宁区数据局", 2026))
    sheet = made.worksheets[0]
    sheet.cell(row_of(sheet, "项目名称"), 2).value = "热线运行"
    sheet.cell(row_of(sheet, "项目类型"), 2).value = "一次性项目"
    sheet.cell(row_of(sheet, "资金总额"), 5).value = 725.5
    first = row_of(sheet, "支出") + 1
    for column, value in ((3, "话务服务"), (5, 362.5), (6, 725.5)):
        sheet.cell(first, column).value = value
    sheet.cell(row_of(sheet, "预算执行率"), 5).value = "≥50%"
    for column, value in ((4, "月均日产能"), (5, "≥60件/坐席/天"), (6, "无")):
        sheet.cell(row_of(sheet, "数量指标"), column).value = value
    buffer = io.BytesIO()
    made.save(buffer)
    (project,) = read_document("填好.xlsx", buffer.getvalue()).projects
    assert (project.name, project.type) == ("热线运行", ProjectType.ONE_OFF)
    assert project.funds[0].amount.number == Decimal("725.5")
    (line,) = project.expenses
    assert (line.name, line.half.number, line.full.number) == ("话务服务", Decimal("362.5"), Decimal("725.5"))
    last = project.indicators[-1]
    assert (last.level1, last.level2, last.name) == ("产出指标", "数量指标", "月均日产能")
    assert (last.half.operator, last.half.number, last.half.unit) == (Operator.AT_LEAST, Decimal(60), "件/坐席/天")
    assert last.full.kind is CellKind.NONE


def test_it_offers_the_kinds_of_project_and_keeps_targets_as_text() -> None:
    sheet = book(template_xlsx()).worksheets[0]
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [kind.value for kind in ProjectType] == lists[0].formula1.strip('"').split(",")
    assert sheet.cell(row_of(sheet, "预算执行率"), 5).number_format == "@"  # “=50%” typed here is no formula
    assert any("≥96%" in (v.prompt or "") for v in sheet.data_validations.dataValidation)
