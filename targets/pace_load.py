"""Asks the database for everything that pacing needs of the facts: one statement for the days of all KPIs together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from db.answers import folder_of
from db.centres import tree
from db.day_series import values_before
from db.definitions import load_definitions
from db.inputs import Context, load_inputs
from kpi.catalogue import Catalogue
from kpi.compute import Folder
from kpi.forecast_days import kinds_of, ordinals
from kpi.forecast_paths import HISTORY_DAYS
from kpi.grid import empty_grid
from kpi.model import Ask, Kpi, Nature
from kpi.parts import DayParts, Inputs, Levels, Span, terms_of
from kpi.periods import ONE_DAY, Period, on_last_year
from targets.pace_base import Moment
from targets.pace_facts import KpiFacts, YearBefore

COMPARABLE_RATIO = 0.5
"""Share of days with data below which even a ratio is not held against the year before."""
Before = Mapping[tuple[int, str, date], float | None]
"""What totals were before they were restated, by centre, measure and day; None: there was none."""


@dataclass(frozen=True, eq=False)
class _Loaded:
    """What all KPIs of one call share. ``daily``: the inputs without monthly history."""

    context: Context
    moment: Moment
    inputs: Inputs
    daily: Inputs
    centres: tuple[int, ...]
    kinds: Mapping[date, int]


def load_facts(
    conn: Connection,
    catalogue: Catalogue,
    codes: Iterable[str],
    centre: str | None,
    moment: Moment,
    known_at: datetime | None = None,
) -> dict[str, KpiFacts]:
    """The facts of some KPIs of a centre (None: of all) and of those below it, up to ``moment.as_of``.

    ``known_at`` (aware): totals restated after it are taken as they were. Codes that the catalogue does not know are
    left out. Raises KeyError for an unknown centre.
    """
    kpis = [catalogue.kpis[code] for code in dict.fromkeys(codes) if code in catalogue.kpis]
    known_centres = tree(conn)
    asked = (centre,) if centre else ()
    centres = known_centres.under_all(asked)
    if not kpis or not centres:
        return {}
    names = tuple(kpi.code for kpi in kpis)
    ask = Ask(names, asked, _first_day(moment), moment.as_of, moment.as_of)
    context = Context(conn, catalogue, ask, known_centres, load_definitions(conn), {})
    inputs = load_inputs(context, kpis, centres)
    if known_at is not None:
        inputs = _as_known(conn, inputs, moment.as_of, known_at)
    daily = replace(inputs, months=empty_grid(centres, inputs.daily.measures))
    kinds = kinds_of(ordinals(ask.start, ask.end), moment.calendar).tolist()
    every = (ask.start + timedelta(days=i) for i in range(len(kinds)))
    loaded = _Loaded(context, moment, inputs, daily, centres, dict(zip(every, kinds, strict=True)))
    return {kpi.code: _facts(kpi, loaded) for kpi in kpis}


def _first_day(moment: Moment) -> date:
    return min(moment.as_of - timedelta(days=HISTORY_DAYS), date(moment.year - 1, 1, 1))


def _as_known(conn: Connection, inputs: Inputs, as_of: date, known_at: datetime) -> Inputs:
    """The inputs of a past day: corrections undone, and nothing concluded from what came later."""
    levels = {code for _centre, code in inputs.levels}
    measures = [*inputs.daily.measures, *sorted(levels)]
    before = values_before(conn, measures, inputs.daily.centres, as_of, known_at)
    daily = inputs.daily
    for (centre, code, day), value in before.items():
        if code in daily.measure_at and day in daily.day_at:
            place = daily.centre_at[centre], daily.measure_at[code], daily.day_at[day]
            daily.values[place] = np.nan if value is None else value
    # The grid is made anew, for it remembers where it has figures.
    inputs = replace(inputs, daily=replace(daily), levels=_levels(inputs.levels, before))
    return replace(inputs, spans=_spans(inputs, before))


def _spans(inputs: Inputs, before: Before) -> dict[tuple[int, str], Span]:
    """First and last days on record as they were then: a later record must not fill the days before it, and one that
    was taken back since still does."""
    daily, found = inputs.daily, {}
    for centre, code in dict.fromkeys([*inputs.spans, *((centre, code) for centre, code, _day in before)]):
        if code not in daily.measure_at:
            continue
        given = np.flatnonzero(np.isfinite(daily.values[daily.centre_at[centre], daily.measure_at[code]]))
        ends = [daily.days[int(given[i])] for i in (0, -1)] if len(given) else []
        first, last = inputs.spans.get((centre, code), (date.max, date.max))
        if first < daily.days[0]:  # known from before the days that were read
            ends += [first, min(last, daily.days[0] - ONE_DAY)]
        if ends:
            found[centre, code] = min(ends), max(ends)
    return found


def _levels(levels: Levels, before: Before) -> Levels:
    found = {}
    for (centre, code), (days, readings) in levels.items():
        known: dict[date, float | None] = dict(zip(days, readings, strict=True))
        known |= {day: value for (who, what, day), value in before.items() if (who, what) == (centre, code)}
        kept = [(day, value) for day, value in sorted(known.items()) if value is not None]
        found[centre, code] = [day for day, _ in kept], [value for _, value in kept]
    return found


def _facts(kpi: Kpi, loaded: _Loaded) -> KpiFacts:
    moment = loaded.moment
    folder = folder_of(loaded.context, kpi, loaded.inputs, loaded.centres)
    days = folder.parts
    if loaded.inputs.months.days:
        days = folder_of(loaded.context, kpi, loaded.daily, loaded.centres).parts
    half, full = folder.value(moment.half), folder.value(moment.full)
    known = _last_known(folder, days, moment) if kpi.is_count or _has_flow(kpi, folder) else moment.as_of
    last_half = _last_year(kpi, folder, moment.half, known)
    last_year = _last_year(kpi, folder, moment.full, known)
    return KpiFacts(kpi, folder, days, loaded.kinds, half, full, last_half, last_year)


def _has_flow(kpi: Kpi, folder: Folder) -> bool:
    """True where every day should bring something: payments come when they come."""
    return any(folder.inputs.measures[code].nature is Nature.FLOW for code in terms_of(kpi, folder.segments))


def _last_known(folder: Folder, days: DayParts, moment: Moment) -> date:
    """The last day on record, where days are on record one by one: a day that has brought nothing yet (this morning)
    must not count against the year before. Nor must the day that has only begun count against a whole one."""
    newest = days.days[-1] if days.days else moment.as_of
    by_day = bool(days.days) and folder.parts.days[-1] == newest and newest.year == moment.year
    return min(moment.settled, newest) if by_day else moment.settled


def _last_year(kpi: Kpi, folder: Folder, period: Period, until: date) -> YearBefore:
    """The same days of both years, or why they are not compared.

    A count is held only against a year with as few days missing, a ratio against most of its days.
    """
    comparison = on_last_year(period, until)
    if comparison is None:
        return YearBefore(reason="期间还没有一个整天,不作同比")
    before, now = folder.value(comparison.before), folder.value(comparison.current)
    if before.value is None:
        return YearBefore(reason="上年同期没有数据")
    least = min(before.coverage or 0.0, now.coverage or 0.0)
    if before.coverage != now.coverage if kpi.is_count else least < COMPARABLE_RATIO:
        return YearBefore(
            reason=f"上年同期与本年覆盖的天数不一致({before.days_with_data}/{before.days_passed} 与 "
            f"{now.days_with_data}/{now.days_passed}),不作同比"
        )
    return YearBefore(now, before)
