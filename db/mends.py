"""Mended rejects: which rows were corrected and how, and whether a row may still be added to its day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, func, select, update

from db.engine import transact
from db.facts_write import CALLS, MONTHS, ORDERS, READINGS, SEATS, plain_date, within
from db.rejects_write import MENDED, OPEN, SUPERSEDED
from db.runs import MEND
from db.schema import centres, rejects, runs, sources

CHUNK = 500


@dataclass(frozen=True, slots=True)
class OpenReject:
    """A reject that may be mended, and the window of the run that found it."""

    id: int
    run_id: int
    source: str
    file: str
    sheet: str
    row_no: int | None
    row: Mapping[str, str]
    window: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class MendedRow:
    """A row as the source gave it, and as the user corrected it."""

    file: str
    row: Mapping[str, str]
    mended: Mapping[str, str]


def open_rejects(conn: Connection, ids: Sequence[int]) -> dict[int, OpenReject]:
    """Those of these rejects that are open, by id and in its order."""
    r = rejects.c
    found: dict[int, OpenReject] = {}
    for start in range(0, len(ids), CHUNK):
        statement = (
            select(
                *(r.id, r.run_id, sources.c.code, r.file, r.sheet, r.row_no, r.row),
                *(runs.c.window_from, runs.c.window_to),
            )
            .join_from(rejects, runs, runs.c.id == r.run_id)
            .join(sources, sources.c.id == r.source_id)
            .where(r.state == OPEN, r.id.in_(ids[start : start + CHUNK]))
            .order_by(r.id)
        )
        for row in conn.execute(statement):
            window = (row.window_from, row.window_to) if row.window_from and row.window_to else None
            found[row.id] = OpenReject(*row[:6], row.row or {}, window)
    return found


def mended_rows(conn: Connection, source_id: int) -> list[MendedRow]:
    """Every row of a source that was ever mended, in the order in which that was done."""
    r = rejects.c
    statement = (
        select(r.file, r.row, r.mended)
        .where(r.source_id == source_id, r.state == MENDED, r.mended.isnot(None))
        .order_by(r.id)
    )
    return [MendedRow(file, row or {}, mended) for file, row, mended in conn.execute(statement) if mended]


def count_mended(conn: Connection, source_id: int) -> int:
    """How many rejects of a source were mended: it only grows."""
    statement = select(func.count()).where(rejects.c.source_id == source_id, rejects.c.state == MENDED)
    return int(conn.scalar(statement) or 0)


def supersede(engine: Engine, ids: Sequence[int]) -> None:
    """Closes open rejects whose days the source has given anew since: mending them would count them twice."""

    def work(conn: Connection) -> None:
        for start in range(0, len(ids), CHUNK):
            mine = (rejects.c.id.in_(ids[start : start + CHUNK]), rejects.c.state == OPEN)
            conn.execute(update(rejects).where(*mine).values(state=SUPERSEDED))

    transact(engine, work)


def newest_runs(
    conn: Connection, source_id: int, days: Mapping[str, Collection[date]], part: str
) -> dict[tuple[str, date], int]:
    """The newest run, mending runs left out, that gave each of these (centre code, anchor day or month).

    ``part``: a file's part where files add up; '' for all parts of the source.
    """
    ids = {code: int(id_) for code, id_ in conn.execute(select(centres.c.code, centres.c.id))}
    codes = {id_: code for code, id_ in ids.items()}
    wanted = {ids[code]: set(ones) for code, ones in days.items() if code in ids and ones}
    mending = select(runs.c.id).where(runs.c.source_id == source_id, runs.c.trigger == MEND)
    found: dict[tuple[str, date], int] = {}
    for fact in (CALLS, SEATS, ORDERS, READINGS, MONTHS):
        table, anchor = fact.table, fact.table.c[fact.anchor]
        mine: list[ColumnElement[bool]] = [table.c.source_id == source_id, table.c.run_id.not_in(mending)]
        if part:
            mine.append(table.c.part == part)
        for condition in within(table, fact.anchor, wanted):
            statement = (
                select(table.c.centre_id, anchor, func.max(table.c.run_id))
                .where(*mine, condition)
                .group_by(table.c.centre_id, anchor)
            )
            for centre_id, day, run_id in conn.execute(statement):
                key = (codes[centre_id], plain_date(day))
                found[key] = max(found.get(key, 0), run_id)
    return found
