"""What 坐席产能 and the page of one seat ask of the data, under the setting that says how far seats are shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboard import charts_seat, charts_seats
from dashboard.ask_seat import build_seat
from dashboard.ask_seats import build_seats
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.views_charts import ChartView
from dashboard.views_seats import SeatsView, SeatView
from kpi.showing import Showing


def showing(data: Data) -> Showing:
    """How far single seats are shown."""
    return Showing(data.product.settings.seat_ranking)


def seats_view(data: Data, filters: Filters) -> SeatsView:
    """What 坐席产能 shows."""
    return data.view("seats", filters.with_kpi("").with_seat(""), partial(build_seats, showing=showing(data)))


def seat_view(data: Data, filters: Filters) -> SeatView | None:
    """What one seat's page shows; None for no such seat, and where single seats are not shown."""
    if showing(data) is not Showing.ON or not filters.seat:
        return None
    return data.view("seat", filters.with_kpi(""), build_seat)


def seats_charts(data: Data, query: Mapping[str, str]) -> Mapping[str, ChartView]:
    """The charts of 坐席产能, for their files."""
    filters = data.filters(query).filters
    view = seats_view(data, filters)
    return charts_seats.charts_of(view, filters) if view.has_values else {}


def seat_charts(data: Data, query: Mapping[str, str]) -> Mapping[str, ChartView]:
    """The charts of one seat's page, for their files."""
    filters = data.filters(query).filters
    view = seat_view(data, filters)
    return charts_seat.charts_of(view, filters) if view is not None else {}
