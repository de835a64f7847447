"""Parts of 中心对比: choosing KPI and centres, the table, charts in their frames, states without a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import compare_words as words
from dashboard import format as fmt
from dashboard.charts_compare import STRIPS, forest_name
from dashboard.components.chart_frame import chart_frame
from dashboard.components.parts import Child, Children, Column, aria, badge, figure, figures_panel, link, row, table
from dashboard.components.states import state
from dashboard.figures.compare import forest_figure, strips_figure
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_charts import ChartView
from dashboard.views_compare import CompareView, KpiComparison, Unit, UnitRow

MOST_ROWS = 20
"""Rows a chart's height is made for; of more they stand closer."""


def tools(view: CompareView, filters: Filters) -> Component:
    """What to choose: kind of KPI, KPI, centres; each choice a link, the address being the only place they are kept."""
    told = {one.kpi.code for one in view.many} | {view.kpi.code}
    here = [kpi for kpi in view.groups[view.kpi.group] if kpi.code in told] or [view.kpi]
    groups = [
        _choice(group.value, filters.with_kpi(kpis[0].code), chosen=group is view.kpi.group)
        for group, kpis in view.groups.items()
        if kpis
    ]
    kpis = [_choice(kpi.name, filters.with_kpi(kpi.code), chosen=kpi.code == view.kpi.code) for kpi in here]
    rows: list[Child] = [_row(t("compare.groups"), groups), _row(t("compare.kpis"), kpis)]
    if len(view.units) > 1:
        rows.append(_row(t("compare.centres"), [_toggle(unit, view, filters) for unit in view.units]))
    return html.Div(rows, className="compare-tools")


def _row(label: str, choices: Sequence[Child]) -> Component:
    return html.Div(list(choices), className="chips", role="group", **aria(label=label))


def _choice(text: str, filters: Filters, *, chosen: bool) -> Component:
    return link(text, filters.query() or "?", "chip", **(aria(current="true") if chosen else {}))


def _toggle(unit: Unit, view: CompareView, filters: Filters) -> Component:
    """A centre: taking part or not; a click changes that."""
    taking = [other.code for other in view.units if other.chosen and other.code != unit.code]
    left = [other.code for other in view.units if other.code in taking or (other.code == unit.code and not unit.chosen)]
    everyone = len(left) == len(view.units)
    name = words.unit_name(unit)
    hint = t("compare.remove" if unit.chosen else "compare.add", name=name)
    mark = html.Span("✓ " if unit.chosen else "+ ", **aria(hidden="true"))
    return link(
        [mark, name],
        filters.with_centres(() if everyone else left).query() or "?",
        "chip" + (" is-chosen" if unit.chosen else ""),
        title=hint,
        **aria(label=hint),
    )


def standings(one: KpiComparison, view: CompareView, filters: Filters) -> Component:
    """The centres by the KPI drawn, worst first."""
    held = any(line.target for line in one.rows)
    columns = _columns(held=held)
    key = "compare.table" if one.alike else "compare.table_apart"
    title = t(key, name=one.kpi.name, n=len(one.rows))
    rows = [row(columns, _cells(line, one, view, filters, held=held), _row_class(line)) for line in one.rows]
    rows.append(row(columns, _total(one, len(columns)), "total-row"))
    notes = [html.P(words.method(view.scope.min_sample), className="note")]
    if held:
        notes.append(html.P(t("compare.upper_target"), className="note"))
    made = table(title, columns, rows, "plain-table compare-table")
    aside = fmt.period(view.scope.period, view.scope.today)
    return figures_panel(title, [made, *notes], view.scope.sources, "compare-panel", aside)


def _row_class(line: UnitRow) -> str:
    return "is-own" if line.unit.own else ""


def _columns(*, held: bool) -> list[Column]:
    found = [Column(t("compare.centre"), "name"), Column(t("overview.value"), "num")]
    found += [Column(t("compare.interval"), "num"), Column(t("compare.coverage"), "num")]
    if held:
        found += [
            Column(t("overview.target"), "num"),
            Column(t("overview.status")),
            Column(t("compare.distance"), "num"),
        ]
    return [*found, Column(t("compare.rest"), "num"), Column(t("chart.reason"), "long")]


def _cells(line: UnitRow, one: KpiComparison, view: CompareView, filters: Filters, *, held: bool) -> list[Children]:
    kpi, value = one.kpi, line.standing.value
    there = "/" + filters.with_centre(line.unit.code).with_kpi(kpi.code).with_centres(()).query()
    hint = t("compare.to_centre", name=line.unit.name)
    name = [link(words.unit_name(line.unit), there, "kpi-name", title=hint)]
    if line.unit.own:
        name.append(html.Small(t("compare.own")))
    fraction = html.Span(fmt.parts(value), className="parts")
    shown = fmt.figure(value, kpi.unit, line.target)
    cells: list[Children] = [name, [figure(shown), fraction], words.interval_text(line, kpi)]
    cells.append(words.covered(value, line.standing.read))
    if held:
        target = fmt.target_text(line.target, kpi.unit) if line.target else ""
        cells += [target, badge(line.status), words.distance(line, kpi)]
    return [*cells, _gap(line, one), words.why_not_ranked(line, one, view.scope.min_sample)]


def _gap(line: UnitRow, one: KpiComparison) -> Children:
    said = words.gap(line, one)
    if not said.amount:
        return html.Small(said.verdict) if said.verdict else fmt.DASH
    sure = line.standing.difference is not None and line.standing.difference.is_sure
    amount = html.Span([said.amount, html.Small(f" ({said.interval})")])
    return [amount, html.Strong(said.verdict) if sure else html.Span(said.verdict, className="parts")]


def _total(one: KpiComparison, columns: int) -> list[Children]:
    shown = [figure(fmt.figure(one.total, one.kpi.unit)), html.Span(fmt.parts(one.total), className="parts")]
    return [t("compare.together"), shown, "", words.covered(one.total), *[""] * (columns - 4)]


def strips(view: CompareView, charts: Mapping[str, ChartView], files: str, theme: str) -> Component:
    """The KPI drawn by day."""
    kind = f"strips {rows_class(len(view.strips))}"
    return chart_frame(charts[STRIPS], strips_figure(view.strips, theme), files.replace("*", STRIPS), kind)


def forests(view: CompareView, charts: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """A chart for each KPI of the kind, that drawn first."""
    order = sorted(view.many, key=lambda one: one.kpi.code != view.kpi.code)
    return [
        chart_frame(
            charts[forest_name(one.kpi)],
            forest_figure(one, theme),
            files.replace("*", forest_name(one.kpi)),
            f"forest {rows_class(len(one.rows))}",
        )
        for one in order
    ]


def rows_class(rows: int) -> str:
    """The class that gives a chart room for so many rows."""
    return f"rows-{min(max(rows, 1), MOST_ROWS)}"


def nothing_to_compare(view: CompareView, filters: Filters, centres: int) -> Component:
    """One centre alone is held against none. ``centres``: how many there are."""
    if sum(unit.chosen for unit in view.units) == 1 and len(view.units) > 1:
        every = link(t("compare.all_link"), filters.with_centres(()).query() or "?")
        return state(t("compare.one_chosen"), html.P(_around("compare.one_chosen_hint", every)))
    title = "compare.one_centre" if centres < 2 else "compare.one_telling"
    there = link(t("page.overview"), "/" + filters.with_kpi("").with_centres(()).query())
    return state(t(title), html.P(_around("compare.one_centre_hint", there)))


def _around(key: str, inner: Component) -> list[Child]:
    before, after = t(key, link="\0").split("\0")
    return [before, inner, after]
