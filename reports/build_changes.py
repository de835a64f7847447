"""What changed against the period before, and why: statuses, figures, and what contributed most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alerts.blame import causes
from alerts.seen import Subject
from kpi.model import Better, Kpi, KpiValue
from kpi.pace_model import ProgressRow
from kpi.showing import Showing
from kpi.status import Status
from kpi.workdays import KIND_NAMES
from reports import words
from reports.build_targets import ORDER
from reports.model import Align, Cell, Column, Kind, Section, Table
from reports.scope import Scope

MOST = 8
NOTHING_STANDS_OUT = "没有哪个时段、技能组、座席或单位明显偏离平常"
NO_PLACE_STANDS_OUT = "没有哪个时段、技能组或单位明显偏离平常"
"""The same where seats are not looked at."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One indicator now and then. ``was`` None where its status can't be compared."""

    row: ProgressRow
    now: Status
    was: Status | None
    kpi: Kpi | None = None
    value: KpiValue | None = None
    before: KpiValue | None = None

    @property
    def moved(self) -> int:
        """Steps of the order of worry: negative where it got worse."""
        return 0 if self.was is None else ORDER.index(self.now) - ORDER.index(self.was)

    @property
    def worse(self) -> bool:
        """True where the figure of the period went the wrong way."""
        if self.kpi is None or self.value is None or self.before is None:
            return False
        if self.value.value is None or self.before.value is None:
            return False
        up = self.value.value - self.before.value
        return up > 0 if self.kpi.better is Better.LOWER else up < 0


def changes_section(scope: Scope) -> Section:
    """The indicators that moved, those that got worse first."""
    title = "变化与原因"
    if scope.progress is None:
        return Section("changes", title, "没有启用的目标表,各项指标的变化见下面各表。")
    found = [one for one in _changes(scope) if one.moved or one.value is not None]
    if not found:
        return Section("changes", title, f"没有可以与{words.BEFORE[scope.kind]}比较的指标。")
    ranked = sorted(found, key=lambda one: (one.moved, not one.worse, ORDER.index(one.now)))
    columns = (
        Column("指标", 25),
        Column(words.BEFORE[scope.kind], 17, Align.RIGHT),
        Column(words.THIS[scope.kind], 17, Align.RIGHT),
        Column("变化", 18, Align.RIGHT),
        Column("状态", 18),
        Column("主要原因", 40),
    )
    table = Table(columns, tuple(_row(scope, one) for one in ranked[:MOST]))
    return Section("changes", title, _finding(scope, found), (table,), _notes(scope))


def _same_due(scope: Scope) -> bool:
    """True where both days are judged by the same period of the sheet."""
    return _is_first_half(scope.before.end) == _is_first_half(scope.period.end)


def _is_first_half(day: date) -> bool:
    return day.month <= 6


def _changes(scope: Scope) -> list[_Change]:
    assert scope.progress is not None
    then = scope.progress_before if _same_due(scope) else None  # None in another year too
    before = {} if then is None else {row.key: row.due(scope.before.end).status for row in then.rows}
    values, olds = (scope.totals(scope.judged, days) for days in (scope.period, scope.before))
    kpi_of = {row.key: code for code, row in scope.judged.items()}
    found = []
    for row in scope.progress.rows:
        code = kpi_of.get(row.key)
        now = row.due(scope.period.end).status
        kpi = scope.kpi(code) if code is not None else None
        value, old = (values.get(code), olds.get(code)) if code is not None else (None, None)
        found.append(_Change(row, now, before.get(row.key), kpi, value, old))
    return found


def _finding(scope: Scope, found: list[_Change]) -> str:
    against = words.BEFORE[scope.kind]
    worse = [one for one in found if one.moved < 0]
    better = [one for one in found if one.moved > 0]
    parts = [f"{len(worse)} 项状态变差: {_turned(worse)}"] if worse else []
    parts += [f"{len(better)} 项转好: {_turned(better)}"] if better else []
    if parts:
        return f"与{against}相比," + ";".join(parts) + "。"
    falling = [one.row.indicator.name for one in found if one.worse]
    text = f"各项状态与{against}相同" if any(one.was is not None for one in found) else "状态没有可比的上期"
    return f"{text};数值变差的有 {'、'.join(falling)}。" if falling else f"{text}。"


def _turned(found: list[_Change]) -> str:
    return "、".join(f"{one.row.indicator.name}({one.was.value if one.was else ''} → {one.now.value})" for one in found)


def _row(scope: Scope, one: _Change) -> tuple[Cell, ...]:
    mark = f"{words.MARKS[one.now]} {one.now.value}"
    status = Cell(mark if not one.moved or one.was is None else f"{one.was.value} → {mark}", status=one.now)
    name = Cell(one.row.indicator.name)
    if one.kpi is None or one.value is None or one.before is None:
        return name, Cell(), words.to_date(one.row.due(scope.period.end), one.row.unit), Cell(), status, Cell()
    unit = one.kpi.unit.value
    bounds = words.bounds_of(one.row.due(scope.period.end).target)
    moved = Cell()
    if one.value.value is not None and one.before.value is not None:
        change = one.value.value - one.before.value
        moved = Cell(words.difference(one.value.value, one.before.value, unit), value=change, unit=unit)
    reason = _why(scope, one.kpi, one.row) if one.worse or scope.judge(one.value) is Status.MISSED else ""
    return (
        name,
        words.figure(one.before, unit, bounds),
        words.figure(one.value, unit, bounds, scope.alarm(one.value)),
        moved,
        status,
        Cell(reason),
    )


def _why(scope: Scope, kpi: Kpi, row: ProgressRow) -> str:
    return because(scope, kpi, row.indicator.name, scope.period.start, scope.period.end) or nothing_stands_out(scope)


def nothing_stands_out(scope: Scope) -> str:
    """What is said where no place contributed more than usual."""
    return NO_PLACE_STANDS_OUT if scope.house.showing is Showing.OFF else NOTHING_STANDS_OUT


def because(scope: Scope, kpi: Kpi, name: str, start: date, end: date) -> str:
    """What contributed most over some days, '' where nothing stands out."""
    subject = Subject(f"report:{kpi.code}", name, kpi.unit.value, scope.centre, kpi=kpi.code, span=(start, end))
    return ";".join(causes(scope.conn, scope.house.catalogue, subject, scope.house.showing))


def _notes(scope: Scope) -> tuple[str, ...]:
    own, other = scope.period.days, scope.before.days
    days = "比较的天数相同" if own == other else f"共 {other} 天,{words.THIS[scope.kind]} {own} 天"
    notes = [f"{words.BEFORE[scope.kind]}为 {words.short_span(scope.before)},{days}。"]
    if scope.before.end.year != scope.period.end.year:
        notes.append("上期属于另一个年度,状态不与上期比较。")
    elif not _same_due(scope):
        notes.append("考核期间已由半年转为全年,状态不与上期比较。")
    kinds = [KIND_NAMES[scope.calendar.day(day).kind] for day in (scope.before.end, scope.period.end)]
    if scope.kind is Kind.DAILY and kinds[0] != kinds[1]:
        notes.append(f"前一日是{kinds[0]},当日是{kinds[1]},业务量不宜直接比较。")
    return (*notes, "“多出”指比该处平常(前 28 天)的份额多出的数目。")
