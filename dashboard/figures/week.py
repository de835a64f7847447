"""A KPI by weekday and hour as a grey scale: the darker, the more. The hour furthest from good is framed."""

from __future__ import annotations

from typing import Any

from dashboard import theme as themes
from dashboard.figures.common import hover, on_axis
from dashboard.texts import t
from dashboard.theme import Tokens
from dashboard.views_calls import Heat
from kpi.model import Better

HOURS = range(24)
WEEKDAYS = range(1, 8)
DENSE = 0.55
"""From this share of the scale on a number stands on dark ground."""


def week_figure(heat: Heat, theme: str) -> dict[str, Any]:
    """The figure, as a plain dict: hours to the right, Monday on top."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout |= {"hovermode": "closest", "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
    ticks = {"showgrid": False, "ticks": ""}
    layout["xaxis"] |= ticks | {"tickvals": list(range(0, 24, 3)), "ticktext": [f"{h} 时" for h in range(0, 24, 3)]}
    layout["yaxis"] |= ticks | {"autorange": "reversed", "tickvals": list(WEEKDAYS), "ticktext": _weekdays()}
    layout["shapes"] = _frame_of_worst(heat, tokens)
    trace = {
        "type": "heatmap",
        "x": list(HOURS),
        "y": list(WEEKDAYS),
        "z": [[_level(heat, day, hour) for hour in HOURS] for day in WEEKDAYS],
        "text": [[_hover(heat, day, hour) for hour in HOURS] for day in WEEKDAYS],
        "hovertemplate": "%{text}<extra></extra>",
        "colorscale": [[0, tokens.sunken], [1, tokens.ink_soft]],
        "reversescale": heat.kpi.better is Better.HIGHER,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
    }
    return {"data": [trace], "layout": layout}


def _weekdays() -> list[str]:
    return [t(f"weekday.{day}") for day in WEEKDAYS]


def _level(heat: Heat, day: int, hour: int) -> float | None:
    value = heat.values.get((day, hour))
    if value is None or value.value is None or (day, hour) in heat.few:
        return None
    at = on_axis(value.value, heat.kpi.unit)
    return round(at, 2) if at is not None else None


def _hover(heat: Heat, day: int, hour: int) -> str:
    value = heat.values.get((day, hour))
    if value is None:
        return ""
    return hover(f"{t(f'weekday.{day}')} {hour}:00–{hour}:59", value, heat.kpi.unit, heat.target)


def _frame_of_worst(heat: Heat, tokens: Tokens) -> list[dict[str, Any]]:
    known = {(day, hour): level for day in WEEKDAYS for hour in HOURS if (level := _level(heat, day, hour)) is not None}
    if not known:
        return []
    pick = min if heat.kpi.better is Better.HIGHER else max
    day, hour = pick(known, key=lambda at: known[at])
    line = {"color": tokens.ink, "width": 2}
    return [{"type": "rect", "x0": hour - 0.5, "x1": hour + 0.5, "y0": day - 0.5, "y1": day + 0.5, "line": line}]
