"""Parts that the pages of the performance contract share: which sheet, which day, exports; the list of sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components import kit
from dashboard.components.parts import Child, Column, aria, data, icon, link, row, table
from dashboard.components.states import problems
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from kpi.pace_model import ProgressRow

if TYPE_CHECKING:
    from db.sheets import Revision, SheetRow

LIST_COLUMNS = (
    Column(t("sheets.title"), "name long"),
    Column(t("sheets.year"), "num"),
    Column(t("sheets.centre")),
    Column(t("sheets.revision"), "num"),
    Column(t("sheets.state")),
    Column(t("sheets.contents")),
    Column(t("targets.more"), "act", silent=True),
)
HISTORY_COLUMNS = (
    Column(t("sheets.revision"), "num"),
    Column(t("sheets.state")),
    Column(t("review.at"), "when"),
    Column(t("review.author")),
    Column(t("review.why"), "long"),
    Column(t("review.file"), "long"),
)


def sheet_links(sheets: Sequence[SheetRow], filters: TargetFilters, path: str) -> Component | None:
    """The sheets to choose from, behind the one that is shown; nothing where there is only one. What the address names
    and is not there is said."""
    gone = problems([t("targets.no_such_sheet", sheet=filters.unknown)] if filters.unknown else [])
    if len(sheets) < 2:
        return gone
    items = [
        html.Li(
            link(
                _sheet_name(one),
                path + filters.of_sheet().with_(sheet=one.code).query(),
                "centre-item",
                title=one.code,
                **here(one.code == filters.sheet),
            )
        )
        for one in sheets
    ]
    shown = next((one for one in sheets if one.code == filters.sheet), sheets[0])
    summary = html.Summary(_sheet_name(shown), className="chip is-chosen", title=t("targets.sheet"))
    body = html.Div(html.Ul(items, className="centre-list"), className="panel-pop")
    menu = html.Details([summary, body], className="fold sheet-menu", **data(fold="1"))
    return menu if gone is None else html.Div([gone, menu])


def _sheet_name(one: SheetRow) -> str:
    return f"{one.year} {one.unit}" + ("" if one.state == "active" else f"({state_text(one.state)})")


def here(chosen: bool) -> Any:
    """Marks the link that leads to what is shown."""
    return aria(current="true") if chosen else {}


def as_of_form(filters: TargetFilters, today: date, path: str) -> Component:
    """The day to look at: chosen in a calendar, back to today by a link."""
    back = link(t("targets.as_of_today"), path + filters.with_(as_of=None).query(), "chip") if filters.as_of else None
    return html.Div(
        [
            html.Span(t("targets.as_of"), className="field-label"),
            html.Div(kit.day_picker(ids.AS_OF, filters.as_of or today, today), className="day-field"),
            back,
        ],
        className="periods as-of",
        role="group",
        title=t("targets.as_of_hint"),
        **aria(label=t("targets.as_of_hint")),
    )


def project_links(rows: Sequence[ProgressRow], filters: TargetFilters) -> Component | None:
    """The projects of a sheet as links; nothing where there is only one."""
    names = {row.project: row.project_name for row in rows}
    if len(names) < 2:
        return None
    chips = [
        link(text, "/targets" + filters.with_(project=number).query(), "chip", **here(filters.project == number))
        for number, text in ((0, t("targets.all")), *names.items())
    ]
    return html.Div(chips, className="periods chips wrap", role="group", **aria(label=t("targets.project_filter")))


def export_links(code: str) -> Component:
    """The sheet in the form's own layout."""
    return html.Div(
        [
            download(f"/export/sheet/{code}.xlsx", t("targets.export_xlsx")),
            download(f"/export/sheet/{code}.docx", t("targets.export_docx")),
        ],
        className="actions",
        role="group",
        **aria(label=t("targets.export")),
    )


def download(href: str, text: str) -> Component:
    """A link that gives a file."""
    return html.A([icon("download"), text], href=href, className="button", download="")


def state_text(state: str) -> str:
    """The word of a revision's state."""
    return t(f"sheets.state_{state}")


def list_sentence(sheets: Sequence[SheetRow]) -> str:
    """How many sheets are in force, and what still waits for a person."""
    if not sheets:
        return t("targets.empty_title")
    waiting = sum(one.flags_open for one in sheets)
    flags = t("sheets.flags_left", n=waiting) if waiting else t("sheets.flags_gone")
    return t("sheets.sentence", n=len(sheets), active=sum(one.state == "active" for one in sheets), flags=flags)


def list_table(sheets: Sequence[SheetRow], centres: Mapping[str, str]) -> Component:
    """All sheets, with where they stand. ``centres``: names by code."""
    if not sheets:
        return html.P(t("sheets.none"), className="note")
    return table(t("sheets.list"), LIST_COLUMNS, [_list_row(one, centres) for one in sheets], "plain-table")


def _list_row(one: SheetRow, centres: Mapping[str, str]) -> Component:
    flags = t("sheets.open_flags", n=one.flags_open) if one.flags_open else t("sheets.no_flags")
    contents = t("sheets.contents_of", projects=one.projects, indicators=one.indicators)
    return row(
        LIST_COLUMNS,
        (
            [html.Span(one.unit), html.Small(f" {one.code}")],
            str(one.year),
            centres.get(one.centre, one.centre) if one.centre else t("sheets.all_centres"),
            str(one.revision),
            state_text(one.state),
            [contents, html.Small(f" {flags}")],
            html.Div(
                [
                    link(t("sheets.review"), f"/review?sheet={one.code}", "button"),
                    link(t("sheets.progress"), f"/targets?sheet={one.code}", "button"),
                ],
                className="actions",
            ),
        ),
        heading=0,
    )


def history_table(code: str, history: Sequence[Revision], shown: int, today: date) -> Component:
    """Every revision of a sheet with its reason."""
    rows = [
        row(
            HISTORY_COLUMNS,
            (
                _revision_link(code, one, shown),
                state_text(one.state),
                fmt.day(one.at.date(), today),
                one.author or fmt.DASH,
                one.reason or fmt.DASH,
                one.source_name or fmt.DASH,
            ),
            heading=0,
        )
        for one in history
    ]
    return table(t("review.history"), HISTORY_COLUMNS, rows, "plain-table")


def _revision_link(code: str, one: Revision, shown: int) -> Child:
    if one.number == shown:
        return html.Strong(str(one.number))
    return link(str(one.number), f"/review?sheet={code}&revision={one.number}")
