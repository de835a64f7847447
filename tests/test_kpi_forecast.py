"""The forecast: what it must never do, whatever the numbers, and answers known by hand."""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpi.forecast import History, project
from kpi.forecast_count import project_count
from kpi.periods import Period
from kpi.status import Operator
from kpi.whatif import add_seats, hold_rate
from tests.made_series import CALENDAR, FIRST, made

GE, LE, EQ = Operator.AT_LEAST, Operator.AT_MOST, Operator.EQUAL
HALF = Period(date(2023, 1, 1), date(2023, 6, 30))
AS_OF = date(2023, 3, 31)


def days_from(start: date, count: int) -> list[date]:
    return [start + timedelta(days=i) for i in range(count)]


def constant(start: date, count: int, numerator: float, denominator: float, *, is_share: bool = True) -> History:
    days = days_from(start, count)
    return History.build(days, [numerator] * count, [denominator] * count, CALENDAR, is_share=is_share)


@pytest.mark.parametrize("process", ["flat", "trend", "season"])
def test_it_says_the_same_thing_twice_and_uses_nothing_later_than_the_day_asked(process: str) -> None:
    history = made(process, 1)
    told = project(history, HALF, AS_OF, GE, 0.94, CALENDAR, 7)
    later = history.days > AS_OF.toordinal()
    changed = History(
        history.days,
        np.where(later, 0.0, history.numerator),
        np.where(later, 5.0, history.denominator),
        history.kinds,
    )
    assert project(history, HALF, AS_OF, GE, 0.94, CALENDAR, 7) == told
    assert project(changed, HALF, AS_OF, GE, 0.94, CALENDAR, 7) == told
    assert project(history.until(AS_OF), HALF, AS_OF, GE, 0.94, CALENDAR, 7) == told


@pytest.mark.parametrize("as_of", [date(2021, 1, 14), date(2021, 2, 3), date(2022, 12, 15), AS_OF, date(2023, 6, 29)])
def test_its_interval_holds_the_value_and_stays_within_what_a_share_can_be(as_of: date) -> None:
    period = Period(date(as_of.year, 1, 1), date(as_of.year, 12, 31))
    told = project(made("walk", 3), period, as_of, GE, 0.94, CALENDAR)
    assert told.value is not None and told.low is not None and told.high is not None
    assert 0 <= told.low <= told.value <= told.high <= 1
    assert sum(weight for _, weight in told.weights) == pytest.approx(1)


def test_its_probability_falls_as_the_target_rises_and_mirrors() -> None:
    history = made("flat", 2)
    targets = np.linspace(0.93, 0.95, 9)
    chances = [project(history, HALF, AS_OF, GE, float(t), CALENDAR).probability or 0.0 for t in targets]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.99 and chances[-1] < 0.01
    below = project(history, HALF, AS_OF, LE, float(targets[4]), CALENDAR).probability
    assert below == pytest.approx(1 - chances[4])


def test_its_interval_narrows_as_the_period_passes() -> None:
    history = made("flat", 4)
    widths = []
    for as_of in (date(2023, 1, 31), date(2023, 3, 31), date(2023, 5, 31), date(2023, 6, 25)):
        told = project(history, HALF, as_of, GE, 0.94, CALENDAR)
        assert told.low is not None and told.high is not None
        widths.append(told.high - told.low)
    assert widths == sorted(widths, reverse=True)


def test_it_states_the_facts_once_the_period_has_ended() -> None:
    history = made("flat", 5)
    told = project(history, HALF, date(2023, 7, 20), GE, 0.93, CALENDAR)
    part = (history.days >= HALF.start.toordinal()) & (history.days <= HALF.end.toordinal())
    exact = history.numerator[part].sum() / history.denominator[part].sum()
    assert (told.value, told.low, told.high) == pytest.approx((exact, exact, exact))
    assert (told.probability, told.remaining_denominator) == (1.0, 0.0)


def test_it_counts_with_the_kinds_of_the_days_to_come() -> None:
    # 1,000 at 90 % on working and make-up days, 500 at 98 % on all others, nothing random: the end is arithmetic.
    days = days_from(date(2021, 1, 1), 3 * 365)
    working = np.array([CALENDAR.day(day).is_working for day in days])
    volume = np.where(working, 1000.0, 500.0)
    whole = History.build(days, (volume * np.where(working, 0.9, 0.98)).tolist(), volume.tolist(), CALENDAR)
    told = project(whole, HALF, AS_OF, GE, 0.9, CALENDAR)
    part = whole.between(HALF.start, HALF.end)
    rest = whole.between(AS_OF + timedelta(days=1), HALF.end)
    assert told.remaining_denominator == pytest.approx(rest.denominator.sum(), rel=1e-3)
    assert told.value == pytest.approx(part.numerator.sum() / part.denominator.sum(), abs=2e-4)


def test_it_needs_fourteen_days_and_says_so() -> None:
    short = constant(date(2023, 1, 1), 13, 90, 100)
    told = project(short, HALF, date(2023, 1, 13), GE, 0.9, CALENDAR)
    assert (told.value, told.low, told.high, told.probability) == (None, None, None, None)
    assert told.reason == "至少要有 14 天数据才能预测, 现在只有 13 天"
    assert told.method == told.reason
    enough = project(constant(date(2023, 1, 1), 14, 90, 100), HALF, date(2023, 1, 14), GE, 0.8, CALENDAR)
    assert enough.value == pytest.approx(0.9, abs=1e-3)
    nothing = project(short.until(date(2022, 1, 1)), HALF, date(2023, 1, 13), GE, 0.9, CALENDAR)
    assert nothing.value is None


def test_it_takes_missing_days_for_missing_and_not_for_zero() -> None:
    history = made("flat", 6)
    kept = np.random.default_rng(1).random(len(history)) > 0.2
    thinned = History(history.days[kept], history.numerator[kept], history.denominator[kept], history.kinds[kept])
    full = project(history, HALF, AS_OF, GE, 0.94, CALENDAR)
    told = project(thinned, HALF, AS_OF, GE, 0.94, CALENDAR)
    assert told.value == pytest.approx(full.value, abs=0.002)
    assert told.remaining_denominator == pytest.approx(full.remaining_denominator, rel=0.03)


def test_it_counts_days_that_have_not_come_in_yet_as_still_to_come() -> None:
    history = made("flat", 6).until(date(2023, 3, 28))
    on_time = project(history, HALF, date(2023, 3, 28), GE, 0.94, CALENDAR)
    late = project(history, HALF, date(2023, 3, 31), GE, 0.94, CALENDAR)
    assert late == on_time


def test_it_looks_at_a_period_that_has_not_begun() -> None:
    told = project(made("flat", 6), Period(date(2024, 1, 1), date(2024, 6, 30)), date(2023, 11, 30), GE, 0.9, CALENDAR)
    assert told.value == pytest.approx(0.94, abs=0.01)
    assert told.probability == 1.0


def test_it_leaves_ratios_that_are_no_shares_unbounded() -> None:
    rng = np.random.default_rng(3)
    days = days_from(date(2022, 1, 1), 455)
    items = (40 * rng.normal(62, 4, len(days))).tolist()
    history = History.build(days, items, [40.0] * len(days), CALENDAR, is_share=False)
    told = project(history, HALF, AS_OF, GE, 60, CALENDAR)
    assert told.value == pytest.approx(62, abs=0.6)
    assert told.probability == 1.0


def test_it_is_not_certain_of_a_share_that_never_missed() -> None:
    told = project(constant(date(2023, 1, 1), 31, 20, 20), HALF, date(2023, 1, 31), EQ, 1.0, CALENDAR)
    assert told.value == pytest.approx(1.0, abs=1e-3)
    assert told.low is not None and 0.98 < told.low <= 1.0
    assert told.probability is not None and 0.3 < told.probability < 0.99


def test_it_answers_quickly() -> None:
    history = made("season", 8)
    project(history, HALF, AS_OF, GE, 0.94, CALENDAR)
    best = 1.0
    for _ in range(5):
        begun = time.thread_time()
        project(history, HALF, AS_OF, GE, 0.94, CALENDAR)
        best = min(best, time.thread_time() - begun)
    assert best < 0.06


def test_it_refuses_histories_that_contradict_themselves() -> None:
    day = date(2023, 1, 1)
    with pytest.raises(ValueError, match="两次"):
        History.build([day, day], [1, 1], [1, 1], CALENDAR)
    with pytest.raises(ValueError, match="个数不一致"):
        History.build([day], [1, 1], [1, 1], CALENDAR)
    with pytest.raises(ValueError, match="不能为负数"):
        History.build([day], [1], [-1], CALENDAR)
    frame = pd.DataFrame({"day": [day, FIRST], "numerator": [1, np.nan], "denominator": [2, 3]})
    assert History.from_frame(frame, CALENDAR).days.tolist() == [day.toordinal()]


def test_it_foretells_a_count_by_the_kinds_of_its_days() -> None:
    # 100 on working and make-up days, 40 on all others: the total is arithmetic.
    days = days_from(date(2021, 1, 1), 3 * 365)
    counts = [100.0 if CALENDAR.day(day).is_working else 40.0 for day in days]
    history = History.of_counts(days, counts, CALENDAR)
    total = float(history.between(HALF.start, HALF.end).numerator.sum())
    told = project_count(history, HALF, AS_OF, GE, total * 0.99, CALENDAR)
    assert told.value == pytest.approx(total, rel=1e-3)
    assert told.probability == 1.0
    assert told.remaining_denominator == 91
    ended = project_count(history, HALF, HALF.end, EQ, total, CALENDAR)
    assert (ended.value, ended.probability) == (total, 1.0)


def test_it_foretells_a_few_events_by_chance_alone() -> None:
    # 12 events on 365 alike days, 3 of them in the period; 91 days to come: negative binomial with a Jeffreys prior.
    days = days_from(date(2022, 4, 1), 365)
    counts = [1.0 if i % 30 == 29 else 0.0 for i in range(365)]
    history = History.of_counts(days, counts, CALENDAR)
    alike = History(history.days, history.numerator, history.denominator, np.zeros_like(history.kinds), False)
    told = project_count(alike, HALF, AS_OF, GE, 6, CALENDAR)
    done = sum(counts[i] for i, day in enumerate(days) if day >= HALF.start)
    by_hand = float(stats.nbinom.sf(6 - done - 1, 12.5, 365 / (365 + 91)))
    assert told.probability == pytest.approx(by_hand, abs=1e-3)
    assert told.low is not None and told.low >= done


def test_it_covers_counts_as_often_as_it_says() -> None:
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        days = days_from(date(2022, 1, 1), 545)
        usual = np.array([12.0 if CALENDAR.day(day).is_working else 5.0 for day in days])
        history = History.of_counts(days, rng.poisson(usual).astype(float).tolist(), CALENDAR)
        told = project_count(history, HALF, AS_OF, GE, 0, CALENDAR)
        assert told.low is not None and told.high is not None
        held += told.low <= history.between(HALF.start, HALF.end).numerator.sum() <= told.high
    assert 27 <= held <= 38  # 80 % of 40 is 32; two standard deviations of a binomial either way


def test_it_works_out_a_rate_held_from_tomorrow() -> None:
    # (95,000 + 0.97 × 50,000) / 150,000
    assert hold_rate(95_000, 100_000, 50_000, 0.97) == pytest.approx(0.956667, abs=1e-6)
    assert hold_rate(0, 0, 0, 0.9) is None
    with pytest.raises(ValueError, match="负数"):
        hold_rate(1, 2, -1, 0.9)


def test_it_works_out_seats_added_and_stops_at_the_ceiling() -> None:
    # 90 % with 40 seats; 42 seats answer 90 % × 42 / 40 = 94.5 %.
    more = add_seats(90_000, 100_000, 100_000, 0.9, 40, 2)
    assert more.rate == pytest.approx(0.945)
    assert not more.bounded
    assert more.value == pytest.approx(0.9225)
    many = add_seats(90_000, 100_000, 100_000, 0.9, 40, 20, ceiling=0.99)
    assert (many.rate, many.bounded) == (0.99, True)
    assert add_seats(0, 0, 10, 0.9, 40, -20).rate == pytest.approx(0.45)
    assert add_seats(0, 0, 10, 0.995, 40, 1, ceiling=0.99).rate == pytest.approx(0.995)
    with pytest.raises(ValueError, match="大于 0"):
        add_seats(1, 2, 3, 0.9, 0, 1)
