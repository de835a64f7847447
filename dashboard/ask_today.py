"""A running day held against others over like lengths: the hours up to the last one with data (RULES 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from dashboard import format as fmt
from dashboard.reference import Kind, nothing_then
from dashboard.scope import Scope
from dashboard.texts import t
from dashboard.views import SameHours
from db.definitions import load_calendar
from db.facts import last_hours
from kpi.exclusions import excluded_hours
from kpi.model import Grain, Kpi, KpiValue, NoValue
from kpi.periods import ONE_DAY, Period
from kpi.usual import kind_name, usual

USUAL_DAYS = 28
"""The days before today among which those of its kind are sought."""
EXPECTED_DAYS = 7
"""A centre with calls by the hour on any of these days should have some today."""


def same_hours(scope: Scope, kpis: Sequence[Kpi]) -> dict[str, SameHours]:
    """Today's whole hours against the same hours of yesterday and of the usual day of today's kind, by KPI code; where
    something else was chosen to compare with, against those of that one day.

    The last hour with data may still be running, so it is left out. Of several centres the one furthest behind says
    which hour that is.
    """
    hour, reason = _last_hour(scope)
    if hour is None:
        return {kpi.code: SameHours(reason=reason) for kpi in kpis}
    if scope.filters.compare.kind is not Kind.PREVIOUS:
        return _on_chosen_day(scope, kpis, hour)
    span = Period(scope.today - timedelta(days=USUAL_DAYS), scope.today)
    days = scope.ask([kpi.code for kpi in kpis], span, Grain.DAY, until_hour=hour).values
    kind, alike = days_alike(scope, span)
    found = {}
    for kpi in kpis:
        others = [value for value in days[kpi.code] if value.start in alike]
        found[kpi.code] = _compared(days[kpi.code], usual(kpi, others), hour, kind)
    return found


def _on_chosen_day(scope: Scope, kpis: Sequence[Kpi], hour: int) -> dict[str, SameHours]:
    """Today's whole hours against those of the one day chosen: the same day a year before, or one of one's own."""
    codes, reference = [kpi.code for kpi in kpis], scope.filters.compare
    now = scope.ask(codes, scope.period, until_hour=hour).values
    comparison = scope.filters.comparison(scope.today)
    if comparison is None:
        why = reference.obstacle(scope.period, scope.today)
        return {code: SameHours(now[code][0], reason=why, hour=hour) for code in codes}
    then = scope.ask(codes, comparison.before, until_hour=hour).values
    hint = day_hint(hour, comparison.before.start)
    found = {}
    for code in codes:
        mine, other = now[code][0], then[code][0]
        why = _not_today(mine, hour) if mine.value is None else nothing_then(reference.kind, other)
        found[code] = SameHours(mine, other, None, "" if why else hint, why, hour)
    return found


def day_hint(hour: int, day: date) -> str:
    """Which hours of which day today is held against."""
    return t("reference.hours_hint", hour=hour, day=f"{fmt.day(day)}({fmt.weekday(day)})")


def days_alike(scope: Scope, span: Period) -> tuple[str, set[date]]:
    """The kind of today, and the days of it in ``span`` before today that no exclusion touches."""
    calendar = load_calendar(scope.conn)
    kind = kind_name(scope.today, calendar)
    chains = [scope.centres.chain(centre) for centre in scope.ids]
    out = {day for chain in chains for day in excluded_hours(scope.exclusions, chain, span)}
    return kind, {d for n in range(1, span.days) if kind_name(d := scope.today - n * ONE_DAY, calendar) == kind} - out


def _last_hour(scope: Scope) -> tuple[int | None, str]:
    """The last hour of today with data in every centre; or why there is none."""
    hours = last_hours(scope.conn, scope.ids, scope.today, scope.today - timedelta(days=EXPECTED_DAYS))
    if not hours:
        return None, t("today.whole_days")
    silent = [scope.centres.by_id[centre].name for centre, hour in hours.items() if hour is None]
    if silent:
        return None, t("today.silent", names=t("finding.comma").join(silent))
    first = min(hour for hour in hours.values() if hour is not None)
    return (first, "") if first else (None, t("today.no_hour"))


def _compared(days: Sequence[KpiValue], usual_day: KpiValue | None, hour: int, kind: str) -> SameHours:
    now, yesterday = days[-1], days[-2]
    if now.value is None:
        return SameHours(reason=_not_today(now, hour))
    before = yesterday if yesterday.value is not None else None
    if before is None and usual_day is None:
        return SameHours(now, reason=t("today.nothing_before"), hour=hour)
    return SameHours(now, before, usual_day, t("today.hint", hour=hour, kind=kind), hour=hour)


def _not_today(now: KpiValue, hour: int) -> str:
    """Why today has no value up to the hour."""
    return t("today.whole_days") if now.reason is NoValue.UNAVAILABLE else t("today.no_value", hour=hour)
