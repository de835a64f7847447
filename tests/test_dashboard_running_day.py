"""Today has only begun: charts by day show it apart, lead no line to it, and no finding counts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard import charts_calls, charts_seat
from dashboard.ask_calls import build_calls
from dashboard.data import Data
from dashboard.figures.bars import versus_figure
from dashboard.figures.seat import hours_figure, path_figure
from dashboard.filters import Filters
from dashboard.seat_pages import seat_view
from dashboard.theme import LIGHT
from dashboard.views_seats import SeatView
from tests.dashboard_browser import installation
from tests.dashboard_facts import TODAY

YESTERDAY = TODAY - timedelta(days=1)
SEAT = Filters("district").with_seat("district/1003")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    with installation(tmp_path_factory.mktemp("running")) as made:
        yield Data(made)


def seat(data: Data, filters: Filters = SEAT) -> SeatView:
    found = seat_view(data, filters)
    assert found is not None
    return found


def hollow(figure: dict[str, Any]) -> list[tuple[list[str], list[float]]]:
    return [
        (trace["x"], trace["y"]) for trace in figure["data"] if trace.get("marker", {}).get("symbol") == "circle-open"
    ]


def test_a_seats_line_ends_with_the_last_whole_day(data: Data) -> None:
    view = seat(data)
    figure = path_figure(view, LIGHT)
    known = {day.day: day.items for day in view.days}
    assert hollow(figure) == [([TODAY.isoformat()], [known[TODAY]])]
    so_far, a_day = known[TODAY], known[YESTERDAY]
    assert so_far is not None and a_day is not None and so_far < a_day
    for trace in figure["data"]:
        if "lines" in trace["mode"]:  # its own line, the centre's mean, and the band of the others
            assert max(x for x in trace["x"] if x) < TODAY.isoformat()
    (own,) = [trace for trace in figure["data"] if trace["mode"] == "lines+markers"]
    assert own["x"][-1] == YESTERDAY.isoformat()


def test_no_finding_of_a_seat_counts_the_running_day(data: Data) -> None:
    view = seat(data)
    charts = charts_seat.charts_of(view, SEAT)
    whole = sum(day.items is not None and day.low is not None for day in view.days if day.day < TODAY)
    assert charts["path"].finding.startswith(f"{whole} 个坐席日中")
    assert charts["path"].table.rows[-1][0] == TODAY.isoformat()  # the table has it
    assert charts["path"].notes.endswith("○ 今天,尚未结束")
    only = charts_seat.charts_of(seat(data, SEAT.with_preset("today")), SEAT)
    assert only["path"].finding == "今天,尚未结束"


def test_the_hours_of_the_running_day_are_pale(data: Data) -> None:
    view = seat(data)
    for trace in hours_figure(view, LIGHT)["data"]:
        shades = dict(zip(trace["x"], trace["marker"]["opacity"], strict=True))
        assert shades.pop(TODAY.isoformat()) < 1
        assert set(shades.values()) == {1.0}
    assert charts_seat.charts_of(view, SEAT)["hours"].notes.endswith("浅色为今天,尚未结束")


def test_a_period_that_is_over_is_drawn_as_ever(data: Data) -> None:
    filters = SEAT.with_days(date(2026, 3, 2), date(2026, 3, 13))
    view = seat(data, filters)
    assert hollow(path_figure(view, LIGHT)) == []
    assert all("opacity" not in trace["marker"] for trace in hours_figure(view, LIGHT)["data"])
    assert "今天" not in charts_seat.charts_of(view, filters)["path"].notes


def test_the_line_of_calls_ends_with_the_last_whole_day(data: Data) -> None:
    filters = Filters("district")
    view = data.view("calls", filters, build_calls)
    assert view.versus is not None
    figure = versus_figure(view.versus, TODAY, LIGHT)
    assert hollow(figure) == [([TODAY.isoformat()], [600.0])]  # 100 an hour from 8 to 13 o'clock
    now = figure["data"][1]
    assert (now["x"][-1], now["y"][-2:]) == (TODAY.isoformat(), [1000.0, None])
    assert charts_calls.charts_of(view, filters)["versus"].notes.endswith("○ 今天,尚未结束")
