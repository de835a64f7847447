"""What 话务 shows, asked of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from dashboard.ask_parts import TREND_DAYS, by_key, compared, daily_chart, has_exclusions, page_scope
from dashboard.ask_today import day_hint, same_hours
from dashboard.judged import Target
from dashboard.reference import Kind, Reference
from dashboard.scope import Scope
from dashboard.texts import t
from dashboard.views import DailyChart
from dashboard.views_calls import Bucket, CallsView, Compared, FormulaRow, Heat, PageScope, Versus, Waits
from db.side_by_side import side_by_side
from db.waits import WaitSums, wait_sums
from db.week_hours import by_week_hour
from kpi.definitions import formula_text
from kpi.model import Ask, Grain, Kpi, KpiValue
from kpi.periods import Period, on_last_year
from kpi.service_level import SIX
from kpi.status import Operator

VOLUME = "offered_volume"
FIGURES = (VOLUME, "answer_rate", "service_level", "speed_of_answer", "handle_time", "abandon_rate")
HEATS = ("offered_volume", "answer_rate", "speed_of_answer", "abandon_rate")
GROUPED = ("offered_volume", "answer_rate", "service_level", "speed_of_answer")
GROUPS = {"queue": Grain.QUEUE, "channel": Grain.CHANNEL}
ROLLING_TARGET = Target(Operator.AT_LEAST, 0.95)
"""GB/T 33358: 接通率 ≥ 95 % over any continuous 24 hours."""


def build_calls(scope: Scope) -> CallsView:
    """All of the page's figures."""
    kpis = scope.catalogue.kpis
    passed = scope.period.until(scope.today)
    waits = wait_sums(scope.conn, scope.ids, passed.start, passed.end) if passed else {}
    shared, figures, hour = page_scope(scope, [kpis[code] for code in FIGURES]), compared(scope, FIGURES), 0
    if _is_today(scope) and shared.against is not Kind.NONE:
        shared, figures, hour = _over_the_same_hours(scope, shared, figures)
    return CallsView(
        scope=shared,
        figures=figures,
        heats=_heats(scope),
        waits={kind: _waits(sums) for kind, sums in waits.items()},
        limit=scope.definitions.in_force(kpis["service_level"], scope.chain, scope.period.end).limit,
        six=_six(scope, kpis["service_level"]),
        rolling=_rolling(scope, kpis["answer_rate"]),
        abandoned=daily_chart(scope, kpis["abandon_rate"], scope.target(kpis["abandon_rate"])),
        versus=_versus(scope, next(one for one in figures if one.kpi.code == VOLUME), hour),
        groups={name: by_key(scope, GROUPED, "answer_rate", by) for name, by in GROUPS.items()},
    )


def _is_today(scope: Scope) -> bool:
    return scope.period == Period(scope.today, scope.today)


def _over_the_same_hours(
    scope: Scope, shared: PageScope, figures: Sequence[Compared]
) -> tuple[PageScope, tuple[Compared, ...], int]:
    """Today's whole hours against those 总览 holds them against, and against those of the same day a year before; with
    the first hour that does not count."""
    hours = same_hours(scope, [one.kpi for one in figures])
    hour = max(found.hour for found in hours.values())
    year = on_last_year(scope.period, scope.today)
    last = scope.ask(list(hours), year.before, until_hour=hour).values if year and hour else {}
    made = []
    for one in figures:
        found = hours[one.kpi.code]
        past = last[one.kpi.code][0] if last else None
        before = found.before if shared.with_chosen else None
        made.append(replace(one, part=found.now, before=before, last_year=past, reason=found.reason))
    return replace(shared, hint=_hours_hint(scope, shared, hour) if hour else ""), tuple(made), hour


def _hours_hint(scope: Scope, shared: PageScope, hour: int) -> str:
    """Which hours of which days are compared."""
    if shared.against is Kind.PREVIOUS:
        return t("calls.same_hours", hour=hour)
    comparison = scope.filters.comparison(scope.today)
    return day_hint(hour, comparison.before.start) if comparison else ""


def _ask(scope: Scope, kpis: tuple[str, ...], *, exclude: bool = False) -> Ask:
    period = scope.period
    return Ask(
        kpis, scope.codes, period.start, period.end, min(max(scope.today, period.start), period.end), exclude=exclude
    )


def _heats(scope: Scope) -> tuple[Heat, ...]:
    if scope.period.start > scope.today:
        return ()
    found = by_week_hour(scope.conn, scope.catalogue, _ask(scope, HEATS))
    return tuple(_heat(scope, scope.catalogue.kpis[code], values) for code, values in found.items() if values)


def _heat(scope: Scope, kpi: Kpi, values: tuple[KpiValue, ...]) -> Heat:
    placed = {}
    for value in values:
        weekday, _, hour = value.key.partition("/")
        placed[int(weekday), int(hour)] = _mean_of_a_day(value) if kpi.is_count else value
    few = {at for at, v in placed.items() if not kpi.is_count and (v.denominator or 0.0) < scope.min_sample}
    return Heat(kpi, placed, frozenset(few), scope.target(kpi))


def _mean_of_a_day(value: KpiValue) -> KpiValue:
    """A count spread over the days it was counted on."""
    return replace(
        value, value=(value.numerator or 0.0) / value.days_with_data, denominator=float(value.days_with_data)
    )


def _waits(sums: WaitSums) -> Waits:
    if not sums.total:
        return Waits(sums.total, (), {}, sums.days, sums.passed)
    limits = sorted(sums.within)
    edges = [*zip([0, *limits], limits, strict=False), (limits[-1], None)]
    counts = [sums.within.get(upto or 0, sums.total) - sums.within.get(over, 0.0) for over, upto in edges]
    buckets = [Bucket(*edge, count, count / sums.total) for edge, count in zip(edges, counts, strict=True)]
    return Waits(
        sums.total,
        tuple(buckets),
        {limit: count / sums.total for limit, count in sums.within.items()},
        sums.days,
        sums.passed,
    )


def _six(scope: Scope, kpi: Kpi) -> tuple[FormulaRow, ...]:
    """The formulas side by side; in force is whatever was so on any day of the period that has passed."""
    passed = scope.period.until(scope.today) or scope.period
    in_force = {segment.definition.formula for segment in scope.definitions.segments(kpi, scope.chain, passed)}
    last = scope.definitions.in_force(kpi, scope.chain, passed.end)
    codes = SIX + tuple(code for code in sorted(in_force) if code not in SIX)
    given = side_by_side(scope.conn, scope.catalogue, _ask(scope, (kpi.code,)), kpi, codes)
    without: Mapping[str, KpiValue] = {}
    if has_exclusions(scope):
        without = side_by_side(scope.conn, scope.catalogue, _ask(scope, (kpi.code,), exclude=True), kpi, codes)
    return tuple(
        FormulaRow(formula_text(kpi, replace(last, formula=code)), code in in_force, given[code], without.get(code))
        for code in codes
    )


def _rolling(scope: Scope, kpi: Kpi) -> DailyChart:
    """The worst continuous 24 hours that ended on each of the last four weeks' days of the period."""
    last = max(min(scope.period.end, scope.today), scope.period.start)
    span = Period(last - timedelta(days=TREND_DAYS - 1), last)
    values = scope.ask((kpi.code,), span, Grain.ROLLING_24H).values[kpi.code]
    named = replace(kpi, name=t("calls.rolling_name"))
    return replace(daily_chart(scope, named, ROLLING_TARGET, values), period=span, today_counts=True)


def _versus(scope: Scope, one: Compared, hour: int) -> Versus | None:
    """The period by day beside the days chosen, else beside those a year before; None where nothing is compared. Of
    today the hours that its change is over."""
    kpi, reference = one.kpi, scope.filters.compare
    own = reference.kind is Kind.DAYS
    if reference.kind is Kind.NONE or (own and scope.filters.comparison(scope.today) is None):
        return None
    against = reference if own else Reference(Kind.LAST_YEAR)
    comparison = against.comparison(scope.period, min(scope.period.end, scope.today), scope.today)
    name = reference.name(scope.today) if own else t("calls.last_year")
    if comparison is None:
        return Versus(kpi, (), (), (), scope.period.start, name)
    if _is_today(scope):
        other = one.before if own else one.last_year
        past_hours = other.value if other is not None else None
        return Versus(kpi, (scope.today,), (one.held.value,), (past_hours,), comparison.before.start, name, hour)
    now, then = (scope.ask((kpi.code,), p, Grain.DAY).values[kpi.code] for p in (comparison.current, comparison.before))
    days = tuple(value.start for value in now)
    past = tuple(value.value for value in then)[: len(days)]
    past += (None,) * (len(days) - len(past))
    return Versus(kpi, days, tuple(value.value for value in now), past, comparison.before.start, name)
