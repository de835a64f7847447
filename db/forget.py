"""Deleting what a source said about some days. Never silently: a run with the reason, and a restatement per figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, delete, select

from db.bulk import naive_utc
from db.engine import bump_data_version, transact
from db.errors import explain
from db.facts_write import CALLS, MONTHS, ORDERS, READINGS, SEATS, Days, FactTable, Part, replaced_days, within
from db.runs import FORGET, OK, close_run, fail_run, open_run
from db.schema import files_taken, sources
from db.store import Written
from db.totals import Change, record_restatements, refresh

_FACTS = (CALLS, SEATS, ORDERS, READINGS, MONTHS)


def forget_days(
    engine: Engine,
    source_id: int,
    first: date,
    last: date,
    *,
    reason: str,
    now: datetime,
    tz: ZoneInfo,
    holder: str,
    centre_ids: Sequence[int] | None = None,
    release_files: bool = False,
) -> Written:
    """Takes away all facts of a source whose (anchor) day lies in first..last, and returns what that restated.

    ``centre_ids`` None: of all centres. ``release_files``: files that gave those days may be taken again by the next
    pull. Kept as a run with trigger ``forget`` and the reason. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("删除数据必须写明原因。")
    run_id = open_run(engine, source_id, FORGET, (first, last), now, holder)

    def work(conn: Connection) -> Written:
        change = Change(run_id, naive_utc(now), tz)
        gone = _delete_all(conn, Part(source_id, "", run_id, None), (first, last), centre_ids, change)
        if release_files:
            f = files_taken.c
            conn.execute(delete(files_taken).where(f.source_id == source_id, f.first_day <= last, f.last_day >= first))
        restated = record_restatements(conn, change)
        close_run(conn, run_id, OK, now, {"warnings": [f"删除了 {len(gone)} 天的数据。原因: {reason.strip()}"]})
        bump_data_version(conn, change.days)
        return Written(0, 0, 0, restated, len(gone))

    try:
        return transact(engine, work)
    except Exception as error:
        fail_run(engine, run_id, explain(error), now)
        raise


def source_ids(conn: Connection) -> dict[str, int]:
    """The sources there are facts or runs of, whether they are still configured or not: code to id."""
    return {row.code: row.id for row in conn.execute(select(sources.c.code, sources.c.id))}


def held_days(
    conn: Connection, source_id: int, first: date, last: date, centre_ids: Sequence[int] | None = None
) -> dict[str, set[date]]:
    """What ``forget_days`` would take away: (anchor) days, or months by their first day, by name of the table."""
    part, window = Part(source_id, "", 0, None), (first, last)
    found = {}
    for fact in _FACTS:
        days = {day for ones in _held(conn, fact, part, window, centre_ids).values() for day in ones}
        if days:
            found[fact.table.name] = days
    return found


def _delete_all(
    conn: Connection, part: Part, window: tuple[date, date], centre_ids: Sequence[int] | None, change: Change
) -> set[date]:
    gone: set[date] = set()
    for fact in _FACTS:
        days = _held(conn, fact, part, window, centre_ids)
        gone |= {day for ones in days.values() for day in ones}
        _delete(conn, fact, days, part, change)
    return gone


def _held(
    conn: Connection, fact: FactTable, part: Part, window: tuple[date, date], centre_ids: Sequence[int] | None
) -> Days:
    table = fact.table
    mine = and_(part.older(table), table.c[fact.anchor].between(*window))
    if centre_ids is not None:
        mine = and_(mine, table.c.centre_id.in_(centre_ids))
    rows = conn.execute(select(table.c.centre_id, table.c[fact.anchor]).where(mine).distinct())
    found: Days = {}
    for centre_id, day in rows:
        found.setdefault(centre_id, set()).add(day)
    return found


def _delete(conn: Connection, fact: FactTable, days: Days, part: Part, change: Change) -> None:
    touched = replaced_days(conn, fact, days, part)
    for condition in within(fact.table, fact.anchor, days):
        conn.execute(delete(fact.table).where(part.older(fact.table), condition))
    if fact is MONTHS:
        change.touch(day for ones in touched.values() for day in ones)
    else:
        refresh(conn, fact, touched, change)
