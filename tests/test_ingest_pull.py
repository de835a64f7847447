"""One pull from start to recorded end: files taken once, runs recorded, errors told, nothing half written."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.journal import list_restatements, list_runs, source_states
from db.store import open_run
from ingest.batch import Batch
from ingest.known_files import KnownFiles
from ingest.pull import Progress
from ingest.pull_unit import Job, run_unit
from ingest.units import Place, Unit, file_units
from tests.factories import TZ
from tests.pulling import CALLS_YAML, HEADERS, Hotline, call, calls_of

DAY4, DAY5 = date(2026, 3, 4), date(2026, 3, 5)


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path)


@pytest.fixture
def small(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path)


def test_it_takes_each_file_once_in_a_run_of_its_own(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 30), call("2026-03-05 25:00:00")])
    hotline.file("b.csv", calls_of(DAY5, 12))
    first, second = hotline.pull()
    assert (first.name, first.state, first.rows_read, first.rows_used, first.rows_rejected) == (
        "a.csv",
        "ok",
        31,
        30,
        1,
    )
    assert (second.name, second.rows_read) == ("b.csv", 12)
    assert hotline.pull() == []
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 30, "2026-03-05": 12}
    runs = hotline.rows("SELECT state, rows_read, rows_used, rows_rejected, holder FROM runs ORDER BY id")
    assert runs == [("ok", 31, 30, 1, "here:1"), ("ok", 12, 12, 0, "here:1")]


def test_it_knows_a_file_by_content_not_by_name(hotline: Hotline) -> None:
    path = hotline.file("a.csv", calls_of(DAY4, 30))
    hotline.pull()
    hotline.settled(path.rename(path.with_name("b.csv")))
    assert hotline.pull() == []


def test_it_takes_two_copies_of_one_file_as_one(hotline: Hotline) -> None:
    for name in ("a.csv", "b.csv"):
        hotline.file(name, calls_of(DAY4, 30))
    assert [result.name for result in hotline.pull()] == ["a.csv"]
    assert hotline.offered() == {"2026-03-04": 30}


def test_it_takes_files_again_under_a_changed_mapping(hotline: Hotline) -> None:
    hotline.file("a.csv", calls_of(DAY4, 30, answered=20))
    hotline.pull()
    hotline.configure(CALLS_YAML.replace("yes: [是], no: [否]", "yes: [否], no: [是]"))
    (result,) = hotline.pull()
    assert result.state == "ok"
    assert hotline.totals("answered") == {"2026-03-04": 10}
    assert hotline.pull() == []


def test_it_lets_the_file_delivered_last_stand_for_a_day(hotline: Hotline) -> None:
    hotline.file("z_first.csv", calls_of(DAY4, 30))
    hotline.file("a_corrected.csv", calls_of(DAY4, 28))
    assert [result.name for result in hotline.pull()] == ["z_first.csv", "a_corrected.csv"]
    assert hotline.offered() == {"2026-03-04": 28}


def test_it_records_a_restatement_and_warns_when_a_day_shrinks_by_more_than_half(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 30), *calls_of(DAY5, 30)])
    hotline.pull()
    hotline.clock.advance(hours=1)
    hotline.file("b.csv", [*calls_of(DAY4, 14), *calls_of(DAY5, 16)])
    (result,) = hotline.pull()
    assert result.warnings == ("2026-03-04 的数据从 30 减少到 14, 少了一半以上。请核对来源是否完整。",)
    assert result.restated > 0
    with hotline.engine.connect() as conn:
        found = {(r.day, r.measure): (r.old, r.new) for r in list_restatements(conn)}
        assert list_runs(conn)[0].warnings == result.warnings
    assert found[DAY4, "offered"] == (30, 14)
    assert found[DAY5, "offered"] == (30, 16)


def test_it_adds_files_up_where_each_is_a_part(hotline: Hotline) -> None:
    hotline.configure(CALLS_YAML.replace("path:", "each_file: adds\n    path:"))
    hotline.file("north.csv", calls_of(DAY4, 30))
    hotline.file("south.csv", calls_of(DAY4, 12))
    hotline.pull()
    assert hotline.totals() == {"2026-03-04": 42}
    hotline.clock.advance(minutes=5)
    hotline.file("south.csv", calls_of(DAY4, 13))
    (result,) = hotline.pull()
    assert result.warnings == ()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 43}


def test_it_goes_on_with_the_other_files_after_a_bad_one(hotline: Hotline) -> None:
    hotline.file("bad.csv", [("1", "2")], headers=("甲", "乙"))
    hotline.file("good.csv", calls_of(DAY4, 12))
    bad, good = hotline.pull()
    assert (bad.state, good.state) == ("failed", "ok")
    assert bad.error is not None and "bad.csv" in bad.error and "来电时间" in bad.error
    assert hotline.offered() == {"2026-03-04": 12}
    with hotline.engine.connect() as conn:
        (state,) = source_states(conn)
    assert state.last_error == bad.error and state.checked_at is not None


def test_it_tries_an_unreadable_file_once_a_day_or_by_hand_or_when_it_changes(hotline: Hotline) -> None:
    hotline.file("bad.csv", [("1", "2")], headers=("甲", "乙"))
    assert len(hotline.pull(trigger="intraday")) == 1
    assert hotline.pull(trigger="intraday") == hotline.pull(trigger="daily") == []
    with hotline.engine.connect() as conn:
        (state,) = source_states(conn)
    assert state.last_error is not None and "bad.csv" in state.last_error  # still told, though not tried again
    assert [result.state for result in hotline.pull(trigger="manual")] == ["failed"]
    hotline.clock.advance(days=1)
    assert [result.state for result in hotline.pull(trigger="intraday")] == ["failed"]
    hotline.file("bad.csv", calls_of(DAY4, 12))
    assert [result.state for result in hotline.pull(trigger="intraday")] == ["ok"]
    with hotline.engine.connect() as conn:
        assert [state.last_error for state in source_states(conn)] == [None]


def test_it_stops_between_units_and_goes_on_next_time(small: Hotline) -> None:
    for number in range(3):
        small.file(f"{number}.csv", calls_of(date(2026, 3, 1 + number), 5))
    steps: list[Progress] = []
    results = small.pull(progress=steps.append, stop=lambda: len(steps) >= 2)
    assert [result.name for result in results] == ["0.csv"]
    assert [(s.unit, s.units, s.name, s.rows, s.ended) for s in steps] == [
        (1, 3, "0.csv", 0, False),
        (1, 3, "0.csv", 5, True),
    ]
    assert [result.name for result in small.pull()] == ["1.csv", "2.csv"]


def test_it_says_when_the_folder_is_gone_and_records_it_once_a_day(small: Hotline) -> None:
    small.inbox.rmdir()
    results = [small.pull(trigger="intraday")[0] for _ in range(3)]
    assert {result.error for result in results} == {
        f"文件夹 {Path('inbox', 'calls')} 不存在或打不开。请检查 sources.yaml 的 path, 建立该文件夹, 或重新连接网络盘。"
    }
    assert small.rows("SELECT count(*) FROM runs") == [(1,)]
    assert small.rows("SELECT checked_at FROM sources") == [(None,)]
    small.clock.advance(days=1)
    small.pull(trigger="intraday")
    assert small.rows("SELECT count(*) FROM runs") == [(2,)]


def test_it_tells_that_a_source_was_asked_though_nothing_is_new(small: Hotline) -> None:
    assert small.pull() == []
    with small.engine.connect() as conn:
        (state,) = source_states(conn)
    assert state.checked_at is not None and state.last_run is None and state.last_error is None


def test_it_says_when_a_file_has_a_header_only(small: Hotline) -> None:
    small.file("a.csv", [])
    (result,) = small.pull()
    assert (result.state, result.rows_read) == ("empty", 0)
    assert result.warnings == ("a.csv: 只有表头,没有数据行。",)
    assert small.pull() == []


def test_it_refuses_a_source_that_is_not_configured(small: Hotline) -> None:
    with pytest.raises(KeyError, match="没有来源 'nothing'; 可用: calls"):
        small.pull("nothing")


def _job(hotline: Hotline, trigger: str = "daily") -> Job:
    hotline.pull()
    (source_id,) = hotline.rows("SELECT id FROM sources")[0]
    place = Place(hotline.folder, hotline.clock.now(), TZ)
    return Job(hotline.engine, hotline.config.source("calls"), source_id, trigger, place, "here:1")


def test_it_turns_an_error_nobody_thought_of_into_a_failed_run(
    small: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    def read() -> Batch:
        raise RuntimeError("at postgresql://kpi:geheim77@db/calls with token=abcdef")

    with caplog.at_level(logging.ERROR):
        result = run_unit(_job(small), Unit("x", read))
    assert result.state == "failed" and result.error is not None
    assert result.error.startswith("出现程序没有预料到的问题(RuntimeError: ")
    assert f"请把运行编号 {result.run_id} 和日志发给维护人员" in result.error
    assert "Traceback" in caplog.text and "test_ingest_pull.py" in caplog.text
    for told in (result.error, caplog.text, str(small.rows("SELECT error FROM runs"))):
        assert "geheim77" not in told and "abcdef" not in told and "***" in told


def test_it_closes_the_run_when_the_program_is_interrupted(small: Hotline) -> None:
    def read() -> Batch:
        raise KeyboardInterrupt

    job = _job(small)
    with pytest.raises(KeyboardInterrupt):
        run_unit(job, Unit("x", read))
    assert small.rows("SELECT state, error FROM runs") == [
        ("failed", "程序被停止, 这次没有写入任何数据。下次拉取会自动补上。")
    ]


def test_it_closes_runs_that_it_left_open_when_the_database_was_gone(hotline: Hotline) -> None:
    job = _job(hotline)
    left = open_run(hotline.engine, job.source_id, "daily", None, hotline.clock.now(), "here:1")
    others = open_run(hotline.engine, job.source_id, "daily", None, hotline.clock.now(), "elsewhere:1")
    hotline.pull()
    assert hotline.rows("SELECT id, state FROM runs ORDER BY id") == [(left, "abandoned"), (others, "running")]


def test_it_does_not_take_a_run_of_another_thread_for_left_open(small: Hotline) -> None:
    def read() -> Batch:
        small.pull()
        return Batch()

    assert run_unit(_job(small), Unit("x", read)).state == "empty"


def test_it_does_not_write_a_file_that_another_pull_has_taken_meanwhile(hotline: Hotline) -> None:
    """A slow pull holds the first version; a quick one takes it and the corrected version after it."""
    job = _job(hotline)
    path = hotline.file("a.csv", calls_of(DAY4, 30))
    known = KnownFiles(())
    (unit,) = file_units(job.spec, job.place, known, known.new_ones, lambda file: None).units
    batch = unit.read()
    hotline.file("b.csv", calls_of(DAY4, 28))

    def read() -> Batch:
        hotline.pull()
        return batch

    result = run_unit(job, Unit(path.name, read, file=unit.file))
    assert (result.state, result.error) == ("abandoned", "文件 a.csv 已由同时进行的运行 2 写入, 不必再写一次。")
    assert hotline.offered() == {"2026-03-04": 28}
    assert hotline.rows("SELECT state FROM runs ORDER BY id") == [("abandoned",), ("ok",), ("ok",)]


def test_it_counts_the_time_a_run_took(small: Hotline) -> None:
    small.file("a.csv", calls_of(DAY4, 30))
    small.pull()
    with small.engine.connect() as conn:
        (run,) = list_runs(conn)
    assert run.seconds is not None and 0 < run.seconds < 60


def test_it_reads_real_headers_only(small: Hotline) -> None:
    """The file's other columns (a caller's number, say) get nowhere."""
    rows = [(*line, "13812345678") for line in (*calls_of(DAY4, 3), call("never"))]
    small.file("a.csv", rows, headers=(*HEADERS, "主叫号码"))
    small.pull()
    dump = "".join(
        str(small.rows(f"SELECT * FROM {table}")) for table in ("rejects", "runs", "call_stats", "files_taken")
    )
    assert "13812345678" not in dump and "never" in dump
