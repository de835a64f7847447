"""What the pages 话务 and 工单 ask alike: comparisons, rankings by key, charts by day, formulas in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dashboard import format as fmt
from dashboard.judged import Target
from dashboard.reference import Kind
from dashboard.scope import Scope, needed_measures
from dashboard.texts import t
from dashboard.views import DailyChart, MarkedDay
from dashboard.views_calls import Compared, GroupRow, GroupTable, PageScope
from db.definitions import load_calendar
from db.facts import givers
from db.origins import source_names
from kpi.definitions import BEGINNING, formula_text
from kpi.exclusions import excluded_hours
from kpi.interval import wilson
from kpi.model import Better, Grain, Kpi, KpiValue
from kpi.periods import Period, compared_until, on_last_year
from kpi.workdays import DayKind

TREND_DAYS = 28


def page_scope(scope: Scope, kpis: Sequence[Kpi]) -> PageScope:
    """What the parts of a page share."""
    return PageScope(
        centre_name=scope.centres.get(scope.chain[0]).name if scope.chain else t("filter.all_centres"),
        label=scope.filters.label(),
        compared_with=scope.filters.compared_with(scope.today),
        period=scope.period,
        today=scope.today,
        min_sample=scope.min_sample,
        formulas={kpi.code: tuple(formulas_in_force(scope, kpi)) for kpi in kpis},
        sources=sources_of(scope, kpis),
        to_yesterday=scope.filters.is_to_yesterday(scope.today),
        against=scope.filters.compare.kind,
        said=scope.filters.said_comparison(scope.today),
        obstacle=scope.filters.compare.obstacle(scope.period, scope.today),
    )


def formulas_in_force(scope: Scope, kpi: Kpi) -> Iterable[tuple[str, str]]:
    """The formulas of a KPI over the period, written out, each with since when."""
    passed = scope.period.until(scope.today) or scope.period
    for segment in scope.definitions.segments(kpi, scope.chain, passed):
        text, since = formula_text(kpi, segment.definition), segment.definition.valid_from
        yield text, "" if since == BEGINNING else f"({t('proof.since', day=fmt.day(since))})"


def sources_of(scope: Scope, kpis: Sequence[Kpi]) -> tuple[str, ...]:
    """Codes of the sources that lately brought what these KPIs need; none for a period that is over."""
    if scope.period.end < scope.today:
        return ()
    span = Period(scope.today - timedelta(days=TREND_DAYS - 1), scope.today)
    needed = sorted({code for kpi in kpis for code in needed_measures(scope, kpi, span)})
    names = source_names(scope.conn)
    found = givers(scope.conn, needed, scope.ids, span.start, span.end)
    return tuple(sorted({names[source][0] for ids in found.values() for source in ids}))


def compared(scope: Scope, codes: Sequence[str]) -> tuple[Compared, ...]:
    """KPIs over the period, beside the days chosen to compare with and the year before, as far as these are wanted."""
    running_day, kind = scope.period == Period(scope.today, scope.today), scope.filters.compare.kind
    before = None if running_day or kind is Kind.LAST_YEAR else scope.filters.comparison(scope.today)
    wants_year = not running_day and kind is not Kind.NONE
    year = on_last_year(scope.period, compared_until(scope.period, scope.today)) if wants_year else None
    now = scope.ask(codes, scope.period, part_until=whole_days(scope)).values
    then = scope.ask(codes, before.before).values if before else {}
    last = scope.ask(codes, year.before).values if year else {}
    without = scope.ask(codes, scope.period, exclude=True).values if has_exclusions(scope) else {}
    reason = t("reference.running_day") if running_day else only_today(scope)
    made = []
    for code in codes:
        kpi, value = scope.catalogue.kpis[code], now[code][0]
        target = scope.target(kpi)
        excluding, previous, year_ago = (found[code][0] if found else None for found in (without, then, last))
        status, part = scope.status(kpi, value), next(iter(now[code][1:]), None)
        made.append(Compared(kpi, value, excluding, previous, year_ago, target, status, part, reason))
    return tuple(made)


def whole_days(scope: Scope) -> date | None:
    """The last of the days that are compared, where these are not all that are shown: today has only begun."""
    last = compared_until(scope.period, scope.today)
    return last if scope.period.start <= last < min(scope.period.end, scope.today) else None


def only_today(scope: Scope) -> str:
    """Why a period that begins today is compared with nothing; '' for any other."""
    return t("calls.only_today") if scope.period.start == scope.today < scope.period.end else ""


def has_exclusions(scope: Scope) -> bool:
    """True where approved exclusions lie in the period."""
    chains = [scope.centres.chain(centre) for centre in scope.ids]
    return any(excluded_hours(scope.exclusions, chain, scope.period) for chain in chains)


def by_key(scope: Scope, codes: Sequence[str], rate: str, by: Grain) -> GroupTable:
    """KPIs by queue, channel, department or category, worst first by ``rate``."""
    kpis = tuple(scope.catalogue.kpis[code] for code in codes)
    found = scope.ask(codes, scope.period, by).values
    ranked = scope.catalogue.kpis[rate]
    known = {kpi.code: {value.key: value for value in found[kpi.code]} for kpi in kpis}
    keys = dict.fromkeys(value.key for kpi in kpis for value in found[kpi.code])
    rows = [_row(key, [known[kpi.code].get(key) for kpi in kpis], codes.index(rate), scope.min_sample) for key in keys]
    rows.sort(key=lambda row: _rank(row, ranked, codes.index(rate)))
    return GroupTable(kpis, ranked, tuple(rows), scope.min_sample, scope.target(ranked))


def _row(key: str, values: list[KpiValue | None], at: int, min_sample: int) -> GroupRow:
    rate = values[at]
    sample = (rate.denominator or 0.0) if rate is not None else 0.0
    interval = wilson(rate.numerator or 0.0, sample) if rate is not None else None
    return GroupRow(key, tuple(values), interval, few=sample < min_sample)


def _rank(row: GroupRow, kpi: Kpi, at: int) -> tuple[bool, float, str]:
    value = row.values[at]
    amount = value.value if value is not None and value.value is not None else 0.0
    return row.few, -amount if kpi.better is Better.LOWER else amount, row.key


def daily_chart(scope: Scope, kpi: Kpi, target: Target | None, values: Sequence[KpiValue] | None = None) -> DailyChart:
    """A KPI by day: the period, and as many days before it as make four weeks. ``values``: given, not asked for."""
    span = chart_span(scope)
    found = scope.ask((kpi.code,), span, Grain.DAY).values[kpi.code] if values is None else values
    calendar = load_calendar(scope.conn)
    kinds = [calendar.day(span.start + timedelta(days=n)) for n in range(span.days)]
    holidays = tuple(MarkedDay(k.day, k.name) for k in kinds if k.kind is DayKind.HOLIDAY)
    out = excluded_days(scope, span)
    return DailyChart(kpi, tuple(found), target, scope.period, scope.today, holidays, out, min_sample=scope.min_sample)


def chart_span(scope: Scope) -> Period:
    """The days a chart by day shows."""
    last = max(min(scope.period.end, scope.today), scope.period.start)
    return Period(min(scope.period.start, last - timedelta(days=TREND_DAYS - 1)), last)


def excluded_days(scope: Scope, span: Period) -> tuple[MarkedDay, ...]:
    """The days that approved exclusions touch, with their reasons."""
    found: dict[date, str] = {}
    for exclusion in scope.exclusions:
        for centre in scope.ids:
            for day in excluded_hours((exclusion,), scope.centres.chain(centre), span):
                found[day] = t("chart.excluded", category=exclusion.category, reason=exclusion.reason)
    return tuple(MarkedDay(day, text) for day, text in sorted(found.items()))
