"""Seats: their output with intervals, how seat-days are spread, the centre's output as a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.figures.common import hover, on_axis, y_range
from dashboard.judged import Target
from dashboard.texts import t
from dashboard.theme import Tokens
from dashboard.views import DailyChart
from dashboard.views_seats import Ranking, SeatLine
from kpi.model import KpiValue, Unit
from kpi.seats import Against, Spread

ITEMS = Unit.ITEMS_PER_SEAT_DAY
SYMBOLS = {Against.ABOVE: "triangle-up", Against.BELOW: "triangle-down", Against.UNCLEAR: "circle-open"}
WEEKDAYS = range(1, 8)
LEVEL_NAMES = 16
"""Up to this many seats their names are written level."""
WRITTEN = 7
"""Up to this many weeks each day of the calendar has its figure written in it."""


def ranking_range(ranking: Ranking) -> tuple[float, float]:
    """Low and high end of the axis of output."""
    ends = [end for line in ranking.ranked for end in line.interval or ()]
    return y_range([*ends, *([ranking.level] if ranking.level is not None else [])], ITEMS)


def ranking_figure(ranking: Ranking, theme: str) -> dict[str, Any]:
    """The seats side by side, most first: a point with its interval each; the shape says where the interval lies."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    lines = [line for line in ranking.ranked if line.interval is not None]
    layout["hovermode"] = "closest"
    layout["xaxis"] |= {"type": "category", "range": [-0.7, len(lines) - 0.3], "ticks": ""}
    layout["xaxis"] |= {"tickangle": -90} if len(lines) > LEVEL_NAMES else {}
    layout["yaxis"] |= {"range": list(ranking_range(ranking)), "nticks": 5}
    layout["margin"]["r"] = 8
    level = t("seats.the_target" if ranking.to_target else "seats.the_centre")
    layout |= _level(ranking.level, level, tokens)
    values = [line.value.value or 0.0 for line in lines]
    above = [(line.interval or (0.0, 0.0))[1] - value for line, value in zip(lines, values, strict=True)]
    below = [value - (line.interval or (0.0, 0.0))[0] for line, value in zip(lines, values, strict=True)]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [line.name for line in lines],
        "y": [round(value, 4) for value in values],
        "error_y": {
            "type": "data", "symmetric": False, "array": above, "arrayminus": below,
            "color": tokens.line_strong, "thickness": 1.5, "width": 0,
        },
        "marker": {"size": 8, "color": tokens.ink, "symbol": [_symbol(line) for line in lines]},
        "customdata": [_ranking_hover(line, ranking) for line in lines],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    return {"data": [trace], "layout": layout}


def _symbol(line: SeatLine) -> str:
    return SYMBOLS[line.against] if line.against is not None else "circle"


def _ranking_hover(line: SeatLine, ranking: Ranking) -> str:
    low, high = line.interval or (0.0, 0.0)
    ends = f"{t('seats.interval')} {fmt.rounded(low, ITEMS)} ~ {fmt.rounded(high, ITEMS)}"
    return hover(line.name, line.value, ITEMS, None, ends)


def _level(level: float | None, name: str, tokens: Tokens) -> dict[str, Any]:
    """A dashed line across, labelled at its left end."""
    if level is None:
        return {}
    at = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "y": level, "showarrow": False}
    text = f"{name} {fmt.rounded(level, ITEMS)}"
    legible = {"bgcolor": tokens.surface, "opacity": 0.85, "font": {"size": 12, "color": tokens.grey}}
    line = {"color": tokens.grey, "width": 1, "dash": "dash"}
    shape = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line}
    return {"shapes": [shape], "annotations": [at | legible | {"text": text}]}


def spread_figure(spread: Spread, target: Target | None, theme: str) -> dict[str, Any]:
    """Seat-days by their items, the target marked."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout |= {"bargap": 0.06, "hovermode": "closest"}
    layout["margin"] = {"l": 8, "r": 8, "t": 20, "b": 8}
    layout["xaxis"] |= {"nticks": 8, "tickformat": ",d"}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 4, "tickformat": ",d"}
    if target is not None:
        line = {"color": tokens.grey, "width": 1, "dash": "dash"}
        at = target.value
        layout["shapes"] = [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}]
        place = {"x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": "center", "showarrow": False}
        text = t("seats.target_mark", target=fmt.level(at))
        layout["annotations"] = [place | {"text": text, "font": {"size": 12, "color": tokens.grey}}]
    trace = {
        "type": "bar",
        "x": [(low + below) / 2 for low, below, _ in spread.bins],
        "y": [count for _, _, count in spread.bins],
        "width": [below - low for low, below, _ in spread.bins],
        "customdata": [_bin_hover(*one) for one in spread.bins],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": tokens.bar, "line": {"width": 1, "color": tokens.surface}},
    }
    return {"data": [trace], "layout": layout}


def _bin_hover(low: int, below: int, count: int) -> str:
    name = f"{low}–{below - 1}" if below - low > 1 else str(low)
    return t("seats.bin_hover", bin=name, n=fmt.number(count))


def calendar_figure(chart: DailyChart, theme: str) -> dict[str, Any]:
    """The centre's output by day: a column a week, Monday on top. Missed days have a cross."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    weeks = sorted({_monday(value.start) for value in chart.values})
    layout |= {"hovermode": "closest", "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
    ticks, names = _months(weeks, chart.values)
    bare = {"showgrid": False, "ticks": ""}
    layout["xaxis"] |= bare | {"tickvals": ticks, "ticktext": names, "range": [-0.5, len(weeks) - 0.5]}
    days = [t(f"weekday.{day}") for day in WEEKDAYS]
    layout["yaxis"] |= bare | {"autorange": "reversed", "tickvals": list(WEEKDAYS), "ticktext": days}
    at = {week: place for place, week in enumerate(weeks)}
    cells = {(value.start.isoweekday(), at[_monday(value.start)]): value for value in chart.values}
    missed = [place for place, value in cells.items() if chart.misses(value)]
    crosses = {
        "type": "scatter",
        "mode": "markers",
        "x": [week + 0.36 if len(weeks) <= WRITTEN else week for _, week in missed],
        "y": [day for day, _ in missed],
        "marker": {"symbol": "x", "size": 7 if len(weeks) <= WRITTEN else 5, "color": tokens.missed},
        "hoverinfo": "skip",
    }
    return {"data": [_cells(chart, cells, len(weeks), tokens), *([crosses] if missed else [])], "layout": layout}


def _cells(chart: DailyChart, cells: dict[tuple[int, int], KpiValue], weeks: int, tokens: Tokens) -> dict[str, Any]:
    def each(make: Any, nothing: Any) -> list[list[Any]]:
        return [
            [make(cells[day, week]) if (day, week) in cells else nothing for week in range(weeks)] for day in WEEKDAYS
        ]

    unit = chart.kpi.unit
    trace = {
        "type": "heatmap",
        "x": list(range(weeks)),
        "y": list(WEEKDAYS),
        "z": each(lambda value: on_axis(value.value, unit), None),
        "customdata": each(lambda value: _day_hover(chart, value), ""),
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [[0, tokens.sunken], [1, tokens.ink_soft]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
    }
    if weeks <= WRITTEN:
        trace |= {
            "text": each(lambda value: "" if value.value is None else fmt.rounded(value.value, unit), ""),
            "texttemplate": "%{text}",
            "textfont": {"size": 12, "color": tokens.ink},
            "colorscale": [[0, tokens.sunken], [1, tokens.line_strong]],  # pale enough to read ink on
        }
    return trace


def _day_hover(chart: DailyChart, value: KpiValue) -> str:
    notes = [mark.text for mark in (*chart.holidays, *chart.excluded) if mark.day == value.start]
    notes += [t("chart.few_day", least=chart.min_sample)] if chart.is_few(value) else []
    notes += [t("chart.running_day")] if value.start == chart.today else []
    heading = f"{fmt.day(value.start, chart.today)} {fmt.weekday(value.start)}"
    return hover(heading, value, chart.kpi.unit, chart.target, *notes)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months(weeks: Sequence[date], values: Sequence[KpiValue]) -> tuple[list[int], list[str]]:
    """Few weeks by their Mondays; of many, each month at its first week."""
    if len(weeks) <= WRITTEN:
        return list(range(len(weeks))), [fmt.day(max(week, values[0].start), week) for week in weeks]
    step = 1 if len(weeks) <= 60 else 3
    found: dict[tuple[int, int], int] = {}
    for place, week in enumerate(weeks):
        day = max(week, values[0].start)
        found.setdefault((day.year, day.month), place)
    places = list(found.values())
    crowded = len(places) > 1 and places[1] - places[0] < 3  # the first month has begun to end
    shown = list(found.items())[1 if crowded else 0 :: step]
    return [place for _, place in shown], [t("seats.month_axis", month=month) for (_, month), _ in shown]
