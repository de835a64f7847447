"""工单 and 口径: figures worked out by hand, charts as tables, definitions with their history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from dashboard import charts_orders
from dashboard.ask_catalogue import build_catalogue
from dashboard.ask_orders import build_orders
from dashboard.components import catalogue
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.views_calls import OrdersView
from db.definitions import add_definition, add_exclusion, revoke_exclusion
from db.engine import make_engine, migrate, write
from kpi.catalogue import BUILTIN
from kpi.model import Definition, Exclusion
from tests.dashboard_facts import fill, product
from tests.dashboard_views import words
from tests.factories import Desk, FrozenClock, at, batch, orders

DAYS = 19
"""1–19 March; today's orders have not come yet."""
SATISFIED = 6 * 35 + 13 * 37
SINCE_JANUARY = 12 + 28 + 19
"""Days on each of which one order that was due is not closed."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A filled database of this file alone; its tests only read."""
    folder = tmp_path_factory.mktemp("orders")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    yield engine, folder
    engine.dispose()


@pytest.fixture
def view(filled: tuple[Engine, Path]) -> OrdersView:
    """The page of March."""
    return Data(product(*filled)).view("orders", Filters(), build_orders)


def test_it_counts_each_stage_by_its_own_date(view: OrdersView) -> None:
    stages = {stage.name: (stage.count, stage.dated_by) for stage in view.stages}
    assert stages["受理"] == (200 * DAYS, "按受理日")
    assert stages["派单"] == (80 * DAYS, "按派单日")
    assert stages["到期"] == (70 * DAYS, "按到期日")
    assert stages["办结"] == (69 * DAYS, "按到期日")
    assert stages["回访"] == (None, "按办结日")  # the source does not tell
    assert stages["有效评价"] == (40 * DAYS, "按回访日")
    assert stages["满意"] == (SATISFIED, "按回访日")
    chart = charts_orders.charts_of(view, Filters())["funnel"]
    assert "不能上下相除" in chart.notes
    assert chart.table.rows[-1][:5] == ("满意", f"{SATISFIED}", "按回访日", "满意率", "90.92 %")


def test_it_knows_what_is_overdue_whatever_the_period(filled: tuple[Engine, Path], view: OrdersView) -> None:
    assert view.due is not None
    assert (view.due.overdue, view.due.overdue_today, view.due.soon) == (SINCE_JANUARY, 0, 0)
    assert view.due.oldest == date(2026, 1, 20)
    other = Data(product(*filled)).view("orders", Filters(preset="last-month"), build_orders)
    assert other.due is not None and other.due.overdue == SINCE_JANUARY
    assert "现有 59 件逾期未办结" in charts_orders.sentence(view)


def test_it_shows_what_is_due_soon(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    desk = Desk(engine, FrozenClock("2026-03-06 08:00"))
    made = product(engine, tmp_path, now="2026-03-06 09:00")
    desk.source("orders", "工单")
    accepted = date(2026, 3, 3)
    rows = [
        {"day": accepted, "accepted": 9, "solved_first": 2, "department": "甲"},
        {"day": date(2026, 3, 5), "due": 4, "closed": 1, "closed_on_time": 1, "department": "甲"},
        {"day": date(2026, 3, 6), "due": 2, "closed": 1, "closed_on_time": 1, "department": "乙"},
        {"day": date(2026, 3, 9), "due": 3, "closed": 0, "closed_on_time": 0, "department": "乙"},
    ]
    frame = orders(*(row | {"anchor": accepted} for row in rows), centre="district")
    desk.write(batch(orders=frame, first_day=accepted, last_day=accepted), source="orders")
    view = Data(made).view("orders", Filters(), build_orders)
    assert view.due is not None
    assert (view.due.overdue, view.due.overdue_today, view.due.soon) == (3, 1, 3)
    departments = {row.key: row.open for row in view.groups["department"].rows}
    assert departments == {"甲": 3, "乙": 0}
    finding = charts_orders.charts_of(view, Filters())["due"].finding
    assert finding == "现有 3 件逾期未办结;今天到期 1 件,此后两周到期 3 件"
    engine.dispose()


def test_it_names_the_base_of_satisfaction(view: OrdersView) -> None:
    chart = charts_orders.charts_of(view, Filters())["response"]
    assert chart.finding == "满意率 90.92 % 来自 760 件有效评价;期间内应回访 — 件"
    assert "不进分母" in chart.notes


def test_it_lists_every_kpi_with_its_formulas_measures_and_sources(filled: tuple[Engine, Path]) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    view = Data(product(*filled)).view("catalogue", Filters(), lambda scope: build_catalogue(scope, shanghai))
    assert [entry.kpi.code for entry in view.entries] == [kpi.code for kpi in BUILTIN]
    level = next(entry for entry in view.entries if entry.kpi.code == "service_level")
    assert [f.code for f in level.formulas if f.in_force] == ["offered"]
    assert level.formulas[0].text == "15秒内接通量 ÷ (接通量 + 放弃量)"
    measures = {one.code: one for one in level.measures}
    assert measures["answered"].sources == ("话务平台导出",)
    assert measures["abandoned_under_5"].sources == ()
    text = words(catalogue.groups(view, Filters()))
    assert all(kpi.name in text for kpi in BUILTIN)


def test_it_tells_who_changed_a_formula_and_which_exclusions_count(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    made = product(engine, tmp_path)
    with write(engine) as conn:
        changed = Definition("service_level", date(2026, 3, 1), "answered", "city", limit=20, changed_by="王")
        add_definition(conn, changed, at("2026-02-27 10:30"))
        for day in (3, 4):
            span = datetime(2026, 3, day), datetime(2026, 3, day, 12)
            found = add_exclusion(conn, Exclusion(*span, "系统故障", "平台升级", "李主任"), at("2026-03-05 09:00"))
        revoke_exclusion(conn, found, at("2026-03-06 09:00"))
    shanghai = ZoneInfo("Asia/Shanghai")
    view = Data(made).view("catalogue", Filters(), lambda scope: build_catalogue(scope, shanghai))
    level = next(entry for entry in view.entries if entry.kpi.code == "service_level")
    version = level.versions[0]
    assert (version.centre, version.text, version.changed_by) == ("市中心", "20秒内接通量 ÷ 接通量", "王")
    assert f"{version.at:%Y-%m-%d %H:%M}" == "2026-02-27 10:30"
    assert [one.revoked for one in view.exclusions] == [True, False]
    text = words(catalogue.exclusions(view.exclusions))
    assert "已撤销" in text and "李主任" in text and "2026-03-03 00:00 – 2026-03-03 12:00" in text
    assert "王" in words(catalogue.groups(view, Filters()))
    engine.dispose()
