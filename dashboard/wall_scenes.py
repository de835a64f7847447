"""The wall's scenes as HTML: one message each, from six metres. What a scene says first is its sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from dashboard import format as fmt
from dashboard.findings import overview_sentence
from dashboard.language import spoken as said
from dashboard.texts import t
from dashboard.views import Indicator, Overview
from dashboard.views_wall import Tile, WallView, Week
from dashboard.wall_parts import Html, Part, badge, el
from dashboard.wall_svg import Curve, curve
from db.notices import Notice
from kpi.status import Status

_log = logging.getLogger("hotline.dashboard")
NOTICES = 4
SHORT_UNIT, LONG_FIGURE, WIDE_NAME = 2, 5, 13


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene, ready to be sent; ``mark`` tells whether it is another than before."""

    name: str
    title: str
    html: str
    mark: str


Drawing = Callable[[WallView, Sequence[Notice]], Html | None]


def scenes_of(view: WallView, notices: Sequence[Notice], names: Sequence[str]) -> tuple[Scene, ...]:
    """The scenes asked for, in that order; those with nothing to show are left out. One that fails says so, and the
    others go on."""
    made = []
    for name in names:
        try:
            drawn = _drawings()[name](view, notices)
        except Exception:  # whatever it is: a wall never stands still for it
            _log.exception("a scene of the wall failed: %s", name)
            drawn = scene("", t("wall.broken"))
        if drawn is not None:
            made.append(_made(name, drawn))
    if not made and "notices" in names:  # asked for alone: an empty screen would look broken
        made.append(_made("notices", scene(t("wall.scene_notices"), t("wall.notices_none"), _where_to_write())))
    return tuple(made)


def _made(name: str, drawn: Html) -> Scene:
    return Scene(name, t(f"wall.scene_{name}"), drawn, blake2b(drawn.encode(), digest_size=6).hexdigest())


def _where_to_write() -> Html:
    return el("p", t("wall.notices_how"), cls="line")


def _drawings() -> Mapping[str, Drawing]:
    from dashboard import wall_scenes_pace, wall_scenes_work

    return {
        "week": week_scene,
        "pace": wall_scenes_pace.pace_scene,
        "days": wall_scenes_pace.days_scene,
        "alerts": wall_scenes_pace.alerts_scene,
        "seats": wall_scenes_work.seats_scene,
        "orders": wall_scenes_work.orders_scene,
        "notices": notices_scene,
    }


def scene(eyebrow: Part, sentence: Part, *body: Part) -> Html:
    """A scene's frame: what it is about, its sentence, its proof."""
    return Html(el("p", eyebrow, cls="eyebrow") + el("h2", sentence, cls="sentence") + el("div", body, cls="body"))


def label_of(week: Week) -> str:
    """“本周”, or “上周” where the days shown are last week's."""
    return t("wall.this_week") if week.running else t("wall.last_week")


def before_of(week: Week) -> str:
    """What the week is held against."""
    return t("wall.before") if week.running else t("wall.the_week_before")


def days_of(week: Week) -> str:
    """The days covered."""
    return fmt.period(week.period, week.today)


def week_scene(view: WallView, _notices: Sequence[Notice]) -> Html:
    """This week against last in one sentence, with the headline figures."""
    week = view.week
    eyebrow = t("wall.week_of", label=label_of(week), days=days_of(week), before=before_of(week))
    if not view.has_values:
        nothing = t("wall.no_values", label=label_of(week), days=days_of(week))
        return scene(eyebrow, nothing, el("p", t("wall.no_values_how"), cls="line"))
    legend = t("wall.legend", now=label_of(week), before=before_of(week))
    tiles = el("div", [tile(one, week) for one in view.tiles], cls=f"tiles of-{len(view.tiles)}")
    return scene(eyebrow, _week_sentence(view), tiles, el("p", legend, cls="line legend"))


def _week_sentence(view: WallView) -> str:
    """What missed its target; where nothing did, how the first figure moved."""
    sentence, first = overview_sentence(as_overview(view)), view.tiles[0].item
    missed = any(one.status is Status.MISSED for one in (*(tile.item for tile in view.tiles), *view.rest))
    if missed or first.target is None or not fmt.change(first.now, first.before, first.kpi.unit):
        return sentence
    return sentence + t("wall.moved", name=first.kpi.name, than=change_line(first, view.week))


def as_overview(view: WallView) -> Overview:
    """The week as the sentence of 总览 knows it."""
    return Overview(
        centre_name=view.centre_name,
        centres=1,
        label=label_of(view.week),
        compared_with=t("wall.than", before=before_of(view.week), change="").strip(),
        period=view.week.period,
        today=view.week.today,
        headline=tuple(one.item for one in view.tiles),
        rows=view.rest,
        silent=(),
        daily=None,
        hourly=None,
        has_values=view.has_values,
    )


def tile(one: Tile, week: Week, *, drawn: bool = True) -> Html:
    """A KPI of the week: status, name, figure, target, change, both weeks by day, today so far."""
    item = one.item
    name, shown = said(item.kpi.name), fmt.figure(item.now, item.kpi.unit, item.target)
    return el(
        "article",
        el("h3", name, cls="long" if _is_wide(name) else None),
        figure(shown),
        el("p", badge(item.status), el("span", shown.reason or target_line(item)), cls="line status"),
        el("p", change_line(item, week), cls="line"),
        curve(_curve(one, week)) if drawn else None,
        el("p", _today(item), cls="line today") if drawn else None,
        cls="tile",
        data_sources=" ".join(item.sources) or None,
    )


def _is_wide(name: str) -> bool:
    """True for a name that does not fit above its figure in the middle size of type."""
    return sum(1 if sign.isascii() else 2 for sign in name) > WIDE_NAME


def figure(shown: fmt.Shown) -> Html:
    """The large number; a unit stands beside it only where it is short."""
    unit = el("small", shown.unit) if 0 < len(shown.unit) <= SHORT_UNIT else None
    return el("p", shown.text, unit, cls="figure long" if len(shown.text) > LONG_FIGURE else "figure")


def target_line(item: Indicator) -> str:
    """“≥ 96 %”, “没有设目标”."""
    if item.target is None:
        return t("wall.no_target")
    return fmt.target_text(item.target, item.kpi.unit, brief=len(item.kpi.unit.value) > SHORT_UNIT)


def change_line(item: Indicator, week: Week) -> str:
    """“较上周 +0.1 个百分点”; of a figure with holes, how many days it stands on: it is not to be compared."""
    now = item.now
    if now.value is not None and now.days_with_data < now.days_passed:
        return t("wall.covered", days=now.days_with_data, passed=now.days_passed)
    change = fmt.change(item.now, item.before, item.kpi.unit)
    if not change:
        return t("wall.nothing_before", before=before_of(week))
    plain = change.removesuffix(f" {item.kpi.unit.value}") if len(item.kpi.unit.value) <= SHORT_UNIT else change
    key = "wall.than" if any(sign in change for sign in "+−") else "wall.same"
    return t(key, before=before_of(week), change=plain)


def _today(item: Indicator) -> str:
    if item.today is None or item.today.value is None:
        return ""
    return t("wall.today", value=fmt.figure(item.today, item.kpi.unit, item.target).spoken)


def _initial(weekday: str) -> str:
    """The part of a weekday's name that tells it from the others."""
    return weekday[:2] if weekday.isascii() else weekday[-1:]


def _curve(one: Tile, week: Week) -> Curve:
    target = one.item.target
    few = one.few or (False,) * len(one.days)
    missed = [
        target is not None and value is not None and not small and not target.holds(value)
        for value, small in zip(one.days, few, strict=True)
    ]
    return Curve(
        now=one.days,
        before=one.days_before,
        target=target.value if target is not None else None,
        missed=missed,
        weekdays=[_initial(t(f"weekday.{number}")) for number in range(1, 8)],
        label=t("wall.curve", name=one.item.kpi.name, now=label_of(week), before=before_of(week)),
    )


def notices_scene(view: WallView, notices: Sequence[Notice]) -> Html | None:
    """What people were asked to read; no scene where there is nothing."""
    if not notices:
        return None
    shown = notices[:NOTICES]
    rows = [
        el(
            "li",
            el("p", one.text, cls="notice"),
            el("p", t("wall.until", day=fmt.day(one.end, view.week.today)), cls="line"),
        )
        for one in shown
    ]
    more = t("wall.notices_more", n=len(notices) - NOTICES) if len(notices) > NOTICES else None
    kind = "notices few" if len(shown) <= 2 else "notices"
    return scene(
        t("wall.scene_notices"),
        t("wall.notices_said", n=len(notices)),
        el("ul", rows, cls=kind),
        el("p", more, cls="line"),
    )
