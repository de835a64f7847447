"""The pictures of the documents, as PNG: drawn without a screen, in the project's own Chinese font."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator

from kpi.status import Status

FONTS = Path(__file__).resolve().parent.parent / "fonts"
INK, SOFT, GREY, LINE, BAR = "#18202b", "#435062", "#5c6878", "#dfe3e8", "#b9c1cb"
MET, RISK, MISSED, BLUE = "#0a7267", "#855300", "#b3231b", "#1c5bb8"
_COLOURS = {Status.MET: MET, Status.AT_RISK: RISK, Status.MISSED: MISSED, Status.OUT_OF_REACH: MISSED}
DPI = 200
_WIDE = 6.3
"""Inches: 160 mm, the width of a page's text."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One indicator's bar: ``part`` of its target (1.0 is the target), with the words at both ends of it."""

    name: str
    part: float
    value: str
    target: str
    status: Status


@dataclass(frozen=True, slots=True)
class Series:
    """Values by first day of the month; None is a month without a figure and stays empty."""

    name: str
    points: tuple[tuple[date, float | None], ...]


def progress_bars(bars: Sequence[Bar], title: str) -> bytes:
    """How much of its target each indicator reached: a bar each, the target as a line at 100 %."""
    made, axes = _empty(height=0.9 + 0.36 * len(bars))
    reach = max(1.25, *(min(bar.part, 2.0) for bar in bars)) if bars else 1.25
    places = np.arange(len(bars))[::-1]
    axes.barh(places, [reach * 1.02] * len(bars), height=0.56, color="#f1f3f5", zorder=1)
    shown = [min(bar.part, reach) for bar in bars]
    axes.barh(places, shown, height=0.56, color=[_COLOURS.get(bar.status, GREY) for bar in bars], zorder=2)
    axes.axvline(1.0, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=3)
    for place, bar, length in zip(places, bars, shown, strict=True):
        inside = length > 0.45
        axes.text(
            0.015 if inside else length + 0.015,
            place,
            bar.value,
            va="center",
            fontsize=8,
            color="white" if inside else INK,
            zorder=4,
        )
        axes.text(reach * 1.04, place, f"指标值 {bar.target}", ha="left", va="center", fontsize=8, color=SOFT)
    axes.set_yticks(places, [_short(bar.name) for bar in bars])
    axes.set_xlim(0, reach * 1.02)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0], ["0%", "25%", "50%", "75%", "100%"])
    return _png(made, axes, title)


def monthly_bars(this_year: Series, last_year: Series, title: str) -> bytes:
    """A count by month beside the same months a year before."""
    made, axes = _empty(height=2.6)
    places = np.arange(len(this_year.points))
    before = dict((day.month, value) for day, value in last_year.points)
    pairs = [(before.get(day.month), value) for day, value in this_year.points]
    for offset, column, name, colour in ((-0.2, 0, last_year.name, BAR), (0.2, 1, this_year.name, BLUE)):
        heights = [_gap(pair[column]) for pair in pairs]
        if any(pair[column] is not None for pair in pairs):
            axes.bar(places + offset, heights, width=0.38, color=colour, label=name, zorder=2)
    _months(axes, [day for day, _ in this_year.points])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    axes.set_ylim(bottom=0)
    return _png(made, axes, title, legend=True)


def monthly_path(lines: Sequence[Series], target: tuple[float, str] | None, unit: str, title: str) -> bytes:
    """A rate or a mean by month, last year's beside it, against the level it is required to keep (and its text)."""
    made, axes = _empty(height=2.6)
    styles = ((BLUE, "-", "o"), (GREY, "--", "s"))
    days = lines[0].points
    for line, (colour, dash, mark) in zip(lines, styles, strict=False):
        known = dict((day.month, value) for day, value in line.points)
        values = [_gap(known.get(day.month)) for day, _ in days]
        axes.plot(range(len(days)), values, color=colour, linestyle=dash, marker=mark, markersize=4, label=line.name)
    if target is not None:
        axes.axhline(target[0], color=MISSED, linewidth=1.2, linestyle=(0, (4, 2)), label=f"指标值 {target[1]}")
    _months(axes, [day for day, _ in days])
    axes.margins(y=0.15)
    axes.yaxis.set_major_formatter(Ticks(100.0 if unit == "%" else 1.0, "%" if unit == "%" else ""))
    return _png(made, axes, title, legend=True)


class Ticks(Formatter):
    """Labels of an axis with as many decimals as it takes to tell neighbours apart."""

    def __init__(self, scale: float, unit: str) -> None:
        self._scale, self._unit = scale, unit

    def __call__(self, value: float, pos: int | None = None) -> str:
        """The label of one tick by itself."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The labels of all ticks of an axis."""
        places = [float(value) * self._scale for value in values]
        decimals = self._decimals(min((after - before for before, after in pairwise(sorted(places))), default=1.0))
        return [f"{place:,.{decimals}f}{self._unit}" for place in places]

    @staticmethod
    def _decimals(step: float) -> int:
        if step <= 0:
            return 0
        first = max(0, math.ceil(-math.log10(step) - 1e-6))
        is_even = math.isclose(step * 10**first, round(step * 10**first), abs_tol=1e-6)
        return first if is_even else first + 1  # in steps of 2.5


def _gap(value: float | None) -> float:
    """A figure to draw; nothing is drawn where there is none."""
    return float("nan") if value is None else value


def _months(axes: Axes, days: Sequence[date]) -> None:
    axes.set_xticks(range(len(days)), [f"{day.month}月" for day in days])
    axes.grid(axis="y", color=LINE, linewidth=0.7, zorder=0)


def _short(name: str, most: int = 14) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


@cache
def family() -> tuple[str, ...]:
    """The fonts the pictures are set in: the project's own, DejaVu for glyphs it lacks."""
    for style in ("Regular", "Bold"):
        font_manager.fontManager.addfont(FONTS / f"NotoSansSC-{style}.ttf")
    own = font_manager.FontProperties(fname=FONTS / "NotoSansSC-Regular.ttf").get_name()
    return own, "DejaVu Sans"


def _empty(height: float) -> tuple[Figure, Axes]:
    made = Figure(figsize=(_WIDE, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(made)
    axes = made.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(BAR)
    axes.tick_params(length=0, labelsize=8, labelcolor=SOFT)
    return made, axes


def _png(made: Figure, axes: Axes, title: str, *, legend: bool = False) -> bytes:
    axes.set_title(title, fontsize=10, color=INK, loc="left", fontweight="bold")
    if legend and axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, frameon=False, fontsize=8)
    for text in made.findobj(match=lambda artist: hasattr(artist, "set_fontfamily")):
        text.set_fontfamily(list(family()))  # type: ignore[attr-defined]
    buffer = io.BytesIO()
    made.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
