"""Bad weeks and outages: found where they were put, told apart from the level, expected again as often as they came."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from kpi.forecast import History, project
from kpi.forecast_shocks import Shocks, draw_shocks, find_shocks
from kpi.periods import Period
from kpi.status import Operator
from tests.made_series import CALENDAR

START = date(2024, 1, 1)
DAYS = 366
BAD_WEEK, OUTAGE = 70, 130  # days from the start: Monday 11 March, Friday 10 May


def series(rates: np.ndarray, volume: float = 2000.0) -> History:
    days = [START + timedelta(days=i) for i in range(len(rates))]
    counts = [volume] * len(rates)
    return History.build(days, (rates * volume).tolist(), counts, CALENDAR, is_share=True)


def noisy(seed: int, *, shaken: bool) -> History:
    """96 % with a day's noise of half a point; a week 8 points and a day 10 points below where ``shaken``."""
    rates = 0.96 + np.random.default_rng(seed).normal(0, 0.005, DAYS)
    if shaken:
        rates[BAD_WEEK : BAD_WEEK + 7] -= 0.08
        rates[OUTAGE] -= 0.10
    return series(rates)


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_the_bad_week_and_the_outage_and_nothing_else(seed: int) -> None:
    found = find_shocks(noisy(seed, shaken=True))
    assert np.flatnonzero(found.apart).tolist() == [*range(BAD_WEEK, BAD_WEEK + 7), OUTAGE]
    # 7 average days 8 points below, 1 average day 10 points below
    assert sorted(found.sizes) == pytest.approx([-0.56, -0.10], abs=0.05)
    assert find_shocks(noisy(seed, shaken=False)).sizes.size == 0


def test_it_finds_a_week_that_no_single_day_of_gives_away() -> None:
    rates = 0.90 + np.random.default_rng(2).normal(0, 0.02, DAYS)
    rates[BAD_WEEK : BAD_WEEK + 7] -= 0.055
    found = find_shocks(series(rates))
    assert len(found.sizes) == 1
    assert set(np.flatnonzero(found.apart)) <= set(range(BAD_WEEK - 3, BAD_WEEK + 10))
    assert found.apart[BAD_WEEK : BAD_WEEK + 7].sum() >= 5


def test_it_takes_a_new_level_for_a_level_and_not_for_a_shock() -> None:
    rates = 0.96 + np.random.default_rng(3).normal(0, 0.005, DAYS)
    rates[200:] -= 0.05
    assert not find_shocks(series(rates)).apart[230:].any()
    told = project(
        series(rates), Period(START, date(2024, 12, 31)), date(2024, 9, 30), Operator.AT_LEAST, 0.9, CALENDAR
    )
    # 200 days at 96 % and 166 at 91 %
    assert told.value == pytest.approx((200 * 0.96 + 166 * 0.91) / 366, abs=0.003)


@pytest.mark.parametrize("rates", [np.full(DAYS, 0.96), np.ones(DAYS), np.zeros(DAYS), np.full(20, 0.5)])
def test_it_finds_nothing_where_days_do_not_differ(rates: np.ndarray) -> None:
    assert find_shocks(series(rates)).sizes.size == 0


def test_it_lets_shocks_arrive_as_often_as_they_came() -> None:
    found = Shocks(np.zeros(366, dtype=np.bool_), np.array([-0.5, -0.1, -0.3]), 366)
    drawn = draw_shocks(found, 183, 20_000, np.random.default_rng(1))
    counts = np.bincount(drawn.draw, minlength=20_000)
    # gamma–Poisson: (3 + ½) shocks in 366 + 182 days
    assert counts.mean() == pytest.approx(3.5 / 548 * 183, rel=0.03)
    assert counts.var() == pytest.approx(counts.mean() * (1 + 183 / 548), rel=0.06)
    assert drawn.size.mean() == pytest.approx(-0.3 * np.exp(0.25**2 / 2), rel=0.03)
    assert drawn.place.min() >= 0 and drawn.place.max() < 1
    none = draw_shocks(Shocks(np.zeros(9, dtype=np.bool_), np.zeros(0), 9), 183, 10, np.random.default_rng(1))
    assert len(none.draw) == 0


def test_it_keeps_the_level_and_allows_for_one_more_bad_week() -> None:
    half = Period(date(2024, 7, 1), date(2024, 12, 31))
    history = noisy(1, shaken=True)
    told = project(history, half, date(2024, 8, 31), Operator.AT_LEAST, 0.955, CALENDAR)
    calm = project(noisy(1, shaken=False), half, date(2024, 8, 31), Operator.AT_LEAST, 0.955, CALENDAR)
    assert (told.shocks, calm.shocks) == (2, 0)
    assert told.value is not None and calm.value is not None and told.low is not None and calm.low is not None
    assert told.value == pytest.approx(calm.value, abs=0.001)
    # another bad week would cost 7 × 8 points of 184 days: 0.3 points
    assert calm.low - told.low == pytest.approx(0.56 / 184, abs=0.0015)
    assert "2 次突发" in told.method and "突发" not in calm.method
