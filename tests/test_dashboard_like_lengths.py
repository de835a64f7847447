"""Both sides of a change are as long as each other (RULES 3): today, which has only begun, is on neither side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from dashboard import charts_calls, findings
from dashboard import format as fmt
from dashboard.ask_calls import build_calls
from dashboard.components.calls import figures_panel
from dashboard.components.contract import contract_panel
from dashboard.components.kpi import cards, rows_panel
from dashboard.components.states import nothing_in_period
from dashboard.data import Data
from dashboard.english.phrases import to_english
from dashboard.filters import Filters
from dashboard.views import Indicator, Overview
from dashboard.views_calls import CallsView
from db.engine import make_engine, migrate
from ingest.batch import Batch
from kpi.periods import Period, compared_until
from tests.dashboard_facts import TODAY, fill, product
from tests.dashboard_views import words
from tests.factories import Desk, FrozenClock, calls

MONTH = Filters("district")
JUST_BEGUN = Filters("district").with_days(TODAY, date(2026, 3, 31))
FUTURE = Filters("district").with_days(date(2027, 1, 1), date(2027, 2, 1))
NOW_COUNT, BEFORE_COUNT, LAST_YEAR_COUNT = 16_000, 17_000, 19 * 900
"""Calls of 1–19 March (nothing came on the 9th), of 1–19 February, of 1–19 March a year before."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """The pages at 14:40 on 20 March, with 900 calls a day in March a year before, and the head-count of February."""
    folder = tmp_path_factory.mktemp("lengths")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    rows = [
        {"day": date(2025, 3, 1) + timedelta(days=n), "hour": 9, "offered": 900, "answered": 880} for n in range(31)
    ]
    desk = Desk(engine, FrozenClock("2026-03-20 14:40"))
    desk.source("calls", "话务平台导出")
    desk.write(Batch(calls=calls(*rows, centre="district"), rows_read=31, rows_used=31), source="calls")
    yield Data(product(engine, folder))
    engine.dispose()


def _volume(view: Overview) -> Indicator:
    return next(i for i in (*view.headline, *view.rows) if i.kpi.code == "offered_volume")


def change_of(item: Indicator) -> str:
    return fmt.change(item.part, item.before, item.kpi.unit)


def _said(view: Overview, filters: Filters) -> str:
    return words(cards(view.headline, view, filters, "")) + words(
        [contract_panel(view, filters, ""), rows_panel(view, filters, "")]
    )


@pytest.fixture
def calls_view(data: Data) -> CallsView:
    return data.view("calls-lengths", MONTH, build_calls)


def test_it_leaves_today_out_of_what_is_compared_and_says_so(data: Data) -> None:
    view = data.overview(MONTH)
    item = _volume(view)
    assert item.now.value == NOW_COUNT + 600, "what is shown has today in it"
    assert item.part is not None and item.before is not None
    assert (item.part.value, item.before.value) == (NOW_COUNT, BEFORE_COUNT)
    said = _said(view, MONTH)
    assert "−1,000 个  较上月同期" in said
    assert "变化(截至昨天)" in said
    assert to_english("较上月同期(截至昨天)") == "vs last month (to yesterday)"


def test_it_speaks_of_the_same_days_in_its_sentences(data: Data, calls_view: CallsView) -> None:
    view = data.overview(MONTH)
    first = view.headline[0]
    assert f",截至昨天较上月同期 {change_of(first)};" in findings.overview_sentence(view)
    chart = charts_calls.charts_of(calls_view, MONTH)["versus"]
    change = NOW_COUNT - LAST_YEAR_COUNT
    assert chart.finding == f"本月呼入 {NOW_COUNT + 600:,} 个,截至昨天较上年同期 −{-change:,} 个"
    assert "(截至昨天较上年同期 " in charts_calls.sentence(calls_view)


def test_it_compares_on_the_page_of_calls_what_the_overview_compares(data: Data, calls_view: CallsView) -> None:
    one, other = next(o for o in calls_view.figures if o.kpi.code == "offered_volume"), _volume(data.overview(MONTH))
    assert (one.held, one.before) == (other.part, other.before)
    assert one.last_year is not None and one.last_year.value == LAST_YEAR_COUNT
    said = words(figures_panel("x", calls_view.figures, calls_view.scope, MONTH))
    assert "较上月同期(截至昨天) 较上年同期(截至昨天)" in said


def test_it_compares_nothing_where_only_today_has_begun(data: Data) -> None:
    view = data.overview(JUST_BEGUN)
    assert (_volume(view).before, _volume(view).part) == (None, None)
    assert "— 期间内只有今天,还没有过完的整天可比" in _said(view, JUST_BEGUN)
    shown = data.view("calls-lengths", JUST_BEGUN, build_calls)
    assert "期间内只有今天,还没有过完的整天可比" in words(figures_panel("x", shown.figures, shown.scope, JUST_BEGUN))


@pytest.mark.parametrize("preset", ["yesterday", "last-month", "last-week"])
def test_it_takes_a_period_that_is_over_whole(data: Data, preset: str) -> None:
    view = data.overview(Filters("district", preset))
    assert _volume(view).part is None
    assert "截至昨天" not in _said(view, Filters("district", preset))


@pytest.mark.parametrize(
    ("period", "last"),
    [
        (Period(date(2026, 3, 1), date(2026, 3, 31)), date(2026, 3, 19)),
        (Period(date(2026, 3, 1), TODAY), date(2026, 3, 19)),  # its last day, which has only begun
        (Period(TODAY, TODAY), TODAY),  # over the same hours instead
        (Period(date(2026, 2, 1), date(2026, 2, 28)), TODAY),
        (Period(date(2026, 4, 1), date(2026, 4, 30)), TODAY),
    ],
)
def test_it_compares_until_the_last_whole_day(period: Period, last: date) -> None:
    assert compared_until(period, TODAY) == last


def test_it_gives_no_status_to_what_has_no_target(data: Data) -> None:
    """Today nothing is due yet: 办结率 is 0 of 0."""
    for preset in ("today", "this-month"):
        view = data.overview(Filters("district", preset))
        assert {i.status for i in (*view.headline, *view.rows)} == {None}
        assert "样本不足" not in findings.overview_sentence(view)


def test_it_knows_nothing_of_a_period_to_come(data: Data) -> None:
    view = data.overview(FUTURE)
    assert not view.has_values
    said = words(nothing_in_period(view, FUTURE, TODAY))
    assert "所选期间" in said and "还没有开始,没有数据" in said
