"""One indicator's way: path to date, required path, projection fan, target; and the burn-down of its allowance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import format_pace as fp
from dashboard import theme as themes
from dashboard.figures.common import y_range
from dashboard.theme import Tokens
from kpi.model import Unit

Line = Sequence[tuple[date, float | None]]


@dataclass(frozen=True, slots=True)
class PathChart:
    """``path`` the value to date by day, ``required`` the path from today that just meets the target, ``fan`` the
    10/50/90 % of the days to come. Percentages as fractions. ``levels``: (day from, day to, target, text)."""

    unit: str
    path: Line
    required: Line = ()
    fan: Sequence[tuple[date, float, float, float]] = ()
    levels: Sequence[tuple[date, date, float, str]] = ()


def path_figure(chart: PathChart, theme: str) -> dict[str, Any]:
    """The figure, as a plain dict."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout["xaxis"] |= {"type": "date", "tickformat": "%-m月%-d日", "nticks": 7}
    layout["yaxis"] |= {"range": _range(chart), "ticksuffix": " %" if chart.unit == "%" else "", "nticks": 5}
    layout["shapes"] = [_level(one, chart.unit, tokens) for one in chart.levels]
    layout["annotations"] = [*_level_texts(chart, tokens), *_newest(chart, tokens)]
    traces = [*_fan(chart, tokens), _required(chart, tokens), _path(chart, tokens)]
    return {"data": [trace for trace in traces if trace["x"]], "layout": layout}


def _on_axis(value: float | None, unit: str) -> float | None:
    return round(value * 100, 6) if value is not None and unit == "%" else value


def _range(chart: PathChart) -> list[float]:
    seen = _settled(chart.path)
    values = [v for _, v in (*seen, *chart.required)]
    values += [v for _, low, _, high in chart.fan for v in (low, high)]
    values += [level for _, _, level, _ in chart.levels]
    known = [v for v in (_on_axis(one, chart.unit) for one in values) if v is not None]
    return list(y_range(known, Unit.PERCENT if chart.unit == "%" else Unit.ITEMS))


def _settled(path: Line) -> Line:
    """Without the first days of a cumulative rate, which jump about and would flatten all that follows."""
    return path[7:] if len(path) > 21 else path


def _path(chart: PathChart, tokens: Tokens) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() for day, _ in chart.path],
        "y": [_on_axis(value, chart.unit) for _, value in chart.path],
        "text": [fp.value_text(value, chart.unit) for _, value in chart.path],
        "hovertemplate": "至今 %{text}<extra></extra>",
        "line": {"color": tokens.ink, "width": 2.5},
        "connectgaps": False,
    }


def _required(chart: PathChart, tokens: Tokens) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() for day, _ in chart.required],
        "y": [_on_axis(value, chart.unit) for _, value in chart.required],
        "text": [fp.value_text(value, chart.unit) for _, value in chart.required],
        "hovertemplate": "须达到 %{text}<extra></extra>",
        "line": {"color": tokens.ink_soft, "width": 1.5, "dash": "dash"},
    }


def _fan(chart: PathChart, tokens: Tokens) -> list[dict[str, Any]]:
    days = [day.isoformat() for day, *_ in chart.fan]

    def edge(place: int, **more: Any) -> dict[str, Any]:
        values = [_on_axis((low, mid, high)[place], chart.unit) for _, low, mid, high in chart.fan]
        return {"type": "scatter", "mode": "lines", "x": days, "y": values, "hoverinfo": "skip"} | more

    hidden = {"line": {"width": 0}}
    middle = {
        "text": [
            f"{fp.value_text(mid, chart.unit)}(80%: {fp.bare(low, chart.unit)} ~ {fp.value_text(high, chart.unit)})"
            for _, low, mid, high in chart.fan
        ],
        "hovertemplate": "预计 %{text}<extra></extra>",
        "hoverinfo": "all",
        "line": {"color": tokens.grey, "width": 1.5},
    }
    return [edge(0, **hidden), edge(2, **hidden, fill="tonexty", fillcolor=tokens.shade), edge(1, **middle)]


def _level(one: tuple[date, date, float, str], unit: str, tokens: Tokens) -> dict[str, Any]:
    start, end, level, _text = one
    at = _on_axis(level, unit)
    line = {"color": tokens.grey, "width": 1, "dash": "dash"}
    return {"type": "line", "x0": start.isoformat(), "x1": end.isoformat(), "y0": at, "y1": at, "line": line}


def _level_texts(chart: PathChart, tokens: Tokens) -> list[dict[str, Any]]:
    return [
        {
            "x": end.isoformat(),
            "y": _on_axis(level, chart.unit),
            "text": text,
            "showarrow": False,
            "xanchor": "right",
            "yanchor": "bottom",
            "font": {"size": 12, "color": tokens.grey},
            "bgcolor": tokens.surface,
            "opacity": 0.85,
        }
        for _start, end, level, text in chart.levels
    ]


def _newest(chart: PathChart, tokens: Tokens) -> list[dict[str, Any]]:
    known = [(day, value) for day, value in chart.path if value is not None]
    if not known:
        return []
    day, value = known[-1]
    bounds = tuple(level for _, _, level, _ in chart.levels)
    text = f"<b>{fp.bare(value, chart.unit, bounds)}</b>"
    at = {
        "x": day.isoformat(),
        "y": _on_axis(value, chart.unit),
        "xanchor": "right",
        "yanchor": "bottom",
        "showarrow": False,
    }
    return [at | {"text": text, "font": {"size": 12, "color": tokens.ink}}]


def burn_figure(days: Sequence[date], left: Sequence[float], even: Sequence[float], theme: str) -> dict[str, Any]:
    """What was left of an allowance by day, beside an even use of it; events."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout["xaxis"] |= {"type": "date", "tickformat": "%-m月%-d日", "nticks": 6}
    layout["yaxis"] |= {"nticks": 4, "tickformat": ",d", "zeroline": True, "zerolinecolor": tokens.line_strong}
    x = [day.isoformat() for day in days]
    steady = {"color": tokens.grey, "width": 1, "dash": "dash"}
    return {
        "data": [
            {"type": "scatter", "mode": "lines", "x": x, "y": list(even), "hoverinfo": "skip", "line": steady},
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": list(left),
                "hovertemplate": "还剩 %{y:,.0f}<extra></extra>",
                "line": {"color": tokens.ink, "width": 2},
                "fill": "tozeroy",
                "fillcolor": tokens.shade,
            },
        ],
        "layout": layout,
    }
