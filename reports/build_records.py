"""Alerts and how long they lasted; the quality of the data and what was corrected in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from alerts.words import KIND_WORDS
from db.alert_rules import load_rules
from db.closed_days import list_closed_days
from db.journal import SourceState, days_present, provenance, source_states
from db.report_reads import Episode, Restated, restated_between, run_counts
from db.report_reads import episodes as firings
from kpi.alert_model import AlertRule, Severity
from kpi.periods import Period
from kpi.status import Status
from reports import words
from reports.model import Align, Cell, Column, Section, Table
from reports.scope import Scope

MOST = 12
MOST_DAYS = 6
LOOK_BACK = timedelta(days=60)


def alerts_section(scope: Scope) -> Section:
    """The alerts of the period, open ones first, with how long they lasted."""
    title = "告警"
    rules = {rule.code: rule for rule in load_rules(scope.conn) if _ours(scope, rule)}
    if not rules:
        return Section("alerts", title, "没有启用的告警规则。")
    start, end = scope.moments()
    found = [one for one in firings(scope.conn, start, end) if one.rule in rules]
    if not found:
        return Section("alerts", title, f"{words.THIS[scope.kind]}没有告警({len(rules)} 条规则在看)。")
    ranked = sorted(found, key=lambda one: (not _open(one, end), one.fired_at, one.rule))
    columns = (
        Column("状态", 12),
        Column("告警", 40),
        Column("开始", 17),
        Column("结束", 17),
        Column("历时", 16, Align.RIGHT),
        Column("确认人", 14),
    )
    table = Table(columns, tuple(_alert(scope, rules[one.rule], one, end) for one in ranked[:MOST]))
    more = (f"另有 {len(found) - MOST} 次,见“告警”页。",) if len(found) > MOST else ()
    return Section("alerts", title, _alerted(scope, found, end), (table,), more)


def _ours(scope: Scope, rule: AlertRule) -> bool:
    """Rules of the centre, of those below it, and of sources (which belong to none)."""
    centre = scope.centres.by_code.get(rule.centre)
    return rule.enabled and (not rule.centre or not scope.centre or (centre is not None and centre.id in scope.ids))


def _open(one: Episode, end: datetime) -> bool:
    return one.ended_at is None or one.ended_at >= end


def _alerted(scope: Scope, found: Sequence[Episode], end: datetime) -> str:
    still = [one for one in found if _open(one, end)]
    longest = max(found, key=lambda one: ((min(one.ended_at or end, end)) - one.fired_at, one.rule))
    text = words.lasting(min(longest.ended_at or end, end) - longest.fired_at)
    over = f",{len(still)} 次还没有恢复" if still else ",都已恢复"
    return f"{words.THIS[scope.kind]}有 {len(found)} 次告警{over};最长的历时 {text}。"


def _alert(scope: Scope, rule: AlertRule, one: Episode, end: datetime) -> tuple[Cell, ...]:
    tz = scope.house.tz
    still = _open(one, end)
    severe = Status.MISSED if rule.severity is Severity.URGENT else Status.AT_RISK
    over = one.ended_at if one.ended_at is not None and not still else None
    return (
        Cell("▲ 未恢复" if still else "✓ 已恢复", status=severe if still else Status.MET),
        Cell(rule.name or rule.code, f"{KIND_WORDS[rule.kind]} · {rule.severity.value}"),
        Cell(words.moment(one.fired_at, tz)),
        Cell(words.moment(over, tz) if over is not None else f"至 {words.month_day(scope.period.end)}仍在"),
        Cell(words.lasting((over or end) - one.fired_at)),
        Cell(one.acknowledged_by or "没有人确认"),
    )


def quality_section(scope: Scope) -> Section:
    """What each source gave, what is missing, what was rejected, and what was corrected afterwards."""
    start, end = scope.moments()
    states = _sources(scope)
    closed = {(one.source, one.day) for one in list_closed_days(scope.conn)}
    counts = run_counts(scope.conn, start, end)
    missing = {one.code: _missing(scope, one, closed) for one in states}
    columns = (
        Column("来源", 30),
        Column("数据到", 15),
        Column("有数据的天", 13, Align.RIGHT),
        Column("缺", 32),
        Column("拉取", 20),
        Column("剔除行", 11, Align.RIGHT),
    )
    rows = []
    for one in states:
        run = counts.get(one.code)
        pulled = "没有拉取" if run is None else f"成功 {run.good},失败 {run.failed}"
        gone = Cell() if run is None else Cell(words.number(run.rejected), value=float(run.rejected))
        rows.append((*_source(scope, one, missing[one.code]), Cell(pulled), gone))
    restated = restated_between(scope.conn, scope.ids, start, end)
    tables = [Table(columns, tuple(rows))] if rows else []
    tables += [_restated(scope, restated)] if restated else []
    notes = (f"另有 {len(restated) - MOST} 个计量有更正,见“数据”页。",) if len(restated) > MOST else ()
    return Section("quality", "数据质量与更正", _quality(scope, states, missing, restated), tuple(tables), notes)


def _sources(scope: Scope) -> list[SourceState]:
    """The sources that lately gave figures to the centre; all, where none has."""
    first = scope.period.start - LOOK_BACK
    measures = tuple(scope.house.catalogue.measures)
    given = provenance(scope.conn, scope.ids, measures, first, scope.period.end)
    codes = {one.run.source for one in given}
    known = source_states(scope.conn)
    return [one for one in known if one.code in codes] or known


def _regular(scope: Scope, state: SourceState) -> bool:
    """A source that gave something on most of the days before: of another one no day can be missing."""
    first = scope.period.start - timedelta(days=28)
    before = days_present(scope.conn, state.code, first, scope.period.start - timedelta(days=1))
    return len(before) >= 14


def _missing(scope: Scope, state: SourceState, closed: set[tuple[str, date]]) -> list[date] | None:
    """The days of the period without anything of the source; None for one that does not come every day."""
    if not _regular(scope, state):
        return None
    given = days_present(scope.conn, state.code, scope.period.start, scope.period.end)
    days = (scope.period.start + timedelta(days=n) for n in range(scope.period.days))
    return [day for day in days if day not in given and (state.code, day) not in closed]


def _source(scope: Scope, state: SourceState, missing: list[date] | None) -> tuple[Cell, ...]:
    given = len(days_present(scope.conn, state.code, scope.period.start, scope.period.end))
    last = Cell() if state.last_day is None else Cell(words.month_day(min(state.last_day, scope.period.end)))
    if missing is None:
        lack = Cell("不是每天都有")
    elif not missing:
        lack = Cell("—", reason="不缺")
    else:
        shown = "、".join(words.short_span(one) for one in _runs(missing)[:MOST_DAYS])
        lack = Cell(f"{len(missing)} 天: {shown}", status=Status.AT_RISK)
    return Cell(state.title or state.code), last, Cell(f"{given}/{scope.period.days}", value=float(given)), lack


def _runs(days: Sequence[date]) -> list[Period]:
    """Days in a row as one."""
    found: list[Period] = []
    for day in days:
        if found and day - found[-1].end == timedelta(days=1):
            found[-1] = Period(found[-1].start, day)
        else:
            found.append(Period(day, day))
    return found


def _quality(
    scope: Scope, states: Sequence[SourceState], missing: dict[str, list[date] | None], restated: Sequence[Restated]
) -> str:
    holes = [f"{one.title or one.code}缺 {len(missing[one.code] or [])} 天" for one in states if missing[one.code]]
    this = words.THIS[scope.kind]
    text = f"{this}{'、'.join(holes)}" if holes else f"{this}每天该有的数据都有" if states else "还没有数据来源"
    if not restated:
        return f"{text};没有更正过往的数字。"
    return f"{text};期间更正了 {sum(one.figures for one in restated):,} 个过往的数字。"


def _days(scope: Scope, days: Period) -> str:
    """Days with their year, where it is another than the report's."""
    same = days.start.year == days.end.year == scope.period.end.year
    return words.short_span(days) if same else words.span(days)


def _restated(scope: Scope, found: Sequence[Restated]) -> Table:
    columns = (
        Column("计量", 34),
        Column("更正", 14, Align.RIGHT),
        Column("涉及的日子", 30),
        Column("合计变化", 20, Align.RIGHT),
    )
    rows = []
    for one in found[:MOST]:
        measure = scope.house.catalogue.measures.get(one.measure)
        unit = measure.unit.value if measure is not None else ""
        sign = "+" if one.net > 0 else ""
        rows.append(
            (
                Cell(measure.name if measure is not None else one.measure),
                Cell(f"{one.figures:,} 个", value=float(one.figures)),
                Cell(_days(scope, Period(one.first, one.last))),
                Cell(f"{sign}{words.number(one.net)} {unit}".rstrip(), value=one.net),
            )
        )
    return Table(columns, tuple(rows), "期间更正过的数字")
