"""Run as a process of its own: pulls that are killed (-9) at random points, pulled again, and compared.

``python -m tests.kill_pulls URL FOLDER KILLS SEED`` prints one JSON object. Being single-threaded it may fork: a
child of a process that has pulled once begins to pull at once, so hundreds of kills take a minute. The sources take
turns, each alone and all of them one after the other.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, make_url, text

from db.engine import make_engine
from db.schema import metadata
from db.store import abandon_dead_runs
from ingest.config import load_config
from ingest.pull import pull
from tests.factories import TZ, at
from tests.order_lines import order_lines

COMPARED = {
    "call_stats": ("run_id",),
    "seat_stats": ("run_id",),
    "order_stats": ("run_id",),
    "readings": ("run_id", "entered_at"),
    "day_totals": ("run_id", "updated_at"),
    "restatements": ("id", "run_id", "old_run_id", "at"),
    "rejects": ("id", "run_id"),
    "files_taken": ("run_id",),
}
"""The tables that must come out alike, and the columns that tell only which run it was.

Of rejects those that are superseded are left out: a window that is pulled again supersedes its own.
"""
MOST_KILLS_IN_A_ROW = 5


def everything(engine: Engine) -> dict[str, list[str]]:
    """The content of the tables compared, in an order of its own; centres and sources by code."""
    found = {}
    with engine.connect() as conn:
        codes = {
            f"{name}_id": {row.id: row.code for row in conn.execute(metadata.tables[f"{name}s"].select())}
            for name in ("centre", "source")
        }
        for name, without in COMPARED.items():
            kept = [column for column in metadata.tables[name].c if column.name not in without]
            statement = metadata.tables[name].select().with_only_columns(*kept)
            if name == "rejects":
                statement = statement.where(metadata.tables[name].c.state != "superseded")
            found[name] = _as_texts(conn.execute(statement).mappings(), codes)
        found["order_lines"] = _as_texts(order_lines(conn), codes)
    return found


def _as_texts(rows: Iterable[Mapping[Any, Any]], codes: Mapping[str, Mapping[int, str]]) -> list[str]:
    """Without what depends on who came first: ids of centres and sources, numbers of runs and places."""
    left_out = ("run_id", "split")
    return sorted(
        repr([codes[key][cell] if key in codes else cell for key, cell in row.items() if key not in left_out])
        for row in rows
    )


class Trial:
    """A database that can be emptied, and pulls in child processes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.config = load_config(folder / "sources.yaml", dict(os.environ))
        self.codes = tuple(source.code for source in self.config.sources)
        self.engine = make_engine(url)
        path = make_url(url).database if url.startswith("sqlite") else None
        self._file = Path(path) if path else None
        if self._file:
            shutil.copy(self._file, self._file.with_suffix(".empty"))

    def empty(self) -> None:
        """Makes the database as it was before any pull."""
        if self._file:
            for tail in ("-wal", "-shm"):
                self._file.with_name(self._file.name + tail).unlink(missing_ok=True)
            shutil.copy(self._file.with_suffix(".empty"), self._file)
            return
        tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        self.look(lambda engine: _execute(engine, f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))

    def child(self, codes: tuple[str, ...], kill_at: int = 0, tell: int | None = None) -> int:
        """Starts a process that pulls these sources, and returns its pid.

        At its ``kill_at``-th statement or commit it kills itself (0: never). ``tell``: a file descriptor that the
        number of statements and commits is written to at the end.
        """
        pid = os.fork()
        if pid:
            return pid
        try:
            count = _Count(self.engine, kill_at)
            self.pull(codes)
            if tell is not None:
                os.write(tell, str(count.number).encode())
        finally:
            os._exit(0)

    def pull(self, codes: tuple[str, ...]) -> None:
        """Pulls these sources."""
        for code in codes:
            pull(
                *(self.engine, self.config, code),
                window=(date(2026, 3, 1), date(2026, 3, 5)),
                trigger="daily",
                now=at("2026-03-06 02:00"),
                tz=TZ,
                base_dir=self.folder,
                holder=f"killed:{os.getpid()}",
            )

    def look(self, what: Callable[[Engine], Any]) -> Any:
        """Does something with the database in this process; no connection may live on over a fork."""
        try:
            return what(self.engine)
        finally:
            self.engine.dispose()


def _execute(engine: Engine, statement: str) -> None:
    with engine.begin() as conn:
        conn.execute(text(statement))


class _Count:
    """Counts before and after every statement and before every commit, and kills this process at one of them."""

    def __init__(self, engine: Engine, kill_at: int) -> None:
        self.number, self._kill_at = 0, kill_at
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(engine, name, self._more)

    def _more(self, *_: object) -> None:
        self.number += 1
        if self.number == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(pid: int, after: float | None = None) -> bool:
    """Waits for a child, or kills it ``after`` so many seconds. True where it did not come to its own end."""
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)  # a child that has ended is still there until it is waited for
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


@dataclass(frozen=True, slots=True)
class Course:
    """What an undisturbed pull of some sources is like: at how many statements and commits it may be killed, how many
    seconds it takes, and what is in the database afterwards.
    """

    codes: tuple[str, ...]
    events: int
    seconds: float
    expected: dict[str, list[str]]


def undisturbed(trial: Trial, codes: tuple[str, ...]) -> Course:
    """Pulls them in a process that is left alone."""
    trial.empty()
    reader, writer = os.pipe()
    begun = time.monotonic()
    assert not killed(trial.child(codes, tell=writer))
    seconds = time.monotonic() - begun
    return Course(codes, int(os.read(reader, 20)), seconds, trial.look(everything))


def disturbed(trial: Trial, course: Course, dice: random.Random) -> tuple[int, int]:
    """Pulls them with some kills in a row, then to the end. Returns how many died, and of them by the clock."""
    trial.empty()
    deaths = by_clock = 0
    for _ in range(dice.randint(1, MOST_KILLS_IN_A_ROW)):
        by_time = dice.random() < 0.5
        after = dice.uniform(0, course.seconds) if by_time else None
        died = killed(trial.child(course.codes, 0 if by_time else dice.randint(1, course.events)), after)
        deaths += died
        by_clock += died and by_time
        if not died:
            break
    else:
        assert not killed(trial.child(course.codes))
    trial.look(lambda engine: abandon_dead_runs(engine, lambda holder: False, at("2026-03-06 03:00")))
    return deaths, by_clock


def main(url: str, folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kills until ``kills`` processes died of it; after some in a row the pull is finished and compared."""
    trial, dice = Trial(url, folder), random.Random(seed)
    trial.look(lambda engine: trial.pull(trial.codes))  # so that every child finds everything loaded
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads must not fork"
    courses = [undisturbed(trial, codes) for codes in (*((code,) for code in trial.codes), trial.codes)]
    report: dict[str, Any] = {
        "events": [course.events for course in courses],
        "seconds": [round(course.seconds, 3) for course in courses],
        "expected": [{name: len(rows) for name, rows in course.expected.items()} for course in courses],
        "kills": [0] * len(courses),
        "by_time": 0,
        "finished": 0,
        "differences": [],
    }
    while sum(report["kills"]) < kills:
        place = report["finished"] % len(courses)
        course = courses[place]
        deaths, by_clock = disturbed(trial, course, dice)
        report["kills"][place] += deaths
        report["by_time"] += by_clock
        report["finished"] += 1
        found = trial.look(everything)
        differing = [name for name in found if found[name] != course.expected[name]]
        report["differences"] += [f"{course.codes}: {name}" for name in differing]
    return report


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
