"""Days of a batch against what the facts already have: a day that shrank, a day the source no longer returns."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import pandas as pd
from sqlalchemy import Engine

from db.bulk import day_ranges
from db.coded import Coded
from db.journal import days_present
from db.pulls import SIZE_MEASURES, DaySize, day_sizes
from ingest.batch import Batch
from ingest.mapping import SourceSpec
from kpi.measures import BY_CODE
from kpi.model import Unit

ANCHORS = {"calls": "day", "seats": "day", "orders": "anchor", "readings": "day", "months": "month"}
"""By which column the rows of each frame of a batch are replaced."""
SMALL = 3
"""A day that had fewer calls or orders than this may shrink without a word: one of two may have been put right."""
_NAMED_DAYS = 5
_HANDLED = {"seat_calls": "calls", "seat_orders": "orders"}
"""What seats handled, by the frame of the batch that holds the same once more."""


def batch_days(batch: Batch) -> dict[str, set[date]]:
    """The (anchor) days of a batch by centre code, months left out."""
    return _days(batch, [name for name in ANCHORS if name != "months"])


def month_days(batch: Batch) -> dict[str, set[date]]:
    """The months (their first days) of a batch by centre code."""
    return _days(batch, ["months"])


def _days(batch: Batch, names: list[str]) -> dict[str, set[date]]:
    found: dict[str, set[date]] = {}
    for name in names:
        frame: pd.DataFrame | None = getattr(batch, name)
        if frame is not None:
            for centre, days in Coded(frame).days_by_code(ANCHORS[name]).items():
                found.setdefault(centre, set()).update(days)
    return found


def add_day_warnings(
    engine: Engine, spec: SourceSpec, source_id: int, batch: Batch, window: tuple[date, date] | None
) -> None:
    """Adds to the batch's warnings: days less than half of what they were; days of the window that are missing."""
    days = batch_days(batch)
    with engine.connect() as conn:
        before = day_sizes(conn, source_id, days, batch.part) if days else []
        present = days_present(conn, spec.code, *window) if window is not None else {}
    shrunk = _shrunk_days(batch, before)
    for day in sorted(shrunk)[:_NAMED_DAYS]:
        batch.warnings.extend(shrunk[day])
    if len(shrunk) > _NAMED_DAYS:
        batch.warnings.append(f"另有 {len(shrunk) - _NAMED_DAYS} 天的数据也少了一半以上。请核对来源是否完整。")
    silent = present.keys() - {day for ones in days.values() for day in ones}
    if silent:
        batch.warnings.append(
            f"来源没有返回 {spans(silent)} 的数据, 已有的数据保留不变。请核对来源是否还保存着这些天。"
        )


def spans(days: Collection[date]) -> str:
    """The days as text, unbroken ranges written as ranges."""
    texts = [str(first) if first == last else f"{first} 至 {last}" for first, last in day_ranges(days)]
    shown = "、".join(texts[:_NAMED_DAYS])
    return shown if len(texts) <= _NAMED_DAYS else f"{shown} 等 {len(days)} 天"


def _shrunk_days(batch: Batch, before: list[DaySize]) -> dict[date, list[str]]:
    """What to say by day. Seats that lost with the calls or orders they handled are named beside those, once, where it
    is not the very same figure; what they lost alone is said by itself."""
    lost: dict[tuple[str, date], dict[str, tuple[DaySize, float]]] = {}
    for name, was, now in _shrunk(batch, before):
        lost.setdefault((was.centre, was.day), {})[name] = was, now
    found: dict[date, dict[str, None]] = {}
    for (_centre, day), frames in lost.items():
        seats = frames.pop("seats", None)
        handled = _HANDLED.get(seats[0].measure) if seats is not None else None
        for name, (was, now) in frames.items():
            other = seats is not None and name == handled and (seats[0].value, seats[1]) != (was.value, now)
            beside = f"({_fell(*seats)})" if seats is not None and other else ""
            said = f"{day} 的数据从 {was.value:.0f} 减少到 {now:.0f}{beside}, 少了一半以上。请核对来源是否完整。"
            found.setdefault(day, {})[said] = None
        if seats is not None and handled not in frames:
            said = f"{day} 的{_fell(*seats)}, 少了一半以上。请核对来源是否完整。"
            found.setdefault(day, {})[said] = None
    return {day: list(said) for day, said in found.items()}


def _fell(was: DaySize, now: float) -> str:
    """“座席接听量从 20 减少到 9”."""
    measure = BY_CODE[was.measure]
    unit = f"({measure.unit.value})" if measure.unit is Unit.SECONDS else ""
    return f"{measure.name}{unit}从 {was.value:.0f} 减少到 {now:.0f}"


def _shrunk(batch: Batch, before: list[DaySize]) -> Iterator[tuple[str, DaySize, float]]:
    """(frame, size before, size now) of every day that is less than half of what it was."""
    for name, codes in SIZE_MEASURES.items() if before else ():
        frame: pd.DataFrame | None = getattr(batch, name)
        code = next((code for code in codes if frame is not None and code in frame.columns), None)
        if frame is None or code is None:
            continue
        sums = frame.groupby(["centre", ANCHORS[name]])[code].sum()
        for was in before:
            if was.measure == code and was.value >= SMALL and (was.centre, was.day) in sums.index:
                now = float(sums[(was.centre, was.day)])
                if now < was.value / 2:
                    yield name, was, now


def drop_days(batch: Batch, days: Collection[date], why: str) -> None:
    """Takes the figures of these (anchor) days out of a batch and says why in its warnings."""
    for name, column in ANCHORS.items():
        frame: pd.DataFrame | None = getattr(batch, name)
        if name != "months" and frame is not None and not frame.empty:
            setattr(batch, name, frame[~frame[column].isin(list(days))].reset_index(drop=True))
    batch.warnings.append(why)
