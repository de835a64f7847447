"""The scenes of the people's work: seats (without names) and orders."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as fmt
from dashboard.texts import t
from dashboard.views_wall import Late, Seats, Tile, WallView
from dashboard.wall_parts import Html, el
from dashboard.wall_scenes import days_of, label_of, scene, tile
from dashboard.wall_svg import Histogram, histogram
from db.notices import Notice
from kpi.model import Unit

LEAST_SEATS = 5
"""Fewer seats would be known by their figure: no spread is drawn."""


def seats_scene(view: WallView, _notices: Sequence[Notice]) -> Html:
    """Output of the week and how it spreads over the seats."""
    week, seats = view.week, view.seats
    eyebrow = t("wall.seats", label=label_of(week), days=days_of(week))
    if not any(one.item.now.value is not None for one in seats.tiles):
        return scene(eyebrow, t("wall.seats_none", label=label_of(week)))
    spread = seats.count >= LEAST_SEATS and len(seats.bins) > 1
    tiles = el("div", [tile(one, week, drawn=not spread) for one in seats.tiles], cls="stack")
    chart = el("figure", histogram(_histogram(seats)), el("figcaption", t("wall.seats_how"))) if spread else None
    return scene(eyebrow, _seats_sentence(seats), el("div", tiles, chart, cls="beside" if spread else "alone"))


def _seats_sentence(seats: Seats) -> str:
    unit = Unit.ITEMS_PER_SEAT_DAY
    if seats.median is None:
        first = seats.tiles[0].item
        return f"{first.kpi.name} {fmt.figure(first.now, first.kpi.unit, first.target).spoken}"
    middle = f"{fmt.rounded(seats.median, unit)} {unit.value}"
    if seats.reached is None or seats.target is None:
        return t("wall.seats_said", n=seats.count, median=middle)
    target = fmt.target_text(seats.target, unit, brief=True)
    return t("wall.seats_reached", n=seats.count, reached=seats.reached, target=target, median=middle)


def _histogram(seats: Seats) -> Histogram:
    target = seats.target
    return Histogram(
        edges=[seats.bins[0].low, *(one.high for one in seats.bins)],
        counts=[one.seats for one in seats.bins],
        target=target.value if target is not None else None,
        target_text=t("wall.to", target=fmt.target_text(target, Unit.ITEMS_PER_SEAT_DAY, brief=True)) if target else "",
        label=t("wall.seats_chart"),
    )


def orders_scene(view: WallView, _notices: Sequence[Notice]) -> Html:
    """The week's orders and who is late."""
    week, orders = view.week, view.orders
    eyebrow = t("wall.orders", label=label_of(week), days=days_of(week))
    known = [one for one in orders.tiles if one.item.now.value is not None]
    if not known:
        return scene(eyebrow, t("wall.orders_none", label=label_of(week)))
    tiles = el("div", [tile(one, week, drawn=False) for one in orders.tiles], cls=f"tiles of-{len(orders.tiles)}")
    most = max((one.late for one in orders.late), default=0.0)
    late = [el("h3", t("wall.late"))] + [_late(one, most) for one in orders.late]
    return scene(eyebrow, _orders_sentence(orders.tiles), tiles, el("div", late, cls="lates") if orders.late else None)


def _orders_sentence(tiles: Sequence[Tile]) -> str:
    shown = {one.item.kpi.code: fmt.figure(one.item.now, one.item.kpi.unit, one.item.target) for one in tiles}
    accepted, rate = shown["accepted_volume"], shown["on_time_closure_rate"]
    if rate.reason:
        return t("wall.orders_volume", n=accepted.spoken)
    return t("wall.orders_said", n=accepted.spoken, rate=rate.spoken)


def _late(one: Late, most: float) -> Html:
    text = t("wall.late_of", late=fmt.number(one.late), due=fmt.number(one.due))
    bar = el("span", el("i", style=f"width:{one.late / most * 100:.1f}%"), cls="bar", aria_hidden="true")
    return el("p", el("span", one.name, cls="name"), bar, el("span", text, cls="line"), cls="late")
