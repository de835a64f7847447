"""Pacing against examples worked out by hand, and properties that must hold for any numbers."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.pacing import calendar_share, monthly_share, pace_cap, pace_count, pace_money, pace_ratio
from kpi.periods import Period
from kpi.status import Operator

GE, LE = Operator.AT_LEAST, Operator.AT_MOST
HALF = Period(date(2026, 1, 1), date(2026, 6, 30))


def test_it_works_out_what_a_rate_still_needs() -> None:
    # 95,710 of 100,000 so far, 50,000 more expected, target 96 %: (0.96 × 150,000 − 95,710) / 50,000.
    pace = pace_ratio(95_710, 100_000, 50_000, GE, 0.96)
    assert pace.required == pytest.approx(0.9658)
    assert pace.allowance == pytest.approx(6_000)
    assert pace.used == 4_290
    assert pace.left == pytest.approx(1_710)
    assert pace.left_share == pytest.approx(0.285)
    assert not pace.locked
    assert not pace.out_of_reach


def test_it_mirrors_the_allowance_for_an_upper_limit() -> None:
    # At most 4 % abandoned: 3,000 of 100,000 so far, 50,000 to come → 6,000 allowed, 3,000 left = 6 %.
    pace = pace_ratio(3_000, 100_000, 50_000, LE, 0.04)
    assert pace.required == pytest.approx(0.06)
    assert (pace.allowance, pace.used, pace.left) == (6_000, 3_000, 3_000)


def test_it_knows_when_nothing_can_change_the_outcome() -> None:
    assert pace_ratio(80, 100, 10, GE, 0.96).out_of_reach
    assert pace_ratio(99_999, 100_000, 100, GE, 0.96).locked
    assert pace_ratio(10, 100, 10, LE, 0.04).out_of_reach
    assert pace_ratio(0, 100, 2, LE, 0.04).locked
    assert pace_ratio(95, 100, 0, GE, 0.96).out_of_reach
    assert pace_ratio(96, 100, 0, GE, 0.96).locked


def test_it_gives_no_allowance_for_output_per_seat_day() -> None:
    pace = pace_ratio(63_200, 1_000, 500, GE, 60, is_share=False)
    assert pace.required == pytest.approx(53.6)
    assert (pace.allowance, pace.left, pace.out_of_reach) == (None, None, False)


shares = st.floats(0.01, 0.99)
amounts = st.integers(0, 10**6)


@given(target=shares, answered=amounts, missed=amounts, remaining=st.integers(1, 10**6))
def test_it_makes_the_target_exactly_at_the_required_rate(
    target: float, answered: int, missed: int, remaining: int
) -> None:
    pace = pace_ratio(answered, answered + missed, remaining, GE, target)
    assert pace.required is not None
    end = (answered + pace.required * remaining) / (answered + missed + remaining)
    assert end == pytest.approx(target)


@given(target=shares, answered=amounts, missed=amounts, remaining=st.integers(1, 10**6))
def test_it_says_the_same_in_events_as_in_rate(target: float, answered: int, missed: int, remaining: int) -> None:
    pace = pace_ratio(answered, answered + missed, remaining, GE, target)
    assert pace.required is not None
    assert pace.left is not None
    assert remaining * (1 - pace.required) == pytest.approx(pace.left, abs=1e-4)


@given(target=shares, answered=amounts, missed=amounts, remaining=st.integers(0, 10**6))
def test_it_judges_the_share_missed_just_as_the_share_met(
    target: float, answered: int, missed: int, remaining: int
) -> None:
    met = pace_ratio(answered, answered + missed, remaining, GE, target)
    lost = pace_ratio(missed, answered + missed, remaining, LE, 1 - target)
    assert met.left is not None
    assert lost.left is not None
    assert math.isclose(met.left, lost.left, abs_tol=1e-4)
    if abs(met.left) > 1e-3:
        assert met.out_of_reach == lost.out_of_reach
    if abs(met.left - remaining) > 1e-3:
        assert met.locked == lost.locked


def test_it_expects_a_count_by_calendar_days() -> None:
    share = calendar_share(HALF, date(2026, 3, 31))
    assert share == 90 / 181
    pace = pace_count(40, 100, share, 60)
    assert pace.expected == pytest.approx(49.7238, abs=1e-4)
    assert pace.index == pytest.approx(40 / 49.7238, abs=1e-4)
    assert (pace.needed, pace.per_day) == (60, 1)


def test_it_finds_nothing_due_while_the_target_is_zero() -> None:
    pace = pace_count(0, 0, 0.5, 60)
    assert (pace.expected, pace.index, pace.needed) == (0, None, 0)


def test_it_follows_a_monthly_plan() -> None:
    plan = {1: 1.0, 2: 1.0, 3: 2.0}
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert monthly_share(plan, date(2026, 2, 14), quarter) == (1 + 0.5) / 4
    assert monthly_share(plan, date(2026, 3, 31), quarter) == 1
    assert monthly_share(plan, date(2025, 12, 31), quarter) == 0


def test_it_gives_the_chance_that_a_cap_holds() -> None:
    # 3 complaints in 90 days, 91 to come, cap 6: at most 3 more from NegBin(3.5, 90/181), summed by hand.
    p, r = 90 / 181, 3.5
    by_hand = sum(math.gamma(k + r) / (math.factorial(k) * math.gamma(r)) * p**r * (1 - p) ** k for k in range(4))
    pace = pace_cap(3, 6, 90, 91)
    assert pace.left == 3
    assert pace.projected == pytest.approx(3 + 3.5 / 90 * 91)
    assert pace.probability == pytest.approx(by_hand)


def test_it_knows_a_broken_and_a_finished_cap() -> None:
    assert pace_cap(7, 6, 90, 91).probability == 0
    assert pace_cap(6, 6, 181, 0).probability == 1
    assert pace_cap(0, 6, 0, 181).probability is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 6, 30), 0.5), (date(2026, 12, 31), 1.0), (date(2026, 3, 31), 0.5 * 90 / 181)],
)
def test_it_draws_the_money_line_through_both_plans(day: date, expected: float) -> None:
    pace = pace_money(0.4, 0.5, 1.0, day)
    assert pace.expected == pytest.approx(expected)
    assert pace.deviation == pytest.approx((0.4 - expected) * 100)
