"""Rejects: kept with their run, superseded by a newer pull of the same rows, closed once they are mended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from db.bulk import bulk_insert
from db.errors import RejectClosedError
from db.schema import files_taken, rejects, runs

OPEN, MENDED, SUPERSEDED = "open", "mended", "superseded"
CHUNK = 10_000
VALUE_LIMIT = 2_000
"""Characters kept of one offending cell."""


Mended = Collection[int] | Mapping[int, Mapping[str, str]]
"""Ids of rejects, or with each the row as it was corrected."""


class RejectLike(Protocol):
    """A row that could not be used (see ``ingest.batch.Reject``)."""

    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def row_no(self) -> int | None: ...
    @property
    def column(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def row(self) -> Mapping[str, str]: ...


def clean_text(text: str, limit: int | None = None) -> str:
    """Text that both databases can keep: no NUL, no half characters, cut to ``limit`` characters."""
    kept = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return kept[:limit]


def insert_rejects(conn: Connection, run_id: int, source_id: int, found: Sequence[RejectLike]) -> None:
    """Stores the rejects of a run as open."""
    for start in range(0, len(found), CHUNK):
        some = found[start : start + CHUNK]
        columns: dict[str, Sequence[Any]] = {
            "run_id": [run_id] * len(some),
            "source_id": [source_id] * len(some),
            "file": [clean_text(r.file, 512) for r in some],
            "sheet": [clean_text(r.sheet, 128) for r in some],
            "row_no": [r.row_no for r in some],
            "column": [clean_text(r.column, 128) for r in some],
            "value": [clean_text(r.value, VALUE_LIMIT) for r in some],
            "reason": [clean_text(r.reason) for r in some],
            "row": [clean_row(r.row) for r in some],
            "state": [OPEN] * len(some),
        }
        bulk_insert(conn, rejects, columns)


def clean_row(row: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row as they are kept."""
    return {clean_text(name, 128): clean_text(value, VALUE_LIMIT) for name, value in row.items()}


def supersede_file(conn: Connection, run_id: int, source_id: int, file: str) -> None:
    """Open rejects of earlier takes of a file of this name are superseded by this run."""
    _close(conn, SUPERSEDED, and_(*_earlier(run_id, source_id), rejects.c.file == clean_text(file, 512)))


class FileRejects(Protocol):
    """What a file gave: its rejects, and the first and last day of its good rows."""

    @property
    def rejects(self) -> Sequence[RejectLike]: ...
    @property
    def first_day(self) -> date | None: ...
    @property
    def last_day(self) -> date | None: ...


def supersede_alike(conn: Connection, run_id: int, source_id: int, batch: FileRejects) -> None:
    """A bad row that came again in another file of the same days is open once: as the newest file has it."""
    found = Counter(_cells(reject.column, reject.value, reject.row) for reject in batch.rejects)
    if not found:
        return
    r, f = rejects.c, files_taken.c
    statement = select(r.id, r.column, r.value, r.row).where(*_earlier(run_id, source_id)).order_by(r.id)
    if batch.first_day and batch.last_day:
        same_days = or_(f.first_day.is_(None), and_(f.first_day <= batch.last_day, f.last_day >= batch.first_day))
        taken = and_(f.source_id == source_id, f.run_id == r.run_id)
        statement = statement.outerjoin_from(rejects, files_taken, taken).where(same_days)
    again: list[int] = []
    for id_, column, value, row in conn.execute(statement):
        likeness = _cells(column, value, row)
        if found[likeness] > 0:
            found[likeness] -= 1
            again.append(id_)
    for ids in _chunks(again):
        _close(conn, SUPERSEDED, rejects.c.id.in_(ids))


def supersede_window(
    conn: Connection, run_id: int, source_id: int, window: tuple[date, date], found: Iterable[RejectLike]
) -> None:
    """Open rejects of earlier pulls of this window, or of a part of it, are superseded by this run.

    Of a window that only overlaps, those are superseded that this run has found again: of the others nobody knows
    whether their day was pulled this time, so they stay open.
    """
    first, last = window
    inside = select(runs.c.id).where(
        runs.c.source_id == source_id, runs.c.window_from >= first, runs.c.window_to <= last
    )
    _close(conn, SUPERSEDED, and_(*_earlier(run_id, source_id), rejects.c.run_id.in_(inside)))
    again = {_likeness(r.file, r.sheet, r.column, r.value, r.reason, r.row) for r in found}
    if again:
        for ids in _chunks(
            [id_ for id_, likeness in _overlapping(conn, run_id, source_id, window) if likeness in again]
        ):
            _close(conn, SUPERSEDED, rejects.c.id.in_(ids))


def _overlapping(
    conn: Connection, run_id: int, source_id: int, window: tuple[date, date]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    first, last = window
    touching = select(runs.c.id).where(
        runs.c.source_id == source_id, runs.c.window_from <= last, runs.c.window_to >= first
    )
    r = rejects.c
    statement = select(r.id, r.file, r.sheet, r.column, r.value, r.reason, r.row).where(
        *_earlier(run_id, source_id), r.run_id.in_(touching)
    )
    for row in conn.execute(statement):
        yield row[0], _likeness(*row[1:])


def _likeness(file: str, sheet: str, column: str, value: str, reason: str, row: Mapping[str, str]) -> tuple[str, ...]:
    return (file, sheet, reason, *_cells(column, value, row))


def _cells(column: str, value: str, row: Mapping[str, str]) -> tuple[str, str, str]:
    body = json.dumps(clean_row(row or {}), sort_keys=True, ensure_ascii=False)
    return clean_text(column, 128), clean_text(value, VALUE_LIMIT), body


def mark_mended(conn: Connection, source_id: int, ids: Mended) -> None:
    """Closes rejects whose mended rows are being written in the same transaction, and keeps those rows if given.

    Raises RejectClosedError where one of them is not open (any more): its row must not be counted twice.
    """
    wanted = sorted(set(ids))
    for some in _chunks(wanted):
        mine = and_(rejects.c.id.in_(some), rejects.c.source_id == source_id, rejects.c.state == OPEN)
        if conn.scalar(select(func.count()).select_from(rejects).where(mine)) != len(some):
            raise RejectClosedError(
                "这份补正文件里有剔除行已经补录过, 或已被新拉取的数据取代, 再计入会重复, 因此整份没有写入。"
                "请重新导出剔除行, 在新的文件里改正后再补录。"
            )
        _close(conn, MENDED, mine)
    if isinstance(ids, Mapping):
        for id_, row in ids.items():
            conn.execute(update(rejects).where(rejects.c.id == id_).values(mended=clean_row(row)))


def _earlier(run_id: int, source_id: int) -> tuple[ColumnElement[bool], ...]:
    return (rejects.c.source_id == source_id, rejects.c.state == OPEN, rejects.c.run_id < run_id)


def _close(conn: Connection, state: str, condition: ColumnElement[bool]) -> None:
    conn.execute(update(rejects).where(condition).values(state=state))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
