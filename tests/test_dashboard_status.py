"""A status word is the same on every page (RULES 4): of the same sheet, the same period and the same target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dashboard import findings
from dashboard.ask_calls import build_calls
from dashboard.components.contract import contract_panel
from dashboard.components.kpi import cards, rows_panel
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.judged import judge
from dashboard.scope import Scope
from dashboard.target_filters import TargetFilters
from dashboard.views import Indicator, Overview
from db.engine import make_engine, migrate, write
from db.kpi_targets import KpiTarget
from kpi.pace_model import Pace
from kpi.status import Status
from tests.dashboard_facts import fill, product
from tests.dashboard_views import value, words
from tests.target_sheets import put_targets

HALF = {"answer_rate": (">=", 0.96), "service_level": (">=", 0.85), "offered_volume": (">=", 160_000.0)}
HALF |= {"satisfaction_rate": (">=", 0.9), "speed_of_answer": ("<=", 9.5)}
FULL = {"answer_rate": (">=", 0.965), "service_level": (">=", 0.999), "offered_volume": ("<=", 60_000.0)}
FULL |= {"satisfaction_rate": (">=", 0.9), "handle_time": ("<=", 200.0)}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """The pages of a district with a sheet of its own; on 20 March."""
    folder = tmp_path_factory.mktemp("status")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    with write(engine) as conn:
        put_targets(conn, "city", HALF, FULL)
    yield Data(product(engine, folder))
    engine.dispose()


def _rows(view: Overview) -> dict[str, Indicator]:
    return {i.kpi.code: i for i in (*view.headline, *view.rows)}


def _paces(data: Data, preset: str) -> dict[str, Pace]:
    found = data.targets(TargetFilters("city-2026")).progress
    assert found is not None
    return {row.indicator.name: row.half if preset == "this-half" else row.full for row in found.rows}


def _said(view: Overview) -> str:
    filters = Filters("city")
    return words(cards(view.headline, view, filters, "")) + words(
        [contract_panel(view, filters, ""), rows_panel(view, filters, "")]
    )


@pytest.mark.parametrize("preset", ["this-half", "this-year"])
def test_it_shows_over_the_targets_own_period_the_status_of_the_targets_page(data: Data, preset: str) -> None:
    """Not one of the bare value: the offered volume is below its minimum while the half-year runs, and on its way."""
    view, paces = data.overview(Filters("city", preset)), _paces(data, preset)
    asked = HALF if preset == "this-half" else FULL
    shown = {code: item.status for code, item in _rows(view).items() if code in asked}
    assert shown == {code: paces[code].status for code in asked}
    bare = {code: judge(item.now, item.target, 30) for code, item in _rows(view).items() if code in asked}
    assert shown != bare, "the facts tell the two apart"
    calls = {
        one.kpi.code: one.status for one in data.view("calls-status", Filters("city", preset), build_calls).figures
    }
    assert calls["answer_rate"] == paces["answer_rate"].status
    assert calls["service_level"] == paces["service_level"].status


def test_it_counts_in_the_sentence_what_the_badges_show(data: Data) -> None:
    view = data.overview(Filters("city", "this-year"))
    statuses = [item.status for item in _rows(view).values()]
    sentence = findings.overview_sentence(view)
    assert statuses.count(Status.OUT_OF_REACH) == 1
    assert statuses.count(Status.AT_RISK) >= 1
    for status in (Status.MET, Status.AT_RISK, Status.OUT_OF_REACH):
        assert f"{statuses.count(status)} 项{status.value}" in sentence
    assert "15秒接通率 84.49 %,距目标 ≥ 99.9 % 还差 15.41 个百分点" in sentence


@pytest.mark.parametrize("preset", ["today", "this-month", "last-month"])
def test_it_judges_any_other_period_by_its_own_value(data: Data, preset: str) -> None:
    view = data.overview(Filters("city", preset))
    for item in _rows(view).values():
        if item.judged_over is None:
            assert item.status == judge(item.now, item.target, 30)


def test_it_says_of_which_period_the_allowance_is(data: Data) -> None:
    month = _said(data.overview(Filters("city", "this-month")))
    assert "半年: 此后每天需 ≥ 95.8 %;还可漏接 3,878 个" in month
    assert "≤ 200 全年 此后平均需 ≤ 204.1 秒" in month, "there is no target for the half-year"
    year = _said(data.overview(Filters("city", "this-year")))
    assert "全年: 已无法达标" in year
    assert not data.overview(Filters("city", "last-month")).paces, "what is over takes nothing more"


def test_it_gives_a_part_of_the_centre_no_allowance_of_the_whole(data: Data) -> None:
    """A district is held against the city's target, but what the city may still miss is not the district's."""
    view = data.overview(Filters("district", "this-half"))
    assert not view.paces
    rate = _rows(view)["answer_rate"]
    assert rate.target is not None
    assert rate.status == judge(rate.now, rate.target, 30)


@pytest.mark.parametrize(
    ("preset", "items", "status"),
    [
        ("today", 1160.0, Status.NOT_DUE),
        ("today", 2600.0, Status.MET),
        ("yesterday", 1160.0, Status.MISSED),
        ("this-month", 1160.0, Status.MISSED),
    ],
)
def test_the_output_of_a_day_that_is_not_over_is_not_called_missed(
    data: Data, preset: str, items: float, status: Status
) -> None:
    """Seats that have handled 29 items each by eleven o'clock have not missed 60 a day."""

    def judged(scope: Scope) -> Status | None:
        goal = KpiTarget("city", "daily_output", 2026, 1, ">=", 60.0)
        kpi = scope.catalogue.kpis["daily_output"]
        return replace(scope, targets=(goal,)).status(kpi, value("daily_output", items, 40.0))

    assert data.view(f"output {items}", Filters("city", preset), judged) is status
