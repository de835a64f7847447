"""The charts of 中心对比: what each says, its figures as a table, its formula, where it leads."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import chart_tables as tables
from dashboard import compare_words as words
from dashboard import format as fmt
from dashboard.figures.compare import axis_low, strips_low
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView, Title
from dashboard.views_compare import CompareView, KpiComparison, Strip, UnitRow
from kpi.model import Kpi, KpiValue

STRIPS = "strips"


def charts_of(view: CompareView, filters: Filters) -> dict[str, ChartView]:
    """All charts of the page by name."""
    if view.drawn is None:
        return {}
    made = [strips_view(view, view.drawn, filters), *(forest_view(one, view, filters) for one in view.many)]
    return {chart.name: chart for chart in made}


def forest_name(kpi: Kpi) -> str:
    """The name of a KPI's chart."""
    return f"forest-{kpi.code}"


def forest_view(one: KpiComparison, view: CompareView, filters: Filters) -> ChartView:
    """The centres by one KPI, each with its interval and its own target."""
    low = axis_low(one)
    axis = t("compare.axis_from", low=words.on_axis_text(low, one.kpi)) if low else ""
    return ChartView(
        forest_name(one.kpi),
        one.kpi.name,
        words.finding(one),
        _table(one, view.scope.min_sample),
        notes=t("compare.forest_note", axis=axis),
        basis=_basis(one, view),
        links=tables.made_of(filters.with_centres(()), one.kpi),
        empty="" if one.total.value is not None else t("compare.none", name=one.kpi.name),
        sources=view.scope.sources,
    )


def _titles(kpi: Kpi) -> tuple[Title, ...]:
    unit = kpi.unit.value
    texts = [t("compare.centre"), tables.with_unit(kpi), t("chart.numerator"), t("chart.denominator")]
    texts += [t("compare.low", unit=unit), t("compare.high", unit=unit), t("compare.days"), t("compare.passed")]
    texts += [t("overview.target"), t("compare.distance"), t("overview.status")]
    texts += [t("compare.gap"), t("compare.gap_interval"), t("compare.verdict"), t("chart.reason")]
    return tables.titled(*texts, numeric=range(1, 8))


def _table(one: KpiComparison, min_sample: int) -> ChartTable:
    rows = [_row(row, one, min_sample) for row in one.rows]
    total = (t("compare.together"), *_figures(one.total, one.kpi), fmt.DASH, fmt.DASH, *_days(one.total))
    return ChartTable(_titles(one.kpi), (*rows, (*total, *[""] * 7)))


def _row(row: UnitRow, one: KpiComparison, min_sample: int) -> tuple[str, ...]:
    kpi, standing = one.kpi, row.standing
    ends = [fmt.rounded(end, kpi.unit) for end in standing.interval] if standing.interval else [fmt.DASH] * 2
    target = fmt.target_text(row.target, kpi.unit) if row.target else ""
    value = tables.shown(standing.value, kpi, row.target)
    said = words.gap(row, one)
    return (
        words.unit_name(row.unit), value, *tables.sides(standing.value), *ends, *_days(standing.value),
        target, words.distance(row, kpi), row.status.value if row.status else "",
        said.amount, said.interval, said.verdict, words.why_not_ranked(row, one, min_sample),
    )  # fmt: skip


def _figures(value: KpiValue, kpi: Kpi) -> tuple[str, ...]:
    return tables.shown(value, kpi), *tables.sides(value)


def _days(value: KpiValue) -> tuple[str, str]:
    if value.value is not None and not value.days_with_data:  # a level: no day of it is missing
        return fmt.DASH, fmt.DASH
    return fmt.number(value.days_with_data), fmt.number(value.days_passed)


def _basis(one: KpiComparison, view: CompareView) -> tables.Pairs:
    period = fmt.period(view.scope.period, view.scope.today)
    days = (t("proof.days"), f"{period} · {fmt.coverage(one.total, 2)}" if one.total.days_with_data else period)
    how = (t("chart.note"), words.method(view.scope.min_sample))
    if one.alike:
        formulas = next(iter(one.formulas.values()), ())
        return (*((t("proof.formula"), text + since) for text, since in formulas), days, how)
    named = {row.unit.code: words.unit_name(row.unit) for row in one.rows}
    own = [(named[code], f"{text}{since}") for code, found in one.formulas.items() for text, since in found]
    return (*own, days, how)


def strips_view(view: CompareView, drawn: KpiComparison, filters: Filters) -> ChartView:
    """The KPI by day, a strip for each centre."""
    kpi = drawn.kpi
    days = [value.start for value in view.strips[0].chart.values] if view.strips else []
    names = [words.unit_name(strip.unit) for strip in view.strips]
    rows = [
        (day.isoformat(), *(tables.shown(strip.chart.values[at], kpi, strip.chart.target) for strip in view.strips))
        for at, day in enumerate(days)
    ]
    low = strips_low(view.strips)
    axis = t("compare.axis_from", low=words.on_axis_text(low, kpi)) if low else ""
    told = sum(row.standing.value.value is not None for row in drawn.rows)
    worst = t("compare.strips_worst", n=len(names)) if told > len(names) else ""
    return ChartView(
        STRIPS,
        t("compare.strips", name=kpi.name),
        _strips_finding(view.strips, kpi),
        ChartTable(tables.titled(t("chart.day"), *names, numeric=range(1, len(names) + 1)), tuple(rows)),
        notes=t("compare.strips_note", n=view.scope.min_sample, axis=axis) + worst,
        basis=_basis(drawn, view),
        links=tables.made_of(filters.with_centres(()), kpi),
        empty="" if rows else t("compare.strips_none", name=kpi.name),
        sources=view.scope.sources,
    )


def _strips_finding(strips: Sequence[Strip], kpi: Kpi) -> str:
    """Who misses most days; without targets who swings most."""
    told = {strip.unit.code: _known(strip) for strip in strips}
    held = [strip for strip in strips if strip.chart.target and told[strip.unit.code]]
    if held:
        return _strips_missed(held, told, kpi)
    wide = max(
        (strip for strip in strips if told[strip.unit.code]), key=lambda s: _span(told[s.unit.code]), default=None
    )
    if wide is None:
        return t("compare.strips_none", name=kpi.name)
    if not _span(told[wide.unit.code]):
        return t("compare.strips_still", name=kpi.name)
    low, high = (fmt.figure(pick(told[wide.unit.code], key=_amount), kpi.unit).spoken for pick in (min, max))
    return t("compare.strips_range", name=kpi.name, who=words.unit_name(wide.unit), low=low, high=high)


def _strips_missed(held: Sequence[Strip], told: dict[str, list[KpiValue]], kpi: Kpi) -> str:
    def missed(strip: Strip) -> int:
        target = strip.chart.target
        return sum(target is not None and not target.holds(_amount(value)) for value in told[strip.unit.code])

    most = max(held, key=missed)
    if not missed(most):
        return t("compare.strips_met", name=kpi.name)
    who, days = words.unit_name(most.unit), len(told[most.unit.code])
    return t("compare.strips_missed", who=who, days=days, missed=missed(most))


def _known(strip: Strip) -> list[KpiValue]:
    """The days of the period with a value."""
    period = strip.chart.period
    return [v for v in strip.chart.values if v.value is not None and period.start <= v.start <= period.end]


def _amount(value: KpiValue) -> float:
    return value.value if value.value is not None else 0.0


def _span(values: Sequence[KpiValue]) -> float:
    amounts = [_amount(value) for value in values]
    return max(amounts) - min(amounts)
