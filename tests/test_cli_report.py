"""report: what is told, written and sent on the command line."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from db.alert_rules import save_contact
from db.deliveries import list_deliveries
from db.engine import write
from db.report_store import Schedule, list_reports, save_schedule
from kpi.alert_model import Contact
from tests.factories import Desk, batch, calls
from tests.installation import Place, Told

WEEK = ("report", "weekly", "--date", "2026-03-12")


@pytest.fixture
def told(sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Two weeks of March 2026 in the city: 95 of 100 calls answered every day."""
    desk = Desk(sqlite_engine)
    days = [date(2026, 3, n) for n in range(2, 16)]
    desk.write(batch(calls=calls(*({"offered": 100, "answered": 95, "day": day} for day in days))))
    return Told(Place(tmp_path / "here", sqlite_engine).configured(), capsys)


def test_it_tells_the_main_points(told: Told) -> None:
    lines = told.lines(*WEEK)
    assert lines[0] == "市中心 周报 2026年3月9日–15日"
    assert "· 呼入量 700 个(与上周持平);接通率 95.00 %(与上周持平)。" in lines
    given = told.json(*WEEK)
    assert (given["kind"], given["start"], given["through"], given["empty"]) == (
        "weekly",
        "2026-03-09",
        "2026-03-15",
        False,
    )
    (rate,) = [row[1] for row in given["sections"][3]["tables"][0]["rows"] if row[0]["text"] == "接通率"]
    assert rate["value"] == 0.95


@pytest.mark.parametrize(("kind", "title"), [("daily", "日报"), ("monthly", "月报"), ("half-year", "半年报")])
def test_it_knows_every_kind(told: Told, kind: str, title: str) -> None:
    assert title in told.lines("report", kind, "--date", "2026-03-12")[0]


def test_it_writes_the_file_its_ending_asks_for(told: Told, tmp_path: Path) -> None:
    for ending, begins in (("pdf", b"%PDF-"), ("html", b"<!DOCTYPE html>"), ("xlsx", b"PK"), ("docx", b"PK")):
        path = tmp_path / f"周报.{ending}"
        assert told.json(*WEEK, "--out", path)["bytes"] == path.stat().st_size
        assert path.read_bytes().startswith(begins)
    assert "95.00 %" in PdfReader(io.BytesIO((tmp_path / "周报.pdf").read_bytes())).pages[0].extract_text()
    assert told.lines(*WEEK, "--out", tmp_path / "x.txt", code=1)[0].startswith("不认识的格式 'txt'")


def test_it_says_what_is_wrong(told: Told) -> None:
    assert "还没有到" in told.lines("report", "daily", "--date", "2999-01-01", code=1)[0]
    assert "没有目标表 'x'" in told.lines(*WEEK, "--sheet", "x", code=1)[0]
    assert "没有中心 'x'" in told.lines(*WEEK, "--centre", "x", code=1)[0]
    assert told.lines(*WEEK, "--send", code=1) == [
        "没有哪个计划发送这种报告。请用 --group 写明读者组,或在“报告”页添加计划。"
    ]
    assert told.lines("report", code=2)[-1].startswith("运行 ")


def test_it_sends_to_the_readers_of_the_schedules_once(told: Told, tmp_path: Path) -> None:
    engine = told.place.engine
    with write(engine) as conn:
        save_contact(conn, Contact("领导", "email", "boss@example.org"))
        save_schedule(conn, Schedule("weekly", "领导"))
    path = tmp_path / "x.pdf"
    sent = told.json(*WEEK, "--send", "--out", path)
    assert (sent["groups"], sent["readers"], sent["told"]) == (["领导"], 1, 1)
    assert path.read_bytes().startswith(b"%PDF-")
    (again,) = told.lines(*WEEK, "--send")
    assert again.endswith(f"1 个读者都已收到过(编号 {sent['report']}),没有再发。")
    with engine.connect() as conn:
        assert len(list_reports(conn)) == 1, "what nobody gets is not kept as if it had been sent"
    assert "没有启用的联系方式" in told.lines(*WEEK, "--send", "--group", "谁", code=1)[-1]
    with engine.connect() as conn:
        (delivery,) = list_deliveries(conn)
        assert (delivery.kind, delivery.address, delivery.state) == ("report", "boss@example.org", "pending")
        assert {one.state for one in list_reports(conn)} == {"ok"}
