"""Centres held against one another: intervals and differences worked out by hand or taken from the literature."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpi.catalogue import build
from kpi.compare import Doubt, Entrant, between, compare, day_error, interval_of, ratio_interval, together
from kpi.interval import wilson
from kpi.model import KpiValue, NoValue

CATALOGUE = build()
RATE, WAIT = CATALOGUE.kpis["answer_rate"], CATALOGUE.kpis["speed_of_answer"]
FIRST = date(2026, 3, 1)


def entrant(key: str, *days: tuple[float, float], kpi: str = "answer_rate", passed: int | None = None) -> Entrant:
    """A centre with these numerators and denominators from 1 March on."""
    top, bottom = sum(d[0] for d in days), sum(d[1] for d in days)
    last = FIRST + timedelta(days=max(len(days), 1) - 1)
    reason = None if bottom else NoValue.NO_DATA
    amount = top / bottom if bottom else None
    passed = len(days) if passed is None else passed
    value = KpiValue(kpi, "default", FIRST, last, key, amount, top, bottom, len(days), passed, reason)
    return Entrant(key, value, {FIRST + timedelta(days=n): day for n, day in enumerate(days)})


def test_it_bounds_a_difference_of_shares_as_newcombe_published() -> None:
    """Newcombe 1998, method 10: 56/70 less 48/80 is 0.2, between 0.0524 and 0.3339."""
    one, other = wilson(56, 70), wilson(48, 80)
    assert one is not None and other is not None
    found = between((56 / 70, *one), (48 / 80, *other))
    assert (found.amount, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.is_sure


def test_it_takes_the_swing_from_day_to_day_where_that_is_wider() -> None:
    """Ten days of 100 calls, 90 and 100 answered in turn: 950/1000. Each day is 5 off, so the error of the ratio is
    √(10/9 · 10 · 25)/1000 = 0.016667; with 9 degrees of freedom 2.2584 of it (2.2622 by the tables)."""
    days = [(90.0, 100.0), (100.0, 100.0)] * 5
    assert (day_error(days) or (0.0, 0)) == pytest.approx((0.0166667, 10), abs=1e-7)
    low, high = ratio_interval((950.0, 1000.0), days, share=True) or (0.0, 0.0)
    assert (low, high) == pytest.approx((0.95 - 0.03764, 0.95 + 0.03764), abs=1e-4)
    narrow = wilson(950, 1000)
    assert narrow is not None and low < narrow[0] and high > narrow[1]


def test_it_takes_wilson_where_the_days_hardly_swing_or_are_too_few() -> None:
    steady = [(95.0, 100.0)] * 10
    assert ratio_interval((950.0, 1000.0), steady, share=True) == pytest.approx(wilson(950, 1000))
    assert day_error(steady[:9]) is None
    assert ratio_interval((95.0, 100.0), steady[:1], share=True) == pytest.approx(wilson(95, 100))


def test_it_knows_no_interval_of_seconds_from_a_few_days() -> None:
    assert ratio_interval((900.0, 100.0), [(900.0, 100.0)] * 3, share=False) is None
    assert ratio_interval((9000.0, 1000.0), [(900.0, 100.0)] * 10, share=False) == pytest.approx((9.0, 9.0))


def test_it_gives_none_for_a_value_that_is_no_ratio_of_sums() -> None:
    one = entrant("a", *[(95.0, 100.0)] * 10)
    months = KpiValue("answer_rate", "default", FIRST, FIRST, "a", 0.9, 950.0, 1000.0, 10, 10)
    assert interval_of(RATE, Entrant("a", months, one.days)) is None


def test_it_adds_centres_up_before_it_divides() -> None:
    sums, days = together([entrant("a", (9.0, 10.0), (9.0, 10.0)), entrant("b", (1.0, 100.0))])
    assert sums == (19.0, 120.0)
    assert days == ((10.0, 110.0), (9.0, 10.0))


def test_it_says_when_a_difference_is_within_the_margin_of_error() -> None:
    alike = [entrant(key, *[(top, 100.0)] * 10) for key, top in (("a", 95.0), ("b", 95.5), ("c", 95.2))]
    found = compare(RATE, alike, 30)
    assert [one.key for one in found] == ["a", "c", "b"]
    assert [one.difference is not None and one.difference.is_sure for one in found] == [False, False, False]


def test_it_holds_each_centre_against_all_others_together() -> None:
    """a: 900/1000 against (970 + 1940)/3000 = 0.97: −0.07. Of three comparisons each is bounded at 98.33 %
    (z = 2.3940, two-sided): Wilson gives a (0.87499, 0.92043) and the others (0.96158, 0.97661)."""
    three = [entrant("a", *[(90.0, 100.0)] * 10), entrant("b", *[(97.0, 100.0)] * 10)]
    three.append(entrant("c", *[(194.0, 200.0)] * 10))
    worst = compare(RATE, three, 30)[0]
    assert worst.key == "a" and worst.difference is not None and worst.difference.is_sure
    own, rest = wilson(900, 1000, 2.3939798), wilson(2910, 3000, 2.3939798)
    assert own is not None and rest is not None
    low = -0.07 - ((0.9 - own[0]) ** 2 + (rest[1] - 0.97) ** 2) ** 0.5
    high = -0.07 + ((own[1] - 0.9) ** 2 + (0.97 - rest[0]) ** 2) ** 0.5
    assert (worst.difference.amount, worst.difference.low, worst.difference.high) == pytest.approx((-0.07, low, high))
    assert worst.interval == pytest.approx(wilson(900, 1000))


def test_it_orders_the_worst_first_whichever_way_is_better() -> None:
    two = [entrant("slow", *[(2000.0, 100.0)] * 10), entrant("quick", *[(900.0, 100.0)] * 10)]
    assert [one.key for one in compare(WAIT, two, 30)] == ["slow", "quick"]
    two = [entrant("good", *[(97.0, 100.0)] * 10), entrant("bad", *[(93.0, 100.0)] * 10)]
    assert [one.key for one in compare(RATE, two, 30)] == ["bad", "good"]


def test_it_gives_no_place_to_few_samples_few_days_or_no_value() -> None:
    given = [
        entrant("few", (0.0, 10.0)),
        entrant("thin", *[(50.0, 100.0)] * 7, passed=10),
        entrant("none", passed=10),
        entrant("a", *[(95.0, 100.0)] * 10),
        entrant("b", *[(96.0, 100.0)] * 10),
    ]
    found = {one.key: one for one in compare(RATE, given, 30)}
    assert list(found)[:2] == ["a", "b"]
    doubts = {"few": Doubt.TOO_FEW, "thin": Doubt.COVERAGE, "none": Doubt.NO_VALUE}
    assert {key: one.doubt for key, one in found.items() if one.doubt} == doubts
    assert all(found[key].difference is None for key in doubts)
    assert found["few"].interval == pytest.approx(wilson(0, 10))
    difference = found["a"].difference
    assert difference is not None and difference.amount == pytest.approx(-0.01)  # against b alone


def test_it_compares_nothing_that_goes_by_different_formulas() -> None:
    given = [entrant("b", *[(99.0, 100.0)] * 10), entrant("a", *[(50.0, 100.0)] * 10)]
    found = compare(RATE, given, 30, alike=False)
    assert [(one.key, one.difference) for one in found] == [("b", None), ("a", None)]
    assert all(one.interval is not None for one in found)


def test_it_holds_a_centre_alone_against_none() -> None:
    (alone,) = compare(RATE, [entrant("a", *[(95.0, 100.0)] * 10)], 30)
    assert alone.difference is None and alone.doubt is None
