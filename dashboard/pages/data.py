"""数据: what every source is at, what could not be used, what is missing, and the way to hand in a file."""

from __future__ import annotations

from datetime import date
from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, html
from dash.development.base_component import Component

from dashboard import findings, ids
from dashboard.components import calendar, records, restated
from dashboard.components.parts import Child, aria, link, panel
from dashboard.data import current
from dashboard.filters import day_of, read_search
from dashboard.pressed import pressed
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from dashboard.views import DataPage

PAGE = "data"
PARTS = ("sentence", "sources", "gaps", "rejects", "runs", "restatements")
MOST_RUNS_BACK = 100_000

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/data", name=t("page.data"), title=t("page.data"), order=90, icon="data"
)


def layout(**query: Any) -> Component:
    """The page for an address."""
    return safely(lambda: html.Div([frame(PAGE, marked(sections_of(query))), _uploads()]))


def sections_of(query: dict[str, Any]) -> Sections:
    """The parts of the page. ``runs`` in the address: how many newer runs to pass over."""
    page = current().records(runs_from(query.get("runs")))
    return {
        "sentence": html.H1(findings.data_sentence(page), className="sentence"),
        "sources": panel(t("data.sources"), records.sources_table(page.sources, page.now)),
        "gaps": panel(t("data.gaps"), _calendars(page)),
        "rejects": panel(
            t("data.rejects"),
            [records.reject_actions(page.sources), records.rejects_table(page.rejects, page.reject_count)],
        ),
        "runs": panel(t("data.runs"), _runs(page)),
        "restatements": panel(
            t("data.restatements"),
            [
                restated.restatements_table(
                    page.restatements, page.now, current().product.program, more_exist=page.restated_more
                ),
                restated.growth_table(page.growth, page.now),
            ],
        ),
    }


def runs_from(value: object) -> int:
    """A whole number from the address, 0 where it is none."""
    text = value if isinstance(value, str) else ""
    return min(int(text), MOST_RUNS_BACK) if text.isascii() and text.isdigit() else 0


def _calendars(page: DataPage) -> list[Child]:
    today = page.now.date()
    if not page.calendars:
        return [html.P(t("fresh.never"), className="note")]
    hint = t("data.gap_pick") if any(c.gaps for c in page.calendars) else t("data.gap_none")
    detail = html.Div(id=ids.GAP_DETAIL, **aria(live="polite"))
    return [
        html.Div([html.P(hint, className="note"), calendar.legend()], className="calendar-head"),
        html.Div([calendar.calendar(c, today) for c in page.calendars], className="calendars"),
        detail,
    ]


def _runs(page: DataPage) -> list[Child]:
    newer, _older = page.neighbours
    if newer is not None and not page.runs:
        return [records.no_such_page()]
    return [records.runs_table(page.runs, page.now), _pager(page)]


def _pager(page: DataPage) -> Component:
    newer, older = page.neighbours
    links = []
    if newer is not None:
        links.append(link(t("data.newer"), f"/data?runs={newer}" if newer else "/data", "button"))
    if older is not None:
        links.append(link(t("data.older"), f"/data?runs={older}", "button"))
    return html.Div(links, className="actions")


def _uploads() -> Component:
    """Where the script shows how far uploads are; Dash leaves its inside alone."""
    return html.Div(id="uploads", className="uploads", role="status", **aria(live="polite", label=t("upload.title")))


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    Input(ids.FRESH_KEY, "data"),
    State(ids.digests(PAGE), "data"),
    State(ids.PAGES_LOCATION, "search"),
    prevent_initial_call=True,
)
def refresh(_version: str, _key: str, seen: dict[str, str] | None, search: str | None) -> Any:
    """A source was asked or brought something: redraws the parts that differ."""
    return redrawn(lambda: marked(sections_of(read_search(search))), seen)


@callback(
    Output(ids.GAP_DETAIL, "children"),
    Input(ids.gap(ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)
def show_gap(clicks: list[int | None]) -> Any:
    """A click on a missing day says what to do about it."""
    button = pressed()
    missing = day_of(button["day"])
    return gap_of(button["source"], missing) if missing else None


def gap_of(code: str, missing: date) -> Component | None:
    """What to do about one day of one source; nothing where it is no gap (any more)."""
    page = current().records(0)
    source = next((c for c in page.calendars if c.code == code), None)
    if source is None or missing not in source.gaps:
        return None
    accepts = next(s.accepts for s in page.sources if s.code == code)
    return calendar.gap_detail(source, missing, page.now.date(), accepts, current().product.program)
