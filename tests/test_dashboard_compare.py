"""中心对比: its figures are the command line's, its words are as sure as its intervals, its choices live in the URL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import charts_compare
from dashboard import compare_words as words
from dashboard.compare_pages import compare_view
from dashboard.components import compare as parts
from dashboard.data import Data
from dashboard.figures.compare import forest_figure, strips_figure
from dashboard.filters import Filters, parse
from dashboard.target_filters import TargetFilters
from dashboard.views_compare import CompareView
from db.definitions import add_definition
from db.engine import make_engine, migrate, write
from kpi.compare import Doubt
from kpi.model import Definition
from kpi.status import Status
from tests.compare_facts import DAYS, SOURCES, fill_more
from tests.dashboard_facts import MISSING, fill, product
from tests.dashboard_views import words as read
from tests.factories import Desk, FrozenClock, at, batch, readings
from tests.installation import Place, Told
from tests.target_sheets import put_targets

ALL = ("district", "east", "west", "point")
JUDGED = (Status.OUT_OF_REACH, Status.MISSED, Status.AT_RISK, Status.MET)
TOLD = len(DAYS) - 1  # one day is missing


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """Four centres below one; the tests of this file only read, but for their own copies."""
    folder = tmp_path_factory.mktemp("compare")
    yield from _made(folder)


def _made(folder: Path) -> Iterator[tuple[Engine, Path]]:
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    product(engine, folder, SOURCES)
    fill_more(engine)
    yield engine, folder
    engine.dispose()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Engine, Path]]:
    """The same for one test alone."""
    yield from _made(tmp_path)


def seen(place: tuple[Engine, Path], filters: Filters | None = None) -> CompareView:
    """The page's figures."""
    data = Data(product(*place, SOURCES))
    return compare_view(data, filters or Filters())


def test_it_gives_the_command_lines_figures(
    filled: tuple[Engine, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(Place(filled[1], filled[0]).configured(SOURCES), capsys)
    for code in ("answer_rate", "daily_output"):
        view = seen(filled, Filters(kpi=code))
        assert view.drawn is not None
        for row in view.drawn.rows:
            days = ("--from", "2026-03-01", "--to", "2026-03-31", "--as-of", "2026-03-20")
            (one,) = told.json("kpi", code, "--centre", row.unit.code, *days)["values"]
            value = row.standing.value
            assert (value.value, value.numerator, value.denominator) == (
                one["value"], one["numerator"], one["denominator"],
            )  # fmt: skip
            assert (value.days_with_data, value.days_passed) == (one["days_with_data"], one["days_passed"])
        (every,) = told.json("kpi", code, "--centre", "city", *days)["values"]
        assert (view.drawn.total.value, view.drawn.total.denominator) == (every["value"], every["denominator"])


def test_it_adds_centres_up_and_orders_those_it_can(filled: tuple[Engine, Path]) -> None:
    drawn = seen(filled).drawn
    assert drawn is not None
    rows = {row.unit.code: row.standing for row in drawn.rows}
    east = rows["east"].value
    assert (east.numerator, east.denominator) == (TOLD * 950, TOLD * 1000)
    assert list(rows) == ["east", "district", "west", "point"]
    assert rows["point"].doubt is Doubt.COVERAGE and rows["point"].value.denominator == 30
    tops = sum(standing.value.numerator or 0.0 for standing in rows.values())
    assert drawn.total.numerator == tops
    assert drawn.total.value != pytest.approx(sum(s.value.value or 0.0 for s in rows.values()) / 4)


def test_it_holds_each_centre_against_the_target_of_its_own_sheet(filled: tuple[Engine, Path]) -> None:
    view = seen(filled)
    assert view.drawn is not None
    targets = {row.unit.code: row.target.value for row in view.drawn.rows if row.target}
    assert targets == {"district": 0.96, "east": 0.95, "west": 0.96, "point": 0.96}  # the others' is the city's
    east = next(row for row in view.drawn.rows if row.unit.code == "east")
    assert words.distance(east, view.drawn.kpi) == "正好达到"
    strips = {strip.unit.code: strip.chart.target for strip in view.strips}
    assert strips["east"] is not None and strips["east"].value == 0.95


def test_it_says_which_differences_the_intervals_support(filled: tuple[Engine, Path]) -> None:
    view = seen(filled)
    assert view.drawn is not None
    sentence = words.sentence(view)
    assert sentence.startswith("本月接通率从城东分中心 95.00 % 到城西分中心 97.50 %;")
    assert "城西分中心高于其余中心合计" in sentence and sentence.endswith("4 个有目标的中心中 1 个未达标。")
    gaps = {row.unit.code: words.gap(row, view.drawn) for row in view.drawn.rows}
    assert gaps["district"].verdict == "差异在误差范围内"  # its bad week makes it swing
    assert gaps["west"].verdict == "高于其余" and gaps["west"].interval.startswith("+")
    assert gaps["point"].verdict == ""
    assert words.why_not_ranked(view.drawn.rows[-1], view.drawn, 30) == "只有 3/20 天有数据,不参与排序"


def test_it_compares_nothing_under_different_formulas(own: tuple[Engine, Path]) -> None:
    with write(own[0]) as conn:
        other = Definition("service_level", date(2026, 1, 1), "answered", "east", changed_by="王")
        add_definition(conn, other, at("2026-03-10 09:00"))
    view = seen(own, Filters(kpi="service_level"))
    assert view.drawn is not None and not view.drawn.alike
    assert [row.unit.code for row in view.drawn.rows] == list(ALL)  # in the order of the tree
    assert words.finding(view.drawn) == "各中心15秒接通率的口径不同,不排序、不比较"
    basis = dict(charts_compare.charts_of(view, Filters())["forest-service_level"].basis)
    assert basis["城东分中心"].startswith("15秒内接通量 ÷ 接通量")
    assert basis["城西分中心"] == "15秒内接通量 ÷ (接通量 + 放弃量)"


def test_it_hands_out_every_figure_of_a_chart(filled: tuple[Engine, Path]) -> None:
    view = seen(filled)
    chart = charts_compare.charts_of(view, Filters())["forest-answer_rate"]
    assert [title.text for title in chart.table.titles][:6] == [
        "中心", "接通率(%)", "分子", "分母", "区间下限(%)", "区间上限(%)",
    ]  # fmt: skip
    east = chart.table.rows[0]
    assert east[:4] == ("城东分中心", "95.00", f"{TOLD * 950:,}", f"{TOLD * 1000:,}")
    assert east[6:11] == ("18", "20", "≥ 95 %", "正好达到", "达标")
    assert chart.table.rows[-1][0] == "合计(先求和再相除)"
    strips = charts_compare.charts_of(view, Filters())["strips"]
    assert [title.text for title in strips.table.titles] == [
        "日期",
        "城东分中心",
        "江宁分中心",
        "城西分中心",
        "江心洲服务点",
    ]
    missing = next(row for row in strips.table.rows if row[0] == MISSING.isoformat())
    assert missing[1:] == ("—", "—", "—", "—")
    assert all(row[4] == "—" for row in strips.table.rows)  # ten calls a day are too few to be drawn


def test_it_draws_all_centres_on_one_axis(filled: tuple[Engine, Path]) -> None:
    view = seen(filled)
    assert view.drawn is not None
    layout = strips_figure(view.strips, "light")["layout"]
    ranges = {tuple(axis["range"]) for name, axis in layout.items() if name.startswith("yaxis")}
    assert len(ranges) == 1 and len(view.strips) == 4
    forest = forest_figure(view.drawn, "dark")
    assert forest["layout"]["yaxis"]["ticktext"] == ["城东分中心", "江宁分中心", "城西分中心", "江心洲服务点"]
    dots = forest["data"][-1]
    assert dots["x"][0] == 95.0 and dots["marker"]["symbol"] == ["circle", "x", "circle", "circle-open"]


def test_it_keeps_the_centres_chosen_in_the_address(filled: tuple[Engine, Path]) -> None:
    asked = parse({"centres": "east,west,nowhere,east", "kpi": "abandon_rate"}, ("city", *ALL), ("abandon_rate",))
    assert asked.filters.query() == "?kpi=abandon_rate&centres=east,west"
    assert asked.problems == ("地址里的 centres 有 1 个中心不存在,没有参加对比。",)
    view = seen(filled, asked.filters)
    assert view.drawn is not None
    assert sorted(row.unit.code for row in view.drawn.rows) == ["east", "west"]
    assert view.drawn.total.denominator == TOLD * 1800
    assert words.finding(view.drawn).endswith("差异超出误差范围")
    hrefs = [link.href for link in parts.tools(view, asked.filters).children[-1].children]
    assert "?kpi=abandon_rate&centres=district,east,west" in hrefs and "?kpi=abandon_rate&centres=west" in hrefs


def test_it_marks_the_centre_picked_in_the_header_among_its_neighbours(filled: tuple[Engine, Path]) -> None:
    view = seen(filled, Filters(centre="west"))
    assert view.drawn is not None and view.scope.centre_name == "市中心"
    assert [row.unit.code for row in view.drawn.rows if row.unit.own] == ["west"]
    assert "本中心" in read(parts.standings(view.drawn, view, Filters(centre="west")))


def test_it_sets_a_centre_with_figures_of_its_own_beside_those_below_it(own: tuple[Engine, Path]) -> None:
    from tests.factories import Desk, FrozenClock, batch, calls

    desk = Desk(own[0], FrozenClock("2026-03-20 14:40"))
    desk.source("calls", "话务平台导出")
    row = {"offered": 500, "answered": 450, "abandoned": 50, "wait_seconds": 450}
    rows = [row | {"day": day} for day in DAYS]
    desk.write(batch(calls=calls(*rows, centre="city"), first_day=DAYS[0], last_day=DAYS[-1]), source="calls")
    view = seen(own)
    assert view.drawn is not None
    first = view.drawn.rows[0]
    assert words.unit_name(first.unit) == "市中心(不含下级)"
    assert (first.standing.value.numerator, first.standing.value.denominator) == (450 * 19, 500 * 19)


def test_it_says_so_where_there_is_nothing_to_compare(filled: tuple[Engine, Path], tmp_path: Path) -> None:
    alone = Filters(centres=("east",))
    view = seen(filled, alone)
    assert view.drawn is None
    assert "只选了一个中心" in read(parts.nothing_to_compare(view, alone, 5))
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    made = product(engine, tmp_path)
    two = compare_view(Data(made), Filters())
    assert two.drawn is None and [unit.code for unit in two.units] == ["district"]
    assert "只有一个中心有自己的数据" in read(parts.nothing_to_compare(two, Filters(), 2))
    engine.dispose()


def test_it_says_what_few_can_be_compared_say(filled: tuple[Engine, Path]) -> None:
    orders = seen(filled, Filters(kpi="satisfaction_rate")).drawn
    assert orders is not None
    assert words.finding(orders).startswith("只有江宁分中心的满意率有足够的样本:")
    quality = seen(filled, Filters(kpi="quality_pass_rate")).drawn
    assert quality is not None
    assert words.finding(quality) == "期间内没有中心有服务合格率的数据"


@pytest.mark.parametrize(("unit", "preset"), [("east", "this-half"), ("district", "this-half"), ("west", "this-year")])
def test_it_shows_over_the_targets_own_period_the_status_of_the_targets_page(
    own: tuple[Engine, Path], unit: str, preset: str
) -> None:
    goals = {"answer_rate": (">=", 0.98), "service_level": (">=", 0.85)}
    with write(own[0]) as conn:
        put_targets(conn, "west", goals, goals)
    data = Data(product(*own, SOURCES))
    told = data.targets(TargetFilters(f"{unit}-2026")).progress
    assert told is not None
    overview = data.overview(Filters(unit, preset))
    items = {item.kpi.code: item.status for item in (*overview.headline, *overview.rows)}
    bare = set()
    for row in told.rows:
        code = row.indicator.name
        if code not in goals:
            continue
        view = seen(own, Filters(preset=preset, kpi=code))
        assert view.drawn is not None
        shown = {one.unit.code: one for one in view.drawn.rows}
        pace = row.half if preset == "this-half" else row.full
        assert shown[unit].status is pace.status is items[code]
        value, target = shown[unit].standing.value.value, shown[unit].target
        assert value is not None and target is not None
        bare.add(pace.status is (Status.MET if target.holds(value) else Status.MISSED))
        # A centre without a sheet of its own has no pace: its bare value is held against the target above it.
        point = shown["point"]
        assert point.target is None or point.status in (Status.MET, Status.MISSED)
    assert unit != "east" or bare == {False}  # just met so far, and so at risk


def test_its_sentence_counts_every_word(own: tuple[Engine, Path]) -> None:
    with write(own[0]) as conn:
        put_targets(conn, "west", {"answer_rate": (">=", 0.98)})
    view = seen(own, Filters(preset="this-half"))
    assert view.drawn is not None
    counted = Counter(row.status for row in view.drawn.rows)
    said = words.sentence(view)
    assert f"{sum(counted[s] for s in JUDGED)} 个有目标的中心中 " in said
    for status, word in ((Status.OUT_OF_REACH, "已无法达标"), (Status.MISSED, "未达标"), (Status.AT_RISK, "有风险")):
        assert (f"{counted[status]} 个{word}" in said) == (counted[status] > 0)
    assert counted[Status.OUT_OF_REACH] + counted[Status.AT_RISK] > 0
    drawn = forest_figure(view.drawn, "light")["data"][-1]["marker"]["symbol"]
    assert Counter(drawn)["triangle-up"] == counted[Status.AT_RISK]
    assert Counter(drawn)["x"] == counted[Status.MISSED] + counted[Status.OUT_OF_REACH]


def test_it_ranks_a_level_by_its_last_reading_and_says_when_that_was(own: tuple[Engine, Path]) -> None:
    """稳定率 is read once a month: none of its days is missing, but a reading of before the period is not compared."""
    desk = Desk(own[0], FrozenClock("2026-03-20 14:40"))
    desk.source("hr", "人事台账")
    for centre, day, kept in (
        ("district", date(2026, 3, 2), 36.0),
        ("east", date(2026, 3, 1), 40.0),
        ("west", date(2026, 2, 1), 33.0),
    ):
        taken = readings({"seats_opening": 40.0, "seats_kept": kept}, centre=centre, day=day)
        desk.write(batch(readings=taken, first_day=day, last_day=day), source="hr")
    view = seen(own, Filters(kpi="retention_rate"))
    one = view.drawn
    assert one is not None
    assert [row.unit.code for row in one.ranked] == ["district", "east"]
    told = {row.unit.code: words.why_not_ranked(row, one, 30) for row in one.rows}
    assert told["west"] == "最近一次读数在2026年2月1日,早于所选期间,不参与排序"
    assert [words.covered(r.standing.value, r.standing.read)[5:] for r in one.ranked] == ["3月2日读数", "3月1日读数"]
    assert words.covered(one.total) == "—"
    chart = charts_compare.charts_of(view, Filters(kpi="retention_rate"))["strips"]
    assert chart.finding == "各中心的座席人员稳定率在期间内都没有变化"
    assert words.sentence(view).startswith("本月座席人员稳定率从江宁分中心 90.00 % 到城东分中心 100.00 %")
