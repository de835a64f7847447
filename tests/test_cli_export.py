"""export: figures and stored facts as table files a spreadsheet opens."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from cli import export
from cli.console import Failure
from tests.factories import Desk, batch, calls, readings, seats
from tests.installation import Place, Told

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31", "--as-of", "2026-03-31")


@pytest.fixture
def told(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    desk = Desk(engine)
    desk.write(
        batch(calls=calls({"offered": 10, "answered": 9, "queue": "=1+1"}), readings=readings({"complaints": 2}))
    )
    desk.write(batch(seats=seats({"seat_calls": 9}, centre="district", day=date(2026, 3, 6))), "seats")
    return Told(Place(tmp_path / "here", engine).configured(), capsys)


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.reader(table))


def test_it_exports_figures_as_csv_that_excel_reads(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "sub" / "figures.csv"
    assert told.json("export", "kpi", file, "answer_rate", *MARCH, "--by", "day")["rows"] == 31
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    titles, *rows = rows_of(file)
    fifth = dict(zip(titles, rows[4], strict=True))
    assert (fifth["开始"], fifth["数值"], fifth["显示"], fifth["分子"], fifth["分母"]) == (
        "2026-03-05",
        "0.9",
        "90.00 %",
        "9.0",
        "10.0",
    )
    assert dict(zip(titles, rows[0], strict=True))["说明"] == "无数据"
    assert [p.name for p in file.parent.iterdir()] == ["figures.csv"]


def test_it_exports_figures_as_xlsx_with_real_numbers_and_days(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "figures.xlsx"
    told.lines("export", "kpi", file, "answer_rate", *MARCH)
    titles, row = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    cells = dict(zip(titles, row, strict=True))
    assert (cells["开始"], cells["数值"], cells["分母"]) == (datetime(2026, 3, 1), 0.9, 10)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_exports_facts_with_chinese_titles(told: Told, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"calls.{kind}"
    assert told.json("export", "facts", "calls", file)["rows"] == 1
    if kind == "csv":
        titles, row = rows_of(file)
    else:
        titles, row = (
            [str(c) for c in line] for line in openpyxl.load_workbook(file).active.iter_rows(values_only=True)
        )
    cells = dict(zip(titles, row, strict=True))
    assert (cells["中心"], cells["数据源"], cells["人工请求量"], cells["接通量"]) == ("city", "calls", "10", "9")
    assert cells["技能组"] == ("'=1+1" if kind == "csv" else "=1+1"), "no spreadsheet may take it for a formula"


def test_it_exports_the_days_and_centres_asked_for(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    assert told.json("export", "facts", "seats", file, "--centre", "district")["rows"] == 1
    assert told.json("export", "facts", "seats", file, "--to", "2026-03-05")["rows"] == 0
    assert told.json("export", "facts", "readings", file, "--from", "2026-03-05")["rows"] == 1
    assert told.json("export", "facts", "orders", file)["rows"] == 0
    assert told.json("export", "facts", "months", file)["rows"] == 0
    assert told.json("export", "facts", "days", file)["rows"] > 3
    assert "没有中心" in told.lines("export", "facts", "days", file, "--centre", "x", code=1)[0]


def test_it_leaves_an_older_file_as_it_was_where_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"older")
    with pytest.raises(Failure, match=r"导出为 \.csv"):
        export.write_table(file, ["a"], [["x"]] * 3)
    assert file.read_bytes() == b"older" and len(list(tmp_path.iterdir())) == 1
    assert export.write_table(file, ["a"], [["x"]] * 2) == 2
