"""The bullet: value to date as a bar, marks of the target and of what is expected today, the projection as a band."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import format_pace as fp
from dashboard.components.parts import MARKS, aria
from dashboard.texts import t
from kpi.pace_model import Pace

ZOOM = 3.0
"""Of a percentage's scale three parts lie below the target and one above, or a bar at 95.7 % would tell nothing."""
LEAST_SPAN = 0.01
AIR = 1.08


def scale(pace: Pace, unit: str) -> tuple[float, float] | None:
    """Low and high end of the bar; None where there is nothing to draw."""
    level = pace.target.fraction if pace.target.is_number else None
    if pace.value is None or level is None:
        return None
    known = [v for v in (pace.value, level, pace.projected, pace.low, pace.high, pace.expected) if v is not None]
    if unit == "%" and level > 0.5:
        span = max(max(abs(v - level) for v in known) * AIR, LEAST_SPAN)
        return max(0.0, level - span * ZOOM / 2), min(1.0 + span * 0.02, level + span)
    high = max(known) * AIR
    return (0.0, high) if high > 0 else None


def bullet(pace: Pace, unit: str, label: str) -> Component:
    """The bar of one indicator in one period."""
    ends = scale(pace, unit)
    if ends is None or pace.value is None:
        return html.Div(className="bullet is-empty", **aria(hidden="true"))
    low, high = ends

    def at(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.0
        return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"

    kind = MARKS[pace.status][1]
    parts = []
    if pace.low is not None and pace.high is not None:
        left, right = at(pace.low), at(pace.high)
        parts.append(html.Span(className="bullet-band", style={"left": left, "right": f"calc(100% - {right})"}))
    parts.append(html.Span(className=f"bullet-fill fill-{kind}", style={"width": at(pace.value)}))
    if pace.expected is not None:
        parts.append(html.Span(className="bullet-expected", style={"left": at(pace.expected)}))
    level = pace.target.fraction
    if level is not None:
        parts.append(html.Span(className="bullet-target", style={"left": at(level)}))
    words = spoken(pace, unit)
    return html.Div(parts, className="bullet", role="img", title=words, **aria(label=f"{label}: {words}"))


def spoken(pace: Pace, unit: str) -> str:
    """The bar in words."""
    said = [
        f"{t('targets.value')} {fp.shown(pace, unit).spoken}",
        f"{t('indicator.target')} {fp.target_text(pace.target)}",
    ]
    if pace.expected is not None:
        said.append(t("targets.expected", value=fp.value_text(pace.expected, unit)))
    if pace.projected is not None:
        said.append(t("targets.projected", value=fp.value_text(pace.projected, unit)))
    return ",".join(said)
