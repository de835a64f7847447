"""Where figures come from: the state of the sources, the days they gave, the runs behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from db.facts_write import CALLS, MONTHS, ORDERS, READINGS, SEATS, FactTable
from db.run_rows import RunRow, run_columns, to_run
from db.schema import rejects, runs, sources

ALL_FACTS = (CALLS, SEATS, ORDERS, READINGS, MONTHS)
DAY_FACTS = (CALLS, SEATS, ORDERS, READINGS)
_SEAT_DERIVED = {
    "items": ("seat_calls", "seat_orders"),
    "seat_days": ("seat_calls", "seat_orders", "signed_in_seconds"),
}


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is doing. ``rows``: rows used by its last good run. Days are those its facts are anchored on."""

    code: str
    title: str
    kind: str
    checked_at: datetime | None
    last_error: str | None
    last_run: RunRow | None
    last_ok: RunRow | None
    rows: int
    first_day: date | None
    last_day: date | None
    open_rejects: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """A run that brought figures: what it gave of the measures and days asked about.

    ``rows``: stored rows; ``first_day``/``last_day``: the days of the figures (a month's first day for months).
    """

    run: RunRow
    rows: int
    first_day: date
    last_day: date
    measures: tuple[str, ...]


def source_names(conn: Connection) -> dict[int, tuple[str, str]]:
    """Code and title of every source by its id."""
    rows = conn.execute(select(sources.c.id, sources.c.code, sources.c.title))
    return {row.id: (row.code, row.title or row.code) for row in rows}


def source_states(conn: Connection) -> list[SourceState]:
    """Every source known to the database, by code."""
    found = []
    for source in conn.execute(select(sources).order_by(sources.c.code)):
        last_ok = _newest(conn, source.id, "ok")
        first, last = _span(conn, source.id)
        open_ones = select(func.count()).where(rejects.c.source_id == source.id, rejects.c.state == "open")
        found.append(
            SourceState(
                code=source.code,
                title=source.title,
                kind=source.kind,
                checked_at=source.checked_at,
                last_error=source.last_error,
                last_run=_newest(conn, source.id, None),
                last_ok=last_ok,
                rows=last_ok.rows_used if last_ok else 0,
                first_day=first,
                last_day=last,
                open_rejects=int(conn.scalar(open_ones) or 0),
            )
        )
    return found


def _newest(conn: Connection, source_id: int, state: str | None) -> RunRow | None:
    statement = run_columns().where(runs.c.source_id == source_id)
    if state is not None:
        statement = statement.where(runs.c.state == state)
    row = conn.execute(statement.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)).first()
    return to_run(row) if row is not None else None


def _span(conn: Connection, source_id: int) -> tuple[date | None, date | None]:
    """First and last anchor day; each end is one step in an index, however many years there are."""
    firsts, lasts = [], []
    for fact in ALL_FACTS:
        anchor = fact.table.c[fact.anchor]
        mine = fact.table.c.source_id == source_id
        firsts.append(conn.scalar(select(func.min(anchor)).where(mine)))
        lasts.append(conn.scalar(select(func.max(anchor)).where(mine)))
    known = [day for day in (*firsts, *lasts) if day is not None]
    return (min(known), max(known)) if known else (None, None)


def days_present(conn: Connection, source_code: str, start: date, end: date) -> dict[date, int]:
    """Stored rows by anchor day of start..end, for the days on which the source gave anything (months left out)."""
    found: dict[date, int] = {}
    for fact in DAY_FACTS:
        anchor = fact.table.c[fact.anchor]
        source_id = select(sources.c.id).where(sources.c.code == source_code).scalar_subquery()
        statement = (
            select(anchor, func.count())
            .where(fact.table.c.source_id == source_id, anchor.between(start, end))
            .group_by(anchor)
        )
        for day, rows in conn.execute(statement):
            found[day] = found.get(day, 0) + rows
    return dict(sorted(found.items()))


def provenance(
    conn: Connection, centres: Sequence[int], measures: Sequence[str], start: date, end: date
) -> list[Provenance]:
    """The runs behind the figures of these centres (ids), measures and days (of the figures), newest first."""
    found: dict[int, list[_Given]] = {}
    wanted = {part for code in measures for part in _SEAT_DERIVED.get(code, (code,))}
    for fact in ALL_FACTS:
        for given in _givers(conn, fact, centres, wanted, (start, end)):
            found.setdefault(given.run_id, []).append(given)
    if not found:
        return []
    rows = conn.execute(run_columns().where(runs.c.id.in_(found)).order_by(runs.c.id.desc()))
    return [_together(run, found[run.id]) for run in map(to_run, rows)]


class _Given(NamedTuple):
    """What one run gave to one fact table."""

    run_id: int
    rows: int
    first_day: date
    last_day: date
    measures: tuple[str, ...]


def _together(run: RunRow, parts: Sequence[_Given]) -> Provenance:
    return Provenance(
        run,
        rows=sum(part.rows for part in parts),
        first_day=min(part.first_day for part in parts),
        last_day=max(part.last_day for part in parts),
        measures=tuple(dict.fromkeys(code for part in parts for code in part.measures)),
    )


def _givers(
    conn: Connection, fact: FactTable, centres: Sequence[int], wanted: set[str], days: tuple[date, date]
) -> list[_Given]:
    table = fact.table
    day = table.c.month if fact is MONTHS else table.c.day
    codes = [code for code in fact.measures if code in wanted]
    if fact.measures and not codes:
        return []
    counts = [func.count(table.c[code]) for code in codes]
    given = or_(*(table.c[code].isnot(None) for code in codes)) if codes else table.c.measure.in_(wanted)
    labels = [] if codes else [table.c.measure]
    statement = (
        select(table.c.run_id, func.count(), func.min(day), func.max(day), *counts, *labels)
        .where(table.c.centre_id.in_(centres), day.between(*days), given, table.c.run_id.isnot(None))
        .group_by(table.c.run_id, *labels)
    )
    rows: Iterable[Any] = conn.execute(statement)
    return [_Given(row[0], row[1], row[2], row[3], _named(codes, row[4:])) for row in rows]


def _named(codes: Sequence[str], rest: Sequence[Any]) -> tuple[str, ...]:
    """The measures given: wide facts count each column, long ones name the measure."""
    return tuple(code for code, count in zip(codes, rest, strict=True) if count) if codes else (rest[0],)
