"""What a rule looks at, and what was seen of it: the form in which all observers answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.model import KpiValue, Unit
from kpi.sheet import Cell
from targets import said

PERCENT = Unit.PERCENT.value
DAYS, MINUTES, POINTS, CHANCE, RUNS = "天", "分钟", "个百分点", "概率", "次"
"""Units of what no KPI measures. CHANCE is a probability 0…1."""

KPI_KINDS = (AlertKind.DAY, AlertKind.ROLLING_24H, AlertKind.WEEK, AlertKind.LIVE)
SHEET_KINDS = (
    AlertKind.TO_DATE,
    AlertKind.PROJECTED_MISS,
    AlertKind.BURN_RATE,
    AlertKind.BEHIND,
    AlertKind.CAP,
    AlertKind.MONEY,
    AlertKind.MILESTONE,
)
KIND_UNITS = {
    AlertKind.PROJECTED_MISS: CHANCE,
    AlertKind.CAP: CHANCE,
    AlertKind.BURN_RATE: PERCENT,
    AlertKind.BEHIND: PERCENT,
    AlertKind.MONEY: POINTS,
    AlertKind.MILESTONE: DAYS,
    AlertKind.STALE: MINUTES,
    AlertKind.MISSING_DAY: DAYS,
    AlertKind.FAILED_PULL: RUNS,
    AlertKind.REJECT_SHARE: PERCENT,
}
"""The unit of the observed value; of kinds that are not here that of the KPI."""
SOURCE_KINDS = (AlertKind.STALE, AlertKind.MISSING_DAY, AlertKind.FAILED_PULL, AlertKind.REJECT_SHARE)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is about. ``key`` is the same for all rules about one thing: they share an incident.

    ``unit`` is that of the observed value. ``centre`` '' : all of them, ``place`` its name. ``kpi`` '' where no KPI is
    behind it. ``span``: the days the value is made of. ``target``: the cell of the sheet, where there is one.
    """

    key: str
    name: str
    unit: str
    centre: str = ""
    place: str = ""
    kpi: str = ""
    span: tuple[date, date] | None = None
    target: Cell | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation with what it is about."""

    observation: Observation
    subject: Subject


def nothing(rule: AlertRule, reason: str, subject: Subject | None = None) -> Seen:
    """Nothing to be seen, and why."""
    known = subject or Subject(f"rule:{rule.code}", rule.name or rule.code, "", rule.centre)
    return Seen(Observation(None, reason=reason), known)


def of_kpi(value: KpiValue, detail: str = "") -> Observation:
    """A KPI's figure as an observation; a count stands on itself."""
    if value.value is None:
        why = value.reason.value if value.reason else "没有数据"
        return Observation(None, reason=f"{why}: {value.detail}" if value.detail else why, day=value.end)
    counted = value.denominator is None
    return Observation(
        value.value,
        value.numerator,
        value.denominator,
        sample=value.numerator if counted else value.denominator,
        day=value.end,
        detail=detail,
    )


def written(value: float, unit: str, *bounds: float) -> str:
    """A figure for people, on its side of every bound: “95.10 %”, “38 %” for a chance, “45 分钟”."""
    if unit == CHANCE:
        shown = round(value * 100)
        if shown in (0, 100) and 0 < value < 1:
            return "不到 1 %" if shown == 0 else "超过 99 %"
        return f"{shown} %"
    if unit == POINTS:
        return said.amount(round(value, 1), POINTS)
    return said.amount(value, unit, bounds)


def goal_text(cell: Cell) -> str:
    """A target as the pages write it: “≥ 96 %”."""
    if cell.number is None:
        return cell.shown
    return " ".join(
        part for part in (cell.shown.removesuffix(f"{cell.number:f}{cell.unit}"), f"{cell.number:f}", cell.unit) if part
    )


def parts(observation: Observation) -> str:
    """“951 / 1,000”, '' where the value was not divided."""
    if observation.numerator is None or observation.denominator is None:
        return ""
    return f"{said.amount(observation.numerator, '')} / {said.amount(observation.denominator, '')}"
