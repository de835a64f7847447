"""The files of a report, read back: what they say, how they are set, and that no text becomes anything but text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from docx import Document
from pypdf import PdfReader

from kpi.status import Status
from reports import render_pdf
from reports.errors import ReportError
from reports.model import Align, Bar, Cell, Column, Kind, Report, Section, Table
from reports.render import WRITERS, every, file_name, render

NASTY = '#strong[x] $y$ <b>粗</b> & "引" \\u{41} @x //c =1+1'
COLUMNS = (Column("状态", 20), Column("指标", 40), Column("至今", 20, Align.RIGHT), Column("进度", 20, Align.BAR))
MISSED = Cell("✕ 未达标", status=Status.MISSED)
BAR = Cell(bar=Bar(0.5, 0.8, 0.6, 0.4, 0.7), status=Status.MISSED)
RATE = Cell("95.996 %", "23,999 / 25,000", 0.95996, "%", status=Status.MISSED)
MEAN = Cell("63.2 件/坐席/天", "", 63.24, "件/坐席/天")
NOTHING = Cell("—", "样本不足", reason="样本不足")
ROWS = (
    (MISSED, Cell("热线话务接通率", "时效指标"), RATE, BAR),
    (Cell("✓ 达标", status=Status.MET), Cell("月均日产能"), MEAN, Cell()),
    (Cell("○ 样本不足", status=Status.TOO_FEW), Cell(NASTY), NOTHING, Cell()),
    (Cell("⊘ 已无法达标", status=Status.OUT_OF_REACH), Cell("=HYPERLINK(1)"), Cell("+312 个", "", 312.0, "个"), Cell()),
)


def report(rows: tuple[tuple[Cell, ...], ...] = ROWS, **more: Any) -> Report:
    made = Report(
        Kind.WEEKLY, "", "江宁分中心", "s", "绩效目标申报表", date(2026, 3, 9), date(2026, 3, 15), date(2026, 3, 15),
        "江宁分中心 周报 2026年3月9日–15日", f"5 项中 4 项达标;{NASTY}。", (f"发现 {NASTY}",),
        (Section("targets", "目标进度", f"最差: {NASTY}", (Table(COLUMNS, rows, "表"),), (f"注 {NASTY}",)),),
    )  # fmt: skip
    return replace(made, **more)


def pdf_text(content: bytes) -> str:
    """The text of a PDF without its blanks: lines break where they like."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_pdf_holds_the_figures_on_a4_with_its_fonts_embedded() -> None:
    content = render(report(), "pdf")
    pdf = PdfReader(io.BytesIO(content))
    text = pdf_text(content)
    for words in (
        "95.996%",
        "23,999/25,000",
        "63.2件/坐席/天",
        "热线话务接通率",
        "✕未达标",
        "⊘已无法达标",
        "第1页共1页",
    ):
        assert words in text
    for page in pdf.pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
        fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
        found = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
        assert found and all("/FontFile2" in font["/FontDescriptor"].get_object() for font in found)
        assert all(re.match(r"/[A-Z]{6}\+(NotoSansSC|DejaVuSans)", font["/BaseFont"]) for font in found)


def test_the_text_of_people_stays_text_in_the_pdf() -> None:
    assert pdf_text(render(report(), "pdf")).count("".join(NASTY.split())) == 5


def test_a_long_table_repeats_its_head_and_keeps_rows_whole() -> None:
    rows = tuple((MISSED, Cell(f"指标{n}", f"说明{n}"), RATE, BAR) for n in range(120))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(report(rows), "pdf"))).pages]
    assert len(pages) > 2
    assert all("至今" in page for page in pages)
    for n in range(120):
        (where,) = [page for page in pages if re.search(rf"指标{n}\b", page)]
        assert re.search(rf"说明{n}\b", where)


@pytest.mark.parametrize("before", range(28, 40, 3))
def test_a_short_table_stays_on_one_page(before: int) -> None:
    long = tuple((MISSED, Cell(f"指标{n}", f"说明{n}"), RATE, BAR) for n in range(before))
    short = Table((Column("类别", 30), Column("受理", 14)), tuple((Cell(f"甲{n}"), Cell("1")) for n in range(8)))
    made = report(long)
    section = replace(made.sections[0], tables=(*made.sections[0].tables, short))
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(render(replace(made, sections=(section,)), "pdf"))).pages]
    assert len([page for page in pages if "甲" in page]) == 1


def test_a_complaint_of_the_typesetter_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    monkeypatch.setattr(render_pdf, "_fonts", lambda: typst.Fonts(False, False, []))
    with pytest.raises(ReportError, match="PDF 排版有警告"):
        render(report(), "pdf")


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_mail_is_tables_and_inline_styles_and_escapes_everything() -> None:
    html = render(report(), "html").decode()
    seen = Seen(html)
    assert set(seen.tags) <= {
        "html", "head", "meta", "title", "body", "table", "thead", "tbody", "tr", "th", "td", "p", "h1", "h2", "ul",
        "li", "span", "br", "div", "b", "small",
    }  # fmt: skip
    assert seen.text.count(NASTY) == 5
    assert "95.996 %" in seen.text and "23,999 / 25,000" in seen.text
    assert 'title="样本不足"' in html
    assert "http" not in html.replace("<!DOCTYPE html>", ""), "nothing is fetched"


def test_a_bar_is_as_long_as_its_figures_say() -> None:
    html = render(report(), "html").decode()
    widths = [float(width) for width in re.findall(r'<td width="([\d.]+)%" height', html)]
    assert sum(widths) == pytest.approx(100)
    assert html.count("border-left:2px solid") == 1 and html.count("border-left:1px dashed") == 1


def test_an_empty_report_says_so_first() -> None:
    empty = report(empty=True)
    assert "✕ 无数据: 5 项中" in Seen(render(empty, "html").decode()).text
    assert "✕无数据:5项中" in pdf_text(render(empty, "pdf"))


def test_the_workbook_holds_figures_as_figures_and_texts_as_texts() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(report(), "xlsx")))
    assert book.sheetnames == ["摘要", "目标进度"]
    sheet = book["目标进度"]
    heads = [cell.value for cell in sheet[5] if cell.value]
    assert heads == ["状态", "指标", "指标(说明)", "至今", "至今(说明)"]
    assert (sheet["D6"].value, sheet["D6"].number_format) == (0.95996, "0.000%")
    assert (sheet["D7"].value, sheet["D7"].number_format) == (63.24, '#,##0.0" 件/坐席/天"')
    assert (sheet["D8"].value, sheet["E8"].value) == ("—", "样本不足")
    assert sheet["B8"].value == NASTY
    assert (sheet["B9"].value, sheet["B9"].data_type) == ("=HYPERLINK(1)", "s"), "a text that looks like a formula"
    assert (sheet["D9"].value, sheet["D9"].data_type) == ("+312 个", "s")
    assert sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage


def test_the_word_document_repeats_its_heads() -> None:
    made = Document(io.BytesIO(render(report(), "docx")))
    (table,) = made.tables
    assert [cell.text for cell in table.rows[0].cells] == ["状态", "指标", "至今"]
    assert table.rows[1].cells[2].text == "95.996 %\n23,999 / 25,000"
    assert table.rows[3].cells[1].text == NASTY
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert any(NASTY in paragraph.text for paragraph in made.paragraphs)
    first, last = table.rows[0].cells[0].paragraphs[0], table.rows[-1].cells[0].paragraphs[0]
    assert (first.paragraph_format.keep_with_next, last.paragraph_format.keep_with_next) == (True, None)
    width = made.sections[0].page_width
    assert width is not None and round(width.mm) == 210


@pytest.mark.parametrize("ending", ["html", "pdf", "xlsx"])
def test_the_same_report_gives_the_same_bytes(ending: str) -> None:
    assert render(report(), ending) == render(report(), ending)


def test_its_files_carry_its_name() -> None:
    assert sorted(every(report())) == sorted(WRITERS)
    assert file_name(report(), "pdf") == "江宁分中心-周报-2026年3月9日–15日.pdf"
    assert file_name(report(centre_name="a/b:c", kind=Kind.MONTHLY), "xlsx") == "a b c-月报-2026年3月.xlsx"
