"""A KPI as a card and as a row: the same facts in the same order, larger or smaller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components import pace
from dashboard.components.parts import Column, aria, data, figure, icon, link, panel, row, stale_note, table
from dashboard.figures.spark import spark_mask
from dashboard.filters import Filters
from dashboard.language import spoken
from dashboard.texts import t
from dashboard.views import Indicator, Overview
from kpi.model import Kpi, KpiValue

CARD_SPARK = (112, 36)
ROW_SPARK = (68, 26)


def card(item: Indicator, view: Overview, filters: Filters, *, drawn: bool) -> Component:
    """A headline KPI."""
    shown = fmt.figure(item.now, item.kpi.unit, item.target)
    return html.Article(
        [
            html.Div([name_of(item, filters), *pace.status_of(item), proof_button(item)], className="card-head"),
            html.Div([figure(shown, "figure figure-big"), _target(item)], className="card-value"),
            html.Div([parts_of(item), coverage_of(item, view)], className="card-line"),
            *pace.on_card(item, view, filters),
            html.Div(
                [
                    html.Div([change_of(item, view), _today(item), without_of(item)], className="card-notes"),
                    spark_of(item, CARD_SPARK),
                ],
                className="card-foot",
            ),
            stale_note(),
        ],
        id=ids.live(f"card-{item.kpi.code}"),
        className="card" + (" is-drawn" if drawn else "") + _status_class(item),
        **sources_of(item, view),
    )


def cards(items: Sequence[Indicator], view: Overview, filters: Filters, drawn: str) -> Component:
    """The headline KPIs side by side."""
    made = [card(item, view, filters, drawn=item.kpi.code == drawn) for item in items]
    return html.Div(made, className="cards", role="group", **aria(label=t("overview.headline")))


def rows_panel(view: Overview, filters: Filters, drawn: str) -> Component | None:
    """The KPIs that nothing is asked of; below them those that no source tells."""
    items = [i for i in view.rows if i.target is None and i.kpi.code not in view.paces]
    parts: list[Component] = []
    common = common_coverage(items, view.centres)
    if items:
        parts.append(rows(items, view, filters, drawn, common))
    if view.silent:
        names = "、".join(k.name for k in view.silent)
        summary = html.Summary(t("overview.silent", n=len(view.silent)))
        parts.append(html.Details([summary, html.P(t("overview.silent_hint")), html.P(names)], className="silent"))
    aside = common_note(items, view.centres, common)
    return panel(_title(items, view), parts, "rows-panel", aside=aside) if parts else None


def _title(items: Sequence[Indicator], view: Overview) -> str:
    return t("overview.others" if len(items) < len(view.rows) else "overview.rows")


def rows(items: Sequence[Indicator], view: Overview, filters: Filters, drawn: str, common: str) -> Component:
    """KPIs as a table, one row each."""
    kind = "kpi-table" + (" single-day" if view.period.days == 1 else "")
    kind += "" if any(i.today for i in items) else " no-today"
    columns = _columns(so_far=any(i.part for i in items))
    made = [_row(i, columns, view, filters, common, drawn=i.kpi.code == drawn) for i in items]
    return table(_title(items, view), columns, made, kind)


def _columns(*, so_far: bool) -> tuple[Column, ...]:
    """``so_far``: changes are over the whole days until yesterday."""
    return (
        Column(t("overview.name"), "name"),
        Column(t("overview.value"), "num"),
        Column(t("overview.change_so_far" if so_far else "overview.change"), "num change"),
        Column(t("overview.today"), "num today"),
        Column(t("overview.trend"), "trend"),
        Column(t("proof.formula"), "act", silent=True),
    )


def _row(
    item: Indicator, columns: Sequence[Column], view: Overview, filters: Filters, common: str, *, drawn: bool
) -> Component:
    value = figure(fmt.figure(item.now, item.kpi.unit, item.target))
    cells = (
        [name_of(item, filters), coverage_of(item, view, common), without_of(item)],
        [value, parts_of(item), stale_note()],
        [change_of(item, view)],
        figure(fmt.figure(item.today, item.kpi.unit, item.target)),
        spark_of(item, ROW_SPARK),
        proof_button(item),
    )
    return row(
        columns,
        cells,
        "is-drawn" if drawn else "",
        id=ids.live(f"row-{item.kpi.code}"),
        **sources_of(item, view),
    )


def _status_class(item: Indicator) -> str:
    return f" has-{item.status.name.lower().replace('_', '-')}" if item.status else ""


def sources_of(item: Indicator, view: Overview) -> Any:
    """Names the sources, so that the browser can mark the figure stale when one of them stops; a period that is over
    waits for nothing more."""
    return data(sources=" ".join(item.sources) if view.period.end >= view.today else "")


def name_of(item: Indicator, filters: Filters) -> Component:
    href = filters.with_kpi(item.kpi.code).query() or "?"
    return link(item.kpi.name, href, "kpi-name", title=t("kpi.draw", name=item.kpi.name))


def _target(item: Indicator) -> Component | None:
    if item.target is None:
        return None
    text = fmt.target_text(item.target, item.kpi.unit, brief=True)
    return html.Span([html.Span("目标 ", className="target-word"), text], className="target")


def parts_of(item: Indicator) -> Component | None:
    text = fmt.parts(item.now)
    return html.Span(text, className="parts") if text else None


def coverage_of(item: Indicator, view: Overview, common: str = "") -> Component | None:
    """Shown where it tells something: a complete period needs no remark, nor what is said above for all rows; where
    that is said of days missing, a complete period does."""
    if not _by_days(item) or not (common or fmt.missing(item.now)):
        return None
    text = fmt.coverage(item.now, view.centres)
    return None if text == common else html.Span(text, className="coverage")


def _by_days(item: Indicator) -> bool:
    """True of a figure that days brought: a reading of a month or a stock has none to be missing."""
    return item.now.value is not None and item.now.days_with_data > 0


def common_coverage(items: Sequence[Indicator], centres: int) -> str:
    """The coverage that most of the figures have; '' where it is complete."""
    texts = Counter(fmt.coverage(i.now, centres) if fmt.missing(i.now) else "" for i in items if _by_days(i))
    return texts.most_common(1)[0][0] if texts else ""


def common_note(items: Sequence[Indicator], centres: int, common: str) -> str:
    """The coverage told once for the table; that some rows tell their own, where they do."""
    told = [fmt.coverage(i.now, centres) for i in items if _by_days(i)]
    apart = any(text != common for text in told) or len(told) < sum(i.now.value is not None for i in items)
    return t("overview.unless_noted", coverage=spoken(common)) if common and apart else common


def change_of(item: Indicator, view: Overview) -> Component | None:
    """What changed, and against what; of today, which has only begun, over the same hours, or why it is not said."""
    if item.same_hours is None:
        if item.reason:
            return _unchanged(item.reason, view)
        return _changed(item.kpi, item.part or item.now, item.before, view.compared_with)
    hours = item.same_hours
    if hours.reason:
        return _unchanged(hours.reason, view)
    made = [
        _changed(item.kpi, hours.now, hours.before, view.compared_with),
        _changed(item.kpi, hours.now, hours.usual, t("today.than_usual")),
    ]
    return html.Span([change for change in made if change], className="changes", title=hours.hint)


def _unchanged(reason: str, view: Overview) -> Component:
    """“— 较上年同期” where there is nothing to compare with, and why."""
    shown = figure(fmt.Shown(fmt.DASH, reason=reason), "figure")
    return html.Span([shown, html.Small(f" {view.compared_with}")], className="change")


def _changed(kpi: Kpi, now: KpiValue | None, then: KpiValue | None, against: str) -> Component | None:
    text = fmt.change(now, then, kpi.unit)
    return html.Span([text, html.Small(f" {against}")], className="change") if text else None


def _today(item: Indicator) -> Component | None:
    if item.today is None or item.today.value is None or item.now.start == item.now.end:
        return None
    shown = fmt.figure(item.today, item.kpi.unit, item.target)
    return html.Span(t("kpi.today", value=shown.spoken), className="today-note")


def without_of(item: Indicator) -> Component | None:
    if item.without is None or item.without.value is None:
        return None
    shown = fmt.figure(item.without, item.kpi.unit, item.target)
    if shown == fmt.figure(item.now, item.kpi.unit, item.target):
        return None
    return html.Span(t("kpi.without", value=shown.spoken), className="without")


def spark_of(item: Indicator, size: tuple[int, int]) -> Component | None:
    values = [v.value for v in item.trend]
    if sum(value is not None for value in values) < 2:  # one dot is no trend
        return None
    mask = spark_mask(values, *size, item.target.of_a_day if item.target else None)
    if not mask:
        return None
    newest = next(v for v in reversed(item.trend) if v.value is not None)
    shown = fmt.figure(newest, item.kpi.unit, item.target).spoken
    label = t("kpi.trend", name=item.kpi.name, n=len(values), value=shown)
    style = {"WebkitMaskImage": mask, "maskImage": mask, "width": size[0], "height": size[1]}
    return html.Span(className="spark", style=style, role="img", **aria(label=label))


def proof_button(item: Indicator) -> Component:
    label = t("kpi.provenance", name=item.kpi.name)
    marks: Any = {"className": "icon-button", "title": label, "aria-label": label}
    return html.Button(icon("info"), id=ids.provenance(item.kpi.code), **marks)
