"""The rest of a period, drawn many times: level by the mixture, noise by blocks of recent days, both held to account
by how the same questions were answered in the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy import stats

from kpi.forecast_days import Floats, History, Ints, KindEffects, block_end, block_keys, kind_effects
from kpi.forecast_levels import CANDIDATES, Blocks, Mixture, Question, answer, smooth, spoken_weights
from kpi.periods import Period, containing, unit_of

DRAWS = 2000
HISTORY_DAYS = 4 * 365
MIN_DAYS = 14
_NOISE_DAYS = 182
_RUN = 7  # days of noise are drawn in runs of a week, so that bad days keep together
# Past answers count against eight made-up ones, from a Student's t of 5: forecasts err by far more often than their
# own model says (a bad week that never happened before), and a new centre has no past answers yet.
_DOUBT_SCORES, _DOUBT_FREEDOM = 8.0, 5.0
_LONG_DAYS = 60  # periods of two months and more are asked about at month-ends, shorter ones at block ends


@dataclass(frozen=True, eq=False)
class Rest:
    """The days to come: draws of their rate and of their denominator.

    ``words``: what the level was foretold by, with weights, the heaviest first. ``calibration``: by how much the past
    widened (> 1) or narrowed the draws; ``scored``: how many past answers it stands on.
    """

    rates: Floats
    volumes: Floats
    words: tuple[tuple[str, float], ...]
    calibration: float
    scored: int


def draw_rest(history: History, period: Period, days: Ints, kinds: Ints, volume: Floats, seed: int) -> Rest:
    """``history``: known days with a denominator, at least 14. ``days``, ``kinds``, ``volume``: the days to come in
    the period and their expected denominators (not all 0)."""
    history = history.between(date.fromordinal(int(history.days[-1]) - HISTORY_DAYS), date.max)
    keys, index = np.unique(block_keys(history.days), return_inverse=True)
    effects = kind_effects(history, index)
    blocks = _blocks(history, index, effects)
    weights = volume / volume.sum()
    today = Question(len(keys), days.astype(np.float64), weights, np.inf)
    past = list(_past_questions(blocks, keys, int(history.days[0]), period, history.days[-1]))
    mixture = answer(blocks, [today, *(question for question, _ in past)])
    calibration = _calibration(mixture, np.array([actual for _, actual in past]))
    rng = np.random.default_rng(seed)
    level = float(mixture.centre[0])
    levels = _draw_levels(mixture, rng)
    likeliest = CANDIDATES[int(np.argmax(mixture.weights[:, 0]))]
    noise, volumes = _draw_noise(history, smooth(blocks, likeliest)[index], effects, kinds, volume, rng)
    shift = float(weights @ effects.effects[kinds])
    rates = level + shift + calibration * (levels - level + noise)
    return Rest(rates, volumes, spoken_weights(mixture.weights[:, 0]), calibration, len(past))


def _blocks(history: History, index: Ints, effects: KindEffects) -> Blocks:
    """Block means as if every day were a working day."""
    volume = history.denominator
    plain = history.numerator - volume * effects.effects[history.kinds]
    total = np.bincount(index, volume).astype(np.float64)
    variance = effects.variance
    if history.is_share:
        # A share of events scatters at least as coin tosses do; half an event keeps 0 and 100 % from being certain.
        middle = (history.numerator.sum() + 0.5) / (volume.sum() + 1.0)
        variance = max(variance, float(middle * (1 - middle)))
    variance = max(variance, 1e-12 * float(abs(plain).sum() / volume.sum()) ** 2, 1e-300)
    return Blocks(np.bincount(index, volume * history.days) / total, np.bincount(index, plain) / total, total, variance)


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


def _past_questions(
    blocks: Blocks, keys: Ints, first: int, period: Period, last: int
) -> Iterator[tuple[Question, float]]:
    """The question of today as it stood in periods that have ended, with its answer by the facts."""
    ends = np.array([block_end(int(key)).toordinal() for key in keys])
    for earlier in _past_periods(period, date.fromordinal(first), date.fromordinal(int(last))):
        inside = np.flatnonzero((ends >= earlier.start.toordinal()) & (ends <= earlier.end.toordinal()))
        for origin in inside[:-1]:
            if ends[origin] - first + 1 < MIN_DAYS or (period.days >= _LONG_DAYS and keys[origin] % 4 != 3):
                continue
            ahead = inside[inside > origin]
            total = blocks.volumes[ahead]
            weights = total / total.sum()
            question = Question(int(origin) + 1, blocks.times[ahead], weights, float(total.sum()))
            yield question, float(weights @ blocks.values[ahead])


def _calibration(mixture: Mixture, actual: Floats) -> float:
    """The factor that would have made the 80 % interval hold 80 % of the time (normal scores)."""
    past = Mixture(mixture.weights[:, 1:], mixture.means[:, 1:], mixture.spreads[:, 1:], mixture.freedom[1:])
    ranks = np.clip(past.rank(actual), 1e-9, 1 - 1e-9)
    grid = (np.arange(40) + 0.5) / 40
    doubt = stats.t.ppf(grid, _DOUBT_FREEDOM)
    scores = np.abs(np.concatenate([stats.norm.ppf(ranks), doubt])) / stats.norm.ppf(0.9)
    weights = np.concatenate([np.ones(len(ranks)), np.full(len(grid), _DOUBT_SCORES / len(grid))])
    order = np.argsort(scores)
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(scores[order][np.searchsorted(reached, 0.8)])


def _draw_levels(mixture: Mixture, rng: np.random.Generator) -> Floats:
    weights = mixture.weights[:, 0]
    model = rng.choice(len(weights), DRAWS, p=weights)
    return np.asarray(mixture.means[model, 0] + mixture.spreads[model, 0] * rng.standard_t(mixture.freedom[0], DRAWS))


def _draw_noise(
    history: History, level: Floats, effects: KindEffects, kinds: Ints, volume: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Deviation of the rest's rate from its expectation, and its denominator, from runs of recent days."""
    recent = slice(-_NOISE_DAYS, None)
    known = history.denominator[recent]
    left = history.numerator[recent] / known - level[recent] - effects.effects[history.kinds[recent]]
    left = left - np.average(left, weights=known)
    usual = np.array([known[history.kinds[recent] == kind].mean() for kind in np.unique(history.kinds[recent])])
    place = np.searchsorted(np.unique(history.kinds[recent]), history.kinds[recent])
    ratio = known / usual[place]
    runs = -(-len(kinds) // _RUN)
    starts = rng.integers(0, max(len(known) - _RUN, 0) + 1, (DRAWS, runs))
    source = (starts[:, :, None] + np.arange(_RUN)).reshape(DRAWS, -1)[:, : len(kinds)]
    drawn = ratio[source] * volume
    total = drawn.sum(axis=1)
    total = np.where(total > 0, total, volume.sum())
    shift = effects.effects[kinds]
    noise = (drawn * (left[source] + shift)).sum(axis=1) / total - float(volume @ shift) / volume.sum()
    return noise, total
