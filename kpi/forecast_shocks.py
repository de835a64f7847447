"""Shocks: bad weeks and outages, told apart from the usual course.

A day stands apart where its rate, or the mean of the week around it, lies so far from the level of the month around it
that the scatter of all other days doesn't explain it. Days on end that stand apart to the same side are one shock. In
the days to come shocks arrive by chance (gamma–Poisson), each as large as one of those on record, a little varied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from kpi.forecast_days import SLOTS, Floats, History, Ints, slots_of

Bools = npt.NDArray[np.bool_]

SHOCK_FROM = 28  # days of history before a day can stand apart
# In robust standard deviations: a day or a week that stands apart, days beside it that belong to it, those at its ends.
APART, BESIDE, _MILD = 4.5, 2.0, 1.0
_LEVEL_DAYS = 29  # odd; shocks shorter than half of it don't move the median
_WEEK = 7
_DOUBT_DAYS = 4.0  # the effect of a weekday is believed half when it was seen four times
_MAD = 1.4826  # median absolute deviation → standard deviation of a normal
# What is believed before any shock was seen is half a one in half a year; it counts once the first one was seen.
_PRIOR_SHOCKS, _PRIOR_DAYS = 0.5, 182.0
_VARIED = 0.25  # standard deviation of the logarithm of a shock's size, around one on record


@dataclass(frozen=True, eq=False)
class Shocks:
    """``apart``: marks the days of the history that belong to a shock. ``sizes``: of each shock, in days of average
    volume × rate: −0.5 is ten average days with a rate 5 points too low. ``days``: length of the history."""

    apart: Bools
    sizes: Floats
    days: int


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Shocks of the days to come in all draws: ``draw`` it falls in, ``place`` within the days (0…1), ``size``."""

    draw: Ints
    place: Floats
    size: Floats


def _medians(values: Floats, window: int) -> Floats:
    """Running median; at both ends that of the first and last full window."""
    window = min(window, len(values) - (len(values) + 1) % 2)
    middle = np.partition(sliding_window_view(values, window), window // 2, axis=1)[:, window // 2]
    return np.pad(middle, window // 2, mode="edge")


def _median(values: Floats) -> float:
    """numpy's own looks for NaN first, which takes longer than the rest."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _scatter(left: Floats) -> float:
    return _MAD * _median(np.abs(left - _median(left)))


def _left(history: History) -> Floats:
    """What the level of the month around and the slot of the day leave of each day's rate."""
    rates = history.numerator / history.denominator
    slots = slots_of(history.days, history.kinds)
    left = rates - _medians(rates, _LEVEL_DAYS)
    effects = np.zeros(SLOTS)
    for slot in range(SLOTS):
        own = left[slots == slot]
        if len(own):
            effects[slot] = _median(own) * len(own) / (len(own) + _DOUBT_DAYS)
    plain = rates - effects[slots]
    return np.asarray(plain - _medians(plain, _LEVEL_DAYS))


def find_shocks(history: History) -> Shocks:
    """The shocks of a history. ``history``: days with a denominator."""
    apart = np.zeros(len(history), dtype=np.bool_)
    if len(history) < SHOCK_FROM:
        return Shocks(apart, np.zeros(0), len(history))
    volume = history.denominator / history.denominator.mean()
    left = _left(history)
    scaled = left * np.sqrt(volume)
    spread = _scatter(scaled)
    if history.is_share:
        # As coin tosses scatter; a source's figures may still contradict each other and give more than all.
        middle = float(np.clip(history.numerator.sum() / history.denominator.sum(), 0.0, 1.0))
        spread = max(spread, float(np.sqrt(middle * (1 - middle) / history.denominator.mean())))
    runs = _runs_apart(scaled / spread) if spread > 0 else []
    for run in runs:
        apart[run] = True
    return Shocks(apart, np.array([float((volume * left)[run].sum()) for run in runs]), len(history))


def _runs_apart(score: Floats) -> list[slice]:
    """Runs of days that stand apart: by a day of their own, then, of the others, by a week."""
    runs = _runs(-score, score < -APART) + _runs(score, score > APART)
    calm = score.copy()
    for run in runs:
        calm[run] = 0.0
    weekly = np.convolve(calm, np.ones(_WEEK) / np.sqrt(_WEEK), mode="same")
    weekly /= max(_scatter(weekly), 1.0)
    return runs + _runs(-calm, _around(weekly < -APART)) + _runs(calm, _around(weekly > APART))


def _around(centres: Bools) -> Bools:
    """The weeks around the marked days."""
    return np.convolve(centres, np.ones(_WEEK), mode="same") > 0.5


def _runs(score: Floats, seeds: Bools) -> list[slice]:
    """Days on end that hold a seed, with the days beside them that stand apart as well; without mild days at the
    ends."""
    if not seeds.any():
        return []
    marked = np.concatenate([[False], (score > BESIDE) | seeds, [False]])
    edges = np.flatnonzero(marked[1:] != marked[:-1])
    runs = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        clear = np.flatnonzero(score[first:last] > _MILD)
        if seeds[first:last].any() and len(clear):
            runs.append(slice(first + int(clear[0]), first + int(clear[-1]) + 1))
    return runs


def draw_shocks(shocks: Shocks, days: int, draws: int, rng: np.random.Generator) -> Arrivals:
    """The shocks of ``days`` to come, drawn ``draws`` times."""
    if not len(shocks.sizes) or not days:
        return Arrivals(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    passed = shocks.days + _PRIOR_DAYS
    counts = rng.negative_binomial(len(shocks.sizes) + _PRIOR_SHOCKS, passed / (passed + days), draws)
    draw = np.repeat(np.arange(draws), counts)
    size = rng.choice(shocks.sizes, len(draw)) * np.exp(rng.normal(0.0, _VARIED, len(draw)))
    return Arrivals(draw, rng.random(len(draw)), size)
