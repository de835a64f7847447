"""Which button a person pressed: the one question every acting callback has to ask."""

from __future__ import annotations

from typing import Any

from dash import ctx
from dash.exceptions import PreventUpdate


def told(kept: object, *path: str) -> object:
    """What a browser keeps under a path of names; None where there is nothing of that shape."""
    for name in path:
        kept = kept.get(name) if isinstance(kept, dict) else None
    return kept


def pressed() -> dict[str, Any]:
    """The id of the button whose click started the callback.

    A callback over many buttons also starts when some of them are drawn anew, and then other buttons may still hold
    the count of an earlier click: only a button that itself came with a count was pressed. Raises PreventUpdate where
    none was.
    """
    for one in ctx.triggered:
        found = ctx.triggered_prop_ids.get(one["prop_id"])
        if one["value"] and isinstance(found, dict):
            return dict(found)
    raise PreventUpdate
