"""What all figures share: scales in the unit shown, ranges of y, runs of days, hover texts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dashboard import format as fmt
from dashboard.judged import Target
from kpi.model import KpiValue, Unit

HALF_DAY = timedelta(hours=12)
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def on_axis(value: float | None, unit: Unit) -> float | None:
    """The value in the unit the axis shows: a fraction of 0.957 stands at 95.7."""
    if value is None:
        return None
    return round(value * 100, 6) if unit is Unit.PERCENT else value


def y_range(values: Sequence[float], unit: Unit) -> tuple[float, float]:
    """Low and high end of the axis for values in its unit: nice numbers with some air, never outside 0…100 %."""
    if not values:
        return (0.0, 100.0) if unit is Unit.PERCENT else (0.0, 1.0)
    low, high = min(values), max(values)
    span = max(high - low, abs(high) * 0.01, 0.5 if unit is Unit.PERCENT else 1.0)
    step = nice_step(span / 8)
    bottom = math.floor((low - span * 0.12) / step) * step
    top = math.ceil((high + span * 0.12) / step) * step
    if bottom < 0 <= low or (low >= 0 and bottom < span * 0.6):
        bottom = 0.0
    if unit is Unit.PERCENT:
        top = min(top, 100.0 + step * 0.2)
    return round(bottom, 6), round(top, 6)


def nice_step(rough: float) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below ``rough``."""
    scale: float = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next(step * scale for step in _STEPS if step * scale >= rough - 1e-12)


def runs_of_days(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days that follow one another put together: (first, last)."""
    runs: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def hover(heading: str, value: KpiValue, unit: Unit, target: Target | None, *notes: str) -> str:
    """Lines of a hover text: heading, figure, numerator/denominator, notes."""
    lines = [f"<b>{heading}</b>", fmt.figure(value, unit, target).spoken, fmt.parts(value), *notes]
    return "<br>".join(line for line in lines if line)
