"""The KPIs that the target sheet binds, one row each: the days shown, then what the half-year or year still takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard import ids
from dashboard.components import kpi, pace
from dashboard.components.parts import (
    MARKS,
    Child,
    Children,
    Column,
    aria,
    cell_word,
    figure,
    link,
    panel,
    row,
    stale_note,
    table,
)
from dashboard.filters import Filters
from dashboard.findings import counted
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from dashboard.views import Indicator, Overview
from dashboard.views_live import ByHand

Cell = Callable[[Indicator], Children]


@dataclass(frozen=True, slots=True)
class Shown:
    """What all rows share: the page, its address, and the coverage that most figures have."""

    view: Overview
    filters: Filters
    common: str


def bound(view: Overview) -> tuple[Indicator, ...]:
    """The KPIs with a target that have no card, worst first: a card is the same row, larger."""
    return tuple(i for i in view.rows if i.target is not None or i.kpi.code in view.paces)


def contract_panel(view: Overview, filters: Filters, drawn: str) -> Component | None:
    """The table, and a line of what people enter beside the KPIs; None where no target is set."""
    items, entered = bound(view), [_by_hand(one, filters) for one in view.by_hand]
    if not items:
        return panel(t("overview.contract"), entered, "contract-panel") if entered else None
    shown = Shown(view, filters, kpi.common_coverage(items, view.centres))
    columns = _columns(items, shown)
    titles = [column for column, _ in columns]
    made = [_row(i, titles, [cell(i) for _, cell in columns], view, drawn=i.kpi.code == drawn) for i in items]
    label = t("overview.contract")
    body = table(label, titles, made, "kpi-table row-cards contract-table")
    legend = html.Span(t("targets.bar_legend"), className="bar-legend")
    note = kpi.common_note(items, view.centres, shown.common)
    return panel(label, [body, *entered], "contract-panel", aside=[legend, note, *_whole_sheets(view, filters)])


def _by_hand(one: ByHand, filters: Filters) -> Component:
    """“另有 10 项人工填报指标:1 项未达标(资金使用合规性)、9 项达标”, and the way to them."""
    told = t("finding.comma").join(counted(one.names))
    said = t("overview.by_hand", n=one.count, counts=told)
    return html.P(link(said, "/targets" + TargetFilters(one.sheet, place=filters.place()).query()), className="by-hand")


def _whole_sheets(view: Overview, filters: Filters) -> list[Child]:
    """Where the sheet's other indicators stand: what people enter and judge is no KPI."""
    sheets = sorted({one.sheet for one in view.paces.values()})
    there = [TargetFilters(one, place=filters.place()).query() for one in sheets]
    return [link(t("overview.whole_sheet"), "/targets" + query, "sheet-link") for query in there]


def _row(item: Indicator, titles: list[Column], cells: list[Children], view: Overview, *, drawn: bool) -> Component:
    own_id = ids.live(f"row-{item.kpi.code}")
    return row(titles, cells, "is-drawn" if drawn else "", heading=1, id=own_id, **kpi.sources_of(item, view))


def _columns(items: Sequence[Indicator], shown: Shown) -> list[tuple[Column, Cell]]:
    """The columns in order, without those that would stand empty over the days shown."""
    view = shown.view
    paced = [one for i in items if (one := view.paces.get(i.kpi.code)) is not None]
    apart = any(pace.is_apart(one, view) for one in paced)
    running = view.period.days > 1 and any(i.today for i in items)
    so_far = "overview.change_so_far" if any(i.part for i in items) else "overview.change"
    spans = {one.period for one in paced}
    to_date = pace.to_date_of(spans.pop()) if len(spans) == 1 else t("targets.value")
    every: list[tuple[bool, Column, Cell]] = [
        (True, Column(t("overview.status"), "status"), pace.status_of),
        (True, Column(t("overview.name"), "name"), partial(_name, shown)),
        (True, Column(view.label, "num value"), partial(_value, shown)),
        (bool(view.compared_with), Column(t(so_far), "num change"), partial(_change, shown)),
        (apart, Column(to_date, "num to-date"), partial(_to_date, shown)),
        (True, Column(t("overview.target"), "mark"), partial(_target, shown)),
        (True, Column(t("targets.bar"), "bar"), partial(_bar, shown)),
        (bool(paced), Column(t("targets.room"), "said"), partial(_said, shown)),
        (bool(paced), Column(t("indicator.probability"), "num chance"), partial(_chance, shown)),
        (running, Column(t("overview.today"), "num today"), _today),
        (True, Column(t("overview.trend"), "trend"), lambda item: kpi.spark_of(item, kpi.ROW_SPARK)),
        (True, Column(t("proof.formula"), "act", silent=True), kpi.proof_button),
    ]
    return [(column, cell) for wanted, column, cell in every if wanted]


def _name(shown: Shown, item: Indicator) -> Children:
    return [
        kpi.name_of(item, shown.filters),
        kpi.coverage_of(item, shown.view, shown.common),
        kpi.without_of(item),
        stale_note(),
    ]


def _value(shown: Shown, item: Indicator) -> Children:
    value = figure(fmt.figure(item.now, item.kpi.unit, item.target))
    return [cell_word(shown.view.label), value, kpi.parts_of(item)]


def _change(shown: Shown, item: Indicator) -> Children:
    return [kpi.change_of(item, shown.view)]


def _to_date(shown: Shown, item: Indicator) -> Children:
    """The value of the target's own period, where that is not the value already shown."""
    paced = shown.view.paces.get(item.kpi.code)
    if paced is None or not pace.is_apart(paced, shown.view):
        return None
    parts = fp.parts(paced.pace)
    value = figure(fp.shown(paced.pace, item.kpi.unit.value))
    return [cell_word(pace.to_date_of(paced.period)), value, html.Span(parts, className="parts") if parts else None]


def _target(shown: Shown, item: Indicator) -> Children:
    """The target and of which period; with the status of that period where the badge is that of the days shown."""
    own, paced = pace.standing(item, shown.view), shown.view.paces.get(item.kpi.code)
    if own is None:
        return None
    lines: list[Child] = [html.Span([_sign(shown, item), fp.target_brief(own.target)], className="mark-target")]
    if paced is not None:
        lines.append(html.Span(pace.name_of(paced.period), className="parts"))
    return [cell_word(t("overview.target")), *lines]


def _sign(shown: Shown, item: Indicator) -> Component | None:
    paced = shown.view.paces.get(item.kpi.code)
    if paced is None or item.judged_over is not None or not pace.is_apart(paced, shown.view):
        return None
    sign, kind = MARKS[paced.status]
    said = html.Span(f"{pace.name_of(paced.period)} {paced.status.value} ", className="sr-only")
    mark = html.Span(sign, className=f"sign sign-{kind}", title=paced.status.value, **aria(hidden="true"))
    return html.Span([mark, said])


def _bar(shown: Shown, item: Indicator) -> Children:
    return pace.bar(item, shown.view)


def _said(shown: Shown, item: Indicator) -> Children:
    paced = shown.view.paces.get(item.kpi.code)
    if paced is None:
        return None
    return pace.to_path(paced, paced.pace.said, t("targets.open", name=item.kpi.name), shown.filters)


def _chance(shown: Shown, item: Indicator) -> Children:
    paced = shown.view.paces.get(item.kpi.code)
    if paced is None or paced.pace.probability is None:
        return None
    return [cell_word(t("indicator.probability")), fp.chance(paced.pace.probability)]


def _today(item: Indicator) -> Children:
    return [cell_word(t("overview.today")), figure(fmt.figure(item.today, item.kpi.unit, item.target))]
