"""Run as a process of its own: pulls that are killed (-9) at random points, pulled again, and compared.

``python -m tests.kill_pulls URL FOLDER KILLS SEED`` prints one JSON object. Being single-threaded it may fork: a
child of a process that has pulled once begins to pull at once, so hundreds of kills take a minute.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
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
"""The tables that must come out alike, and the columns that tell only which run it was."""
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
            rows = conn.execute(metadata.tables[name].select().with_only_columns(*kept)).mappings()
            found[name] = sorted(
                repr([codes[key][cell] if key in codes else cell for key, cell in r.items()]) for r in rows
            )
    return found


class Trial:
    """A database that can be emptied, and pulls in child processes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.config = load_config(folder / "sources.yaml", dict(os.environ))
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

    def child(self, kill_at: int = 0, tell: int | None = None) -> int:
        """Starts a process that pulls every source, and returns its pid.

        At its ``kill_at``-th statement or commit it kills itself (0: never). ``tell``: a file descriptor that the
        number of statements and commits is written to at the end.
        """
        pid = os.fork()
        if pid:
            return pid
        try:
            count = _Count(self.engine, kill_at)
            self.pull()
            if tell is not None:
                os.write(tell, str(count.number).encode())
        finally:
            os._exit(0)

    def pull(self) -> None:
        """Pulls every source."""
        for source in self.config.sources:
            pull(
                *(self.engine, self.config, source.code),
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


def measure(trial: Trial) -> tuple[int, float]:
    """At how many statements and commits a whole pull may be killed, and how many seconds it takes."""
    trial.look(lambda engine: trial.pull())  # so that every child finds everything loaded
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads must not fork"
    trial.empty()
    reader, writer = os.pipe()
    begun = time.monotonic()
    killed(trial.child(tell=writer))
    return int(os.read(reader, 20)), time.monotonic() - begun


def main(url: str, folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kills until ``kills`` processes died of it; after some in a row the pull is finished and compared."""
    trial, dice = Trial(url, folder), random.Random(seed)
    events, seconds = measure(trial)
    expected = trial.look(everything)
    report: dict[str, Any] = {"events": events, "seconds": round(seconds, 3), "kills": 0, "by_time": 0, "finished": 0}
    report |= {"expected": {name: len(rows) for name, rows in expected.items()}, "differences": []}
    while report["kills"] < kills:
        trial.empty()
        for _ in range(dice.randint(1, MOST_KILLS_IN_A_ROW)):
            by_time = dice.random() < 0.5
            after = dice.uniform(0, seconds) if by_time else None
            died = killed(trial.child(0 if by_time else dice.randint(1, events)), after)
            report["kills"] += died
            report["by_time"] += died and by_time
            if not died:
                break
        else:
            killed(trial.child())
        trial.look(lambda engine: abandon_dead_runs(engine, lambda holder: False, at("2026-03-06 03:00")))
        found = trial.look(everything)
        report["finished"] += 1
        report["differences"] += [name for name in COMPARED if found[name] != expected[name]]
    return report


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
