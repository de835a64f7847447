"""The callbacks of the frame: what every page shares."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import dash
from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from dashboard import ids, shell
from dashboard.components import kit
from dashboard.data import Data, DatabaseGone
from dashboard.filters import Filters, day_of, read_days, read_search
from dashboard.pressed import told
from dashboard.reference import Kind, Reference
from dashboard.sections import plain


def register(app: Dash, data: Data) -> None:
    """Adds the frame's callbacks to the application."""
    _register_frame(app, data)
    _register_choices(app, data)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("hotline", "switchTheme"),
        Output(ids.THEME, "data"),
        Input(ids.THEME_SWITCH, "n_clicks"),
        prevent_initial_call=True,
    )
    app.callback(
        Output(ids.KIT, "algorithm"), Output(ids.KIT, "token"), Input(ids.THEME, "data"), prevent_initial_call=True
    )(kit.for_theme)


def _register_frame(app: Dash, data: Data) -> None:
    """Menu, filters, and the question whether there is anything new."""

    @app.callback(
        Output(ids.MENU, "children"),
        Output(ids.FILTERS, "children"),
        Input(ids.PAGES_LOCATION, "pathname"),
        Input(ids.PAGES_LOCATION, "search"),
    )
    def frame(path: str | None, search: str | None) -> tuple[Any, Any]:
        return frame_parts(data, path or "/", search)

    @app.callback(
        Output(ids.VERSION, "data"),
        Output(ids.FRESHNESS, "children"),
        Output(ids.FRESH_KEY, "data"),
        Input(ids.TICK, "n_intervals"),
        State(ids.VERSION, "data"),
        State(ids.FRESH_KEY, "data"),
        prevent_initial_call=True,
    )
    def tick(_count: int, version: str | None, key: str | None) -> tuple[Any, Any, Any]:
        return pulse(data, version, key)


def _register_choices(app: Dash, data: Data) -> None:
    """Days chosen in a calendar go into the address. A calendar that is drawn with nothing chosen asks the server
    nothing: every page has two of them."""
    for picker, chosen in ((ids.CUSTOM_PERIOD, ids.CHOSEN_DAYS), (ids.COMPARE_START, ids.CHOSEN_COMPARE)):
        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("hotline", "chosen"),
            Output(chosen, "data"),
            Input(picker, "value"),
            prevent_initial_call=True,
        )

    @app.callback(
        Output(ids.URL, "search"),
        Input(ids.CHOSEN_DAYS, "data"),
        State(ids.PAGES_LOCATION, "search"),
        prevent_initial_call=True,
    )
    def choose_days(chosen: object, search: str | None) -> Any:
        return custom_search(data, told(chosen, "value"), search)

    @app.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.CHOSEN_COMPARE, "data"),
        State(ids.PAGES_LOCATION, "search"),
        prevent_initial_call=True,
    )
    def choose_compare(chosen: object, search: str | None) -> Any:
        return compare_search(data, told(chosen, "value"), search)

    @app.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.AS_OF, "value"),
        State(ids.PAGES_LOCATION, "search"),
        prevent_initial_call=True,
    )
    def choose_as_of(value: str | None, search: str | None) -> Any:
        return as_of_search(data, value, search)


def frame_parts(data: Data, path: str, search: str | None) -> tuple[Any, Any]:
    """Menu and filter bar for an address; without the database the menu alone."""
    pages = list(dash.page_registry.values())
    here: dict[str, Any] = next((page for page in pages if page["path"] == path), {})
    try:
        filters = data.filters(read_search(search)).filters
        centres = data.centres()
    except DatabaseGone:
        return shell.menu(pages, path, Filters()), []

    def made() -> tuple[Any, Any]:
        compares = bool(here.get("compare"))
        bar = shell.filter_bar(filters, centres, data.today(), compares=compares) if here.get("filters") else []
        return plain(shell.menu(pages, path, filters)), plain(bar)

    return data.steady(("frame", path, filters, centres), made)


def pulse(data: Data, version: str | None, key: str | None) -> tuple[Any, Any, Any]:
    """What changed since the browser last heard; PreventUpdate (an empty answer) where nothing did."""
    fresh = data.freshness()
    try:
        newest = data.version()
    except DatabaseGone:
        newest = "gone"
    new_key = shell.fresh_key(fresh)
    if newest == version and new_key == key:
        raise PreventUpdate
    changed = new_key != key
    return (
        newest if newest != version else no_update,
        shell.freshness(fresh) if changed else no_update,
        new_key if changed else no_update,
    )


def custom_search(data: Data, value: object, search: str | None) -> Any:
    """The address's query for two chosen days; nothing where they are the ones shown, or unusable."""
    days: tuple[date, date] | None = read_days(*value) if isinstance(value, list) and len(value) == 2 else None
    if days is None:
        raise PreventUpdate
    filters = data.filters(read_search(search)).filters
    if (filters.start, filters.end) == days:
        raise PreventUpdate
    return filters.with_days(*days).query()


def compare_search(data: Data, value: object, search: str | None) -> Any:
    """The address's query for a day from which on is compared; nothing where it is the one shown, or no day."""
    start = day_of(value) if isinstance(value, str) else None
    filters = data.filters(read_search(search)).filters
    if start is None or start == filters.compare.start:
        raise PreventUpdate
    return filters.with_compare(Reference(Kind.DAYS, start)).query()


def as_of_search(data: Data, value: str | None, search: str | None) -> Any:
    """The address's query for a day to look back to; today needs none. Nothing where it is the one shown."""
    query = dict(read_search(search))
    shown = data.target_filters(query).as_of or data.today()
    chosen = day_of(value or "")
    if chosen is None or chosen == shown or chosen > data.today():
        raise PreventUpdate
    query.pop("asof", None)
    if chosen < data.today():
        query["asof"] = chosen.isoformat()
    return "?" + urlencode(query) if query else ""
