"""Rejects go out as a workbook and come back mended, and are added to their days once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from ingest.pull import export_rejects
from tests.mending_book import BAD4, BAD5, DAY4, both, deliver, mended, sheet_rows, states, written
from tests.pulling import CALLS_YAML, HEADERS, Hotline, call, calls_of


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path)


@pytest.fixture
def small(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path)


def test_it_exports_the_rows_with_their_place_and_reason(hotline: Hotline) -> None:
    deliver(hotline)
    path = hotline.folder / "rejects.xlsx"
    assert export_rejects(hotline.engine, "calls", path) == 2
    first, second = sheet_rows(path)
    assert list(first) == [
        *("来电时间", "是否接通", "等待时长", "通话时长", "工号", "技能组"),
        *("剔除原因", "文件", "工作表", "行号", "剔除编号(请勿改动)"),
    ]
    assert first["来电时间"] == "2026-03-04 25:00:00" and first["工号"] == "1001"
    assert (first["文件"], first["行号"], second["行号"]) == ("a.csv", "12", "33")
    assert "‘来电时间’ 不是时间" in first["剔除原因"] and "‘等待时长’ 不是时长: ‘很久’" in second["剔除原因"]


def test_it_writes_a_sheet_for_each_source_and_says_when_there_is_nothing(small: Hotline) -> None:
    path = small.folder / "rejects.xlsx"
    assert export_rejects(small.engine, None, path) == 0
    with CalamineWorkbook.from_path(str(path)) as book:
        assert book.sheet_names == ["没有剔除行"]
    other = CALLS_YAML.partition("sources:\n")[2].replace("code: calls", "code: evening").replace("calls/*", "calls/e*")
    small.configure(CALLS_YAML.replace("calls/*", "calls/a*") + other)
    small.file("a.csv", [BAD4])
    small.file("e.csv", [BAD5, BAD4])
    small.pull("calls")
    small.pull("evening")
    assert export_rejects(small.engine, None, path) == 3
    assert (len(sheet_rows(path, "calls")), len(sheet_rows(path, "evening"))) == (1, 2)


def test_it_neutralises_cells_that_could_be_formulas(small: Hotline) -> None:
    small.file("a.csv", [call("=cmd|' /C calc'!A0"), call("+1"), call("-2026"), call("@x"), call("'=1"), call("正常")])
    small.pull()
    path = small.folder / "rejects.xlsx"
    export_rejects(small.engine, "calls", path)
    cells = [row["来电时间"] for row in sheet_rows(path)]
    assert cells == ["=cmd|' /C calc'!A0", "+1", "-2026", "@x", "'=1", "正常"], "no apostrophe is added"
    written_cells = [cell for row in openpyxl.load_workbook(path)["calls"].iter_rows() for cell in row if cell.value]
    assert len(written_cells) > 6 * 9
    assert {(cell.data_type, cell.quotePrefix, cell.number_format) for cell in written_cells} == {("s", True, "@")}
    with zipfile.ZipFile(path) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
    assert small.feed(written(small.folder / "m.xlsx", sheet_rows(path))).rows_read == 0  # nothing was changed


@pytest.mark.parametrize("text", ["=1+1", "-5", "'=x", "''", "a\tb", "\t=1", "'quoted'", "a\r\nb", "\x01"])
def test_it_takes_a_cell_that_comes_back_as_it_was_for_unchanged(small: Hotline, text: str) -> None:
    small.configure(CALLS_YAML.replace("seat: 工号", "seat: 工号\n      channel: '=渠道'"))
    small.file("a.csv", [(*BAD4, text)], (*HEADERS, "=渠道"))
    small.pull()
    result = small.feed(mended(small, lambda row: row))
    assert result.warnings == ("1 行没有改动, 仍留在剔除行里。",)


def test_it_adds_mended_rows_to_their_days(hotline: Hotline) -> None:
    deliver(hotline)
    result = hotline.feed(mended(hotline, both))
    assert (result.state, result.rows_read, result.rows_used, result.rows_rejected) == ("ok", 2, 2, 0)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}
    assert hotline.totals("wait_seconds")["2026-03-05"] == sum(5 + n % 30 for n in range(20)) + 33
    assert states(hotline) == ["mended", "mended"]
    assert hotline.rows("SELECT trigger, rows_used FROM runs ORDER BY id") == [("daily", 30), ("mend", 2)]


def test_it_takes_a_mended_workbook_once_only(hotline: Hotline) -> None:
    deliver(hotline)
    path = mended(hotline, both)
    hotline.feed(path)
    again = hotline.feed(path)
    assert (again.state, again.rows_read) == ("empty", 0)
    assert again.warnings == ("2 行已经补录过, 或已被重新拉取的数据取代, 没有再次计入。",)
    assert hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_takes_a_second_workbook_for_the_same_day_as_well(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD4, call("2026-03-04 10:00:00", wait="久")])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: both(row) if "25:00" in row["来电时间"] else None))
    hotline.feed(mended(hotline, both))
    assert hotline.totals() == {"2026-03-04": 12}


def test_it_leaves_rows_alone_that_were_not_changed(hotline: Hotline) -> None:
    deliver(hotline)
    result = hotline.feed(mended(hotline, lambda row: both(row) if "25:00" in row["来电时间"] else row))
    assert (result.rows_read, result.rows_used) == (1, 1)
    assert result.warnings == ("1 行没有改动, 仍留在剔除行里。",)
    assert states(hotline) == ["mended", "open"]


def test_it_keeps_rows_that_are_still_bad_as_rejects_with_the_new_text(hotline: Hotline) -> None:
    deliver(hotline)
    result = hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 26:00:00"}))
    assert (result.state, result.rows_used, result.rows_rejected) == ("ok", 0, 2)
    assert result.warnings[0].startswith("a.csv 第 12 行改正后仍不能用: ‘来电时间’ 不是时间: ‘2026-03-04 26:00:00’")
    export_rejects(hotline.engine, "calls", hotline.folder / "again.xlsx")
    rows = sheet_rows(hotline.folder / "again.xlsx")
    moment = "2026-03-04 26:00:00"
    assert [(row["来电时间"], row["行号"]) for row in rows] == [(moment, "12"), (moment, "33")]
    assert hotline.offered() == {"2026-03-04": 10, "2026-03-05": 20}


def test_it_says_what_is_wrong_with_a_workbook_that_is_not_ours(small: Hotline) -> None:
    deliver(small)
    other = small.folder / "other.xlsx"
    with xlsxwriter.Workbook(str(other)) as book:
        book.add_worksheet().write_string(0, 0, "来电时间")
    text = small.folder / "text.xlsx"
    text.write_text("来电时间,是否接通")
    for path in (other, text):
        result = small.feed(path)
        assert result.state == "failed" and result.error is not None and path.name in result.error
    assert "重新导出" in str(small.feed(other).error)
    assert small.rows("SELECT last_error FROM sources") == [(None,)]


def test_it_cannot_mend_rows_of_a_source_without_dates(small: Hotline) -> None:
    yaml = """
centres: [{code: city, name: 市中心}]
sources:
  - {code: calls, title: 日报, kind: files, shape: days, centre: city, path: inbox/calls/*, settle_seconds: 0,
     start_date: 2026-03-01, measures: {offered: 呼入, answered: 接通}}
"""
    small.configure(yaml)
    small.file("a.csv", [("10", "9"), ("很多", "9"), ("12", "11")], headers=("呼入", "接通"))
    small.pull()
    assert small.offered() == {"2026-03-01": 10, "2026-03-03": 12}
    result = small.feed(mended(small, lambda row: row | {"呼入": "11"}))
    assert result.state == "failed" and "请改正原文件后重新放入" in str(result.error)
