"""Centre and period go along to the pages of the sheet, which have none of their own, and back to 总览."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from dash.development.base_component import Component

from dashboard import charts_indicator
from dashboard.components import contract, kpi, progress
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.reference import Kind, Reference
from dashboard.target_filters import TargetFilters, parse
from db.engine import make_engine, migrate, write
from tests.dashboard_facts import fill, product
from tests.dashboard_views import props
from tests.target_sheets import put_targets

HERE = Filters("city", "this-week", kpi="answer_rate").with_compare(Reference(Kind.LAST_YEAR))
ALONG = "centre=city&period=this-week&compare=last-year"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    folder = tmp_path_factory.mktemp("place")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    with write(engine) as conn:
        put_targets(conn, "city", {"answer_rate": (">=", 0.96), "on_time_closure_rate": (">=", 0.95)})
    yield Data(product(engine, folder))
    engine.dispose()


def _links(made: Component, path: str) -> set[str]:
    return {href for href in props(made, "href") if href.startswith(path)}


def test_card_and_row_lead_to_the_indicator_with_centre_and_period(data: Data) -> None:
    view = data.overview(HERE)
    table, cards = contract.contract_panel(view, HERE, ""), kpi.cards(view.headline, view, HERE, "")
    assert table is not None
    for made in (table, cards):
        found = _links(made, "/indicator?sheet=city-2026&key=")
        assert len(found) == 1 and found.pop().endswith(f"&{ALONG}")
    assert _links(table, "/targets") == {f"/targets?sheet=city-2026&{ALONG}"}
    plain = contract.contract_panel(data.overview(Filters("city")), Filters("city"), "")
    assert plain is not None
    assert _links(plain, "/targets") == {"/targets?sheet=city-2026&centre=city"}, "what is as by default is not written"


def test_the_sheet_hands_on_what_it_was_asked_for(data: Data) -> None:
    query = {"sheet": "city-2026", "status": "met", "centre": "city", "period": "this-week", "compare": "last-year"}
    filters = data.target_filters(query)
    assert filters.query() == f"?sheet=city-2026&status=met&{ALONG}"
    assert filters.of_sheet().query() == f"?sheet=city-2026&{ALONG}"
    view = data.targets(filters)
    assert view.progress is not None
    (group,) = progress.groups(view.progress.rows, view.as_of, filters, {})
    assert isinstance(group, Component)
    there = _links(group, "/indicator")
    assert len(there) == 2 and all(href.endswith(f"&{ALONG}") for href in there)


def test_the_indicator_leads_back_to_that_centre_and_period(data: Data) -> None:
    view = data.targets(TargetFilters("city-2026"))
    assert view.progress is not None
    found = data.indicator(TargetFilters("city-2026"), view.progress.rows[0].key)
    assert found is not None
    chart = charts_indicator.charts_of(found, (), HERE)["path"]
    assert chart.links[0] == ("接通率按日", "/?centre=city&period=this-week&kpi=answer_rate&compare=last-year")


def test_what_could_stand_in_no_address_goes_no_further() -> None:
    query = {"centre": "<script>", "period": "this week", "from": "2026-03-01", "to": "2026-03-19", "seat": "A"}
    assert parse(query, ("s",), date(2026, 3, 20)).place == (("from", "2026-03-01"), ("to", "2026-03-19"))
