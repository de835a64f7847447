"""A KPI as a card and as a row: the same facts in the same order, larger or smaller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import format_pace as fmt_pace
from dashboard import ids
from dashboard.components.parts import Column, aria, badge, data, figure, icon, link, panel, row, table
from dashboard.figures.spark import spark_mask
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from dashboard.views import Indicator, Overview
from kpi.model import Grain, Kpi, KpiValue
from kpi.periods import unit_of

CARD_SPARK = (112, 36)
ROW_SPARK = (68, 26)

COLUMNS = (
    Column(t("overview.status"), "status"),
    Column(t("overview.name"), "name"),
    Column(t("overview.value"), "num"),
    Column(t("overview.target"), "num target"),
    Column(t("overview.change"), "num change"),
    Column(t("overview.today"), "num today"),
    Column(t("overview.trend"), "trend"),
    Column(t("proof.formula"), "act", silent=True),
)


def card(item: Indicator, view: Overview, filters: Filters, *, drawn: bool) -> Component:
    """A headline KPI."""
    shown = fmt.figure(item.now, item.kpi.unit, item.target)
    return html.Article(
        [
            html.Div([_name(item, filters), badge(item.status), _proof_button(item)], className="card-head"),
            html.Div([figure(shown, "figure figure-big"), _target(item)], className="card-value"),
            html.Div([_parts(item), _coverage(item, view)], className="card-line"),
            _pace(item, view),
            html.Div(
                [
                    html.Div([_change(item, view), _today(item), _without(item)], className="card-notes"),
                    _spark(item, CARD_SPARK),
                ],
                className="card-foot",
            ),
            _stale_note(),
        ],
        id=ids.live(f"card-{item.kpi.code}"),
        className="card" + (" is-drawn" if drawn else "") + _status_class(item),
        **_sourced(item, view),
    )


def cards(items: Sequence[Indicator], view: Overview, filters: Filters, drawn: str) -> Component:
    """The headline KPIs side by side."""
    made = [card(item, view, filters, drawn=item.kpi.code == drawn) for item in items]
    return html.Div(made, className="cards", role="group", **aria(label=t("overview.headline")))


def rows_panel(view: Overview, filters: Filters, drawn: str) -> Component:
    """All other KPIs, worst first; below them those that no source tells."""
    parts: list[Component] = []
    common = common_coverage(view.rows, view.centres)
    if view.rows:
        parts.append(rows(view.rows, view, filters, drawn, common))
    if view.silent:
        names = "、".join(k.name for k in view.silent)
        summary = html.Summary(t("overview.silent", n=len(view.silent)))
        parts.append(html.Details([summary, html.P(t("overview.silent_hint")), html.P(names)], className="silent"))
    return panel(t("overview.rows"), parts, "rows-panel", aside=common)


def rows(items: Sequence[Indicator], view: Overview, filters: Filters, drawn: str, common: str) -> Component:
    """KPIs as a table, one row each."""
    kind = "kpi-table" + (" single-day" if view.period.days == 1 else "")
    kind += "" if any(i.target for i in items) else " no-targets"
    kind += "" if any(i.today for i in items) else " no-today"
    made = [_row(i, view, filters, common, drawn=i.kpi.code == drawn) for i in items]
    return table(t("overview.rows"), _columns(so_far=any(i.part for i in items)), made, kind)


def _columns(*, so_far: bool) -> tuple[Column, ...]:
    """``so_far``: changes are over the whole days until yesterday."""
    if not so_far:
        return COLUMNS
    return tuple(replace(c, title=t("overview.change_so_far")) if "change" in c.kind else c for c in COLUMNS)


def _row(item: Indicator, view: Overview, filters: Filters, common: str, *, drawn: bool) -> Component:
    value = figure(fmt.figure(item.now, item.kpi.unit, item.target))
    cells = (
        badge(item.status),
        [_name(item, filters), _coverage(item, view, common), _without(item), _pace(item, view, leads=False)],
        [value, _parts(item), _stale_note()],
        _target(item),
        [_change(item, view)],
        figure(fmt.figure(item.today, item.kpi.unit, item.target)),
        _spark(item, ROW_SPARK),
        _proof_button(item),
    )
    return row(
        COLUMNS,
        cells,
        "is-drawn" if drawn else "",
        heading=1,
        id=ids.live(f"row-{item.kpi.code}"),
        **_sourced(item, view),
    )


def _status_class(item: Indicator) -> str:
    return f" has-{item.status.name.lower().replace('_', '-')}" if item.status else ""


def _sourced(item: Indicator, view: Overview) -> Any:
    """Names the sources, so that the browser can mark the figure stale when one of them stops; a period that is over
    waits for nothing more."""
    return data(sources=" ".join(item.sources) if view.period.end >= view.today else "")


def _stale_note() -> Component:
    return html.Span(className="stale-note")


def _name(item: Indicator, filters: Filters) -> Component:
    href = filters.with_kpi(item.kpi.code).query() or "?"
    return link(item.kpi.name, href, "kpi-name", title=t("kpi.draw", name=item.kpi.name))


def _target(item: Indicator) -> Component | None:
    if item.target is None:
        return None
    text = fmt.target_text(item.target, item.kpi.unit, brief=True)
    return html.Span([html.Span("目标 ", className="target-word"), text], className="target")


def _pace(item: Indicator, view: Overview, *, leads: bool = True) -> Component | None:
    """What the target still takes, and of which period, for its allowance is not that of the days shown: allowance,
    rate required, probability; ``leads``: to the whole path."""
    pace = view.paces.get(item.kpi.code)
    if pace is None or not pace.said:
        return None
    chance = t("targets.chance", p=fmt_pace.chance(pace.chance)) if pace.chance is not None else ""
    words = t("finding.semicolon").join(filter(None, (pace.said, chance)))
    half = unit_of(pace.period) is Grain.HALF
    whole: list[Component | str | None] = [
        html.Span(t("overview.pace_half" if half else "overview.pace_full"), className="pace-of"),
        words,
    ]
    if not leads:
        return html.Span(whole, className="pace", title=words)
    address = "/indicator" + TargetFilters(sheet=pace.sheet).query(key=pace.key)
    return link(whole, address, "pace", title=words)


def _parts(item: Indicator) -> Component | None:
    text = fmt.parts(item.now)
    return html.Span(text, className="parts") if text else None


def _coverage(item: Indicator, view: Overview, common: str = "") -> Component | None:
    """Shown where it tells something: a complete period needs no remark, nor what is said above for all rows."""
    value = item.now
    if value.days_with_data >= value.days_passed or value.value is None:
        return None
    text = fmt.coverage(value, view.centres)
    return None if text == common else html.Span(text, className="coverage")


def common_coverage(items: Sequence[Indicator], centres: int) -> str:
    """The coverage that most of the figures have; '' where it is complete."""
    texts = Counter(
        fmt.coverage(i.now, centres) if i.now.days_with_data < i.now.days_passed else ""
        for i in items
        if i.now.value is not None
    )
    return texts.most_common(1)[0][0] if texts else ""


def _change(item: Indicator, view: Overview) -> Component | None:
    """What changed, and against what; of today, which has only begun, over the same hours, or why it is not said."""
    if item.same_hours is None:
        if item.reason:
            return figure(fmt.Shown(fmt.DASH, reason=item.reason), "change")
        return _changed(item.kpi, item.part or item.now, item.before, view.compared_with)
    hours = item.same_hours
    if hours.reason:
        return figure(fmt.Shown(fmt.DASH, reason=hours.reason), "change")
    made = [
        _changed(item.kpi, hours.now, hours.before, t("today.than_yesterday")),
        _changed(item.kpi, hours.now, hours.usual, t("today.than_usual")),
    ]
    return html.Span([change for change in made if change], className="changes", title=hours.hint)


def _changed(kpi: Kpi, now: KpiValue | None, then: KpiValue | None, against: str) -> Component | None:
    text = fmt.change(now, then, kpi.unit)
    return html.Span([text, html.Small(f" {against}")], className="change") if text else None


def _today(item: Indicator) -> Component | None:
    if item.today is None or item.today.value is None or item.now.start == item.now.end:
        return None
    shown = fmt.figure(item.today, item.kpi.unit, item.target)
    return html.Span(t("kpi.today", value=shown.spoken), className="today-note")


def _without(item: Indicator) -> Component | None:
    if item.without is None or item.without.value is None:
        return None
    shown = fmt.figure(item.without, item.kpi.unit, item.target)
    if shown == fmt.figure(item.now, item.kpi.unit, item.target):
        return None
    return html.Span(t("kpi.without", value=shown.spoken), className="without")


def _spark(item: Indicator, size: tuple[int, int]) -> Component | None:
    values = [v.value for v in item.trend]
    mask = spark_mask(values, *size, item.target.of_a_day if item.target else None)
    if not mask:
        return None
    newest = next(v for v in reversed(item.trend) if v.value is not None)
    shown = fmt.figure(newest, item.kpi.unit, item.target).spoken
    label = t("kpi.trend", name=item.kpi.name, n=len(values), value=shown)
    style = {"WebkitMaskImage": mask, "maskImage": mask, "width": size[0], "height": size[1]}
    return html.Span(className="spark", style=style, role="img", **aria(label=label))


def _proof_button(item: Indicator) -> Component:
    label = t("kpi.provenance", name=item.kpi.name)
    marks: Any = {"className": "icon-button", "title": label, "aria-label": label}
    return html.Button(icon("info"), id=ids.provenance(item.kpi.code), **marks)
