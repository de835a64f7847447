"""Bars: waiting times, stages of the orders, orders by due day; and two years' lines of a count by day."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import format as fmt
from dashboard import theme as themes
from dashboard.texts import t
from dashboard.theme import Tokens
from dashboard.views_calls import DueDay, DueView, Stage, Versus, Waits
from kpi.model import Unit

FEW = 14
"""Up to this many days each one gets its point."""
FEW_DAYS, DAY_MS = 7, 86_400_000
"""Up to this many days each one has its mark on the axis; the length of a day as an axis counts."""
Counts = tuple[float | None, ...]
LABELLED = 0.03
"""From this share on a bar has its number; the others have it in the table."""


def waits_figure(waits: dict[str, Waits], names: list[str], limit: int, theme: str) -> dict[str, Any]:
    """Share of the calls by how long they waited: answered dark, abandoned pale, each of its own total. ``names``:
    the buckets' texts; ``limit``: T of the formula in force, marked where it is the end of a bucket."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout |= {"barmode": "group", "bargap": 0.2, "bargroupgap": 0.05, "hovermode": "x"}
    layout["margin"] = {"l": 8, "r": 8, "t": 16, "b": 8}
    layout["xaxis"] |= {"type": "category"}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "ticksuffix": " %"}
    answered = waits.get("answered")
    ends = [bucket.upto for bucket in answered.buckets] if answered else []
    if limit in ends:
        at = ends.index(limit) + 0.5
        line = {"color": tokens.grey, "width": 1, "dash": "dash"}
        layout["shapes"] = [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}]
        label = {"x": at, "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "top", "showarrow": False}
        mark = {"text": t("calls.limit_mark", limit=limit), "font": {"size": 12, "color": tokens.grey}}
        layout["annotations"] = [label | mark]
    traces = [_wait_bars(kind, found, names, tokens) for kind, found in waits.items() if found.buckets]
    return {"data": traces, "layout": layout}


def _wait_bars(kind: str, waits: Waits, names: list[str], tokens: Tokens) -> dict[str, Any]:
    strong = kind == "answered"
    return {
        "type": "bar",
        "x": names[: len(waits.buckets)],
        "y": [round(bucket.share * 100, 2) for bucket in waits.buckets],
        "text": [
            fmt.rounded(b.share, Unit.PERCENT, least=1) if strong and b.share >= LABELLED else "" for b in waits.buckets
        ],
        "textposition": "outside",
        "textfont": {"size": 12, "color": tokens.ink},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": [f"{t(f'calls.wait_{kind}')} {fmt.number(bucket.calls)}" for bucket in waits.buckets],
        "hovertemplate": "%{customdata}:%{y} %<extra></extra>",
        "marker": {"color": tokens.ink_soft if strong else tokens.bar, "line": {"width": 0}},
    }


def funnel_figure(stages: tuple[Stage, ...], theme: str) -> dict[str, Any]:
    """The stages as bars, first on top; each with its count and its rate, written from the bar's beginning across its
    end, for beside the longest bar of a phone there is no room."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout |= {"bargap": 0.3, "hovermode": "closest"}
    layout["margin"] = {"l": 8, "r": 8, "t": 8, "b": 8}
    most = max((stage.count or 0.0 for stage in stages), default=0.0)
    layout["xaxis"] |= {"visible": False, "range": [0, most or 1.0]}
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False, "type": "category"}
    known = [stage for stage in stages if stage.count is not None]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [f"{stage.name}<br><sup>{stage.dated_by}</sup>" for stage in known],
                "x": [stage.count for stage in known],
                "text": [_stage_label(stage) for stage in known],
                "textposition": "inside",
                "textangle": 0,
                "insidetextanchor": "start",
                "constraintext": "none",
                "cliponaxis": False,
                "hovertemplate": "%{y} %{x:,.0f}<extra></extra>",
                "textfont": {"size": 12, "color": tokens.ink},
                "marker": {"color": tokens.bar, "line": {"width": 0}},
            }
        ],
        "layout": layout,
    }


def _stage_label(stage: Stage) -> str:
    count = f"<b>{fmt.number(stage.count or 0.0)}</b>"
    if stage.rate is None or stage.value is None or stage.value.value is None:
        return count
    return f"{count}  {stage.rate.name} {fmt.figure(stage.value, stage.rate.unit).spoken}"


def due_figure(due: DueView, today: str, theme: str) -> dict[str, Any]:
    """Open orders by due day: those before ``today`` are overdue (marked), the others still have time."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    layout |= {"bargap": 0.2, "hovermode": "x"}
    layout["margin"]["r"] = 8
    layout["xaxis"] |= {"type": "date", "tickformat": "%-m月%-d日", "nticks": 8}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 4, "tickformat": ",d"}
    line = {"color": tokens.grey, "width": 1, "dash": "dash"}
    layout["shapes"] = [{"type": "line", "x0": today, "x1": today, "yref": "paper", "y0": 0, "y1": 1, "line": line}]
    at = {"x": today, "yref": "paper", "y": 1, "yanchor": "top", "xanchor": "left", "showarrow": False}
    layout["annotations"] = [at | {"text": t("orders.due_today"), "font": {"size": 12, "color": tokens.grey}}]
    texts = [_due_hover(day) for day in due.days]
    overdue = [day.day.isoformat() < today for day in due.days]
    return {
        "data": [
            {
                "type": "bar",
                "x": [day.day.isoformat() for day in due.days],
                "y": [day.open for day in due.days],
                "customdata": texts,
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {
                    "color": [tokens.missed if late else tokens.bar for late in overdue],
                    "pattern": {"shape": ["/" if late else "" for late in overdue], "size": 5},
                    "line": {"width": 0},
                },
            }
        ],
        "layout": layout,
    }


def _due_hover(day: DueDay) -> str:
    counts = {"due": day.due, "closed": day.closed, "open": day.open}
    shown = {name: fmt.number(count) for name, count in counts.items()}
    return t("orders.due_hover", day=f"{day.day.month}-{day.day.day}", **shown)


def versus_figure(versus: Versus, today: date, theme: str) -> dict[str, Any]:
    """This period as one strong line, the days it is held against in grey; gaps as gaps. No line leads to today, which
    has only begun; today alone stands as a bar beside that of the other day's same hours."""
    tokens = themes.THEMES[theme]
    layout = themes.plotly_layout(theme)
    if versus.hour:
        return _two_days(versus, tokens, layout)
    layout["hovermode"] = "x"
    layout["xaxis"] |= {"type": "date", "tickformat": "%-m月%-d日", "nticks": 7}
    if len(versus.days) <= FEW_DAYS:  # a mark a day, or the same day would stand below several
        layout["xaxis"] |= {"tick0": versus.then_start.isoformat(), "dtick": DAY_MS}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "tickformat": ",d"}
    days = [day.isoformat() for day in versus.days]
    over = tuple(None if day == today else value for day, value in zip(versus.days, versus.now, strict=True))
    lines = (
        (versus.then, tokens.line_strong, 1.5, versus.then_words or t("calls.last_year")),
        (over, tokens.ink, 2.25, t("calls.this_period")),
    )
    traces = [_count_line(days, values, colour, width, name) for values, colour, width, name in lines]
    layout["annotations"] = [
        _end_label(days, values, other, name, tokens.ink if colour == tokens.ink else tokens.grey)
        for (values, colour, _width, name), (other, *_) in zip(lines, reversed(lines), strict=True)
        if any(value is not None for value in values)
    ]
    running = [value for day, value in zip(versus.days, versus.now, strict=True) if day == today and value is not None]
    if running:
        traces.append(_running(today, running, tokens))
    return {"data": traces, "layout": layout}


def _two_days(versus: Versus, tokens: Tokens, layout: dict[str, Any]) -> dict[str, Any]:
    """The same hours of two days."""
    layout["xaxis"] |= {"type": "category", "showticklabels": True}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "tickformat": ",d"}
    layout |= {"bargap": 0.6, "hovermode": False}
    counts = [*versus.then, *versus.now]
    bars = {
        "type": "bar",
        "x": [versus.then_words or t("calls.last_year"), t("calls.today_until", hour=versus.hour)],
        "y": counts,
        "text": ["" if count is None else fmt.number(count) for count in counts],
        "textposition": "outside",
        "textfont": {"size": 12, "color": tokens.ink},
        "cliponaxis": False,
        "marker": {"color": [tokens.bar, tokens.ink_soft]},
    }
    return {"data": [bars], "layout": layout}


def _running(today: date, counts: list[float], tokens: Tokens) -> dict[str, Any]:
    """Today's count so far: hollow."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [today.isoformat()],
        "y": counts,
        "marker": {"symbol": "circle-open", "size": 7, "color": tokens.grey},
        "customdata": [
            f"{t('calls.this_period')} {fmt.reading(count)}<br>{t('chart.running_day')}" for count in counts
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _count_line(days: list[str], values: Counts, colour: str, width: float, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(days) < FEW else "lines",
        "x": days,
        "y": list(values),
        "customdata": [f"{name} {fmt.reading(value)}" for value in values],
        "hovertemplate": "%{customdata}<extra></extra>",
        "connectgaps": False,
        "line": {"color": colour, "width": width},
    }


def _end_label(days: list[str], values: Counts, other: Counts, name: str, colour: str) -> dict[str, Any]:
    """A line's name at its end, above or below that of the other line."""
    day, value = [(d, v) for d, v in zip(days, values, strict=True) if v is not None][-1]
    beside = next((v for v in reversed(other) if v is not None), None)
    above = beside is None or value >= beside
    at = {"x": day, "y": value, "xanchor": "left", "xshift": 6, "yshift": 8 if above else -8, "showarrow": False}
    return at | {"text": name, "font": {"size": 12, "color": colour}}
