"""Bad files through a whole pull: each ends in a sentence that says what to do, and costs nothing that was there."""

from __future__ import annotations

import os
import re
import resource
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import Engine

from tests.pulling import CALLS_YAML, HEADERS, Hotline, call, calls_of

DAY4, DAY5 = date(2026, 3, 4), date(2026, 3, 5)


@pytest.fixture
def hotline(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    """A hotline that has a day already."""
    made = Hotline(sqlite_engine, tmp_path)
    made.file("before.csv", calls_of(DAY4, 20))
    made.pull()
    made.clock.advance(minutes=5)
    return made


def csv_text(rows: list[tuple[str, ...]], headers: tuple[str, ...] = HEADERS) -> str:
    return "\n".join(",".join(line) for line in [headers, *rows]) + "\n"


def sheet(path: Path, name: str, headers: tuple[str, ...]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(name)
        for row, line in enumerate([headers, *calls_of(DAY5, 3)]):
            page.write_row(row, 0, line)


def truncated_xlsx(path: Path) -> None:
    sheet(path, "话务明细", HEADERS)
    path.write_bytes(path.read_bytes()[:-1500])


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(300):
                member.write(b"<row/>" * 175_000)


def sparse(path: Path) -> None:
    with path.open("wb") as out:
        out.truncate(10 * 2**30)


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty.csv": (lambda path: path.write_bytes(b""), "文件是空的.*请重新导出"),
    "nothing_but_nul.csv": (lambda path: path.write_bytes(bytes(5000)), "全是空字节.*请重新复制或导出"),
    "ten_gigabytes.csv": (sparse, "超过上限.*请按月或按周分开导出"),
    "half_a_workbook.xlsx": (truncated_xlsx, "工作簿打不开.*没有传完.*请重新导出"),
    "zip_bomb.xlsx": (bomb, "大得不正常.*请按月分开导出"),
    "not_a_workbook.xlsx": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(300)), "请重新导出|另存为"),
    "web_page.xls": (lambda path: path.write_text("<html><table>"), "网页.*另存为 .xlsx"),
    "wrong_sheet.xlsx": (lambda path: sheet(path, "汇总", ("姓名", "部门")), "汇总.*‘来电时间’"),
    "renamed_column.csv": (
        lambda path: path.write_text(csv_text(calls_of(DAY5, 3), ("呼叫时间", *HEADERS[1:])), encoding="utf-8"),
        "‘来电时间’",
    ),
    "mixed_encodings.csv": (
        lambda path: path.write_bytes(
            csv_text([]).encode() + "2026-03-05 09:00:00,是,1,2,甲,综合\n".encode("gb18030") * 3 + b"\xff\xff\n"
        ),
        "读不出文字编码.*请重新导出为 UTF-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_it_says_what_to_do_about_a_file_that_cannot_be_read(hotline: Hotline, name: str) -> None:
    make, said = BAD_FILES[name]
    path = hotline.inbox / name
    make(path)
    hotline.settled(path)
    hotline.file("good.csv", calls_of(DAY5, 7))
    begun = time.monotonic()
    bad, good = hotline.pull(trigger="intraday")
    assert time.monotonic() - begun < 20
    assert (bad.name, bad.state, good.state) == (name, "failed", "ok")
    assert bad.error is not None and name in bad.error
    assert re.search(said, bad.error, re.DOTALL), bad.error
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 20, "2026-03-05": 7}
    assert hotline.pull(trigger="intraday") == []


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.6, 0.8, 0.95])
def test_it_survives_half_a_file_and_heals_when_the_whole_one_follows(hotline: Hotline, kept: float) -> None:
    """Cut in the middle of a row: the torn row is a reject; in the middle of a character: nothing is taken."""
    whole = csv_text(calls_of(DAY4, 40)).encode()
    path = hotline.inbox / "again.csv"
    path.write_bytes(whole[: int(len(whole) * kept)])
    hotline.settled(path)
    (result,) = hotline.pull()
    assert result.rows_used + result.rows_rejected == result.rows_read < 41
    if result.state == "failed":
        assert result.error is not None and "读不出文字编码" in result.error and "请重新导出" in result.error
    assert hotline.totals()["2026-03-04"] == (result.rows_used or 20)
    path.write_bytes(whole)
    hotline.settled(path)
    hotline.pull()
    assert hotline.totals() == {"2026-03-04": 40}
    assert hotline.rows("SELECT count(*) FROM rejects WHERE state = 'open'") == [(0,)]


def test_it_warns_when_a_file_leaves_most_of_a_day_out(hotline: Hotline) -> None:
    hotline.file("again.csv", calls_of(DAY4, 5))
    (result,) = hotline.pull()
    assert result.warnings == ("2026-03-04 的数据从 20 减少到 5, 少了一半以上。请核对来源是否完整。",)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((40, 30), (10, 6), "2026-03-04 的数据从 40 减少到 10(座席接听量从 30 减少到 6)"),
        ((40, 40), (30, 10), "2026-03-04 的座席接听量从 40 减少到 10"),
        ((40, 20), (19, 19), "2026-03-04 的数据从 40 减少到 19"),
    ],
)
def test_it_says_once_that_calls_and_seats_shrank_and_apart_what_seats_lost_alone(
    hotline: Hotline, first: tuple[int, int], second: tuple[int, int], said: str
) -> None:
    """Each: (calls of the day, those of them that seats answered)."""
    for name, day in {"one.csv": first, "two.csv": second}.items():
        hotline.file(name, calls_of(DAY4, *day))
        (result,) = hotline.pull()
    assert result.warnings == (f"{said}, 少了一半以上。请核对来源是否完整。",)


@pytest.mark.parametrize(
    ("had", "left", "warned"), [(9, 4, True), (3, 1, True), (9, 5, False), (4, 2, False), (2, 1, False)]
)
def test_it_warns_of_a_small_day_that_a_stray_row_of_a_later_file_replaces(
    hotline: Hotline, had: int, left: int, warned: bool
) -> None:
    """A day of a few calls loses more than half of them: told of. One or two rows put right are no alarm."""
    hotline.file("day4.csv", calls_of(DAY5, had))
    hotline.pull()
    hotline.file("late.csv", [*calls_of(DAY5, left), *calls_of(date(2026, 3, 3), 30)])
    (result,) = hotline.pull()
    assert hotline.offered()["2026-03-05"] == left
    said = (f"2026-03-05 的数据从 {had} 减少到 {left}, 少了一半以上。请核对来源是否完整。",)
    assert result.warnings == (said if warned else ())


def test_it_does_not_take_a_file_that_is_still_growing(hotline: Hotline) -> None:
    hotline.configure(CALLS_YAML.replace("settle_seconds: 0", "settle_seconds: 60"))
    path = hotline.file("growing.csv", calls_of(DAY5, 7))
    moment = hotline.clock.now().timestamp() - 5
    os.utime(path, (moment, moment))
    assert hotline.pull() == []
    hotline.clock.advance(minutes=2)
    assert [result.state for result in hotline.pull()] == ["ok"]


BAD_ROWS = {
    "negative": (call("2026-03-05 09:00:00", wait="-5"), "是负数"),
    "absurd": (call("2026-03-05 09:00:00", talk="9999999"), "超过 24 小时"),
    "not a number": (call("2026-03-05 09:00:00", wait="#REF!"), "不是时长"),
    "future": (call("2027-03-05 09:00:00"), "在现在(2026-03-06 02:05)之后"),
    "of another age": (call("1899-12-30 09:00:00"), "早于 2000 年"),
    "no time": (call("25:71:00"), "不是时间"),
    "another date format": (call("05/03/2026 09:00"), "不是时间"),
    "neither yes nor no": (call("2026-03-05 09:00:00", answered="也许"), "既不是“是”也不是“否”"),
    "a total": (("合计", "7", "", "", "", ""), "合计行"),
    "too short": (("2026-03-05 09:00:00",), ""),
}


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_it_rejects_a_bad_row_and_uses_the_others(hotline: Hotline, kind: str) -> None:
    row, said = BAD_ROWS[kind]
    hotline.file("a.csv", [*calls_of(DAY5, 7), row])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (8, 7, 1)
    assert hotline.totals() == {"2026-03-04": 20, "2026-03-05": 7}
    assert said in hotline.rows("SELECT reason FROM rejects")[0][0]


def test_it_reads_every_date_format_that_the_mapping_names(hotline: Hotline) -> None:
    hotline.configure(CALLS_YAML.replace('["%Y-%m-%d %H:%M:%S"]', '["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M"]'))
    hotline.file("a.csv", [call("2026-03-05 09:00:00"), call("03/05/2026 10:00"), call("5.3.2026 11:00")])
    (result,) = [result for result in hotline.pull() if result.name == "a.csv"]
    assert (result.rows_used, result.rows_rejected) == (2, 1)
    assert hotline.totals()["2026-03-05"] == 2


def test_it_counts_repeated_rows_as_the_mapping_says(hotline: Hotline) -> None:
    rows = [*calls_of(DAY5, 7), *calls_of(DAY5, 7)]
    hotline.file("a.csv", rows)
    hotline.pull()
    assert hotline.totals()["2026-03-05"] == 14
    hotline.configure(CALLS_YAML.replace("    columns:", "    duplicates: reject\n    columns:"))
    (result,) = [result for result in hotline.pull() if result.name == "a.csv"]
    assert (result.rows_used, result.rows_rejected) == (7, 7)
    assert hotline.totals()["2026-03-05"] == 7


def test_it_takes_a_day_delivered_twice_with_other_numbers_as_a_restatement(hotline: Hotline) -> None:
    hotline.file("a.csv", calls_of(DAY4, 18, answered=9))
    (result,) = hotline.pull()
    assert hotline.totals() == {"2026-03-04": 18} and hotline.totals("answered") == {"2026-03-04": 9}
    found = hotline.rows("SELECT old, new FROM restatements WHERE measure IN ('offered', 'answered') ORDER BY measure")
    assert found == [(20.0, 9.0), (20.0, 18.0)] and result.restated >= 2


def test_it_reads_gb18030_and_utf8_alike(hotline: Hotline) -> None:
    hotline.file("gb.csv", calls_of(DAY5, 7), encoding="gb18030")
    hotline.file("utf.csv", calls_of(date(2026, 3, 3), 6), encoding="utf-8-sig")
    assert [result.state for result in hotline.pull()] == ["ok", "ok"]
    assert hotline.totals() == {"2026-03-03": 6, "2026-03-04": 20, "2026-03-05": 7}


@pytest.mark.parametrize("seconds", [3600, 3600 * 24 * 400])
def test_it_takes_files_dated_by_a_clock_that_differs(hotline: Hotline, seconds: int) -> None:
    """Our clock was set back an hour, or the sender's runs ahead: the file is taken all the same."""
    path = hotline.file("a.csv", calls_of(DAY5, 7))
    moment = hotline.clock.now().timestamp() + seconds
    os.utime(path, (moment, moment))
    assert [result.state for result in hotline.pull()] == ["ok"]


@contextmanager
def full_disk(free: int) -> Iterator[None]:
    """No file of this process may grow beyond ``free`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_it_says_when_there_is_no_room_to_unpack_a_file_and_tries_again(hotline: Hotline) -> None:
    rows = [line for n in range(60) for line in calls_of(DAY5, 600)]
    hotline.file("gb.csv", rows, encoding="gb18030")
    with full_disk(1_000_000):
        (failed,) = hotline.pull(trigger="intraday")
    assert failed.state == "failed" and failed.error is not None and "检查磁盘空间" in failed.error
    assert hotline.totals() == {"2026-03-04": 20}
    (result,) = hotline.pull(trigger="intraday")  # the fault was not the file's
    assert result.state == "ok" and hotline.totals()["2026-03-05"] == 36_000
