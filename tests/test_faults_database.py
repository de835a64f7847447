"""Our own database locked, full, cut off or shared: nothing half written, nothing lost, and a sentence about it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from db.engine import make_engine
from ingest.batch import Batch
from ingest.known_files import KnownFiles
from ingest.pull import RunResult
from ingest.pull_unit import Job, run_unit
from ingest.sources.sql import read_window
from ingest.units import Place, Unit, file_units
from tests.factories import TZ
from tests.pulling import SQL_YAML, Exchange, Hotline, calls_of

DAY4, DAY5 = date(2026, 3, 4), date(2026, 3, 5)


@pytest.fixture
def impatient(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline on SQLite that waits for a lock a moment only; it has a day already."""
    engine = make_engine(str(sqlite_engine.url), lock_timeout=0.1)
    yield prepared(Hotline(engine, tmp_path))
    engine.dispose()


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return prepared(Hotline(engine, tmp_path))


def prepared(hotline: Hotline) -> Hotline:
    hotline.file("before.csv", calls_of(DAY4, 20))
    assert [result.state for result in hotline.pull()] == ["ok"]
    hotline.clock.advance(minutes=5)
    return hotline


def pull_with(hotline: Hotline, meanwhile: Callable[[], object]) -> RunResult:
    """Takes the one new file; ``meanwhile`` happens between reading it and writing it."""
    (source_id,) = hotline.rows("SELECT id FROM sources")[0]
    place = Place(hotline.folder, hotline.clock.now(), TZ)
    job = Job(hotline.engine, hotline.config.source("calls"), source_id, "daily", place, "here:1")
    known = KnownFiles(())
    unit = file_units(job.spec, place, known, known.new_ones, lambda file: None).units[-1]  # behind before.csv

    def read() -> Batch:
        batch = unit.read()
        meanwhile()
        return batch

    return run_unit(job, Unit(unit.name, read, file=unit.file))


def test_it_says_when_another_program_holds_the_database_and_pulls_when_it_lets_go(impatient: Hotline) -> None:
    impatient.file("a.csv", calls_of(DAY5, 7))
    other = sqlite3.connect(impatient.folder / "hotline.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    (result,) = impatient.pull()
    assert (result.run_id, result.state) == (None, "failed")
    assert result.error == (
        "数据库正被另一个程序占用, 等待超时。稍后会自动重试; 若一直如此, 请关闭打开着数据库文件的其他程序。"
    )
    other.close()
    assert [result.state for result in impatient.pull()] == ["ok"]
    assert impatient.totals() == {"2026-03-04": 20, "2026-03-05": 7}


def test_it_loses_nothing_when_the_database_is_taken_between_reading_and_writing(impatient: Hotline) -> None:
    impatient.file("a.csv", calls_of(DAY5, 7))
    other = sqlite3.connect(impatient.folder / "hotline.db", isolation_level=None)
    result = pull_with(impatient, lambda: other.execute("BEGIN IMMEDIATE"))
    assert result.state == "failed" and "数据库正被另一个程序占用" in str(result.error)
    assert impatient.rows("SELECT state FROM runs ORDER BY id") == [("ok",), ("running",)]  # not even that was possible
    other.close()
    assert [result.state for result in impatient.pull()] == ["ok"]
    assert impatient.rows("SELECT state FROM runs ORDER BY id") == [("ok",), ("abandoned",), ("ok",)]
    assert impatient.totals() == {"2026-03-04": 20, "2026-03-05": 7}


def test_it_says_when_the_disk_is_full_and_pulls_when_there_is_room(sqlite_engine: Engine, tmp_path: Path) -> None:
    hotline = prepared(Hotline(sqlite_engine, tmp_path))
    rows = [line for n in range(1, 5) for line in calls_of(date(2026, 3, n), 700)]
    hotline.file("big.csv", [(*line[:5], f"技能组{n % 400}") for n, line in enumerate(rows)])
    with sqlite_engine.connect() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    sqlite_engine.dispose()

    def fill(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")

    event.listen(sqlite_engine, "connect", fill)
    (result,) = hotline.pull()
    assert result.state == "failed" and "磁盘已满, 数据没有写入(没有写入一半)。请清理磁盘空间" in str(result.error)
    assert hotline.totals() == {"2026-03-04": 20}
    event.remove(sqlite_engine, "connect", fill)
    sqlite_engine.dispose()
    assert [result.state for result in hotline.pull()] == ["ok"]
    assert hotline.totals() == {f"2026-03-0{n}": 700 for n in range(1, 5)}


def test_it_says_when_the_server_is_not_there(sqlite_engine: Engine, tmp_path: Path) -> None:
    hotline = Hotline(make_engine("postgresql://kpi:geheim77@127.0.0.1:9/hotline"), tmp_path)
    (result,) = hotline.pull()
    assert (result.run_id, result.state) == (None, "failed")
    assert str(result.error).startswith("连不上数据库。请检查数据库服务是否在运行、地址和端口是否正确。")
    assert "geheim77" not in str(result)


@pytest.mark.parametrize("statement", ["DELETE FROM call_stats", "INSERT INTO files_taken", "UPDATE runs"])
def test_it_writes_again_when_the_connection_is_cut_in_the_middle(
    postgresql_engine: Engine, tmp_path: Path, statement: str
) -> None:
    hotline = prepared(Hotline(postgresql_engine, tmp_path))
    hotline.file("a.csv", calls_of(DAY4, 21))
    cut: list[int] = []

    def cut_off(conn: Any, _cursor: object, sql: str, *_: object) -> None:
        if sql.startswith(statement) and not cut:
            cut.append(conn.connection.driver_connection.info.backend_pid)
            _terminate(postgresql_engine, cut[0])

    event.listen(postgresql_engine, "before_cursor_execute", cut_off)
    (result,) = hotline.pull()
    event.remove(postgresql_engine, "before_cursor_execute", cut_off)
    assert cut and result.state == "ok"
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 21}
    assert hotline.rows("SELECT state FROM runs ORDER BY id") == [("ok",), ("ok",)]
    assert hotline.rows("SELECT count(*) FROM restatements WHERE measure = 'offered'") == [(1,)]


def _terminate(engine: Engine, pid: int) -> None:
    with engine.connect() as conn:
        conn.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})


def test_it_knows_that_it_wrote_when_only_the_answer_to_the_commit_was_lost(
    postgresql_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotline = prepared(Hotline(postgresql_engine, tmp_path))
    hotline.file("a.csv", calls_of(DAY5, 7))
    commit = postgresql_engine.dialect.do_commit
    commits: list[int] = []

    def lose_the_answer(connection: Any) -> None:
        commit(connection)
        commits.append(1)
        if len(commits) == 1:
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    result = pull_with(hotline, lambda: monkeypatch.setattr(postgresql_engine.dialect, "do_commit", lose_the_answer))
    assert (result.state, result.rows_used) == ("ok", 7)
    assert hotline.totals() == {"2026-03-04": 20, "2026-03-05": 7}
    assert hotline.rows("SELECT state FROM runs ORDER BY id") == [("ok",), ("ok",)]


def test_it_leaves_no_run_open_when_the_server_went_away_for_good(
    postgresql_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pull_unit._PAUSE", 0.01)
    hotline = prepared(Hotline(postgresql_engine, tmp_path))
    hotline.file("a.csv", calls_of(DAY5, 7))

    def refuse(_dialect: object, _record: object, _args: object, parameters: dict[str, Any]) -> None:
        parameters["port"] = 9

    def go_away() -> None:
        postgresql_engine.dispose()
        event.listen(postgresql_engine, "do_connect", refuse)

    result = pull_with(hotline, go_away)
    assert result.state == "failed" and str(result.error).startswith("连不上数据库。")
    event.remove(postgresql_engine, "do_connect", refuse)
    assert [result.state for result in hotline.pull()] == ["ok"]
    assert hotline.rows("SELECT state FROM runs ORDER BY id") == [("ok",), ("abandoned",), ("ok",)]
    assert hotline.totals() == {"2026-03-04": 20, "2026-03-05": 7}


def test_it_gives_the_same_facts_when_several_pulls_start_at_once(hotline: Hotline) -> None:
    for number in range(6):
        hotline.file(f"{number}.csv", calls_of(date(2026, 3, 1 + number % 3), 10 + number))
    url = hotline.engine.url.render_as_string(hide_password=False)
    hotline.engine.dispose()
    start, results, errors = threading.Barrier(3), [], []

    def work(number: int) -> None:
        engine = make_engine(url)
        mine = Hotline.__new__(Hotline)
        mine.__dict__ |= hotline.__dict__ | {"engine": engine}
        start.wait()
        try:
            results.extend(mine.pull())
        except Exception as error:
            errors.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {result.state for result in results} <= {"ok", "abandoned"}
    assert sorted(result.name for result in results if result.state == "ok") == [f"{n}.csv" for n in range(6)]
    assert (
        hotline.offered()
        == hotline.totals()
        == {
            "2026-03-01": 13,
            "2026-03-02": 14,
            "2026-03-03": 15,
            "2026-03-04": 20,
        }
    )
    assert hotline.rows("SELECT count(*) FROM runs WHERE state = 'running'") == [(0,)]


def test_it_does_not_put_older_figures_in_the_place_of_those_of_a_newer_pull(hotline: Hotline) -> None:
    """A slow pull of a week has read a day before a quick one read it again, and writes after it."""
    exchange = Exchange(hotline.folder / "exchange.db")
    hotline.configure(SQL_YAML % exchange.path)
    exchange.add(date(2026, 3, 3), 5)
    exchange.add(DAY5, 5)
    (source_id,) = hotline.rows("SELECT id FROM sources")[0]
    place = Place(hotline.folder, hotline.clock.now(), TZ)
    job = Job(hotline.engine, hotline.config.source("calls"), source_id, "manual", place, "here:2")

    def read() -> Batch:
        batch = read_window(job.spec, date(2026, 3, 1), DAY5, place.today)
        exchange.add(DAY5, 3)
        hotline.pull(window=(DAY5, DAY5), trigger="intraday")
        return batch

    result = run_unit(job, Unit("a week", read, window=(date(2026, 3, 1), DAY5)))
    assert result.state == "ok"
    assert result.warnings[-1] == "2026-03-05 已由更晚开始的运行 3 写入, 保留它的数据。"
    assert hotline.offered() == hotline.totals() == {"2026-03-03": 5, "2026-03-04": 20, "2026-03-05": 8}


def test_it_pulls_on_when_the_clock_is_set_back_an_hour_over_midnight(engine: Engine, tmp_path: Path) -> None:
    """At half past midnight the clock shows 23:30 of the day before: calls of today are no calls of the future."""
    hotline = Hotline(engine, tmp_path, now="2026-03-06 00:30")
    hotline.file("late.csv", calls_of(DAY5, 7))
    hotline.pull(trigger="intraday")
    hotline.clock.advance(hours=-1)
    after_midnight = [("2026-03-06 00:20:00", "是", "5", "60", "1001", "综合")]
    hotline.file("today.csv", after_midnight)
    (result,) = hotline.pull(trigger="intraday")
    assert (result.state, result.rows_used, result.rows_rejected) == ("ok", 1, 0)
    assert hotline.totals() == {"2026-03-05": 7, "2026-03-06": 1}
    hotline.clock.advance(hours=1, minutes=5)
    assert hotline.pull(trigger="intraday") == []
    assert [run for (run,) in hotline.rows("SELECT id FROM runs ORDER BY started_at, id")] == sorted(
        run for (run,) in hotline.rows("SELECT id FROM runs")
    )


def test_it_believes_a_clock_that_was_far_ahead_and_was_put_right(hotline: Hotline) -> None:
    hotline.clock.advance(days=300)
    hotline.pull()
    hotline.file("ahead.csv", calls_of(DAY5, 7))
    hotline.pull()
    hotline.clock.advance(days=-300)
    hotline.file("right.csv", calls_of(DAY5, 8))
    assert [result.state for result in hotline.pull()] == ["ok"]
    assert hotline.totals() == {"2026-03-04": 20, "2026-03-05": 8}
