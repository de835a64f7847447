"""报告: what was sent, to whom and when; schedules, readers, previews."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import act_reports as act
from dashboard import format as fmt
from dashboard import ids
from dashboard.act_targets import Done
from dashboard.ask_reports import ReportsView
from dashboard.components import forms, kit
from dashboard.components import reports as parts
from dashboard.components.parts import Child, panel
from dashboard.data import current
from dashboard.pressed import pressed
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t

PAGE = "reports"
PARTS = ("sentence", "archive", "schedules", "readers")
FORM, PREVIEW = "schedule", "preview"
FIELDS = ("kind", "group", "centre", "sheet", "weekday", "day", "time", "owner", "enabled")
NUMBER = "schedule-number"

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/reports", name=t("page.reports"), title=t("page.reports"), order=10, icon="reports"
)


def layout(**_query: Any) -> Component:
    """The page. The forms lie beside the parts that are redrawn, so that nothing typed is ever lost."""
    return safely(lambda: html.Div([frame(PAGE, marked(sections_of())), html.Div(_forms(), className="page below")]))


def sections_of() -> Sections:
    """The parts of the page that change with the data."""
    from alerts.channels.base import masked  # late: what sends messages takes a moment to load

    view = current().reports()
    centres = {one.code: one.name for one in current().centres()}
    return {
        "sentence": html.H1(_sentence(view), className="sentence"),
        "archive": panel(t("reports.archive"), parts.archive_table(view)),
        "schedules": panel(t("reports.schedules"), parts.schedules_table(view, centres)),
        "readers": panel(t("reports.readers"), parts.readers_table(view, masked)),
    }


def _sentence(view: ReportsView) -> str:
    if not view.archive:
        return t("reports.none")
    newest = view.archive[0]
    if newest.report.state == "failed":
        return t("reports.sentence_failed", title=newest.report.title, why=newest.report.error)
    moments = [one.next_at for one in view.schedules if one.next_at is not None]
    following = t("reports.next", at=fmt.moment(min(moments), view.now)) if moments else t("reports.next_none")
    return t("reports.sentence", title=newest.report.title, told=parts.told(newest), next=following)


def _forms() -> list[Child]:
    return [panel(t("reports.add"), _schedule_form()), panel(t("reports.preview"), _preview_form())]


def _centres() -> list[tuple[str, str]]:
    return [("", t("reports.all_centres")), *((one.code, one.name) for one in current().centres())]


def _sheets() -> list[tuple[str, str]]:
    return [("", t("reports.any_sheet")), *current().reports().sheets]


def _schedule_form() -> list[Child]:
    switch = [("on", t("reports.on")), ("off", t("reports.off"))]

    def text(name: str, value: str, most: int = 64) -> Component:
        return kit.text_field(ids.field(FORM, name), value, most=most)

    def choice(name: str, options: list[tuple[str, str]], value: str) -> Component:
        return kit.choice(ids.field(FORM, name), options, value)

    return [
        html.P(t("reports.add_hint"), className="note"),
        dcc.Store(id=NUMBER, data=0),
        html.P(t("reports.adding"), id=ids.field(FORM, "which"), className="note"),
        forms.fields(
            forms.field(t("reports.kind"), choice("kind", list(parts.KINDS), "weekly")),
            forms.field(t("reports.group"), text("group", ""), t("reports.group_hint")),
            forms.field(t("reports.centre"), choice("centre", _centres(), "")),
            forms.field(t("reports.sheet"), choice("sheet", _sheets(), "")),
            forms.field(t("reports.weekday"), choice("weekday", list(parts.WEEKDAYS), "0"), t("reports.weekday_hint")),
            forms.field(t("reports.day"), text("day", "1", 2), t("reports.day_hint")),
            forms.field(t("reports.time"), text("time", "08:30", 5), t("reports.time_hint")),
            forms.field(t("reports.owner"), text("owner", "", 200), t("reports.owner_hint")),
            forms.field(t("reports.enabled"), choice("enabled", switch, "on")),
        ),
        html.Div(
            [
                forms.button(ids.act("schedule-save"), t("reports.save"), strong=True),
                forms.button(ids.act("schedule-fresh"), t("reports.fresh")),
            ],
            className="actions",
        ),
        html.Div(id=ids.answer(FORM)),
        html.Div(id=ids.answer("schedule-drop")),
    ]


def _preview_form() -> list[Child]:
    which = [("last", t("reports.which_last")), ("now", t("reports.which_now"))]
    return [
        html.P(t("reports.preview_hint"), className="note"),
        forms.fields(
            forms.field(t("reports.kind"), kit.choice(ids.field(PREVIEW, "kind"), list(parts.KINDS), "weekly")),
            forms.field(t("reports.centre"), kit.choice(ids.field(PREVIEW, "centre"), _centres(), "")),
            forms.field(t("reports.sheet"), kit.choice(ids.field(PREVIEW, "sheet"), _sheets(), "")),
            forms.field(t("reports.which"), kit.choice(ids.field(PREVIEW, "which"), which, "last")),
        ),
        html.Div(parts.preview_links("weekly", "", "", "last"), id=ids.answer(PREVIEW), className="actions"),
    ]


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None) -> Any:
    """New data: redraws the parts that differ."""
    return redrawn(lambda: marked(sections_of()), seen)


@callback(
    Output(ids.answer(PREVIEW), "children"),
    *(Input(ids.field(PREVIEW, name), "value") for name in ("kind", "centre", "sheet", "which")),
    prevent_initial_call=True,
)
def preview(kind: str | None, centre: str | None, sheet: str | None, which: str | None) -> Any:
    """The links to what is chosen."""
    return parts.preview_links(kind or "weekly", centre or "", sheet or "", which or "last")


@callback(
    Output(ids.answer(FORM), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("schedule-save"), "n_clicks"),
    State(NUMBER, "data"),
    *(State(ids.field(FORM, name), "value") for name in FIELDS),
    prevent_initial_call=True,
)
def save(clicks: int | None, number: int | None, *typed: str | None) -> Any:
    """Stores the schedule of the form."""
    if not clicks:
        raise PreventUpdate
    kind, group, centre, sheet, weekday, day, time, owner, enabled = (value or "" for value in typed)
    form = act.ScheduleForm(number or 0, kind, group, centre, sheet, weekday, day, time, owner, enabled != "off")
    return _told(act.keep_schedule(current().product, form))


@callback(
    Output(NUMBER, "data"),
    Output(ids.field(FORM, "which"), "children"),
    *(Output(ids.field(FORM, name), "value") for name in FIELDS),
    Input(ids.act("schedule-edit", ALL), "n_clicks"),
    Input(ids.act("schedule-fresh"), "n_clicks"),
    prevent_initial_call=True,
)
def edit(clicks: list[int | None], fresh: int | None) -> Any:
    """Fills the form with a schedule, or empties it for a new one."""
    button = pressed()
    known = {one.schedule.id: one.schedule for one in current().reports().schedules}
    one = known.get(int(button["key"] or 0))
    if one is None:
        return 0, t("reports.adding"), "weekly", "", "", "", "0", "1", "08:30", "", "on"
    time = f"{one.minute // 60:02d}:{one.minute % 60:02d}"
    return (
        one.id, t("reports.editing", n=one.id), one.kind, one.group, one.centre, one.sheet, str(one.weekday or 0),
        str(one.day or 1), time, one.owner, "on" if one.enabled else "off",
    )  # fmt: skip


@callback(
    Output(ids.answer("schedule-drop"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("schedule-drop", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def drop(clicks: list[int | None]) -> Any:
    """Takes a schedule away."""
    button = pressed()
    return _told(act.drop_schedule(current().product, int(button["key"])))


def _told(done: Done) -> tuple[Any, Any]:
    """The answer, and the new data version where something was written, so that the page follows at once."""
    return forms.answer(done.text, ok=done.ok), current().version() if done.ok else dash.no_update
