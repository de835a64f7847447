"""One seat by day: its items beside the middle of the centre's seats, and where its signed-in time went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.charts_seat import hours_text
from dashboard.figures.common import HALF_DAY, runs_of_days
from dashboard.texts import t
from dashboard.theme import Tokens
from dashboard.views_seats import SeatDay, SeatView

HOUR = 3600
MANY = 62
"""From this many days on points and lines are finer."""
PALE = 0.45
"""How strong the bar of a day is that is not over."""


def path_figure(view: SeatView, theme: str) -> dict[str, Any]:
    """Items by day: a point each, joined over days at work, above the middle 80 % of the centre's seats; those
    outside of it have another shape. Today, which has only begun, is hollow: no line leads to it, nor has it a
    middle."""
    tokens = themes.THEMES[theme]
    layout = _layout(view, theme)
    if view.target is not None:
        level = view.target.value
        line = {"color": tokens.grey, "width": 1, "dash": "dash"}
        layout["shapes"] = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line}]
    over, running = view.days_over, [day for day in view.running if day.items is not None]
    traces = [_band(over, tokens), _centre(over, tokens), _own(over, tokens, len(view.days)), _today(running, tokens)]
    return {"data": [trace for trace in traces if trace["x"]], "layout": layout}


def _centre(days: Sequence[SeatDay], tokens: Tokens) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.day.isoformat() for day in days],
        "y": [day.centre for day in days],
        "line": {"color": tokens.grey, "width": 1.5},
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def _today(days: Sequence[SeatDay], tokens: Tokens) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [day.day.isoformat() for day in days],
        "y": [day.items for day in days],
        "marker": {"symbol": "circle-open", "size": 9, "color": tokens.grey},
        "customdata": [f"{_path_hover(replace(day, centre=None))}<br>{t('chart.running_day')}" for day in days],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _own(days: Sequence[SeatDay], tokens: Tokens, shown: int) -> dict[str, Any]:
    many = shown > MANY
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [day.day.isoformat() for day in days],
        "y": [day.items for day in days],
        "connectgaps": False,
        "line": {"color": tokens.ink, "width": 1 if many else 1.5},
        "marker": {"color": tokens.ink, "size": 6 if many else 9, "symbol": [_symbol(day) for day in days]},
        "customdata": [_path_hover(day) for day in days],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _symbol(day: SeatDay) -> str:
    items = day.items or 0.0
    if day.low is None or day.high is None or day.low <= items <= day.high:
        return "circle"
    return "triangle-up" if items > day.high else "triangle-down"


def _layout(view: SeatView, theme: str) -> dict[str, Any]:
    layout = themes.plotly_layout(theme)
    layout |= {"barmode": "stack", "bargap": 0.25, "hovermode": "x"}
    layout["margin"] = {"l": 8, "r": 8, "t": 8, "b": 8}
    edges = [
        datetime.combine(view.days[0].day, time()) - HALF_DAY,
        datetime.combine(view.days[-1].day, time()) + HALF_DAY,
    ]
    span = [edge.isoformat(sep=" ", timespec="minutes") for edge in edges]
    layout["xaxis"] |= {"type": "date", "tickformat": t("seats.axis_day"), "nticks": 7, "range": span}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5}
    return layout


def _bars(days: Sequence[SeatDay], values: list[float | None], colour: str, texts: list[str]) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [day.day.isoformat() for day in days],
        "y": values,
        "customdata": texts,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": colour, "line": {"width": 0}},
    }


def _path_hover(day: SeatDay) -> str:
    counts = {"items": day.items, "calls": day.calls, "orders": day.orders}
    text = t("seats.path_hover", day=_heading(day), **{name: fmt.reading(value) for name, value in counts.items()})
    if day.low is None or day.high is None or day.centre is None:
        return text
    ends = (fmt.number(round(value, 1)) for value in (day.low, day.high, day.centre))
    return text + "<br>" + t("seats.path_hover_band", **dict(zip(("low", "high", "centre"), ends, strict=True)))


def _heading(day: SeatDay) -> str:
    return f"{fmt.day(day.day, day.day)} {fmt.weekday(day.day)}"


def _band(days: Sequence[SeatDay], tokens: Tokens) -> dict[str, Any]:
    """An area for each run of days that have a middle."""
    known = {day.day: (day.low, day.high) for day in days if day.low is not None and day.high is not None}
    by_run = [[one for one in sorted(known) if first <= one <= last] for first, last in runs_of_days(known)]

    def corners() -> Iterator[tuple[str | None, float | None]]:
        for run in by_run:
            for at, ordered in ((1, run), (0, run[::-1])):
                for day in ordered:
                    noon = datetime.combine(day, time())
                    edges = (noon - HALF_DAY, noon + HALF_DAY) if at else (noon + HALF_DAY, noon - HALF_DAY)
                    yield from ((edge.isoformat(sep=" ", timespec="minutes"), known[day][at]) for edge in edges)
            yield None, None

    points = list(corners())
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "fill": "toself",
        "fillcolor": tokens.sunken,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def hours_figure(view: SeatView, theme: str) -> dict[str, Any]:
    """Hours signed in by day: talk and wrap-up, pauses, the rest."""
    tokens = themes.THEMES[theme]
    layout = _layout(view, theme)
    layout["yaxis"] |= {"ticksuffix": t("seats.axis_hours")}
    texts = [_hours_hover(day) for day in view.days]
    parts = [_parts(day) for day in view.days]
    colours = (tokens.ink_soft, tokens.grey, tokens.bar)
    traces = [_bars(view.days, [part[at] for part in parts], colour, texts) for at, colour in enumerate(colours)]
    if view.running:  # only begun: paler
        shades = [PALE if day in view.running else 1.0 for day in view.days]
        traces = [trace | {"marker": trace["marker"] | {"opacity": shades}} for trace in traces]
        texts[-1] += f"<br>{t('chart.running_day')}"
    return {"data": traces, "layout": layout}


def _parts(day: SeatDay) -> tuple[float | None, float | None, float | None]:
    """Hours talked, paused and left of a day; none where it was not told how long the seat was signed in."""
    if day.signed_in is None:
        return None, None, None
    busy, paused = (day.busy or 0.0) / HOUR, (day.paused or 0.0) / HOUR
    return busy, paused, max(day.signed_in / HOUR - busy - paused, 0.0)


def _hours_hover(day: SeatDay) -> str:
    hours = {"all": day.signed_in, "busy": day.busy, "paused": day.paused}
    return t("seats.hours_hover", day=_heading(day), **{name: hours_text(value) for name, value in hours.items()})
