"""周报大屏 in the menu. The wall itself is a light page of its own (see ``dashboard.wall_routes``)."""

from __future__ import annotations

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from dashboard.texts import t
from dashboard.wall_asked import PATH

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path=PATH, name=t("page.wall"), title=t("page.wall"), order=14, icon="wall", filters=False, plain=True
)


def layout(**_query: Any) -> Component:
    """Seen only where a browser comes here without loading the page: the way to the wall."""
    return html.Div(html.A(t("wall.open"), href=PATH, className="button"), className="page")
