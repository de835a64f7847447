"""The worst days of the period and their causes; of a single day the worst hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.definitions import list_exclusions
from kpi.exclusions import excluded_hours
from kpi.model import Grain, Kpi, KpiValue
from kpi.pace_model import ProgressRow
from kpi.periods import Period
from kpi.status import Operator, Status
from kpi.workdays import KIND_NAMES, DayKind
from reports import words
from reports.build_changes import because, nothing_stands_out
from reports.build_kpis import trend
from reports.model import Align, Cell, Column, Kind, Section, Table
from reports.scope import Scope
from targets import said

EACH, MOST = 2, 6
"""So many days of one indicator, and altogether."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A stretch that missed its target. ``part``: by how much of the target; ``events``: by how many."""

    kpi: Kpi
    row: ProgressRow
    value: KpiValue
    part: float
    events: float


def days_section(scope: Scope) -> Section:
    """The days that missed their targets most, with what happened on them."""
    if scope.kind is Kind.DAILY:
        return _hours_section(scope)
    title = "最差的几天"
    if not scope.judged:
        return Section("days", title, "没有可以逐日对照目标的指标。")
    values = scope.ask(scope.judged, scope.period, Grain.DAY)
    missed = {code: _misses(scope, code, values[code]) for code in scope.judged}
    chosen = _chosen(missed)
    columns = (
        Column("日期", 18),
        Column("指标", 23),
        Column("数值", 17, Align.RIGHT),
        Column("目标", 15, Align.RIGHT),
        Column("差距", 18, Align.RIGHT),
        Column("原因", 42),
    )
    rows = tuple(_day_row(scope, one) for one in chosen)
    grid = trend(scope)
    tables = [Table(columns, rows)] if rows else []
    tables += [grid] if grid is not None else []
    return Section("days", title, _finding(scope, missed, chosen), tuple(tables), _holes(scope, values))


def worst_days(scope: Scope) -> list[Miss]:
    """The days that missed their targets most, the worst first; none where no day can be held against a target."""
    values = scope.ask(scope.judged, scope.period, Grain.DAY) if scope.judged else {}
    return _chosen({code: _misses(scope, code, values[code]) for code in scope.judged})


def _chosen(missed: Mapping[str, list[Miss]]) -> list[Miss]:
    return sorted((one for found in missed.values() for one in found[:EACH]), key=_worst_first)[:MOST]


def _worst_first(one: Miss) -> tuple[float, date, str]:
    return -one.part, one.value.start, one.kpi.code


def _misses(scope: Scope, code: str, values: tuple[KpiValue, ...]) -> list[Miss]:
    """The stretches that missed the target, the worst first."""
    row, kpi = scope.judged[code], scope.kpi(code)
    target = row.due(scope.period.end).target
    level = target.fraction
    if kpi is None or level is None:
        return []
    found = []
    for value in values:
        if value.value is None or scope.judge(value) is not Status.MISSED:
            continue
        sign = -1.0 if target.operator is Operator.AT_MOST else 1.0
        gap = sign * (level - value.value)
        events = sign * (level * (value.denominator or 0.0) - (value.numerator or 0.0))
        found.append(Miss(kpi, row, value, gap / abs(level) if level else gap, events))
    return sorted(found, key=_worst_first)


def _finding(scope: Scope, missed: dict[str, list[Miss]], chosen: list[Miss]) -> str:
    this = words.THIS[scope.kind]
    if not chosen:
        return f"{this}有数据的每一天都达到目标。"
    parts = [f"{found[0].row.indicator.name} {len(found)} 天" for found in missed.values() if found]
    first = chosen[0]
    shown = words.amount(first.value.value or 0.0, first.kpi.unit.value, _bounds(scope, first))
    day = words.day_name(first.value.start)
    return f"{this}未达目标的天数: {'、'.join(parts)};最差的是 {day}的{first.row.indicator.name} {shown}。"


def _bounds(scope: Scope, one: Miss) -> tuple[float, ...]:
    return words.bounds_of(one.row.due(scope.period.end).target)


def _day_row(scope: Scope, one: Miss) -> tuple[Cell, ...]:
    day = one.value.start
    why = [because(scope, one.kpi, one.row.indicator.name, day, day), *_circumstances(scope, one.value, day)]
    known = ";".join(part for part in why if part)
    return (Cell(words.day_name(day)), *_figures(scope, one), Cell(known or nothing_stands_out(scope)))


def _figures(scope: Scope, one: Miss) -> tuple[Cell, ...]:
    unit, target = one.kpi.unit.value, one.row.due(scope.period.end).target
    level = target.fraction or 0.0
    gap = said.distance(abs(level - (one.value.value or 0.0)), unit).rstrip(",")
    miss = one.kpi.called_missing
    events = f"多{miss.verb} {words.number(round(one.events))} {miss.word}".rstrip() if unit == words.PERCENT else ""
    return (
        Cell(one.row.indicator.name),
        words.figure(one.value, unit, words.bounds_of(target), Status.MISSED),
        Cell(words.target_text(target), value=target.fraction, unit=unit),
        Cell(gap, events),
    )


def _circumstances(scope: Scope, value: KpiValue, day: date) -> list[str]:
    """What is known of a day besides: holidays, exclusions applied for, holes in the data."""
    found = []
    kind = scope.calendar.day(day)
    if kind.kind in (DayKind.HOLIDAY, DayKind.MAKEUP):
        found.append(f"{kind.name or ''}{KIND_NAMES[kind.kind]}")
    chains = [scope.centres.chain(one) for one in scope.ids]
    for stored in list_exclusions(scope.conn):
        one = stored.exclusion
        hours = {h for chain in chains for taken in excluded_hours([one], chain, _only(day)).values() for h in taken}
        if hours:
            found.append(f"{min(hours)}–{max(hours) + 1} 时已批准剔除({one.category}: {one.reason})")
    if value.days_with_data < value.days_passed:
        found.append("当天数据不全")
    return found


def _only(day: date) -> Period:
    return Period(day, day)


def _holes(scope: Scope, values: Mapping[str, tuple[KpiValue, ...]]) -> tuple[str, ...]:
    """The days without a figure, by indicator."""
    silent = {code: [one.start for one in found if one.value is None] for code, found in values.items()}
    told = []
    for code, days in silent.items():
        name = scope.judged[code].indicator.name
        shown = "、".join(words.month_day(day) for day in days) if len(days) <= MOST else f"{len(days)} 天"
        told += [f"{name} {shown}"] if days else []
    return (f"没有数值、不按 0 计的日子: {';'.join(told)}。",) if told else ()


def _hours_section(scope: Scope) -> Section:
    """Of a day: the hours that missed most."""
    title = "最差的时段"
    codes = list(scope.judged)
    values = scope.ask(codes, scope.period, Grain.HOUR) if codes else {}
    told = {code: found for code, found in values.items() if any(one.value is not None for one in found)}
    if not told:
        return Section("days", title, "没有按小时的数据。")
    missed = [one for code in told for one in _misses(scope, code, told[code])]
    chosen = sorted(missed, key=lambda one: (-one.part, one.value.key))[:MOST]
    if not chosen:
        return Section("days", title, "有足够样本的每个小时都达到目标。")
    columns = (
        Column("时段", 15),
        Column("指标", 30),
        Column("数值", 20, Align.RIGHT),
        Column("目标", 15, Align.RIGHT),
        Column("差距", 22, Align.RIGHT),
    )
    rows = tuple((Cell(_hour(one.value.key)), *_figures(scope, one)) for one in chosen)
    first = chosen[0]
    shown = words.amount(first.value.value or 0.0, first.kpi.unit.value, _bounds(scope, first))
    finding = f"{len(missed)} 个时段未达目标;最差的是 {_hour(first.value.key)}的{first.row.indicator.name} {shown}。"
    whole = [
        because(scope, one.kpi, one.row.indicator.name, scope.period.start, scope.period.end) for one in _each(chosen)
    ]
    return Section("days", title, finding, (Table(columns, rows),), tuple(text for text in whole if text))


def _each(chosen: list[Miss]) -> list[Miss]:
    """One miss of each KPI."""
    return list({one.kpi.code: one for one in reversed(chosen)}.values())[::-1]


def _hour(key: str) -> str:
    return f"{int(key)}–{int(key) + 1} 时"
