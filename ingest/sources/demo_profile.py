"""The demo centre's believable life: how many people ring on a day, how well it is staffed, what goes wrong.

Everything is drawn from generators seeded by the day itself, so any day comes out the same whatever was drawn
before it and whatever “today” is. Volumes are requests for a person; rates are fractions; times local.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache
from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from kpi.workdays import Day, DayKind, published

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEED = 12345
SEATS = 40
FIRST_SEAT = 1001
BASE_VOLUME = 2300.0
"""Requests for a person on an average working day at the start of 2026."""
ORDERS_PER_REQUEST = 0.1
ITEMS_PER_SEAT = 60.5
"""What the roster is planned for: items (calls and orders) a seat and day."""
OUTAGE_HOURS = (10, 11, 12)
"""Hours in which telephony is down on the outage day of each half-year."""
OUTAGE_LEFT = 0.35
"""Share of the callers of these hours that still get as far as the queue; nobody answers them."""


class Stream(IntEnum):
    """The independent generators of a day."""

    PLAN = 1
    HOURS = 2
    CALLS = 3
    ORDERS = 4
    ROSTER = 5
    LEDGER = 6
    EVENTS = 7


def generator(day: date, stream: Stream) -> np.random.Generator:
    """The generator of one day and stream: always in the same state."""
    return np.random.default_rng((SEED, day.toordinal(), int(stream)))


_WEEKDAY = (1.10, 1.03, 0.99, 0.96, 0.93, 0.57, 0.52)
_HOURS = np.array(
    [10, 7, 5, 4, 5, 8, 15, 34, 84, 112, 104, 78, 52, 62, 92, 88, 74, 56, 38, 32, 27, 22, 17, 13], dtype=np.float64
)
HOUR_SHARE: Floats = _HOURS / _HOURS.sum()
_MISS = [0.9] * 8 + [1.1, 1.5, 1.35, 1.0, 0.8, 0.8, 1.2, 1.15, 0.9] + [0.75] * 7
MISS_SHAPE: Floats = np.array(_MISS) / float((HOUR_SHARE * np.array(_MISS)).sum())
"""How the share of missed calls spreads over the hours; 1 on average over the callers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one day is like. ``requests``: people asking for a person, before an outage takes some away."""

    day: date
    calendar: Day
    requests: int
    answer_rate: float
    seats: int
    orders: int
    outage: bool
    short_staffed: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """The seats at work on a day, and the shift of each (0 早班 08–16, 1 中班 12–20, 2 夜班 20–08)."""

    seats: Ints
    shifts: Ints


@cache
def outage_day(year: int, half: int) -> date:
    """The working day (Tuesday to Thursday) of the half-year (1 or 2) on which telephony is down."""
    first = date(year, 4, 8) if half == 1 else date(year, 9, 8)
    days = [first + timedelta(days=i) for i in range(45)]
    days = [d for d in days if d.weekday() in (1, 2, 3) and published(d).is_working]
    return days[int(generator(date(year, half, 1), Stream.EVENTS).integers(len(days)))]


@cache
def bad_week(year: int, half: int) -> date:
    """The Monday of the half-year's week of staff shortage."""
    start = date(year, 3, 3) if half == 1 else date(year, 8, 3)
    week = int(generator(date(year, half, 2), Stream.EVENTS).integers(4))
    day = start + timedelta(weeks=week)
    return day + timedelta(days=(7 - day.weekday()) % 7)


def _half(day: date) -> int:
    return 1 if day.month <= 6 else 2


def _is_short_staffed(day: date) -> bool:
    return 0 <= (day - bad_week(day.year, _half(day))).days < 7


def _day_factor(day: date, calendar: Day) -> float:
    if calendar.kind is DayKind.HOLIDAY:
        return 0.31 if calendar.name == "春节" else 0.43
    if calendar.kind is DayKind.MAKEUP:
        return 0.88
    if calendar.kind is DayKind.WORKING and published(day - timedelta(days=1)).kind is DayKind.HOLIDAY:
        return 1.14
    return _WEEKDAY[day.weekday()]


@cache
def expected_requests(day: date) -> float:
    """Requests to expect: slow growth, two waves a year (summer, deep winter), the kind of day."""
    years = (day - date(2026, 1, 1)).days / 365.25
    turn = 2 * pi * day.timetuple().tm_yday / 365.25
    season = 1 + 0.04 * cos(turn - 2 * pi * 205 / 365.25) + 0.02 * cos(2 * turn - 4 * pi * 15 / 365.25)
    return float(BASE_VOLUME * 1.025**years * season * _day_factor(day, published(day)))


@cache
def plan(day: date) -> Plan:
    """What this day is like."""
    rng = generator(day, Stream.PLAN)
    calendar = published(day)
    expected = expected_requests(day)
    short = _is_short_staffed(day)
    requests = int(rng.poisson(expected * float(np.exp(rng.normal(0, 0.025)))))
    rate = _answer_rate(day, calendar, short, rng)
    items = expected * (0.965 + ORDERS_PER_REQUEST)
    wanted = SEATS - int(rng.choice((0, 1, 2), p=(0.4, 0.4, 0.2)))
    seats = min(wanted, round(items / ITEMS_PER_SEAT + rng.normal(0, 0.4)))
    if short:
        seats = round(seats * 0.84)
    orders = int(rng.poisson(requests * ORDERS_PER_REQUEST))
    return Plan(day, calendar, requests, rate, max(seats, 10), orders, day == outage_day(day.year, _half(day)), short)


def _answer_rate(day: date, calendar: Day, short: bool, rng: np.random.Generator) -> float:
    base = 0.965 + 0.003 * cos(day.toordinal() / 23) + float(rng.normal(0, 0.0055))
    if day.weekday() == 0 and calendar.is_working:
        base -= 0.005
    if not calendar.is_working:
        base += 0.004
    base = min(max(base, 0.951), 0.979)
    return base - 0.084 + float(rng.normal(0, 0.01)) if short else base


@cache
def hour_counts(day: date) -> tuple[int, ...]:
    """Callers that reach the queue in each of the 24 hours; an outage takes most of its hours' callers away."""
    rng = generator(day, Stream.HOURS)
    today = plan(day)
    counts = rng.multinomial(today.requests, HOUR_SHARE)
    if today.outage:
        hours = list(OUTAGE_HOURS)
        kept = rng.binomial(counts[hours], OUTAGE_LEFT)
        again = int((counts[hours].sum() - kept.sum()) * 0.3)
        counts[hours] = kept
        counts[OUTAGE_HOURS[-1] + 1] += again
    return tuple(int(n) for n in counts)


@cache
def roster(day: date) -> Roster:
    """Who works on this day: desks rotate by week, so that everyone has nights and weekends in turn."""
    size = plan(day).seats
    rng = generator(day, Stream.ROSTER)
    turn = (day.toordinal() // 7) * 5 % SEATS
    order = (np.arange(SEATS) + turn) % SEATS + FIRST_SEAT
    if size > SEATS * 0.75:
        order = np.delete(order, rng.choice(SEATS, SEATS - size, replace=False))
    seats = order[:size].astype(np.int64)
    nights = max(3, round(size * 0.13))
    middles = round(size * 0.28)
    shifts = np.zeros(size, dtype=np.int64)
    shifts[:nights] = 2
    shifts[nights : nights + middles] = 1
    return Roster(seats, shifts)


@cache
def _working_days() -> Ints:
    """Ordinals of working days, for deadlines counted in working days."""
    days = (date(2023, 1, 1) + timedelta(days=i) for i in range(365 * 12))
    return np.array([d.toordinal() for d in days if published(d).is_working], dtype=np.int64)


def add_working_days(ordinals: Ints, days: Ints) -> Ints:
    """The ordinals of the n-th working day after each day."""
    calendar = _working_days()
    after: Ints = calendar[np.searchsorted(calendar, ordinals, side="right") + days - 1]
    return after
