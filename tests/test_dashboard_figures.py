"""Figures are pure functions: a few made days are enough to see what they draw."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from dashboard.charts_parts import day_legend
from dashboard.figures.bars import versus_figure
from dashboard.figures.common import nice_step, runs_of_days, y_range
from dashboard.figures.daily import axis_note, axis_range, daily_figure
from dashboard.figures.hourly import hourly_figure
from dashboard.figures.seats import calendar_figure
from dashboard.figures.spark import spark_mask
from dashboard.theme import DARK, LIGHT, THEMES
from dashboard.views_calls import Versus
from kpi.model import Unit
from tests.dashboard_views import AT_LEAST_96, CATALOGUE, TODAY, daily, hourly, marked


def traces(figure: dict[str, Any], **wanted: Any) -> list[dict[str, Any]]:
    """The traces with these properties."""
    return [t for t in figure["data"] if all(t.get(k) == v for k, v in wanted.items())]


def test_it_leaves_a_gap_where_a_day_is_missing() -> None:
    figure = daily_figure(daily((97, 100), None, (95, 100)), LIGHT)
    (line,) = traces(figure, mode="lines+markers")
    assert line["y"] == [97.0, None, 95.0]
    assert line["connectgaps"] is False
    assert line["x"] == ["2026-03-18", "2026-03-19", "2026-03-20"]


def test_it_marks_days_that_miss_the_target_by_shape_and_colour() -> None:
    figure = daily_figure(daily((97, 100), (95, 100), (9599, 10000)), LIGHT)
    (missed,) = [t for t in figure["data"] if t["marker"].get("symbol") == "x"]
    assert (missed["x"], missed["y"]) == (["2026-03-19", "2026-03-20"], [95.0, 95.99])
    assert missed["marker"]["color"] == THEMES[LIGHT].missed


def test_it_labels_the_target_and_the_newest_value_directly() -> None:
    figure = daily_figure(daily((97, 100), (95996, 100000)), DARK)
    assert [a["text"] for a in figure["layout"]["annotations"]] == ["目标 ≥ 96 %", "<b>95.996</b>"]
    (line,) = [s for s in figure["layout"]["shapes"] if s["type"] == "line"]
    assert (line["y0"], line["y1"]) == (96.0, 96.0)
    assert figure["layout"]["showlegend"] is False


def test_it_draws_no_target_where_there_is_none() -> None:
    figure = daily_figure(daily((97, 100), (95, 100), target=None), LIGHT)
    assert figure["layout"]["shapes"] == []
    assert [a["text"] for a in figure["layout"]["annotations"]] == ["<b>95.00</b>"]


def test_it_shades_holidays_and_hatches_exclusions() -> None:
    days = [(97.0, 100.0)] * 6
    holidays = (marked(date(2026, 3, 16), "节"), marked(date(2026, 3, 17), "节"), marked(date(2026, 3, 20), "节"))
    excluded = (marked(date(2026, 3, 18), "已剔除(系统故障):停电"),)
    figure = daily_figure(daily(*days, holidays=holidays, excluded=excluded), LIGHT)
    bands = [(s["x0"], s["x1"]) for s in figure["layout"]["shapes"] if s["type"] == "rect"]
    assert bands == [("2026-03-15 12:00", "2026-03-17 12:00"), ("2026-03-19 12:00", "2026-03-20 12:00")]
    (hatching,) = traces(figure, type="bar")
    assert hatching["x"] == ["2026-03-18"]
    assert hatching["marker"]["pattern"]["shape"] == "/"
    (hovers,) = [t for t in figure["data"] if "customdata" in t]
    assert "已剔除(系统故障):停电" in hovers["customdata"][3]


def test_it_tells_figure_parts_and_day_on_hovering() -> None:
    figure = daily_figure(daily((97, 100), None, today=TODAY), LIGHT)
    (hovers,) = [t for t in figure["data"] if "customdata" in t]
    assert hovers["customdata"][0] == "<b>3月19日 周四</b><br>97.00 %<br>97 / 100"
    assert hovers["customdata"][1] == "<b>3月20日 周五</b><br>无数据<br>今天,尚未结束"


def test_it_draws_days_before_the_period_in_grey() -> None:
    chart = daily(*[(97.0, 100.0)] * 28)
    before, inside = traces(daily_figure(chart, LIGHT), mode="lines+markers")
    assert (before["x"][0], before["x"][-1]) == ("2026-02-21", "2026-03-01")
    assert (inside["x"][0], inside["x"][-1]) == ("2026-03-01", "2026-03-20")
    assert (before["line"]["color"], inside["line"]["color"]) == (THEMES[LIGHT].line_strong, THEMES[LIGHT].ink)


def test_it_gives_a_lonely_day_a_point() -> None:
    days = [(97.0, 100.0)] * 10 + [None, (96.0, 100.0), None] + [(97.0, 100.0)] * 7
    (line,) = traces(daily_figure(daily(*days), LIGHT), mode="lines+markers")
    assert [i for i, size in enumerate(line["marker"]["size"]) if size] == [11]


def test_it_draws_an_empty_frame_for_no_days() -> None:
    figure = daily_figure(daily(), LIGHT)
    assert figure["data"] == []
    assert figure["layout"]["yaxis"]["range"] == [95.0, 97.0] or figure["layout"]["yaxis"]["range"][0] < 96


def test_it_says_when_the_axis_does_not_start_at_nought() -> None:
    chart = daily((97, 100), (95, 100))
    low, high = axis_range(chart)
    assert 90 <= low < 95
    assert 97 < high <= 101
    assert axis_note(chart) == f"纵轴从 {low:g} % 起"
    assert axis_note(daily((5, 100), (60, 100), target=None)) == ""


@pytest.mark.parametrize(
    ("values", "unit"),
    [([95.0, 96.0], Unit.PERCENT), ([0.0, 100.0], Unit.PERCENT), ([100.0], Unit.PERCENT), ([1e6, 2e6], Unit.CALLS)],
)
def test_it_keeps_all_values_inside_the_axis(values: list[float], unit: Unit) -> None:
    low, high = y_range(values, unit)
    assert low <= min(values)
    assert max(values) <= high
    assert unit is not Unit.PERCENT or (low >= 0 and high <= 110)


def test_it_steps_in_nice_numbers() -> None:
    assert [nice_step(x) for x in (0.3, 1.0, 1.1, 21, 240)] == [0.5, 1.0, 2.0, 25.0, 250.0]


def test_it_joins_days_that_follow_one_another() -> None:
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 1)]
    assert runs_of_days(days) == [(date(2026, 2, 28), date(2026, 3, 1)), (date(2026, 3, 5), date(2026, 3, 5))]


def test_it_draws_hours_on_too_small_a_sample_hollow_and_without_a_cross() -> None:
    figure = hourly_figure(hourly((2, 3), (60, 120), (0, 1)), LIGHT)
    asked, _done = figure["data"]
    assert asked["marker"]["color"] == ["rgba(0,0,0,0)", THEMES[LIGHT].bar, "rgba(0,0,0,0)"]
    assert [width > 0 for width in asked["marker"]["line"]["width"]] == [True, False, True]
    assert [label["text"] for label in figure["layout"]["annotations"]] == ["✕ 50%"]
    assert asked["customdata"][0].endswith("样本不足 30,不判断")


@pytest.mark.parametrize("draw", [daily_figure, calendar_figure])
def test_it_crosses_no_day_on_too_small_a_sample_and_none_that_is_not_over(draw: Any) -> None:
    chart = daily((0, 2), (90, 100), (97, 100), (10, 100), min_sample=30, today=TODAY)
    crosses = [trace for trace in draw(chart, LIGHT)["data"] if _symbol(trace) == "x"]
    assert [len(trace["x"]) for trace in crosses] == [1]  # of 90 of 100 alone


def test_it_draws_days_on_too_small_a_sample_hollow_and_leads_no_line_to_them() -> None:
    figure = daily_figure(daily((97, 100), (0, 2), (97, 100), min_sample=30), LIGHT)
    (hollow,) = [trace for trace in figure["data"] if _symbol(trace) == "circle-open"]
    assert (hollow["x"], hollow["y"]) == (["2026-03-19"], [0.0])
    (line,) = [trace for trace in figure["data"] if trace.get("mode") == "lines+markers"]
    assert line["y"] == [97.0, None, 97.0]


def test_it_leads_no_line_to_the_day_that_has_only_begun() -> None:
    chart = daily((97, 100), (97, 100), (40, 40), min_sample=30, today=TODAY)
    figure = daily_figure(chart, LIGHT)
    (hollow,) = [trace for trace in figure["data"] if _symbol(trace) == "circle-open"]
    assert (hollow["x"], hollow["y"]) == (["2026-03-20"], [100.0])
    (line,) = [trace for trace in figure["data"] if trace.get("mode") == "lines+markers"]
    assert line["y"] == [97.0, 97.0, None]
    assert "○ 今天,尚未结束" in day_legend(chart)
    later = daily((97, 100), (97, 100), (40, 40), min_sample=30, today=TODAY + timedelta(days=1))
    assert [trace for trace in daily_figure(later, LIGHT)["data"] if _symbol(trace) == "circle-open"] == []
    assert "今天" not in day_legend(later)


@pytest.mark.parametrize("today", [TODAY, TODAY + timedelta(days=1)])
def test_it_draws_the_running_day_of_two_years_apart(today: date) -> None:
    days = (TODAY - timedelta(days=1), TODAY)
    versus = Versus(CATALOGUE.kpis["offered_volume"], days, (900.0, 300.0), (800.0, 810.0), date(2025, 3, 19))
    traces = versus_figure(versus, today, LIGHT)["data"]
    lines = [list(trace["y"]) for trace in traces if "lines" in trace["mode"]]
    hollow = [(trace["x"], trace["y"]) for trace in traces if _symbol(trace) == "circle-open"]
    if today == TODAY:
        assert (lines, hollow) == ([[800.0, 810.0], [900.0, None]], [(["2026-03-20"], [300.0])])
    else:
        assert (lines, hollow) == ([[800.0, 810.0], [900.0, 300.0]], [])


def _symbol(trace: dict[str, Any]) -> str:
    return str(trace.get("marker", {}).get("symbol", ""))


def test_it_draws_hours_as_pale_and_dark_bars_and_labels_the_worst() -> None:
    figure = hourly_figure(hourly((97, 100), (80, 100), (60, 120)), LIGHT)
    asked, done = figure["data"]
    assert (asked["x"], asked["y"], done["y"]) == ([8, 9, 10], [100, 100, 120], [97, 80, 60])
    assert asked["marker"]["color"] == [THEMES[LIGHT].bar] * 3
    labels = [(a["x"], a["text"]) for a in figure["layout"]["annotations"]]
    assert labels == [(10, "✕ 50%"), (9, "✕ 80%")]


def test_the_label_of_an_hour_stands_above_what_is_usual_around_it() -> None:
    chart = replace(hourly((97, 100), (80, 100), (60, 120)), usual={8: 90.0, 9: 150.0, 10: 110.0, 11: 200.0})
    heights = {a["x"]: a["y"] for a in hourly_figure(chart, LIGHT)["layout"]["annotations"]}
    assert heights == {10: 200.0, 9: 150.0}


def test_a_day_stands_once_below_two_lines() -> None:
    versus = Versus(CATALOGUE.kpis["offered_volume"], (TODAY,), (300.0,), (810.0,), date(2025, 3, 20))
    assert versus_figure(versus, TODAY, LIGHT)["layout"]["xaxis"]["dtick"] == 24 * 3600 * 1000


def test_it_draws_a_sparkline_with_gaps_and_the_target_dashed() -> None:
    svg = unquote(spark_mask([0.97, None, 0.95, 0.96], 104, 26, AT_LEAST_96))
    assert svg.count("<path") == 2
    assert "stroke-dasharray" in svg
    assert svg.count("M") == 3  # the target, and the line in two pieces
    assert svg.count("<circle") == 1
    assert spark_mask([None, None], 104, 26, None) == ""
    assert spark_mask([1.0], 104, 26, None).startswith('url("data:image/svg+xml,')
