"""The charts of 指标详情: what each says, its figures as a table, its formula, where it leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from dashboard import chart_tables as tables
from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView
from kpi.pace_model import Pace

if TYPE_CHECKING:
    from dashboard.ask_indicator import IndicatorView

EVERYTHING = Filters()


def charts_of(
    view: IndicatorView, sources: tuple[str, ...] = (), filters: Filters = EVERYTHING
) -> dict[str, ChartView]:
    """All charts of the page by name: none where there is no path. ``sources``: what the figures wait for;
    ``filters``: centre and period that one came from."""
    made = []
    if len(view.period.path) > 1:
        made.append(_path(view, filters))
    if len(burnt(view)) > 1 and view.due.allowance:
        made.append(_burn(view, filters))
    return {chart.name: replace(chart, sources=sources) for chart in made}


def burnt(view: IndicatorView) -> list[tuple[date, float]]:
    """What was left of the allowance, on the days on which that is known."""
    return [(day, left) for day, left in view.period.burn if left is not None]


def even_use(pace: Pace, days: list[date]) -> list[float]:
    """What would be left of the allowance on these days if it were used evenly."""
    whole, period = pace.allowance or 0.0, pace.period
    return [whole * (1 - (day - period.start).days / period.days) for day in days]


def room(pace: Pace) -> str:
    """“312 / 1,000”: what is left of the allowance."""
    if pace.left is None:
        return fmt.DASH
    if pace.allowance is None:
        return fmt.number(round(pace.left))
    return f"{fmt.number(round(pace.left))} / {fmt.number(round(pace.allowance))}"


def _path(view: IndicatorView, filters: Filters) -> ChartView:
    unit = view.detail.row.unit
    own, required = dict(view.detail.by_day), dict(view.period.required or view.period.plan)
    to_date, fan = dict(view.period.path), {day: ends for day, *ends in view.period.fan}
    rows = []
    for day in sorted({*to_date, *required, *fan}):
        ends = fan.get(day, [None, None, None])
        figures = (to_date.get(day), own.get(day) if day in to_date else None, required.get(day), *ends)
        rows.append((day.isoformat(), *(fp.bare(figure, unit) for figure in figures)))
    titles = tables.titled(
        t("chart.day"), t("indicator.to_date", unit=unit), t("indicator.own_day", unit=unit), t("indicator.must"),
        t("indicator.low"), t("indicator.middle"), t("indicator.high"), numeric=range(1, 7),
    )  # fmt: skip
    return ChartView(
        "path",
        t("indicator.path"),
        view.due.said or fp.shown(view.due, unit).spoken,
        ChartTable(titles, tuple(rows)),
        notes=t("indicator.path_legend"),
        basis=_basis(view),
        links=_links(view, filters),
    )


def _burn(view: IndicatorView, filters: Filters) -> ChartView:
    known = burnt(view)
    even = even_use(view.due, [day for day, _ in known])
    rows = [(day.isoformat(), _whole(left), _whole(use)) for (day, left), use in zip(known, even, strict=True)]
    titles = tables.titled(t("chart.day"), t("indicator.left"), t("indicator.even"), numeric=(1, 2))
    return ChartView(
        "burn",
        t("indicator.burn"),
        room(view.due),
        ChartTable(titles, tuple(rows)),
        notes=t("indicator.burn_legend"),
        basis=_basis(view),
        links=_links(view, filters),
    )


def _whole(count: float) -> str:
    return fmt.number(round(count))


def _basis(view: IndicatorView) -> tables.Pairs:
    due = view.due
    found = [(t("proof.formula"), span.text) for span in view.detail.formulas]
    if fp.parts(due):
        found.append((t("indicator.fraction"), fp.parts(due)))
    found.append((t("proof.days"), fmt.period(due.period, view.today)))
    return tuple(found)


def _links(view: IndicatorView, filters: Filters) -> tables.Pairs:
    kpi = view.detail.kpi
    return tables.made_of(filters, kpi) if kpi is not None else ((t("chart.to_runs"), "/data"),)
