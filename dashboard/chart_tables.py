"""The figures behind charts as tables of text, and the finding, formula and links that come with them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from dashboard import format as fmt
from dashboard.filters import Filters
from dashboard.judged import Target
from dashboard.language import spoken as said
from dashboard.texts import t
from dashboard.views import DailyChart
from dashboard.views_calls import PageScope
from dashboard.views_charts import ChartTable, Title
from dashboard.views_live import HourlyChart
from kpi.model import Group, Kpi, KpiValue, Unit

Pairs = tuple[tuple[str, str], ...]


def titled(*titles: str, numeric: Iterable[int] = ()) -> tuple[Title, ...]:
    """Columns by their titles; ``numeric``: places of those that hold figures."""
    places = set(numeric)
    return tuple(Title(text, index in places) for index, text in enumerate(titles))


def with_unit(kpi: Kpi) -> str:
    """“接通率(%)”: a column's title where the unit does not stand beside each figure."""
    return f"{kpi.name}({kpi.unit.value})"


def shown(value: KpiValue | None, kpi: Kpi, target: Target | None = None) -> str:
    """A figure without its unit, “—” where there is none."""
    return fmt.figure(value, kpi.unit, target).text


def reason(value: KpiValue | None, kpi: Kpi) -> str:
    """Why there is no value, '' where there is one."""
    return fmt.figure(value, kpi.unit).reason


def sides(value: KpiValue | None) -> tuple[str, str]:
    """Numerator and denominator as shown."""
    return (fmt.reading(value.numerator), fmt.reading(value.denominator)) if value else (fmt.DASH, fmt.DASH)


def _said(value: KpiValue, chart: DailyChart | HourlyChart) -> str:
    """Why there is no value, or why the one there is is not judged."""
    if not chart.is_few(value):
        return reason(value, chart.kpi)
    seats = chart.kpi.group is Group.SEATS
    sample = value.numerator if seats else value.denominator
    return t("chart.few_row", n=fmt.number(sample or 0.0), least=chart.min_sample)


def by_day(chart: DailyChart) -> ChartTable:
    """A KPI by day."""
    kpi, values, target = chart.kpi, chart.values, chart.target
    titles = titled(
        t("chart.day"), t("chart.weekday"), with_unit(kpi), t("chart.numerator"), t("chart.denominator"),
        t("chart.reason"), numeric=(2, 3, 4),
    )  # fmt: skip
    rows = [
        (v.start.isoformat(), fmt.weekday(v.start), shown(v, kpi, target), *sides(v), _said(v, chart)) for v in values
    ]
    return ChartTable(titles, tuple(rows))


def by_hour(chart: HourlyChart) -> ChartTable:
    """A KPI by hour of one day."""
    kpi, values, target = chart.kpi, chart.values, chart.target
    titles = titled(
        t("chart.hour"), with_unit(kpi), t("chart.numerator"), t("chart.denominator"), t("chart.reason"),
        numeric=(1, 2, 3),
    )  # fmt: skip
    rows = [(f"{v.key}:00", shown(v, kpi, target), *sides(v), _said(v, chart)) for v in values]
    return ChartTable(titles, tuple(rows))


def basis(formula: str, period: str, value: KpiValue | None = None, note: str = "", since: str = "") -> Pairs:
    """The formula in force, its sides as summed over the period, the coverage."""
    top, _, bottom = formula.partition(" ÷ ")
    found: list[tuple[str, str]] = [(t("proof.formula"), f"{formula}{since}")] if formula else []
    if value is not None and bottom:
        numerator, denominator = sides(value)
        found += [(top.strip("()"), numerator), (bottom.strip("()"), denominator)]
    days = f"{period} · {fmt.coverage(value)}" if value is not None else period
    found.append((t("proof.days"), days))
    if note:
        found.append((t("chart.note"), note))
    return tuple(found)


def basis_of(scope: PageScope, kpi: Kpi, value: KpiValue | None = None, note: str = "") -> Pairs:
    """The same of a KPI on a page: of several formulas in force one after the other each is named."""
    formulas = scope.formulas.get(kpi.code, ())
    text, since = formulas[-1] if formulas else ("", "")
    last = basis(text, fmt.period(scope.period, scope.today), value, note or kpi.note, since)
    return (*((t("proof.formula"), text + since) for text, since in formulas[:-1]), *last)


def made_of(filters: Filters, kpi: Kpi) -> Pairs:
    """Where a chart's figures are followed to: the KPI by day on 总览, its definition, the pulls."""
    days = (t("chart.to_days", name=kpi.name), "/" + filters.with_kpi(kpi.code).query())
    return days, to_definition(kpi), (t("chart.to_runs"), "/data")


def to_definition(kpi: Kpi) -> tuple[str, str]:
    """The way to a KPI's formula and its history, searched for by the name it has in the reader's language."""
    return t("chart.to_definition"), "/catalogue?" + urlencode({"q": said(kpi.name)})


def page_of(filters: Filters, kpi: Kpi) -> Pairs:
    """The page that tells what a KPI of calls or orders is made of; none for others."""
    kept = filters.with_kpi("").query()
    if kpi.group is Group.CALLS:
        return ((t("chart.to_calls"), "/calls" + kept),)
    return ((t("chart.to_orders"), "/orders" + kept),) if kpi.group is Group.ORDERS else ()


def percent(share: float) -> str:
    """A share as text: “85.9 %”."""
    return f"{bare_percent(share)} %"


def bare_percent(share: float) -> str:
    """A share as text without its sign: “85.9”."""
    return fmt.rounded(share, Unit.PERCENT, least=1)
