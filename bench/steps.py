"""The measured steps. Each runs in a process of its own, so that its memory is its own: ``run`` starts one.

A step takes and gives JSON values; seconds are wall time, memory is the peak resident size in MiB.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
TZ = ZoneInfo("Asia/Shanghai")
Values = dict[str, Any]


def run(name: str, **arguments: Any) -> Values:
    """Run one step in a new process. Raises RuntimeError with its error output where it fails."""
    command = [sys.executable, "-m", "bench.steps", name, json.dumps(arguments, default=str)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"step {name} failed:\n{done.stderr}")
    found: Values = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_memory() -> int:
    """The peak resident size of this process in MiB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, IndexError, ValueError):
        import psutil

        memory = psutil.Process().memory_info()
        return int(getattr(memory, "peak_wset", memory.rss)) // 2**20


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def step_make(folder: str, scale: float) -> Values:
    """Write the reference data."""
    from bench.reference import make

    return {"seconds": timed(lambda: make(Path(folder), scale))}


def step_make_day(path: str, day: str, calls: int) -> Values:
    """Write the calls of one more day."""
    from bench.reference import write_calls

    first = date.fromisoformat(day)
    write_calls(Path(path), first, 1, calls, seed=first.toordinal())
    return {}


def step_baseline(kind: str, csv: str, times: int) -> Values:
    """DuckDB's best of some tries at the same sums."""
    from bench.baseline import sum_calls, sum_orders

    work = sum_calls if kind == "calls" else sum_orders
    tries = []
    for _ in range(times):
        began = time.process_time()
        seconds = timed(lambda: work(Path(csv)).close())
        tries.append((seconds, time.process_time() - began))
    return {"seconds": min(tries)[0], "cpu": min(tries)[1], "memory": peak_memory()}


def step_pull(url: str, config: str, base_dir: str, source: str, now: str) -> Values:
    """Pull everything a source has, into the facts."""
    from db.engine import make_engine, migrate
    from db.store import CentreRow, sync_centres, sync_source
    from ingest.config import load_config
    from ingest.pull import pull

    known = load_config(Path(config))
    engine = make_engine(url)
    migrate(engine)
    sync_centres(engine, [CentreRow(c.code, c.name, c.parent) for c in known.centres])
    for spec in known.sources:
        sync_source(engine, spec.code, spec.kind, spec.title)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    begun, cpu = time.perf_counter(), time.process_time()
    runs = pull(
        engine, known, source, window=None, trigger="manual", now=moment, tz=TZ, base_dir=Path(base_dir), holder="bench"
    )
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    states = [run.state for run in runs]
    if set(states) != {"ok"}:
        raise RuntimeError(f"pull ended {states}: {[run.error for run in runs]}")
    return {
        "seconds": seconds,
        "cpu": cpu,
        "memory": peak_memory(),
        "read": sum(run.rows_read for run in runs),
        "used": sum(run.rows_used for run in runs),
        "rejected": sum(run.rows_rejected for run in runs),
    }


def step_compare(url: str, calls_csv: str, orders_csv: str) -> Values:
    """The measures whose sums differ from those DuckDB gets from the same files: there should be none."""
    from bench.compare import differences
    from db.engine import make_engine

    found = differences(make_engine(url), Path(calls_csv), Path(orders_csv))
    return {"compared": found.compared, "different": found.different}


def step_age(url: str, years: int) -> Values:
    """Make the facts older: copies of what is there, one, two, … years earlier."""
    from bench.ageing import copy_back
    from db.engine import make_engine

    return {"rows": copy_back(make_engine(url), years)}


def step_kpi(url: str, kpi: str, start: str, end: str, times: int) -> Values:
    """A KPI by day: milliseconds of the first answer and of the median of the rest."""
    from db.answers import evaluate
    from db.engine import make_engine
    from kpi.catalogue import build
    from kpi.model import Ask, Grain

    catalogue, engine = build(), make_engine(url)
    last = date.fromisoformat(end)
    ask = Ask((kpi,), ("city",), date.fromisoformat(start), last, last, Grain.DAY)

    def answer() -> None:
        with engine.connect() as conn:
            values = evaluate(conn, catalogue, ask).values[kpi]
        if sum(value.value is not None for value in values) < len(values) * 0.9:
            raise RuntimeError(f"{kpi}: most days have no value")

    first = timed(answer)
    rest = [timed(answer) for _ in range(times)]
    return {"first_ms": first * 1000, "median_ms": statistics.median(rest) * 1000}


def step_sql(folder: str, calls: int) -> Values:
    """Pull one day of many calls from a SQL source and count the rows that left its database."""
    from bench.foreign import pull_a_day

    found: Values = pull_a_day(Path(folder), calls)
    return found


def step_serve(data_dir: str, times: int) -> Values:
    """Seconds from starting ``serve`` to its first page, on a new data directory and on a known one (medians)."""
    from bench.serving import seconds_to_healthy

    first, again = [], []
    for _ in range(times):
        shutil.rmtree(data_dir, ignore_errors=True)
        first.append(seconds_to_healthy(Path(data_dir)))
        again.append(seconds_to_healthy(Path(data_dir)))
    return {"first": statistics.median(first), "again": statistics.median(again)}


def half_year(last: date) -> tuple[date, date]:
    """181 days up to ``last``."""
    return last - timedelta(days=180), last


def main() -> None:
    """Run the step named on the command line and print what it gives."""
    name, arguments = sys.argv[1], json.loads(sys.argv[2])
    step: Callable[..., Values] = globals()[f"step_{name}"]
    print(json.dumps(step(**arguments)))


if __name__ == "__main__":
    main()
