"""Where a level goes from here: a mixture of models of the past, each weighed by how well it foretold it.

Every model is a Gaussian process over block means: a constant level, a level that drifts (random walk), a straight
trend that dies out, a yearly season of two harmonics, and their combinations, in a few strengths each. A model's
weight is its prior × its marginal likelihood, which is the product of its one-step-ahead forecasts: what did not help
to foretell the past gets no say. Strengths are multiples of the noise of a week, so nothing depends on the unit; the
noise itself is integrated out (Student's t), which widens everything while the history is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import special

from kpi.forecast_days import Floats

YEAR = 365.25
# Strength → prior. Many indicators stand still; the rest is spread over orders of magnitude.
DRIFTS = {0.0: 0.60, 1.0: 0.15, 3.0: 0.15, 10.0: 0.10}  # standard deviation of a year's drift
TRENDS = {0.0: 0.90, 2.0: 0.05, 8.0: 0.05}  # of the change a year
SEASONS = {0.0: 0.85, 2.0: 0.10, 8.0: 0.05}  # of a harmonic's amplitude
TREND_FROM, SEASON_FROM = 84, 300  # days of history before a trend or a season is considered
_DAMPING = -np.log(0.997)  # a trend's slope halves in 231 days
_WIDE = 100.0**2  # prior variance of the level: any
_NOISE_WORTH = 2.0  # the days' scatter within blocks counts as four blocks about the noise


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model of the level; strengths as in the tables above."""

    drift: float
    trend: float
    season: float

    @property
    def prior(self) -> float:
        """Weight before anything was seen."""
        return DRIFTS[self.drift] * TRENDS[self.trend] * SEASONS[self.season]

    @property
    def name(self) -> str:
        """What the page calls it."""
        if self.season:
            return "趋势加季节" if self.trend else "年度季节"
        if self.trend:
            return "趋势"
        return "水平漂移" if self.drift else "水平不变"

    @property
    def days_needed(self) -> int:
        """Days of history before the model is considered."""
        return max(TREND_FROM if self.trend else 0, SEASON_FROM if self.season else 0)


# At most two of the three at once: all three together had a prior of 0.6 % and would cost a third of the time.
CANDIDATES = tuple(Candidate(*strengths) for strengths in product(DRIFTS, TRENDS, SEASONS) if 0.0 in strengths)


@dataclass(frozen=True, eq=False)
class Blocks:
    """Means of consecutive blocks of days. ``times``: mean day of each (days since any origin). ``values``: ratio.
    ``volumes``: denominators. ``variance``: of a value × its volume, as the days within blocks show it."""

    times: Floats
    values: Floats
    volumes: Floats
    variance: float


@dataclass(frozen=True, eq=False)
class Question:
    """The mean level at ``times`` under ``weights`` (sum 1), asked when the first ``known`` blocks were known.
    ``volume``: denominator of the days asked about; infinite leaves their own noise out."""

    known: int
    times: Floats
    weights: Floats
    volume: float


@dataclass(frozen=True, eq=False)
class Mixture:
    """The answers: for each candidate (rows) and question (columns) a weight, mean and standard deviation of a
    Student's t with ``freedom`` (a question each) degrees of freedom."""

    weights: Floats
    means: Floats
    spreads: Floats
    freedom: Floats

    @property
    def centre(self) -> Floats:
        """Mean of each answer."""
        return np.asarray((self.weights * self.means).sum(axis=0))

    def rank(self, actual: Floats) -> Floats:
        """The probability that was given to values below ``actual``, for each question."""
        below = special.stdtr(self.freedom, (actual - self.means) / self.spreads)
        return np.asarray((self.weights * below).sum(axis=0))


def _season(times: Floats) -> Floats:
    """Yearly harmonics, the second at half strength: (times, 4)."""
    turn = 2 * np.pi * times / YEAR
    return np.stack([np.sin(turn), np.cos(turn), np.sin(2 * turn) / 2, np.cos(2 * turn) / 2], axis=1)


def _trend(times: Floats, origin: float) -> Floats:
    """Years passed, slowing down after the origin."""
    ahead = np.maximum(times - origin, 0.0)
    return np.asarray((np.minimum(times, origin) + (1 - np.exp(-_DAMPING * ahead)) / _DAMPING) / YEAR)


@dataclass(frozen=True, eq=False)
class _Parts:
    """Covariances of a unit of drift, trend, season (first axis): between blocks, blocks and answers, of answers."""

    past: Floats
    cross: Floats
    answers: Floats


def _parts(times: Floats, questions: Sequence[Question]) -> _Parts:
    straight, waves = times / YEAR, _season(times)
    past = np.stack([np.minimum.outer(times, times) / YEAR, np.outer(straight, straight), waves @ waves.T])
    cross = np.empty((3, len(times), len(questions)))
    answers = np.empty((3, len(questions)))
    for i, question in enumerate(questions):
        t, a = question.times, question.weights
        cross[0, :, i] = np.minimum.outer(times, t) @ a / YEAR
        answers[0, i] = a @ np.minimum.outer(t, t) @ a / YEAR
        slope, wave = float(a @ _trend(t, times[question.known - 1])), a @ _season(t)
        cross[1, :, i], answers[1, i] = straight * slope, slope**2
        cross[2, :, i], answers[2, i] = waves @ wave, wave @ wave
    return _Parts(past, cross, answers)


def _mixed(candidates: Sequence[Candidate], units: Floats) -> Floats:
    """The candidates' covariances, from those of a unit of each part: (candidates, …)."""
    strengths = np.array([(c.drift, c.trend, c.season) for c in candidates]) ** 2
    return np.asarray(_WIDE + np.tensordot(strengths, units, axes=1))


def _whitened(covariance: Floats, least: float, values: Floats, cross: Floats) -> tuple[Floats, Floats, Floats]:
    """L⁻¹values, the diagonal of L and L⁻¹cross of each candidate, L being the Cholesky factor of its covariance, whose
    eigenvalues are not below ``least``.

    One factor of everything stacked below the covariance gives them all; a solver called once a candidate costs more
    than the work itself, above all where the BLAS starts threads for it.
    """
    models, size = cross.shape[:2]
    count = 1 + cross.shape[2]
    stacked = np.zeros((models, size + count, size + count))
    stacked[:, :size, :size] = covariance
    stacked[:, size, :size] = values
    stacked[:, size + 1 :, :size] = cross.transpose(0, 2, 1)
    corner = np.arange(size, size + count)
    # Anything large enough keeps the corner positive; what is read below doesn't depend on it.
    largest = (stacked[:, size:, :size] ** 2).sum(axis=(1, 2)) / least
    stacked[:, corner, corner] = 1.0 + 2.0 * largest[:, None]
    factor = np.linalg.cholesky(stacked)
    diagonal = np.diagonal(factor, axis1=1, axis2=2)[:, :size]
    return factor[:, size, :size], diagonal, factor[:, size + 1 :, :size].transpose(0, 2, 1)


def answer(blocks: Blocks, questions: Sequence[Question]) -> Mixture:
    """What each candidate would have answered to each question with what was known then.

    A Cholesky factor of all blocks holds the factors of all earlier states as its leading parts, so the past costs
    little more than today.
    """
    times = blocks.times - blocks.times[0] + 3.5
    shift = blocks.times[0] - 3.5
    asked = [Question(q.known, q.times - shift, q.weights, q.volume) for q in questions]
    parts = _parts(times, asked)
    usual = float(np.median(blocks.volumes))
    reference = float(np.average(blocks.values, weights=blocks.volumes))
    values, noise = blocks.values - reference, usual / blocks.volumes
    last = np.array([q.known for q in asked]) - 1
    own = np.array([usual / q.volume for q in asked])
    known = np.arange(len(times))[:, None] <= last
    shape = _NOISE_WORTH + last / 2
    span = times - times[0] + 7
    rows = [row for row, candidate in enumerate(CANDIDATES) if candidate.days_needed <= span[-1]]
    ready = [CANDIDATES[row] for row in rows]
    covariance = _mixed(ready, parts.past) + np.diag(noise)
    z, diagonal, solved = _whitened(covariance, float(noise.min()), values, _mixed(ready, parts.cross))
    solved = solved * known
    rate = _NOISE_WORTH * blocks.variance / usual + np.cumsum(z * z, axis=1)[:, last] / 2
    evidence = -np.cumsum(np.log(diagonal), axis=1)[:, last] - shape * np.log(rate)
    priors = np.log([[candidate.prior] for candidate in ready])
    allowed = span[last] >= np.array([[candidate.days_needed] for candidate in ready])
    free = np.maximum(_mixed(ready, parts.answers) - (solved * solved).sum(axis=1), 0.0)
    table = np.full((3, len(CANDIDATES), len(asked)), -np.inf)
    table[1], table[2] = reference, 1.0
    table[0, rows] = np.where(allowed, priors + evidence, -np.inf)
    table[1, rows] = reference + (z[:, None] @ solved)[:, 0]
    table[2, rows] = np.sqrt((free + own) * rate / shape)
    weights = np.exp(table[0] - table[0].max(axis=0))
    return Mixture(weights / weights.sum(axis=0), table[1], table[2], 2 * shape)


def smooth(blocks: Blocks, candidate: Candidate) -> Floats:
    """The level of each block as the candidate sees it, looking back from today."""
    times = blocks.times - blocks.times[0] + 3.5
    signal = _mixed([candidate], _parts(times, []).past)[0]
    noise = np.diag(np.median(blocks.volumes) / blocks.volumes)
    reference = np.average(blocks.values, weights=blocks.volumes)
    return np.asarray(reference + signal @ np.linalg.solve(signal + noise, blocks.values - reference))


def spoken_weights(weights: Floats) -> tuple[tuple[str, float], ...]:
    """The weights of the candidates added up by name, the heaviest first."""
    words: dict[str, float] = {}
    for candidate, weight in zip(CANDIDATES, weights, strict=True):
        words[candidate.name] = words.get(candidate.name, 0.0) + float(weight)
    return tuple(sorted(words.items(), key=lambda item: -item[1]))
