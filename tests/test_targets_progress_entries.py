"""Readings of a file: what can be used goes in, what can't is named with its row and a way out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from xlsxwriter import Workbook

from db.engine import write
from db.entries import list_entries
from kpi.pace_model import Binding, BoundTo, PaceClass
from targets.entries_file import EntriesRead, find_indicator, read_entries, store_entries
from targets.errors import SheetError
from tests.factories import at
from tests.targets_desk import SHEET, SheetDesk, sheet_of
from tests.targets_desk import indicator as made

HEAD = ("指标", "日期", "数值或文字", "说明", "填报人")
TODAY = date(2026, 4, 1)
COUNT = Binding(BoundTo.COUNT, PaceClass.TOWARDS)


@pytest.fixture
def desk(sqlite_engine: Engine) -> SheetDesk:
    """培训 (times), 合格率 (percent) and 依据 (a judgement)."""
    return SheetDesk(
        sqlite_engine,
        {
            ("培训", "≥2次", "≥4次"): COUNT,
            ("数据资料合格率", "≥98%", "≥98%"): Binding(BoundTo.READING, PaceClass.RATIO),
            ("立项依据", "充分", "充分"): Binding(BoundTo.GRADE, PaceClass.GRADE),
        },
    )


def csv_of(*rows: Sequence[object], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEAD, *rows])
    return out.getvalue().encode(encoding)


def read(desk: SheetDesk, content: bytes, name: str = "填报.csv", author: str = "") -> EntriesRead:
    with desk.engine.connect() as conn:
        return read_entries(conn, SHEET, name, content, author=author, today=TODAY)


def test_it_takes_good_rows_and_names_bad_ones(desk: SheetDesk) -> None:
    content = csv_of(
        ("培训", "2026-03-01", "1", "新员工", "李"),
        (desk.keys["立项依据"], "2026/3/2", "充分", "", "李"),
        ("数据资料合格率", "2026年3月31日", "98.60%", "", "李"),
        ("培训次数", "2026-03-01", "1", "", "李"),
        ("培训", "2026-13-01", "1", "", "李"),
        ("培训", "2026-04-02", "1", "", "李"),
        ("培训", "2026-03-01", "", "", "李"),
        ("培训", "2026-03-05", "1", "", ""),
        ("数据资料合格率", "2026-03-31", "0.986", "", "李"),
    )
    found = read(desk, content)
    assert [(e.key, e.day, e.value, e.text) for e in found.entries] == [
        (desk.keys["培训"], date(2026, 3, 1), 1.0, ""),
        (desk.keys["立项依据"], date(2026, 3, 2), None, "充分"),
        (desk.keys["数据资料合格率"], date(2026, 3, 31), 98.6, ""),
    ]
    assert [(p.row, p.column) for p in found.problems] == [
        (5, "指标"), (6, "日期"), (7, "日期"), (8, "数值或文字"), (9, "填报人"), (10, "数值或文字"),
    ]  # fmt: skip
    assert str(found.problems[1]) == "填报.csv 第 6 行“日期”: “2026-13-01”不是日期。请写成 2026-03-01。"
    assert "请写成 98.6 或 98.6%" in str(found.problems[5])


def test_it_stores_each_row_once(desk: SheetDesk) -> None:
    content = csv_of(("培训", "2026-03-01", "1", "", "李"), ("培训", "2026-03-01", "1", "", "李"))
    found = read(desk, content)
    assert [str(p) for p in found.problems] == [
        "填报.csv 第 3 行: 与第 2 行完全相同,没有重复写入。确属另一次,请在“说明”里写明。"
    ]
    with write(desk.engine) as conn:
        assert store_entries(conn, SHEET, found.entries, now=at("2026-04-01 09:00")) == [1]
    again = read(desk, content)
    assert again.entries == ()
    assert "与填报 1完全相同" in str(again.problems[0])
    with desk.engine.connect() as conn:
        assert [(e.value, e.author) for e in list_entries(conn, SHEET)] == [(1.0, "李")]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("gb18030", ";"), ("utf-8-sig", "\t")])
def test_it_reads_the_csv_that_offices_write(desk: SheetDesk, encoding: str, delimiter: str) -> None:
    content = csv_of(("培训", "2026-03-01", "1,000", "", "李"), encoding=encoding, delimiter=delimiter)
    assert [e.value for e in read(desk, content).entries] == [1000]


def test_it_reads_a_workbook(desk: SheetDesk, tmp_path: Path) -> None:
    path = tmp_path / "填报.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["2026 年填报"])
        sheet.write_row(2, 0, HEAD[:4])
        sheet.write_row(3, 0, ["培训", "", 2])
        sheet.write_datetime(3, 1, datetime(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(4, 0, ["数据资料合格率", 20260331, 0.986])
    found = read(desk, path.read_bytes(), "填报.xlsx", author="王")
    assert [(e.day, e.value, e.author, e.row) for e in found.entries] == [(date(2026, 3, 1), 2, "王", 4)]
    assert [(p.row, p.column) for p in found.problems] == [(5, "数值或文字")]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.doc", b"", "不是 xlsx 或 csv"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("a.csv", b"\xff\xfe\x00\x81\xff", "编码不是"),
        ("a.xlsx", b"PK\x03\x04 broken", "打不开"),
    ],
)
def test_it_says_why_a_file_is_no_use(desk: SheetDesk, name: str, content: bytes, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        read(desk, content, name)


def test_it_wants_the_project_where_a_name_occurs_twice() -> None:
    sheet = sheet_of(made(1, "培训", "≥1次", "≥2次"), made(2, "培训", "≥1次", "≥2次"))
    with pytest.raises(SheetError, match="有 2 个指标叫“培训”"):
        find_indicator(sheet, "培训")
    keys = [key for _, _, key in sheet.indicators()]
    assert [find_indicator(sheet, key) for key in keys] == keys
    once = sheet_of(made(1, "培训", "≥1次", "≥2次"))
    assert find_indicator(once, "热线运营保障/培训") == find_indicator(once, " 培训 ")
