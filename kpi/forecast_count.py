"""Where a count will end (RULES 4, C+ and C=): projected total, 80 % interval, probability of meeting the target."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from kpi.count_law import quantiles
from kpi.forecast import Ending, History, Projection, days_to_come, told, untold
from kpi.forecast_days import Floats, kind_factors, kinds_of
from kpi.forecast_past import MIN_DAYS
from kpi.forecast_paths import DRAWS, Ahead, look_ahead
from kpi.periods import Period
from kpi.status import Operator
from kpi.workdays import WorkCalendar

FEW = 60.0  # events below which every single one is counted by chance instead of weekly means
_RARE_DAYS = 365


def project_count(
    history: History,
    period: Period,
    as_of: date,
    operator: Operator,
    target: float,
    calendar: WorkCalendar,
    seed: int = 0,
    *,
    tolerance: float = 0.0,
) -> Projection:
    """The total of the numerator at the period's end, as foretold at the end of ``as_of``.

    ``history``: from ``History.of_counts``; days absent inside the period bring nothing, days absent at its end up to
    ``as_of`` are still to come. Days count by what their kind brings on average. Many events go the way of a ratio
    (events ÷ weight of days); few (below 60 within a year) are gamma–Poisson with a Jeffreys prior.
    ``remaining_denominator`` is the number of days to come.
    """
    known = history.until(as_of)
    if len(known) < MIN_DAYS and as_of < period.end:
        return untold(f"至少要有 {MIN_DAYS} 天数据才能预测, 现在只有 {len(known)} 天", 0.0, len(known))
    done = float(known.between(period.start, period.end).numerator.sum())
    days = days_to_come(known, period, as_of)
    if not len(days):
        return told(Ending(done, np.array([done])), operator, target, tolerance, 0.0, len(known))
    kinds = kinds_of(days, calendar)
    factors = kind_factors(known.numerator, known.kinds)
    weight = factors[kinds]
    year = known.between(date.fromordinal(int(known.days[-1]) - _RARE_DAYS + 1), date.max)
    if year.numerator.sum() < FEW:
        ending = _ending(done + _rare(year, factors[year.kinds], weight))
        few = told(ending, operator, target, tolerance, float(len(days)), len(known))
        return replace(few, weights=(("少量事件 (伽马–泊松)", 1.0),))
    weighed = _weighed(known, factors[known.kinds])
    if len(weighed) < MIN_DAYS or weight.sum() <= 0:
        return untold(f"有业务的日子不足 {MIN_DAYS} 天, 无法预测", float(len(days)), len(weighed))
    rest = look_ahead(weighed, period, Ahead.build(days, kinds, weight), seed).rest()
    ending = _ending(done + np.maximum(rest.rates, 0.0) * weight.sum())
    return told(ending, operator, target, tolerance, float(len(days)), len(known), rest)


def _ending(draws: Floats) -> Ending:
    return Ending(float(np.median(draws)), draws)


def _weighed(known: History, weight: Floats) -> History:
    """Counts against the weights of their days; days of a kind that never brings anything say nothing."""
    kept = weight > 0
    return History(known.days[kept], known.numerator[kept], weight[kept], known.kinds[kept], is_share=False)


def _rare(year: History, past: Floats, ahead: Floats) -> Floats:
    """Even quantiles of the count to come: rate per weight ~ Gamma(events + ½, weight passed), then Poisson."""
    passed = float(past.sum())
    if passed <= 0:
        passed, ahead = float(len(past)), np.ones(len(ahead))
    shape = float(year.numerator.sum()) + 0.5
    grid = (np.arange(DRAWS) + 0.5) / DRAWS
    return quantiles(grid, shape, passed / (passed + float(ahead.sum())))
