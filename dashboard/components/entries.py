"""Readings entered by hand: the form, the import of a file, the list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components import forms, kit
from dashboard.components.parts import Child, Column, panel, row, table
from dashboard.texts import t
from kpi.pace_model import Entry

if TYPE_CHECKING:
    from dashboard.ask_targets import EntriesView

FORM = "entry"

COLUMNS = (
    Column(t("entries.indicator"), "name long"),
    Column(t("entries.day"), "when"),
    Column(t("entries.value"), "num"),
    Column(t("entries.note"), "long"),
    Column(t("entries.evidence"), "long"),
    Column(t("entries.author")),
    Column(t("entries.entered"), "when"),
    Column(t("review.decide"), "act", silent=True),
)


def names(view: EntriesView) -> dict[str, str]:
    """Indicator names by key, with the project where there are several."""
    if view.sheet is None:
        return {}
    several = len(view.sheet.projects) > 1
    return {
        key: f"{project.name} · {one.name}" if several else one.name for project, one, key in view.sheet.indicators()
    }


def waiting(view: EntriesView) -> tuple[str, ...]:
    """Keys of indicators that are fed by hand and have nothing yet."""
    told = {one.key for one in view.entries if one.revoked_at is None}
    return tuple(key for key in view.by_hand if key not in told)


def sentence(view: EntriesView, lacking: tuple[str, ...]) -> str:
    """What is still to be entered."""
    if not lacking:
        return t("entries.complete", n=len(view.by_hand))
    return t("entries.lacking", n=len(lacking), all=len(view.by_hand))


def forms_of(view: EntriesView, chosen: str) -> list[Child]:
    """The form of one reading and the import of a file."""
    known = names(view)
    order = [*waiting(view), *(k for k in view.by_hand if k not in waiting(view))]
    options = [(key, known[key]) for key in [*order, *(k for k in known if k not in order)]]
    first = chosen if chosen in known else (options[0][0] if options else "")

    def of(name: str) -> str:
        return ids.field(FORM, name)

    entry: list[Child] = [
        forms.fields(
            forms.field(t("entries.indicator"), kit.choice(of("key"), options, first, search=True), "", "wide"),
            forms.field(t("entries.day"), kit.day_picker(of("day"), view.today, view.today)),
            forms.field(t("entries.value"), kit.text_field(of("value"), most=30), t("entries.value_hint")),
            forms.field(t("entries.text"), kit.text_field(of("text"), most=200), t("entries.text_hint")),
        ),
        forms.fields(
            forms.field(t("entries.note"), kit.text_field(of("note"), most=1000), "", "wide"),
            forms.field(t("entries.author"), kit.text_field(of("author"), most=40)),
            html.Div(
                [
                    forms.drop(of("files"), t("entries.evidence"), multiple=True),
                    html.P(id=of("chosen"), className="note"),
                ]
            ),
        ),
        html.Div(forms.button(ids.act("entry-save"), t("entries.save"), strong=True), className="actions"),
        html.Div(id=ids.answer(FORM)),
        html.Div(id=ids.answer("entries-revoke")),
    ]
    file_part: list[Child] = [
        html.P(t("entries.file_hint"), className="note"),
        forms.drop(ids.field("entries-file", "file"), t("entries.file_send")),
        html.Div(id=ids.answer("entries-file")),
    ]
    return [panel(t("entries.new"), entry), panel(t("entries.file"), file_part)]


def entries_table(view: EntriesView, now: datetime) -> Component:
    """What was entered, newest first; what was taken back stays, struck through."""
    if not view.entries:
        return html.P(t("entries.none"), className="note")
    known = names(view)
    rows = [entry_row(one, known.get(one.key, one.key), now) for one in view.entries]
    return table(t("entries.list"), COLUMNS, rows, "plain-table")


def entry_row(one: Entry, name: str, now: datetime, *, revocable: bool = True) -> Component:
    """One reading. Only 填报 listens to the button that takes it back; other pages are not ``revocable``."""
    gone = one.revoked_at is not None
    value = fmt.number(one.value) if one.value is not None else ""
    note: list[Child] = [one.note]
    if one.revoked_at is not None:
        note.append(html.Small(t("entries.revoked", at=_moment(one.revoked_at, now), who=one.revoked_by)))
    return row(
        COLUMNS,
        (
            name,
            fmt.day(one.day, now.date()),
            " ".join(part for part in (value, one.text) if part),
            note,
            evidence(one),
            one.author,
            _moment(one.entered_at, now),
            None if gone or not revocable else forms.button(ids.act("entry-revoke", str(one.id)), t("entries.revoke")),
        ),
        "is-revoked" if gone else "",
        heading=0,
    )


def evidence(one: Entry) -> list[Child]:
    """The files kept with a reading, as downloads."""
    return [
        html.A(name, href=f"/export/evidence/{one.id}/{quote(name, safe='')}", download=name) for name in one.evidence
    ]


def _moment(at: datetime, now: datetime) -> str:
    return fmt.moment(at.replace(tzinfo=UTC).astimezone(now.tzinfo), now)
