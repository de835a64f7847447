"""Excel files: cells as text, sheets and headers, and files that mean harm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from ingest.errors import SourceError
from ingest.sources import workbook
from ingest.sources.files import read_file
from ingest.sources.workbook import cell_text
from tests.ingest_files import CALL_HEADERS, CALLS, TODAY, reasons, source, total, write_xlsx

DATA = Path(__file__).parent / "data"
GOOD = (datetime(2026, 3, 1, 8), "是", 5, 60, "0071")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("00123", "00123"), (53.0, "53"), (13800138000.0, "13800138000"), (0.9401, "0.9401"), (1e-05, "1e-05"),
        (True, "TRUE"), (datetime(2021, 1, 1, 9, 12, 57, 600_000), "2021-01-01 09:12:58"),
        (datetime(2021, 1, 1, 23, 59, 59, 999_000), "2021-01-02 00:00:00"), (date(2021, 1, 1), "2021-01-01"),
        (time(0, 2, 23), "0:02:23"), (timedelta(days=1, hours=12), "36:00:00"), (timedelta(hours=-12), "-12:00:00"),
        (datetime(1900, 1, 1, 6), "30:00:00"), (date(1900, 1, 1), "24:00:00"), ("a\r\nb", "a\nb"),
    ],
)  # fmt: skip
def test_it_writes_a_cell_as_the_user_sees_it(cell: workbook.Cell, text: str) -> None:
    assert cell_text(cell) == text


def test_it_reads_dates_times_numbers_and_leading_zeros(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy/m/d h:mm"}) as book:
        sheet, clock = book.add_worksheet("明细"), book.add_format({"num_format": "h:mm:ss"})
        sheet.write_row(0, 0, CALL_HEADERS)
        sheet.write_row(1, 0, (*GOOD[:3], None, "0071"))
        sheet.write(1, 3, 90 / 86400, clock)
        sheet.write_row(2, 0, ("2026-03-01 09:00", "是", "0:00:07", 30.0, 1002))
    batch = read_file(source(tmp_path, CALLS), path, TODAY)
    assert batch.seats is not None
    assert dict(zip(batch.seats["seat"], batch.seats["seat_busy_seconds"], strict=True)) == {"0071": 90, "1002": 30}
    assert total(batch, "calls", "wait_seconds") == 12


def test_it_numbers_rows_as_the_sheet_does(tmp_path: Path) -> None:
    rows = [(), ("话务明细表",), CALL_HEADERS, GOOD, (), ("昨天", "是", 5, 60, "1"), ("合计", None, 10, 120), ("", " ")]
    batch = read_file(source(tmp_path, CALLS), write_xlsx(tmp_path / "a.xlsx", {"明细": rows}), TODAY)
    assert list(reasons(batch)) == [6, 7] and batch.rows_used == 1
    assert batch.rejects[0].sheet == "明细" and "合计行" in batch.rejects[1].reason


def test_it_takes_the_first_visible_sheet_with_the_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "来电时间")
        for name, rows in (("旧", 3), ("明细", 1), ("再一张", 2)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, CALL_HEADERS)
            for number in range(rows):
                sheet.write_row(number + 1, 0, ("2026-03-01 08:00:00", "是", 5, 60, "1"))
            if name == "旧":
                sheet.hide()
    assert read_file(source(tmp_path, CALLS), path, TODAY).rows_used == 1
    assert read_file(source(tmp_path, CALLS + "sheet: 再一张"), path, TODAY).rows_used == 2
    assert read_file(source(tmp_path, CALLS + "sheet: 2"), path, TODAY).rows_used == 3


@pytest.mark.parametrize("sheet", ["话务", "7"])
def test_it_names_the_sheets_there_are(tmp_path: Path, sheet: str) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"甲": [CALL_HEADERS], "乙": []})
    with pytest.raises(SourceError, match="只有: 甲、乙"):
        read_file(source(tmp_path, CALLS + f"sheet: {sheet}"), path, TODAY)


def test_it_names_the_headers_of_the_nearest_sheet(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"甲": [("x",)], "乙": [CALL_HEADERS[:4]]})
    with pytest.raises(
        SourceError, match=r"工作表 ‘乙’\(共有工作表: 甲、乙\) 缺少列: ‘工号’。现有的列: 来电时间、是否接通"
    ):
        read_file(source(tmp_path, CALLS), path, TODAY)


def test_it_says_so_when_a_workbook_is_empty(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"甲": []})
    with pytest.raises(SourceError, match="工作表里没有内容。工作簿里的工作表: 甲"):
        read_file(source(tmp_path, CALLS), path, TODAY)


def test_it_reads_the_old_xls(tmp_path: Path) -> None:
    batch = read_file(source(tmp_path, CALLS), DATA / "calls.xls", TODAY)
    assert (total(batch, "calls", "offered"), total(batch, "calls", "wait_seconds")) == (2, 5)
    assert batch.seats is not None and list(batch.seats["seat"]) == ["0071"]


def test_it_asks_for_a_workbook_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="工作簿有密码"):
        read_file(source(tmp_path, CALLS), DATA / "locked.xlsx", TODAY)


def _repack(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The workbook with the content of its members changed."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "good.xlsx", {"明细": [CALL_HEADERS, GOOD]})


def test_it_refuses_a_zip_bomb_without_unpacking_it(tmp_path: Path, good: Path) -> None:
    bomb = _repack(good, lambda name, data: b"0" * (60 * 2**20) if name.endswith("sheet1.xml") else data)
    with pytest.raises(SourceError, match="压缩炸弹"):
        read_file(source(tmp_path, CALLS), bomb, TODAY)


def test_it_refuses_a_sheet_that_spreads_over_billions_of_cells(tmp_path: Path, good: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    wide = _repack(good, lambda name, data: data.replace(b"</sheetData>", far))
    with pytest.raises(SourceError, match="1048576 行 × 16384 列"):
        read_file(source(tmp_path, CALLS), wide, TODAY)


def test_it_sees_through_a_wrong_size_in_the_directory(tmp_path: Path, good: Path) -> None:
    content = bytearray(good.read_bytes())
    place = content.index(b"PK\x01\x02")
    size = int.from_bytes(content[place + 24 : place + 28], "little")
    content[place + 24 : place + 28] = (size // 2).to_bytes(4, "little")
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(bytes(content))
    with pytest.raises(SourceError, match="工作簿打不开"):
        read_file(source(tmp_path, CALLS), bad, TODAY)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_it_says_so_when_half_a_workbook_arrived(tmp_path: Path, good: Path, keep: float) -> None:
    half = tmp_path / "half.xlsx"
    half.write_bytes(good.read_bytes()[: int(good.stat().st_size * keep)])
    with pytest.raises(SourceError, match="工作簿打不开"):
        read_file(source(tmp_path, CALLS), half, TODAY)


def test_it_says_so_when_a_sheet_is_broken_inside(tmp_path: Path, good: Path) -> None:
    torn = _repack(good, lambda name, data: data[: len(data) // 2] if name.endswith("sheet1.xml") else data)
    with pytest.raises(SourceError, match="工作簿打不开|缺少列|找不到表头"):
        read_file(source(tmp_path, CALLS), torn, TODAY)


def test_it_says_so_when_a_zip_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.csv", "x")
    with pytest.raises(SourceError, match="不是 .xlsx 工作簿"):
        read_file(source(tmp_path, CALLS), path, TODAY)
