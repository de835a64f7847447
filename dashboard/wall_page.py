"""The wall's page: a frame without menu that the script fills; nothing in it is specific to the data."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dashboard import language, theme
from dashboard.texts import t, texts
from dashboard.wall_asked import WallAsked
from dashboard.wall_parts import Html, el

SCRIPT_TEXTS = (
    "wall.js_at",
    "wall.js_never",
    "wall.js_paused",
    "wall.js_lost",
    "wall.js_gone",
    "wall.js_signed_out",
    "wall.js_nothing",
    "js.just_now",
    "js.minutes_ago",
    "js.hours_ago",
    "js.days_ago",
    "js.stopped_at",
    "js.stopped_on",
)
"""What the script says."""

_BUTTONS = {
    "previous": "M12 4 6 10l6 6",
    "pause": "M7 4v12M13 4v12",
    "next": "M8 4l6 6-6 6",
    "theme": "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
    "full": "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
    "leave": "M5 5l10 10M15 5 5 15",
}
"""What can be done, with its picture."""

_PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="{theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg"><style>{variables}</style>
<link rel="stylesheet" href="{css}"></head><body>{body}<noscript>{noscript}</noscript>
<script type="application/json" id="wall-settings">{settings}</script>
<script src="{js}" defer></script></body></html>"""


def page(asked: WallAsked, settings: Mapping[str, object], css: str, js: str, *, demo: bool) -> str:
    """The page for an address. ``settings`` go to the script as they are."""
    known = texts()
    told = json.dumps({**settings, "texts": {name: known[name] for name in SCRIPT_TEXTS}}, ensure_ascii=False).replace(
        "<", "\\u003c"
    )
    return _PAGE.format(
        lang=language.current(),
        theme=asked.theme,
        title=f"{t('wall.title')} · {t('app.name')}",
        variables=theme.css_variables(),
        css=css,
        js=js,
        body=_frame(demo=demo),
        noscript=t("app.noscript"),
        settings=told,
    )


def _frame(*, demo: bool) -> Html:
    place = el("h1", el("span", t("wall.title"), id="place"), el("small", t("wall.demo")) if demo else None)
    when = el(
        "div",
        el("p", el("time", id="clock"), el("span", id="date")),
        el("p", id="fresh", role="status"),
        cls="when",
    )
    return Html(
        el("header", place, when)
        + el("main", el("p", t("wall.loading"), cls="sentence", id="waiting"), id="scenes")
        + el("footer", id="line", aria_hidden="true")
        + el("p", id="note", role="alert", hidden=True)
        + _tools()
    )


def _tools() -> Html:
    made = [_button(name, drawn, t(f"wall.{name}")) for name, drawn in _BUTTONS.items()]
    return el("nav", made, el("a", t("wall.notices"), href="/wall/notices"), id="tools", aria_label=t("wall.tools"))


def _button(name: str, drawn: str, label: str) -> Html:
    picture = el("svg", el("path", d=drawn), viewBox="0 0 20 20", aria_hidden="true")
    return el("button", picture, type="button", data_do=name, aria_label=label, title=label)
