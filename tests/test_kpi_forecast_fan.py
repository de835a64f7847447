"""The fan: the way to what the forecast says, day by day; and what a sheet of forty forecasts costs."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.forecast import Fan, History, fan, project
from kpi.model import Grain
from kpi.periods import Period, containing
from kpi.status import Operator
from tests.demo_days import demo_histories
from tests.made_series import CALENDAR, PROCESSES, made
from tests.yardstick import weigh

GE = Operator.AT_LEAST
HALF = Period(date(2023, 1, 1), date(2023, 6, 30))
AS_OF = date(2023, 3, 31)
HALF_2025 = Period(date(2025, 1, 1), date(2025, 6, 30))


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("as_of", [date(2023, 1, 17), AS_OF, date(2023, 6, 29)])
def test_it_ends_where_the_forecast_ends(process: str, as_of: date) -> None:
    history = made(process, 2)
    drawn = fan(history, HALF, as_of, GE, 0.94, CALENDAR, 3)
    told = project(history, HALF, as_of, GE, 0.94, CALENDAR, 3)
    assert drawn.days == tuple(as_of + timedelta(days=i + 1) for i in range((HALF.end - as_of).days))
    assert (drawn.low[-1], drawn.mid[-1], drawn.high[-1]) == pytest.approx((told.low, told.value, told.high), abs=1e-9)
    assert drawn.chance[-1] == pytest.approx(told.probability, abs=0.002)
    assert {len(row) for row in (drawn.low, drawn.mid, drawn.high, drawn.chance)} == {len(drawn.days)}


def test_it_starts_at_the_value_to_date_and_opens() -> None:
    history = made("flat", 4)
    drawn = fan(history, HALF, AS_OF, GE, 0.94, CALENDAR)
    done = history.between(HALF.start, AS_OF)
    to_date = done.numerator.sum() / done.denominator.sum()
    assert drawn.mid[0] == pytest.approx(to_date, abs=0.0005)
    assert all(low <= mid <= high for low, mid, high in zip(drawn.low, drawn.mid, drawn.high, strict=True))
    assert drawn.high[0] - drawn.low[0] < drawn.high[-1] - drawn.low[-1]


def test_it_holds_what_comes_on_the_way_as_often_as_at_the_end() -> None:
    # The value 30 days on, from five origins of eight series each: within the fan about 80 times of 100.
    held = []
    for process in ("flat", "weekly", "season", "walk"):
        for seed in (1, 2):
            history = made(process, seed)
            for month in range(1, 6):
                origin = date(2023, month + 1, 1) - timedelta(days=1)
                drawn = fan(history, HALF, origin, GE, 0.94, CALENDAR)
                at = min(29, len(drawn.days) - 1)
                done = history.between(HALF.start, drawn.days[at])
                held.append(drawn.low[at] <= done.numerator.sum() / done.denominator.sum() <= drawn.high[at])
    assert 0.68 <= np.mean(held) <= 0.92  # two standard deviations of 40 either way


def test_it_is_empty_where_nothing_is_foretold() -> None:
    history = made("flat", 4)
    assert fan(history, HALF, HALF.end, GE, 0.94, CALENDAR) == Fan()
    assert fan(history.until(date(2021, 1, 9)), HALF, date(2021, 1, 9), GE, 0.94, CALENDAR) == Fan()


@pytest.fixture(scope="module")
def demo() -> dict[str, History]:
    return demo_histories(1)


@settings(max_examples=10, deadline=None)
@given(passed=st.integers(60, 700), code=st.sampled_from(("answer_rate", "daily_output")), seed=st.integers(0, 2**31))
def test_it_uses_nothing_later_than_the_day_asked_whatever_comes_later(
    demo: dict[str, History], passed: int, code: str, seed: int
) -> None:
    history = demo[code]
    as_of = date(2024, 1, 1) + timedelta(days=passed)
    later = history.days > as_of.toordinal()
    other = np.random.default_rng(seed).random(len(history))
    changed = History(
        history.days,
        np.where(later, other * history.denominator, history.numerator),
        np.where(later, 1 + other * 5000, history.denominator),
        history.kinds,
        history.is_share,
    )
    period = containing(as_of, Grain.HALF)
    for forecast in (project, fan):
        told = forecast(history, period, as_of, GE, 0.96, CALENDAR, seed)
        assert forecast(changed, period, as_of, GE, 0.96, CALENDAR, seed) == told
        assert forecast(history.until(as_of), period, as_of, GE, 0.96, CALENDAR, seed) == told


def test_it_says_nearly_the_same_under_another_seed(demo: dict[str, History]) -> None:
    chances, values = [], []
    for seed in range(12):
        told = project(demo["answer_rate"], HALF_2025, date(2025, 4, 30), GE, 0.96, CALENDAR, seed)
        assert told.probability is not None and told.value is not None
        chances.append(told.probability)
        values.append(told.value)
    assert np.std(chances) < 0.0125  # √(¼ / 2000 draws) is 0.0112
    assert np.ptp(values) < 0.0003


def test_it_foretells_forty_indicators_in_a_quarter_of_a_second() -> None:
    """Seconds of the reference machine: the work is weighed against work of a known length, done between the tries."""
    histories = [made(PROCESSES[i % 5], i, 365 + 90).between(date(2021, 4, 1), date(2022, 3, 31)) for i in range(40)]
    half = Period(date(2022, 1, 1), date(2022, 6, 30))

    def work() -> None:
        for history in histories:
            project(history, half, date(2022, 3, 31), GE, 0.94, CALENDAR)

    assert weigh(work, tries=4) < 0.4
