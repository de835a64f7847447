"""Two pulls of one source at once: what began later knows better, and a file is taken once.

Runs are numbered when they are opened, before anything is read. A batch that was read before a newer run wrote the
same days would put old figures in the place of new ones; so would a file that another pull has taken meanwhile, when
a corrected one has followed it since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Protocol

import pandas as pd
from sqlalchemy import Connection, select

from db.bulk import day_ranges
from db.errors import OvertakenError
from db.facts_write import plain_date
from db.runs import MEND, OK
from db.schema import files_taken, runs


class FileLike(Protocol):
    """A file by content (see ``ingest.batch.FileTaken``)."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def mapping_version(self) -> str: ...


class BatchLike(Protocol):
    """The frames that have days."""

    @property
    def calls(self) -> pd.DataFrame | None: ...
    @property
    def seats(self) -> pd.DataFrame | None: ...
    @property
    def orders(self) -> pd.DataFrame | None: ...
    @property
    def readings(self) -> pd.DataFrame | None: ...


def refuse_overtaken(conn: Connection, run_id: int, source_id: int, batch: BatchLike) -> None:
    """Inside the write transaction. Raises OvertakenError where a newer run has written some of the days."""
    newer = _newer_windows(conn, run_id, source_id)
    if not newer:
        return
    days = {day for day in _days(batch) if any(first <= day <= last for first, last, _ in newer)}
    if days:
        texts = (str(first) if first == last else f"{first} 至 {last}" for first, last in day_ranges(days))
        raise OvertakenError(
            f"{'、'.join(texts)} 已由更晚开始的运行 {max(run for _, _, run in newer)} 写入, 保留它的数据。",
            frozenset(days),
        )


def refuse_taken(conn: Connection, source_id: int, file: FileLike, known_run: int | None) -> None:
    """Inside the write transaction. Raises OvertakenError where the file has been taken under this mapping.

    ``known_run``: the take that was known when the pull chose the file; only another one counts.
    """
    f = files_taken.c
    statement = select(f.run_id).where(
        f.source_id == source_id, f.sha256 == file.sha256, f.mapping_version == file.mapping_version
    )
    taken_by = conn.scalar(statement)
    if taken_by is not None and taken_by != known_run:
        raise OvertakenError(f"文件 {file.name} 已由同时进行的运行 {taken_by} 写入, 不必再写一次。")


def _newer_windows(conn: Connection, run_id: int, source_id: int) -> list[tuple[date, date, int]]:
    r = runs.c
    statement = select(r.window_from, r.window_to, r.id).where(
        r.source_id == source_id,
        r.id > run_id,
        r.state == OK,
        r.trigger != MEND,
        r.window_from.isnot(None),
        r.window_to.isnot(None),
    )
    return [(first, last, id_) for first, last, id_ in conn.execute(statement)]


def _days(batch: BatchLike) -> Iterator[date]:
    frames = ((batch.calls, "day"), (batch.seats, "day"), (batch.orders, "anchor"), (batch.readings, "day"))
    for frame, column in frames:
        if frame is not None and not frame.empty:
            yield from (plain_date(day) for day in frame[column].unique())
