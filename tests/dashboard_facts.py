"""A small installation for the tests of the pages: two centres, two sources, sixty days of made facts.

Every figure can be worked out by hand: weekday calls 1,000 a day, weekend calls 600, of which ``ANSWERED`` per cent
are answered, two points fewer in the bad week; an hour has a tenth of them from 8 to 17 o'clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from db.day_memory import forget
from db.engine import write
from db.runs import mark_checked
from db.schema import metadata
from db.store import CentreRow, sync_centres, sync_source
from ingest.config import Config, load_config
from kpi.catalogue import Catalogue, build
from tests.factories import TZ, Desk, FrozenClock, at, batch, calls, orders, reject, seats
from tests.target_sheets import put_targets

NOW = "2026-03-20 14:40"
TODAY = date(2026, 3, 20)
FIRST = date(2026, 1, 20)
MARCH = date(2026, 3, 1)
MISSING = date(2026, 3, 9)
BAD_WEEK = range(2, 9)
TITLES = {"calls": "话务平台导出", "orders": "工单系统"}

SOURCES = """\
centres:
  - {code: city, name: 市中心}
  - {code: district, name: 江宁分中心, parent: city}
sources:
  - code: calls
    title: 话务平台导出
    kind: files
    shape: calls
    centre: district
    path: inbox/calls/*.csv
    columns:
      asked_at: {column: 来电时间, format: ["%Y-%m-%d %H:%M:%S"]}
      answered: {column: 是否接通, yes: [是], no: [否]}
      wait: {column: 等待, as: seconds}
  - code: orders
    title: 工单系统
    kind: files
    shape: orders
    centre: district
    path: inbox/orders/*.xlsx
    columns:
      accepted_at: {column: 受理时间, format: ["%Y-%m-%d %H:%M:%S"]}
"""


@dataclass(frozen=True)
class FakeSettings:
    """The settings the pages read."""

    data_dir: Path
    stale_after_minutes: int = 30
    access_password: str = ""
    secret_key: str = "k" * 32
    allowed_hosts: tuple[str, ...] = ()
    upload_max_mb: int = 50
    min_sample: int = 30
    seat_ranking: str = "on"
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_security: str = "none"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_sender: str = "hotline@example.org"
    smtp_sender_name: str = "热线绩效监测"
    smtp_verify: bool = True


@dataclass
class FakeProduct:
    """A product whose clock stands still."""

    engine: Engine
    config: Config
    settings: FakeSettings
    clock_face: FrozenClock
    catalogue: Catalogue = field(default_factory=build)
    tz: ZoneInfo = TZ
    demo: bool = False
    holder: str = "test:1"
    program: str = "python3 start.py"
    secret: Callable[[str], str | None] = lambda _name: None

    @property
    def base_dir(self) -> Path:
        """What the sources' paths are relative to."""
        return self.settings.data_dir

    @property
    def clock(self) -> Callable[[], datetime]:
        """The clock's moment, aware UTC."""
        return self.clock_face.now


def product(engine: Engine, folder: Path, sources: str = SOURCES, now: str = NOW, **settings: Any) -> FakeProduct:
    """A product on a migrated database, its sources file in the folder."""
    path = folder / "sources.yaml"
    path.write_text(sources, encoding="utf-8")
    config = load_config(path)
    sync_centres(engine, [CentreRow(c.code, c.name, c.parent) for c in config.centres])
    for source in config.sources:
        sync_source(engine, source.code, source.kind, source.title)
    return FakeProduct(engine, config, FakeSettings(folder, **settings), FrozenClock(now))


def answered_of(day: date) -> tuple[int, int]:
    """(offered, answered) of a day: 1,000 calls on a weekday, 600 on a weekend; 97 % answered, 93 % in the bad week."""
    offered = 600 if day.weekday() >= 5 else 1000
    percent = 93 if day.month == 3 and day.day in BAD_WEEK else 97
    return offered, offered * percent // 100


_FILLED: dict[tuple[str, bool], bytes] = {}
"""SQLite files with nothing in them but the made facts: half a second's work, wanted a hundred times."""


def fill(engine: Engine, now: str = NOW, *, targets: bool = True) -> Desk:
    """Writes the made facts as two sources' pulls would: what came before March at once, then a pull a day."""
    rows = " UNION ALL ".join(f'SELECT 1 FROM "{name}"' for name in metadata.tables)
    with engine.connect() as conn:
        untouched = engine.dialect.name == "sqlite" and conn.execute(text(f"{rows} LIMIT 1")).first() is None
    if not untouched:
        return _pulled(engine, now, targets=targets)
    path, key = Path(str(engine.url.database)), (now, targets)
    engine.dispose()  # the last connection to close writes the -wal file back
    if key not in _FILLED:
        _pulled(engine, now, targets=targets)
        engine.dispose()
        _FILLED[key] = path.read_bytes()
    path.write_bytes(_FILLED[key])
    forget(engine)
    desk = Desk(engine, FrozenClock(now))
    for code, title in TITLES.items():
        desk.source(code, title)
    return desk


def _pulled(engine: Engine, now: str, *, targets: bool) -> Desk:
    desk = Desk(engine, FrozenClock("2026-03-01 02:30"))
    history = [FIRST + timedelta(days=n) for n in range((MARCH - FIRST).days)]
    _write_calls(desk, history, "话务明细_历史.csv")
    _write_orders(desk, history, "工单_历史.xlsx")
    for day in (MARCH + timedelta(days=n) for n in range((TODAY - MARCH).days + 1)):
        desk.clock.moment = at(now) if day == TODAY else at(f"{day + timedelta(days=1)} 02:30")
        if day != MISSING:
            _write_calls(desk, [day], f"话务明细_{day:%Y%m%d}.csv")
        if day != TODAY:
            _write_orders(desk, [day], f"工单_{day:%Y%m%d}.xlsx")
    desk.clock.moment = at(now)
    _mark(engine, desk, now)
    if targets:
        _give_targets(engine)
    return desk


def _write_calls(desk: Desk, days: Sequence[date], file: str) -> None:
    desk.source("calls", "话务平台导出")
    made = batch(
        calls=calls(*(row for day in days for row in call_rows(day)), centre="district"),
        seats=seats(*(row for day in days for row in _seat_rows(day)), centre="district"),
        inputs=[{"name": file, "rows": 1000}],
        first_day=days[0],
        last_day=days[-1],
    )
    desk.write(made, source="calls", trigger="daily")


def _hours(day: date) -> range:
    return range(8, 14) if day == TODAY else range(8, 18)


def call_rows(day: date) -> Iterator[dict[str, Any]]:
    """The hours of a day."""
    offered, answered = answered_of(day)
    for hour in _hours(day):
        came = offered // 10
        got = answered // 10 - (5 if (day == TODAY and hour == 10) else 0)
        yield {
            "day": day,
            "hour": hour,
            "offered": came,
            "answered": got,
            "abandoned": came - got,
            "wait_seconds": got * 9,
            "talk_seconds": got * 150,
            "wrap_seconds": got * 30,
            "answered_within_15": got * 88 // 100,
            "abandoned_within_15": 0,
            "rated_calls": got // 2,
            "satisfied_calls": got * 45 // 100,
        }


def _seat_rows(day: date) -> Iterator[dict[str, Any]]:
    each = len(_hours(day)) * answered_of(day)[1] // 10 // 12
    for number in range(12):
        work = {"seat_calls": each, "seat_busy_seconds": each * 180, "signed_in_seconds": 25_200}
        yield {"day": day, "seat": f"10{number:02d}", **work}


def _write_orders(desk: Desk, days: Sequence[date], file: str) -> None:
    desk.source("orders", "工单系统")
    row: dict[str, Any] = {
        "accepted": 200,
        "solved_first": 120,
        "dispatched": 80,
        "dispatched_on_time": 78,
        "due": 70,
        "closed": 69,
        "closed_on_time": 66,
        "rated_orders": 40,
    }
    rows = [row | {"day": day, "anchor": day, "satisfied_orders": 37 if day.day % 3 else 35} for day in days]
    said = "‘受理时间’ 不是时间: ‘2026-13-01’。改正后重新导入,或导出剔除行来改正"
    bad = reject(file=file, sheet="工单", column="受理时间", value="2026-13-01", reason=said)
    made = batch(
        orders=orders(*rows, centre="district"),
        inputs=[{"name": file, "rows": 200}],
        rejects=[bad] if days[-1].day == 18 else [],
        first_day=days[0],
        last_day=days[-1],
    )
    desk.write(made, source="orders", trigger="daily")


def _mark(engine: Engine, desk: Desk, now: str) -> None:
    for code, title in TITLES.items():
        mark_checked(engine, desk.source(code, title), at(now), None)


def _give_targets(engine: Engine) -> None:
    with write(engine) as conn:
        targets = {"answer_rate": (">=", 0.96), "service_level": (">=", 0.85), "satisfaction_rate": (">=", 0.9)}
        targets |= {"daily_output": (">=", 60.0), "on_time_closure_rate": (">=", 0.95)}
        put_targets(conn, "district", targets)
        put_targets(conn, "city", targets)
