"""Periods and comparisons, dates worked out by hand on a calendar."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.model import Grain
from kpi.periods import PRESETS, Period, containing, on_last_year, on_previous, split, unit_of, whole_months


def D(text: str) -> date:
    return date.fromisoformat(text)


def P(start: str, end: str) -> Period:
    return Period(D(start), D(end))


@pytest.mark.parametrize(
    ("day", "grain", "expected"),
    [
        ("2026-11-22", Grain.WEEK, P("2026-11-16", "2026-11-22")),  # a Sunday belongs to the week of its Monday
        ("2026-11-23", Grain.WEEK, P("2026-11-23", "2026-11-29")),
        ("2028-02-10", Grain.MONTH, P("2028-02-01", "2028-02-29")),
        ("2026-06-30", Grain.HALF, P("2026-01-01", "2026-06-30")),
        ("2026-07-01", Grain.HALF, P("2026-07-01", "2026-12-31")),
        ("2026-07-01", Grain.YEAR, P("2026-01-01", "2026-12-31")),
    ],
)
def test_it_finds_the_unit_a_day_lies_in(day: str, grain: Grain, expected: Period) -> None:
    assert containing(D(day), grain) == expected


def test_it_cuts_a_period_at_week_boundaries() -> None:
    pieces = split(P("2026-11-20", "2026-12-01"), Grain.WEEK)
    assert pieces == [P("2026-11-20", "2026-11-22"), P("2026-11-23", "2026-11-29"), P("2026-11-30", "2026-12-01")]


def test_it_knows_whole_months_and_units() -> None:
    assert whole_months(P("2026-01-15", "2026-04-01")) == [P("2026-02-01", "2026-02-28"), P("2026-03-01", "2026-03-31")]
    assert unit_of(P("2026-01-01", "2026-06-30")) is Grain.HALF
    assert unit_of(P("2026-01-02", "2026-06-30")) is None


@pytest.mark.parametrize(
    ("period", "as_of", "before"),
    [
        (P("2026-11-16", "2026-11-22"), "2026-11-30", P("2026-11-09", "2026-11-15")),
        (P("2026-11-16", "2026-11-22"), "2026-11-18", P("2026-11-09", "2026-11-11")),  # like lengths
        (P("2026-03-01", "2026-03-31"), "2026-04-01", P("2026-02-01", "2026-02-28")),
        (P("2026-03-01", "2026-03-31"), "2026-03-30", P("2026-02-01", "2026-02-28")),  # no 30 February
        (P("2026-07-01", "2026-12-31"), "2026-07-10", P("2026-01-01", "2026-01-10")),
        (P("2026-05-03", "2026-05-12"), "2026-05-20", P("2026-04-23", "2026-05-02")),  # a free period
    ],
)
def test_it_compares_with_the_period_before_over_like_lengths(period: Period, as_of: str, before: Period) -> None:
    comparison = on_previous(period, D(as_of))
    assert comparison is not None
    assert comparison.before == before


@pytest.mark.parametrize(
    ("period", "as_of", "before"),
    [
        (P("2026-01-01", "2026-06-30"), "2026-07-01", P("2025-01-01", "2025-06-30")),
        (P("2026-01-01", "2026-06-30"), "2026-03-15", P("2025-01-01", "2025-03-15")),
        (P("2028-02-29", "2028-02-29"), "2028-03-01", P("2027-02-28", "2027-02-28")),
        (P("2029-02-01", "2029-02-28"), "2029-03-01", P("2028-02-01", "2028-02-29")),  # a whole month, whole
        (P("2026-11-16", "2026-11-22"), "2026-11-30", P("2025-11-17", "2025-11-23")),  # Monday against Monday
    ],
)
def test_it_compares_with_the_year_before(period: Period, as_of: str, before: Period) -> None:
    comparison = on_last_year(period, D(as_of))
    assert comparison is not None
    assert comparison.before == before


def test_it_has_nothing_to_compare_before_the_period_begins() -> None:
    assert on_previous(P("2026-12-01", "2026-12-31"), D("2026-11-21")) is None
    assert on_last_year(P("2026-12-01", "2026-12-31"), D("2026-11-21")) is None


def test_it_names_periods_by_today() -> None:
    today = D("2026-11-21")
    found = {code: make(today) for code, (_label, make) in PRESETS.items()}
    assert found["yesterday"] == P("2026-11-20", "2026-11-20")
    assert found["last-week"] == P("2026-11-09", "2026-11-15")
    assert found["last-month"] == P("2026-10-01", "2026-10-31")
    assert found["last-half"] == P("2026-01-01", "2026-06-30")
    assert found["last-year"] == P("2025-01-01", "2025-12-31")


def test_it_refuses_a_period_that_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="早于"):
        P("2026-02-02", "2026-02-01")
