"""A small hotline to pull from: a data folder with an inbox, its sources.yaml, a database and a clock."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from ingest.config import Config, load_config
from ingest.pull import Progress, RunResult, feed_mended, fill_gaps, find_gaps, pull
from tests.factories import TZ, FrozenClock

HEADERS = ("来电时间", "是否接通", "等待时长", "通话时长", "工号", "技能组")

CALLS_YAML = """
centres:
  - {code: city, name: 市中心}
sources:
  - code: calls
    title: 话务平台导出
    kind: files
    shape: calls
    centre: city
    path: inbox/calls/*
    settle_seconds: 0
    columns:
      asked_at: {column: 来电时间, format: ["%Y-%m-%d %H:%M:%S"]}
      answered: {column: 是否接通, yes: [是], no: [否]}
      wait: {column: 等待时长, as: duration}
      talk: {column: 通话时长, as: duration}
      seat: 工号
      queue: 技能组
"""


SQL_YAML = """
centres:
  - {code: city, name: 市中心}
sources:
  - code: calls
    title: 话务库
    kind: sql
    shape: calls
    centre: city
    url: sqlite:///%s
    table: calls
    repull_days: 7
    columns:
      asked_at: {column: asked, format: ["%%Y-%%m-%%d %%H:%%M:%%S"]}
      answered: {column: answered, yes: [是], no: [否]}
      wait: {column: wait, as: seconds}
"""


def call(moment: str, answered: str = "是", wait: str = "10", talk: str = "60", seat: str = "1001") -> tuple[str, ...]:
    """One line of the export: ``call("2026-03-05 09:00:00")``."""
    return (moment, answered, wait, talk, seat if answered == "是" else "", "综合")


def calls_of(day: date, number: int, answered: int | None = None) -> list[tuple[str, ...]]:
    """A day of calls, one a minute from 8 o'clock; the first ``answered`` of them (all by default) are answered."""
    start = datetime.combine(day, datetime.min.time()) + timedelta(hours=8)
    kept = number if answered is None else answered
    return [
        call((start + timedelta(minutes=n)).strftime("%Y-%m-%d %H:%M:%S"), "是" if n < kept else "否", str(5 + n % 30))
        for n in range(number)
    ]


class Hotline:
    """A data folder and a database. Files are written two minutes before the clock's time, in order."""

    def __init__(self, engine: Engine, folder: Path, yaml: str = CALLS_YAML, now: str = "2026-03-06 02:00") -> None:
        self.engine, self.folder = engine, folder
        self.clock = FrozenClock(now)
        self.inbox = folder / "inbox" / "calls"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self._written = 0
        self.config = self.configure(yaml)

    def configure(self, yaml: str) -> Config:
        """Reads a sources.yaml; it is in force from now on."""
        path = self.folder / "sources.yaml"
        path.write_text(yaml, encoding="utf-8")
        self.config = load_config(path, dict(os.environ))
        return self.config

    def file(
        self, name: str, rows: Iterable[Sequence[str]], headers: Sequence[str] = HEADERS, encoding: str = "utf-8"
    ) -> Path:
        """Writes a CSV into the inbox."""
        path = self.inbox / name
        with path.open("w", encoding=encoding, newline="") as out:
            csv.writer(out).writerows([headers, *rows])
        return self.settled(path)

    def settled(self, path: Path) -> Path:
        """Gives a file the time of change of one that was delivered after those before it."""
        self._written += 1
        moment = self.clock.now().timestamp() - 120 + self._written * 0.01
        os.utime(path, (moment, moment))
        return path

    def pull(
        self,
        source: str = "calls",
        window: tuple[date, date] | None = None,
        trigger: str = "daily",
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> list[RunResult]:
        """One pull at the clock's time."""
        return pull(
            *(self.engine, self.config, source),
            window=window,
            trigger=trigger,
            now=self.clock.now(),
            tz=TZ,
            base_dir=self.folder,
            holder="here:1",
            progress=progress,
            stop=stop,
        )

    def gaps(self, source: str = "calls") -> list[date]:
        """The days missing today."""
        return find_gaps(self.engine, self.config, source, self.clock.today())

    def fill(self, source: str = "calls", **options: Any) -> list[RunResult]:
        """Fills gaps at the clock's time."""
        return fill_gaps(
            *(self.engine, self.config, source),
            now=self.clock.now(),
            tz=TZ,
            base_dir=self.folder,
            holder="here:1",
            **options,
        )

    def feed(self, path: Path) -> RunResult:
        """Feeds a mended workbook."""
        return feed_mended(
            *(self.engine, self.config, path), now=self.clock.now(), tz=TZ, base_dir=self.folder, holder="here:1"
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a hand-written query; dates as text on both databases."""
        with self.engine.connect() as conn:
            found = conn.execute(text(sql)).all()
        return [tuple(value.isoformat() if isinstance(value, date) else value for value in row) for row in found]

    def offered(self) -> dict[str, int]:
        """Calls by day, added up from the facts."""
        found = self.rows("SELECT day, sum(offered) FROM call_stats GROUP BY day ORDER BY day")
        return {day: int(number) for day, number in found}

    def totals(self, measure: str = "offered") -> dict[str, int]:
        """One measure by day as the totals have it."""
        return {
            day: int(value)
            for day, value in self.rows(f"SELECT day, value FROM day_totals WHERE measure = '{measure}' ORDER BY day")
        }


class Exchange:
    """A foreign database of calls."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run("CREATE TABLE calls (asked TEXT, answered TEXT, wait TEXT)")

    def run(self, sql: str, rows: Iterable[tuple[str, ...]] = ()) -> None:
        with sqlite3.connect(self.path) as conn:
            conn.executemany(sql, rows) if rows else conn.execute(sql)
        conn.close()

    def add(self, day: date, number: int = 5) -> None:
        """A day of calls."""
        self.run("INSERT INTO calls VALUES (?, ?, ?)", [line[:3] for line in calls_of(day, number)])
