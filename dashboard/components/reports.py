"""Tables of 报告: the archive, the schedules, the readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components import forms
from dashboard.components.parts import Child, Column, row, table
from dashboard.texts import t
from kpi.periods import Period

if TYPE_CHECKING:
    from dashboard.ask_reports import ArchiveRow, ReportsView, ScheduleRow
    from db.report_store import Schedule

KINDS = (("daily", "日报"), ("weekly", "周报"), ("monthly", "月报"), ("half-year", "半年报"))
WEEKDAYS = tuple((str(number), f"周{name}") for number, name in enumerate("一二三四五六日"))
ENDINGS = (("html", "网页"), ("pdf", "PDF"), ("xlsx", "Excel"), ("docx", "Word"))
_KIND_NAMES = dict(KINDS)

ARCHIVE = (
    Column(t("reports.built"), "when"),
    Column(t("reports.kind")),
    Column(t("reports.period")),
    Column(t("reports.said"), "long"),
    Column(t("reports.state")),
    Column(t("reports.files"), "act"),
)
SCHEDULES = (
    Column(t("reports.kind")),
    Column(t("reports.when")),
    Column(t("reports.group")),
    Column(t("reports.sheet")),
    Column(t("reports.owner")),
    Column(t("reports.next_at"), "when"),
    Column(t("reports.actions"), "act", silent=True),
)
READERS = (Column(t("reports.group")), Column(t("reports.contacts"), "long"))


def archive_table(view: ReportsView) -> list[Child]:
    """The reports sent, newest first."""
    if not view.archive:
        return [html.P(t("reports.none"), className="note")]
    body = table(
        t("reports.archive"), ARCHIVE, [_archived(one, view.now) for one in view.archive], "plain-table stacked"
    )
    more = view.in_all > len(view.archive)
    return [
        body,
        html.P(t("reports.archive_more", n=len(view.archive), all=view.in_all), className="note") if more else None,
    ]


def _archived(one: ArchiveRow, now: datetime) -> Component:
    report = one.report
    failed = report.state == "failed"
    said: list[Child] = [html.Span(report.title)]
    said.append(html.Small(report.error if failed else report.sentence))
    links = [
        html.A(name, href=f"/reports/{report.id}.{ending}", target="_blank", className="button")
        for ending, name in ENDINGS
        if ending in report.endings
    ]
    return row(
        ARCHIVE,
        (
            fmt.moment(one.built_at, now),
            _KIND_NAMES.get(report.kind, report.kind),
            fmt.period(Period(report.start, report.end), now.date()),
            said,
            _state(one),
            html.Div(links, className="actions") if links else None,
        ),
    )


def _state(one: ArchiveRow) -> list[Child]:
    if one.report.state == "failed":
        return [
            html.Span(f"✕ {t('reports.failed')}", className="error-text"),
            html.Small(t("reports.tries", n=one.report.tries)),
        ]
    lines: list[Child] = [f"▲ {t('reports.empty')} "] if one.report.state == "empty" else []
    return [*lines, told(one)]


def told(one: ArchiveRow) -> str:
    """How many of the readers have it."""
    return t("reports.told", done=one.delivered, all=one.deliveries) if one.deliveries else t("reports.told_none")


def schedules_table(view: ReportsView, centres: Mapping[str, str]) -> Component:
    """The schedules with the next moment of each."""
    if not view.schedules:
        return html.P(t("reports.schedules_none"), className="note")
    sheets = dict(view.sheets)
    rows = [_scheduled(one, view.now, centres, sheets) for one in view.schedules]
    return table(t("reports.schedules"), SCHEDULES, rows, "plain-table stacked")


def _scheduled(one: ScheduleRow, now: datetime, centres: Mapping[str, str], sheets: Mapping[str, str]) -> Component:
    known = one.schedule
    missing = html.Small(t("reports.readers_missing"), className="error-text") if not one.readers else None
    about = sheets.get(known.sheet, known.sheet) or t("reports.any_sheet")
    return row(
        SCHEDULES,
        (
            _KIND_NAMES.get(known.kind, known.kind),
            when(known),
            [known.group, missing],
            [about, html.Small(centres.get(known.centre, known.centre)) if known.centre else None],
            known.owner or fmt.DASH,
            t("reports.off") if one.next_at is None else fmt.moment(one.next_at, now),
            html.Div(
                [
                    forms.button(ids.act("schedule-edit", known.id), t("reports.edit")),
                    forms.button(ids.act("schedule-drop", known.id), t("reports.remove")),
                ],
                className="actions",
            ),
        ),
    )


def when(known: Schedule) -> str:
    """“每周一 08:30”."""
    time = f"{known.minute // 60:02d}:{known.minute % 60:02d}"
    if known.kind == "daily":
        return t("reports.every_day", time=time)
    if known.kind == "weekly":
        return t("reports.every_week", weekday=dict(WEEKDAYS)[str(known.weekday or 0)], time=time)
    name = "reports.every_month" if known.kind == "monthly" else "reports.every_half"
    return t(name, day=known.day or 1, time=time)


def readers_table(view: ReportsView, masked: Callable[[str], str]) -> list[Child]:
    """Who is in which group; addresses without their secrets."""
    hint = html.P(t("reports.readers_hint"), className="note")
    if not view.groups:
        return [html.P(t("reports.readers_none"), className="note"), hint]
    rows = []
    for name, contacts in view.groups:
        shown = [
            f"{t(f'alerts.channel_{one.channel}')} {masked(one.address)}".strip()
            + ("" if one.enabled else f"({t('reports.off')})")
            for one in contacts
        ]
        rows.append(row(READERS, (name, ";".join(shown))))
    return [table(t("reports.readers"), READERS, rows, "plain-table stacked"), hint]


def preview_links(kind: str, centre: str, sheet: str, which: str) -> list[Child]:
    """The report that the choices ask for, in every form."""
    query = f"centre={centre}&sheet={sheet}&which={which}"
    return [
        html.A(name, href=f"/reports/preview/{kind}.{ending}?{query}", target="_blank", className="button")
        for ending, name in ENDINGS
    ]
