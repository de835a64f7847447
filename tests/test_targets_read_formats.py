"""The same form as text, Markdown, CSV, workbook and Word document gives the same sheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.worksheet.worksheet import Worksheet

from kpi.sheet import CellKind, FlagKind, Project, ProjectType, Sheet
from targets.draft import FORMS, read_document, read_text, read_with_source
from targets.errors import SheetError

Grid = Sequence[Sequence[str]]
FORM: Grid = (
    ("项目名称", "热线运行", "主管部门", "某局", "", ""),
    ("项目类型", "常年安排项目", "项目级次", "市本级", "", ""),
    ("开始时间", "2025年", "完成时间", "2027年", "", ""),
    ("实施单位", "某中心", "", "", "", ""),
    ("实施可行性", "很有必要。", "", "", "", ""),
    ("项目资金\n(万元)", "收入", "", "", "全年(程)预算数", ""),
    ("", "", "资金总额", "", "12.5", ""),
    ("", "", "财政拨款", "小计", "12.5", ""),
    ("", "", "", "一般公共预算资金", "12.5", ""),
    ("", "", "社保基金", "", "0", ""),
    ("", "支出", "项目支出明细", "", "半年(程)计划执行数", "全年(程)预算数"),
    ("", "", "热线话务服务", "", "6.25", "12.5"),
    ("中长期目标", "一直做好。", "", "", "", ""),
    ("一级指标", "二级指标", "三级指标", "", "半年(程)指标值", "全年(程)指标值"),
    ("决策", "项目立项", "立项依据充分性", "", "充分", "充分"),
    ("过程", "资金管理", "预算执行率", "", "=50%", "=100%"),
    ("", "", "资金到位率", "", "序时进度", "100%"),
    ("产出指标", "数量指标", "月均日产能", "", "≥60件/坐席/天", "≥60件/坐席/天"),
    ("", "时效指标", "完成时间", "", "无", "当年12月底之前完成"),
    ("效益指标", "经济效益", "", "", "", ""),
    ("", "可持续影响", "服务投诉量", "", "", "≤12次"),
)
MERGED = {5: (5, 12, 0), 6: (6, 9, 1)}


def as_text(forms: Sequence[Grid], year: str = "2025年度") -> bytes:
    parts = ["某市项目绩效目标表", year]
    parts += ["\n".join("\t".join(cell.replace("\n", " ") for cell in row) for row in grid) for grid in forms]
    return "\n\n".join(parts).encode()


def as_markdown(forms: Sequence[Grid]) -> bytes:
    parts = ["# 某市项目绩效目标表", "2025年度"]
    for grid in forms:
        rows = ["| " + " | ".join(cell.replace("\n", "<br>") for cell in row) + " |" for row in grid]
        parts.append("\n".join([rows[0], "|" + "---|" * 6, *rows[1:]]))
    return "\n\n".join(parts).encode()


def as_csv(forms: Sequence[Grid]) -> bytes:
    rows = [["某市项目绩效目标表"], ["2025年度"], *(row for grid in forms for row in grid)]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\r\n".join(quoted).encode("gb18030")


def as_xlsx(forms: Sequence[Grid]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, grid in enumerate(forms, start=1):
        sheet = book.create_sheet(f"{number}")
        sheet.append(["某市项目绩效目标表"])
        sheet.append(["2025年度"])
        for row in grid:
            sheet.append(["'" + cell if cell.startswith("=") else cell or None for cell in row])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str) and cell.value.startswith("'="):
                    cell.value, cell.data_type = cell.value[1:], "s"
        sheet.merge_cells("A1:F1")
        sheet.merge_cells(start_row=8, end_row=14, start_column=1, end_column=1)
    return _saved(book)


def as_docx(forms: Sequence[Grid]) -> bytes:
    document = docx.Document()
    document.add_heading("某市项目绩效目标表")
    document.add_paragraph("2025年度")
    for grid in forms:
        table = document.add_table(rows=len(grid), cols=6)
        for r, row in enumerate(grid):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
        table.cell(5, 0).merge(table.cell(11, 0))
        table.cell(4, 1).merge(table.cell(4, 5))
        document.add_paragraph("")
    return _saved(document)


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


WRITERS: dict[str, Callable[[Sequence[Grid]], bytes]] = {
    "form.txt": as_text,
    "form.md": as_markdown,
    "form.csv": as_csv,
    "form.xlsx": as_xlsx,
    "form.docx": as_docx,
}


def bare(sheet: Sheet) -> tuple[Project, ...]:
    """Projects without line numbers, which differ from format to format."""
    return tuple(
        replace(project, indicators=tuple(replace(one, line=None) for one in project.indicators))
        for project in sheet.projects
    )


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_sheet(name: str) -> None:
    sheet = read_document(name, WRITERS[name]([FORM]))
    assert sheet.flags == ()
    assert (sheet.title, sheet.year, sheet.unit, sheet.form) == ("某市项目绩效目标表", 2025, "某中心", "standard")
    project = sheet.projects[0]
    assert (project.name, project.type, project.starts, project.ends) == (
        *("热线运行", ProjectType.RECURRING),
        *("2025年", "2027年"),
    )
    assert project.texts == (("实施可行性", "很有必要。"), ("中长期目标", "一直做好。"))
    assert project.extra == (("主管部门", "某局"), ("项目级次", "市本级"))
    assert [(line.name, line.amount.shown) for line in project.funds] == [
        ("资金总额", "12.5"),
        ("财政拨款", "12.5"),
        ("一般公共预算资金", "12.5"),
        ("社保基金", "0"),
    ]
    assert [(line.name, line.half.shown, line.full.shown) for line in project.expenses] == [
        ("热线话务服务", "6.25", "12.5")
    ]
    assert [(one.level1, one.level2, one.name, one.half.shown, one.full.shown) for one in project.indicators] == [
        ("决策", "项目立项", "立项依据充分性", "充分", "充分"),
        ("过程", "资金管理", "预算执行率", "=50%", "=100%"),
        ("过程", "资金管理", "资金到位率", "序时进度", "100%"),
        ("产出指标", "数量指标", "月均日产能", "≥60件/坐席/天", "≥60件/坐席/天"),
        ("产出指标", "时效指标", "完成时间", "无", "当年12月底之前完成"),
        ("效益指标", "可持续影响", "服务投诉量", "", "≤12次"),
    ]
    assert bare(sheet) == bare(read_document("form.txt", as_text([FORM])))


@pytest.mark.parametrize("name", WRITERS)
def test_several_projects_in_one_file_stay_apart(name: str) -> None:
    other = [("项目名称", "业务培训", *FORM[0][2:]), *FORM[1:]]
    sheet = read_document(name, WRITERS[name]([FORM, other, FORM]))
    assert [project.name for project in sheet.projects] == ["热线运行", "业务培训", "热线运行"]
    assert [project.no for project in sheet.projects] == [1, 2, 3]
    assert [len(project.indicators) for project in sheet.projects] == [6, 6, 6]


def test_merged_cells_that_are_repeated_count_once() -> None:
    text = (
        "项目名称\t项目名称\t热线运行\t热线运行\n实施单位\t实施单位\t某中心\t某中心\n"
        "项目资金(元)\t收入\t资金总额\t资金总额\t7\n"
        "一级指标\t二级指标\t三级指标\t三级指标\t半年指标值\t全年指标值\n"
        "产出指标\t数量指标\t件数\t件数\t≥1件\t≥1件\n产出指标\t数量指标\t场次\t场次\t≥1次\t≥2次\n"
    )
    project = read_text(text).projects[0]
    assert (project.name, project.unit, project.funds[0].amount.shown) == ("热线运行", "某中心", "7")
    assert [(one.level2, one.name, one.half.shown, one.full.shown) for one in project.indicators] == [
        ("数量指标", "件数", "≥1件", "≥1件"),
        ("数量指标", "场次", "≥1次", "≥2次"),
    ]


LIST = (
    "项目名称,年度,单位,一级指标,二级指标,三级指标,半年指标值,全年指标值,联系人,说明\n"
    "热线运行,2025,某中心,产出指标,数量指标,件数,≥1件,≥2件,张三,甲\n"
    ",,,,,场次,,≥4次,,\n"
    "业务培训,,,产出指标,质量指标,合格率,≥90%,≥95%,,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_with_one_indicator_a_line_becomes_projects(encoding: str, delimiter: str) -> None:
    document = read_with_source("list.csv", LIST.replace(",", delimiter).encode(encoding))
    sheet = document.sheet
    assert (sheet.unit, sheet.year) == ("某中心", 2025)
    rows = [
        (p.name, one.level1, one.level2, one.name, one.half.shown, one.full.shown) for p, one, _ in sheet.indicators()
    ]
    assert rows == [
        ("热线运行", "产出指标", "数量指标", "件数", "≥1件", "≥2件"),
        ("热线运行", "产出指标", "数量指标", "场次", "", "≥4次"),
        ("业务培训", "产出指标", "质量指标", "合格率", "≥90%", "≥95%"),
    ]
    assert "张三" not in repr(document)
    assert [flag.message for flag in sheet.flags if flag.kind is FlagKind.NOISE] == [
        "“联系人”一列没有读入",
        "“说明”一列没有读入",
    ]


def small_book(fill: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (("项目名称", "热线运行"), FORM[1], ("单位", "某中心"), ("年度", "2025"), FORM[13]):
        sheet.append(row)
    fill(sheet)
    return _saved(book)


def test_figures_of_a_workbook_read_as_they_show() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["产出指标", "数量指标", "甲", None, 0.96, 0.9996])
        sheet.append([None, None, "乙", None, 5, 12.5])
        sheet.append([None, None, "丙", None, "=50%", "=100%"])
        sheet.append([None, None, "丁", None, 3, "=SUM(F6:F7)"])
        for cell, form in (("E6", "0%"), ("F6", "0%"), ("E7", '"≥"0"件"'), ("F7", "0.00"), ("E9", "General")):
            sheet[cell].number_format = form

    sheet = read_document("book.xlsx", small_book(fill))
    rows = [(one.half.shown, one.full.shown) for one in sheet.projects[0].indicators]
    assert rows == [("96%", "99.96%"), ("≥5件", "12.50"), ("=50%", "=100%"), ("3", "〔缺失〕")]
    assert [(flag.place, flag.kind) for flag in sheet.flags] == [("1/indicator/4/full", FlagKind.LOST)]


def test_hidden_worksheets_are_left_out_and_told() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["产出指标", "数量指标", "甲", None, "≥1件", "≥2件"])
        hidden = sheet.parent.create_sheet("旧表")
        hidden.append(["项目名称", "去年的"])
        hidden.sheet_state = "hidden"

    sheet = read_document("book.xlsx", small_book(fill))
    assert [project.name for project in sheet.projects] == ["热线运行"]
    assert [flag.message for flag in sheet.flags] == ["隐藏的工作表“旧表”没有读入"]


def test_a_cell_copied_from_excel_with_line_breaks_is_one_cell() -> None:
    text = (
        '项目名称\t热线运行\n单位\t某中心\n年度\t2025\n项目概述\t"第一段\n第二段"\n'
        "一级指标\t二级指标\t三级指标\t半年指标值\t全年指标值\n产出指标\t数量指标\t件数\t≥1件\t≥2件\n"
    )
    project = read_text(text).projects[0]
    assert project.text("项目概述") == "第一段\n第二段"
    assert len(project.indicators) == 1


def test_a_form_with_one_target_column_gives_full_year_targets() -> None:
    text = "项目名称\t热线运行\n一级指标\t二级指标\t三级指标\t年度指标值\n产出指标\t数量指标\t件数\t≥2件\n\t\t场次\t\n"
    ones = read_text(text).projects[0].indicators
    assert [(one.name, one.half.kind, one.full.shown) for one in ones] == [
        ("件数", CellKind.BLANK, "≥2件"),
        ("场次", CellKind.BLANK, ""),
    ]


def test_ticked_boxes_of_word_are_read() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for r, (label, value) in enumerate([("项目名称", "热线运行"), ("项目类型", ""), ("单位", "某中心")]):
        table.cell(r, 0).text, table.cell(r, 1).text = label, value
    paragraph = table.cell(1, 1).paragraphs[0]
    for sign, word in (("F0A8", "常年安排项目"), ("F0FE", "新增项目")):
        run = paragraph.add_run()
        symbol = OxmlElement("w:sym")
        symbol.set(qn("w:font"), "Wingdings")
        symbol.set(qn("w:char"), sign)
        run._r.append(symbol)
        paragraph.add_run(word)
    assert read_document("form.docx", _saved(document)).projects[0].type is ProjectType.NEW


def test_a_hint_names_the_layout() -> None:
    assert read_document("form.txt", as_text([FORM]), hint="standard").form == "standard"
    with pytest.raises(SheetError, match="shanghai"):
        read_document("form.txt", as_text([FORM]), hint="beijing")
    assert set(FORMS) == {"standard", "shanghai", "zhongshan", "report"}
