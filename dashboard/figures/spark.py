"""A sparkline as a picture in a data address: a mask, so that it takes the text's colour in either theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from dashboard.judged import Target

PAD = 3.0


def spark_path(values: Sequence[float | None], width: float, height: float, target: float | None) -> list[str]:
    """SVG elements of the line (gaps as gaps), the target's dashes and a point on the last value."""
    known = [v for v in values if v is not None]
    if not known:
        return []
    edges = [*known, target] if target is not None else known
    low, high = min(edges), max(edges)
    span = (high - low) or 1.0

    def x(index: int) -> float:
        return round(PAD + (width - 2 * PAD) * index / max(len(values) - 1, 1), 1)

    def y(value: float) -> float:
        return round(height - PAD - (height - 2 * PAD) * ((value - low) / span if high > low else 0.5), 1)

    parts = []
    if target is not None:
        dashes = 'stroke-dasharray="3 3" stroke-opacity=".45" stroke-width="1"'
        parts.append(f'<path d="M0 {y(target)}H{width:g}" {dashes}/>')
    parts.append(f'<path d="{_line(values, x, y)}" stroke-width="1.5"/>')
    last = max(i for i, v in enumerate(values) if v is not None)
    parts.append(f'<circle cx="{x(last)}" cy="{y(known[-1])}" r="2.2" fill="#000" stroke="none"/>')
    return parts


def _line(values: Sequence[float | None], x: Callable[[int], float], y: Callable[[float], float]) -> str:
    pieces, pen_down = [], False
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        at = f"{x(index)} {y(value)}"
        alone = (index + 1 == len(values) or values[index + 1] is None) and not pen_down
        pieces.append(f"{'L' if pen_down else 'M'}{at}" + ("h.01" if alone else ""))
        pen_down = True
    return "".join(pieces)


def spark_mask(values: Sequence[float | None], width: int, height: int, target: Target | None) -> str:
    """The CSS ``url(...)`` of the sparkline, '' where there is nothing to draw."""
    parts = spark_path(values, width, height, target.value if target else None)
    if not parts:
        return ""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" stroke="#000" '
    svg = f'{head}stroke-linecap="round" stroke-linejoin="round">{"".join(parts)}</svg>'
    return f'url("data:image/svg+xml,{quote(svg, safe=" =:/")}")'
