"""A KPI's numerator and denominator by day, added over centres: each day under its own formula."""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from kpi.definitions import Segment, resolve
from kpi.grid import Booleans, Floats, Grid, any_of
from kpi.model import DatedBy, Fact, Kpi, Measure, Nature
from kpi.periods import Period

Span = tuple[date, date]
Levels = Mapping[tuple[int, str], tuple[Sequence[date], Sequence[float]]]
"""Readings of stocks: (centre, measure) → the days, ascending, and the readings."""

ACCEPTED = "accepted"
"""The measure that every source of work orders gives for each day it delivers."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything KPIs are computed from, besides their segments.

    ``daily``: flows and events. ``months``: monthly history, each month under its first day. ``levels``: readings of
    stocks. ``spans``: first and last day ever recorded. ``excluded``: (centre, day) left out. ``closed``: shaped like
    ``daily``, True where every source that gives the measure is known to have nothing to give.
    """

    measures: Mapping[str, Measure]
    daily: Grid
    months: Grid
    levels: Levels = field(default_factory=dict)
    spans: Mapping[tuple[int, str], Span] = field(default_factory=dict)
    excluded: frozenset[tuple[int, date]] = frozenset()
    closed: Booleans | None = None


@dataclass(frozen=True)
class DayParts:
    """Numerators and denominators of the days (and months of history) with data, in order of day, over all centres.

    ``counts``: the centre-days behind each. ``agreed``: centre-days by day that have none, and need none. ``missing``
    names (Chinese) the measures that a source which supplies others of the formula does not supply.
    """

    days: Sequence[date] = ()
    numerators: Sequence[float] = ()
    denominators: Sequence[float] = ()
    counts: Sequence[int] = ()
    agreed: Mapping[date, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def terms_of(kpi: Kpi, segments: Sequence[Segment]) -> list[str]:
    """Codes of all measures that the formulas in force in these segments need, in order, each once."""
    codes: dict[str, None] = {}
    for segment in segments:
        formula = kpi.formula(segment.definition.formula)
        for terms in (formula.numerator, formula.denominator):
            codes.update(dict.fromkeys(resolve(terms, segment.definition)))
    return list(codes)


def may_be_quiet(measure: Measure) -> bool:
    """True for what happens to orders after their acceptance: on some days it happens to none."""
    return measure.fact is Fact.ORDER and measure.dated_by is not DatedBy.ACCEPTED


def parts_by_day(kpi: Kpi, groups: Iterable[tuple[Sequence[int], Sequence[Segment]]], inputs: Inputs) -> DayParts:
    """Numerator and denominator by day; the centres of a group share its segments.

    A day is covered when every flow the formula needs is there. An event is 0 on days between its first and last
    record, so centres of a KPI with events must be groups of one. What befalls orders is 0 on a day on which orders
    were delivered and it befell none. Stocks are not part of this (``stock_value``).
    """
    missing: dict[str, None] = {}
    found = {id(grid): np.zeros((4, len(grid.days))) for grid in (inputs.daily, inputs.months)}
    for centres, segments in groups:
        for grid in (inputs.daily, inputs.months):
            table = _Table(grid, inputs, tuple(centres), tuple(segments), kpi)
            for segment in segments if grid.days else ():
                missing.update(dict.fromkeys(_add(found[id(grid)], table, segment)))
    return _together(inputs, found[id(inputs.daily)], found[id(inputs.months)], tuple(missing))


def _together(inputs: Inputs, daily: Floats, monthly: Floats, missing: tuple[str, ...]) -> DayParts:
    """The days with data; a month of history joins the first day it is kept under."""
    agreed = {inputs.daily.days[place]: int(daily[3, place]) for place in np.flatnonzero(daily[3]).tolist()}
    if not inputs.months.days:
        at = np.flatnonzero(daily[2])
        tops, bottoms, counts = daily[:3, at].tolist()
        return DayParts(
            [inputs.daily.days[place] for place in at.tolist()], tops, bottoms, list(map(int, counts)), agreed, missing
        )
    found: dict[date, tuple[float, float, int]] = {}
    for days, rows, length in ((inputs.daily.days, daily, _one_day), (inputs.months.days, monthly, _month_days)):
        at = np.flatnonzero(rows[2])
        for place, top, bottom, count in zip(at.tolist(), *rows[:3, at].tolist(), strict=True):
            day = days[place]
            had = found.get(day, (0.0, 0.0, 0))
            found[day] = had[0] + top, had[1] + bottom, had[2] + int(count) * length(day)
    order = sorted(found)
    columns = list(zip(*(found[day] for day in order), strict=True)) or [(), (), ()]
    return DayParts(order, columns[0], columns[1], columns[2], agreed, missing)


def _one_day(_day: date) -> int:
    return 1


def _month_days(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


@dataclass(frozen=True, eq=False)
class _Table:
    """What some centres under the same definitions have in one grid."""

    grid: Grid
    inputs: Inputs
    centres: tuple[int, ...]
    segments: tuple[Segment, ...]
    kpi: Kpi

    @property
    def by_month(self) -> bool:
        """True for history."""
        return self.grid is self.inputs.months

    @cached_property
    def codes(self) -> list[str]:
        """Everything the KPI adds up, under whatever definition."""
        measures = self.inputs.measures
        return [code for code in terms_of(self.kpi, self.segments) if measures[code].nature is not Nature.STOCK]

    @cached_property
    def on_record(self) -> Booleans:
        """(centre, day) with any figure; of history only the months without any daily one."""
        found = any_of(self.grid.given[self.grid.place(self.centres, self.codes)], 1)
        if self.by_month:
            daily = self.inputs.daily
            given = any_of(daily.given[daily.place(self.centres, self.codes)], 1)
            for place, month in enumerate(self.grid.days):
                days = daily.within(Period(month, month.replace(day=_month_days(month))))
                found[:, place] &= ~any_of(given[:, days], 1)
        return found


def _add(rows: Floats, table: _Table, segment: Segment) -> list[str]:
    """Adds the days of a segment to the rows numerator, denominator, centre-days, agreed centre-days; or names the
    flows that were never there."""
    inputs, days = table.inputs, table.grid.within(segment.period)
    formula = table.kpi.formula(segment.definition.formula)
    numerator, denominator = (resolve(terms, segment.definition) for terms in (formula.numerator, formula.denominator))
    needed = {c: inputs.measures[c] for c in {**numerator, **denominator}}
    needed = {code: measure for code, measure in needed.items() if measure.nature is not Nature.STOCK}
    if not needed or days.start >= days.stop:
        return []
    tellers = table.grid.tellers
    if not any((c, code) in tellers or (c, code) in inputs.spans for c in table.centres for code in needed):
        return []  # these centres never told any of it
    place = table.grid.place(table.centres, list(needed))
    values: Floats = table.grid.values[place][:, :, days]
    on_record = table.on_record[:, days]
    if not on_record.all():
        values[~on_record[:, None].repeat(len(needed), axis=1)] = np.nan
    _fill_events(values, table, needed, days)
    if not table.by_month:
        _fill_quiet_days(values, table, needed, days)
    given = ~np.isnan(values)
    covered = given.all(axis=1)
    kept = _kept(table, days)
    if inputs.closed is not None and not table.by_month:
        agreed = (given | inputs.closed[place][:, :, days]).all(axis=1) & ~covered & kept
        rows[3, days] += agreed.sum(axis=0)
    if not covered.any():
        present = [code for at, code in enumerate(needed) if given[:, at].any()]
        flows = [code for code, measure in needed.items() if measure.nature is Nature.FLOW]
        return [needed[code].name for code in flows if code not in present] if present else []
    covered &= kept
    for row, terms in enumerate((numerator, denominator)):
        rows[row, days] += _combined(values, covered, list(needed), terms)
    rows[2, days] += covered.sum(axis=0)
    return []


def _combined(values: Floats, covered: Booleans, codes: Sequence[str], terms: Mapping[str, int]) -> Floats:
    """A side of the formula by day, over the covered centres."""
    total = np.zeros(covered.shape)
    for at, code in enumerate(codes):
        if code in terms:
            total += terms[code] * values[:, at]
    summed: Floats = np.where(covered, total, 0.0).sum(axis=0)
    return summed


def _kept(table: _Table, days: slice) -> Booleans:
    """(centre, day) that is not excluded."""
    kept = np.ones((len(table.centres), days.stop - days.start), dtype=np.bool_)
    for at, centre in enumerate(table.centres):
        for day in (day for who, day in table.inputs.excluded if who == centre):
            place = table.grid.day_at.get(day, -1)
            if days.start <= place < days.stop:
                kept[at, place - days.start] = False
    return kept


def _fill_events(values: Floats, table: _Table, needed: Mapping[str, Measure], days: slice) -> None:
    """Events are zero on the days between their first and last record that have none; beside flows, and in history,
    only where there is anything on record."""
    sparse = table.by_month or any(measure.nature is Nature.FLOW for measure in needed.values())
    for at, (code, measure) in enumerate(needed.items()):
        if measure.nature is not Nature.EVENT:
            continue
        for row, centre in enumerate(table.centres):
            inside = _inside(table, centre, code, days)
            if sparse:
                inside &= table.on_record[row, days]
            column = values[row, at]
            column[inside & np.isnan(column)] = 0.0


def _fill_quiet_days(values: Floats, table: _Table, needed: Mapping[str, Measure], days: slice) -> None:
    """What befalls orders befell none on a day that has none of it although orders were delivered."""
    grid = table.grid
    if ACCEPTED not in grid.measure_at or not all(may_be_quiet(measure) for measure in needed.values()):
        return
    delivered = grid.given[grid.place(table.centres, [ACCEPTED])][:, 0, days]
    quiet = np.isnan(values).all(axis=1) & delivered
    for row, centre in enumerate(table.centres):
        for code in needed:
            quiet[row] &= _inside(table, centre, code, days)
    values[quiet[:, None].repeat(len(needed), axis=1)] = 0.0


def _inside(table: _Table, centre: int, code: str, days: slice) -> Booleans:
    """The days between the first and the last record of a measure."""
    inside = np.zeros(days.stop - days.start, dtype=np.bool_)
    span = table.inputs.spans.get((centre, code))
    if span is not None:
        known = table.grid.within(Period(*span))
        inside[max(known.start - days.start, 0) : max(known.stop - days.start, 0)] = True
    return inside


def stock_value(levels: Levels, centres: Iterable[int], code: str, day: date) -> float | None:
    """The level on ``day``: the last reading on or before it, added over centres; None without any reading."""
    found = []
    for centre in centres:
        days, readings = levels.get((centre, code), ((), ()))
        known = bisect_right(days, day)
        if known:
            found.append(readings[known - 1])
    return sum(found) if found else None
