"""One KPI by hour of a day: what was asked for as pale bars, what was achieved as dark ones, the misses labelled."""

from __future__ import annotations

from typing import Any

from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.figures.common import hover
from dashboard.texts import t
from dashboard.theme import Tokens
from dashboard.views_live import HourlyChart
from kpi.model import KpiValue

MOST_LABELS = 4


def hourly_figure(chart: HourlyChart, theme: str) -> dict[str, Any]:
    """The figure of a KPI by hour, as a plain dict."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    hours = [int(v.key) for v in chart.values]
    layout |= {"barmode": "overlay", "bargap": 0.25, "hovermode": "x", "showlegend": False}
    layout["xaxis"] |= {
        "tickvals": list(range(0, 24, 3)),
        "ticktext": [f"{h} 时" for h in range(0, 24, 3)],
        "range": [-0.5, 23.5],
    }
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 4, "tickformat": ",d"}
    layout["margin"]["r"] = 8
    layout["annotations"] = [_label(v, chart, tokens) for v in _worst(chart)]
    texts = [_hover(value, chart) for value in chart.values]
    asked = [v.denominator for v in chart.values]
    done = [v.numerator for v in chart.values]
    few = [chart.is_few(v) for v in chart.values]
    return {
        "data": [
            _bars(hours, asked, tokens.bar, few)
            | {"customdata": texts, "hovertemplate": "%{customdata}<extra></extra>"},
            _bars(hours, done, tokens.ink_soft, few) | {"hoverinfo": "skip"},
            *_usual(chart, tokens),
        ],
        "layout": layout,
    }


def _usual(chart: HourlyChart, tokens: Tokens) -> list[dict[str, Any]]:
    """What the denominator usually is, as steps behind nothing: today's hours and those still to come."""
    if not chart.usual:
        return []
    line = {"color": tokens.ink, "width": 1.5, "dash": "dot", "shape": "hvh"}
    hours = list(chart.usual)
    heights = list(chart.usual.values())
    return [{"type": "scatter", "mode": "lines", "x": hours, "y": heights, "line": line, "hoverinfo": "skip"}]


def _hover(value: KpiValue, chart: HourlyChart) -> str:
    notes = [t("chart.few_day", least=chart.min_sample)] if chart.is_few(value) else []
    return hover(f"{int(value.key)}:00–{int(value.key)}:59", value, chart.kpi.unit, chart.target, *notes)


def _bars(hours: list[int], heights: list[float | None], colour: str, few: list[bool]) -> dict[str, Any]:
    """One bar an hour; of too small a sample only its outline."""
    fills = ["rgba(0,0,0,0)" if hollow else colour for hollow in few]
    edge = {"width": [1 if hollow else 0 for hollow in few], "color": colour}
    return {"type": "bar", "x": hours, "y": heights, "marker": {"color": fills, "line": edge}}


def _worst(chart: HourlyChart) -> list[KpiValue]:
    """The hours furthest on the wrong side of the target, a few of them."""
    missed = [v for v in chart.values if chart.misses(v)]
    target = chart.target.value if chart.target else 0.0
    return sorted(missed, key=lambda v: -abs((v.value or 0.0) - target))[:MOST_LABELS]


def _label(value: KpiValue, chart: HourlyChart, tokens: Tokens) -> dict[str, Any]:
    hour = int(value.key)
    near = [v.denominator or 0.0 for v in chart.values if abs(int(v.key) - hour) <= 1]  # a label is wider than its bar
    near += [chart.usual.get(hour + step, 0.0) for step in (-1, 0, 1)]
    return {
        "x": hour,
        "y": max(near),
        "yanchor": "bottom",
        "showarrow": False,
        "text": f"✕ {fmt.brief(value, chart.kpi.unit, chart.target)}",
        "font": {"size": 12, "color": tokens.missed},
    }
