"""Writing: one batch, one transaction. Also the door to the other writing functions (``db.runs``, ``db.totals``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, Engine, select, update

from db.batch_totals import Sums, batch_sums, centres_without
from db.bulk import naive_utc
from db.coded import Coded
from db.conflicts import refuse_conflicts
from db.engine import bump_data_version, transact
from db.errors import RunClosedError
from db.facts_write import (
    CALLS,
    MONTHS,
    ORDERS,
    READINGS,
    SEATS,
    Arranged,
    Days,
    FactTable,
    Part,
    add,
    arranging,
    centre_ids,
    masked,
    merge,
    remove,
    replaced_days,
)
from db.first_given import last_given
from db.overtaken import refuse_overtaken
from db.rejects_write import Mended, RejectLike, insert_rejects, mark_mended, supersede_file, supersede_window
from db.runs import (
    EMPTY,
    MEND,
    OK,
    RUNNING,
    CentreRow,
    abandon_dead_runs,
    close_run,
    fail_run,
    is_taken,
    mark_checked,
    open_run,
    sync_centres,
    sync_source,
    take_file,
)
from db.schema import runs, sources
from db.totals import Change, record_restatements, refresh
from kpi.periods import Period

__all__ = [
    "BatchLike",
    "CentreRow",
    "Written",
    "abandon_dead_runs",
    "commit_batch",
    "fail_run",
    "is_taken",
    "mark_checked",
    "open_run",
    "sync_centres",
    "sync_source",
]


class FileLike(Protocol):
    """The file a batch came from (see ``ingest.batch.FileTaken``)."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def mapping_version(self) -> str: ...


class BatchLike(Protocol):
    """What one read of a source gives (see ``ingest.batch.Batch``)."""

    @property
    def calls(self) -> pd.DataFrame | None: ...
    @property
    def seats(self) -> pd.DataFrame | None: ...
    @property
    def orders(self) -> pd.DataFrame | None: ...
    @property
    def readings(self) -> pd.DataFrame | None: ...
    @property
    def months(self) -> pd.DataFrame | None: ...
    @property
    def rejects(self) -> Sequence[RejectLike]: ...
    @property
    def rows_read(self) -> int: ...
    @property
    def rows_used(self) -> int: ...
    @property
    def first_day(self) -> date | None: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def part(self) -> str: ...
    @property
    def inputs(self) -> Sequence[Mapping[str, str | int]]: ...
    @property
    def warnings(self) -> Sequence[str]: ...
    @property
    def file(self) -> FileLike | None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch did: rows of the source, values restated, calendar days (or months) written."""

    rows_read: int
    rows_used: int
    rows_rejected: int
    restated: int
    days: int


def commit_batch(
    engine: Engine,
    run_id: int,
    source_id: int,
    batch: BatchLike,
    *,
    now: datetime,
    tz: ZoneInfo,
    mended: Mended = (),
    guard: Callable[[Connection], None] | None = None,
) -> Written:
    """Writes a batch and closes its run, in one transaction: all of it or nothing.

    A batch says the whole truth of its source and part for every (centre, anchor day) that occurs in any of its
    frames: each frame that is there (an empty one too) replaces those days in its table. Part '' replaces every part
    of the source; another part replaces itself, what was mended of it, and '' — in a run triggered by ``mend`` only
    itself, since mended rows are added to the rest of their day. ``mended``: the rejects whose rows the batch holds,
    closed with it. ``guard`` looks at the database inside the transaction, and raises what speaks against writing.

    ``now`` aware; ``tz`` decides whether a day had ended. Raises ConflictError, RunClosedError, OvertakenError,
    UnknownCentreError, RejectClosedError (Chinese texts, nothing written), ValueError for a malformed batch.
    """
    if batch.rows_used + len(batch.rejects) != batch.rows_read:
        raise ValueError(f"rows used {batch.rows_used} + rejected {len(batch.rejects)} != read {batch.rows_read}")

    def work(conn: Connection) -> Written:
        run = _running(conn, run_id, source_id, batch)
        if guard is not None:
            guard(conn)
        refuse_overtaken(conn, run.id, run.source_id, batch)
        days, change = _write_facts(conn, run, batch, now, tz)
        mark_mended(conn, source_id, mended)
        _write_rejects(conn, run, batch)
        restated = record_restatements(conn, change)
        written = Written(batch.rows_read, batch.rows_used, len(batch.rejects), restated, days)
        _close(conn, run, batch, written, change.days, now)
        return written

    return transact(engine, work)


@dataclass(frozen=True, slots=True)
class Run:
    """The running run that a batch belongs to."""

    id: int
    source_id: int
    trigger: str
    window: tuple[date, date] | None


def _running(conn: Connection, run_id: int, source_id: int, batch: BatchLike) -> Run:
    """The run, if the batch may be written in it."""
    r = runs.c
    statement = select(r.id, r.source_id, r.state, r.trigger, r.window_from, r.window_to).where(r.id == run_id)
    run = conn.execute(statement).one_or_none()
    if run is None or run.source_id != source_id:
        raise ValueError(f"no run {run_id} of source {source_id}")
    if run.state != RUNNING:
        raise RunClosedError(
            f"运行 {run_id} 已经结束(状态 {run.state}), 它的数据没有写入。若仍需要, 请重新拉取这个时段。"
        )
    if run.trigger == MEND and not batch.part:
        raise ValueError("mended rows need a part of their own: they must not replace the rest of their day")
    window = (run.window_from, run.window_to) if run.window_from and run.window_to else None
    return Run(int(run.id), int(run.source_id), run.trigger, window)


def _frames(batch: BatchLike) -> list[tuple[FactTable, Coded]]:
    pairs = (
        (CALLS, batch.calls),
        (SEATS, batch.seats),
        (ORDERS, batch.orders),
        (READINGS, batch.readings),
        (MONTHS, batch.months),
    )
    return [(fact, Coded(masked(fact, frame))) for fact, frame in pairs if frame is not None]


def _write_facts(conn: Connection, run: Run, batch: BatchLike, now: datetime, tz: ZoneInfo) -> tuple[int, Change]:
    frames = _frames(batch)
    ids = centre_ids(conn, [rows for _, rows in frames])
    anchors: Days = {}
    for fact, rows in frames:
        if fact is not MONTHS:
            merge(anchors, rows.days(fact.anchor, ids))
    part = Part(run.source_id, batch.part, run.id, _replaces(batch.part, run.trigger), run.trigger != MEND)
    change = Change(run.id, naive_utc(now), tz)
    written: set[date] = set()
    arranged = [arranging(conn, fact, rows, part, ids) for fact, rows in frames]
    for at, (fact, rows) in enumerate(frames):
        days = rows.days(fact.anchor, ids) if fact is MONTHS else anchors
        written |= {day for ones in days.values() for day in ones}
        touched = replaced_days(conn, fact, days, part)
        if fact is ORDERS:
            merge(touched, rows.days("day", ids))
        if fact is not MONTHS and run.trigger != MEND:
            change.given = last_given(conn, fact, rows, ids, days, part)
        sums = _write_fact(conn, fact, rows, days, touched, part, ids, arranged[at : at + 2])
        if fact is MONTHS:
            change.touch(touched_day for ones in touched.values() for touched_day in ones)
        else:
            refresh(conn, fact, touched, change, sums, rows.frame.columns)
    return len(written), change


def _replaces(part: str, trigger: str) -> tuple[str, ...] | None:
    if trigger == MEND:
        return (part,)
    return (part, "") if part else None


def _write_fact(
    conn: Connection,
    fact: FactTable,
    rows: Coded,
    anchors: Days,
    touched: Days,
    part: Part,
    ids: Mapping[str, int],
    arranged: Sequence[Callable[[], Arranged]],
) -> Sums:
    """Replaces one fact and returns the totals of the centres of which nothing else is there on the days touched.

    ``arranged``: its rows and those of the fact after it, which are put in order while the server takes these.
    """
    remove(conn, fact, anchors, part)
    alone = centres_without(conn, fact, touched)
    sums = cache(lambda: batch_sums(fact, rows, ids, alone))
    add(conn, fact, part, arranged[0], lambda: (sums(), *(later() for later in arranged[1:])))
    refuse_conflicts(conn, fact, rows.frame, anchors, part.source_id)
    return sums()


def _write_rejects(conn: Connection, run: Run, batch: BatchLike) -> None:
    if run.trigger == MEND:
        pass  # mended rows are an addition: they say nothing about the other open rejects
    elif batch.file is not None:
        supersede_file(conn, run.id, run.source_id, batch.file.name)
    elif run.window is not None:
        supersede_window(conn, run.id, run.source_id, run.window, batch.rejects)
    insert_rejects(conn, run.id, run.source_id, batch.rejects)


def _close(
    conn: Connection, run: Run, batch: BatchLike, written: Written, changed: Period | None, now: datetime
) -> None:
    if batch.file is not None:
        taken = {name: getattr(batch.file, name) for name in ("sha256", "mapping_version", "name", "size")}
        take_file(conn, run.source_id, run.id, taken | {"first_day": batch.first_day, "last_day": batch.last_day})
    close_run(
        conn,
        run.id,
        OK if written.rows_read else EMPTY,
        now,
        {
            "rows_read": written.rows_read,
            "rows_used": written.rows_used,
            "rows_rejected": written.rows_rejected,
            "inputs": [dict(one) for one in batch.inputs],
            "warnings": list(batch.warnings),
        },
    )
    if run.trigger != MEND:  # a mended file says nothing about the source itself
        answered = {"checked_at": naive_utc(now), "last_error": None}
        conn.execute(update(sources).where(sources.c.id == run.source_id).values(**answered))
    bump_data_version(conn, changed)
