"""One KPI by day: a strong line over the period, gaps as gaps, the target labelled, holidays shaded, exclusions
hatched, days that miss the target marked by shape and colour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.figures.common import HALF_DAY, hover, on_axis, runs_of_days, y_range
from dashboard.texts import t
from dashboard.theme import Tokens
from dashboard.views import DailyChart, MarkedDay
from kpi.model import KpiValue, Unit

DAY_MS = 86_400_000
FEW = 14
"""Up to this many days each one gets its point."""
MANY = 62
"""From here on lines and marks are finer, or days would run into one another."""


def daily_figure(chart: DailyChart, theme: str) -> dict[str, Any]:
    """The figure of a KPI by day, as a plain dict."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout["xaxis"] |= {"type": "date", "tickformat": "%-m月%-d日", "nticks": 7, "range": _x_range(chart)}
    layout["yaxis"] |= {"range": list(axis_range(chart)), "ticksuffix": _suffix(chart.kpi.unit), "nticks": 5}
    layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    layout["hovermode"] = "x"
    layout["shapes"] = [*_holiday_bands(chart.holidays, tokens), *_target_line(chart, tokens)]
    layout["annotations"] = _labels(chart, tokens)
    traces = [_hatching(chart.excluded, tokens), *_lines(chart, tokens), _apart(chart, tokens), _missed(chart, tokens)]
    return {"data": [trace for trace in traces if trace["x"]], "layout": layout}


def axis_range(chart: DailyChart) -> tuple[float, float]:
    """Low and high end of the y-axis, in the unit shown."""
    values = [on_axis(v.value, chart.kpi.unit) for v in chart.values]
    values.append(on_axis(chart.target.value, chart.kpi.unit) if chart.target else None)
    return y_range([v for v in values if v is not None], chart.kpi.unit)


def axis_note(chart: DailyChart) -> str:
    """“纵轴从 90 % 起”, '' where the axis starts at 0."""
    low, _high = axis_range(chart)
    return f"纵轴从 {fmt.level(low)}{_suffix(chart.kpi.unit)} 起" if low else ""


def _suffix(unit: Unit) -> str:
    return " %" if unit is Unit.PERCENT else ""


def _edge(day: date, offset: timedelta) -> str:
    return (datetime.combine(day, time()) + offset).isoformat(sep=" ", timespec="minutes")


def _x_range(chart: DailyChart) -> list[str]:
    if not chart.values:
        return [_edge(chart.period.start, -HALF_DAY), _edge(chart.period.end, HALF_DAY)]
    return [_edge(chart.values[0].start, -HALF_DAY), _edge(chart.values[-1].end, HALF_DAY)]


def _lines(chart: DailyChart, tokens: Tokens) -> list[dict[str, Any]]:
    """Days before the period in grey, the period as one strong line, and all of them once more for hovering."""
    firm = [replace(v, value=None) if chart.is_apart(v) else v for v in chart.values]
    before = [v for v in firm if v.start <= chart.period.start]
    inside = [v for v in firm if v.start >= chart.period.start]
    return [
        _line(chart, before if len(before) > 1 else [], tokens.line_strong, 1.5),
        _line(chart, inside, tokens.ink, 2.25 if len(inside) <= MANY else 1.5),
        _points(chart, list(chart.values))
        | {
            "mode": "markers",
            "marker": {"opacity": 0, "color": tokens.ink},
            "customdata": [_hover(chart, v) for v in chart.values],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]


def _points(chart: DailyChart, values: list[KpiValue]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [v.start.isoformat() for v in values],
        "y": [on_axis(v.value, chart.kpi.unit) for v in values],
    }


def _line(chart: DailyChart, values: list[KpiValue], colour: str, width: float) -> dict[str, Any]:
    return _points(chart, values) | {
        "mode": "lines+markers",
        "connectgaps": False,
        "line": {"color": colour, "width": width},
        "marker": {"color": colour, "size": _point_sizes(values, every=len(chart.values) <= FEW)},
        "hoverinfo": "skip",
    }


def _hover(chart: DailyChart, value: KpiValue) -> str:
    heading = f"{fmt.day(value.start, chart.today)} {fmt.weekday(value.start)}"
    notes = [m.text for m in (*chart.holidays, *chart.excluded) if m.day == value.start]
    if chart.is_few(value):
        notes.append(t("chart.few_day", least=chart.min_sample))
    if value.start == chart.today:
        notes.append(t("chart.running_day"))
    return hover(heading, value, chart.kpi.unit, chart.target, *notes)


def _point_sizes(values: list[KpiValue], *, every: bool) -> list[int]:
    """A day between two gaps has no line to stand on: it gets a point; of a few days each one does."""
    known = [False, *(v.value is not None for v in values), False]
    lonely = [here and not (left or right) for left, here, right in zip(known, known[1:], known[2:], strict=False)]
    return [5 if alone or every else 0 for alone in lonely]


def _apart(chart: DailyChart, tokens: Tokens) -> dict[str, Any]:
    """Days on too small a sample, and today, which has only begun: hollow, and no line leads to them."""
    return _points(chart, [v for v in chart.values if chart.is_apart(v)]) | {
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 7 if len(chart.values) <= MANY else 4, "color": tokens.grey},
        "hoverinfo": "skip",
    }


def _missed(chart: DailyChart, tokens: Tokens) -> dict[str, Any]:
    few = len(chart.values) <= MANY
    edge = {"width": 1 if few else 0, "color": tokens.surface}
    return _points(chart, [v for v in chart.values if chart.misses(v)]) | {
        "mode": "markers",
        "marker": {"symbol": "x", "size": 7 if few else 4, "color": tokens.missed, "line": edge},
        "hoverinfo": "skip",
    }


def _hatching(days: tuple[MarkedDay, ...], tokens: Tokens) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [d.day.isoformat() for d in days],
        "y": [1] * len(days),
        "yaxis": "y2",
        "width": DAY_MS,
        "marker": {
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "size": 6, "fgcolor": tokens.line_strong, "bgcolor": "rgba(0,0,0,0)"},
        },
        "hoverinfo": "skip",
    }


def _holiday_bands(days: tuple[MarkedDay, ...], tokens: Tokens) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": _edge(first, -HALF_DAY),
            "x1": _edge(last, HALF_DAY),
            "y0": 0,
            "y1": 1,
            "fillcolor": tokens.shade,
            "line": {"width": 0},
            "layer": "below",
        }
        for first, last in runs_of_days(d.day for d in days)
    ]


def _target_line(chart: DailyChart, tokens: Tokens) -> list[dict[str, Any]]:
    if chart.target is None:
        return []
    level = on_axis(chart.target.value, chart.kpi.unit)
    line = {"color": tokens.grey, "width": 1, "dash": "dash"}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line}]


def _labels(chart: DailyChart, tokens: Tokens) -> list[dict[str, Any]]:
    """The target at the left end of its line, the newest value at the right end of the line."""
    labels = []
    unit = chart.kpi.unit
    if chart.target is not None:
        text = f"目标 {fmt.target_text(chart.target, unit)}"
        at = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "y": on_axis(chart.target.value, unit)}
        legible = {"bgcolor": tokens.surface, "opacity": 0.85, "font": {"size": 12, "color": tokens.grey}}
        labels.append(at | legible | {"text": text, "showarrow": False})
    known = [v for v in chart.values if v.value is not None]
    if known:
        last = known[-1]
        text = fmt.figure(last, unit, chart.target).text
        at = {"x": last.start.isoformat(), "y": on_axis(last.value, unit), "xanchor": "left", "xshift": 6}
        labels.append(at | {"text": f"<b>{text}</b>", "showarrow": False, "font": {"size": 12, "color": tokens.ink}})
    return labels
