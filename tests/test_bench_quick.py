"""The benchmark runs, and measures the same sums that the raw engine gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from bench.reference import make
from bench.report import Result, as_markdown
from tests.project_files import ROOT


def test_it_makes_the_same_reference_data_every_time(tmp_path: Path) -> None:
    first, second = make(tmp_path / "a", 1 / 365), make(tmp_path / "b", 1 / 365)
    assert first.calls_csv.read_bytes() == second.calls_csv.read_bytes()
    assert first.orders_csv.read_bytes() == second.orders_csv.read_bytes()
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT count(*), count(DISTINCT 工号), count(*) FILTER (通话时长 = '25:71:00')"
            " FROM read_csv(?, all_varchar=true)",
            [str(first.calls_csv)],
        ).fetchall()
    assert rows == [(10_411, 600, 0)]


@pytest.mark.timeout(900)  # a minute and a quarter where nothing else runs
def test_it_measures_a_small_year_and_finds_the_sums_of_the_raw_engine(tmp_path: Path) -> None:
    out = tmp_path / "table.md"
    command = [sys.executable, "-m", "bench", "--quick", "--dir", str(tmp_path / "data"), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stderr
    lines = out.read_text(encoding="utf-8").splitlines()
    (sums,) = [line for line in lines if "sums over all days" in line]
    assert "| 55 of 55 |" in sums
    assert any("first load of calls (187,397 rows, 9 rejected)" in line for line in lines)
    assert any("sql source: rows moved for a day of 50,000 calls" in line for line in lines)
    assert any("serve: start to first page" in line for line in lines)
    assert not any(str(tmp_path) in line or str(ROOT) in line for line in lines)


@pytest.mark.parametrize(("passed", "mark"), [(True, "| ✓ |"), (False, "| ✕ |"), (None, "|  |")])
def test_it_marks_what_met_its_target(passed: bool | None, mark: str) -> None:
    table = as_markdown([Result("a", "≤ 1", "2", "", passed)], "Title", "Size.")
    assert table.endswith(f"{mark}\n")
