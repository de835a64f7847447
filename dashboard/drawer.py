"""The drawer over a page: it belongs to the page it was opened on."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from dashboard import ids


def register(app: Dash) -> None:
    """Closes the drawer where another page is shown, be it by a link or by the browser's “back”."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("hotline", "closeDrawer"),
        Output(ids.DRAWER, "visible", allow_duplicate=True),
        Input(ids.PAGES_LOCATION, "pathname"),
        State(ids.DRAWER, "visible"),
        prevent_initial_call=True,
    )
