"""Pages in parts: each part is redrawn by itself, and only when it has changed."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Output, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]

from dashboard import ids
from dashboard.components import states
from dashboard.components.parts import Children
from dashboard.data import DatabaseGone, current
from dashboard.unbroken import as_written

TICK_SECONDS = 10
Sections = Mapping[str, Children]
Put = Callable[[str, dict[str, Any]], None]

_log = logging.getLogger("hotline.dashboard")


@dataclass(frozen=True, slots=True)
class Built:
    """The parts of a page as plain data; the mark of each part and of each component in it that is redrawn by itself
    (``live``)."""

    sections: Mapping[str, Any]
    live: Mapping[str, dict[str, Any]]
    marks: dict[str, str]


def marked(sections: Sections) -> Built:
    """The parts with their marks. A part's own mark leaves out what its live components hold."""
    live: dict[str, dict[str, Any]] = {}
    parts = {name: plain(part) for name, part in sections.items()}
    marks = {name: _mark(_without_live(part, live)) for name, part in parts.items()}
    return Built(parts, live, marks | {live_id: _mark(props) for live_id, props in live.items()})


def plain(part: Any) -> Any:
    """Components as the data the browser is sent: what is shown many times is then not turned into it each time."""
    kind = type(part)
    if part is None or kind in (str, int, float, bool):
        return part
    if kind in (list, tuple):
        return [plain(one) for one in part]
    if kind is dict:
        return {key: plain(value) for key, value in part.items()}
    if isinstance(part, Component):
        # As its ``to_plotly_json`` does, without asking for every property there could be.
        known, others = _properties(part)
        props = {
            name: _texts(one) if name == "children" else plain(one)
            for name, one in vars(part).items()
            if name in known or name.startswith(others)
        }
        return {"props": props, "type": part._type, "namespace": part._namespace}
    return json.loads(to_json_plotly(part))


def _texts(part: Any) -> Any:
    """What stands in a component: its texts with no number parted from its unit."""
    if isinstance(part, str):
        return as_written(part)
    if isinstance(part, list | tuple):
        return [as_written(one) if isinstance(one, str) else plain(one) for one in part]
    return plain(part)


_PROPERTIES: dict[type[Component], tuple[frozenset[str], tuple[str, ...]]] = {}


def _properties(part: Component) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of a component's properties and the beginnings of those without a list; the same of all of its class,
    of which a page has hundreds."""
    known = _PROPERTIES.get(type(part))
    if known is None:
        known = frozenset(part._prop_names), tuple(part._valid_wildcard_attributes)
        _PROPERTIES[type(part)] = known
    return known


def _mark(content: Any) -> str:
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=6).hexdigest()


def _without_live(node: Any, live: dict[str, dict[str, Any]]) -> Any:
    if isinstance(node, list):
        return [_without_live(item, live) for item in node]
    if not isinstance(node, dict):
        return node
    own_id = node.get("props", {}).get("id") if "namespace" in node else None
    if not isinstance(own_id, str) or not ids.is_live(own_id):
        return {key: _without_live(value, live) for key, value in node.items()}
    props = node["props"]
    # Of a chart only the figure is ever new; to set its other properties again would make it start anew.
    kept = ("figure",) if "figure" in props else tuple(name for name in props if name != "id")
    live[own_id] = {name: props[name] for name in kept}
    return {"live": own_id}


def frame(page: str, built: Built) -> Component:
    """The parts of a page with their marks, as first shown."""
    parts = [
        html.Div(part, id=ids.section(page, name), className=f"part-{name}") for name, part in built.sections.items()
    ]
    return html.Div([dcc.Store(id=ids.digests(page), data=built.marks), *parts], className=f"page {page}")


def outputs(page: str, names: Iterable[str]) -> list[Output]:
    """The outputs of a page's refreshing callback, in the order in which ``redrawn`` gives them."""
    return [*(Output(ids.section(page, name), "children") for name in names), Output(ids.digests(page), "data")]


def redrawn(build: Callable[[], Built], seen: Mapping[str, str] | None, put: Put = set_props) -> list[Any]:
    """For a callback: each part that is not built like the one the browser shows, ``no_update`` for the others; the
    marks last. Live components that differ are set one by one through ``put``: all else stays as it stands, with the
    place on the page and the focus. Raises PreventUpdate where nothing is new, and while the database is gone (the
    header says so)."""
    try:
        built = build()
    except DatabaseGone:
        _log.exception("数据库连不上")
        raise PreventUpdate from None
    known = seen or {}
    if built.marks == known:
        raise PreventUpdate
    new = {name for name in built.sections if known.get(name) != built.marks[name]}
    for live_id, props in built.live.items():
        if live_id in known and known[live_id] != built.marks[live_id]:
            put(live_id, props)
    parts = [part if name in new else no_update for name, part in built.sections.items()]
    return [*parts, built.marks]


def safely(build: Callable[[], Component]) -> Component:
    """What ``build`` gives, or the state that says what went wrong; nothing is ever shown half."""
    try:
        return build()
    except DatabaseGone:
        _log.exception("数据库连不上")
        return states.database_gone(TICK_SECONDS, current().product.program)
    except Exception:
        error_id = secrets.token_hex(3)
        _log.exception("页面出错,编号 %s", error_id)
        return states.broken(error_id)
