"""A sheet as a progress table: one row an indicator, folded by the form's first level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard import ids
from dashboard.components.bullet import bullet
from dashboard.components.parts import (
    MARKS,
    Child,
    Column,
    aria,
    badge,
    cell_word,
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
from kpi.model import NoValue
from kpi.pace_model import Pace, PaceClass, ProgressRow
from kpi.status import Status

SPARK = (68, 26)
ALARMING = (Status.OUT_OF_REACH, Status.MISSED, Status.AT_RISK)


def groups(
    rows: Sequence[ProgressRow], as_of: date, filters: TargetFilters, sources: Mapping[str, Sequence[str]]
) -> list[Child]:
    """A folding part for each project and first level, in the form's order; those with something wrong stand open.
    ``sources``: by row, of those that wait for some."""
    several = len({r.project for r in rows}) > 1
    made: list[Child] = []
    columns = _columns(filters)
    for (number, level), found in groupby(rows, key=lambda r: (r.project, r.indicator.level1)):
        members = list(found)
        name = f"{members[0].project_name} · {level}" if several else level
        drawn = [_row(columns, one, as_of, filters, sources.get(one.key, ())) for one in members]
        body = table(name, columns, drawn, "kpi-table row-cards progress-table")
        made.append(_group(f"{number}-{level}", name, members, as_of, body))
    return made


def _columns(filters: TargetFilters) -> list[Column]:
    return [
        Column(t("targets.status"), "status"),
        Column(t("targets.name"), "name"),
        Column(t("targets.value"), "num value"),
        Column(t("targets.bar"), "bar"),
        Column(t("targets.half"), "mark half"),
        Column(t("targets.full"), "mark full"),
        Column(t("targets.room"), "said"),
        Column(t("indicator.probability"), "num chance"),
        Column(_day_word(filters), "num today"),
        Column(t("targets.trend"), "trend"),
    ]


def _day_word(filters: TargetFilters) -> str:
    """“今日”, of a sheet as it stood on a past day “当日”."""
    return t("overview.today") if filters.as_of is None else t("targets.of_day")


def _group(code: str, name: str, rows: list[ProgressRow], as_of: date, body: Component) -> Component:
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
    judged_by_people = all(r.binding is None or r.binding.pace is PaceClass.GRADE for r in rows)
    calm = judged_by_people and worst not in ALARMING
    return html.Details([head, body], open=not calm, className="panel group", **data(group=code))


def _counts(rows: Sequence[ProgressRow], as_of: date) -> list[tuple[Status, int]]:
    found = [r.due(as_of).status for r in rows]
    return [(status, found.count(status)) for status in sorted(set(found), key=worry)]


def _row(
    columns: Sequence[Column], item: ProgressRow, as_of: date, filters: TargetFilters, sources: Sequence[str]
) -> Component:
    """One indicator. ``sources``: what its figures wait for."""
    due = item.due(as_of)
    name = item.indicator.name
    there = "/indicator" + filters.of_sheet().query(key=item.key)
    label = [
        link(name, there, "kpi-name", title=t("targets.open", name=name)),
        html.Span(_standing(item), className="parts"),
    ]
    parts = html.Span(fp.parts(due), className="parts") if fp.parts(due) else None
    value = [cell_word(t("targets.value")), figure(fp.shown(due, item.unit)), parts, stale_note()]
    return row(
        columns,
        (
            badge(due.status),
            label,
            value,
            bullet(due, item.unit, name),
            [cell_word(t("targets.half")), *_mark(item.half, item.unit, due)],
            [cell_word(t("targets.full")), *_mark(item.full, item.unit, due)],
            _said(due),
            _chance(due),
            _of_day(item, due, filters),
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


def _mark(pace: Pace, unit: str, due: Pace) -> list[Child]:
    """Target, status sign and projection of one period; the probability of the one that is not ``due``, which alone has
    a column of its own."""
    sign, kind = MARKS[pace.status]
    lines: list[Child] = [
        html.Span(
            [
                html.Span(sign, className=f"sign sign-{kind}", title=pace.status.value, **aria(hidden="true")),
                html.Span(pace.status.value, className="sr-only"),
                f" {fp.target_brief(pace.target)}",
            ],
            className="mark-target",
        )
    ]
    if pace.projected is not None:
        hint = t("targets.interval", low=fp.bare(pace.low, unit), high=fp.value_text(pace.high, unit))
        text = t("targets.projected", value=fp.brief_text(pace.projected, unit, fp.target_bounds(pace)))
        lines.append(html.Span(text, className="parts", title=hint))
    if pace.probability is not None and pace is not due:
        lines.append(html.Span(t("targets.chance", p=fp.chance(pace.probability)), className="parts"))
    return lines


def _said(pace: Pace) -> list[Child]:
    return [html.Span(pace.said, className="said-text")] if pace.said else []


def _chance(due: Pace) -> list[Child]:
    if due.probability is None:
        return []
    return [cell_word(t("indicator.probability")), fp.chance(due.probability)]


def _of_day(item: ProgressRow, due: Pace, filters: TargetFilters) -> list[Child]:
    """The value of the running day, or of the day the sheet is asked as of; nothing where days have none."""
    if not item.has_days:
        return []
    value = item.of_day
    reason = NoValue.NO_DATA.value if value is None else ""
    shown = fmt.Shown(fp.bare(value, item.unit, fp.target_bounds(due)), fp.again(item.unit), reason)
    return [cell_word(_day_word(filters)), figure(shown)]


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
