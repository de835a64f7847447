"""What 总览 shows, asked of the database: figures, targets, comparison, trend, the chart by day and by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from dashboard.ask_hours import hourly_chart
from dashboard.ask_parts import daily_chart, only_today, whole_days
from dashboard.ask_today import same_hours
from dashboard.judged import Target, worry
from dashboard.reference import Kind, nothing_then
from dashboard.scope import Scope, needed_measures
from dashboard.texts import t
from dashboard.views import DailyChart, Indicator, Overview
from db.facts import givers
from db.origins import source_names
from kpi.definitions import formula_text
from kpi.exclusions import excluded_hours
from kpi.model import Grain, Kpi, KpiValue, NoValue
from kpi.periods import Period

HEADLINE = ("answer_rate", "service_level", "satisfaction_rate", "daily_output")
HEADLINE_COUNT = 4
TREND_DAYS = 28
_SILENT = (NoValue.NO_DATA, NoValue.UNAVAILABLE, NoValue.NOT_STARTED)


def build_overview(scope: Scope) -> Overview:
    """All of the page's figures."""
    now = scope.ask((), scope.period, part_until=whole_days(scope)).values
    kpis = [scope.catalogue.kpis[code] for code in now]
    targets = {k.code: scope.target(k) for k in kpis}
    shown = [k for k in kpis if _is_told(scope, k, now[k.code][0], targets[k.code])]
    items = [_judged(scope, i) for i in _indicators(scope, shown, now, targets)]
    headline = _headline(items)
    drawn = _drawn(scope, headline, items)
    rows = sorted((i for i in items if i not in headline), key=lambda i: _worst_first(scope, i))
    return Overview(
        centre_name=_centre_name(scope),
        centres=_reporting(scope, items),
        label=scope.filters.label(),
        compared_with=scope.filters.compared_with(scope.today),
        period=scope.period,
        today=scope.today,
        headline=tuple(headline),
        rows=tuple(rows),
        silent=tuple(k for k in kpis if k not in shown),
        daily=_daily(scope, drawn) if drawn else None,
        hourly=hourly_chart(scope, drawn),
        has_values=any(i.now.value is not None for i in items),
        paces=scope.paces,
    )


def _is_told(scope: Scope, kpi: Kpi, now: KpiValue, target: Target | None) -> bool:
    """What has a target is told even where no source gives it: that is what is wrong with it."""
    return now.reason not in _SILENT or target is not None or kpi.code in scope.paces


def _judged(scope: Scope, item: Indicator) -> Indicator:
    """With the status of the half-year or year where the period shown has none: of counts and amounts."""
    pace = scope.paces.get(item.kpi.code)
    if item.status is not None or pace is None:
        return item
    return replace(item, status=pace.status, judged_over=pace.period)


def _worst_first(scope: Scope, item: Indicator) -> tuple[int, int]:
    """By the worse of the two: how the period shown stands, and how the half-year or year of the target does."""
    pace, own = scope.paces.get(item.kpi.code), worry(item.status)
    return min(own, worry(pace.status)) if pace is not None else own, own


def _centre_name(scope: Scope) -> str:
    return scope.centres.get(scope.chain[0]).name if scope.chain else t("filter.all_centres")


def _reporting(scope: Scope, items: Sequence[Indicator]) -> int:
    """How many centres the figures are added up over, told by the centre-days that have passed."""
    passed = scope.period.until(scope.today)
    most = max((i.now.days_passed for i in items), default=0)
    return max(most // passed.days, 1) if passed else 1


def _indicators(
    scope: Scope, kpis: Sequence[Kpi], now: Mapping[str, Sequence[KpiValue]], targets: Mapping[str, Target | None]
) -> list[Indicator]:
    if not kpis:
        return []
    codes = [k.code for k in kpis]
    part_of_day = scope.period == Period(scope.today, scope.today)
    compares = scope.filters.compare.kind is not Kind.NONE
    hours = same_hours(scope, kpis) if part_of_day and compares else {}
    comparison = None if part_of_day else scope.filters.comparison(scope.today)
    before = scope.ask(codes, comparison.before).values if comparison else {}
    reason = only_today(scope) if compares else ""
    last = min(scope.period.end, scope.today)
    span = Period(last - timedelta(days=TREND_DAYS - 1), last)
    trend = scope.ask(codes, span, Grain.DAY).values
    without = _without(scope, codes)
    sources = _sources(scope, kpis, span)
    return [
        Indicator(
            kpi=kpi,
            now=now[kpi.code][0],
            today=trend[kpi.code][-1] if last == scope.today else None,
            before=before[kpi.code][0] if before else None,
            same_hours=hours.get(kpi.code),
            part=next(iter(now[kpi.code][1:]), None),
            reason=reason or _nothing_before(scope, now[kpi.code], before.get(kpi.code, ())),
            without=without.get(kpi.code),
            target=targets[kpi.code],
            status=scope.status(kpi, now[kpi.code][0]),
            trend=trend[kpi.code],
            sources=sources.get(kpi.code, ()),
        )
        for kpi in kpis
    ]


def _nothing_before(scope: Scope, now: Sequence[KpiValue], before: Sequence[KpiValue]) -> str:
    """Why a figure is held against nothing: the other days can't be taken, or have none; '' where it has no value
    itself, and says why."""
    if now[-1].value is None:
        return ""
    compare = scope.filters.compare
    return compare.obstacle(scope.period, scope.today) or nothing_then(compare.kind, before[0] if before else None)


def _without(scope: Scope, codes: Sequence[str]) -> dict[str, KpiValue]:
    """The figures with approved exclusions left out, where there are any in the period."""
    chains = [scope.centres.chain(i) for i in scope.ids]
    if not any(excluded_hours(scope.exclusions, chain, scope.period) for chain in chains):
        return {}
    values = scope.ask(codes, scope.period, exclude=True).values
    return {code: found[0] for code, found in values.items()}


def _sources(scope: Scope, kpis: Sequence[Kpi], span: Period) -> dict[str, tuple[str, ...]]:
    """The sources that lately brought what each KPI needs."""
    needs = {k.code: set(needed_measures(scope, k, span)) for k in kpis}
    every = sorted(set().union(*needs.values()))
    names = {number: code for number, (code, _title) in source_names(scope.conn).items()}
    brought: dict[str, set[str]] = {}
    for (_centre, measure), ids in givers(scope.conn, every, scope.ids, span.start, span.end).items():
        brought.setdefault(measure, set()).update(names[one] for one in ids)
    return {
        code: tuple(sorted(set().union(*(brought.get(measure, set()) for measure in measures))))
        for code, measures in needs.items()
    }


def _headline(items: Sequence[Indicator]) -> list[Indicator]:
    """The headline KPIs, the worst first; where the sources can't tell one, the next that they can tell."""
    known = {i.kpi.code: i for i in items}
    chosen = [known[code] for code in HEADLINE if code in known]
    spare = [i for i in items if i not in chosen and not i.kpi.is_count]
    return sorted((chosen + spare)[:HEADLINE_COUNT], key=lambda i: worry(i.status))


def _drawn(scope: Scope, headline: Sequence[Indicator], items: Sequence[Indicator]) -> Kpi | None:
    """The KPI drawn by day: the one asked for, else the headline KPI that needs the most attention."""
    if scope.filters.kpi:
        return scope.catalogue.kpis[scope.filters.kpi]
    candidates = [i for i in (*headline, *items) if i.now.value is not None] or list(headline)
    first = min(headline, key=lambda i: worry(i.status), default=None)
    if first is not None and first.now.value is not None:
        return first.kpi
    return candidates[0].kpi if candidates else None


def _daily(scope: Scope, kpi: Kpi) -> DailyChart:
    """The period by day, and as many days before it as make four weeks."""
    target = scope.target(kpi)
    chart = daily_chart(scope, kpi, target.of_a_day if target else None)
    return replace(chart, formula=formula_text(kpi, scope.definitions.in_force(kpi, scope.chain, chart.period.end)))
