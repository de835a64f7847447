"""What 报告 shows, asked of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.alert_rules import load_contacts
from db.deliveries import DELIVERED
from db.report_store import Archived, Schedule, count_reports, deliveries_of, list_reports, list_schedules
from db.sheets import list_sheets
from kpi.alert_model import Contact

SHOWN = 60


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """A report of the archive; ``delivered`` of ``deliveries``. Moments local."""

    report: Archived
    built_at: datetime
    delivered: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule with the moment of its next report (local), None while it is off."""

    schedule: Schedule
    next_at: datetime | None
    readers: int


@dataclass(frozen=True, slots=True)
class ReportsView:
    """Everything 报告 shows. ``groups``: contacts by group. ``sheets``: (code, name)."""

    now: datetime
    archive: tuple[ArchiveRow, ...]
    in_all: int
    schedules: tuple[ScheduleRow, ...]
    groups: tuple[tuple[str, tuple[Contact, ...]], ...]
    sheets: tuple[tuple[str, str], ...]


def build_reports(conn: Connection, now: datetime, tz: ZoneInfo) -> ReportsView:
    """Reads all of it; ``now`` is the centre's wall time, aware."""
    found = list_reports(conn, limit=SHOWN)
    told = deliveries_of(conn, [one.id for one in found])
    groups: dict[str, list[Contact]] = {}
    for contact in load_contacts(conn):
        groups.setdefault(contact.group, []).append(contact)
    return ReportsView(
        now=now,
        archive=tuple(_row(one, told.get(one.id, {}), tz) for one in found),
        in_all=count_reports(conn),
        schedules=tuple(_schedule(one, groups.get(one.group, []), now, tz) for one in list_schedules(conn)),
        groups=tuple((name, tuple(contacts)) for name, contacts in groups.items()),
        sheets=tuple((one.code, f"{one.year} {one.unit}") for one in list_sheets(conn) if one.state == "active"),
    )


def _row(report: Archived, states: dict[str, int], tz: ZoneInfo) -> ArchiveRow:
    return ArchiveRow(report, report.built_at.astimezone(tz), states.get(DELIVERED, 0), sum(states.values()))


def _schedule(one: Schedule, contacts: list[Contact], now: datetime, tz: ZoneInfo) -> ScheduleRow:
    readers = sum(c.enabled and (c.channel == "page" or bool(c.address.strip())) for c in contacts)
    from reports.schedule import next_moment  # late: it costs every start of the pages a part of a second

    return ScheduleRow(one, next_moment(one, now, tz) if one.enabled else None, readers)
