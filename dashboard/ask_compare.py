"""What 中心对比 shows, asked of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from dashboard.ask_parts import chart_span, excluded_days, formulas_in_force, page_scope
from dashboard.judged import Target
from dashboard.scope import Scope
from dashboard.views import DailyChart, MarkedDay
from dashboard.views_calls import PageScope
from dashboard.views_compare import CompareView, KpiComparison, Strip, Unit, UnitRow
from dashboard.views_live import Paced
from db.by_centre import ByGroup, Facts, by_group, by_group_and_day
from db.centres import Centre
from db.definitions import load_calendar
from db.kpi_targets import KpiTarget
from kpi.catalogue import Catalogue
from kpi.compare import Entrant, compare
from kpi.definitions import formula_text
from kpi.model import Better, Group, Kpi, KpiValue, NoValue
from kpi.workdays import DayKind

OFFERED = (Group.CALLS, Group.ORDERS, Group.QUALITY, Group.SEATS)
DEFAULT = "answer_rate"
MOST_STRIPS = 12
"""Centres drawn by day: of more, the worst."""
TOGETHER = ""
"""The key of all units together; no centre's code is empty."""


Paces = Mapping[str, Mapping[str, Paced]]
"""By a unit's code, then by KPI, how it stands in the sheet that is about just that centre."""


def goals_of_units(scope: Scope) -> dict[str, dict[str, KpiTarget]]:
    """By a unit's code the targets whose pace tells of its figures. No sheet is about a centre without those below."""
    units = _units(scope, _top(scope))
    return {unit.code: _of(scope, unit, {}).goals() for unit in units if unit.chosen and not unit.alone}


def build_compare(scope: Scope, paces: Paces = MappingProxyType({})) -> CompareView:
    """All of the page's figures."""
    groups = offered(scope.catalogue)
    kpi = _drawn(scope, groups)
    top = _top(scope)
    units = _units(scope, top)
    whole = replace(scope, filters=scope.filters.with_centre(top.code if top else ""))
    taking = [unit for unit in units if unit.chosen]
    if len(taking) < 2:
        return CompareView(page_scope(whole, []), units, groups, kpi, None, (), ())
    facts = Facts(scope.conn, scope.catalogue, scope.centres, scope.definitions)
    ids = {unit.code: _ids(scope, unit) for unit in taking}
    ids[TOGETHER] = tuple(sorted({centre for own in ids.values() for centre in own}))
    found = by_group(facts, groups[kpi.group], ids, scope.period, _as_of(scope))
    silent = {unit.code for unit in taking if unit.alone and not _tells(found, unit)}
    units = tuple(unit for unit in units if unit.code not in silent)
    taking = [unit for unit in taking if unit.code not in silent]
    many = tuple(_comparison(scope, one, taking, found, paces) for one in groups[kpi.group])
    drawn = next(one for one in many if one.kpi.code == kpi.code)
    shared = _shared(whole, drawn)
    if len(taking) < 2:
        return CompareView(shared, units, groups, kpi, None, (), ())
    strips = _strips(scope, facts, drawn, ids)
    told = tuple(one for one in many if one.total.value is not None)
    return CompareView(shared, units, groups, kpi, drawn, told, strips)


def offered(catalogue: Catalogue) -> dict[Group, tuple[Kpi, ...]]:
    """The KPIs that centres of any size can be compared by: ratios. Counts tell of the size, money of the plan."""
    fit = [kpi for kpi in catalogue if not kpi.is_count and kpi.better is not Better.NEAR_PLAN]
    return {group: tuple(kpi for kpi in fit if kpi.group is group) for group in OFFERED}


def _drawn(scope: Scope, groups: Mapping[Group, Sequence[Kpi]]) -> Kpi:
    kpi = scope.catalogue.kpis.get(scope.filters.kpi)
    known = kpi is not None and kpi in groups.get(kpi.group, ())
    return kpi if kpi is not None and known else scope.catalogue.kpis[DEFAULT]


def _as_of(scope: Scope) -> date:
    return min(scope.today, scope.period.end)


def _top(scope: Scope) -> Centre | None:
    """The centre whose parts are compared: the one chosen, or of one without parts the one above it."""
    roots = scope.centres.roots()
    code = scope.filters.centre
    if not code:
        return roots[0] if len(roots) == 1 else None
    centre = scope.centres.get(code)
    if _below(scope, centre) or centre.parent is None:
        return centre if _below(scope, centre) or len(roots) == 1 else None
    return scope.centres.get(centre.parent)


def _below(scope: Scope, top: Centre | None) -> list[Centre]:
    return [centre for centre in scope.centres if centre.parent == (top.code if top else None)]


def _units(scope: Scope, top: Centre | None) -> tuple[Unit, ...]:
    """The centres below ``top``, and itself as far as it has figures of its own."""
    below = _below(scope, top)
    candidates = [*([top] if top else []), *below]
    codes = [centre.code for centre in candidates]
    wanted = {code for code in scope.filters.centres if code in codes} or set(codes)
    own = scope.filters.centre if not (top and top.code == scope.filters.centre) else ""
    return tuple(
        Unit(
            centre.code,
            centre.name,
            alone=centre is top and bool(below),
            chosen=centre.code in wanted,
            own=centre.code == own,
        )
        for centre in candidates
    )


def _ids(scope: Scope, unit: Unit) -> tuple[int, ...]:
    return (scope.centres.get(unit.code).id,) if unit.alone else scope.centres.under(unit.code)


def _tells(found: ByGroup, unit: Unit) -> bool:
    return any(own[unit.code].value.value is not None for own in found.values())


def _of(scope: Scope, unit: Unit, paces: Paces) -> Scope:
    """The scope of a unit: its own targets, definitions, exclusions and paces."""
    return replace(scope, filters=scope.filters.with_centre(unit.code), paces=paces.get(unit.code, {}))


def _comparison(scope: Scope, kpi: Kpi, taking: Sequence[Unit], found: ByGroup, paces: Paces) -> KpiComparison:
    figures = found[kpi.code]
    scopes = {unit.code: _of(scope, unit, paces) for unit in taking}
    alike = len({mark for unit in taking for mark in _formula_marks(scope, kpi, unit)}) <= 1
    own_figures = [(unit.code, figures[unit.code]) for unit in taking]
    entrants = [Entrant(code, one.value, one.days, one.read) for code, one in own_figures]
    by_code = {unit.code: unit for unit in taking}
    rows = []
    for standing in compare(kpi, entrants, scope.min_sample, alike=alike):
        own = scopes[standing.key]
        rows.append(UnitRow(by_code[standing.key], standing, own.target(kpi), own.status(kpi, standing.value)))
    formulas = {code: tuple(formulas_in_force(own, kpi)) for code, own in scopes.items()}
    return KpiComparison(kpi, tuple(rows), figures[TOGETHER].value, alike, formulas)


def _formula_marks(scope: Scope, kpi: Kpi, unit: Unit) -> set[tuple[tuple[date, str, str], ...]]:
    """What tells the formulas of a unit's centres apart: each text and mode with its days."""
    return {
        tuple(
            (segment.period.start, formula_text(kpi, segment.definition), segment.definition.mode)
            for segment in scope.definitions.segments(kpi, scope.centres.chain(centre), scope.period)
        )
        for centre in _ids(scope, unit)
    }


def _shared(whole: Scope, drawn: KpiComparison) -> PageScope:
    """What the parts of the page share; where formulas differ there is none for all."""
    shared = page_scope(whole, [drawn.kpi])
    one = next(iter(drawn.formulas.values()), ())
    return replace(shared, formulas={drawn.kpi.code: one if drawn.alike else ()})


def _enough(value: KpiValue, min_sample: int) -> KpiValue:
    """The figure of a day; of a day with too few samples none, or a small centre would stretch the axis of all."""
    if value.value is None or (value.denominator or 0.0) >= min_sample:
        return value
    return replace(value, value=None, reason=NoValue.TOO_FEW)


def _strips(scope: Scope, facts: Facts, drawn: KpiComparison, ids: Mapping[str, tuple[int, ...]]) -> tuple[Strip, ...]:
    rows = [row for row in drawn.rows if row.standing.value.value is not None][:MOST_STRIPS]
    span = chart_span(scope)
    groups = {row.unit.code: ids[row.unit.code] for row in rows}
    by_day = by_group_and_day(facts, drawn.kpi, groups, span, _as_of(scope)) if rows else {}
    calendar = load_calendar(scope.conn)
    kinds = [calendar.day(span.start + timedelta(days=n)) for n in range(span.days)]
    holidays = tuple(MarkedDay(k.day, k.name) for k in kinds if k.kind is DayKind.HOLIDAY)

    def chart(row: UnitRow) -> DailyChart:
        out = excluded_days(_of(scope, row.unit, {}), span)
        target: Target | None = row.target.of_a_day if row.target else None
        least = 0 if drawn.kpi.group is Group.SEATS else scope.min_sample  # a day has no more seat-days than seats
        days = tuple(_enough(value, least) for value in by_day[row.unit.code])
        return DailyChart(drawn.kpi, days, target, scope.period, scope.today, holidays, out)

    return tuple(Strip(row.unit, chart(row)) for row in rows)
