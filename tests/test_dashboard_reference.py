"""What a period is held against: the days of each choice, its words, the changes worked out by hand or in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from dashboard import charts_calls, findings, shell
from dashboard import format as fmt
from dashboard.ask_calls import build_calls
from dashboard.ask_orders import build_orders
from dashboard.ask_seat import build_seat
from dashboard.components import seats
from dashboard.components.calls import bars, figures_panel
from dashboard.components.kpi import cards
from dashboard.components.seats import seat_figures
from dashboard.data import CentreChoice, Data
from dashboard.english.phrases import to_english
from dashboard.filters import Filters, parse, read_search
from dashboard.reference import Kind, Reference
from dashboard.views import Indicator, Overview
from dashboard.views_calls import CallsView
from db.engine import make_engine, migrate
from ingest.batch import Batch
from kpi.periods import Comparison, Period
from tests.dashboard_facts import TODAY, fill, product
from tests.dashboard_views import props, words
from tests.factories import Desk, FrozenClock, calls

LAST_YEAR, NOTHING = Reference(Kind.LAST_YEAR), Reference(Kind.NONE)
FROM_FEBRUARY = Reference(Kind.DAYS, date(2026, 2, 2))
MONTH = Filters("district")
NOW_COUNT = 16_000
"""Calls of 1–19 March (nothing came on the 9th): today, which has only begun, is on neither side."""
FROM_FEBRUARY_COUNT = 15 * 1000 + 4 * 600
"""Calls of 2–20 February: 15 working days and 4 of weekends, as the made facts have them."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Data, Engine]]:
    """The pages at 14:40 on 20 March, with 900 calls a day in March a year before and no orders or seats then."""
    folder: Path = tmp_path_factory.mktemp("reference")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    march = [date(2025, 3, 1) + timedelta(days=n) for n in range(31)]
    rows = [{"day": day, "hour": 9, "offered": 900, "answered": 880, "abandoned": 20} for day in march]
    desk = Desk(engine, FrozenClock("2026-03-20 14:40"))
    desk.source("calls", "话务平台导出")
    desk.write(Batch(calls=calls(*rows, centre="district"), rows_read=31, rows_used=31), source="calls")
    yield Data(product(engine, folder)), engine
    engine.dispose()


@pytest.fixture
def data(made: tuple[Data, Engine]) -> Data:
    return made[0]


def of(view: Overview, code: str) -> Indicator:
    return next(i for i in (*view.headline, *view.rows) if i.kpi.code == code)


def change_of(item: Indicator) -> str:
    return fmt.change(item.part or item.now, item.before, item.kpi.unit)


def summed(engine: Engine, column: str, first: str, last: str) -> float:
    """A column of the calls over some days, in SQL written here."""
    asked = text(f"SELECT SUM({column}) FROM call_stats WHERE day BETWEEN '{first}' AND '{last}'")
    with engine.connect() as conn:
        return float(conn.execute(asked).scalar_one())


def test_it_holds_a_running_month_against_the_same_days_a_year_before(made: tuple[Data, Engine]) -> None:
    data, engine = made
    view = data.overview(MONTH.with_compare(LAST_YEAR))
    assert (view.compared_with, change_of(of(view, "offered_volume"))) == ("较上年同期", "−1,100 个")
    rate = of(view, "answer_rate")
    assert rate.part is not None and rate.before is not None
    now, then = (
        summed(engine, "answered", *days) / summed(engine, "offered", *days)
        for days in (("2026-03-01", "2026-03-19"), ("2025-03-01", "2025-03-19"))
    )
    assert (rate.part.value, rate.before.value) == pytest.approx((now, then))
    assert then == pytest.approx(880 / 900)
    said = words(cards(view.headline, view, MONTH, ""))
    assert "较上年同期" in said and "较上月同期" not in said
    assert f",截至昨天较上年同期 {change_of(view.headline[0])};" in findings.overview_sentence(view)


def test_it_says_that_the_year_before_has_no_data_and_never_zero(data: Data) -> None:
    view = data.overview(MONTH.with_compare(LAST_YEAR))
    orders = of(view, "accepted_volume")
    assert orders.now.value is not None and orders.before is not None and orders.before.value is None
    assert (orders.reason, change_of(orders)) == ("上年同期没有数据", "")
    assert "— 上年同期没有数据  较上年同期" in words(cards([orders], view, MONTH, ""))
    shown = data.view("orders-reference", MONTH.with_compare(LAST_YEAR), build_orders)
    table = words(figures_panel("工单指标", shown.figures, shown.scope, MONTH))
    assert table.startswith("工单指标,与上年同期比较")
    assert "— 上年同期没有数据" in table and "较上月同期" not in table


def test_it_holds_the_period_against_as_many_days_from_one_of_its_own(data: Data) -> None:
    filters = MONTH.with_compare(FROM_FEBRUARY)
    view = data.overview(filters)
    item = of(view, "offered_volume")
    assert item.before is not None
    assert (item.before.start, item.before.end) == (date(2026, 2, 2), date(2026, 2, 20))
    assert (item.before.value, change_of(item)) == (FROM_FEBRUARY_COUNT, f"−{FROM_FEBRUARY_COUNT - NOW_COUNT:,} 个")
    assert view.compared_with == "较2月2日–20日"
    assert filters.said_comparison(TODAY) == "对比 2月2日–20日"
    shown: CallsView = data.view("calls-reference", filters, build_calls)
    assert "(截至昨天较2月2日–20日 " in charts_calls.sentence(shown)
    table = words(figures_panel("话务指标", shown.figures, shown.scope, filters))
    assert "较2月2日–20日(截至昨天) 较上年同期(截至昨天)" in table
    chart = charts_calls.charts_of(shown, filters)["versus"]
    assert chart.kind == "呼入量与所选日期"
    assert chart.finding.endswith(f",截至昨天较2月2日–20日 −{FROM_FEBRUARY_COUNT - NOW_COUNT:,} 个")
    assert chart.table.rows[0] == ("2026-03-01", "600", "1,000"), "a Sunday beside Monday, 2 February"
    assert all("compare=2026-02-02" in address for _, address in chart.links if address.startswith("/?"))


def test_it_compares_with_nothing_where_that_was_chosen(data: Data) -> None:
    filters = MONTH.with_compare(NOTHING)
    view = data.overview(filters)
    assert view.compared_with == ""
    assert "较" not in words(cards(view.headline, view, filters, ""))
    assert "较" not in findings.overview_sentence(view)
    shown: CallsView = data.view("calls-reference", filters, build_calls)
    assert "较" not in words(figures_panel("话务指标", shown.figures, shown.scope, filters))
    assert "较" not in charts_calls.sentence(shown)
    charts = charts_calls.charts_of(shown, filters)
    assert "versus" not in charts
    assert len(bars(shown, charts, "/export/chart/calls/*.{}", "light")) == 3


@pytest.mark.parametrize(
    ("compare", "words_of", "then", "hint"),
    [
        (LAST_YEAR, "较上年同日同时段", 900.0, "变化是今天 13 时前与2025年3月20日(周四)的 13 时前相比"),
        (
            Reference(Kind.DAYS, date(2026, 3, 14)),
            "较3月14日同时段",
            5 * 60.0,
            "变化是今天 13 时前与2026年3月14日(周六)的 13 时前相比",
        ),
    ],
)
def test_it_holds_today_against_the_same_hours(
    data: Data, compare: Reference, words_of: str, then: float, hint: str
) -> None:
    filters = Filters("district", "today").with_compare(compare)
    view = data.overview(filters)
    hours = of(view, "offered_volume").same_hours
    assert hours is not None and hours.now is not None and hours.before is not None
    assert (hours.now.value, hours.before.value, hours.usual) == (5 * 100.0, then, None)
    assert (view.compared_with, hours.hint) == (words_of, hint)
    shown: CallsView = data.view("calls-reference", filters, build_calls)
    assert shown.scope.hint == hint
    volume = next(one for one in shown.figures if one.kpi.code == "offered_volume")
    beside = volume.before if shown.scope.with_chosen else volume.last_year
    assert beside is not None and (volume.held.value, beside.value) == (500.0, then)


def test_it_holds_one_seat_against_its_own_days_before(data: Data) -> None:
    """A seat has 80 calls on a working day, 77 in the bad week, 48 and 46 on days of weekends."""
    march = [48, *[77] * 5, *[46] * 2, *[80] * 4, *[48] * 2, *[80] * 4]
    february = [*[80] * 14, *[48] * 5]
    change = sum(march) / len(march) - sum(february) / len(february)
    assert round(change, 1) == -1.5
    shown = data.view("seat-reference", MONTH.with_seat("district/1000"), build_seat)
    assert shown is not None
    assert "较上月同期(截至昨天) −1.5 件/坐席/天 彼时 71.6 件/坐席/天" in words(seat_figures(shown))
    before = data.view("seat-reference", MONTH.with_seat("district/1000").with_compare(LAST_YEAR), build_seat)
    assert before is not None
    assert "较上年同期(截至昨天) — 上年同期没有数据 — 上年同期没有数据" in words(seat_figures(before))


@pytest.mark.parametrize(
    ("period", "start", "why"),
    [
        (Period(date(2026, 3, 1), date(2026, 3, 31)), date(2026, 3, 10), "从3月10日起的 19 天还没有过完,"),
        (Period(date(2026, 3, 1), date(2026, 3, 31)), date(2026, 2, 20), "从2月20日起的 19 天与所看的期间重叠,"),
        (Period(TODAY, TODAY), TODAY, "从3月20日起的 1 天还没有过完,"),
        (Period(date(2026, 3, 1), date(2026, 3, 31)), date(2026, 2, 10), ""),
        (Period(date(2026, 1, 1), date(2026, 1, 31)), date(2026, 2, 10), ""),
    ],
)
def test_it_says_which_days_can_not_be_compared(period: Period, start: date, why: str) -> None:
    reference = Reference(Kind.DAYS, start)
    assert reference.obstacle(period, TODAY).startswith(why)
    assert bool(reference.obstacle(period, TODAY)) == bool(why)
    assert (reference.comparison(period, TODAY - timedelta(days=1), TODAY) is None) == bool(why)


def test_it_shows_why_the_days_chosen_can_not_be_compared(data: Data) -> None:
    filters = MONTH.with_compare(Reference(Kind.DAYS, date(2026, 3, 10)))
    view = data.overview(filters)
    why = "从3月10日起的 19 天还没有过完,请在“对比”里选更早的开始日"
    assert of(view, "offered_volume").reason == why == filters.said_comparison(TODAY)
    shown: CallsView = data.view("calls-reference", filters, build_calls)
    assert f"— {why}" in words(figures_panel("话务指标", shown.figures, shown.scope, filters))


@pytest.mark.parametrize(
    ("filters", "before"),
    [
        (Filters(preset="this-week"), Period(date(2025, 3, 17), date(2025, 3, 20))),  # 52 weeks back: Mon–Thu
        (Filters(preset="last-month"), Period(date(2025, 2, 1), date(2025, 2, 28))),
        (Filters(preset="yesterday"), Period(date(2025, 3, 19), date(2025, 3, 19))),
        (Filters(preset="this-year"), Period(date(2025, 1, 1), date(2025, 3, 19))),
        (Filters().with_days(date(2024, 2, 29), date(2024, 3, 4)), Period(date(2023, 2, 28), date(2023, 3, 4))),
    ],
)
def test_it_takes_like_lengths_of_the_year_before(filters: Filters, before: Period) -> None:
    found = filters.with_compare(LAST_YEAR).comparison(TODAY)
    assert isinstance(found, Comparison)
    assert found.before == before
    assert filters.with_compare(LAST_YEAR).compared_with(TODAY) == "较上年同期"


def test_it_offers_the_choices_as_links_that_keep_everything_else() -> None:
    filters = Filters("district", "last-month", kpi="answer_rate").with_compare(LAST_YEAR)
    centres = (CentreChoice("city", "市中心", 0), CentreChoice("district", "江宁分中心", 1))
    bar = shell.filter_bar(filters, centres, TODAY, compares=True)
    links = props(bar, "href")
    kept = "?centre=district&period=last-month&kpi=answer_rate"
    assert {kept, kept + "&compare=last-year", kept + "&compare=none"} <= set(links)
    assert "?centre=district&period=today&kpi=answer_rate&compare=last-year" in links
    assert "?centre=city&period=last-month&kpi=answer_rate&compare=last-year" in links
    assert "对比 上年同期" in words(bar) and "1月1日–31日" in words(bar) and "2025年2月1日–28日" in words(bar)
    assert "对比" not in words(shell.filter_bar(filters, centres, TODAY))
    menu = shell.menu([{"path": "/calls", "icon": "calls", "module": "pages.calls"}], "/", filters)
    assert props(menu, "href") == ["/calls?centre=district&period=last-month&compare=last-year"]


def test_it_gives_way_to_the_period_before_where_the_address_says_nothing_known() -> None:
    for unknown in ("always", "days", "2026-02-30", "1820-01-01", "<b>"):
        found = parse({"compare": unknown})
        assert found.filters == Filters()
        (said,) = found.problems
        assert said.startswith("地址里的对比方式无法识别,已改为与上一时段对比")
        assert to_english(said).startswith("The address names nothing known to compare with")
    assert parse(read_search("?compare=previous")).filters.query() == ""


def test_it_goes_along_with_the_number_of_a_seat_that_is_typed_in() -> None:
    opener = seats._opener(31, 100, Filters("district", "last-month").with_compare(LAST_YEAR))
    assert {"district", "last-month", "last-year"} <= set(props(opener, "value"))
