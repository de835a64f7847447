"""The demo centre's calls of one day, one row a request for a person, drawn at once with numpy."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ingest.sources.demo_profile import (
    FIRST_SEAT,
    MISS_SHAPE,
    OUTAGE_HOURS,
    SEATS,
    Floats,
    Ints,
    Plan,
    Roster,
    Stream,
    generator,
    hour_counts,
    plan,
    roster,
)

Bools = NDArray[np.bool_]

QUEUES = ("综合受理", "企业服务", "政策咨询")
RATINGS = ("未评价", "非常满意", "满意", "一般", "不满意")
SPOILS: tuple[tuple[str, str], ...] = (
    ("talk", "25:71:00"),
    ("asked", "2026-02-30 25:61:07"),
    ("answered", "未知"),
    ("wait", "-5"),
    ("talk", "#VALUE!"),
)
"""What a vendor's export gets wrong now and then: (field, the text found in its cell)."""
SPOILT_SHARE = 0.0005
WHOLE_DAY = 86_400

_SHIFT_HOURS = np.array(
    [[8 <= h < 16 for h in range(24)], [12 <= h < 20 for h in range(24)], [h >= 20 or h < 8 for h in range(24)]]
)
_BLOCKS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 24))
"""Spans of hours within which the same shifts are on duty."""


@dataclass(frozen=True)
class Calls:
    """Calls of a day in the order in which they asked. ``asked``: second of the day; durations in seconds;
    ``seat``, ``talk`` and ``rating`` 0 for a call nobody answered; ``spoil`` 0 or 1 + index into SPOILS."""

    number: Ints
    asked: Ints
    wait: Ints
    talk: Ints
    wrap: Ints
    answered: Bools
    seat: Ints
    queue: Ints
    rating: Ints
    recorded: Bools
    number_known: Bools
    returned: Bools
    spoil: Ints

    def __len__(self) -> int:
        return len(self.asked)

    def ended_by(self, second: int) -> Calls:
        """The calls that are over by this second of the day; all of them once the day is over."""
        if second >= WHOLE_DAY:
            return self
        over = self.asked + self.wait + self.talk + self.wrap <= second
        return replace(self, **{f.name: getattr(self, f.name)[over] for f in fields(self)})


def _rates() -> tuple[Floats, Floats]:
    rng = np.random.default_rng(SEATS)
    return rng.uniform(0.88, 1.12, SEATS), rng.uniform(0.9, 1.1, SEATS)


PACE, SLOWNESS = _rates()
"""A seat's share of the work and its handling time, both around 1; the same on all days."""


def draw_seats(asked: Ints, wanted: Bools, at_work: Roster, rng: np.random.Generator) -> Ints:
    """A seat on duty for each wanted row, by its second of the day; 0 elsewhere."""
    seats = np.zeros(len(asked), dtype=np.int64)
    hours = asked // 3600
    pace = PACE[at_work.seats - FIRST_SEAT]
    for first, last in _BLOCKS:
        rows = np.flatnonzero(wanted & (hours >= first) & (hours < last))
        weights = pace * _SHIFT_HOURS[at_work.shifts, first]
        seats[rows] = rng.choice(at_work.seats, len(rows), p=weights / weights.sum())
    return seats


def _waits(answered: Bools, missing: Floats, down: Bools, rng: np.random.Generator) -> Ints:
    """Seconds in the queue: most are answered at once; the fuller the hour, the longer the rest wait."""
    n = len(answered)
    quick = rng.random(n) < np.clip(0.95 - 2.4 * missing, 0.2, 0.97)
    crowd = 1 + 30 * np.maximum(0, missing - 0.045)
    short = np.minimum(2 + rng.exponential(3.4, n), 15)
    long = np.minimum(15 + rng.exponential(22.0, n) * crowd, 420)
    early = rng.random(n) < 0.12
    gave_up = np.where(early, rng.uniform(1, 5, n), np.minimum(5 + rng.exponential(30, n) * np.sqrt(crowd), 360))
    gave_up = np.where(down, rng.uniform(1, 25, n), gave_up)
    waits: Ints = np.where(answered, np.where(quick, short, long), gave_up).astype(np.int64)
    return waits


def _ratings(answered: Bools, wait: Ints, rng: np.random.Generator) -> Ints:
    n = len(answered)
    mood = rng.random(n) + np.where(wait > 60, 0.05, 0.0)
    choice = 1 + np.searchsorted(np.array([0.70, 0.935, 0.978]), mood)
    ratings: Ints = np.where(answered & (rng.random(n) < 0.42), choice, 0).astype(np.int64)
    return ratings


def _missing(today: Plan, hours: Ints) -> tuple[Floats, Bools]:
    """The chance of each caller to be missed, and whether telephony is down in that hour."""
    missing = np.clip((1 - today.answer_rate) * MISS_SHAPE[hours], 0, 0.6)
    down = np.isin(hours, OUTAGE_HOURS) if today.outage else np.zeros(len(hours), dtype=np.bool_)
    return np.where(down, 1.0, missing), down


@lru_cache(maxsize=4)
def calls_of(day: date) -> Calls:
    """All calls of a day."""
    rng = generator(day, Stream.CALLS)
    hours = np.repeat(np.arange(24), hour_counts(day))
    n = len(hours)
    asked = np.sort(hours * 3600 + rng.integers(0, 3600, n))
    missing, down = _missing(plan(day), hours)
    answered = rng.random(n) >= missing
    seat = draw_seats(asked, answered, roster(day), rng)
    slow = SLOWNESS[np.maximum(seat, FIRST_SEAT) - FIRST_SEAT]
    wait = _waits(answered, np.where(down, 0.04, missing), down, rng)
    talk = np.clip(rng.lognormal(5.2, 0.62, n) * slow, 9, 2400).astype(np.int64)
    wrap = np.clip(rng.gamma(2.0, 24.0, n) * slow, 0, 600).astype(np.int64)
    number_known = rng.random(n) < 0.97
    returned = ~answered & number_known & (rng.random(n) < 0.94)
    spoil = np.where(rng.random(n) < SPOILT_SHARE, rng.integers(1, len(SPOILS) + 1, n), 0)
    return Calls(
        number=np.arange(1, n + 1),
        asked=asked,
        wait=wait,
        talk=np.where(answered, talk, 0),
        wrap=np.where(answered, wrap, 0),
        answered=answered,
        seat=seat,
        queue=rng.choice(len(QUEUES), n, p=(0.80, 0.12, 0.08)),
        rating=_ratings(answered, wait, rng),
        recorded=answered & (rng.random(n) < 0.997),
        number_known=number_known,
        returned=returned,
        spoil=spoil,
    )
