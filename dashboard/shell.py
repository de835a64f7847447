"""The frame of all pages: header with centre, period, freshness and theme; side menu made from the page registry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids, language
from dashboard.auth import SIGN_OUT
from dashboard.components import kit
from dashboard.components.parts import Child, Children, aria, data, icon, link
from dashboard.data import CentreChoice
from dashboard.filters import CUSTOM, IN_HEADER, Filters
from dashboard.reference import NAMED, Reference
from dashboard.sections import TICK_SECONDS
from dashboard.texts import t
from dashboard.views import Freshness
from kpi.periods import ONE_DAY, PRESETS


def layout(*, theme: str, version: str, fresh: Freshness, demo: bool, can_sign_out: bool) -> Component:
    """The whole frame around the page that is shown."""
    body = [
        html.A(t("app.skip"), href=f"#{ids.MAIN}", className="skip-link"),
        _header(fresh, demo=demo, can_sign_out=can_sign_out),
        html.Nav(id=ids.MENU, className="menu", **aria(label=t("menu.label"))),
        html.Main(dash.page_container, id=ids.MAIN, className="main", tabIndex=-1),
        kit.drawer(ids.DRAWER, ids.DRAWER_BODY),
        dcc.Location(id=ids.URL, refresh="callback-nav"),
        dcc.Interval(id=ids.TICK, interval=TICK_SECONDS * 1000),
        dcc.Store(id=ids.VERSION, data=version),
        dcc.Store(id=ids.FRESH_KEY, data=fresh_key(fresh)),
        dcc.Store(id=ids.THEME, data=theme),
        *(dcc.Store(id=name) for name in (ids.CHOSEN_DAYS, ids.CHOSEN_COMPARE, ids.PROOF_ASKED)),
    ]
    return kit.provider(html.Div(body, className="frame"), theme, ids.KIT)


def _header(fresh: Freshness, *, demo: bool, can_sign_out: bool) -> Component:
    left = [
        _button(ids.MENU_SWITCH, "menu", t("menu.switch")),
        link(t("app.name"), "/", "brand"),
        html.Span(t("app.demo"), className="demo-badge", title=t("app.demo_hint")) if demo else None,
    ]
    leave = html.Form(html.Button(t("app.sign_out"), className="text-button"), action=SIGN_OUT, method="post")
    right = [
        html.Div(freshness(fresh), id=ids.FRESHNESS, className="freshness-box", role="status"),
        _language_switch(),
        _button(ids.THEME_SWITCH, "theme", t("theme.switch")),
        leave if can_sign_out else None,
    ]
    return html.Header(
        [
            html.Div(left, className="header-left"),
            html.Div(id=ids.FILTERS, className="filters", role="group", **aria(label=t("filter.label"))),
            html.Div(right, className="header-right"),
        ],
        className="header",
    )


def _language_switch() -> Component:
    """Offers the other language, in that language; ``lang`` is what the script keeps."""
    other = language.CHINESE if language.current() == language.ENGLISH else language.ENGLISH
    return html.Button(
        t("language.other"), id="language-switch", className="text-button", lang=other, title=t("language.switch")
    )


def _button(button_id: str, picture: str, label: str) -> Component:
    return html.Button(icon(picture), id=button_id, className="icon-button", title=label, **aria(label=label))


def freshness(fresh: Freshness) -> Component:
    """“截至 14:35 · 5 分钟前”; the browser keeps the age up to date from the moments given along."""
    if fresh.broken:
        return html.Span(t("fresh.broken"), className="freshness is-broken")
    if fresh.at is None:
        return html.Span(t("fresh.never"), className="freshness")
    moments = {code: [at.isoformat(), limit] for code, (at, limit) in fresh.moments.items()}
    marks = data(now=fresh.now.isoformat(), at=fresh.at.isoformat(), moments=json.dumps(moments))
    return html.Span(
        [
            html.Span(t("fresh.at", moment=fmt.moment(fresh.at, fresh.now)), className="fresh-at"),
            html.Span(fmt.ago(fresh.at, fresh.now), className="fresh-ago"),
        ],
        className="freshness",
        title=t("fresh.label"),
        **marks,
    )


def fresh_key(fresh: Freshness) -> str:
    """Changes when there is something new to say about the moment of the data."""
    moments = sorted((code, at.isoformat(), limit) for code, (at, limit) in fresh.moments.items())
    return json.dumps([fresh.broken, str(fresh.now.date()), moments])


def menu(pages: Iterable[Mapping[str, Any]], path: str, filters: Filters) -> list[Child]:
    """The registered pages as links that keep the centre and period chosen."""
    kept = filters.with_kpi("").with_seat("").with_centres(()).query()
    return [
        html.A(
            [icon(page["icon"]), html.Span(_name_of(page), className="menu-text")],
            href=page["path"] + kept,
            className="menu-item",
            title=_name_of(page),
            **(aria(current="page") if page["path"] == path else {}),
            **({} if page.get("plain") else data(nav="1")),
        )
        for page in pages
        if page.get("icon")
    ]


def _name_of(page: Mapping[str, Any]) -> str:
    """A page's name in the language of the request: it was registered in Chinese, before anyone asked."""
    return t(f"page.{page['module'].rpartition('.')[2]}")


def filter_bar(
    filters: Filters, centres: tuple[CentreChoice, ...], today: date, *, compares: bool = False
) -> list[Child]:
    """Centre and period, each choice a link: the address is the only place they are kept. ``compares``: of a page that
    shows changes also what these are measured against."""
    names = [html.Span(_period_links(filters, IN_HEADER), className="periods"), _custom(filters, today)]
    names += [_compare_menu(filters, today)] if compares else []
    return [_centre_menu(filters, centres), *names] if len(centres) > 1 else [*names]


def _period_links(filters: Filters, presets: Iterable[str]) -> list[Child]:
    return [
        link(
            PRESETS[preset][0],
            filters.with_preset(preset).query() or "?",
            "chip",
            **(aria(current="true") if preset == filters.preset else {}),
        )
        for preset in presets
    ]


def _custom(filters: Filters, today: date) -> Component:
    """Free periods, and the named ones that have no place in the header, behind one button."""
    others = [preset for preset in PRESETS if preset not in IN_HEADER]
    chosen = filters.preset == CUSTOM or filters.preset in others
    label = t("filter.custom")
    if chosen:
        label = filters.label() if filters.preset in others else fmt.period(filters.period(today), today)
    body = html.Div(
        [
            html.Div(_period_links(filters, others), className="periods"),
            html.P(t("filter.custom_hint"), className="note"),
            kit.period_picker(ids.CUSTOM_PERIOD, filters.start, filters.end, today),
        ],
        className="popover-body",
    )
    return _folding(label, body, chosen=chosen, spoken=t("filter.custom_label"))


def _centre_menu(filters: Filters, centres: tuple[CentreChoice, ...]) -> Component:
    names = {c.code: c.name for c in centres}
    everything = [CentreChoice("", t("filter.all_centres"), 0)] if sum(c.depth == 0 for c in centres) > 1 else []
    roots = [c.code for c in centres if c.depth == 0]
    here = filters.centre or ("" if everything else roots[0])
    items = [
        html.Li(
            link(
                choice.name,
                filters.with_centre(choice.code).query() or "?",
                f"centre-item depth-{min(choice.depth, 4)}",
                **(aria(current="true") if choice.code == here else {}),
            )
        )
        for choice in (*everything, *centres)
    ]
    label = names.get(here, t("filter.all_centres"))
    return _folding(label, html.Ul(items, className="centre-list"), chosen=False, spoken=t("filter.centre"))


def _compare_menu(filters: Filters, today: date) -> Component:
    """What changes are measured against, each choice with the days it means."""
    picker = kit.day_picker(ids.COMPARE_START, filters.compare.start, today - ONE_DAY)
    items = []
    for kind in NAMED:
        there = filters.with_compare(Reference(kind))
        found = there.comparison(today)
        days = html.Small(fmt.period(found.before, today)) if found else None
        here = aria(current="true") if kind is filters.compare.kind else {}
        words = [html.Span(t(f"reference.{kind}")), days]
        items.append(html.Li(link(words, there.query() or "?", "centre-item compare-item", **here)))
    chosen = filters.compare != Reference()
    body = html.Div(
        [
            html.Ul(items, className="compare-list"),
            html.P(t("reference.hint"), className="note"),
            html.Div(picker, role="group", **aria(label=t("reference.start"))),
        ],
        className="compare-menu",
    )
    name = html.Span(filters.compare.name(today), className="" if chosen else "compare-usual")
    label = [html.Span(t("reference.label"), className="compare-word"), name]
    return _folding(label, body, chosen=chosen, spoken=t("reference.spoken"))


def _folding(label: Children, body: Component, *, chosen: bool, spoken: str) -> Component:
    """A button with a panel below it; closed by a click elsewhere or Esc (see assets/shell.js)."""
    summary = html.Summary(label, className="chip" + (" is-chosen" if chosen else ""), title=spoken)
    return html.Details([summary, html.Div(body, className="panel-pop")], className="fold", **data(fold="1"))
