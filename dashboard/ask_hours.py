"""Today by hour: against the usual day of its kind, and what it takes to end the day on target."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from dashboard.ask_today import USUAL_DAYS, days_alike
from dashboard.judged import Target
from dashboard.scope import Scope, needed_measures
from dashboard.views_live import HourlyChart, RestOfDay
from db.day_series import hour_grid
from kpi.definitions import formula_text, resolve
from kpi.model import Fact, Grain, Kpi, KpiValue, Unit
from kpi.pacing import pace_ratio
from kpi.periods import Period
from kpi.status import Operator
from kpi.usual import usual_hours


def hourly_chart(scope: Scope, drawn: Kpi | None) -> HourlyChart | None:
    """Today by hour, for the KPI drawn where calls tell it, else for 接通率. None where today is not in the period."""
    if not scope.period.start <= scope.today <= scope.period.end:
        return None
    kpi = drawn if drawn is not None and _is_by_hour(scope, drawn) else scope.catalogue.kpis["answer_rate"]
    today = Period(scope.today, scope.today)
    values = tuple(sorted(scope.ask((kpi.code,), today, Grain.HOUR).values[kpi.code], key=lambda v: v.key))
    if not values and scope.period != today:
        return None
    formula = formula_text(kpi, scope.definitions.in_force(kpi, scope.chain, scope.today))
    kind, usual = _usual(scope, kpi) if values else ("", {})
    target = scope.target(kpi)
    return HourlyChart(kpi, formula, values, target, scope.min_sample, usual, kind, _rest(kpi, values, usual, target))


def _is_by_hour(scope: Scope, kpi: Kpi) -> bool:
    needs = needed_measures(scope, kpi, scope.period)
    return not kpi.is_count and all(scope.catalogue.measures[code].fact is Fact.CALL for code in needs)


def _usual(scope: Scope, kpi: Kpi) -> tuple[str, dict[int, float]]:
    """The kind of today, and what the denominator usually is by hour on such a day."""
    span = Period(scope.today - timedelta(days=USUAL_DAYS), scope.today)
    definition = scope.definitions.in_force(kpi, scope.chain, scope.today)
    weights = resolve(kpi.formula(definition.formula).denominator, definition)
    kind, alike = days_alike(scope, span)
    grid = hour_grid(scope.conn, list(weights), scope.ids, span.start, span.end)
    amounts = np.tensordot(grid, np.array(list(weights.values()), float), axes=(1, 0))
    told = ~np.isnan(amounts)
    sums = np.where(told, amounts, 0.0).sum(axis=0)
    rows = (
        (day, hour, float(sums[at, hour]))
        for day, at in ((day, (day - span.start).days) for day in alike)
        for hour in np.flatnonzero(told[:, at].any(axis=0)).tolist()
    )
    return kind, usual_hours(rows, alike)


def _rest(
    kpi: Kpi, values: tuple[KpiValue, ...], usual: Mapping[int, float], target: Target | None
) -> RestOfDay | None:
    """What it takes from the hour after the last one with data; None without a target or a usual day."""
    if target is None or target.whole or target.operator is Operator.EQUAL or not usual or not values:
        return None
    from targets.said import needed  # late: what stands behind it is not needed to start

    top, bottom = sum(v.numerator or 0.0 for v in values), sum(v.denominator or 0.0 for v in values)
    last = max(int(v.key) for v in values)
    ahead = sum(amount for hour, amount in usual.items() if hour > last)
    pace = pace_ratio(top, bottom, ahead, target.operator, target.value, is_share=kpi.unit is Unit.PERCENT)
    required = needed(pace.required, target.operator, kpi.unit.value) if pace.required is not None else ""
    return RestOfDay(ahead, required, pace.left, pace.locked, pace.out_of_reach)
