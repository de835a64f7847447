"""The charts of 总览: what each says, its figures as a table, its formula, where it leads."""

from __future__ import annotations

from dashboard import chart_tables as tables
from dashboard import findings
from dashboard import format as fmt
from dashboard.charts_parts import day_legend
from dashboard.figures.daily import axis_note
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views import DailyChart, Indicator, Overview
from dashboard.views_charts import ChartView
from dashboard.views_live import HourlyChart
from kpi.model import Kpi


def charts_of(view: Overview, filters: Filters) -> dict[str, ChartView]:
    """All charts of the page by name."""
    made = []
    if view.hourly is not None:
        made.append(_hourly(view.hourly, view, filters))
    if view.daily is not None:
        made.append(_daily(view.daily, view, filters))
    return {chart.name: chart for chart in made}


def _daily(chart: DailyChart, view: Overview, filters: Filters) -> ChartView:
    item = _item(view, chart.kpi)
    return ChartView(
        "daily",
        t("overview.daily"),
        findings.daily_finding(chart),
        tables.by_day(chart),
        notes=" · ".join(text for text in (axis_note(chart), day_legend(chart)) if text),
        basis=_basis(chart.formula, view, chart.kpi, item),
        links=_links(filters, chart.kpi),
        sources=_sources(item, view),
    )


def _hourly(chart: HourlyChart, view: Overview, filters: Filters) -> ChartView:
    numerator, _, denominator = chart.formula.partition(" ÷ ")
    item = _item(view, chart.kpi)
    return ChartView(
        "hourly",
        t("overview.hourly"),
        findings.hourly_finding(chart),
        tables.by_hour(chart),
        notes=" · ".join(
            filter(
                None,
                (
                    t("overview.hour_legend", denominator=denominator.strip("()"), numerator=numerator.strip("()")),
                    t("overview.hour_usual", kind=chart.kind) if chart.usual else "",
                    t("chart.few_hour_legend", least=chart.min_sample) if any(map(chart.is_few, chart.values)) else "",
                ),
            )
        ),
        basis=_basis(chart.formula, view, chart.kpi, item),
        links=_links(filters, chart.kpi),
        empty="" if chart.values else t("chart.none_by_hour"),
        sources=_sources(item, view),
    )


def _item(view: Overview, kpi: Kpi) -> Indicator | None:
    return next((item for item in (*view.headline, *view.rows) if item.kpi.code == kpi.code), None)


def _basis(formula: str, view: Overview, kpi: Kpi, item: Indicator | None) -> tables.Pairs:
    period = fmt.period(view.period, view.today)
    return tables.basis(formula, period, item.now if item else None, kpi.note)


def _links(filters: Filters, kpi: Kpi) -> tables.Pairs:
    """From here to the hours of the week, or the orders; to the formula's history; to the pulls."""
    return (*tables.page_of(filters, kpi), *tables.made_of(filters, kpi)[1:])


def _sources(item: Indicator | None, view: Overview) -> tuple[str, ...]:
    return item.sources if item is not None and view.period.end >= view.today else ()
