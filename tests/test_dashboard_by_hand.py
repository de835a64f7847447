"""What people enter or judge is no row of 总览's contract table: one line tells how it stands, as 目标 does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from dashboard.components import contract
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.views_live import ByHand
from db.bindings import load_bindings, save_bindings
from db.engine import make_engine, migrate, write
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.status import Status
from tests.dashboard_facts import fill, product
from tests.dashboard_views import props, words
from tests.target_sheets import put_targets

HALF = {"answer_rate": (">=", 0.96), "offered_volume": (">=", 160_000.0), "closure_rate": (">=", 0.95)}
HALF |= {"inspection_rate": (">=", 0.9)}
ENTERED = ("closure_rate", "inspection_rate")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """Two of the sheet's four indicators are read by people, who have entered nothing yet."""
    folder = tmp_path_factory.mktemp("by-hand")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    with write(engine) as conn:
        put_targets(conn, "city", HALF)
        now = datetime(2026, 1, 1, tzinfo=UTC)
        read = Binding(BoundTo.READING, PaceClass.RATIO, confirmed_by="甲", confirmed_at=now)
        bound = load_bindings(conn, "city-2026")
        save_bindings(conn, "city-2026", {k: read if b.reference in ENTERED else b for k, b in bound.items()})
    yield Data(product(engine, folder))
    engine.dispose()


def test_one_line_tells_how_many_stand_how_and_leads_to_the_sheet(data: Data) -> None:
    filters = Filters("city")
    view = data.overview(filters)
    assert view.by_hand == (ByHand("city-2026", ((Status.NO_DATA, ENTERED),)),)
    sheet = data.targets(TargetFilters("city-2026")).progress
    assert sheet is not None
    there = {row.indicator.name: row.due(view.today).status for row in sheet.rows}
    assert {name: status for status, names in view.by_hand[0].names for name in names} == {
        name: there[name] for name in ENTERED
    }
    made = contract.contract_panel(view, filters, "")
    assert made is not None
    assert words(made).endswith("另有 2 项人工填报指标:2 项无数据(closure_rate、inspection_rate)")
    assert "/targets?sheet=city-2026&centre=city" in props(made, "href")


def test_a_period_that_is_over_says_nothing_of_them(data: Data) -> None:
    assert data.overview(Filters("city", "last-month")).by_hand == ()


def test_it_stands_alone_where_every_kpi_has_a_card(data: Data) -> None:
    view = data.overview(Filters("city"))
    only = contract.contract_panel(replace(view, rows=()), Filters("city"), "")
    assert only is not None and words(only).endswith("inspection_rate)")


def test_it_asks_the_database_nothing_of_its_own(data: Data) -> None:
    """What 目标 shows is kept: asked for another period, 总览 reads no sheet again."""
    data.overview(Filters("city"))
    asked: list[str] = []
    engine: Engine = data.product.engine

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert data.overview(Filters("city", "this-week")).by_hand
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert asked and not [statement for statement in asked if "FROM entries" in statement or "bindings" in statement]
