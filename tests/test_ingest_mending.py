"""Rejects go out as a workbook and come back mended: each row counts once, whatever is delivered before or after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from ingest.pull import export_rejects
from ingest.rejects import ID, shown, unshown
from tests.pulling import CALLS_YAML, SQL_YAML, Exchange, Hotline, call, calls_of

DAY4, DAY5 = date(2026, 3, 4), date(2026, 3, 5)
BAD4, BAD5 = call("2026-03-04 25:00:00"), call("2026-03-05 09:00:00", wait="很久")
Row = dict[str, str]


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path)


@pytest.fixture
def small(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path)


def sheet_rows(path: Path, sheet: str = "calls") -> list[Row]:
    with CalamineWorkbook.from_path(str(path)) as book:
        headers, *rows = book.get_sheet_by_name(sheet).to_python()
    return [{str(h): str(c) for h, c in zip(headers, row, strict=True)} for row in rows]


def mended(hotline: Hotline, change: Callable[[Row], Row | None], name: str = "mended.xlsx") -> Path:
    """The exported rejects as a person gives them back: each row changed, or left out (None)."""
    path = hotline.folder / "rejects.xlsx"
    export_rejects(hotline.engine, "calls", path)
    rows = [changed for row in sheet_rows(path) if (changed := change(row)) is not None]
    return written(hotline.folder / name, rows)


def written(path: Path, rows: list[Row]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("calls")
        for number, row in enumerate([{header: header for header in rows[0]}, *rows] if rows else [{ID: ID}]):
            for column, cell in enumerate(row.values()):
                sheet.write_string(number, column, cell)
    return path


def both(row: Row) -> Row:
    """The right correction of BAD4 and BAD5."""
    if row["来电时间"].endswith("25:00:00"):
        return row | {"来电时间": "2026-03-04 15:00:00"}
    return row | {"等待时长": "33"}


def deliver(hotline: Hotline, name: str = "a.csv") -> None:
    hotline.file(name, [*calls_of(DAY4, 10), BAD4, *calls_of(DAY5, 20), BAD5])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (32, 30, 2)


def states(hotline: Hotline) -> list[str]:
    return [state for (state,) in hotline.rows("SELECT state FROM rejects ORDER BY id")]


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
    assert cells == ["'=cmd|' /C calc'!A0", "'+1", "'-2026", "'@x", "''=1", "正常"]
    assert small.feed(written(small.folder / "m.xlsx", sheet_rows(path))).rows_read == 0  # nothing was changed


@pytest.mark.parametrize("text", ["=1+1", "-5", "'=x", "''", "plain", "", "a\tb", "\t=1", "'quoted'"])
def test_it_gives_back_the_text_that_was_shown(text: str) -> None:
    assert unshown(shown(text)) == text


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


def test_it_does_not_count_a_mended_row_again_when_the_corrected_file_follows(hotline: Hotline) -> None:
    deliver(hotline)
    hotline.feed(mended(hotline, both))
    hotline.clock.advance(minutes=5)
    corrected = [*calls_of(DAY4, 10), call("2026-03-04 15:00:00"), *calls_of(DAY5, 20), call("2026-03-05 09:00:00")]
    hotline.file("a.csv", corrected)
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_does_not_count_a_mended_row_when_the_corrected_file_came_before(hotline: Hotline) -> None:
    """The corrected file has another name: its days were given anew, so what was mended of the old one is past."""
    deliver(hotline)
    path = mended(hotline, both)
    hotline.clock.advance(minutes=5)
    hotline.file("a_corrected.csv", [*calls_of(DAY4, 10), call("2026-03-04 15:00:00")])
    hotline.pull()
    result = hotline.feed(path)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}
    assert (result.rows_read, result.rows_used) == (1, 1)
    assert "1 行所在的日期已由来源重新提供, 没有补录, 以免重复计数。" in result.warnings
    assert states(hotline) == ["superseded", "mended"]


def test_it_refuses_mended_rows_of_a_file_delivered_anew_under_its_name(hotline: Hotline) -> None:
    deliver(hotline)
    path = mended(hotline, both)
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 11), *calls_of(DAY5, 21)])
    hotline.pull()
    assert hotline.feed(path).rows_read == 0
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_mends_a_row_again_that_the_source_gives_again(hotline: Hotline) -> None:
    """The file grows by a day but nobody has corrected its bad rows: what was mended stays mended."""
    deliver(hotline)
    hotline.feed(mended(hotline, both))
    hotline.clock.advance(days=1)
    rows = [*calls_of(DAY4, 10), BAD4, *calls_of(DAY5, 20), BAD5, *calls_of(date(2026, 3, 6), 7)]
    hotline.file("a.csv", rows)
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected, result.restated) == (39, 39, 0, 0)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21, "2026-03-06": 7}
    assert hotline.rows("SELECT DISTINCT part FROM call_stats") == [("",)]


def test_it_mends_as_often_as_the_row_was_mended(hotline: Hotline) -> None:
    """Two equal bad rows, one of them mended: given again, one is mended and one a reject."""
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD4, BAD4])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: both(row) if row["行号"] == "12" else None))
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 12), BAD4, BAD4])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (14, 13, 1)
    assert hotline.offered() == {"2026-03-04": 13}


def test_it_follows_a_row_that_was_mended_twice(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD4])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 26:00:00"}))
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 16:00:00"}))
    assert hotline.offered() == {"2026-03-04": 11}
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 11), BAD4])
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 12}
    assert "open" not in states(hotline)


def test_it_keeps_mended_parts_of_other_files_where_files_add_up(hotline: Hotline) -> None:
    hotline.configure(CALLS_YAML.replace("path:", "each_file: adds\n    path:"))
    hotline.file("north.csv", [*calls_of(DAY4, 10), BAD4])
    hotline.file("south.csv", [*calls_of(DAY4, 20), call("2026-03-04 99:00:00")])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 15:00:00"}))
    assert hotline.offered() == {"2026-03-04": 32}
    hotline.clock.advance(minutes=5)
    hotline.file("south.csv", calls_of(DAY4, 21))
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 32}
    assert hotline.rows("SELECT part, sum(offered) FROM call_stats GROUP BY part ORDER BY 2")[0][1] == 1


def test_it_mends_no_row_into_a_day_that_was_given_after_it(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 10), call("2026-13-05 09:00:00")])
    hotline.file("b.csv", calls_of(DAY5, 20))
    hotline.pull()
    result = hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-05 09:00:00"}))
    assert "没有补录, 以免重复计数" in result.warnings[0]  # the later file may hold the row already
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


@pytest.fixture
def exchange(hotline: Hotline) -> Exchange:
    """A foreign database with a call that can't be read; the hotline pulls from it."""
    made = Exchange(hotline.folder / "exchange.db")
    hotline.configure(SQL_YAML % made.path)
    made.add(DAY4, 10)
    made.add(DAY5, 20)
    made.run("INSERT INTO calls VALUES (?, ?, ?)", [("2026-03-04 10:00:00", "大概", "5")])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_rejected) == (31, 1)
    return made


def answered(row: Row) -> Row:
    return row | {"answered": "是"}


def test_it_keeps_a_row_mended_however_often_its_window_is_pulled(hotline: Hotline, exchange: Exchange) -> None:
    hotline.feed(mended(hotline, answered))
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 20}
    for _ in range(3):
        hotline.clock.advance(days=1)
        (result,) = hotline.pull()
        assert (result.rows_read, result.rows_used) == (31, 31)
        assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 20}
    assert hotline.rows("SELECT count(*) FROM restatements WHERE new IS NULL OR new < old") == [(0,)]


def test_it_lets_go_of_a_mended_row_that_the_source_corrected(hotline: Hotline, exchange: Exchange) -> None:
    hotline.feed(mended(hotline, answered))
    exchange.run("UPDATE calls SET answered = '否' WHERE answered = '大概'")
    hotline.pull()
    assert hotline.totals() == {"2026-03-04": 11, "2026-03-05": 20}
    assert hotline.totals("answered") == {"2026-03-04": 10, "2026-03-05": 20}
    exchange.run("DELETE FROM calls WHERE asked = '2026-03-04 10:00:00' AND answered = '否'")
    hotline.pull()
    assert hotline.totals() == {"2026-03-04": 10, "2026-03-05": 20}


def test_it_does_not_add_a_mended_row_that_the_source_corrected_first(hotline: Hotline, exchange: Exchange) -> None:
    path = mended(hotline, answered)
    exchange.run("UPDATE calls SET answered = '是' WHERE answered = '大概'")
    hotline.clock.advance(days=1)  # the next window only overlaps the first: nobody has closed the reject
    hotline.pull()
    assert states(hotline) == ["open"]
    result = hotline.feed(path)
    assert "没有补录, 以免重复计数" in result.warnings[0]
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 20}
    assert states(hotline) == ["superseded"]


def test_it_puts_a_mended_row_back_when_its_file_is_delivered_after_a_day_it_was_mended_into(
    hotline: Hotline,
) -> None:
    hotline.file("b.csv", calls_of(DAY5, 20))
    hotline.pull()
    hotline.file("a.csv", [*calls_of(DAY4, 10), call("2026-13-05 09:00:00")])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-05 09:00:00"}))
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 11), call("2026-13-05 09:00:00")])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used) == (12, 12)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}
