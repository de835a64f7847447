"""Sheets as documents: the form's layout, texts that stay texts, and reading back what was written."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from docx.oxml.ns import qn

from kpi.sheet import Cell, CellKind, Project, Sheet
from targets.draft import read_document
from targets.export_docx import sheet_docx
from targets.export_xlsx import sheet_xlsx
from targets.presets import PRESETS, preset
from tests.documents import book, cells, document, paragraphs, table_texts, values

WRITERS = {"xlsx": sheet_xlsx, "docx": sheet_docx}
LAYOUTS = [code for code in PRESETS if code != "nanjing-2020"]


def bare(project: Project, *, texts: bool = True) -> Project:
    """A project without where it was read, and without the texts of empty boxes."""
    found = tuple((name, text) for name, text in project.texts if text) if texts else ()
    return replace(project, texts=found, indicators=tuple(replace(one, line=None) for one in project.indicators))


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("code", LAYOUTS)
def test_it_reads_back_what_it_wrote_of_a_preset(code: str, ending: str) -> None:
    sheet = preset(code)
    found = read_document(f"a.{ending}", WRITERS[ending](sheet))
    assert (found.unit, found.year, found.title, found.form) == (sheet.unit, sheet.year, sheet.title, sheet.form)
    # The costs of other years, which a preset holds without prose, are printed in words, and goals as a text.
    assert [bare(p, texts=False) for p in found.projects] == [bare(p, texts=False) for p in sheet.projects]


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("number", ["000", "002", "003", "004"])
def test_it_reads_back_a_real_form_with_all_its_texts(shared_data: Path, number: str, ending: str) -> None:
    (seed,) = (shared_data.parent / "seeds").glob(f"{number}_*.txt")
    sheet = read_document(seed.name, seed.read_bytes())
    found = read_document(f"a.{ending}", WRITERS[ending](sheet))
    rewritten = {"年度绩效目标"} if number == "002" else set()  # its LaTeX signs are printed as plain ones

    def kept(project: Project) -> Project:
        return bare(replace(project, texts=tuple(text for text in project.texts if text[0] not in rewritten)))

    assert [kept(p) for p in found.projects] == [kept(p) for p in sheet.projects]


def test_it_reads_back_a_real_report(shared_data: Path) -> None:
    (seed,) = (shared_data.parent / "seeds").glob("001_*.txt")
    sheet = read_document(seed.name, seed.read_bytes())
    found = read_document("a.docx", sheet_docx(sheet))
    stated = [(one.name, one.value, one.unit, one.change) for one in sheet.statistics]
    assert [(one.name, one.value, one.unit, one.change) for one in found.statistics][: len(stated)] == stated
    assert [name for name, _ in found.sections] == [name for name, _ in sheet.sections]


def test_it_writes_targets_as_text_and_amounts_as_numbers() -> None:
    found = {str(cell.value): cell for cell in cells(sheet_xlsx(preset("jiangning-2026")))}
    assert found["=50%"].data_type == "s" and found["=50%"].quotePrefix
    assert found["=50%"].number_format == "@"  # edited in Excel, it stays a text
    assert found["362.5"].value == 362.5
    assert not [cell for cell in found.values() if cell.data_type == "f"]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://a")'])
def test_it_never_writes_a_formula_whatever_a_name_begins_with(start: str) -> None:
    sheet = preset("jiangning-2026")
    named = replace(sheet.projects[0], name=start, texts=(("项目概述", start),))
    found = [cell for cell in cells(sheet_xlsx(replace(sheet, projects=(named,)))) if cell.value == start]
    assert len(found) == 2
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)


def test_it_writes_signs_no_file_can_hold_not_at_all() -> None:
    sheet = preset("jiangning-2026")
    odd = replace(sheet, projects=(replace(sheet.projects[0], name="热线\x00\x08运营\ufffe"),))
    assert "热线运营" in values(sheet_xlsx(odd))
    assert any("热线运营" in row for row in table_texts(sheet_docx(odd))[0])


def test_it_prints_second_levels_without_any_indicator() -> None:
    listed = [row for row in table_texts(sheet_docx(preset("jiangning-2026")))[1]]
    assert ["效益指标", "经济效益", "", "", ""] in listed
    assert ["生态效益", "", "", ""] in listed


def test_it_marks_a_lost_cell() -> None:
    sheet = preset("suzhou-2024")
    lost = [cell for cell in cells(sheet_xlsx(sheet)) if cell.value == "〔缺失〕"]
    assert len(lost) == 5
    assert {cell.fill.fgColor.rgb for cell in lost} == {"FFFFF2CC"}
    marked = [c for c in document(sheet_docx(sheet)).element.iter(qn("w:shd")) if c.get(qn("w:fill")) == "FFF2CC"]
    assert len(marked) == 5


def test_it_keeps_blank_none_nought_and_lost_apart() -> None:
    sheet = preset("jiangning-2026")
    project = sheet.projects[0]
    four = [Cell(CellKind.BLANK), Cell(CellKind.NONE, "无"), Cell(CellKind.NUMBER, "0次", None, Decimal(0), "次")]
    four.append(Cell(CellKind.LOST))
    rows = [replace(one, full=cell) for one, cell in zip(project.indicators, four, strict=False)]
    changed = replace(sheet, projects=(replace(project, indicators=(*rows, *project.indicators[4:])),))
    for ending, write in WRITERS.items():
        found = read_document(f"a.{ending}", write(changed)).projects[0].indicators
        assert [one.full for one in found[:4]] == four


def test_it_prints_a_worksheet_on_a4_with_the_head_on_every_page() -> None:
    sheet = book(sheet_xlsx(preset("jiangning-2026"))).worksheets[0]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    head = next(row for row in sheet.iter_rows() if row[0].value == "一级指标")[0].row
    assert sheet.print_title_rows == f"${head}:${head}"
    assert "&P" in sheet.oddFooter.center.text
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    widths = sum(sheet.column_dimensions[letter].width for letter in "ABCDEF")
    assert 90 < widths < 100  # about 680 pixels: 180 mm


def test_it_spans_the_levels_of_a_list() -> None:
    sheet = book(sheet_xlsx(preset("jiangning-2026"))).worksheets[0]
    top = next(row for row in sheet.iter_rows() if row[0].value == "决策")[0].row
    assert f"A{top}:A{top + 5}" in {str(area) for area in sheet.merged_cells.ranges}


def test_it_names_worksheets_as_excel_allows() -> None:
    names = book(sheet_xlsx(preset("suzhou-2024"))).sheetnames
    assert len(names) == 12 == len({name.lower() for name in names})
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_it_begins_every_project_on_a_page_of_its_own() -> None:
    content = sheet_docx(preset("suzhou-2024"))
    titles = [p for p in document(content).paragraphs if p.text == preset("suzhou-2024").title]
    assert [bool(p.paragraph_format.page_break_before) for p in titles] == [False] + [True] * 11


def test_it_names_chinese_fonts_and_numbers_pages() -> None:
    found = document(sheet_docx(preset("jiangning-2026")))
    fonts = {f.get(qn("w:eastAsia")) for f in found.element.iter(qn("w:rFonts"))}
    assert fonts == {"宋体", "黑体"}
    fields = [f.text for f in found.sections[0].footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    heads = [row for row in found.tables[1].rows if row._tr.trPr.find(qn("w:tblHeader")) is not None]
    assert len(heads) == 1
    width, height = found.sections[0].page_width, found.sections[0].page_height
    assert width is not None and height is not None
    assert (width.mm, height.mm) == pytest.approx((210, 297), abs=0.1)
    assert found.core_properties.author == ""


def test_it_holds_a_text_longer_than_a_row_may_be_high() -> None:
    sheet = preset("jiangning-2026")
    long = "热线运行。" * 1200
    changed = replace(sheet, projects=(replace(sheet.projects[0], texts=(("项目概述", long),)),))
    content = sheet_xlsx(changed)
    worksheet = book(content).worksheets[0]
    assert max(d.height for d in worksheet.row_dimensions.values() if d.height) <= 409
    assert read_document("a.xlsx", content).projects[0].text("项目概述") == long


def test_it_refuses_a_text_that_no_cell_can_hold() -> None:
    sheet = preset("jiangning-2026")
    changed = replace(sheet, projects=(replace(sheet.projects[0], texts=(("项目概述", "热" * 32_768),)),))
    with pytest.raises(ValueError, match="超过单元格上限 32767 字"):
        sheet_xlsx(changed)
    assert any("热" * 32_768 in row for row in table_texts(sheet_docx(changed))[0])


def test_it_prints_a_report_with_headings_and_its_figures() -> None:
    sheet: Sheet = replace(preset("nanjing-2020"), sections=(("一、单位概况", "第一段。\n第二段。"),))
    found = paragraphs(sheet_docx(sheet))
    at = found.index("一、单位概况")
    assert found[at + 1 : at + 3] == ["第一段。", "第二段。"]
    assert ["来电量", "217.77", "万个", "上升10.96%"] in table_texts(sheet_docx(sheet))[-1]
    assert "217.77" in values(sheet_xlsx(sheet))
