"""What the scheduler does when: the table of jobs, the daily pull that is never left out, a clock that is set."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from pathlib import Path

import apscheduler.schedulers.base
import pytest
from sqlalchemy import Engine, text

from db.journal import list_runs
from db.meta import get_meta, set_meta
from scheduler import runner
from scheduler.due import daily_moment, daily_window, intraday_window
from scheduler.jobs import Job, jobs
from scheduler.runner import Busy, ClockWatch, Shift, run_scheduler
from scheduler.work import Work
from tests.factories import FrozenClock, at
from tests.installation import SOURCES, Place

NIGHT = wall(2, 30)


@pytest.fixture
def place(sqlite_engine: Engine, tmp_path: Path) -> Place:
    return Place(tmp_path / "here", sqlite_engine).configured()


@dataclass
class Standing:
    """The work of a product whose clock stands still."""

    place: Place
    clock: FrozenClock = field(default_factory=lambda: FrozenClock("2026-03-06 10:00"))

    def __post_init__(self) -> None:
        self.product = self.place.product(self.clock.now)
        self.stopped = threading.Event()
        self.work = Work(self.product, self.stopped.is_set, lambda: None)
        (self.source,) = self.product.config.sources

    def runs(self) -> list[tuple[str, str]]:
        with self.product.engine.connect() as conn:
            return [(run.trigger, run.state) for run in reversed(list_runs(conn))]

    def done(self) -> str | None:
        with self.product.engine.connect() as conn:
            return get_meta(conn, "daily:calls")


@pytest.fixture
def standing(place: Place) -> Iterator[Standing]:
    made = Standing(place)
    yield made
    made.product.engine.dispose()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-06T02:29:59", date(2026, 3, 5)),
        ("2026-03-06T02:30:00", date(2026, 3, 6)),
        ("2026-03-06T23:59:59", date(2026, 3, 6)),
        ("2026-01-01T00:00:00", date(2025, 12, 31)),
    ],
)
def test_it_knows_which_daily_pull_came_due_last(now: str, expected: date) -> None:
    assert daily_moment(datetime.fromisoformat(now), NIGHT) == expected


def test_it_pulls_the_last_days_again_and_yesterday_until_the_night_is_over() -> None:
    assert daily_window(date(2026, 3, 6), 7) == (date(2026, 2, 27), date(2026, 3, 6))
    assert intraday_window(datetime(2026, 3, 6, 0, 5), NIGHT) == (date(2026, 3, 5), date(2026, 3, 6))
    assert intraday_window(datetime(2026, 3, 6, 2, 30), NIGHT) == (date(2026, 3, 6), date(2026, 3, 6))


def test_it_has_the_jobs_of_every_enabled_source_each_with_its_own_executor(place: Place) -> None:
    second = SOURCES[SOURCES.index("  - code: calls") :].replace("code: calls", "code: more")
    off = second.replace("code: more", "code: off").replace("kind: files", "kind: files\n    enabled: false")
    product = place.configured(SOURCES + second + off).product(FrozenClock().now, PULL_EVERY_MINUTES="10")
    now = at("2026-03-06 10:00")
    table = {job.code: job for job in jobs(product, Work(product, lambda: False, lambda: None), now)}
    assert sorted(table) == sorted(
        ["alert-rules", "alerts", "deliveries", "heartbeat", "reports"]
        + [f"{kind}:{source}" for kind in ("catch-up", "daily", "intraday") for source in ("calls", "more")]
    )
    assert {job.executor for job in table.values() if job.code.endswith(":calls")} == {"source:calls"}
    assert table["intraday:calls"].first == table["catch-up:calls"].first == now, "the first turn is now"
    intraday = table["intraday:calls"].trigger
    assert intraday.get_next_fire_time(None, now) == now + timedelta(minutes=10)
    assert table["daily:calls"].first is None
    assert table["daily:calls"].trigger.get_next_fire_time(None, now) == at("2026-03-07 02:30")
    product.engine.dispose()


def test_it_runs_late_rather_than_never_and_never_twice_at_once(place: Place) -> None:
    product = place.product(FrozenClock().now)
    shift = Shift(product, threading.Event())
    laid = shift._scheduler.get_jobs()
    assert {(job.coalesce, job.max_instances, job.misfire_grace_time) for job in laid} == {(True, 1, None)}
    assert {str(job.trigger.timezone) for job in laid} == {"Asia/Shanghai"}
    stop = threading.Event()
    stop.set()
    assert shift.end(stop)
    product.engine.dispose()


def test_it_writes_demo_files_only_where_there_is_a_demo(sqlite_engine: Engine, tmp_path: Path) -> None:
    product = Place(tmp_path / "demo", sqlite_engine).product(FrozenClock().now)
    codes = [job.code for job in jobs(product, Work(product, lambda: False, lambda: None), at("2026-03-06 10:00"))]
    assert "demo" in codes and "intraday:demo-calls" in codes
    product.engine.dispose()


def test_it_does_the_daily_pull_once_a_day_across_restarts(standing: Standing) -> None:
    standing.place.calls_file("a.csv", "2026-03-05 09:00:00,是,10")
    standing.work.daily(standing.source)
    assert standing.runs() == [("daily", "ok")] and standing.done() == "2026-03-06"
    standing.place.calls_file("b.csv", "2026-03-05 09:00:00,是,11")
    Standing(standing.place, standing.clock).work.daily(standing.source)  # after a restart
    assert standing.runs() == [("daily", "ok")]
    standing.clock.advance(hours=16, minutes=29)  # 02:29
    standing.work.daily(standing.source)
    assert standing.done() == "2026-03-06"
    standing.clock.advance(minutes=1)
    standing.work.daily(standing.source)
    assert standing.done() == "2026-03-07" and [trigger for trigger, _ in standing.runs()] == ["daily", "daily"]


def test_it_does_a_missed_daily_pull_late_rather_than_never(standing: Standing) -> None:
    with standing.product.engine.begin() as conn:
        set_meta(conn, "daily:calls", "2026-03-03")
    standing.place.calls_file("a.csv", "2026-03-05 09:00:00,是,10")
    standing.work.catch_up(standing.source)
    assert standing.runs()[0] == ("daily", "ok") and standing.done() == "2026-03-06"


def test_it_tries_a_daily_pull_again_that_failed(standing: Standing) -> None:
    bad = standing.place.calls_file("a.csv", "2026-03-05 09:00:00,是,10")
    bad.write_text("别的列\n1\n", encoding="utf-8")
    os.utime(bad, (0, 0))
    standing.work.catch_up(standing.source)
    assert standing.runs()[0][1] == "failed" and standing.done() is None
    standing.place.calls_file("a.csv", "2026-03-05 09:00:00,是,10")
    standing.work.catch_up(standing.source)
    assert standing.done() == "2026-03-06"


def test_it_does_not_take_a_daily_pull_that_was_stopped_for_done(standing: Standing) -> None:
    standing.place.calls_file("a.csv", "2026-03-05 09:00:00,是,10")
    standing.stopped.set()
    standing.work.catch_up(standing.source)
    assert standing.done() is None


def test_it_does_nothing_twice_where_the_clock_is_set_back_over_the_night(standing: Standing) -> None:
    standing.work.daily(standing.source)
    standing.clock.advance(hours=-20)
    standing.work.daily(standing.source)
    assert standing.done() == "2026-03-06"


def test_it_notices_a_clock_that_was_set_but_not_one_that_drifts() -> None:
    clock, steady = FrozenClock(), [0.0]
    watch = ClockWatch(clock.now, lambda: steady[0])
    clock.advance(seconds=10)
    steady[0] += 9.5
    assert abs(watch.jump() - 0.5) < 1e-6
    clock.advance(hours=-1)
    assert abs(watch.jump() + 3600) < 1e-6
    assert abs(watch.jump()) < 1e-6


def test_it_starts_nothing_once_it_is_told_to_halt(caplog: pytest.LogCaptureFixture) -> None:
    halt, done = threading.Event(), list[int]()
    busy = Busy(halt)

    def fails() -> None:
        done.append(1)
        raise RuntimeError("a bug")

    job = Job("x", "house", None, fails)
    with caplog.at_level(logging.ERROR, logger="hotline.scheduler"):
        busy.of(job)()
    assert done == [1] and busy.idle(0) and "任务 x 失败" in caplog.text
    halt.set()
    busy.of(job)()
    assert done == [1]


class ShiftedDatetime(datetime):
    """A system clock that can be set."""

    shift = timedelta(0)

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.shift  # type: ignore[arg-type]


def test_it_goes_on_pulling_when_the_clock_is_set_back_an_hour(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """APScheduler by itself would wait until the old hour comes round again."""
    monkeypatch.setattr(ShiftedDatetime, "shift", timedelta(0))
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", ShiftedDatetime)
    monkeypatch.setattr(runner, "datetime", ShiftedDatetime)
    product = place.product(lambda: ShiftedDatetime.now(UTC), PULL_EVERY_MINUTES="1")
    stop = threading.Event()
    thread = threading.Thread(target=run_scheduler, args=(product, stop))
    yesterday = (product.today() - timedelta(days=1)).isoformat()

    def offered(expected: int) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with product.engine.connect() as conn:
                if conn.execute(text("SELECT SUM(offered) FROM call_stats")).scalar() == expected:
                    return
            time.sleep(0.1)
        raise AssertionError(f"{expected} calls did not arrive")

    place.calls_file("a.csv", f"{yesterday} 09:00:00,是,10")
    thread.start()
    try:
        offered(1)
        ShiftedDatetime.shift = timedelta(hours=-1)
        time.sleep(1)
        place.calls_file("b.csv", f"{yesterday} 09:00:00,是,10", f"{yesterday} 09:00:01,是,10")
        ShiftedDatetime.shift = timedelta(hours=-2)
        offered(2)
    finally:
        stop.set()
        thread.join(timeout=12)
    assert not thread.is_alive()
    product.engine.dispose()
