"""What the KPIs of one question are computed from, read at once: one statement for all sums, however many KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from sqlalchemy import Connection

from db import facts
from db.centres import CentreTree
from db.closed_days import closed_sources
from db.day_series import day_grid
from db.spans import spans
from kpi.catalogue import Catalogue
from kpi.definitions import Definitions, Segment
from kpi.exclusions import whole_days
from kpi.grid import Booleans, Grid, empty_grid
from kpi.model import Ask, Fact, Grain, Kpi, Nature
from kpi.parts import ACCEPTED, Inputs, may_be_quiet, terms_of
from kpi.periods import Period, whole_months

HISTORY_GRAINS = (Grain.TOTAL, Grain.CENTRE, Grain.MONTH, Grain.HALF, Grain.YEAR)
"""Grains whose periods can be made of whole months, so that monthly history may stand in for missing days."""
LOOK_BACK = timedelta(days=60)
"""How long before the period a source counts as one that gives a measure."""


@dataclass(frozen=True, eq=False)
class Context:
    """What every KPI of one question shares. ``excluded``: hours left out, by centre id and day."""

    conn: Connection
    catalogue: Catalogue
    ask: Ask
    tree: CentreTree
    definitions: Definitions
    excluded: Mapping[int, dict[date, frozenset[int]]]

    @property
    def period(self) -> Period:
        """The period asked for."""
        return Period(self.ask.start, self.ask.end)

    @cached_property
    def _known(self) -> dict[tuple[str, int | None], tuple[Segment, ...]]:
        return {}

    def segments(self, kpi: Kpi, centre: int, period: Period | None = None) -> tuple[Segment, ...]:
        """The definitions in force for one centre, over the question's period unless another is given."""
        key = kpi.code, centre if self.definitions.depends_on_centre(kpi) else None
        known = self._known.get(key) if period is None else None
        if known is None:
            chain, asked = self.tree.chain(centre), period or self.period
            known = tuple(self.definitions.segments(kpi, chain, asked, self.ask.formula))
            if period is None:
                self._known[key] = known
        return known

    def groups(self, kpi: Kpi, centres: Sequence[int]) -> list[tuple[tuple[int, ...], tuple[Segment, ...]]]:
        """Centres under the same definitions together, with those definitions."""
        if centres and not self.definitions.depends_on_centre(kpi):
            return [(tuple(centres), self.segments(kpi, centres[0]))]
        found: dict[tuple[Segment, ...], list[int]] = {}
        for centre in centres:
            found.setdefault(self.segments(kpi, centre), []).append(centre)
        return [(tuple(ids), own) for own, ids in found.items()]

    def codes(self, kpi: Kpi, centres: Sequence[int]) -> list[str]:
        """The measures a KPI needs in these centres."""
        return terms_of(kpi, [segment for _, own in self.groups(kpi, centres) for segment in own])

    def hours_out(self, centre: int) -> dict[date, frozenset[int]]:
        """Hours excluded in one centre, by day."""
        return self.excluded.get(centre, {})


def load_inputs(context: Context, kpis: Iterable[Kpi], centres: Sequence[int]) -> Inputs:
    """The inputs of all these KPIs in all these centres."""
    needs = {kpi.code: context.codes(kpi, centres) for kpi in kpis}
    measures = context.catalogue.measures
    codes = list(dict.fromkeys(code for own in needs.values() for code in own))
    stocks = [code for code in codes if measures[code].nature is Nature.STOCK]
    adding = [code for code in codes if measures[code].nature is not Nature.STOCK]
    if any(may_be_quiet(measures[code]) for code in adding) and ACCEPTED not in adding:
        adding.append(ACCEPTED)
    end = min(context.ask.end, context.ask.as_of)
    daily = _daily(context, adding, centres, end)
    return Inputs(
        measures,
        daily,
        _history(context, adding, centres),
        facts.stock_readings(context.conn, stocks, centres, end) if stocks else {},
        spans(context.conn, _spans_needed(context, needs, daily)),
        frozenset((c, d) for c in centres for d in whole_days(context.hours_out(c))),
        _closed(context, daily),
    )


def _daily(context: Context, codes: Sequence[str], centres: Sequence[int], end: date) -> Grid:
    start, hour = context.ask.start, context.ask.until_hour
    if end < start or not codes:
        return empty_grid(centres, codes, facts.days_of(start, end))
    if hour is not None:
        grid = facts.part_day_grid(context.conn, codes, centres, start, end, hour)
    else:
        values = day_grid(context.conn, codes, centres, start, end)
        grid = Grid(tuple(centres), tuple(codes), facts.days_of(start, end), values)
    _take_hours_out(context, grid)
    return grid


def _take_hours_out(context: Context, grid: Grid) -> None:
    """Takes single excluded hours out of the day sums; only calls are known by the hour."""
    whole = {centre: whole_days(context.hours_out(centre)) for centre in grid.centres}
    partly = {
        (centre, day): hours
        for centre in grid.centres
        for day, hours in context.hours_out(centre).items()
        if day not in whole[centre] and day in grid.day_at
    }
    calls = [code for code in grid.measures if context.catalogue.measures[code].fact is Fact.CALL]
    if not partly or not calls:
        return
    days = [day for _centre, day in partly]
    hourly = facts.hour_sums(context.conn, calls, sorted({c for c, _ in partly}), min(days), max(days))
    at = [grid.measure_at[code] for code in calls]
    limit = context.ask.until_hour if context.ask.until_hour is not None else 24
    for centre, day, hour, *sums in hourly.itertuples(index=False):
        if hour < limit and hour in partly.get((centre, day), ()):
            place = grid.centre_at[centre], at, grid.day_at[day]
            grid.values[place] = grid.values[place] - np.nan_to_num(np.array(sums, dtype=np.float64))


def _history(context: Context, codes: Sequence[str], centres: Sequence[int]) -> Grid:
    """Monthly history for the whole months of the period."""
    months = [p.start for p in whole_months(context.period) if p.end <= context.ask.as_of]
    if context.ask.by not in HISTORY_GRAINS or not months or not codes or context.ask.until_hour is not None:
        return empty_grid(centres, codes)
    return facts.month_grid(context.conn, codes, centres, months)


def _spans_needed(context: Context, needs: Mapping[str, list[str]], daily: Grid) -> list[tuple[int, str]]:
    """The first and last days wanted: of what has none on many days, and of everything in a centre that is silent on
    a KPI in this period (it may have told it before)."""
    measures = context.catalogue.measures
    sparse = [c for c in daily.measures if measures[c].nature is Nature.EVENT or may_be_quiet(measures[c])]
    wanted = dict.fromkeys((centre, code) for centre in daily.centres for code in sparse)
    told = {
        (centre, code)
        for centre, row in zip(daily.centres, daily.told.tolist(), strict=True)
        for code, known in zip(daily.measures, row, strict=True)
        if known
    }
    for codes in needs.values():
        silent = [centre for centre in daily.centres if not any((centre, code) in told for code in codes)]
        wanted |= dict.fromkeys((centre, code) for centre in silent for code in codes)
    return list(wanted)


def _closed(context: Context, daily: Grid) -> Booleans | None:
    """Where every source that gives a measure is known to have nothing to give; None where that is nowhere."""
    if not daily.days or not daily.measures:
        return None
    closed = closed_sources(context.conn, daily.days[0], daily.days[-1])
    if not closed:
        return None
    first = daily.days[0] - LOOK_BACK
    found = np.zeros(daily.values.shape, dtype=np.bool_)
    given = facts.givers(context.conn, daily.measures, daily.centres, first, daily.days[-1])
    for (centre, code), sources in given.items():
        for day, shut in closed.items():
            if sources <= shut:
                found[daily.centre_at[centre], daily.measure_at[code], daily.day_at[day]] = True
    return found
