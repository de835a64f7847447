"""pull, runs, rejects, restatements: what came of a pull can be followed and put right from the command line."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, text

from tests.factories import Desk, FrozenClock, batch, seats
from tests.installation import SOURCES, Place, Told
from tests.project_files import ROOT

GOOD = ("2026-03-05 09:00:00,是,10", "2026-03-05 09:01:00,否,30")
BAD = "2026-03-05 25:71:00,是,10"


@pytest.fixture
def told(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(Place(tmp_path / "here", engine).configured(), capsys)


def test_it_pulls_and_tells_what_came_of_it(told: Told) -> None:
    told.place.calls_file("a.csv", *GOOD, BAD)
    (result,) = told.json("pull", "calls")
    assert (result["state"], result["rows_read"], result["rows_used"], result["rows_rejected"]) == ("ok", 3, 2, 1)
    assert told.json("pull", "all") == [], "the file is known by its content"
    (run,) = told.json("runs")
    assert (run["source"], run["trigger"], run["state"], run["rows_read"]) == ("calls", "manual", "ok", 3)
    assert any("手动" in line and "成功" in line for line in told.lines("runs"))
    assert told.json("runs", "--state", "failed") == []


def test_it_names_a_file_that_was_copied_a_moment_ago(told: Told) -> None:
    told.place.configured(SOURCES.replace("settle_seconds: 0", "settle_seconds: 3600"))
    path = told.place.calls_file("刚复制.csv", "2026-03-03 09:00:00,是,10")
    os.utime(path)
    assert told.lines("pull", "calls") == [
        "没有新数据。",
        "calls: 刚复制.csv 刚有改动,可能还没有写完;3600 秒后再拉取。",
    ]
    os.utime(path, (0, 0))
    assert "没有新数据。" not in told.lines("pull", "calls")
    assert told.lines("pull", "calls") == ["没有新数据。"]


def test_it_says_progress_in_plain_lines_where_there_is_no_terminal(told: Told) -> None:
    told.place.calls_file("a.csv", *GOOD)
    lines = told.lines("pull", "calls")
    assert "calls 1/1 a.csv" in lines[0]
    assert "成功,读 2 行,用 2 行,剔除 0 行" in lines[1]


def test_it_shows_a_bar_on_a_terminal(told: Told) -> None:
    told.place.calls_file("a.csv", *GOOD)
    master, slave = pty.openpty()
    done = subprocess.run(
        [sys.executable, "app.py", "pull", "calls"],
        cwd=ROOT, env={**os.environ, **told.place.env, "TERM": "xterm", "COLUMNS": "120", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE, stderr=slave, encoding="utf-8", timeout=60,
    )  # fmt: skip
    os.close(slave)
    shown = os.read(master, 100_000).decode("utf-8", "replace")
    os.close(master)
    assert done.returncode == 0 and "成功" in done.stdout
    assert "━" in shown and "1/1" in shown and "2 行" in shown


def test_it_fails_with_1_and_the_reason_where_a_pull_fails(told: Told) -> None:
    told.place.calls_file("a.csv").write_text("别的列\n1\n", encoding="utf-8")
    (result,) = told.json("pull", "calls", code=1)
    assert result["state"] == "failed" and "来电时间" in result["error"]
    assert told.json("runs", "--state", "failed")[0]["error"] == result["error"]


def test_it_names_the_sources_there_are(told: Told) -> None:
    assert "没有数据源 'nope';可用: calls、all" in told.lines("pull", "nope", code=1)[0]
    assert "晚于" in told.lines("pull", "calls", "--from", "2026-03-05", "--to", "2026-03-04", code=1)[0]


def test_it_exports_rejects_for_mending_and_feeds_them_again(told: Told, tmp_path: Path) -> None:
    told.place.calls_file("a.csv", *GOOD, BAD)
    told.lines("pull", "calls")
    listed = told.json("rejects")
    assert listed["total"] == 1
    (reject,) = listed["rejects"]
    assert (reject["file"], reject["row_no"], reject["column"]) == ("a.csv", 4, "来电时间")
    assert "25:71:00" in reject["value"]
    assert told.json("rejects", "export", "calls", tmp_path / "r.xlsx")["rejects"] == 1
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value == "2026-03-05 25:71:00":
                cell.value = "2026-03-05 21:17:00"
    book.save(tmp_path / "r.xlsx")
    (result,) = told.json("rejects", "feed", tmp_path / "r.xlsx")
    assert (result["state"], result["rows_used"]) == ("ok", 1)
    assert told.json("rejects", "list")["total"] == 0
    assert told.json("rejects", "list", "--all")["total"] == 1
    with told.place.engine.connect() as conn:
        assert conn.execute(text("SELECT SUM(offered) FROM call_stats")).scalar() == 3
    assert "没有文件" in told.lines("rejects", "feed", tmp_path / "none.xlsx", code=1)[0]


def test_it_lists_totals_that_grew_with_a_new_source_apart_from_corrections(told: Told) -> None:
    desk = Desk(told.place.engine, FrozenClock("2026-03-06 02:00"))
    desk.source("tickets", "工单系统")
    desk.write(batch(seats=seats({"seat": "1001", "seat_calls": 7})), "calls")
    desk.clock.advance(days=2)
    desk.write(batch(seats=seats({"seat": "1001", "seat_orders": 2})), "tickets")
    (found,) = told.json("restatements")
    assert (found["cause"], found["source"], found["measure"]) == ("first_given", "工单系统", "items")
    assert (found["first"], found["last"], found["days"], found["added"]) == ("2026-03-05", "2026-03-05", 1, 2)
    lines = told.lines("restatements")
    assert lines[0] == "没有重述。"
    assert "不是更正" in lines[1]
    assert " ".join(lines[3].split()) == "市中心 工单系统 座席处理件数 2026-03-05 1 +2 2026-03-08 02:00:00 2"


def test_it_lists_figures_that_changed_after_their_day(told: Told) -> None:
    told.place.calls_file("a.csv", *GOOD)
    told.lines("pull", "calls")
    assert told.lines("restatements") == ["没有重述。"]
    told.place.calls_file("b.csv", *GOOD, "2026-03-05 09:02:00,是,5")
    told.lines("pull", "calls")
    (found,) = told.json("restatements", "--from", "2026-03-05", "--to", "2026-03-05", "--centre", "city")
    assert (found["centre"], found["day"], found["run_id"]) == ("city", "2026-03-05", 2)
    offered = next(r for r in found["measures"] if r["measure"] == "offered")
    assert (offered["old"], offered["new"], offered["old_run_id"]) == (2, 3, 1)
    rate = next(k for k in found["kpis"] if k["kpi"] == "answer_rate")
    assert (rate["old"]["numerator"], rate["old"]["denominator"]) == (1, 2)
    assert (rate["new"]["numerator"], rate["new"]["denominator"]) == (2, 3)
    assert rate["shown"] == "50.00 % → 66.67 %"
    assert told.json("restatements", "--from", "2026-03-06") == []
    lines = told.lines("restatements")
    assert any("接通率" in line and "50.00 % → 66.67 %" in line for line in lines)
    assert not any("人工请求量" in line for line in lines)
    assert any("人工请求量" in line and "2 → 3" in line for line in told.lines("restatements", "--measures"))
    assert "没有中心" in told.lines("restatements", "--centre", "x", code=1)[0]
