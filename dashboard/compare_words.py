"""What 中心对比 says in words: who stands where, what a difference is worth, why someone takes no place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard import format as fmt
from dashboard.judged import shortfall
from dashboard.texts import t
from dashboard.views_compare import CompareView, KpiComparison, Unit, UnitRow
from kpi.compare import LEAST_COVERAGE, Difference, Doubt
from kpi.model import Kpi, KpiValue
from kpi.model import Unit as Measured
from kpi.status import Status

MOST_NAMED = 2
_JUDGED = {
    Status.OUT_OF_REACH: "compare.lost",
    Status.MISSED: "compare.missed",
    Status.AT_RISK: "compare.risky",
    Status.MET: "",
}
"""The words of those that are judged, the worst first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference from the others as text: how much, between what, what it is worth ('' where there is none)."""

    amount: str = ""
    interval: str = ""
    verdict: str = ""


def unit_name(unit: Unit) -> str:
    """“江宁分中心”, “市中心(不含下级)”."""
    return t("compare.alone", name=unit.name) if unit.alone else unit.name


def sentence(view: CompareView) -> str:
    """What the page says first."""
    assert view.drawn is not None  # nothing is said of a page without a comparison
    parts = [finding(view.drawn)]
    told = [row.status for row in view.drawn.rows if row.status in _JUDGED]
    if told:
        bad = [t(key, n=told.count(status)) for status, key in _JUDGED.items() if key and status in told]
        held = t("compare.held", n=len(told), told=t("finding.comma").join(bad))
        parts.append(held if bad else t("compare.met", n=len(told)))
    return t("compare.sentence", label=view.scope.label, finding=t("finding.semicolon").join(parts))


def finding(one: KpiComparison) -> str:
    """How far the centres are apart by a KPI, and whether that says anything."""
    name, ranked = one.kpi.name, one.ranked
    if one.total.value is None:
        return t("compare.none", name=name)
    if not one.alike:
        return t("compare.apart", name=name)
    if not ranked:
        return t("compare.too_few", name=name)
    worst, best = ranked[0], ranked[-1]
    low, high = (_spoken(row, one.kpi) for row in (worst, best))
    if len(ranked) == 1:
        return t("compare.only", who=unit_name(worst.unit), name=name, value=low)
    if worst.standing.value.value == best.standing.value.value:
        return t("compare.same", name=name, value=low)
    ends = {"name": name, "worst": unit_name(worst.unit), "low": low, "best": unit_name(best.unit), "high": high}
    sure = [row for row in ranked if row.standing.difference and row.standing.difference.is_sure]
    if not sure:
        return t("compare.alike", **ends)
    return t("compare.differ", **ends, named=_named(sure, one))


def _named(sure: list[UnitRow], one: KpiComparison) -> str:
    """Those that stand out, the bad end first; of two centres the difference is the same one twice."""
    if len(one.ranked) == 2:
        return t("compare.all_differ")
    named = t("finding.comma").join(_stands_out(row, one.kpi) for row in sure[:MOST_NAMED])
    if len(sure) > MOST_NAMED:
        return named + t("compare.more", n=len(sure))
    return t("finding.comma_plain").join((named, t("compare.others_alike"))) if len(sure) < len(one.ranked) else named


def _stands_out(row: UnitRow, kpi: Kpi) -> str:
    difference = row.standing.difference
    assert difference is not None  # it is sure
    key = "compare.above" if difference.amount > 0 else "compare.below"
    return t(key, who=unit_name(row.unit), gap=fmt.distance(abs(difference.amount), kpi.unit))


def _spoken(row: UnitRow, kpi: Kpi) -> str:
    return fmt.figure(row.standing.value, kpi.unit, row.target).spoken


def gap(row: UnitRow, one: KpiComparison) -> Gap:
    """The difference from all others together."""
    difference = row.standing.difference
    if difference is None:
        if row.standing.doubt is not None or len(one.ranked) == 1:
            return Gap()
        return Gap(verdict=t("compare.no_interval" if one.alike else "compare.other_formula"))
    return Gap(
        fmt.difference(difference.amount, 0.0, one.kpi.unit), _ends(difference, one.kpi.unit), verdict(difference)
    )


def verdict(difference: Difference) -> str:
    """What a difference is worth."""
    if not difference.is_sure:
        return t("compare.within")
    return t("compare.higher" if difference.amount > 0 else "compare.lower")


def _ends(difference: Difference, unit: Measured) -> str:
    """“−2.51 ~ −1.30”: ends of an interval, each on its own side of 0."""
    shown = [fmt.rounded(end, unit, (0.0,), least=2) for end in (difference.low, difference.high)]
    return " ~ ".join(
        f"+{text}" if end > 0 else text for end, text in zip((difference.low, difference.high), shown, strict=True)
    )


def interval_text(row: UnitRow, kpi: Kpi) -> str:
    """“93.1 ~ 96.5 %”, “—” where there is none."""
    if row.standing.interval is None:
        return fmt.DASH
    least = 1 if kpi.unit is Measured.PERCENT else None
    low, high = (fmt.rounded(end, kpi.unit, least=least) for end in row.standing.interval)
    return f"{low} ~ {high} {kpi.unit.value}"


def distance(row: UnitRow, kpi: Kpi) -> str:
    """“优于 0.80 个百分点”, “差 0.004 个百分点”; '' without target or value."""
    value = row.standing.value.value
    if row.target is None or value is None:
        return ""
    off = shortfall(row.standing.value, row.target)
    if off:
        return t("compare.behind", gap=fmt.distance(off, kpi.unit))
    spare = abs(value - row.target.value)
    return t("compare.ahead", gap=fmt.distance(spare, kpi.unit)) if spare else t("compare.on_target")


def why_not_ranked(row: UnitRow, one: KpiComparison, min_sample: int) -> str:
    """Why a centre takes no place in the order, '' where it does."""
    value, doubt = row.standing.value, row.standing.doubt
    if doubt is Doubt.NO_VALUE:
        return fmt.figure(value, one.kpi.unit).reason
    if doubt is Doubt.TOO_FEW:
        return t("compare.few", n=fmt.number(one.kpi.sample_of(value) or 0.0), least=min_sample)
    if doubt is Doubt.COVERAGE:
        return t("compare.thin", days=value.days_with_data, passed=value.days_passed)
    if doubt is Doubt.OLD and row.standing.read is not None:
        return t("compare.old", day=fmt.day(row.standing.read))
    return "" if one.alike else t("compare.other_formula")


def covered(value: KpiValue, read: date | None = None) -> str:
    """“19/20” days; of a level, which no day is missing of, when it was read."""
    if read is not None:
        return t("compare.read", day=fmt.day(read))
    by_days = value.days_passed and (value.days_with_data or value.value is None)
    return f"{value.days_with_data}/{value.days_passed}" if by_days else fmt.DASH


def method(min_sample: int) -> str:
    """How intervals and differences are made."""
    return t("compare.note", n=min_sample, share=f"{LEAST_COVERAGE:.0%}")


def on_axis_text(low: float, kpi: Kpi) -> str:
    """Where an axis begins: “94 %”."""
    return f"{fmt.level(low)} {kpi.unit.value}"
