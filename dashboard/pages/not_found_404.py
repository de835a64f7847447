"""An address without a page. Dash looks for a page module of this name."""

from __future__ import annotations

from typing import Any

import dash
from dash.development.base_component import Component

from dashboard.components import states
from dashboard.texts import t

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/404", name=t("page.not_found"), title=t("page.not_found"), order=99
)


def layout(**_query: Any) -> Component:
    """Says so and leads back."""
    return states.not_found()
