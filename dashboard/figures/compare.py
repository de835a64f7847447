"""Centres side by side: values with their intervals on one axis, and a strip a centre by day, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import compare_words as words
from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.figures.common import on_axis, y_range
from dashboard.figures.daily import daily_figure
from dashboard.theme import Tokens
from dashboard.views_compare import KpiComparison, Strip, UnitRow
from kpi.model import Kpi
from kpi.model import Unit as Measured
from kpi.status import Status

GAP = 0.18
"""Of a strip's height, what lies between it and the next."""


def forest_figure(one: KpiComparison, theme: str) -> dict[str, Any]:
    """The centres by one KPI, worst on top: a dot, its interval, the tick of its own target."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    rows = [row for row in one.rows if row.standing.value.value is not None]
    layout |= {"hovermode": "closest", "margin": {"l": 8, "r": 56, "t": 4, "b": 8}}
    layout["xaxis"] |= {"range": list(_axis(one)), "nticks": 5, "ticksuffix": _suffix(one.kpi), "showgrid": True}
    layout["xaxis"] |= {"gridcolor": tokens.line, "showline": False, "ticks": ""}
    names = [words.unit_name(row.unit) for row in rows]
    ticks = {"tickvals": list(range(len(rows))), "ticktext": names, "range": [len(rows) - 0.5, -0.5]}
    layout["yaxis"] |= ticks | {"showgrid": False, "tickfont": {"size": 12, "color": tokens.ink}}
    layout["annotations"] = [_value_label(at, row, one.kpi, tokens) for at, row in enumerate(rows)]
    return {"data": [*_whiskers(rows, one.kpi, tokens), _targets(rows, one.kpi, tokens), _dots(rows, one, tokens)],
            "layout": layout}  # fmt: skip


def axis_low(one: KpiComparison) -> float:
    """Where the axis of the values begins, in the unit shown."""
    return _axis(one)[0]


def _axis(one: KpiComparison) -> tuple[float, float]:
    told = [row for row in one.rows if row.standing.value.value is not None]
    levels = [level for row in told for level in (row.standing.value.value, *(row.standing.interval or ()))]
    levels += [row.target.value for row in told if row.target is not None]
    return y_range([at for level in levels if (at := on_axis(level, one.kpi.unit)) is not None], one.kpi.unit)


def _suffix(kpi: Kpi) -> str:
    return " %" if kpi.unit is Measured.PERCENT else ""


def _whiskers(rows: Sequence[UnitRow], kpi: Kpi, tokens: Tokens) -> list[dict[str, Any]]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for at, row in enumerate(rows):
        if row.standing.interval is not None:
            xs += [*(on_axis(end, kpi.unit) for end in row.standing.interval), None]
            ys += [at, at, None]
    line = {"color": tokens.line_strong, "width": 6}
    return [{"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": line, "hoverinfo": "skip"}] if xs else []


def _targets(rows: Sequence[UnitRow], kpi: Kpi, tokens: Tokens) -> dict[str, Any]:
    held = [(at, row.target.value) for at, row in enumerate(rows) if row.target is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [on_axis(level, kpi.unit) for _at, level in held],
        "y": [at for at, _level in held],
        "marker": {"symbol": "line-ns-open", "size": 16, "color": tokens.grey, "line": {"width": 2}},
        "hoverinfo": "skip",
    }


def _dots(rows: Sequence[UnitRow], one: KpiComparison, tokens: Tokens) -> dict[str, Any]:
    marks = {Status.MISSED: ("x", tokens.missed), Status.OUT_OF_REACH: ("x", tokens.missed)}
    marks[Status.AT_RISK] = ("triangle-up", tokens.risk)
    plain = [("circle-open" if row.standing.doubt is not None else "circle", tokens.ink) for row in rows]
    drawn = [marks.get(row.status, circle) if row.status else circle for row, circle in zip(rows, plain, strict=True)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [on_axis(row.standing.value.value, one.kpi.unit) for row in rows],
        "y": list(range(len(rows))),
        "customdata": [_hover(row, one) for row in rows],
        "hovertemplate": "%{customdata}<extra></extra>",
        "cliponaxis": False,
        "marker": {"symbol": [mark for mark, _ in drawn], "size": 9, "color": [colour for _, colour in drawn]},
    }


def _hover(row: UnitRow, one: KpiComparison) -> str:
    gap = words.gap(row, one)
    lines = [
        f"<b>{words.unit_name(row.unit)}</b>",
        fmt.figure(row.standing.value, one.kpi.unit, row.target).spoken,
        words.interval_text(row, one.kpi),
        fmt.parts(row.standing.value),
        f"{gap.amount} {gap.verdict}".strip(),
    ]
    return "<br>".join(line for line in lines if line)


def _value_label(at: int, row: UnitRow, kpi: Kpi, tokens: Tokens) -> dict[str, Any]:
    text = fmt.figure(row.standing.value, kpi.unit, row.target).text
    where = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "y": at, "yanchor": "middle", "showarrow": False}
    return where | {"text": text, "font": {"size": 12, "color": tokens.ink}}


def strips_low(strips: Sequence[Strip]) -> float:
    """Where the strips' common axis begins, in the unit shown."""
    return _common(strips)[0]


def _common(strips: Sequence[Strip]) -> tuple[float, float]:
    charts = [strip.chart for strip in strips]
    levels = [value.value for chart in charts for value in chart.values]
    levels += [chart.target.value for chart in charts if chart.target is not None]
    unit = charts[0].kpi.unit if charts else Measured.PERCENT
    return y_range([at for level in levels if (at := on_axis(level, unit)) is not None], unit)


def strips_figure(strips: Sequence[Strip], theme: str) -> dict[str, Any]:
    """A strip a centre, the first on top: the KPI by day as on other pages, one scale and one time axis for all."""
    tokens = themes.THEMES[theme]
    ends, count = list(_common(strips)), len(strips)
    layout = themes.plotly_layout(theme)
    layout |= {"hovermode": "x", "shapes": [], "annotations": []}
    traces: list[dict[str, Any]] = []
    axis = layout.pop("yaxis")
    for at, strip in enumerate(strips):
        number = str(at + 1) if at else ""
        own = daily_figure(strip.chart, theme)
        top = 1 - at / count
        domain = [top - (1 - GAP) / count, top - GAP / 2 / count]
        scale = {"range": ends, "domain": domain, "nticks": 3, "ticksuffix": _suffix(strip.chart.kpi)}
        layout[f"yaxis{number}"] = axis | scale
        traces += [trace | {"yaxis": f"y{number}"} for trace in own["data"] if trace.get("yaxis") != "y2"]
        layout["shapes"] += _shapes(own["layout"]["shapes"], number, first=not at)
        layout["annotations"] += [_name(strip, domain[1], tokens), *_ends(own["layout"]["annotations"], number)]
        layout["xaxis"] = own["layout"]["xaxis"]
    if strips:
        layout["xaxis"] = layout["xaxis"] | {"anchor": "free", "position": 0}
    return {"data": traces, "layout": layout}


def _shapes(shapes: Sequence[dict[str, Any]], number: str, *, first: bool) -> list[dict[str, Any]]:
    """The target's line in its own strip; the bands of holidays once, through all strips."""
    lines = [shape | {"yref": f"y{number}"} for shape in shapes if shape["type"] == "line"]
    return [*(shape for shape in shapes if shape["type"] != "line" and first), *lines]


def _ends(annotations: Sequence[dict[str, Any]], number: str) -> list[dict[str, Any]]:
    """The newest value at the end of each line; the target is named beside the centre."""
    return [label | {"yref": f"y{number}"} for label in annotations if label.get("xref") != "paper"]


def _name(strip: Strip, top: float, tokens: Tokens) -> dict[str, Any]:
    target = strip.chart.target
    held = f" {fmt.target_text(target, strip.chart.kpi.unit)}" if target is not None else ""
    at = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": top, "yanchor": "bottom"}
    font = {"size": 12, "color": tokens.ink}
    return at | {"text": f"<b>{words.unit_name(strip.unit)}</b>{held}", "showarrow": False, "font": font}
