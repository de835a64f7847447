"""The scheduler as real processes: two at once, killed, told to stop; on both databases."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from cli.main import main
from tests.installation import SOURCES, Place
from tests.processes import Process, app, free_port

DAY = date.today() - timedelta(days=1)
SLOW_SOURCES = """\
centres: [{code: city, name: 市中心}]
sources:
  - code: slow
    title: 慢接口
    kind: http
    shape: calls
    centre: city
    url: "http://127.0.0.1:%d/?from={from}&to={to}&page={page}"
    rows: rows
    timeout: 60
    columns:
      asked_at: {column: at, format: ["%%Y-%%m-%%d %%H:%%M:%%S"]}
      answered: {column: ok, yes: ["1"], no: ["0"]}
"""


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Place:
    made = Place(tmp_path / "here", engine).configured()
    made.env["HOTLINE_PULL_EVERY_MINUTES"] = "1"
    return made


def offered(engine: Engine) -> int:
    with engine.connect() as conn:
        return conn.execute(text("SELECT COALESCE(SUM(offered), 0) FROM call_stats")).scalar() or 0


def states(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return list(conn.execute(text("SELECT state FROM runs ORDER BY id")).scalars())


def until(what: str, seconds: float, condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)


def test_it_lets_one_of_two_workers_work_and_the_other_take_over(place: Place) -> None:
    place.calls_file("a.csv", f"{DAY} 09:00:00,是,10")
    with app("worker", env=place.env) as one, app("worker", env=place.env) as two:
        workers = [one, two]
        said = {worker: worker.wait_for("本进程", seconds=30) for worker in workers}
        leaders = [worker for worker in workers if "开始调度" in said[worker]]
        assert len(leaders) == 1
        until("the first pull", 20, lambda: offered(place.engine) == 1)
        assert states(place.engine).count("ok") == 1, "both must not have pulled"
        (other,) = [worker for worker in workers if worker is not leaders[0]]
        place.calls_file("b.csv", f"{DAY} 09:00:00,是,10", f"{DAY} 09:00:01,是,10")
        killed = time.monotonic()
        leaders[0].process.kill()
        other.wait_for("开始调度", seconds=5)
        assert time.monotonic() - killed < 3
        until("a pull by the one that took over", 20, lambda: offered(place.engine) == 2)
        told_to_stop = time.monotonic()
        other.process.send_signal(signal.SIGTERM)
        assert other.end(seconds=10) == 0
        assert time.monotonic() - told_to_stop < 10
    assert "running" not in states(place.engine)


class SlowPages(BaseHTTPRequestHandler):
    """A source that takes a minute to answer."""

    asked = threading.Event()

    def do_GET(self) -> None:
        SlowPages.asked.set()
        time.sleep(60)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def slow_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowPages)
    server.daemon_threads = True
    SlowPages.asked.clear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.fixture
def slow(place: Place, slow_port: int) -> Place:
    return place.configured(SLOW_SOURCES % slow_port)


def leaves_in_the_middle_of_a_pull(place: Place, command: str) -> None:
    with app(command, env=place.env) as process:
        assert SlowPages.asked.wait(30)
        assert states(place.engine) == ["running"]
        told_to_stop = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        assert process.end(seconds=15) == 0
        assert time.monotonic() - told_to_stop < 10
    assert states(place.engine) == ["abandoned"]
    assert offered(place.engine) == 0


def test_it_leaves_within_ten_seconds_in_the_middle_of_a_pull(slow: Place) -> None:
    leaves_in_the_middle_of_a_pull(slow, "worker")


def test_it_leaves_as_soon_where_it_serves_pages_too(sqlite_engine: Engine, tmp_path: Path, slow_port: int) -> None:
    place = Place(tmp_path / "here", sqlite_engine).configured(SLOW_SOURCES % slow_port)
    place.env["HOTLINE_PORT"] = str(free_port())
    leaves_in_the_middle_of_a_pull(place, "serve")


def test_it_ends_a_pull_by_hand_at_the_second_ctrl_c(sqlite_engine: Engine, tmp_path: Path, slow_port: int) -> None:
    place = Place(tmp_path / "here", sqlite_engine).configured(SLOW_SOURCES % slow_port)
    with app("pull", "slow", env=place.env) as process:
        assert SlowPages.asked.wait(30)
        process.process.send_signal(signal.SIGINT)
        process.wait_for("再按一次 Ctrl+C")
        process.process.send_signal(signal.SIGINT)
        assert process.end(seconds=5) == 1
    assert "running" not in states(place.engine) and offered(place.engine) == 0


def test_it_closes_the_run_of_a_worker_that_was_killed(slow: Place) -> None:
    with app("worker", env=slow.env) as first:
        assert SlowPages.asked.wait(30)
        first.process.kill()
        first.end()
    assert states(slow.engine) == ["running"]
    slow.configured(SOURCES)
    with app("worker", env=slow.env) as second:
        second.wait_for("开始调度", seconds=30)
        until("the dead run's end", 10, lambda: states(slow.engine)[0] == "abandoned")
        second.process.send_signal(signal.SIGTERM)
        assert second.end(seconds=10) == 0


def test_it_writes_all_of_a_pull_or_nothing_when_it_is_stopped(place: Place) -> None:
    """A big file, stopped at several moments; the last start writes what is missing."""
    rows = [f"{DAY} {n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d},是,{n % 90}" for n in range(200_000)]
    place.calls_file("big.csv", *rows)
    for wait in (0.0, 0.4, 0.8):
        with app("worker", env=place.env) as worker:
            worker.wait_for("开始调度", seconds=30)
            time.sleep(wait)
            worker.process.send_signal(signal.SIGTERM)
            assert worker.end(seconds=12) == 0
        assert offered(place.engine) in (0, 200_000)
        assert "running" not in states(place.engine)
    assert main(["pull", "calls"], place.env) == 0
    assert offered(place.engine) == 200_000


def test_it_goes_on_when_the_database_server_ends_its_connections(
    postgresql_engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = Place(tmp_path / "here", postgresql_engine).configured()
    place.env["HOTLINE_PULL_EVERY_MINUTES"] = "1"
    with app("worker", env=place.env) as worker:
        worker.wait_for("开始调度", seconds=30)
        with postgresql_engine.begin() as conn:
            conn.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        place.calls_file("a.csv", f"{DAY} 09:00:00,是,10")
        # it lost the right while it waited, or an answer while it asked: either way it begins to lead once more
        worker.wait_for("开始调度", seconds=40)
        assert any("失去了调度权" in line or "调度中断" in line for line in worker.lines)
        # the pull of the new start may have looked before the file was there: the one a minute later has to find it
        until("a pull after that", 90, lambda: offered(postgresql_engine) == 1)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.end(seconds=10) == 0


def test_it_is_one_process_of_the_house_that_is_named_in_runs() -> None:
    """A pid that was given to another process later is not taken for the one that died."""
    from process import holder_name, is_here, is_running

    mine = holder_name()
    host, pid, start = mine.split(":")
    assert is_here(mine) and is_running(mine) and is_running(f"{host}:{pid}")
    assert not is_running(f"{host}:{pid}:{int(start) - 1}")
    assert not is_here(f"elsewhere:{pid}:{start}")
    with Process(["-c", "from process import holder_name; print(holder_name(), flush=True); input()"], {}) as other:
        theirs = other.wait_for(":")
        assert is_running(theirs)
    assert not is_running(theirs)
    assert not is_running(f"{host}:nonsense")


def test_a_pull_by_hand_closes_the_run_that_a_killed_one_left(slow: Place) -> None:
    with app("pull", "slow", env=slow.env) as killed:
        assert SlowPages.asked.wait(30)
        killed.process.kill()
        killed.end()
    assert states(slow.engine) == ["running"]
    slow.configured(SOURCES)
    slow.calls_file("a.csv", f"{DAY} 09:00:00,是,10")
    assert main(["pull", "calls"], slow.env) == 0
    assert states(slow.engine) == ["abandoned", "ok"]


# half a minute: once; both databases are asked elsewhere which runs are dead
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_worker_that_leads_closes_the_run_that_another_process_left(place: Place, slow_port: int) -> None:
    with app("worker", env=place.env) as worker:
        worker.wait_for("开始调度", seconds=30)
        elsewhere = Place(place.folder / "elsewhere", place.engine).configured(SLOW_SOURCES % slow_port)
        with app("pull", "slow", env=elsewhere.env) as killed:
            assert SlowPages.asked.wait(30)
            killed.process.kill()
            killed.end()
        until("the dead run's end", 60, lambda: "running" not in states(place.engine))
        worker.process.send_signal(signal.SIGTERM)
        assert worker.end(seconds=10) == 0
    assert "abandoned" in states(place.engine)
