"""A report built once as plain data; everything that shows or sends it takes it from here."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from kpi.model import Group
from reports import words
from reports.build_changes import changes_section
from reports.build_days import days_section
from reports.build_kpis import calls_section, known, orders_section, seats_section
from reports.build_records import alerts_section, quality_section
from reports.build_targets import next_section, targets_section
from reports.model import Report, Section
from reports.scope import House, Scope, Wanted, open_scope

LEADING = ("calls", "changes", "days", "alerts", "quality")
FACTS = (Group.CALLS, Group.ORDERS, Group.SEATS, Group.QUALITY)


def build(conn: Connection, house: House, wanted: Wanted, *, today: date) -> Report:
    """The report of the period that ``wanted.day`` lies in, as far as its days are over on ``today`` (the centre's
    own day). Raises ReportError."""
    scope = open_scope(conn, house, wanted, today)
    empty = _is_empty(scope)
    sections = _sections(scope, empty=empty)
    return Report(
        kind=scope.kind,
        centre=scope.centre,
        centre_name=scope.centre_name,
        sheet=scope.sheet.code if scope.sheet is not None else "",
        sheet_title=scope.progress.title if scope.progress is not None else "",
        start=scope.unit.start,
        end=scope.unit.end,
        through=scope.period.end,
        title=_title(scope),
        sentence=_sentence(scope, empty=empty),
        findings=() if empty else _findings(sections),
        sections=sections,
        empty=empty,
    )


def _is_empty(scope: Scope) -> bool:
    """True where no KPI has a single day with data: nothing may then be called good."""
    codes = [kpi.code for kpi in scope.house.catalogue if kpi.group in (*FACTS, Group.VOLUMES)]
    return all(not value.days_with_data for value in scope.totals(codes, scope.period).values())


def _sections(scope: Scope, *, empty: bool) -> tuple[Section, ...]:
    if empty:
        return (quality_section(scope), alerts_section(scope))
    return (
        targets_section(scope),
        changes_section(scope),
        days_section(scope),
        calls_section(scope),
        seats_section(scope),
        orders_section(scope),
        alerts_section(scope),
        quality_section(scope),
        next_section(scope),
    )


def _title(scope: Scope) -> str:
    name = words.KIND_NAMES[scope.kind]
    part = "" if scope.period == scope.unit else f"(截至 {words.month_day(scope.period.end)})"
    return f"{scope.centre_name} {name} {words.period_name(scope.kind, scope.unit)}{part}"


def _sentence(scope: Scope, *, empty: bool) -> str:
    this = words.THIS[scope.kind]
    days = words.short_span(scope.period)
    if empty:
        return f"{this}({days})没有任何数据,无法判断各项指标,请不要当作一切正常。请先到“数据”页查看来源。"
    if scope.progress is not None:
        return scope.progress.sentence
    kpis = known(scope, Group.CALLS, Group.ORDERS)[:3]
    found = scope.totals([kpi.code for kpi in kpis], scope.period)
    parts = []
    for kpi in kpis:
        value = found[kpi.code].value
        parts.append(f"{kpi.name} {'—' if value is None else words.amount(value, kpi.unit.value)}")
    return f"{this}({days}){','.join(parts)}。"


def _findings(sections: tuple[Section, ...]) -> tuple[str, ...]:
    """The findings of the sections that a leader reads first."""
    found = {one.code: one.finding for one in sections}
    return tuple(found[code] for code in LEADING if code in found)
