"""Calls, seats and orders: each KPI of the period beside the period before and the year before, and what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median

from kpi.model import Fact, Grain, Group, Kpi, KpiValue, NoValue, Unit
from kpi.periods import split
from kpi.showing import Showing
from kpi.status import Status
from reports import words
from reports.model import Align, Cell, Column, Kind, Section, Table
from reports.scope import Scope

SILENT = (NoValue.NO_DATA, NoValue.UNAVAILABLE, NoValue.NOT_STARTED)
PIECES = {Kind.WEEKLY: Grain.DAY, Kind.MONTHLY: Grain.WEEK, Kind.HALF_YEAR: Grain.MONTH}
"""How a report's period is cut to show the way it went; a day is not."""
DRAWN = ("answer_rate", "service_level", "daily_output", "on_time_closure_rate", "satisfaction_rate")
MOST = 5
OUTPUT_UNIT = Unit.ITEMS_PER_SEAT_DAY.value
COUNTED_IN = {Fact.CALL: Group.CALLS, Fact.ORDER: Group.ORDERS, Fact.SEAT: Group.SEATS}


def _group(scope: Scope, kpi: Kpi) -> Group:
    """The section a KPI is told in; a volume is told with what it counts."""
    counted = scope.house.catalogue.measures.get(kpi.formulas[0].numerator[0][0])
    if kpi.group is not Group.VOLUMES or counted is None:
        return kpi.group
    return COUNTED_IN.get(counted.fact, kpi.group)


def known(scope: Scope, *groups: Group) -> list[Kpi]:
    """The KPIs of these groups that the sources tell in the period or told before; volumes first."""
    mine = [kpi for kpi in scope.house.catalogue if _group(scope, kpi) in groups]
    codes = [kpi.code for kpi in mine]
    now, then = scope.totals(codes, scope.period), scope.totals(codes, scope.before)
    told = [k for k in mine if any(one[k.code].reason not in SILENT for one in (now, then)) or k.code in scope.judged]
    return sorted(told, key=lambda kpi: kpi.group is not Group.VOLUMES)


def comparison(scope: Scope, kpis: Sequence[Kpi]) -> Table:
    """Each KPI now, before and a year before; “—” with its reason."""
    codes = [kpi.code for kpi in kpis]
    now, then = scope.totals(codes, scope.period), scope.totals(codes, scope.before)
    year = scope.totals(codes, scope.year_before)
    columns = (
        Column("指标", 24),
        Column(words.THIS[scope.kind], 20, Align.RIGHT),
        Column("目标", 16, Align.RIGHT),
        Column(words.BEFORE[scope.kind], 18, Align.RIGHT),
        Column("变化", 18, Align.RIGHT),
        Column("去年同期", 18, Align.RIGHT),
        Column("同比", 18, Align.RIGHT),
    )
    rows = tuple(_row(scope, kpi, now[kpi.code], then[kpi.code], year[kpi.code]) for kpi in kpis)
    return Table(columns, rows)


def _row(scope: Scope, kpi: Kpi, now: KpiValue, then: KpiValue, year: KpiValue) -> tuple[Cell, ...]:
    unit = kpi.unit.value
    row = scope.judged.get(kpi.code)
    target = row.due(scope.period.end).target if row is not None else None
    bounds = words.bounds_of(target) if target is not None else ()
    goal = Cell() if target is None else Cell(words.target_text(target), value=target.fraction, unit=unit)
    return (
        Cell(kpi.name, coverage(now)),
        words.figure(now, unit, bounds, scope.alarm(now)),
        goal,
        words.figure(then, unit, bounds),
        moved(now, then, unit),
        words.figure(year, unit, bounds),
        moved(now, year, unit),
    )


def coverage(value: KpiValue) -> str:
    """“5/7 天有数据”, '' where every day has."""
    full = value.days_with_data >= value.days_passed
    level = value.value is not None and not value.days_with_data  # a stock: its last reading lies before
    if full or level:
        return ""
    return f"{value.days_with_data}/{value.days_passed} 天有数据"


def moved(now: KpiValue, then: KpiValue, unit: str) -> Cell:
    """The change; empty where either has no value."""
    if now.value is None or then.value is None:
        return Cell()
    text = words.difference(now.value, then.value, unit)
    share = ""
    if now.denominator is None and then.value and now.value != then.value:
        share = f"{(now.value / then.value - 1) * 100:+.1f} %".replace("-", "−")
    return Cell(text, share, now.value - then.value, unit)


def trend(scope: Scope) -> Table | None:
    """The judged KPIs day by day (week by week, month by month); None for a single day."""
    by = PIECES.get(scope.kind)
    codes = [code for code in scope.judged if scope.kpi(code) is not None][:MOST]
    codes = codes or [code for code in DRAWN if scope.kpi(code) is not None]
    if by is None or not codes:
        return None
    found = scope.ask(codes, scope.period, by)
    told = [code for code in codes if any(value.value is not None for value in found[code])]
    if not told:
        return None
    pieces = split(scope.period, by)
    columns = (Column("指标", 24), *(Column(_piece(scope, p.start, p.end), 15, Align.RIGHT) for p in pieces))
    rows = tuple((Cell(_name(scope, code)), *(_brief(scope, value) for value in found[code])) for code in told)
    return Table(columns, rows, "逐日" if by is Grain.DAY else "逐周" if by is Grain.WEEK else "逐月")


def _name(scope: Scope, code: str) -> str:
    kpi = scope.kpi(code)
    return kpi.name if kpi is not None else code


def _piece(scope: Scope, start: date, end: date) -> str:
    if scope.kind is Kind.WEEKLY:
        return words.day_name(start)
    if scope.kind is Kind.HALF_YEAR:
        return f"{start.month}月"
    return f"{start.day}日" if start == end else f"{start.day}–{end.day}日"


def _brief(scope: Scope, value: KpiValue) -> Cell:
    """A figure for a narrow column: its mark where it missed."""
    kpi = scope.kpi(value.kpi)
    assert kpi is not None
    if value.value is None:
        return Cell("—", reason=words.why(value.reason, value.detail))
    row = scope.judged.get(value.kpi)
    bounds = words.bounds_of(row.due(scope.period.end).target) if row is not None else ()
    status = scope.alarm(value)
    mark = f"{words.MARKS[Status.MISSED]} " if status is not None else ""
    unit = "%" if kpi.unit.value == words.PERCENT else ""
    return Cell(
        f"{mark}{words.bare(value.value, kpi.unit.value, bounds)}{unit}", "", value.value, kpi.unit.value, "", status
    )


def calls_section(scope: Scope) -> Section:
    """Calls and the quality of service."""
    kpis = known(scope, Group.CALLS, Group.QUALITY)
    if not kpis:
        return Section("calls", "话务", "没有话务数据。")
    finding = _said(scope, kpis, ("offered_volume", "answer_rate", "service_level"))
    return Section("calls", "话务与服务", finding, (comparison(scope, kpis),))


def _said(scope: Scope, kpis: Sequence[Kpi], lead: Sequence[str]) -> str:
    """The leading figures with their change, as one sentence."""
    chosen = [kpi for code in lead for kpi in kpis if kpi.code == code] or list(kpis[:2])
    now, then = (scope.totals([k.code for k in chosen], days) for days in (scope.period, scope.before))
    parts = []
    for kpi in chosen:
        value, before = now[kpi.code], then[kpi.code]
        if value.value is None:
            parts.append(f"{kpi.name}没有数据({words.why(value.reason, value.detail)})")
            continue
        row = scope.judged.get(kpi.code)
        bounds = words.bounds_of(row.due(scope.period.end).target) if row is not None else ()
        text = f"{kpi.name} {words.amount(value.value, kpi.unit.value, bounds)}"
        if before.value is not None:
            text += f"({words.against(value.value, before.value, kpi.unit.value, words.BEFORE[scope.kind])})"
        parts.append(text)
    return ";".join(parts) + "。"


def seats_section(scope: Scope) -> Section:
    """Seats: output and use of time, and those furthest behind."""
    kpis = known(scope, Group.SEATS)
    if not kpis:
        return Section("seats", "座席", "没有座席数据。")
    finding = _said(scope, kpis, ("daily_output", "occupancy"))
    seats = [one for one in scope.ask(["daily_output"], scope.period, Grain.SEAT)["daily_output"] if one.value]
    if not seats:
        return Section("seats", "座席", finding, (comparison(scope, kpis),), ("来源没有按座席给出件数。",))
    outputs = sorted(one.value for one in seats if one.value is not None)
    finding += f"{len(seats)} 个座席有件数,人均日产能的中位数 {words.bare(median(outputs), OUTPUT_UNIT)} {OUTPUT_UNIT}"
    if scope.house.showing is Showing.OFF:
        return Section("seats", "座席", f"{finding}。", (comparison(scope, kpis),))
    finding += f",最高 {words.bare(outputs[-1], OUTPUT_UNIT)},最低 {words.bare(outputs[0], OUTPUT_UNIT)}。"
    lowest = _lowest(scope, seats)
    return Section("seats", "座席", finding, (comparison(scope, kpis), *([lowest] if lowest is not None else [])))


def _lowest(scope: Scope, seats: Sequence[KpiValue]) -> Table | None:
    """The seats with the lowest output; without names by their place among all, and without what would tell them."""
    named = scope.house.showing is Showing.ON
    # Without names the order must not tell them either: it goes by the figures alone.
    ranked = sorted(seats, key=lambda one: (one.value or 0.0, one.key if named else one.numerator or 0.0))
    places = {one.key: len(ranked) - at for at, one in enumerate(ranked)}
    least = [one for one in ranked if (one.denominator or 0) >= min(3, scope.period.days)][:MOST]
    if not least or len(seats) <= len(least):
        return None
    columns = [Column("座席", 20), Column("日均产能", 20, Align.RIGHT)]
    columns += [Column("件数 / 座席日", 24, Align.RIGHT)] if named else []
    rows = []
    for one in least:
        name = one.key.rpartition("/")[2] if named else f"座席 {places[one.key]}"
        output = Cell(words.amount(one.value or 0.0, OUTPUT_UNIT), value=one.value, unit=OUTPUT_UNIT)
        rows.append((Cell(name), output, *([Cell(words.divided(one.numerator, one.denominator))] if named else [])))
    how = "" if named else "(不列工号,序号为产能从高到低的名次)"
    return Table(tuple(columns), tuple(rows), f"产能最低的 {len(rows)} 个座席{how}")


def orders_section(scope: Scope) -> Section:
    """Orders: how they were handled, who is late, what they were about."""
    kpis = known(scope, Group.ORDERS)
    if not kpis:
        return Section("orders", "工单", "没有工单数据。")
    finding = _said(scope, kpis, ("accepted_volume", "on_time_closure_rate", "satisfaction_rate"))
    more = [table for table in (_late(scope), _about(scope)) if table is not None]
    return Section("orders", "工单", finding, (comparison(scope, kpis), *more))


def _late(scope: Scope) -> Table | None:
    """The departments with most orders overdue."""
    found = scope.ask(["on_time_closure_rate"], scope.period, Grain.DEPARTMENT)["on_time_closure_rate"]
    late = [(one, (one.denominator or 0.0) - (one.numerator or 0.0)) for one in found if one.key]
    worst = sorted((pair for pair in late if pair[1] > 0), key=lambda pair: (-pair[1], pair[0].key))[:MOST]
    if len(late) < 2 or not worst:
        return None
    columns = (
        Column("承办单位", 30),
        Column("逾期", 12, Align.RIGHT),
        Column("到期", 12, Align.RIGHT),
        Column("按时办结率", 16, Align.RIGHT),
    )
    rows = tuple(
        (
            Cell(one.key),
            Cell(f"{words.number(gone)} 件", value=gone),
            Cell(f"{words.number(one.denominator or 0.0)} 件", value=one.denominator),
            words.figure(one, words.PERCENT),
        )
        for one, gone in worst
    )
    return Table(columns, rows, "逾期最多的承办单位")


def _about(scope: Scope) -> Table | None:
    """What most orders were about, held against the days before."""
    code = "accepted_volume"
    now, then = (scope.ask([code], days, Grain.CATEGORY)[code] for days in (scope.period, scope.before))
    named = sorted((one for one in now if one.key and one.value), key=lambda one: (-(one.value or 0.0), one.key))
    if len(named) < 2:
        return None
    before = {one.key: one for one in then}
    columns = (
        Column("类别", 30),
        Column("受理", 14, Align.RIGHT),
        Column(words.BEFORE[scope.kind], 14, Align.RIGHT),
        Column("变化", 16, Align.RIGHT),
    )
    rows = []
    for one in named[:MOST]:
        old = before.get(one.key)
        figure = Cell() if old is None or old.value is None else Cell(words.number(old.value), value=old.value)
        change = Cell() if old is None else moved(one, old, "件")
        rows.append((Cell(one.key), Cell(words.number(one.value or 0.0), value=one.value), figure, change))
    return Table(columns, tuple(rows), "受理最多的类别")
