"""What a pull has to know of earlier ones: files taken or found unreadable, days asked, how big a day was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from db.bulk import naive_utc
from db.engine import transact
from db.facts_write import CALLS, ORDERS, READINGS, SEATS, plain_date, within
from db.rejects_write import clean_text
from db.runs import ABANDONED, EMPTY, FAILED, FORGET, MEND, OK, RUNNING, close_run
from db.schema import centres, closed_days, files_taken, runs, sources

FileKey = tuple[str, str]
"""(sha256, mapping version): the same file under the same mapping gives the same facts."""
Span = tuple[date, date] | None

RECENT_FAILURES = 5_000
"""Failed runs looked through for files that could not be read; older ones are tried once more."""

LEFT_OPEN = "这次拉取没有记录到结束(数据库当时连不上或程序被打断), 没有写入任何数据。下次拉取会自动补上。"


@dataclass(frozen=True, slots=True)
class Take:
    """A file as it was last taken under a mapping: by which run, and the first and last day it gave.

    ``changed``: the file's time of change in nanoseconds since 1970; of an old take, when the run began.
    ``delivered``: the same, but not after the beginning of the run, whatever the sender's clock said.
    """

    name: str
    sha256: str
    mapping_version: str
    run_id: int
    days: Span
    changed: int
    delivered: int


def takes_of(conn: Connection, source_id: int) -> list[Take]:
    """The files already taken from a source."""
    f, r = files_taken.c, runs.c
    statement = (
        select(f.name, f.sha256, f.mapping_version, f.run_id, f.first_day, f.last_day, r.inputs, r.started_at)
        .join_from(files_taken, runs, r.id == f.run_id)
        .where(f.source_id == source_id)
    )
    takes = []
    for name, sha, version, run_id, first, last, inputs, started_at in conn.execute(statement):
        begun = int(started_at.replace(tzinfo=UTC).timestamp() * 1_000_000) * 1000
        recorded = (one["changed"] for one in inputs or () if one.get("sha256") == sha and "changed" in one)
        changed = int(next(recorded, begun))
        span = (first, last) if first and last else None
        takes.append(Take(name, sha, version, run_id, span, changed, min(changed, begun)))
    return takes


@dataclass(frozen=True, slots=True)
class FailedFile:
    """Why a file could not be taken, and when that was last tried (naive UTC)."""

    error: str
    at: datetime


def files_failed(conn: Connection, source_id: int) -> dict[FileKey, FailedFile]:
    """The files whose fault it was that they could not be taken when last tried."""
    r = runs.c
    statement = (
        select(r.inputs, r.error, r.started_at)
        .where(r.source_id == source_id, r.state == FAILED, r.inputs.isnot(None))
        .order_by(r.id.desc())
        .limit(RECENT_FAILURES)
    )
    found: dict[FileKey, FailedFile] = {}
    for inputs, error, at in conn.execute(statement):
        for one in inputs or ():
            if "mapping_version" in one:
                found.setdefault((one["sha256"], one["mapping_version"]), FailedFile(error or "", at))
    return found


def fail_file(
    engine: Engine, run_id: int, error: str, now: datetime, file: Mapping[str, str | int], *, remember: bool
) -> None:
    """Records that a file (name, sha256, size, mapping_version) could not be taken, and why.

    ``remember``: the fault is in the file, so ``files_failed`` tells of it. Raises RunClosedError.
    """
    known = dict(file) if remember else {"name": file["name"]}
    values = {"error": clean_text(error), "inputs": [known]}
    transact(engine, lambda conn: close_run(conn, run_id, FAILED, now, values))


def newest_start(conn: Connection, source_id: int) -> datetime | None:
    """When the run of a source that began last began (naive UTC)."""
    newest: datetime | None = conn.scalar(select(func.max(runs.c.started_at)).where(runs.c.source_id == source_id))
    return newest


def run_is_written(conn: Connection, run_id: int) -> bool:
    """True where the run's facts are in the database, whatever the connection that wrote them last said."""
    return conn.scalar(select(runs.c.state).where(runs.c.id == run_id)) in (OK, EMPTY)


def abandon_left(
    engine: Engine, source_id: int, holder: str, active: Callable[[], Collection[int] | None], now: datetime
) -> int:
    """Closes runs of this very holder that it no longer works at; returns how many.

    They are left when the database could not be reached at the end of a pull. ``active``: asked after the runs have
    been looked up, the runs that the holder works at (None: it can't tell just now).
    """
    mine = (runs.c.source_id == source_id, runs.c.state == RUNNING, runs.c.holder == holder[:128])
    with engine.connect() as conn:
        running = set(conn.scalars(select(runs.c.id).where(*mine)))
    kept = active() if running else None
    left = running - set(kept) if kept is not None else set()
    if not left:
        return 0

    def work(conn: Connection) -> int:
        still = conn.scalars(select(runs.c.id).where(*mine, runs.c.id.in_(left))).all()
        for run_id in still:
            close_run(conn, run_id, ABANDONED, now, {"error": LEFT_OPEN})
        return len(still)

    return transact(engine, work)


def days_asked(conn: Connection, source_code: str, since: datetime, until: datetime) -> set[date]:
    """Days that pulls begun in since <= t < until (aware) have asked the source for and got an answer."""
    r = runs.c
    statement = (
        select(r.window_from, r.window_to)
        .join_from(runs, sources)
        .where(
            sources.c.code == source_code,
            r.state.in_((OK, EMPTY)),
            r.trigger.not_in((FORGET, MEND)),
            r.window_from.isnot(None),
            r.window_to.isnot(None),
            r.started_at >= naive_utc(since),
            r.started_at < naive_utc(until),
        )
    )
    found: set[date] = set()
    for first, last in conn.execute(statement):
        found |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return found


def closed_days_of(conn: Connection, source_code: str) -> set[date]:
    """Days on which the source is known to have nothing to give."""
    statement = select(closed_days.c.day).join_from(closed_days, sources).where(sources.c.code == source_code)
    return set(conn.scalars(statement))


def first_day_of(conn: Connection, source_code: str) -> date | None:
    """The first anchor day of which the source gave facts (months left out)."""
    mine = select(sources.c.id).where(sources.c.code == source_code).scalar_subquery()
    firsts = [
        conn.scalar(select(func.min(fact.table.c[fact.anchor])).where(fact.table.c.source_id == mine))
        for fact in (CALLS, SEATS, ORDERS, READINGS)
    ]
    return min((day for day in firsts if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class DaySize:
    """How much a source gave of one centre's day: the sum of the measure that stands for its rows."""

    centre: str
    day: date
    measure: str
    value: float


SIZE_MEASURES: Mapping[str, tuple[str, ...]] = {
    "calls": ("offered", "entered_ivr", "answered"),
    "orders": ("accepted", "dispatched", "due"),
    "seats": ("seat_calls", "seat_orders", "signed_in_seconds"),
}
"""By which measures a day is called small or big, by frame of a batch; the first that is there counts."""


def day_sizes(conn: Connection, source_id: int, days: Mapping[str, Collection[date]], part: str) -> list[DaySize]:
    """The sizes of these days (by centre code) as the facts have them; of every part where ``part`` is ''."""
    ids = {code: int(id_) for code, id_ in conn.execute(select(centres.c.code, centres.c.id))}
    codes = {id_: code for code, id_ in ids.items()}
    wanted = {ids[code]: set(ones) for code, ones in days.items() if code in ids and ones}
    found = []
    for frame, fact in (("calls", CALLS), ("orders", ORDERS), ("seats", SEATS)):
        table = fact.table
        mine: list[ColumnElement[bool]] = [table.c.source_id == source_id]
        if part:
            mine.append(table.c.part == part)
        sums = [func.sum(table.c[code]) for code in SIZE_MEASURES[frame]]
        for condition in within(table, fact.anchor, wanted):
            statement = (
                select(table.c.centre_id, table.c[fact.anchor], *sums)
                .where(*mine, condition)
                .group_by(table.c.centre_id, table.c[fact.anchor])
            )
            for centre_id, day, *values in conn.execute(statement):
                found += _sizes(codes[centre_id], day, SIZE_MEASURES[frame], values)
    return found


def _sizes(centre: str, day: date, measures: Sequence[str], values: Sequence[float | None]) -> list[DaySize]:
    pairs = zip(measures, values, strict=True)
    return [DaySize(centre, plain_date(day), code, float(value)) for code, value in pairs if value is not None]


def is_disconnect(error: BaseException) -> bool:
    """True where the connection broke under the work: on a new one the same work may succeed."""
    if not isinstance(error, DBAPIError) or getattr(error.orig, "sqlite_errorcode", None) is not None:
        return False
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state.startswith(("08", "57P"))


def abandon_run(engine: Engine, run_id: int, reason: str, now: datetime) -> None:
    """Ends a run that wrote nothing because it need not. Raises RunClosedError."""
    values = {"error": clean_text(reason)}
    transact(engine, lambda conn: close_run(conn, run_id, ABANDONED, now, values))
