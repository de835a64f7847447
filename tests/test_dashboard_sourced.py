"""No figure without its sources: whatever a page shows of a running period can be turned stale by the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import dash
import pytest
from flask import Flask

from dashboard.app import create_app
from dashboard.sections import plain
from db.engine import write
from tests.compare_facts import SOURCES, fill_more
from tests.dashboard_browser import installation
from tests.dashboard_facts import product
from tests.target_sheets import put_targets

SEAT = "district/1003"
RUNNING: dict[str, dict[str, str]] = {
    "overview": {},
    "calls": {},
    "orders": {},
    "seats": {},
    "seat": {"seat": SEAT},
    "compare": {"period": "this-month"},
    "targets": {"sheet": "district-2026"},
    "indicator": {"sheet": "district-2026"},
    "evaluation": {"sheet": "district-2026"},
}
"""Pages with figures of a period, and what they are asked for."""
OVER = ("overview", "calls", "orders", "seats", "seat", "compare")
"""Those that can be asked for any period."""
APART = {
    "alerts": "each with the moment at which it was decided",
    "catalogue": "formulas; days of exclusions",
    "data": "tells of the sources themselves",
    "entries": "what people entered",
    "not_found_404": "nothing",
    "reports": "documents as they were sent",
    "review": "the target sheet as it was written",
    "sheets": "a list of sheets",
    "wall": "has its own frame, tested in test_dashboard_wall_parts",
}
"""Pages without figures of a running period, and what they show instead."""
FIGURE = {"figure", "num", "card", "sentence", "score-total"}
"""The classes that figures have; a chart is a Figure."""


NO_FIGURES = "scoring-table"
"""Lines of the scoring form with their numbers."""


@dataclass(frozen=True)
class Block:
    """Something with a figure in it, and the sources it stands under: None where nothing names any."""

    what: str
    text: str
    sources: str | None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("sourced")
    with installation(folder) as made:
        several = product(made.engine, folder, SOURCES)
        fill_more(made.engine)
        with write(made.engine) as conn:
            put_targets(conn, "district", {"answer_rate": (">=", 0.96), "satisfaction_rate": (">=", 0.9)}, year=2025)
        yield create_app(several).server


def page_names() -> set[str]:
    return {page["module"].rpartition(".")[2] for page in dash.page_registry.values()}


def shown(server: Flask, name: str, query: dict[str, str]) -> Any:
    page = next(page for page in dash.page_registry.values() if page["module"].endswith("." + name))
    if name == "indicator":
        query = query | {"key": first_key(shown(server, "targets", query))}
    with server.test_request_context("/"):
        return plain(page["layout"](**query))


def first_key(node: Any) -> str:
    found = re.search(r"/indicator\?[^'\"]*key=([0-9a-f]+)", str(node))
    assert found is not None
    return found[1]


def text_of(node: Any) -> str:
    if isinstance(node, dict):
        return text_of(node.get("props", {}).get("children"))
    return "".join(text_of(one) for one in node) if isinstance(node, list) else str(node or "")


def blocks(node: Any, sources: str | None = None) -> Iterator[Block]:
    """Everything with a figure, under the nearest sources above it."""
    if isinstance(node, list):
        for one in node:
            yield from blocks(one, sources)
    if not isinstance(node, dict):
        return
    props = node.get("props", {})
    sources = props.get("data-sources", sources)
    classes = set(str(props.get("className", "")).split())
    if NO_FIGURES in classes:
        return
    text = text_of(node)
    if node.get("type") == "Figure" or (FIGURE & classes and node.get("type") != "Th" and re.search(r"\d", text)):
        yield Block(str(props.get("className") or node.get("type")), text[:60], sources)
    yield from blocks(props.get("children"), sources)


def test_it_is_known_of_every_page_whether_it_shows_figures(server: Flask) -> None:
    assert page_names() == {*RUNNING, *APART}
    assert not {*RUNNING} & {*APART}


@pytest.mark.parametrize("name", RUNNING)
def test_no_figure_of_a_running_period_lacks_its_sources(server: Flask, name: str) -> None:
    found = list(blocks(shown(server, name, RUNNING[name])))
    assert [one for one in found if one.sources is None] == []
    said = [one for one in found if one.what == "sentence"]
    assert len(said) == 1
    assert said[0].sources  # what the page says first waits for something
    assert {code for one in found for code in (one.sources or "").split()} <= {"calls", "orders"}


@pytest.mark.parametrize("name", OVER)
def test_a_period_that_is_over_waits_for_nothing(server: Flask, name: str) -> None:
    found = list(blocks(shown(server, name, RUNNING[name] | {"from": "2026-03-02", "to": "2026-03-15"})))
    assert found
    assert [one for one in found if one.sources] == []
    assert [one for one in found if one.sources is None] == []


@pytest.mark.parametrize("name", ["targets", "indicator", "evaluation"])
@pytest.mark.parametrize("past", [{"sheet": "district-2025"}, {"sheet": "district-2026", "asof": "2026-03-19"}])
def test_a_sheet_of_the_past_waits_for_nothing(server: Flask, name: str, past: dict[str, str]) -> None:
    if name == "evaluation" and "asof" in past:
        past = {"sheet": "district-2025", "period": "half"}  # it is always of today
    assert [one for one in blocks(shown(server, name, past)) if one.sources] == []


def test_a_row_of_the_sheet_waits_for_its_own_source(server: Flask) -> None:
    found = blocks(shown(server, "targets", RUNNING["targets"]))
    rows = {one.text: one.sources for one in found if one.what == "num value"}
    assert {"calls", "orders"} <= set(rows.values())


def test_every_block_with_sources_has_a_place_for_the_words(server: Flask) -> None:
    """A block of its own; cells and rows within are looked through."""
    for name, query in RUNNING.items():
        for node in sourced(shown(server, name, query)):
            assert "stale-note" in str(node), (name, node["props"].get("className"))


def sourced(node: Any) -> Iterator[Any]:
    if isinstance(node, list):
        for one in node:
            yield from sourced(one)
    elif isinstance(node, dict):
        if "data-sources" in node.get("props", {}):
            yield node
        yield from sourced(node.get("props", {}).get("children"))
