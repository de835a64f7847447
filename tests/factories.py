"""Small builders: moments, centres, sources, runs and batches as a source would give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Engine

from db.store import CentreRow, Written, commit_batch, open_run, sync_centres, sync_source
from ingest.batch import CALL_KEYS, MONTH_KEYS, ORDER_KEYS, READING_KEYS, SEAT_KEYS, Batch, FileTaken, Reject

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 5)
"""A plain working Thursday."""

_NOT_MEASURES = {*CALL_KEYS, *SEAT_KEYS, *ORDER_KEYS, *READING_KEYS, *MONTH_KEYS, "team", "shift", "note", "value"}


def at(local: str) -> datetime:
    """The UTC moment of a local wall time in Shanghai: ``at("2026-03-05 08:00")``."""
    return datetime.fromisoformat(local).replace(tzinfo=TZ).astimezone(UTC)


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, local: str = "2026-03-06 02:00") -> None:
        self.moment = at(local)

    def now(self) -> datetime:
        """The moment it shows (UTC)."""
        return self.moment

    def today(self) -> date:
        """The local day it shows."""
        return self.moment.astimezone(TZ).date()

    def advance(self, **units: float) -> None:
        """Moves it on: ``advance(minutes=5)``; negative values set it back."""
        self.moment += timedelta(**units)


def _frame(keys: Sequence[str], rows: Iterable[Mapping[str, Any]], defaults: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame([{**defaults, **row} for row in rows])
    for name in keys:
        if name not in frame:
            frame[name] = pd.Series(dtype=object)
    for name in frame.columns:
        if name not in _NOT_MEASURES:
            frame[name] = frame[name].astype("Int64")
    return frame


def calls(*rows: Mapping[str, Any], centre: str = "city", day: date = DAY) -> pd.DataFrame:
    """Call rows; keys not given are centre ``city``, DAY, 9 o'clock, no queue, no channel."""
    return _frame(CALL_KEYS, rows, {"centre": centre, "day": day, "hour": 9, "queue": "", "channel": ""})


def seats(*rows: Mapping[str, Any], centre: str = "city", day: date = DAY) -> pd.DataFrame:
    """Seat rows; keys not given are centre ``city``, DAY, seat 1001."""
    return _frame(SEAT_KEYS, rows, {"centre": centre, "day": day, "seat": "1001"})


def orders(*rows: Mapping[str, Any], centre: str = "city", day: date = DAY) -> pd.DataFrame:
    """Order rows; keys not given are centre ``city``, day = anchor = DAY, no department, channel, category."""
    keys = {"centre": centre, "day": day, "anchor": day, "department": "", "channel": "", "category": ""}
    return _frame(ORDER_KEYS, rows, keys)


def readings(values: Mapping[str, float], centre: str = "city", day: date = DAY) -> pd.DataFrame:
    """Readings of one day by measure."""
    rows = [{"measure": code, "value": value} for code, value in values.items()]
    return _frame(READING_KEYS, rows, {"centre": centre, "day": day})


def months(values: Mapping[date, Mapping[str, float]], centre: str = "city") -> pd.DataFrame:
    """Monthly history: measures by the month's first day."""
    rows = [
        {"month": month, "measure": code, "value": value}
        for month, ones in values.items()
        for code, value in ones.items()
    ]
    return _frame(MONTH_KEYS, rows, {"centre": centre})


def reject(**values: Any) -> Reject:
    """A row that could not be used."""
    given = {"file": "a.csv", "sheet": "", "row_no": 12, "column": "接通时间", "value": "25:71:00"}
    return Reject(**{**given, "reason": "不是时间", "row": {"接通时间": "25:71:00"}, **values})


def file(name: str = "a.csv", sha256: str = "a" * 64, mapping_version: str = "m1") -> FileTaken:
    """A file that was read."""
    return FileTaken(name=name, sha256=sha256, size=1234, mapping_version=mapping_version)


def batch(**values: Any) -> Batch:
    """A batch of these frames; rows used default to one for each row of the frames."""
    made = Batch(**values)
    frames = (made.calls, made.seats, made.orders, made.readings, made.months)
    if "rows_used" not in values:
        made.rows_used = sum(len(frame) for frame in frames if frame is not None)
    if "rows_read" not in values:
        made.rows_read = made.rows_used + len(made.rejects)
    return made


class Desk:
    """A database with centres city > district and any number of sources, written to at a frozen time."""

    def __init__(self, engine: Engine, clock: FrozenClock | None = None) -> None:
        self.engine = engine
        self.clock = clock or FrozenClock()
        self._sources: dict[str, int] = {}
        self.centres = sync_centres(engine, [CentreRow("city", "市中心"), CentreRow("district", "江宁分中心", "city")])

    def source(self, code: str = "calls", title: str | None = None) -> int:
        """The id of a source, made if it is new; a title once given stays."""
        if title is not None or code not in self._sources:
            self._sources[code] = sync_source(self.engine, code, "files", title or "")
        return self._sources[code]

    def run(self, source: str = "calls", trigger: str = "manual", window: tuple[date, date] | None = None) -> int:
        """A new running run."""
        return open_run(self.engine, self.source(source), trigger, window, self.clock.now(), "test:1")

    def write(
        self,
        made: Batch,
        source: str = "calls",
        trigger: str = "manual",
        window: tuple[date, date] | None = None,
        mended: Sequence[int] = (),
    ) -> Written:
        """Opens a run and commits the batch in it."""
        run_id = self.run(source, trigger, window)
        source_id = self.source(source)
        return commit_batch(self.engine, run_id, source_id, made, now=self.clock.now(), tz=TZ, mended=mended)
