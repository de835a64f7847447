"""Divide once, at the end (RULES 1): parts by centre and day are added up, then divided at the grain shown.

Frames here hold one row per centre and day: ``centre`` (id), ``day`` (``datetime.date``) and one float column
per measure, NaN where the source gave nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from kpi.definitions import Segment, resolve
from kpi.model import Definition, Kpi, KpiValue, Measure, Nature, NoValue
from kpi.periods import Period

PART_COLUMNS = ["centre", "day", "numerator", "denominator", "days"]


@dataclass(frozen=True)
class Inputs:
    """Everything one KPI is computed from, besides its segments.

    ``daily``: flows and events by centre and day. ``stocks``: columns centre, day, measure, value; all readings up to
    the end. ``spans``: (centre, measure) → first and last day ever recorded. ``months``: like ``daily``, ``day``
    being the first of a month without daily data. ``excluded``: (centre, day) left out.
    """

    measures: Mapping[str, Measure]
    daily: pd.DataFrame
    stocks: pd.DataFrame
    spans: Mapping[tuple[int, str], tuple[date, date]]
    months: pd.DataFrame
    excluded: frozenset[tuple[int, date]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Parts:
    """A KPI's numerators and denominators by centre and day, and what was missing for the rest.

    ``missing`` names (Chinese) the measures that a source which supplies others of the formula does not supply.
    """

    frame: pd.DataFrame
    missing: tuple[str, ...]


def terms_of(kpi: Kpi, segments: Sequence[Segment]) -> list[str]:
    """Codes of all measures that the formulas in force in these segments need, in order, each once."""
    codes: dict[str, None] = {}
    for segment in segments:
        formula = kpi.formula(segment.definition.formula)
        for terms in (formula.numerator, formula.denominator):
            codes.update(dict.fromkeys(resolve(terms, segment.definition)))
    return list(codes)


def parts_by_day(kpi: Kpi, centres: Sequence[int], segments: Sequence[Segment], inputs: Inputs) -> Parts:
    """Numerator and denominator of centres by day, each day under its own formula; the centres share the segments.

    A day is covered when every flow the formula needs is there; an event is 0 on days between its first and last
    record, so centres of a KPI with events must be asked one by one. Stocks are not part of this (``stock_value``).
    """
    pieces, missing = [], {}
    for frame, days_of in ((inputs.daily, _one_day), (inputs.months, _month_days)):
        own = frame[frame["centre"].isin(list(centres))] if not frame.empty else frame
        for segment in segments:
            rows = own[(own["day"] >= segment.period.start) & (own["day"] <= segment.period.end)]
            if frame is inputs.daily:
                rows = _with_event_days(kpi, centres[0], segment, rows, inputs)
            if rows.empty:
                continue
            piece, gone = _evaluate(kpi, centres[0], segment, rows, inputs)
            missing.update(dict.fromkeys(gone))
            if piece is not None:
                piece["days"] = [days_of(day) for day in piece["day"]]
                pieces.append(piece[PART_COLUMNS])
    whole = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=PART_COLUMNS)
    if inputs.excluded and not whole.empty:
        keep = [(c, d) not in inputs.excluded for c, d in zip(whole["centre"], whole["day"], strict=True)]
        whole = whole[keep]
    return Parts(whole, tuple(missing))


def _one_day(_day: date) -> int:
    return 1


def _month_days(day: date) -> int:
    return int(pd.Timestamp(day).days_in_month)


def _with_event_days(kpi: Kpi, centre: int, segment: Segment, rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """For a KPI of events without flows, a row also for days between the first and last record, which are zero."""
    natures = {code: inputs.measures[code].nature for code in terms_of(kpi, [segment])}
    codes = [code for code, nature in natures.items() if nature is Nature.EVENT]
    if Nature.FLOW in natures.values():
        return rows
    spans = [inputs.spans[centre, code] for code in codes if (centre, code) in inputs.spans]
    if not spans:
        return rows
    first = max(segment.period.start, min(s[0] for s in spans))
    last = min(segment.period.end, max(s[1] for s in spans))
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    every = rows.set_index("day").reindex(days).rename_axis("day").reset_index()
    return every.assign(centre=centre)


def _evaluate(
    kpi: Kpi, centre: int, segment: Segment, rows: pd.DataFrame, inputs: Inputs
) -> tuple[pd.DataFrame | None, list[str]]:
    """The covered rows of a segment with numerator and denominator; or the measures that were never there."""
    formula = kpi.formula(segment.definition.formula)
    numerator, denominator = (resolve(t, segment.definition) for t in (formula.numerator, formula.denominator))
    needed = {code: inputs.measures[code] for code in {**numerator, **denominator}}
    flows = [code for code, m in needed.items() if m.nature is Nature.FLOW]
    filled = rows.assign(**{code: float("nan") for code in needed if code not in rows.columns})
    for code, measure in needed.items():
        if measure.nature is Nature.EVENT:
            filled[code] = _events(filled, code, inputs.spans.get((centre, code)))
    checked = [code for code, m in needed.items() if m.nature is not Nature.STOCK]
    covered = filled[filled[checked].notna().all(axis=1)]
    if covered.empty:
        present = [code for code in checked if filled[code].notna().any()]
        gone = [needed[code].name for code in flows if code not in present] if present else []
        return None, gone
    piece = covered[["centre", "day"]].copy()
    piece["numerator"] = _combine(covered, numerator, needed)
    piece["denominator"] = _combine(covered, denominator, needed)
    return piece, []


def _combine(rows: pd.DataFrame, terms: Mapping[str, int], needed: Mapping[str, Measure]) -> pd.Series[float]:
    total = pd.Series(0.0, index=rows.index)
    for code, sign in terms.items():
        if needed[code].nature is not Nature.STOCK:
            total = total + sign * rows[code]
    return total


def _events(rows: pd.DataFrame, code: str, span: tuple[date, date] | None) -> pd.Series[float]:
    if span is None:
        return pd.Series(float("nan"), index=rows.index)
    inside = (rows["day"] >= span[0]) & (rows["day"] <= span[1])
    return rows[code].where(rows[code].notna() | ~inside, 0.0)


def stock_value(stocks: pd.DataFrame, centres: Sequence[int], code: str, day: date) -> float | None:
    """The level on ``day``: the last reading on or before it, added over centres; None without any reading."""
    if stocks.empty:
        return None
    rows = stocks[(stocks["measure"] == code) & (stocks["day"] <= day) & stocks["centre"].isin(list(centres))]
    if rows.empty:
        return None
    last = rows.sort_values("day").groupby("centre")["value"].last()
    return float(last.sum())


@dataclass(frozen=True, slots=True)
class DaySum:
    """A day's (or a history month's) numerator and denominator, added over centres; ``days`` centre-days."""

    numerator: float
    denominator: float
    days: int


def add_centres(parts: Parts) -> dict[date, DaySum]:
    """Parts added over centres, in order of day."""
    if parts.frame.empty:
        return {}
    sums = parts.frame.groupby("day", sort=True)[["numerator", "denominator", "days"]].sum()
    return {
        day: DaySum(float(n), float(d), int(days))
        for day, n, d, days in zip(sums.index, sums["numerator"], sums["denominator"], sums["days"], strict=True)
    }


@dataclass(frozen=True)
class Folder:
    """Adds days up over periods and divides. ``passed`` says how many centre-days of a period have passed."""

    kpi: Kpi
    centres: tuple[int, ...]
    segments: tuple[Segment, ...]
    inputs: Inputs
    by_day: Mapping[date, DaySum]
    missing: tuple[str, ...]
    passed: Callable[[Period], int]
    as_of: date

    @cached_property
    def _order(self) -> list[date]:
        return list(self.by_day)

    def value(self, period: Period, key: str = "") -> KpiValue:
        """The KPI over the period."""
        days = self._order[bisect_left(self._order, period.start) : bisect_right(self._order, period.end)]
        sums = [self.by_day[day] for day in days]
        numerator = sum(s.numerator for s in sums) if sums else None
        denominator = sum(s.denominator for s in sums) if sums else None
        numerator, denominator = self._with_stocks(numerator, denominator, period)
        definition = self._definition(period)
        value = None
        if definition.mode == "mean_of_months" and sums:
            value = _mean_of_months(days, sums)
        return conclude(
            self.kpi,
            definition.formula,
            period,
            numerator,
            denominator,
            key=key,
            days=(sum(s.days for s in sums), self.passed(period)),
            missing=self.missing,
            not_started=period.start > self.as_of,
            value=value,
        )

    def _definition(self, period: Period) -> Definition:
        inside = [s for s in self.segments if s.period.start <= period.end]
        return inside[-1].definition

    def _with_stocks(
        self, numerator: float | None, denominator: float | None, period: Period
    ) -> tuple[float | None, float | None]:
        definition = self._definition(period)
        formula = self.kpi.formula(definition.formula)
        sides = []
        for terms, flow in ((formula.numerator, numerator), (formula.denominator, denominator)):
            level = flow
            for code, sign in resolve(terms, definition).items():
                if self.inputs.measures[code].nature is Nature.STOCK:
                    reading = stock_value(self.inputs.stocks, self.centres, code, min(period.end, self.as_of))
                    level = None if reading is None else sign * reading + (flow or 0.0)
            sides.append(level)
        return sides[0], sides[1]


def _mean_of_months(days: Sequence[date], sums: Sequence[DaySum]) -> float | None:
    months: dict[date, tuple[float, float]] = {}
    for day, one in zip(days, sums, strict=True):
        numerator, denominator = months.get(day.replace(day=1), (0.0, 0.0))
        months[day.replace(day=1)] = numerator + one.numerator, denominator + one.denominator
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
