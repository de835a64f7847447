"""How today's question was answered in periods that have ended, and by how much the answers were too sure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from scipy import special

from kpi.forecast_days import Floats, Ints, block_end
from kpi.forecast_levels import Blocks, Mixture, Question
from kpi.periods import Period, containing, unit_of

MIN_DAYS = 14
# Past answers count against five made-up ones, from a Student's t of 5: forecasts err by far more often than their
# own model says (a bad week that never happened before), and a new centre has no past answers yet.
_DOUBT_SCORES, _DOUBT_FREEDOM = 5.0, 5.0
_DOUBT = special.stdtrit(_DOUBT_FREEDOM, (np.arange(40) + 0.5) / 40)
_LONG_DAYS = 60  # periods of two months and more are asked about at month-ends, shorter ones at block ends
_USUAL = float(special.ndtri(0.9))


def past_questions(blocks: Blocks, keys: Ints, first: int, period: Period, last: int) -> list[tuple[Question, float]]:
    """The question of today as it stood in periods that have ended, with its answer by the facts.

    ``keys``: of the blocks (``block_keys``); ``first``, ``last``: ordinals of the history's first and last day.
    """
    return list(_questions(blocks, keys, first, period, last))


def _questions(blocks: Blocks, keys: Ints, first: int, period: Period, last: int) -> Iterator[tuple[Question, float]]:
    ends = np.array([block_end(int(key)).toordinal() for key in keys])
    for earlier in _past_periods(period, date.fromordinal(first), date.fromordinal(last)):
        inside = np.flatnonzero((ends >= earlier.start.toordinal()) & (ends <= earlier.end.toordinal()))
        for origin in inside[:-1]:
            if ends[origin] - first + 1 < MIN_DAYS or (period.days >= _LONG_DAYS and keys[origin] % 4 != 3):
                continue
            ahead = inside[inside > origin]
            total = blocks.volumes[ahead]
            weights = total / total.sum()
            question = Question(int(origin) + 1, blocks.times[ahead], weights, float(total.sum()))
            yield question, float(weights @ blocks.values[ahead])


def _past_periods(period: Period, first: date, last: date) -> Iterator[Period]:
    """Earlier periods of the same kind, ended by ``last`` and reaching beyond ``first``, latest first."""
    unit, span = unit_of(period), timedelta(days=period.days)
    while period.end > first:
        if period.end <= last:
            yield period
        if unit is None:
            period = Period(period.start - span, period.end - span)
        else:
            period = containing(period.start - timedelta(days=1), unit)


def calibration_of(mixture: Mixture, skipped: int, actual: Floats) -> float:
    """The factor that would have made the 80 % interval hold 80 % of the time (normal scores).

    ``actual``: what came for the questions after the first ``skipped``.
    """
    kept = slice(skipped, None)
    past = Mixture(mixture.weights[:, kept], mixture.means[:, kept], mixture.spreads[:, kept], mixture.freedom[kept])
    ranks = np.clip(past.rank(actual), 1e-9, 1 - 1e-9)
    scores = np.abs(np.concatenate([special.ndtri(ranks), _DOUBT])) / _USUAL
    weights = np.concatenate([np.ones(len(ranks)), np.full(len(_DOUBT), _DOUBT_SCORES / len(_DOUBT))])
    order = np.argsort(scores)
    reached = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return float(np.interp(0.8, reached, scores[order]))
