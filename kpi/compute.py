"""Divide once, at the end (RULES 1): parts by day are added up, then divided at the grain shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kpi.definitions import Segment, resolve
from kpi.model import Definition, Kpi, KpiValue, Nature, NoValue
from kpi.parts import DayParts, Inputs, stock_value, terms_of
from kpi.periods import Period


@dataclass(frozen=True)
class Folder:
    """Adds days up over periods and divides. ``passed`` says how many centre-days of a period have passed."""

    kpi: Kpi
    centres: tuple[int, ...]
    segments: tuple[Segment, ...]
    inputs: Inputs
    parts: DayParts
    passed: Callable[[Period], int]
    as_of: date

    def value(self, period: Period, key: str = "") -> KpiValue:
        """The KPI over the period."""
        parts = self.parts
        days = slice(bisect_left(parts.days, period.start), bisect_right(parts.days, period.end))
        known = days.stop > days.start
        numerator = sum(parts.numerators[days]) if known else None
        denominator = sum(parts.denominators[days]) if known else None
        definition = self._definition(period)
        numerator, denominator = self._with_stocks(numerator, denominator, definition, period)
        if period.start > self.as_of:  # a level of today says nothing of days to come
            numerator = denominator = None
            known = False
        value = None
        if definition.mode == "mean_of_months" and known:
            value = _mean_of_months(parts, days)
        return conclude(
            self.kpi,
            definition.formula,
            period,
            numerator,
            denominator,
            key=key,
            days=(sum(parts.counts[days]), self.passed(period)),
            missing=parts.missing,
            not_started=period.start > self.as_of,
            value=value,
        )

    @cached_property
    def _has_stocks(self) -> bool:
        return any(self.inputs.measures[code].nature is Nature.STOCK for code in terms_of(self.kpi, self.segments))

    def _definition(self, period: Period) -> Definition:
        if len(self.segments) == 1:
            return self.segments[0].definition
        inside = [s for s in self.segments if s.period.start <= period.end]
        return inside[-1].definition

    def _with_stocks(
        self, numerator: float | None, denominator: float | None, definition: Definition, period: Period
    ) -> tuple[float | None, float | None]:
        if not self._has_stocks:
            return numerator, denominator
        formula = self.kpi.formula(definition.formula)
        sides = []
        for terms, flow in ((formula.numerator, numerator), (formula.denominator, denominator)):
            level = flow
            for code, sign in resolve(terms, definition).items():
                if self.inputs.measures[code].nature is Nature.STOCK:
                    reading = stock_value(self.inputs.levels, self.centres, code, min(period.end, self.as_of))
                    level = None if reading is None else sign * reading + (flow or 0.0)
            sides.append(level)
        return sides[0], sides[1]


def _mean_of_months(parts: DayParts, days: slice) -> float | None:
    months: dict[date, tuple[float, float]] = {}
    for day, top, bottom in zip(parts.days[days], parts.numerators[days], parts.denominators[days], strict=True):
        numerator, denominator = months.get(day.replace(day=1), (0.0, 0.0))
        months[day.replace(day=1)] = numerator + top, denominator + bottom
    values = [numerator / denominator for numerator, denominator in months.values() if denominator]
    return sum(values) / len(values) if values else None


def conclude(
    kpi: Kpi,
    formula: str,
    period: Period,
    numerator: float | None,
    denominator: float | None,
    *,
    key: str = "",
    days: tuple[int, int],
    missing: Sequence[str] = (),
    not_started: bool = False,
    value: float | None = None,
) -> KpiValue:
    """One division, or the reason why there is none. ``value`` overrides the division (mean of months)."""
    is_count = not kpi.formula(formula).denominator
    reason, detail = None, ""
    if numerator is None or (denominator is None and not is_count):
        reason = NoValue.UNAVAILABLE if missing else NoValue.NO_DATA
        detail = "缺少:" + "、".join(missing) if missing else ""
        if not_started:
            reason, detail = NoValue.NOT_STARTED, ""
        value = None
    elif is_count:
        value, denominator = numerator, None
    elif not denominator:
        reason, value = NoValue.ZERO_DENOMINATOR, None
    elif value is None:
        value = numerator / denominator
    return KpiValue(
        kpi.code, formula, period.start, period.end, key, value, numerator, denominator, *days, reason, detail
    )
