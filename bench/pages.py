"""The pages as a leader meets them: work of the server, time and bytes in a browser, many screens at once."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select, update
from werkzeug.test import Client

from bench.report import Result
from bench.screens import Load, hold, hold_walls
from bench.serving import ROOT, _free_port
from bench.visits import ANSWERS, DRAWN, SHOWN, Visit, visit
from db.engine import bump_data_version, make_engine, write
from db.schema import day_totals
from kpi.periods import Period

NEW_MS, SAME_MS = 60.0, 10.0
FIRST_SECONDS, AGAIN_SECONDS = 1.7, 1.0
FIRST_MB, WALL_MB, AGAIN_KB = 1.7, 0.8, 50
SCREENS, P95_MS, MEMORY_MIB = 200, 100.0, 400
TRIES = 5
PULLED_DAYS = 7
HELD_SECONDS, RAMP_SECONDS, WALLS_SECONDS = 30.0, 15.0, 15.0
SATURATED = 1.0


def judged(folder: Path, url: str, now: str, *, quick: bool) -> list[Result]:
    """All the figures of the pages, on the facts behind ``url`` as they stood at ``now``. ``quick``: one short try."""
    data_dir = folder / "site"
    data_dir.mkdir(exist_ok=True)
    renew, tries = renewing(url), 1 if quick else TRIES
    with site(data_dir, url, now) as (port, process):
        here = f"http://127.0.0.1:{port}"
        seen = visit(here, "/", DRAWN, tries, renew)
        wall = visit(here, "/wall", SHOWN, tries)
        results = [*_in_browser(seen, wall), *_work(data_dir, url, now, seen.asked)]
        results += _many(port, process, seen.refreshed, renew, quick=quick)
        return [*results, *_walls(port, renew, WALLS_SECONDS / 10 if quick else WALLS_SECONDS)]


@contextmanager
def site(data_dir: Path, url: str, now: str) -> Iterator[tuple[int, psutil.Process]]:
    """The pages in a process of their own."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.site", str(data_dir), url, str(port), now]
    with open(data_dir / "site.log", "wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
    try:
        assert server.stdout is not None
        if server.stdout.readline().strip() != b"up":
            raise RuntimeError(f"the pages did not come up:\n{(data_dir / 'site.log').read_text('utf-8')}")
        yield port, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(30)


def renewing(url: str) -> Callable[[], None]:
    """Brings new data: one answered call more on the last day, in a pull that wrote the last ``PULLED_DAYS`` anew."""
    engine = make_engine(url)
    with engine.connect() as conn:
        last = conn.scalar(select(func.max(day_totals.c.day)))
    pulled = Period(last - timedelta(days=PULLED_DAYS - 1), last)
    t = day_totals.c
    statement = update(day_totals).where(t.measure == "answered", t.day == last).values(value=t.value + 1)

    def renew() -> None:
        with write(engine) as conn:
            conn.execute(statement)
            bump_data_version(conn, pulled)

    return renew


def _in_browser(seen: Visit, wall: Visit) -> list[Result]:
    first_mb, wall_mb = seen.first_bytes / 1e6, wall.first_bytes / 1e6
    return [
        Result(
            "总览 drawn on a first visit",
            f"≤ {FIRST_SECONDS} s",
            f"{seen.first:.2f} s",
            "",
            seen.first <= FIRST_SECONDS,
        ),
        Result(
            "总览 drawn on a repeat visit",
            f"≤ {AGAIN_SECONDS} s",
            f"{seen.again:.2f} s",
            "",
            seen.again <= AGAIN_SECONDS,
        ),
        Result("总览 on the wire, first visit", f"≤ {FIRST_MB} MB", f"{first_mb:.2f} MB", "", first_mb <= FIRST_MB),
        Result(
            "总览 on the wire, repeat visit",
            f"≤ {AGAIN_KB} KB",
            f"{seen.again_bytes / 1e3:.0f} KB",
            "",
            seen.again_bytes <= AGAIN_KB * 1e3,
        ),
        Result("周报大屏 on the wire, first visit", f"≤ {WALL_MB} MB", f"{wall_mb:.2f} MB", "", wall_mb <= WALL_MB),
    ]


def _work(data_dir: Path, url: str, now: str, asked: list[dict[str, Any]]) -> list[Result]:
    questions = data_dir / "asked.json"
    questions.write_text(json.dumps(asked), encoding="utf-8")
    command = [sys.executable, "-m", "bench.pages", str(data_dir), url, now, str(questions)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    new, same = json.loads(done.stdout.splitlines()[-1])
    count = f"{len(asked)} callbacks"
    return [
        Result("总览: work of the server, data new", f"≤ {NEW_MS:g} ms", f"{new:.0f} ms", count, new <= NEW_MS),
        Result("总览: the same, nothing changed", f"≤ {SAME_MS:g} ms", f"{same:.1f} ms", count, same <= SAME_MS),
    ]


def _walls(port: int, renew: Callable[[], None], seconds: float) -> list[Result]:
    load = hold_walls("127.0.0.1", port, SCREENS, seconds, renew)
    p95, told = load.p95() * 1e3, f"{len(load.seconds)} answers, {load.failed} failed, data new every 10 s"
    passed = p95 < P95_MS and not load.failed
    return [Result(f"{SCREENS} walls: 95th percentile", f"< {P95_MS:g} ms", f"{p95:.0f} ms", told, passed)]


def _many(
    port: int, process: psutil.Process, asked: list[dict[str, Any]], renew: Callable[[], None], *, quick: bool
) -> list[Result]:
    def tried(screens: int, seconds: float) -> Load:
        return hold("127.0.0.1", port, asked, screens, seconds, renew)

    load = tried(SCREENS, HELD_SECONDS / 10 if quick else HELD_SECONDS)
    taken = process.memory_full_info()
    memory = getattr(taken, "pss", taken.uss) / 2**20  # Windows doesn't tell what is shared with whom
    p95, told = load.p95() * 1e3, f"{len(load.seconds)} answers, {load.failed} failed, data new every 10 s"
    screens = SCREENS
    while not quick and screens < 6_400 and tried(screens * 2, RAMP_SECONDS).p95() < SATURATED:
        screens *= 2
    return [
        Result(f"{SCREENS} screens: 95th percentile", f"< {P95_MS:g} ms", f"{p95:.0f} ms", told, p95 < P95_MS),
        Result(
            f"{SCREENS} screens: memory of the server",
            f"< {MEMORY_MIB} MiB",
            f"{memory:.0f} MiB",
            "",
            memory < MEMORY_MIB,
        ),
        Result(
            "screens until the 95th percentile passes 1 s",
            "",
            "not tried" if quick else f"between {screens} and {screens * 2}",
        ),
    ]


def main(data_dir: str, url: str, now: str, questions: str) -> None:
    """Prints the milliseconds of processor time that a page's questions take: with new data, and with the same."""
    from bench.site import product_of
    from cli.web import pages, settled_memory

    client = Client(pages(product_of(data_dir, url, now)))
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    renew = renewing(url)

    def spent() -> float:
        begun = time.process_time()
        for one in asked:
            if client.post(ANSWERS, json=one).status_code not in (200, 204):
                raise RuntimeError(f"no answer to {one['output']}")
        return (time.process_time() - begun) * 1e3

    new, same = [], []
    with settled_memory():
        for _ in range(TRIES * 3):
            renew()
            new.append(spent())
            same.append(spent())
    print(json.dumps([statistics.median(new[1:]), statistics.median(same)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
