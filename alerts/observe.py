"""What all rules see at a moment: every sheet and every centre is asked once, however many rules look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.observe_kpis import look_at_kpis
from alerts.observe_sheets import SheetRows, look_at_rows, rows_of, to_date
from alerts.observe_sources import look_at_sources
from alerts.seen import KPI_KINDS, SHEET_KINDS, SOURCE_KINDS, Seen
from db.centres import tree
from db.errors import StoreError
from db.sheets import ACTIVE, list_sheets
from kpi.alert_model import AlertRule, Observation
from kpi.catalogue import Catalogue
from kpi.workdays import WorkCalendar


def observe(
    conn: Connection,
    catalogue: Catalogue,
    rules: Iterable[AlertRule],
    *,
    now: datetime,
    tz: ZoneInfo,
    calendar: WorkCalendar,
    min_sample: int = 0,
) -> dict[str, Observation]:
    """The observation of every rule, by its code. ``now`` is aware UTC."""
    seen = look(conn, catalogue, rules, now=now, tz=tz, calendar=calendar, min_sample=min_sample)
    return {code: one.observation for code, one in seen.items()}


def look(
    conn: Connection,
    catalogue: Catalogue,
    rules: Iterable[AlertRule],
    *,
    now: datetime,
    tz: ZoneInfo,
    calendar: WorkCalendar,
    min_sample: int = 0,
) -> dict[str, Seen]:
    """As ``observe``, with what each rule is about."""
    wanted, local = list(rules), now.astimezone(tz).replace(tzinfo=None)
    today, centres = local.date(), tree(conn)
    codes = {rule.sheet for rule in wanted if rule.kind in SHEET_KINDS}
    beside = _beside(conn, wanted, today.year)
    codes |= set(beside.values())
    sheets: dict[str, SheetRows | str] = {}
    for code in sorted(codes):
        try:
            sheets[code] = rows_of(
                conn, catalogue, code, today, centres, today=today, calendar=calendar, tz=tz, min_sample=min_sample
            )
        except StoreError as error:
            sheets[code] = str(error)
    found = look_at_kpis(conn, catalogue, centres, [r for r in wanted if r.kind in KPI_KINDS], local)
    for rule in wanted:
        if rule.code in found:
            found[rule.code] = _with_target(rule, found[rule.code], sheets.get(beside.get(rule.code, "")))
    found |= look_at_rows([r for r in wanted if r.kind in SHEET_KINDS], sheets, today)
    found |= look_at_sources(conn, [r for r in wanted if r.kind in SOURCE_KINDS], now, tz)
    return found


def _beside(conn: Connection, rules: Iterable[AlertRule], year: int) -> dict[str, str]:
    """The sheet to tell of beside a rule about a KPI: the one it was made from, else its centre's of this year."""
    own = [rule for rule in rules if rule.kind in KPI_KINDS]
    active: dict[str, str] = {}
    if any(not rule.made_from for rule in own):
        active = {row.centre or "": row.code for row in list_sheets(conn) if row.state == ACTIVE and row.year == year}
    found = {rule.code: rule.made_from or active.get(rule.centre, "") for rule in own}
    return {code: sheet for code, sheet in found.items() if sheet}


def _with_target(rule: AlertRule, seen: Seen, sheet: SheetRows | str | None) -> Seen:
    """Beside a KPI's value of the day: how far it is to date and what it takes, where a sheet asks for it."""
    if not isinstance(sheet, SheetRows):
        return seen
    rows: Sequence[tuple[str, str]] = [
        (row.key, row.binding.reference) for row in sheet.rows.values() if row.binding is not None
    ]
    key = next((key for key, reference in rows if reference == rule.reference), None)
    if key is None:
        return seen
    row = sheet.rows[key]
    pace = row.due(sheet.opened.known.moment.as_of)
    told = replace(seen.observation, to_date=to_date(row, pace), required=pace.said)
    return Seen(told, replace(seen.subject, target=pace.target))
