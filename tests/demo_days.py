"""The demo centre's days under other seeds: the same stated process, other chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from ingest.sources import demo_profile
from ingest.sources.demo_calls import calls_of
from kpi.forecast import History
from tests.made_series import CALENDAR

Ints = npt.NDArray[np.int64]
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
RATIOS = {"answer_rate": (1, 0), "service_level": (2, 0), "daily_output": (3, 4)}
"""Numerator and denominator by column: requests, answered, within 15 s, items, seats."""
_CACHED = (
    demo_profile.outage_day,
    demo_profile.bad_week,
    demo_profile.plan,
    demo_profile.hour_counts,
    demo_profile.roster,
    calls_of,
)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    usual = demo_profile.SEED
    try:
        _forget()
        demo_profile.SEED = seed
        yield
    finally:
        demo_profile.SEED = usual
        _forget()


def _forget() -> None:
    for cached in _CACHED:
        cached.cache_clear()


def demo_histories(seed: int) -> dict[str, History]:
    """Two years of the demo centre's rates, by KPI."""
    with _seeded(seed):
        days = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]
        rows = np.array([_day(day) for day in days], dtype=np.float64)
    return {
        code: History.build(
            days, rows[:, above].tolist(), rows[:, below].tolist(), CALENDAR, is_share=code != "daily_output"
        )
        for code, (above, below) in RATIOS.items()
    }


def _day(day: date) -> tuple[int, int, int, int, int]:
    calls, today = calls_of(day), demo_profile.plan(day)
    answered = int(calls.answered.sum())
    quick = int((calls.answered & (calls.wait <= 15)).sum())
    return len(calls), answered, quick, answered + today.orders, today.seats
