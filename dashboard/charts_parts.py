"""Charts that 总览, 话务 and 工单 have in common: a KPI by day, a period by queue or department, figures compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import chart_tables as tables
from dashboard import findings
from dashboard import format as fmt
from dashboard.figures.daily import axis_note
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views import DailyChart
from dashboard.views_calls import Compared, GroupRow, GroupTable, PageScope
from dashboard.views_charts import ChartTable, ChartView
from kpi.model import Unit


def day_view(
    name: str,
    kind: str,
    chart: DailyChart,
    scope: PageScope,
    filters: Filters,
    note: str = "",
    basis: tables.Pairs = (),
) -> ChartView:
    """A KPI by day."""
    known = any(value.value is not None for value in chart.values)
    return ChartView(
        name,
        kind,
        findings.daily_finding(chart),
        tables.by_day(chart),
        notes=" · ".join(text for text in (note, axis_note(chart), day_legend(chart)) if text),
        basis=basis or tables.basis_of(scope, chart.kpi, note=note),
        links=tables.made_of(filters, chart.kpi),
        empty="" if known else t("chart.none_by_day", name=chart.kpi.name),
        sources=scope.sources,
    )


def day_legend(chart: DailyChart) -> str:
    """How a chart by day is to be read."""
    few = t("chart.few_legend", least=chart.min_sample) if any(map(chart.is_few, chart.values)) else ""
    running = t("chart.running_legend") if chart.shows_today else ""
    return " · ".join(filter(None, (few, running, t("overview.legend" if chart.target else "overview.legend_plain"))))


def within_limit(within: Mapping[int, float], limit: int) -> tuple[int, float] | None:
    """The limit told that is nearest to the one in force, with the share within it."""
    if not within:
        return None
    nearest = min(within, key=lambda told: abs(told - limit))
    return nearest, within[nearest]


def group_view(name: str, group: GroupTable, scope: PageScope) -> ChartView:
    """A period by queue, channel, department or category: rates with their sample and 95 % interval."""
    rate = group.rate
    titles = [t(f"group.{name}")]
    titles += [tables.with_unit(kpi) for kpi in group.kpis]
    titles += [t("group.sample", name=rate.name), t("group.interval", name=rate.name)]
    titles += [t("group.open")] if group.with_open else []
    numeric = [*range(1, len(group.kpis) + 3)] + ([len(titles) - 1] if group.with_open else [])
    titles.append(t("chart.reason"))
    rows = [_group_row(row, group) for row in group.rows]
    alone = all(not row.key for row in group.rows)
    return ChartView(
        name,
        t(f"group.by_{name}"),
        t("group.not_given", kind=t(f"group.by_{name}")) if alone else _group_finding(name, group),
        ChartTable(tables.titled(*titles, numeric=numeric), tuple(rows)),
        notes=t("group.note", name=rate.name, n=group.min_sample),
        basis=tables.basis_of(scope, rate),
        links=(tables.made_of(Filters(), rate)[1], (t("chart.to_runs"), "/data")),
        empty=t(f"group.none_{name}") if alone else "",
        sources=scope.sources,
    )


def _group_row(row: GroupRow, group: GroupTable) -> tuple[str, ...]:
    pairs = zip(group.kpis, row.values, strict=True)
    shown = [tables.shown(v, kpi, group.target if kpi is group.rate else None) for kpi, v in pairs]
    rate = row.values[group.kpis.index(group.rate)]
    sample = tables.sides(rate)[1]
    more = [fmt.reading(row.open)] if group.with_open else []
    why = (
        t("group.few", n=fmt.number((rate.denominator if rate else None) or 0.0), least=group.min_sample)
        if row.few
        else ""
    )
    return (row.key or t("group.unnamed"), *shown, sample, interval_text(row), *more, why)


def interval_text(row: GroupRow) -> str:
    """“93.1 ~ 96.5 %”, “—” where there is none."""
    if row.interval is None:
        return fmt.DASH
    low, high = (fmt.rounded(end, Unit.PERCENT, least=1) for end in row.interval)
    return f"{low} ~ {high} %"


def _group_finding(name: str, group: GroupTable) -> str:
    at = group.kpis.index(group.rate)
    ranked = [row for row in group.rows if row.key and not row.few and row.values[at] is not None]
    if not ranked:
        return t(f"group.too_few_{name}", n=group.min_sample)
    worst, best = (fmt.figure(row.values[at], group.rate.unit, group.target).spoken for row in (ranked[0], ranked[-1]))
    if len(ranked) == 1:
        return t("group.only", who=ranked[0].key, name=group.rate.name, value=worst)
    key = "group.apart" if _apart(ranked) else "group.alike"
    return t(key, name=group.rate.name, worst=ranked[0].key, low=worst, best=ranked[-1].key, high=best)


def _apart(ranked: Sequence[GroupRow]) -> bool:
    """True where chance alone would not make the first and the last differ so much: their intervals don't touch."""
    first, last = ranked[0].interval, ranked[-1].interval
    if first is None or last is None:
        return False
    return first[1] < last[0] or last[1] < first[0]


def figures_table(figures: Sequence[Compared], compared_with: str) -> ChartTable:
    """KPIs over the period beside the period before and the year before, with and without exclusions."""
    titles = tables.titled(
        t("overview.name"), t("overview.value"), t("chart.numerator"), t("chart.denominator"), t("calls.without"),
        compared_with, t("calls.to_last_year"), t("chart.reason"), numeric=(2, 3),
    )  # fmt: skip
    rows = []
    for one in figures:
        unit = one.kpi.unit
        without = fmt.figure(one.without, unit, one.target).spoken if one.without else fmt.DASH
        changes = [fmt.change(one.held, then, unit) or fmt.DASH for then in (one.before, one.last_year)]
        value = fmt.figure(one.now, unit, one.target)
        text = value.text if value.reason else value.spoken
        rows.append((one.kpi.name, text, *tables.sides(one.now), without, *changes, value.reason))
    return ChartTable(titles, tuple(rows))
