"""Whatever is thrown at the reader: a sheet with flags or a SheetError in words, never anything else."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.sheet import CellKind, FlagKind, Sheet
from targets.draft import read_document, read_text
from targets.errors import SheetError
from targets.read_package import MAX_XML
from targets.sheet_json import from_json, to_json
from tests.test_targets_read_formats import FORM, as_docx, as_text, as_xlsx

SEEDS = Path(__file__).resolve().parent.parent.parent / "shared" / "seeds"


@cache
def documents() -> tuple[tuple[str, ...], ...]:
    """The lines of the published documents where they are, and always a form of our own."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    return tuple(tuple(text.split("\n")) for text in [*texts, as_text([FORM, FORM]).decode()])


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A document with lines dropped, swapped, moved and cut, and cells blanked."""
    lines = list(draw(st.sampled_from(documents())))
    start = draw(st.integers(0, max(0, len(lines) - 40)))
    lines = lines[start : start + draw(st.integers(1, 120))]
    for _ in range(draw(st.integers(1, 8))):
        if not lines:
            break
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                del lines[at]
            case 1:
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case 2:
                cells = lines[at].split("\t")
                cells[draw(st.integers(0, len(cells) - 1))] = ""
                lines[at] = "\t".join(cells)
            case 3:
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case 4:
                lines[at] = "\t" + lines[at]
            case 5:
                lines[at] = lines[at].replace("\t", "|")
            case 6:
                lines.insert(at, draw(st.text(max_size=20)))
    return "\n".join(lines)


def holds(sheet: Sheet) -> None:
    """What is true of every sheet that is read."""
    places = {flag.place for flag in sheet.flags if flag.kind in (FlagKind.LOST, FlagKind.SPLIT)}
    for project in sheet.projects:
        for one in project.indicators:
            several = sum(other.row == one.row for other in project.indicators) > 1
            place = f"{project.no}/indicator/{one.row}" + (f".{one.part}" if several else "")
            for column, cell in (("half", one.half), ("full", one.full)):
                assert cell.kind is not CellKind.LOST or f"{place}/{column}" in places
        for index, line in enumerate(project.expenses):
            for column, cell in (("half", line.half), ("full", line.full)):
                assert cell.kind is not CellKind.LOST or f"{project.no}/expense/{index}/{column}" in places
        for index, fund in enumerate(project.funds):
            assert fund.amount.kind is not CellKind.LOST or f"{project.no}/fund/{index}" in places
    assert from_json(json.loads(json.dumps(to_json(sheet)))) == sheet


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(broken())
def test_a_broken_document_gives_a_sheet_or_a_sheet_error(text: str) -> None:
    try:
        sheet = read_text(text)
    except SheetError as error:
        assert str(error).endswith("。")
        return
    holds(sheet)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.csv", "a.xlsx", "a.docx", "a.md", "a", "a.pdf"]))
def test_any_bytes_give_a_sheet_or_a_sheet_error(content: bytes, name: str) -> None:
    for data in (content, b"PK\x03\x04" + content):
        try:
            read_document(name, data)
        except SheetError as error:
            assert str(error).endswith("。")


@cache
def office_files() -> tuple[tuple[str, bytes], ...]:
    """One workbook and one document, the same bytes in every example."""
    return ("a.xlsx", as_xlsx([FORM])), ("a.docx", as_docx([FORM]))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_office_file_gives_a_sheet_or_a_sheet_error(data: st.DataObject) -> None:
    name, content = data.draw(st.sampled_from(office_files()))
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.sampled_from([content[:at], content[:at] + b"\x00\xff" + content[at + 2 :]]))
    try:
        read_document(name, cut)
    except SheetError as error:
        assert str(error).endswith("。")


def test_an_empty_a_large_and_a_foreign_file_are_refused() -> None:
    for name, content, word in (
        ("a.txt", b"", "没有文字"),
        ("a.txt", b" \n\n", "没有文字"),
        ("a.csv", b"x" * (20 * 2**20 + 1), "20 MB"),
        ("a.pdf", b"%PDF-1.7 ...", "PDF"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(20), ".docx"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(20), ".xlsx"),
        ("a.xlsx", b"no workbook", "另存"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00", "不是文本"),
    ):
        with pytest.raises(SheetError, match=word):
            read_document(name, content)


def package(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
def test_a_bomb_and_entities_are_refused_before_they_unpack(name: str) -> None:
    bomb = package({"xl/worksheets/sheet1.xml": b" " * (MAX_XML + 1), "word/document.xml": b""})
    assert len(bomb) < 10**5
    with pytest.raises(SheetError, match="过大"):
        read_document(name, bomb)
    entities = package({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "aa">]><x/>', "xl/workbook.xml": b""})
    with pytest.raises(SheetError, match="不安全"):
        read_document(name, entities)


def test_a_workbook_with_a_cell_far_away_is_read_without_filling_memory() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([FORM])))
    book.worksheets[0].cell(1_048_576, 16_384, "远处")
    stream = io.BytesIO()
    book.save(stream)
    sheet = read_document("far.xlsx", stream.getvalue())
    assert len(sheet.projects[0].indicators) == 6


def test_too_many_projects_and_indicators_are_refused() -> None:
    head = "一级指标\t二级指标\t三级指标\t半年指标值\t全年指标值\n"
    row = "产出指标\t数量指标\t件数\t≥1件\t≥2件\n"
    with pytest.raises(SheetError, match="200 个"):
        read_text(("项目名称\t热线\n" + head + row) * 201)
    with pytest.raises(SheetError, match="5000 项"):
        read_text("项目名称\t热线\n" + head + row * 5_001)
    assert len(read_text("项目名称\t热线\n" + head + row * 2_000).projects[0].indicators) == 2_000
    with pytest.raises(SheetError, match="60000 行"):
        read_text("项目名称\t热线\n" * 60_001)


def test_a_csv_with_an_endless_cell_is_refused_in_words() -> None:
    with pytest.raises(SheetError, match="第 1 行"):
        read_document("a.csv", b"a," + b"x" * 200_000)


@pytest.mark.parametrize("text", ["热线" * 30_000, ("热线" * 20_000 + "\n") * 60])
def test_more_text_than_a_form_has_is_refused_at_once(text: str) -> None:
    with pytest.raises(SheetError, match="文字过多"):
        read_text("项目名称\t热线\n" + text)
