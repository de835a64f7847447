"""The targets with their pace, worst first; and what it takes in the days to come."""

from __future__ import annotations

from math import floor

from kpi.pace_model import BoundTo, Pace, PaceClass, ProgressRow
from kpi.periods import containing
from kpi.status import Operator, Status
from reports import words
from reports.model import GRAINS, Align, Bar, Cell, Column, Section, Table
from reports.scope import Scope
from targets import said
from targets.progress import WORST_FIRST

ORDER = (*WORST_FIRST, Status.TOO_FEW, Status.NO_DATA, Status.NOT_DUE, Status.MET)
ZOOM, LEAST_SPAN, AIR = 3.0, 0.01, 1.08
"""The scale of the bars, the same as on the pages."""


def _worry(row: ProgressRow, scope: Scope) -> tuple[int, bool, float]:
    pace = row.due(scope.period.end)
    chance = pace.probability if pace.probability is not None else 1.0
    return ORDER.index(pace.status), pace.value is None, chance


def _condensed(row: ProgressRow, scope: Scope) -> bool:
    """Judgements of people that are as they should be: named in a line, for the table is about figures."""
    graded = row.binding is not None and row.binding.bound_to is BoundTo.GRADE
    return graded and row.due(scope.period.end).status is Status.MET


def targets_section(scope: Scope) -> Section:
    """Every indicator of the sheet; without a sheet what to do about it."""
    found = scope.progress
    title = "目标进度"
    if found is None:
        text = "这个中心今年还没有启用的目标表,只列各项指标。请在“目标表”页导入并启用。"
        return Section("targets", title, text)
    rows = sorted(found.rows, key=lambda row: _worry(row, scope))
    shown = [row for row in rows if not _condensed(row, scope)]
    graded = [row.indicator.name for row in found.rows if _condensed(row, scope)]
    notes = [f"定性指标 {len(graded)} 项均达标: {'、'.join(graded)}。"] if graded else []
    notes.append("进度条: 深色为至今,竖线为目标,虚线为今日应到,浅色带为预计区间(80%);百分率的刻度以目标为中心放大。")
    unsigned = [row.indicator.name for row in shown if row.binding is None or not row.binding.confirmed_by]
    if unsigned:
        notes.append(f"绑定还没有人确认: {'、'.join(unsigned)}。")
    table = Table(_columns(scope), tuple(_row(row, scope) for row in shown))
    return Section("targets", title, _calling(rows, scope), (table,), tuple(notes))


def _calling(rows: list[ProgressRow], scope: Scope) -> str:
    """Those that call for someone, by status."""
    last = scope.period.end
    parts = []
    for status in WORST_FIRST:
        names = [row.indicator.name for row in rows if row.due(last).status is status]
        parts += [f"{status.value}: {'、'.join(names)}"] if names else []
    return ";".join(parts) + "。" if parts else f"截至 {words.month_day(last)}没有需要盯住的指标。"


def _columns(scope: Scope) -> tuple[Column, ...]:
    return (
        Column("状态", 17),
        Column("指标", 21),
        Column("至今", 17, Align.RIGHT),
        Column("目标", 15, Align.RIGHT),
        Column("进度", 14, Align.BAR),
        Column("余量与还需", 25),
        Column("达成概率", 10, Align.RIGHT),
        Column(words.THIS[scope.kind], 20, Align.RIGHT),
    )


def _row(row: ProgressRow, scope: Scope) -> tuple[Cell, ...]:
    pace = row.due(scope.period.end)
    name = "半年" if pace is row.half else "全年"
    return (
        Cell(f"{words.MARKS[pace.status]} {pace.status.value}", status=pace.status),
        Cell(row.indicator.name, row.indicator.level2),
        words.to_date(pace, row.unit),
        Cell(words.target_text(pace.target), name, pace.target.fraction, row.unit),
        Cell(bar=bar(pace, row.unit), status=pace.status),
        Cell(pace.said),
        Cell(words.chance(pace.probability), value=pace.probability, unit=words.PERCENT),
        _of_the_period(row, scope),
    )


def _of_the_period(row: ProgressRow, scope: Scope) -> Cell:
    """What the days of the report alone came to, with the change against those before."""
    binding = row.binding
    kpi = scope.kpi(binding.reference) if binding is not None and binding.bound_to is BoundTo.KPI else None
    if binding is None or kpi is None or binding.pace is PaceClass.BUDGET:
        return Cell()
    now = scope.totals([kpi.code], scope.period)[kpi.code]
    then = scope.totals([kpi.code], scope.before)[kpi.code]
    target = row.due(scope.period.end).target
    ratio = binding.pace is PaceClass.RATIO
    shown = words.figure(now, kpi.unit.value, words.bounds_of(target) if ratio else (), scope.alarm(now))
    if now.value is None:
        return shown
    small = ""
    if then.value is not None:
        small = words.against(now.value, then.value, kpi.unit.value, words.BEFORE[scope.kind])
    return Cell(shown.text, small, shown.value, shown.unit, status=shown.status)


def bar(pace: Pace, unit: str) -> Bar | None:
    """The bullet of one indicator; None where there is nothing to draw."""
    level = pace.target.fraction if pace.target.is_number else None
    if pace.value is None or level is None:
        return None
    known = [v for v in (pace.value, level, pace.projected, pace.low, pace.high, pace.expected) if v is not None]
    low, high = 0.0, max(known) * AIR
    if unit == words.PERCENT and level > 0.5:
        reach = max(max(abs(v - level) for v in known) * AIR, LEAST_SPAN)
        low, high = max(0.0, level - reach * ZOOM / 2), min(1.0 + reach * 0.02, level + reach)
    if high <= low:
        return None

    def at(value: float | None) -> float | None:
        return None if value is None else round(min(max((value - low) / (high - low), 0.0), 1.0), 4)

    return Bar(at(pace.value) or 0.0, at(level), at(pace.expected), at(pace.low), at(pace.high))


def next_section(scope: Scope) -> Section:
    """What each indicator needs from the day after the period on."""
    found = scope.progress
    name = words.NEXT[scope.kind] if scope.period == scope.unit else "此后"
    title = f"{name}要求"
    if found is None:
        return Section("next", title, "没有启用的目标表,没有可以推算的要求。")
    rows = sorted(found.rows, key=lambda row: _worry(row, scope))
    asked = [(row, _from_here(row, scope)) for row in rows]
    asked = [(row, pace) for row, pace in asked if _needs(row, pace)]
    calling = [row.indicator.name for row, pace in asked if pace.status in WORST_FIRST]
    finding = f"{name}要盯住: {'、'.join(calling)}。" if calling else f"各项指标都在线内,{name}保持即可。"
    if not asked:
        return Section("next", title, "没有需要推算的指标。")
    columns = (
        Column("指标", 26),
        Column("至今", 18, Align.RIGHT),
        Column("目标", 15, Align.RIGHT),
        Column("还需水平", 20, Align.RIGHT),
        Column("余量", 11, Align.RIGHT),
        Column("怎么做", 40),
    )
    table = Table(columns, tuple(_need(row, pace) for row, pace in asked))
    return Section("next", title, finding, (table,), _coming(scope))


def _from_here(row: ProgressRow, scope: Scope) -> Pace:
    """The pace that counts on the days to come: of a half-year that is over the year's."""
    over = row.half.period.end <= scope.period.end < row.full.period.end
    return row.full if over else row.due(scope.period.end)


def _is_money(row: ProgressRow) -> bool:
    """Money follows its plan: of it no level is asked, only how far it is off."""
    return row.binding is not None and row.binding.pace is PaceClass.BUDGET


def _needs(row: ProgressRow, pace: Pace) -> bool:
    if pace.value is None:
        return False
    if _is_money(row):
        return pace.status is not Status.MET
    return not pace.locked and any(x is not None for x in (pace.required, pace.per_day, pace.left))


def _need(row: ProgressRow, pace: Pace) -> tuple[Cell, ...]:
    operator = pace.operator or Operator.AT_LEAST
    required = Cell()
    if pace.out_of_reach:
        required = Cell(Status.OUT_OF_REACH.value)
    elif pace.required is not None and not _is_money(row):
        required = Cell(said.needed(pace.required, operator, row.unit), value=pace.required, unit=row.unit)
    elif pace.per_day is not None:
        required = Cell(f"{words.bare(pace.per_day, '')} {row.unit}/工作日", value=pace.per_day, unit="")
    left = Cell() if pace.left is None else Cell(words.number(floor(pace.left)), value=pace.left)
    return (
        Cell(row.indicator.name),
        words.to_date(pace, row.unit),
        Cell(words.target_text(pace.target), value=pace.target.fraction, unit=row.unit),
        required,
        left,
        Cell(pace.said, status=pace.status if pace.status in WORST_FIRST else None),
    )


def _coming(scope: Scope) -> tuple[str, ...]:
    """What kind of days lie ahead."""
    if scope.period != scope.unit:
        return ()
    following = containing(scope.unit.end.fromordinal(scope.unit.end.toordinal() + 1), GRAINS[scope.kind])
    working = scope.calendar.working_days(following.start, following.end)
    text = f"{words.NEXT[scope.kind]}({words.short_span(following)})有 {working} 个工作日。"
    if scope.calendar.is_provisional(following.start, following.end):
        text += "其中有的日子还没有公布放假安排,暂按常规计。"
    return (text,)
