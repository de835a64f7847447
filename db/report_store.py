"""Reports as they were sent, and when which of them goes to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from db.bulk import naive_utc
from db.engine import bump_data_version
from db.errors import StoreError
from db.schema_alerts import deliveries, report_files, report_schedules, reports

OK, EMPTY, FAILED = "ok", "empty", "failed"
"""States of a report: with data, without any, not built."""


class ReportStoreError(StoreError):
    """There is no report, file or schedule of this number, or it can't be stored."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who gets which report when. ``minute`` is the local minute of the day, ``weekday`` 0 Monday (weekly), ``day`` of
    the month (monthly and half-year). ``owner``: a contact group or a mail address, told when a report fails.
    ``last_period_end``: the last day of the period that was last seen to."""

    kind: str
    group: str
    centre: str = ""
    sheet: str = ""
    weekday: int | None = None
    day: int | None = None
    minute: int = 480
    owner: str = ""
    enabled: bool = True
    last_period_end: date | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Archived:
    """A report in the archive. ``error`` and ``tries`` of one that failed; ``endings`` the files there are."""

    id: int
    kind: str
    centre: str
    sheet: str
    start: date
    end: date
    built_at: datetime
    state: str
    title: str
    sentence: str
    error: str
    tries: int
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to keep. ``data`` is the report as JSON values."""

    kind: str
    centre: str
    sheet: str
    start: date
    end: date
    state: str
    title: str
    sentence: str
    data: Mapping[str, Any]


_PLAIN = ("kind", "group", "centre", "sheet", "weekday", "day", "minute", "owner", "enabled", "last_period_end")


def list_schedules(conn: Connection, *, only_enabled: bool = False) -> tuple[Schedule, ...]:
    """Schedules in the order in which they were made."""
    query = select(report_schedules).order_by(report_schedules.c.id)
    if only_enabled:
        query = query.where(report_schedules.c.enabled)
    return tuple(_schedule(row) for row in conn.execute(query))


def load_schedule(conn: Connection, schedule_id: int) -> Schedule:
    """One schedule. Raises ReportStoreError."""
    row = conn.execute(select(report_schedules).where(report_schedules.c.id == schedule_id)).one_or_none()
    if row is None:
        raise ReportStoreError(f"没有编号为 {schedule_id} 的报告计划。请刷新页面。")
    return _schedule(row)


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(**{name: getattr(row, name) for name in _PLAIN}, id=row.id)


def save_schedule(conn: Connection, schedule: Schedule) -> int:
    """Stores a schedule (a new one where ``id`` is 0) and returns its id. Raises ReportStoreError."""
    values = {name: getattr(schedule, name) for name in _PLAIN}
    if not schedule.id:
        made: int = conn.execute(
            insert(report_schedules).values(**values).returning(report_schedules.c.id)
        ).scalar_one()
        bump_data_version(conn, None)
        return made
    load_schedule(conn, schedule.id)
    conn.execute(update(report_schedules).where(report_schedules.c.id == schedule.id).values(**values))
    bump_data_version(conn, None)
    return schedule.id


def remove_schedule(conn: Connection, schedule_id: int) -> None:
    """Takes a schedule away; what it sent stays in the archive. Raises ReportStoreError."""
    load_schedule(conn, schedule_id)
    conn.execute(delete(report_schedules).where(report_schedules.c.id == schedule_id))
    bump_data_version(conn, None)


def advance(conn: Connection, schedule: Schedule, to: date) -> Schedule | None:
    """Notes that the period which ends on ``to`` has been seen to; None where another process was quicker."""
    s = report_schedules.c
    last = schedule.last_period_end
    same = s.last_period_end.is_(None) if last is None else s.last_period_end == last
    done = conn.execute(update(report_schedules).where(s.id == schedule.id, same).values(last_period_end=to))
    return replace(schedule, last_period_end=to) if done.rowcount else None


def save_report(conn: Connection, new: NewReport, files: Mapping[str, bytes], now: datetime) -> int:
    """Keeps a report with its files and returns its id; failures of the same one are no longer open then."""
    conn.execute(delete(reports).where(*_same(new.kind, new.centre, new.sheet, new.end), reports.c.state == FAILED))
    report_id = _insert(conn, new, now)
    rows = [{"report_id": report_id, "ending": ending, "content": content} for ending, content in files.items()]
    if rows:
        conn.execute(insert(report_files), rows)
    bump_data_version(conn, None)
    return report_id


def _insert(conn: Connection, new: NewReport, now: datetime, error: str | None = None) -> int:
    made: int = conn.execute(
        insert(reports)
        .values(
            kind=new.kind,
            centre=new.centre,
            sheet=new.sheet,
            period_start=new.start,
            period_end=new.end,
            built_at=naive_utc(now),
            state=new.state,
            title=new.title,
            sentence=new.sentence,
            data=dict(new.data),
            error=error,
        )
        .returning(reports.c.id)
    ).scalar_one()
    return made


def _same(kind: str, centre: str, sheet: str, end: date) -> tuple[Any, ...]:
    r = reports.c
    return r.kind == kind, r.centre == centre, r.sheet == sheet, r.period_end == end


def note_failure(conn: Connection, new: NewReport, error: str, now: datetime) -> int:
    """Keeps that a report could not be built, in one row however often it is tried; gives the number of tries."""
    before = last_failure(conn, new.kind, new.centre, new.sheet, new.end)
    tries = 1 if before is None else before.tries + 1
    if before is None:
        _insert(conn, replace(new, state=FAILED, data={"tries": tries}), now, error)
    else:
        values = {"built_at": naive_utc(now), "error": error, "data": {"tries": tries}}
        conn.execute(update(reports).where(reports.c.id == before.id).values(**values))
    bump_data_version(conn, None)
    return tries


def last_failure(conn: Connection, kind: str, centre: str, sheet: str, end: date) -> Archived | None:
    """The open failure of a report, None without one."""
    query = select(reports).where(*_same(kind, centre, sheet, end), reports.c.state == FAILED)
    row = conn.execute(query.order_by(reports.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _archived(row, ())


def list_reports(
    conn: Connection, *, kind: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[Archived, ...]:
    """The archive, newest first."""
    query = select(reports).order_by(reports.c.built_at.desc(), reports.c.id.desc()).limit(limit).offset(offset)
    if kind is not None:
        query = query.where(reports.c.kind == kind)
    return _with_files(conn, query)


def count_reports(conn: Connection) -> int:
    """How many reports the archive holds."""
    return conn.scalar(select(func.count()).select_from(reports)) or 0


def load_report(conn: Connection, report_id: int) -> Archived:
    """One report. Raises ReportStoreError."""
    found = _with_files(conn, select(reports).where(reports.c.id == report_id))
    if not found:
        raise ReportStoreError(f"没有编号为 {report_id} 的报告。")
    return found[0]


def _with_files(conn: Connection, query: Select[Any]) -> tuple[Archived, ...]:
    rows = conn.execute(query).all()
    f = report_files.c
    endings: dict[int, list[str]] = {}
    held = select(f.report_id, f.ending).where(f.report_id.in_([row.id for row in rows])).order_by(f.ending)
    for report_id, ending in conn.execute(held):
        endings.setdefault(report_id, []).append(ending)
    return tuple(_archived(row, endings.get(row.id, ())) for row in rows)


def _archived(row: Row[Any], endings: Iterable[str]) -> Archived:
    data = row.data or {}
    return Archived(
        id=row.id,
        kind=row.kind,
        centre=row.centre,
        sheet=row.sheet,
        start=row.period_start,
        end=row.period_end,
        built_at=row.built_at.replace(tzinfo=UTC),
        state=row.state,
        title=row.title,
        sentence=row.sentence,
        error=row.error or "",
        tries=int(data.get("tries", 0)) if row.state == FAILED else 0,
        endings=tuple(endings),
    )


def report_data(conn: Connection, report_id: int) -> dict[str, Any]:
    """The report as it was built, as JSON values. Raises ReportStoreError."""
    found = conn.scalar(select(reports.c.data).where(reports.c.id == report_id))
    if not found:
        raise ReportStoreError(f"没有编号为 {report_id} 的报告。")
    return dict(found)


def report_file(conn: Connection, report_id: int, ending: str) -> bytes:
    """A file exactly as it was sent. Raises ReportStoreError."""
    f = report_files.c
    found = conn.scalar(select(f.content).where(f.report_id == report_id, f.ending == ending))
    if found is None:
        raise ReportStoreError(f"没有编号为 {report_id} 的报告,或它没有 {ending} 格式。")
    return bytes(found)


def deliveries_of(conn: Connection, report_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many deliveries of each report are in which state."""
    d = deliveries.c
    query = select(d.report_id, d.state, func.count()).where(d.report_id.in_(list(report_ids)))
    found: dict[int, dict[str, int]] = {}
    for report_id, state, count in conn.execute(query.group_by(d.report_id, d.state)):
        found.setdefault(report_id, {})[state] = count
    return found
