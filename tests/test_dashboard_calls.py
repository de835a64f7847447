"""话务: its figures worked out by hand, its charts as tables, findings and files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import charts_calls, charts_parts
from dashboard.ask_calls import build_calls
from dashboard.components.calls import figures_panel
from dashboard.data import Data
from dashboard.figures.bars import versus_figure
from dashboard.filters import Filters
from dashboard.theme import LIGHT
from dashboard.views_calls import CallsView
from db.definitions import add_definition, add_exclusion
from db.engine import make_engine, migrate, write
from db.schema import WHOLE_DAY
from kpi.interval import wilson
from kpi.model import Definition, Exclusion, NoValue
from tests.dashboard_facts import MISSING, TODAY, fill, product
from tests.dashboard_views import words
from tests.factories import Desk, FrozenClock, at, batch, calls

MARCH = [date(2026, 3, 1) + timedelta(days=n) for n in range(20)]


def came(day: date) -> int:
    """Calls an hour."""
    return 60 if day.weekday() >= 5 else 100


def got(day: date, hour: int) -> int:
    """Calls answered in an hour: 97 of 100 (58 of 60), in the bad week 93 (55), at 10 o'clock today 92."""
    bad = date(2026, 3, 2) <= day <= date(2026, 3, 8)
    if day == TODAY and hour == 10:
        return 92
    return (55 if bad else 58) if day.weekday() >= 5 else (93 if bad else 97)


def hours(day: date) -> range:
    """The hours with calls; none on the day that is missing."""
    return range(0) if day == MISSING else range(8, 14) if day == TODAY else range(8, 18)


EVERY = [(day, hour) for day in MARCH for hour in hours(day)]
OFFERED = sum(came(day) for day, _ in EVERY)
ANSWERED = sum(got(day, hour) for day, hour in EVERY)
IN_TIME = sum(got(day, hour) * 88 // 100 for day, hour in EVERY)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A filled database of this file alone; its tests only read."""
    folder = tmp_path_factory.mktemp("calls")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    yield engine, folder
    engine.dispose()


@pytest.fixture
def view(filled: tuple[Engine, Path]) -> CallsView:
    """The page of March."""
    return Data(product(*filled)).view("calls", Filters(), build_calls)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[Engine, Path]]:
    """A migrated database without any figure."""
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    yield engine, tmp_path
    engine.dispose()


def _cells(view: CallsView) -> dict[str, tuple[str, ...]]:
    table = charts_parts.figures_table(view.figures, view.scope.compared_with)
    return {row[0]: row[5:7] for row in table.rows}


def test_it_holds_today_against_the_same_hours_as_the_overview_does(filled: tuple[Engine, Path]) -> None:
    data, today = Data(product(*filled)), Filters(preset="today")
    view, overview = data.view("calls", today, build_calls), data.overview(today)
    rows = {item.kpi.code: item.same_hours for item in (*overview.headline, *overview.rows)}
    held = {one.kpi.code: (one.part, one.before) for one in view.figures}
    assert held == {code: (rows[code].now, rows[code].before) for code in held if rows[code]}  # type: ignore[union-attr]
    assert _cells(view)["接通率"] == ("−1.0 个百分点", "—")
    assert view.scope.compared_with == "较昨天同时段"
    shown = words(figures_panel("重点", view.figures, view.scope, today))
    assert "−1.0 个百分点" in shown and "变化是今天 13 时前与昨天、上年同一天的 13 时前相比" in shown


def test_it_holds_today_against_the_same_hours_a_year_before(empty: tuple[Engine, Path]) -> None:
    desk = Desk(empty[0], FrozenClock("2026-03-20 02:00"))
    made = product(*empty, now="2026-03-20 11:30")
    desk.source("calls", "话务")
    rows = [
        {"day": day, "hour": hour, "offered": 100, "answered": got, "abandoned": 100 - got}
        for day, got in ((TODAY, 95), (date(2025, 3, 20), 90))
        for hour in (9, 10, 11, 12)
        if day != TODAY or hour < 12
    ]
    for day in (TODAY, date(2025, 3, 20)):
        own = calls(*(row for row in rows if row["day"] == day), centre="district")
        desk.write(batch(calls=own, first_day=day, last_day=day), source="calls")
    view = Data(made).view("calls", Filters(preset="today"), build_calls)
    assert _cells(view)["呼入量"] == ("—", "持平")  # two whole hours of both: the third still runs
    assert _cells(view)["接通率"] == ("—", "+5.0 个百分点")
    assert "(较上年同期 +5.0 个百分点)" in charts_calls.sentence(view)
    chart = charts_calls.charts_of(view, Filters(preset="today"))["versus"]
    assert chart.finding == "今天 11 时前呼入 200 个,较上年同期 持平"
    assert chart.table.rows == ((TODAY.isoformat(), "200", "200"),), "the chart shows what its title compares"
    assert view.versus is not None
    (bars,) = versus_figure(view.versus, TODAY, LIGHT)["data"]
    assert (bars["x"], bars["y"]) == (["上年同期", "今天 11 时前"], [200.0, 200.0])
    assert chart.notes == "两天都只计 11 时前的呼入,对比日为 2025年3月20日"


def test_it_says_why_today_is_not_compared(empty: tuple[Engine, Path]) -> None:
    desk = Desk(empty[0], FrozenClock("2026-03-20 02:00"))
    made = product(*empty, now="2026-03-20 11:30")
    desk.source("calls", "话务")
    row = {"day": TODAY, "hour": WHOLE_DAY, "offered": 100, "answered": 95, "abandoned": 5}
    desk.write(batch(calls=calls(row, centre="district"), first_day=TODAY, last_day=TODAY), source="calls")
    view = Data(made).view("calls", Filters(preset="today"), build_calls)
    assert "来源只给整天的数,当天不作比较" in words(figures_panel("重点", view.figures, view.scope, Filters()))
    chart = charts_calls.charts_of(view, Filters(preset="today"))["versus"]
    assert chart.table.rows == ((TODAY.isoformat(), "100", "—"),)
    assert chart.finding == "今天呼入 100 个;上年同期没有可比的数据"


def test_it_adds_up_the_period_and_holds_it_against_the_month_before(view: CallsView) -> None:
    figures = {one.kpi.code: one for one in view.figures}
    rate = figures["answer_rate"]
    assert (rate.now.numerator, rate.now.denominator) == (ANSWERED, OFFERED)
    assert rate.before is not None
    assert rate.before.denominator == 14 * 1000 + 5 * 600  # 1–19 February begins on a Sunday; today has only begun
    assert rate.last_year is not None and rate.last_year.value is None
    assert rate.without is None
    assert figures["abandon_rate"].now.numerator == OFFERED - ANSWERED


def test_it_sums_each_hour_of_the_week(view: CallsView) -> None:
    volume, answer = (next(h for h in view.heats if h.kpi.code == code) for code in ("offered_volume", "answer_rate"))
    assert volume.values[1, 10].value == 100.0  # two Mondays on record, the third is missing
    assert volume.values[1, 10].denominator == 2
    friday = answer.values[5, 10]
    assert (friday.numerator, friday.denominator) == (93 + 97 + 92, 300)
    assert answer.values[7, 9].numerator == 58 + 55 + 58
    assert (5, 7) not in answer.values
    assert answer.few == frozenset()


def test_it_says_which_hour_of_the_week_is_the_worst(view: CallsView) -> None:
    charts = charts_calls.charts_of(view, Filters())
    assert charts["heat-answer"].finding == "周五 10 时接通率最低:94.00 %(共 300)"
    table = charts["heat-answer"].table
    assert [title.text for title in table.titles] == ["小时", "周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    assert table.rows[10][5] == "94.0" and table.rows[3][5] == "—"
    assert "周五 10 时接通最差,94.00 %" in charts_calls.sentence(view)


def test_it_makes_no_finer_buckets_than_the_facts_tell(view: CallsView) -> None:
    answered = view.waits["answered"]
    assert answered.total == ANSWERED and answered.days == 19
    assert [(b.over, b.upto, b.calls) for b in answered.buckets] == [(0, 15, IN_TIME), (15, None, ANSWERED - IN_TIME)]
    abandoned = view.waits["abandoned"]
    assert [b.calls for b in abandoned.buckets] == [0, OFFERED - ANSWERED]
    rows = charts_calls.charts_of(view, Filters())["waits"].table.rows
    assert rows[0][:3] == ("接通", "≤15", f"{IN_TIME:,}")
    assert rows[0][4] == f"{100 * IN_TIME / ANSWERED:.1f}" and rows[1][4] == "100.0"


def test_it_finds_the_worst_continuous_day(view: CallsView) -> None:
    """By brute force: every 24 hours that end on the day and touch no missing day."""
    line = {(day, hour): (0, 0) for day in MARCH for hour in range(24)}
    line |= {(day, hour): (got(day, hour), came(day)) for day, hour in EVERY}
    slots = sorted(line)

    def worst(day: date) -> float:
        ends = [n for n, (d, _h) in enumerate(slots) if d == day]
        windows = [slots[n - 23 : n + 1] for n in ends]
        sums = [tuple(map(sum, zip(*(line[s] for s in w), strict=True))) for w in windows]
        return min(top / bottom for top, bottom in sums if bottom)

    values = {value.start: value for value in view.rolling.values}
    for day in (date(2026, 3, 7), date(2026, 3, 13)):
        assert values[day].value == pytest.approx(worst(day), abs=1e-12)
    assert values[MISSING].value is None


def test_it_shows_the_formulas_side_by_side_and_why_one_is_missing(view: CallsView) -> None:
    six = {row.text: row for row in view.six}
    in_force = six["15秒内接通量 ÷ (接通量 + 放弃量)"]
    assert in_force.in_force and in_force.value.value == pytest.approx(IN_TIME / OFFERED)
    assert six["15秒内接通量 ÷ 接通量"].value.value == pytest.approx(IN_TIME / ANSWERED)
    gone = six["15秒内接通量 ÷ (接通量 + 放弃量 − 不足5秒放弃量)"].value
    assert gone.value is None and gone.reason is NoValue.UNAVAILABLE and "不足5秒放弃量" in gone.detail
    assert [row.in_force for row in view.six].count(True) == 1


def test_it_gives_the_six_values_of_the_published_sample(empty: tuple[Engine, Path]) -> None:
    desk = Desk(empty[0], FrozenClock("2026-03-06 02:00"))
    made = product(*empty, now="2026-03-06 09:00")
    desk.source("calls", "话务")
    row = {"offered": 1060, "answered": 1000, "abandoned": 60, "wait_seconds": 9000, "answered_within_15": 860}
    row |= {"abandoned_within_15": 20, "abandoned_under_5": 10}
    day = date(2026, 3, 5)
    desk.write(batch(calls=calls(row, centre="district"), first_day=day, last_day=day), source="calls")
    six = Data(made).view("calls", Filters(), build_calls).six
    assert [round(100 * (line.value.value or 0.0), 1) for line in six] == [81.1, 86.0, 82.7, 83.0, 82.1, 81.9]


def test_it_marks_every_formula_that_was_in_force(filled: tuple[Engine, Path], tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    with write(engine) as conn:
        changed = Definition("service_level", date(2026, 3, 10), "answered", None, changed_by="王")
        add_definition(conn, changed, at("2026-03-10 09:00"))
        outage = Exclusion(datetime(2026, 3, 3), datetime(2026, 3, 4), "系统故障", "平台升级", "李主任")
        add_exclusion(conn, outage, at("2026-03-05 09:00"))
    view = Data(product(engine, tmp_path)).view("calls", Filters(), build_calls)
    assert [row.in_force for row in view.six][:2] == [True, True]
    assert view.six[0].without is not None and view.six[0].without.denominator == OFFERED - 1000
    figures = {one.kpi.code: one for one in view.figures}
    assert figures["answer_rate"].without is not None
    assert figures["answer_rate"].without.denominator == OFFERED - 1000
    first = [(d, h) for d, h in EVERY if d < date(2026, 3, 10)]
    later = [(d, h) for d, h in EVERY if d >= date(2026, 3, 10)]
    bottom = sum(came(d) for d, _ in first) + sum(got(d, h) for d, h in later)
    assert figures["service_level"].now.denominator == bottom
    titles = [title.text for title in charts_calls.charts_of(view, Filters())["six"].table.titles]
    assert "剔除后" in titles
    engine.dispose()


def test_it_ranks_queues_with_enough_calls_and_tells_how_sure_it_is(empty: tuple[Engine, Path]) -> None:
    desk = Desk(empty[0], FrozenClock("2026-03-06 02:00"))
    made = product(*empty, now="2026-03-06 09:00")
    desk.source("calls", "话务")
    queues = {"综合": (100, 90), "企业": (200, 196), "=1+1": (10, 2)}
    rows = [
        {"queue": queue, "offered": n, "answered": a, "abandoned": n - a, "wait_seconds": a, "answered_within_15": a}
        for queue, (n, a) in queues.items()
    ]
    day = date(2026, 3, 5)
    desk.write(batch(calls=calls(*rows, centre="district"), first_day=day, last_day=day), source="calls")
    view = Data(made).view("calls", Filters(), build_calls)
    chart = charts_calls.charts_of(view, Filters())["queue"]
    assert [row[0] for row in chart.table.rows] == ["综合", "企业", "=1+1"]
    assert chart.table.rows[0][5:] == ("100", "82.6 ~ 94.5 %", "")
    assert chart.table.rows[2][-1] == "样本不足(10/30),不参与排序"
    assert chart.finding == "接通率综合最差 90.00 %,企业最好 98.00 %,差别不像是偶然"
    assert charts_calls.charts_of(view, Filters())["channel"].empty.startswith("来源没有给出来电渠道")


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [(90, 100, (0.8256, 0.9448)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (3, 4, (0.3006, 0.9544))],
)
def test_it_gives_the_published_wilson_intervals(successes: int, trials: int, expected: tuple[float, float]) -> None:
    assert wilson(successes, trials) == pytest.approx(expected, abs=5e-5)


def test_it_gives_no_interval_for_what_is_no_share() -> None:
    assert wilson(5, 0) is None
    assert wilson(5, 4) is None
