"""The wall's pictures: SVG as text, made of plain figures. Colours are classes, so that either theme fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.wall_parts import Html, el

WIDTH, HEIGHT, FOOT, PAD = 385.0, 152.0, 46.0, 14.0
Number = float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Two weeks of one figure from Monday to Sunday. ``missed``: days of this week that missed the target."""

    now: Sequence[Number]
    before: Sequence[Number]
    target: Number
    missed: Sequence[bool]
    weekdays: Sequence[str]
    label: str


def curve(given: Curve) -> Html:
    """This week as a strong line with a point a day (a cross where the target was missed), last week as a thin one."""
    known = [v for v in (*given.now, *given.before, given.target) if v is not None]
    if not any(v is not None for v in given.now):
        return Html("")
    low, high = min(known), max(known)

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HEIGHT - FOOT - PAD - share * (HEIGHT - FOOT - 2 * PAD), 1)

    parts = []
    if given.target is not None:
        parts.append(el("path", d=f"M0 {y(given.target)}H{WIDTH:g}", cls="level"))
    parts += [
        el("path", d=_path(given.before, _x, y), cls="then"),
        el("path", d=_path(given.now, _x, y), cls="now"),
    ]
    for at, value in enumerate(given.now):
        if value is not None:
            parts.append(_point(_x(at), y(value), missed=given.missed[at]))
    for at, name in enumerate(given.weekdays):
        parts.append(el("text", name, x=f"{_x(at):g}", y=f"{HEIGHT - 6:g}", cls="label"))
    return _svg(parts, WIDTH, HEIGHT, given.label, "curve")


def _x(at: int) -> float:
    return round(PAD + 6 + (WIDTH - 2 * PAD - 12) * at / 6, 1)


def _point(x: float, y: float, *, missed: bool) -> Html:
    if missed:
        return el("path", d=f"M{x - 9:g} {y - 9:g}l18 18M{x - 9:g} {y + 9:g}l18 -18", cls="cross")
    return el("circle", cx=f"{x:g}", cy=f"{y:g}", r="6", cls="dot")


def _path(values: Sequence[Number], x: Callable[[int], float], y: Callable[[float], float]) -> str:
    """Days without a figure are gaps."""
    pieces, down = [], False
    for at, value in enumerate(values):
        if value is not None:
            pieces.append(f"{'L' if down else 'M'}{x(at):g} {y(value):g}")
        down = value is not None
    return "".join(pieces)


def _svg(parts: Sequence[Html], width: float, height: float, label: str, kind: str) -> Html:
    return el("svg", parts, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label, cls=kind)


@dataclass(frozen=True, slots=True)
class Bullet:
    """A value on its scale ``low``…``high``, with the target, what is expected today and the projected band."""

    value: float
    low: float
    high: float
    target: Number = None
    expected: Number = None
    band: tuple[float, float] | None = None
    kind: str = "none"
    label: str = ""


def bullet(given: Bullet) -> Html:
    """The bar of one indicator."""
    width, height = 300.0, 48.0

    def at(value: float) -> float:
        share = (value - given.low) / (given.high - given.low) if given.high > given.low else 0.0
        return round(min(max(share, 0.0), 1.0) * width, 1)

    parts = [el("rect", x="0", y="8", width=f"{width:g}", height="32", cls="ground")]
    if given.band is not None:
        left, right = at(given.band[0]), at(given.band[1])
        parts.append(el("rect", x=f"{left:g}", y="8", width=f"{max(right - left, 1.0):g}", height="32", cls="band"))
    parts.append(el("rect", x="0", y="17", width=f"{at(given.value):g}", height="14", cls=f"fill fill-{given.kind}"))
    if given.expected is not None:
        parts.append(el("path", d=f"M{at(given.expected):g} 8V40", cls="expected"))
    if given.target is not None:
        parts.append(el("path", d=f"M{min(max(at(given.target), 2.0), width - 2):g} 2V46", cls="goal"))
    return _svg(parts, width, height, given.label, "bullet")


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars of ``counts``, each from ``edges[i]`` to ``edges[i + 1]``; marks of the target and its text."""

    edges: Sequence[float]
    counts: Sequence[int]
    target: Number
    target_text: str
    label: str


def histogram(given: Histogram) -> Html:
    """The bars with their counts above and the edges below; those wholly beyond the target are strong."""
    width, height, foot, head = 1180.0, 580.0, 52.0, 96.0
    most = max(given.counts, default=0) or 1
    first, last = given.edges[0], given.edges[-1]
    parts = []
    for at, count in enumerate(given.counts):
        left, right = (_across(given.edges[i], first, last, width) for i in (at, at + 1))
        tall = (height - foot - head) * count / most
        beyond = given.target is not None and given.edges[at] >= given.target
        box = {"x": f"{left + 3:g}", "y": f"{height - foot - tall:g}", "width": f"{right - left - 6:g}"}
        parts.append(el("rect", height=f"{tall:g}", cls="bar beyond" if beyond else "bar", **box))
        if count:
            middle = f"{(left + right) / 2:g}"
            parts.append(el("text", str(count), x=middle, y=f"{height - foot - tall - 12:g}", cls="label strong"))
    parts += _edges(given.edges, width, height)
    if given.target is not None and first <= given.target <= last:
        parts += _goal(_across(given.target, first, last, width), given.target_text, width, height - foot)
    return _svg(parts, width, height, given.label, "histogram")


def _across(value: float, first: float, last: float, width: float) -> float:
    return round(30 + (width - 60) * (value - first) / (last - first), 1)


def _edges(edges: Sequence[float], width: float, height: float) -> list[Html]:
    every = 1 if len(edges) <= 9 else 2
    return [
        el("text", f"{edge:g}", x=f"{_across(edge, edges[0], edges[-1], width):g}", y=f"{height - 8:g}", cls="label")
        for edge in edges[::every]
    ]


def _goal(x: float, text: str, width: float, foot: float) -> list[Html]:
    anchor = "start" if x < width / 2 else "end"
    beside = x + 12 if anchor == "start" else x - 12
    return [
        el("path", d=f"M{x:g} 8V{foot:g}", cls="goal"),
        el("text", text, x=f"{beside:g}", y="36", cls=f"label strong at-{anchor}"),
    ]
