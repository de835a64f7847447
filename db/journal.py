"""Reading what was recorded about runs, rejects, restatements and sources. Times are naive UTC.

Also the door to ``db.origins``: which source and run brought a figure, which days a source has given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from db.first_given import CORRECTION
from db.origins import Provenance, SourceState, days_present, provenance, source_states
from db.run_rows import RunRow, run_columns, to_run
from db.schema import centres as centres_table
from db.schema import rejects, restatements, runs, sources

__all__ = [
    "Provenance",
    "RejectRow",
    "RestatementRow",
    "RunRow",
    "SourceState",
    "corrections_at",
    "count_rejects",
    "days_present",
    "list_rejects",
    "list_restatements",
    "list_runs",
    "provenance",
    "source_states",
]


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A row that could not be used; ``row_no`` as the user sees it in the file, ``row`` its mapped cells."""

    id: int
    run_id: int
    source: str
    file: str
    sheet: str
    row_no: int | None
    column: str
    value: str
    reason: str
    row: Mapping[str, str]
    state: str
    pulled_at: datetime


@dataclass(frozen=True, slots=True)
class RestatementRow:
    """A figure that changed after its day had ended. ``run_id`` None: put right by doctor. ``cause``: '' corrected,
    else why it grew (``db.first_given``)."""

    id: int
    centre: str
    centre_name: str
    day: date
    measure: str
    old: float | None
    new: float | None
    old_run_id: int | None
    run_id: int | None
    at: datetime
    cause: str = CORRECTION


def list_runs(
    conn: Connection, source: str | None = None, limit: int = 50, offset: int = 0, state: str | None = None
) -> list[RunRow]:
    """Runs, newest first; of one source (its code) or of all, in one state or any."""
    statement = run_columns().order_by(runs.c.id.desc()).limit(limit).offset(offset)
    if source is not None:
        statement = statement.where(sources.c.code == source)
    if state is not None:
        statement = statement.where(runs.c.state == state)
    return [to_run(row) for row in conn.execute(statement)]


def _rejects(statement: Select[Any], source: str | None, run: int | None, state: str | None) -> Select[Any]:
    statement = statement.join_from(rejects, sources).join(runs, runs.c.id == rejects.c.run_id)
    if source is not None:
        statement = statement.where(sources.c.code == source)
    if run is not None:
        statement = statement.where(rejects.c.run_id == run)
    if state is not None:
        statement = statement.where(rejects.c.state == state)
    return statement


def list_rejects(
    conn: Connection,
    source: str | None = None,
    run: int | None = None,
    state: str | None = "open",
    limit: int = 50,
    offset: int = 0,
) -> list[RejectRow]:
    """Rejects in the order in which they were found, newest run first; ``state`` None: of any state."""
    r = rejects.c
    cells = (r.file, r.sheet, r.row_no, r.column, r.value, r.reason, r.row, r.state)
    statement = _rejects(select(r.id, r.run_id, sources.c.code, *cells, runs.c.started_at), source, run, state)
    statement = statement.order_by(r.run_id.desc(), r.id).limit(limit).offset(offset)
    rows: Iterable[Any] = conn.execute(statement)
    return [RejectRow(*row) for row in rows]


def count_rejects(
    conn: Connection, source: str | None = None, run: int | None = None, state: str | None = "open"
) -> int:
    """How many rejects ``list_rejects`` would give without a limit."""
    return int(conn.scalar(_rejects(select(func.count()), source, run, state)) or 0)


def list_restatements(
    conn: Connection,
    centres: Sequence[int] | None = None,
    start: date | None = None,
    end: date | None = None,
    limit: int = 200,
    offset: int = 0,
    *,
    corrections: bool = False,
) -> list[RestatementRow]:
    """Restatements, newest first; of some centres (ids) and of figures of the days start..end (inclusive).

    ``corrections``: without what only grew because a source gave a day for the first time.
    """
    r = restatements.c
    statement = _restatements()
    if centres is not None:
        statement = statement.where(r.centre_id.in_(centres))
    if start is not None:
        statement = statement.where(r.day >= start)
    if end is not None:
        statement = statement.where(r.day <= end)
    if corrections:
        statement = statement.where(r.cause == CORRECTION)
    rows: Iterable[Any] = conn.execute(statement.order_by(r.id.desc()).limit(limit).offset(offset))
    return [RestatementRow(*row) for row in rows]


def corrections_at(conn: Connection, places: Collection[tuple[int, date, datetime]]) -> list[RestatementRow]:
    """The corrections of these (centre id, day, moment)."""
    r = restatements.c
    these = _restatements().where(tuple_(r.centre_id, r.day, r.at).in_(places), r.cause == CORRECTION)
    rows: Iterable[Any] = conn.execute(these)
    return [RestatementRow(*row) for row in rows]


def _restatements() -> Select[Any]:
    r = restatements.c
    figures = (r.day, r.measure, r.old, r.new, r.old_run_id, r.run_id, r.at, r.cause)
    statement = select(r.id, centres_table.c.code, centres_table.c.name, *figures)
    return statement.join_from(restatements, centres_table)
