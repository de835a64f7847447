"""Made-up queue_log files in Shanghai time, and short ways to read and add up what they give."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ingest.batch import Batch
from ingest.mapping import AsteriskOptions, Kind, OpeningHours, Shape, SourceSpec
from ingest.sources.asterisk import read_window

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)  # a Monday and a Tuesday
TODAY = date(2026, 3, 9)


def spec(opening_hours: OpeningHours | None = None, **options: Any) -> SourceSpec:
    return SourceSpec(
        "pbx",
        "排队机",
        Kind.ASTERISK,
        Shape.CALLS,
        AsteriskOptions(**{"path": "queue_log*", **options}),
        centre="city",
        opening_hours=opening_hours,
    )


def at(clock: str, day: date = DAY) -> int:
    """``HH:MM:SS`` of a day in Shanghai, in seconds since 1970."""
    return int(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI).timestamp())


def log(*lines: str, day: date = DAY) -> str:
    """Lines that begin with a clock time, as a queue_log."""
    return "".join(f"{at(line[:8], day)}{line[8:]}\n" for line in lines)


def call(
    clock: str, callid: str, wait: int, talk: int, *, queue: str = "600", seat: str = "SIP/1", day: date = DAY
) -> str:
    """An answered call."""
    asked = at(clock, day)
    return (
        f"{asked}|{callid}|{queue}|NONE|ENTERQUEUE||13812345678|1\n"
        f"{asked + wait}|{callid}|{queue}|{seat}|CONNECT|{wait}|x|2\n"
        f"{asked + wait + talk}|{callid}|{queue}|{seat}|COMPLETECALLER|{wait}|{talk}|1\n"
    )


def lost(clock: str, callid: str, wait: int, *, queue: str = "600", day: date = DAY) -> str:
    asked = at(clock, day)
    return (
        f"{asked}|{callid}|{queue}|NONE|ENTERQUEUE||13812345678|1\n"
        f"{asked + wait}|{callid}|{queue}|NONE|ABANDON|1|1|{wait}\n"
    )


def read(
    folder: Path, start: date = DAY, end: date = DAY, today: date = TODAY, source: SourceSpec | None = None
) -> Batch:
    batch = read_window(source or spec(), folder, start, end, today, sleep=lambda s: None)
    assert batch.rows_used + len(batch.rejects) == batch.rows_read
    return batch


def total(frame: pd.DataFrame | None, *codes: str) -> list[int | None]:
    assert frame is not None
    return [None if frame[code].isna().all() else int(frame[code].sum()) for code in codes]


def rows(frame: pd.DataFrame | None, *columns: str) -> list[tuple[Any, ...]]:
    assert frame is not None
    values = frame.astype(object).where(frame.notna(), None)
    return sorted(tuple(row) for row in values[list(columns)].itertuples(index=False))
