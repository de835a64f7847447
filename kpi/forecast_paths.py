"""The rest of a period, drawn many times: level by the mixture, noise by runs of recent days, shocks by chance; level
and noise held to account by how the same questions were answered in the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import special

from kpi.forecast_days import Floats, History, Ints, KindEffects, block_keys, coarser, kind_effects, slots_of
from kpi.forecast_levels import CANDIDATES, Blocks, Mixture, Question, answer, smooth, spoken_weights
from kpi.forecast_past import MIN_DAYS, calibration_of, past_questions
from kpi.forecast_shocks import Arrivals, Shocks, draw_shocks, find_shocks
from kpi.periods import Period

DRAWS = 2000
HISTORY_DAYS = 4 * 365
_NOISE_DAYS = 182
_NORMAL_GRID = np.linspace(-4.0, 4.0, 81)
_TAIL = float(special.ndtr(-4.0))
_RUN = 7  # days of noise are drawn in runs of a week, so that bad days keep together


@dataclass(frozen=True, eq=False)
class Rest:
    """The days to come: draws of their rate and of their denominator.

    ``words``: what the level was foretold by, with weights, the heaviest first. ``calibration``: by how much the past
    widened (> 1) or narrowed the draws; ``scored``: how many past answers it stands on.
    ``shocks``: how many were found in the past.
    """

    rates: Floats
    volumes: Floats
    words: tuple[tuple[str, float], ...]
    calibration: float
    scored: int
    shocks: int


@dataclass(frozen=True, eq=False)
class Ahead:
    """The days to come as the calendar gives them: ``slots``, and ``volume``: expected denominators (not all 0)."""

    days: Ints
    slots: Ints
    volume: Floats

    @classmethod
    def build(cls, days: Ints, kinds: Ints, volume: Floats) -> Ahead:
        """Of days and their kinds."""
        return cls(days, slots_of(days, kinds), volume)

    def until(self, count: int) -> tuple[Floats, Floats]:
        """Times and weights of the first days."""
        total = self.volume[:count].sum()
        weights = self.volume[:count] / total if total > 0 else np.full(count, 1 / count)
        return self.days[:count].astype(np.float64), weights


@dataclass(frozen=True, eq=False)
class Usual:
    """Recent days without shocks, to draw from: deviation from what was expected (rates), volume ÷ usual volume."""

    left: Floats
    ratio: Floats


@dataclass(frozen=True, eq=False)
class Outlook:
    """All that is drawn, before it is added up.

    ``horizons``: numbers of days ahead, ascending, the last is all; ``mixture`` answers their mean levels in its first
    columns. ``model``, ``variate`` (of Student's t), ``starts`` (of each run of days): one row a draw. The level of a
    draw keeps its model and its variate on all horizons.
    """

    ahead: Ahead
    horizons: tuple[int, ...]
    mixture: Mixture
    effects: KindEffects
    usual: Usual
    model: Ints
    variate: Floats
    starts: Ints
    arrivals: Arrivals
    shocks: int
    calibration: float
    scored: int

    def rest(self) -> Rest:
        """The days to come in one."""
        drawn, noise = self._runs()
        volume, shift = self.ahead.volume, self.effects.effects[self.ahead.slots]
        total = drawn.sum(axis=1)
        empty = total <= 0
        expected = float(volume @ shift) / float(volume.sum())
        total = np.where(empty, volume.sum(), total)
        left = np.where(empty, 0.0, noise.sum(axis=1) / total - expected)
        last = len(self.horizons) - 1
        means, spreads = self.mixture.means[:, last], self.mixture.spreads[:, last]
        level = float(self.mixture.weights[:, 0] @ means)
        spread = means[self.model] + spreads[self.model] * self.variate - level
        shocks = np.bincount(self.arrivals.draw, self.arrivals.size, DRAWS) / len(volume)
        rates = level + expected + self.calibration * (spread + left) + shocks
        words = spoken_weights(self.mixture.weights[:, 0])
        return Rest(rates, total, words, self.calibration, self.scored, self.shocks)

    def paths(self) -> tuple[Floats, Floats]:
        """Rate and denominator of the days to come up to each of them: (draws, days). The last are those of
        ``rest``."""
        count = len(self.ahead.volume)
        shift = self.effects.effects[self.ahead.slots]
        source = (self.starts[:, :, None] + np.arange(_RUN)).reshape(DRAWS, -1)[:, :count]
        drawn = self.usual.ratio[source] * self.ahead.volume
        total, plan = np.cumsum(drawn, axis=1), np.cumsum(self.ahead.volume)
        noise = np.cumsum(drawn * (self.usual.left[source] + shift), axis=1)
        expected = np.divide(np.cumsum(self.ahead.volume * shift), plan, out=np.zeros(count), where=plan > 0)
        left = np.divide(noise, total, out=np.broadcast_to(expected, total.shape).copy(), where=total > 0) - expected
        total = np.where(total > 0, total, plan)
        level, spread = self._levels(np.arange(1, count + 1))
        shocks = np.zeros((DRAWS, count))
        np.add.at(shocks, (self.arrivals.draw, (self.arrivals.place * count).astype(np.int64)), self.arrivals.size)
        shocks = np.cumsum(shocks, axis=1) / np.arange(1, count + 1)
        return level + expected + self.calibration * (spread + left) + shocks, total

    def _levels(self, days: Ints) -> tuple[Floats, Floats]:
        """Expected mean level up to each number of days, and how far each draw is from it (draws, days)."""
        steps = len(self.horizons)
        means, spreads = self.mixture.means[:, :steps], self.mixture.spreads[:, :steps]
        between = [np.array([np.interp(days, self.horizons, row) for row in table]) for table in (means, spreads)]
        centre = self.mixture.weights[:, 0] @ between[0]
        return centre, between[0][self.model] + between[1][self.model] * self.variate[:, None] - centre

    def _runs(self) -> tuple[Floats, Floats]:
        """Denominator and denominator × deviation of each run of days, in all draws: (draws, runs).

        Every run is worked out once for each day it may start at in the past; a draw only looks it up.
        """
        runs = self.starts.shape[1]
        volume, shift = np.zeros(runs * _RUN), np.zeros(runs * _RUN)
        volume[: len(self.ahead.volume)] = self.ahead.volume
        shift[: len(self.ahead.volume)] = self.effects.effects[self.ahead.slots]
        week = volume.reshape(runs, _RUN)
        ratio = sliding_window_view(self.usual.ratio, _RUN).T
        product = sliding_window_view(self.usual.ratio * self.usual.left, _RUN).T
        drawn = week @ ratio
        noise = week @ product + (week * shift.reshape(runs, _RUN)) @ ratio
        place = np.arange(runs)
        return drawn[place, self.starts], noise[place, self.starts]


def look_ahead(
    history: History, period: Period, ahead: Ahead, seed: int, horizons: tuple[int, ...] | None = None
) -> Outlook:
    """``history``: known days with a denominator, at least 14. ``horizons``: see ``Outlook``; by default the end."""
    history = history.between(date.fromordinal(int(history.days[-1]) - HISTORY_DAYS), date.max)
    shocks = find_shocks(history)
    usual = _without(history, shocks)
    every = block_keys(usual.days)
    effects = kind_effects(usual, np.unique(every, return_inverse=True)[1])
    keys, index = np.unique(coarser(every), return_inverse=True)
    blocks = _blocks(usual, index, effects)
    steps = horizons or (len(ahead.volume),)
    today = [Question(len(keys), *ahead.until(step), np.inf) for step in steps]
    past = past_questions(blocks, keys, int(usual.days[0]), period, int(usual.days[-1]))
    mixture = answer(blocks, [*today, *(question for question, _ in past)])
    calibration = calibration_of(mixture, len(steps), np.array([actual for _, actual in past]))
    rng = np.random.default_rng(seed)
    model, variate = _draw_levels(mixture, rng)
    likeliest = CANDIDATES[int(np.argmax(mixture.weights[:, 0]))]
    recent = _usual(usual, smooth(blocks, likeliest)[index], effects)
    runs = -(-len(ahead.volume) // _RUN)
    starts = rng.integers(0, max(len(recent.left) - _RUN, 0) + 1, (DRAWS, runs))
    arrivals = draw_shocks(shocks, len(ahead.volume), DRAWS, rng)
    found = len(shocks.sizes), calibration, len(past)
    return Outlook(ahead, steps, mixture, effects, recent, model, variate, starts, arrivals, *found)


def _draw_levels(mixture: Mixture, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """A model and a variate of Student's t for each draw, spread evenly over all models and, within each, over its
    quantiles: chance alone would move the ends of the interval by some hundredths of its width."""
    upper = np.cumsum(mixture.weights[:, 0])
    place = (np.arange(DRAWS) + rng.random(DRAWS)) / DRAWS * upper[-1]
    model = np.minimum(np.searchsorted(upper, place, side="right"), len(upper) - 1)
    within = (place - upper[model]) / mixture.weights[model, 0] + 1.0
    normal = special.ndtri(np.clip(within, _TAIL, 1 - _TAIL))
    quantiles = special.stdtrit(mixture.freedom[0], special.ndtr(_NORMAL_GRID))
    return model, np.interp(normal, _NORMAL_GRID, quantiles)


def _without(history: History, shocks: Shocks) -> History:
    """The usual days; all of them where hardly any would be left."""
    kept = ~shocks.apart
    if kept.all() or kept.sum() < MIN_DAYS:
        return history
    return history.only(kept)


def _blocks(history: History, index: Ints, effects: KindEffects) -> Blocks:
    """Block means as if every day were alike."""
    volume = history.denominator
    plain = history.numerator - volume * effects.effects[slots_of(history.days, history.kinds)]
    total = np.bincount(index, volume).astype(np.float64)
    variance = effects.variance
    if history.is_share:
        # A share of events scatters at least as coin tosses do; half an event keeps 0 and 100 % from being certain.
        middle = (history.numerator.sum() + 0.5) / (volume.sum() + 1.0)
        variance = max(variance, float(middle * (1 - middle)))
    variance = max(variance, 1e-12 * float(abs(plain).sum() / volume.sum()) ** 2, 1e-300)
    return Blocks(np.bincount(index, volume * history.days) / total, np.bincount(index, plain) / total, total, variance)


def _usual(history: History, level: Floats, effects: KindEffects) -> Usual:
    recent = slice(-_NOISE_DAYS, None)
    known, kinds = history.denominator[recent], history.kinds[recent]
    slots = slots_of(history.days[recent], kinds)
    left = history.numerator[recent] / known - level[recent] - effects.effects[slots]
    usual = np.bincount(kinds, known) / np.maximum(np.bincount(kinds), 1)
    return Usual(left - np.average(left, weights=known), known / usual[kinds])
