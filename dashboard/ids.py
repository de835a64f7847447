"""The ids of components that callbacks name. Pattern-matching ids are made by the functions below."""

from __future__ import annotations

from typing import Any

PAGES_LOCATION = "_pages_location"  # Dash's own: the address being shown

URL = "url"
TICK = "tick"
VERSION = "data-version"
THEME = "theme"
THEME_SWITCH = "theme-switch"
MENU_SWITCH = "menu-switch"
MENU = "menu"
FILTERS = "filters"
FRESHNESS = "freshness"
FRESH_KEY = "freshness-key"
CUSTOM_PERIOD = "custom-period"
CHOSEN_DAYS = "chosen-days"
CHOSEN_COMPARE = "chosen-compare"
KIT = "kit"
MAIN = "main"

DRAWER = "provenance-drawer"
DRAWER_BODY = "provenance-body"
PROOF_ASKED = "proof-asked"

GAP_DETAIL = "gap-detail"

CATALOGUE_SEARCH = "catalogue-search"
CATALOGUE_FOUND = "catalogue-found"


def section(page: str, name: str) -> str:
    """The id of a part of a page that is redrawn by itself."""
    return f"{page}-{name}"


def digests(page: str) -> str:
    """The id of the store that holds the marks of a page's parts."""
    return f"{page}-digests"


def live(name: str) -> str:
    """The id of a component that is redrawn by itself within its part of the page."""
    return f"live-{name}"


def is_live(component_id: str) -> bool:
    """True for an id that ``live`` made."""
    return component_id.startswith("live-")


def provenance(kpi: Any) -> Any:
    """The id of the button that opens a KPI's provenance."""
    return {"type": "provenance", "kpi": kpi}


def gap(source: Any, day: Any) -> Any:
    """The id of a missing day in a source's calendar."""
    return {"type": "gap", "source": source, "day": day}


AS_OF = "as-of"
COMPARE_START = "compare-start"


def act(name: str, key: Any = "") -> Any:
    """The id of a button that does something to one thing: ``key`` names the thing."""
    return {"type": f"act-{name}", "key": key}


def field(form: str, name: str) -> str:
    """The id of a field of a form."""
    return f"{form}-field-{name}"


def answer(form: str) -> str:
    """The id of the place where a form's answer appears."""
    return f"{form}-answer"
