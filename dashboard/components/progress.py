"""A sheet as a progress table: one row an indicator, folded by the form's first level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import format_pace as fp
from dashboard import ids
from dashboard.components.bullet import bullet
from dashboard.components.parts import (
    MARKS,
    Child,
    Column,
    aria,
    badge,
    data,
    figure,
    link,
    row,
    sourced,
    stale_note,
    table,
)
from dashboard.figures.spark import spark_mask
from dashboard.judged import worry
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from kpi.pace_model import Pace, PaceClass, ProgressRow
from kpi.status import Status

SPARK = (68, 26)
ALARMING = (Status.OUT_OF_REACH, Status.MISSED, Status.AT_RISK)

COLUMNS = (
    Column(t("targets.status"), "status"),
    Column(t("targets.name"), "name"),
    Column(t("targets.value"), "num"),
    Column(t("targets.bar"), "bar"),
    Column(t("targets.half"), "mark half"),
    Column(t("targets.full"), "mark full"),
    Column(t("targets.room"), "said"),
    Column(t("targets.trend"), "trend"),
)


def groups(
    rows: Sequence[ProgressRow], as_of: date, filters: TargetFilters, sources: Mapping[str, Sequence[str]]
) -> list[Child]:
    """A folding part for each project and first level, in the form's order; those with something wrong stand open.
    ``sources``: by row, of those that wait for some."""
    several = len({r.project for r in rows}) > 1
    made: list[Child] = []
    for (number, level), found in groupby(rows, key=lambda r: (r.project, r.indicator.level1)):
        members = list(found)
        name = f"{members[0].project_name} · {level}" if several else level
        drawn = [progress_row(one, as_of, filters, sources.get(one.key, ())) for one in members]
        made.append(_group(f"{number}-{level}", name, members, as_of, drawn))
    return made


def _group(code: str, name: str, rows: list[ProgressRow], as_of: date, drawn: list[Component]) -> Component:
    worst = min((r.due(as_of).status for r in rows), key=worry)
    tally = [
        html.Span([MARKS[status][0], f" {count}"], className=f"tally tally-{MARKS[status][1]}", title=status.value)
        for status, count in _counts(rows, as_of)
    ]
    head = html.Summary(
        [
            html.Span(t("targets.level", name=name, n=len(rows)), className="group-name"),
            html.Span(tally, className="tallies"),
        ]
    )
    body = table(name, COLUMNS, drawn, "kpi-table progress-table")
    judged_by_people = all(r.binding is None or r.binding.pace is PaceClass.GRADE for r in rows)
    calm = judged_by_people and worst not in ALARMING
    return html.Details([head, body], open=not calm, className="panel group", **data(group=code))


def _counts(rows: Sequence[ProgressRow], as_of: date) -> list[tuple[Status, int]]:
    found = [r.due(as_of).status for r in rows]
    return [(status, found.count(status)) for status in sorted(set(found), key=worry)]


def progress_row(item: ProgressRow, as_of: date, filters: TargetFilters, sources: Sequence[str] = ()) -> Component:
    """One indicator. ``sources``: what its figures wait for."""
    due = item.due(as_of)
    name = item.indicator.name
    there = "/indicator" + TargetFilters(sheet=filters.sheet, as_of=filters.as_of).query(key=item.key)
    label = [
        link(name, there, "kpi-name", title=t("targets.open", name=name)),
        html.Span(_standing(item), className="parts"),
    ]
    parts = html.Span(fp.parts(due), className="parts") if fp.parts(due) else None
    value = [figure(fp.shown(due, item.unit)), parts, stale_note()]
    return row(
        COLUMNS,
        (
            badge(due.status),
            label,
            value,
            bullet(due, item.unit, name),
            _mark(item.half, item.unit),
            _mark(item.full, item.unit),
            _said(due),
            _spark(item),
        ),
        heading=1,
        id=ids.live(f"target-{item.key}"),
        **sourced(sources),
    )


def _standing(item: ProgressRow) -> str:
    if item.binding is None:
        return f"{item.indicator.level2} · {t('targets.unbound')}"
    if not item.binding.confirmed_by:
        return f"{item.indicator.level2} · {t('targets.proposed')}"
    return item.indicator.level2


def _mark(pace: Pace, unit: str) -> list[Child]:
    """Target, status sign, projection and probability of one period."""
    sign, kind = MARKS[pace.status]
    lines: list[Child] = [
        html.Span(
            [
                html.Span(sign, className=f"sign sign-{kind}", title=pace.status.value, **aria(hidden="true")),
                html.Span(pace.status.value, className="sr-only"),
                f" {fp.target_text(pace.target)}",
            ],
            className="mark-target",
        )
    ]
    if pace.projected is not None:
        hint = t("targets.interval", low=fp.bare(pace.low, unit), high=fp.value_text(pace.high, unit))
        text = t("targets.projected", value=fp.value_text(pace.projected, unit, fp.target_bounds(pace)))
        lines.append(html.Span(text, className="parts", title=hint))
    if pace.probability is not None:
        lines.append(html.Span(t("targets.chance", p=fp.chance(pace.probability)), className="parts"))
    return lines


def _said(pace: Pace) -> list[Child]:
    return [html.Span(pace.said, className="said-text")] if pace.said else []


def _spark(item: ProgressRow) -> Component | None:
    if sum(v is not None for v in item.spark) < 2:
        return None
    mask = spark_mask(item.spark, *SPARK, None)
    known = [v for v in item.spark if v is not None]
    value = fp.value_text(known[-1], item.unit)
    style = {"WebkitMaskImage": mask, "maskImage": mask, "width": SPARK[0], "height": SPARK[1]}
    label = t("kpi.trend", name=item.indicator.name, n=len(item.spark), value=value)
    return html.Span(className="spark", style=style, role="img", **aria(label=label))


def status_chips(rows: Sequence[ProgressRow], as_of: date, filters: TargetFilters) -> Component:
    """The status words with their numbers, as filters."""
    everything = link(
        f"{t('targets.all')} {len(rows)}",
        "/targets" + filters.with_(status="").query(),
        "chip",
        **_here(not filters.status),
    )
    chips = [everything]
    for status, count in _counts(rows, as_of):
        code = status.name.lower().replace("_", "-")
        text: list[Child] = [html.Span(MARKS[status][0], **aria(hidden="true")), f" {status.value} {count}"]
        chips.append(
            link(text, "/targets" + filters.with_(status=code).query(), "chip", **_here(filters.status == code))
        )
    numbers = filters.only == "numbers"
    chips.append(
        link(
            t("targets.quantitative"),
            "/targets" + filters.with_(only="" if numbers else "numbers").query(),
            "chip",
            **_here(numbers),
        )
    )
    return html.Div(chips, className="periods chips", role="group", **aria(label=t("targets.status_filter")))


def _here(chosen: bool) -> Any:
    return aria(current="true") if chosen else {}
