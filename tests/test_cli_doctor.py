"""doctor and init: each line is ok or says what to do, for every kind of trouble."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text

from cli import checks
from db.meta import set_meta
from db.schema import runs
from ingest.config import load_config
from scheduler.leader import EVER_LED, leader_for
from scheduler.runner import run_scheduler
from tests.factories import TZ, Desk, batch, calls
from tests.installation import SOURCES, Place, Told
from tests.project_files import ROOT

TODAY = datetime.now(TZ).date()  # the centre's day, wherever the tests run


@pytest.fixture
def told(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(Place(tmp_path / "here", engine).configured(), capsys)


@pytest.fixture
def local(sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(Place(tmp_path / "here", sqlite_engine).configured(), capsys)


def found(told: Told, *words: str, code: int = 1) -> dict[str, dict[str, Any]]:
    """The findings by subject (the worst one, where there are several)."""
    result = told.json("doctor", *words, code=code)
    assert result["ok"] == (code == 0)
    by_subject: dict[str, dict[str, Any]] = {}
    for finding in result["findings"]:
        if finding["subject"] not in by_subject or finding["level"] == "problem":
            by_subject[finding["subject"]] = finding
    return by_subject


def test_it_finds_nothing_wrong_where_nothing_is(told: Told) -> None:
    for back in range(3):
        told.place.calls_file(f"{back}.csv", f"{TODAY - timedelta(days=back)} 00:00:01,是,10")
    told.lines("pull", "all")
    stop = Event()
    product = told.place.product(lambda: datetime.now(UTC))
    thread = Thread(target=run_scheduler, args=(product, stop))
    thread.start()
    try:
        for _ in range(100):
            if checks.check_scheduler(product).__next__().level == "ok":
                break
            stop.wait(0.1)
        findings = found(told, code=0)
        assert {f["level"] for f in findings.values()} == {"ok"}
        assert findings["调度"]["text"] == f"由 {product.holder} 执行"
        assert told.lines("doctor")[-1] == "一切正常。"
    finally:
        stop.set()
        thread.join(timeout=10)
        product.engine.dispose()
    assert found(told)["调度"]["text"] == "没有进程在调度"


def test_it_calls_no_fault_what_a_new_installation_has_not_yet_done(told: Told) -> None:
    findings = found(told, code=0)
    assert (findings["调度"]["level"], findings["调度"]["text"]) == ("note", "还没有启动过定时拉取")
    assert "python app.py serve" in findings["调度"]["advice"]
    assert (findings["数据源 calls"]["level"], findings["数据源 calls"]["text"]) == ("note", "还没有拉取过")
    assert told.lines("doctor")[-1] == "没有发现问题;有 2 件事可做,见带 · 的行。"


def test_it_calls_data_pulled_by_hand_no_fault_while_nobody_was_to_pull_it(told: Told) -> None:
    told.place.calls_file("a.csv", f"{TODAY} 00:00:01,是,10")
    told.lines("pull", "all")
    with told.place.engine.begin() as conn:
        conn.execute(text("UPDATE sources SET checked_at = '2026-01-05 00:00:00'"))
    assert found(told, code=0)["数据源 calls"]["level"] == "note"
    with told.place.engine.begin() as conn:
        set_meta(conn, EVER_LED, "2026-01-05T00:00:00+00:00")
    assert found(told)["数据源 calls"]["level"] == "problem"


def test_it_says_what_to_do_about_rows_that_could_not_be_used(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told.place.calls_file("a.csv", f"{TODAY} 00:00:01,是,10", f"{TODAY} 00:00:02,也许,10")
    told.lines("pull", "all")
    finding = found(told, code=0)["剔除行"]
    assert (finding["level"], finding["text"]) == ("note", "有 1 条剔除行待处理(calls 1 条)")
    assert "rejects export calls 剔除行.xlsx" in finding["advice"]
    assert "一切正常。" not in told.lines("doctor")
    monkeypatch.setattr(checks, "MANY_REJECTS", 1)
    assert "格式变了" in found(told)["剔除行"]["advice"]


def test_it_says_that_somebody_leads_without_a_sign_of_life(told: Told) -> None:
    leader = leader_for(told.place.engine)
    assert leader.acquire()
    assert "没有心跳" in found(told)["调度"]["text"]
    leader.release()


def test_it_finds_holes_in_the_data_until_they_are_explained(told: Told) -> None:
    hole = TODAY - timedelta(days=2)
    for back in (1, 3):
        told.place.calls_file(f"{back}.csv", f"{TODAY - timedelta(days=back)} 09:00:00,是,10")
    told.lines("pull", "all")
    finding = found(told)["缺口 calls"]
    assert finding["level"] == "problem" and str(hole) in finding["text"]
    assert f"closed-day add calls {hole}" in finding["advice"]
    told.lines("closed-day", "add", "calls", hole, "--reason", "停电")
    assert found(told, code=0)["缺口 calls"]["level"] == "ok"


def test_it_finds_totals_that_do_not_follow_the_facts_and_repairs_them(told: Told) -> None:
    Desk(told.place.engine).write(batch(calls=calls({"offered": 10, "answered": 9})))
    with told.place.engine.begin() as conn:
        conn.execute(text("UPDATE call_stats SET offered = 11"))
    finding = found(told)["合计"]
    assert "offered: 10.0 ≠ 11.0" in finding["text"] and "--repair" in finding["advice"]
    assert found(told, "--repair")["合计"]["level"] == "note"
    assert found(told)["合计"]["level"] == "ok"


def test_it_finds_a_source_that_is_gone_and_the_error_of_its_last_pull(local: Told) -> None:
    local.place.calls_file("a.csv").write_text("别的列\n1\n", encoding="utf-8")
    local.lines("pull", "calls", code=1)
    assert "来电时间" in found(local)["数据源 calls"]["text"]
    local.place.configured(SOURCES.replace("inbox/*.csv", "gone/calls/*.csv"))
    assert f"{Path('gone', 'calls')} 不存在" in found(local)["数据源 calls"]["text"]


def test_it_tries_to_reach_databases_and_hosts(postgresql_engine: Engine, local: Told) -> None:
    url = postgresql_engine.url.render_as_string(hide_password=False)
    sql = "  - {code: %s, title: t, kind: sql, shape: calls, centre: city, url: '%s', table: t,%s}\n"
    fields = " columns: {asked_at: {column: a, format: ['%Y-%m-%d']}, answered: {column: b, yes: ['1'], no: ['0']}}"
    http = "  - {code: far, title: t, kind: http, shape: calls, centre: city, url: 'http://127.0.0.1:1/{from}{to}{page}',%s}\n"
    local.place.configured(
        SOURCES + sql % ("good", url, fields) + sql % ("bad", "postgresql://x@127.0.0.1:1/x", fields) + http % fields
    )
    findings = found(local)
    assert findings["数据源 good"]["level"] == "note"
    assert "连不上数据库" in findings["数据源 bad"]["text"]
    assert "连不上 127.0.0.1" in findings["数据源 far"]["text"]


def test_it_finds_a_clock_that_was_set_back(local: Told) -> None:
    source = Desk(local.place.engine).source("calls")
    later = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    with local.place.engine.begin() as conn:
        conn.execute(insert(runs).values(source_id=source, trigger="manual", state="ok", started_at=later))
    assert "慢 3" in found(local)["时钟"]["text"]


def test_it_finds_secrets_that_others_can_read(local: Told) -> None:
    local.lines("runs")
    os.chmod(local.place.folder / "secret_key", 0o644)
    if os.name == "posix":
        assert "chmod 600" in found(local)["设置"]["advice"]
    else:  # Windows keeps rights elsewhere: those of the folder
        assert found(local)["设置"]["level"] == "ok"


def test_it_finds_a_full_disk(local: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE", 10**18)
    assert "请清理" in found(local)["磁盘"]["advice"]


def test_it_finds_a_damaged_database(local: Told) -> None:
    local.lines("runs")
    with local.place.engine.begin() as conn:
        conn.execute(text("PRAGMA foreign_keys = OFF"))
        conn.execute(text("PRAGMA ignore_check_constraints = ON"))
    local.place.engine.dispose()
    path = Path(str(local.place.engine.url.database))
    whole = bytearray(path.read_bytes())
    whole[8192:] = b"\xff" * (len(whole) - 8192)
    path.write_bytes(whole)
    findings = found(local)
    assert any("已损坏" in f["text"] and "restore" in f["text"] + f["advice"] for f in findings.values())


def test_it_tells_of_wrong_settings_and_sources_as_findings(local: Told) -> None:
    local.place.configured("centres: [{code: a, name: A}]\nsauces: []\n")
    assert "sauces" in found(local)["数据源配置或数据库"]["text"]
    local.place.env["HOTLINE_PORT"] = "x"
    assert "HOTLINE_PORT" in found(local)["设置"]["text"]


def test_it_tells_that_the_demo_is_on_and_where_its_data_was_left_behind(
    sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = Told(Place(tmp_path / "here", sqlite_engine), capsys)
    assert found(told, code=0)["演示数据"]["level"] == "note"
    inbox = told.place.folder / "inbox"
    (inbox / ".demo.json").write_text("{}", encoding="utf-8")
    desk = Desk(sqlite_engine)
    desk.write(batch(calls=calls({"offered": 1})), "demo-calls")
    told.place.configured()
    assert found(told)["演示数据"]["level"] == "problem"


def test_it_sets_up_a_data_directory_and_leaves_what_is_there(
    empty_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from db.engine import make_engine

    engine = make_engine(empty_url)
    folder = tmp_path / "new" / "data"
    told = Told(Place(folder, engine), capsys)
    (folder / "inbox").rmdir()
    folder.rmdir()
    told.json("init")
    example = (ROOT / "sources.example.yaml").read_text(encoding="utf-8")
    assert (folder / "sources.yaml").read_text(encoding="utf-8") == example
    assert (folder / "inbox").is_dir() and len((folder / "secret_key").read_text().strip()) == 64
    told.place.configured()
    told.lines("init")
    assert (folder / "sources.yaml").read_text(encoding="utf-8") == SOURCES
    assert told.json("runs") == []
    engine.dispose()


def test_it_gives_a_sample_that_is_right_as_it_stands_and_with_everything_switched_on(tmp_path: Path) -> None:
    example = ROOT / "sources.example.yaml"
    assert not any(source.enabled for source in load_config(example).sources), "a new installation pulls nothing"
    on = tmp_path / "sources.yaml"
    on.write_text(example.read_text(encoding="utf-8").replace("enabled: false", "enabled: true"), encoding="utf-8")
    secrets = {"PLATFORM_DATABASE_URL": "postgresql://reader@platform/calls", "ORDERS_TOKEN": "a token"}
    assert {str(source.kind) for source in load_config(on, secrets).sources} == {"files", "asterisk", "sql", "http"}
