"""合同指标 on 总览: one row a KPI of the sheet, with the figures of 目标 for its half-year or year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from dash.development.base_component import Component

from dashboard import findings
from dashboard import format_pace as fp
from dashboard.ask_live import paces_of
from dashboard.ask_targets import TargetsView
from dashboard.components import contract, kpi
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.views import Indicator, Overview
from dashboard.views_live import Paced
from db.engine import make_engine, migrate, write
from db.kpi_targets import KpiTarget
from kpi.model import Better
from kpi.pace_model import Pace, Progress, ProgressRow
from kpi.periods import Period
from kpi.sheet import BLANK, Cell, CellKind
from kpi.sheet import Indicator as SheetIndicator
from kpi.status import Operator, Status
from tests.dashboard_facts import fill, product
from tests.dashboard_views import few, indicator, missed, overview, plain, props, value, words
from tests.target_sheets import put_targets

HALF = {"answer_rate": (">=", 0.96), "offered_volume": (">=", 160_000.0), "speed_of_answer": ("<=", 9.5)}
HALF |= {"accepted_volume": ("<=", 6_000.0), "on_time_closure_rate": (">=", 0.95), "daily_output": (">=", 60.0)}
FULL = {"handle_time": ("<=", 200.0), "answer_rate": (">=", 0.96)}
FIRST_HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MONTH = Filters("city")
COUNTS = {"offered_volume", "accepted_volume"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """The pages of a city with a sheet of its own, on 20 March."""
    folder = tmp_path_factory.mktemp("contract")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    with write(engine) as conn:
        put_targets(conn, "city", HALF, FULL)
    yield Data(product(engine, folder))
    engine.dispose()


def _panel(view: Overview, filters: Filters = MONTH) -> Component:
    made = contract.contract_panel(view, filters, "")
    assert made is not None
    return made


def _items(view: Overview) -> dict[str, Indicator]:
    return {i.kpi.code: i for i in (*view.headline, *view.rows)}


def _titles(made: Component) -> list[str]:
    table = made.children[1].children
    return [words(cell.children) for cell in table.children[1].children.children]


def _cells(made: Component) -> dict[str, list[str]]:
    """By KPI what stands in its row, cell by cell."""
    rows = made.children[1].children.children[2].children
    return {row.id.removeprefix("live-row-"): [words(cell.children) for cell in row.children] for row in rows}


@pytest.mark.parametrize("preset", ["today", "this-month", "this-half", "this-year"])
def test_it_shows_the_figures_of_the_targets_page(data: Data, preset: str) -> None:
    view = data.overview(Filters("city", preset))
    sheet = data.targets(TargetFilters("city-2026")).progress
    assert sheet is not None
    there = {row.indicator.name: row for row in sheet.rows}
    cells = _cells(_panel(view))
    assert set(cells) == {i.kpi.code for i in view.rows if i.kpi.code in there}
    for code, found in cells.items():
        row = there[code]
        pace = row.full if code == "handle_time" or (preset == "this-year" and code in FULL) else row.half
        said = " ".join(found)
        assert fp.target_brief(pace.target) in said
        assert pace.said in said
        assert view.paces[code].pace == pace
        shown = fp.shown(pace, row.unit)
        assert any(cell.endswith(f"{shown.text}  {shown.unit} {fp.parts(pace)}".strip()) for cell in found), code
        if pace.probability is not None:
            assert f"达成概率 {fp.chance(pace.probability)}" in found


def test_a_count_has_the_status_of_its_half_year_over_a_month(data: Data) -> None:
    """Half a month's calls can't be held against a half-year's target; what is on 目标 stands there, and of when."""
    view = data.overview(MONTH)
    sheet = data.targets(TargetFilters("city-2026")).progress
    assert sheet is not None
    due = {row.indicator.name: row.half for row in sheet.rows}
    for code in COUNTS:
        item = _items(view)[code]
        assert (item.status, item.judged_over) == (due[code].status, FIRST_HALF)
        assert item.target is None, "no day and no month is held against it"
    cells = _cells(_panel(view))
    assert cells["offered_volume"][0].endswith("半年")
    assert "本月 16,600  个" in cells["offered_volume"]
    assert cells["accepted_volume"][4].startswith("半年至今 ")
    assert cells["accepted_volume"][5] == "目标 ≤ 6,000 半年"
    rate = _items(view)["on_time_closure_rate"]
    assert rate.judged_over is None, "a rate is judged by the month's own value"


def test_the_sign_beside_the_target_is_of_its_period_and_never_repeats_the_badge(data: Data) -> None:
    month = _cells(_panel(data.overview(MONTH)))
    assert "半年 达标" in month["on_time_closure_rate"][5] or "半年 未达标" in month["on_time_closure_rate"][5]
    assert "半年 " not in month["offered_volume"][5].removesuffix("半年")
    half = _cells(_panel(data.overview(Filters("city", "this-half"))))
    assert "半年 达标" not in " ".join(half["on_time_closure_rate"])


def test_what_the_sentence_counts_is_what_the_badges_show(data: Data) -> None:
    view = data.overview(MONTH)
    items = _items(view).values()
    sentence = findings.overview_sentence(view)
    here = [i.status for i in items if i.judged_over is None and i.status is not None]
    assert f"{len(here)} 项有目标的指标中 {here.count(Status.MET)} 项达标" in sentence
    there = [i for i in items if i.judged_over is not None]
    assert len(there) == len(COUNTS)
    assert f"另有 {len(there)} 项按半年目标判断:" in sentence
    for status in {i.status for i in there if i.status is not Status.MET and i.status is not None}:
        named = "、".join(i.kpi.name for i in there if i.status is status)
        assert f"项{status.value}({named})" in sentence


def test_the_sentence_tells_of_the_year_alone_where_nothing_else_is_judged() -> None:
    budget = replace(plain(), status=Status.AT_RISK, judged_over=YEAR)
    assert findings.overview_sentence(overview(budget)) == "1 项指标按全年目标判断:1 项有风险(呼入量)。"
    met = replace(budget, status=Status.MET)
    assert findings.overview_sentence(overview(missed(), rows=(met,))).endswith(
        "另有 1 项按全年目标判断:1 项达标。接通率缺 1 天的数据。"
    )


def test_what_comes_on_top_is_called_another_only_once() -> None:
    year = replace(plain(), status=Status.AT_RISK, judged_over=YEAR)
    half = replace(indicator("accepted_volume", value("accepted_volume", 9.0)), status=Status.MET)
    half = replace(half, judged_over=FIRST_HALF)
    said = findings.overview_sentence(overview(missed(), rows=(few(), year, half)))
    assert said.count("另有") == 1 and "另有 1 项按半年目标判断:1 项达标。1 项指标按全年目标判断:1 项有风险" in said
    assert "。1 项样本不足,暂不判断。" in said
    assert "另有 1 项样本不足" in findings.overview_sentence(overview(missed(), rows=(few(),)))


def test_what_is_shown_already_gets_no_column(data: Data) -> None:
    month = _titles(_panel(data.overview(MONTH)))
    assert month == [
        "状态", "指标", "本月", "变化(截至昨天)", "至今", "目标", "进度", "余量与还需", "达成概率", "今日", "近 28 天",
        "现行口径",
    ]  # fmt: skip
    day = _titles(_panel(data.overview(Filters("city", "today"))))
    assert "今日" not in day and "今天" in day
    over = _titles(_panel(data.overview(Filters("city", "last-month"))))
    assert over == ["状态", "指标", "上月", "变化", "目标", "进度", "近 28 天", "现行口径"], (
        "what is over takes nothing more"
    )


def test_a_period_that_is_over_is_drawn_by_its_own_value(data: Data) -> None:
    view = data.overview(Filters("city", "last-month"))
    made = _panel(view)
    cells = _cells(made)
    assert not COUNTS & set(cells)
    spoken = [
        label for label in props(made, "aria-label") if label.startswith("按时办结率 上月: 至今 94.29 %,目标 ≥ 95 %")
    ]
    assert len(spoken) == 1


def _paced(status: Status, probability: float | None = None) -> Paced:
    target = Cell(CellKind.NUMBER, "≥96%", Operator.AT_LEAST, Decimal(96), "%")
    pace = Pace(YEAR, target, status, value=0.9512, numerator=9512.0, denominator=10000.0, probability=probability)
    row = SheetIndicator(1, "产出指标", "质量指标", "热线话务接通率", target, target)
    return Paced(ProgressRow("k1", 1, "项目", row, None, "%", Better.HIGHER, pace, pace), pace, "s")


def test_nothing_stands_in_both_tables_nor_twice_as_card_and_row() -> None:
    view = overview(missed(), rows=(few(), plain()))
    assert [i.kpi.code for i in contract.bound(view)] == ["on_time_closure_rate"]
    assert list(_cells(_panel(view))) == ["on_time_closure_rate"]
    others = words(kpi.rows_panel(view, Filters(), ""))
    assert "呼入量" in others and "按时办结率" not in others and others.startswith("其他指标")
    assert contract.contract_panel(overview(missed(), rows=(plain(),)), Filters(), "") is None
    assert kpi.rows_panel(overview(missed(), rows=(few(),)), Filters(), "") is None


def test_a_card_carries_what_the_row_does() -> None:
    item = missed()
    view = overview(item, paces={"answer_rate": _paced(Status.AT_RISK, 0.38)})
    card = kpi.card(item, view, Filters(), drawn=False)
    assert "全年至今 95.12 %" in words(card)
    assert "接通率 全年: 至今 95.12 %,目标 ≥ 96 %" in props(card, "aria-label")


def test_a_row_turns_stale_with_its_sources(data: Data) -> None:
    made = _panel(data.overview(MONTH))
    rows = made.children[1].children.children[2].children
    assert {getattr(row, "data-sources") for row in rows} == {"calls", "orders"}
    assert {getattr(row, "data-sources") for row in _panel(data.overview(Filters("city", "last-month"))).children[1]
            .children.children[2].children} == {""}  # fmt: skip


def _sheet_of(half: Cell, today: date) -> TargetsView:
    full = Cell(CellKind.NUMBER, "100%", None, Decimal(100), "%")
    row = SheetIndicator(1, "过程指标", "资金管理", "资金到位率", half, full)
    paces = Pace(FIRST_HALF, half, Status.MET, value=0.5), Pace(YEAR, full, Status.NOT_DUE, value=0.5)
    rows = (ProgressRow("k1", 1, "项目", row, None, "%", Better.NEAR_PLAN, *paces),)
    found = Progress("s", "表", 2026, today, rows, (), "", 1)
    return TargetsView((), None, None, found, (), today, today)


@pytest.mark.parametrize(
    ("half", "today", "yearly", "period"),
    [
        (Cell(CellKind.SCHEDULE, "序时进度"), date(2026, 3, 20), False, FIRST_HALF),
        (Cell(CellKind.SCHEDULE, "序时进度"), date(2026, 3, 20), True, YEAR),
        (Cell(CellKind.SCHEDULE, "序时进度"), date(2026, 7, 1), False, YEAR),
        (BLANK, date(2026, 3, 20), False, YEAR),
    ],
)
def test_money_in_step_with_time_is_judged_by_the_half_year_as_on_targets(
    half: Cell, today: date, yearly: bool, period: Period
) -> None:
    goal = KpiTarget("city", "funds_received_rate", 2026, 0, "=", 1.0, "s", "k1")
    found = paces_of({"funds_received_rate": goal}, {"s": _sheet_of(half, today)}, yearly=yearly)
    assert found["funds_received_rate"].period == period


def test_the_worst_comes_first_by_the_days_shown_or_by_the_contract(data: Data) -> None:
    """A day without orders does not hide a half-year that is off its target."""
    view = data.overview(Filters("city", "today"))
    items = _items(view)
    assert items["on_time_closure_rate"].status is Status.NO_DATA
    assert items["offered_volume"].status is Status.AT_RISK
    assert list(_cells(_panel(view))) == ["accepted_volume", "on_time_closure_rate", "offered_volume", "handle_time"]


def test_it_says_the_status_of_the_year_aloud_beside_its_target() -> None:
    view = overview(rows=(few(),), paces={"on_time_closure_rate": _paced(Status.OUT_OF_REACH)})
    assert "全年 已无法达标" in " ".join(_cells(_panel(view))["on_time_closure_rate"])
