"""Pages in parts: each part is redrawn by itself, and only when it has changed."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Output, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]

from dashboard import ids
from dashboard.components import states
from dashboard.components.parts import Children
from dashboard.data import DatabaseGone

TICK_SECONDS = 10
Sections = Mapping[str, Children]


@dataclass(frozen=True, slots=True)
class Built:
    """The parts of a page, and the mark of each."""

    sections: Sections
    marks: dict[str, str]


_log = logging.getLogger("hotline.dashboard")


def marked(sections: Sections) -> Built:
    """The parts with a short mark of each one's content."""
    marks = {
        name: hashlib.blake2b(to_json_plotly(part).encode(), digest_size=9).hexdigest()
        for name, part in sections.items()
    }
    return Built(sections, marks)


def frame(page: str, built: Built) -> Component:
    """The parts of a page with their marks, as first shown."""
    parts = [
        html.Div(part, id=ids.section(page, name), className=f"part-{name}") for name, part in built.sections.items()
    ]
    return html.Div([dcc.Store(id=ids.digests(page), data=built.marks), *parts], className=f"page {page}")


def outputs(page: str, names: Iterable[str]) -> list[Output]:
    """The outputs of a page's refreshing callback, in the order in which ``redrawn`` gives them."""
    return [*(Output(ids.section(page, name), "children") for name in names), Output(ids.digests(page), "data")]


def redrawn(build: Callable[[], Built], seen: Mapping[str, str] | None) -> list[Any]:
    """For a callback: each part that differs from what the browser shows, ``no_update`` for the others; the marks
    last. While the database is gone the page stays as it is: the header says so."""
    try:
        built = build()
    except DatabaseGone:
        _log.exception("数据库连不上")
        raise PreventUpdate from None
    known = seen or {}
    parts = [part if known.get(name) != built.marks[name] else no_update for name, part in built.sections.items()]
    return [*parts, built.marks if built.marks != known else no_update]


def safely(build: Callable[[], Component]) -> Component:
    """What ``build`` gives, or the state that says what went wrong; nothing is ever shown half."""
    try:
        return build()
    except DatabaseGone:
        _log.exception("数据库连不上")
        return states.database_gone(TICK_SECONDS)
    except Exception:
        error_id = secrets.token_hex(3)
        _log.exception("页面出错,编号 %s", error_id)
        return states.broken(error_id)
