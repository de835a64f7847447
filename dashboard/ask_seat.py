"""What the page of one seat shows, asked of the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from dashboard.ask_parts import only_today
from dashboard.ask_seats import OUTPUT, is_few, output_of, rows_of, seat_scope
from dashboard.reference import Kind
from dashboard.scope import Scope
from dashboard.texts import t
from dashboard.views import MarkedDay
from dashboard.views_seats import SeatChange, SeatDay, SeatView, Share
from db.definitions import load_calendar
from kpi.model import Grain, KpiValue, NoValue
from kpi.periods import Period
from kpi.seats import LEAST_DAYS, Floats, SeatDays, SeatSum, add_up, against, bands
from kpi.workdays import DayKind


def build_seat(scope: Scope) -> SeatView | None:
    """The page of the seat in the address; None for a seat that has no record in the period.

    The address names it “centre code/seat”; the bare seat will do where one centre alone has it."""
    every = rows_of(scope, scope.ids)
    at = _place(scope, every)
    if at is None:
        return None
    centre, seat = every.names[at]
    here = scope.centres.by_id[centre]
    own = replace(scope, filters=scope.filters.with_centre(here.code))
    rows = every.only(every.centre == centre)
    mine = rows.only(rows.seat == at)
    one = add_up(mine, np.zeros(len(mine), dtype=np.int64), 1)[0]
    whole = add_up(rows, np.zeros(len(rows), dtype=np.int64), 1)[0]
    kpi = scope.catalogue.kpis[OUTPUT]
    value, target, of_centre = output_of(own, one, f"{here.code}/{seat}"), own.target(kpi), output_of(own, whole, "")
    few = is_few(scope, one) or one.interval is None
    level = of_centre.value
    return SeatView(
        scope=seat_scope(own),
        kpi=kpi,
        name=seat,
        centre_name=here.name,
        value=value,
        interval=None if few else one.interval,
        against=against(one.interval, level) if one.interval and level is not None and not few else None,
        centre=of_centre,
        target=target,
        few=few,
        least_items=scope.min_sample,
        least_days=LEAST_DAYS,
        days=_days(own, rows, mine),
        shares=_shares(one, whole),
        hours=one.busy_of / 3600 if one.busy_days else None,
        holidays=_holidays(own),
        change=_change(own, centre, seat),
    )


def _change(scope: Scope, centre: int, seat: str) -> SeatChange:
    """The seat and its centre over the days compared, and over those they are held against."""
    reference, today = scope.filters.compare, scope.today
    if reference.kind is Kind.NONE:
        return SeatChange()
    reason = t("reference.running_day") if scope.period == Period(today, today) else only_today(scope)
    reason = reason or reference.obstacle(scope.period, today)
    comparison = scope.filters.comparison(today)
    if reason or comparison is None:
        return SeatChange(reason=reason)
    now, whole_now = _output_over(scope, comparison.current, centre, seat)
    then, whole_then = _output_over(scope, comparison.before, centre, seat)
    return SeatChange(now, then, whole_now, whole_then)


def _output_over(scope: Scope, days: Period, centre: int, seat: str) -> tuple[KpiValue, KpiValue]:
    """Items a seat-day over some days, of a seat and of its centre."""
    there = replace(scope, filters=scope.filters.with_days(days.start, days.end))
    every = rows_of(there, there.ids)
    rows = every.only(every.centre == centre)
    at = every.names.index((centre, seat)) if (centre, seat) in every.names else -1
    sums = (add_up(one, np.zeros(len(one), dtype=np.int64), 1)[0] for one in (rows.only(rows.seat == at), rows))
    mine, whole = (_enough(there, one) for one in sums)
    return mine, whole


def _enough(scope: Scope, one: SeatSum) -> KpiValue:
    """Items a seat-day; no value of days without any, nor of too few to tell a change by."""
    value = output_of(scope, one, "")
    if not one.seat_days:
        return replace(value, value=None, reason=NoValue.NO_DATA)
    return replace(value, value=None, reason=NoValue.TOO_FEW) if is_few(scope, one) else value


def _place(scope: Scope, rows: SeatDays) -> int | None:
    wanted = scope.filters.seat
    code, _, seat = wanted.partition("/")
    known = [(scope.centres.by_id[centre].code, name) for centre, name in rows.names]
    if (code, seat) in known:
        return known.index((code, seat))
    alike = [at for at, (_code, name) in enumerate(known) if name == wanted]
    return alike[0] if len(alike) == 1 else None


def _days(scope: Scope, rows: SeatDays, mine: SeatDays) -> tuple[SeatDay, ...]:
    passed = scope.period.until(scope.today)
    if passed is None:
        return ()
    middle = bands(rows)
    kpi = scope.catalogue.kpis[OUTPUT]
    centre = {value.start: value.value for value in scope.ask((kpi.code,), passed, Grain.DAY).values[kpi.code]}
    places = {day: at for at, day in enumerate(mine.day.tolist())}
    found = []
    for day in (passed.start + timedelta(days=n) for n in range(passed.days)):
        low, high = middle.get(day.toordinal(), (None, None))
        made = _day(mine, places.get(day.toordinal()), day)
        found.append(replace(made, low=low, high=high, centre=centre.get(day)))
    return tuple(found)


def _day(mine: SeatDays, at: int | None, day: date) -> SeatDay:
    if at is None or not mine.worked[at]:
        return SeatDay(day, None, None, None, None, None, None)

    def at_work(column: Floats) -> float | None:
        return None if np.isnan(column[at]) else float(column[at])

    counts = (at_work(mine.items), at_work(mine.calls), at_work(mine.orders))
    seconds = (at_work(mine.busy), at_work(mine.signed_in), at_work(mine.paused))
    team, shift = (texts[at] if texts else "" for texts in (mine.teams, mine.shifts))
    return SeatDay(day, *counts, *seconds, team, shift)


def _shares(one: SeatSum, whole: SeatSum) -> tuple[Share, ...]:
    """What the signed-in time went to, where the sources tell it."""

    def share(part: float, of: float) -> float | None:
        return part / of if of else None

    busy = Share("busy", share(one.busy, one.busy_of), share(whole.busy, whole.busy_of))
    paused = Share("paused", share(one.paused, one.paused_of), share(whole.paused, whole.paused_of))
    return tuple(found for found in (busy, paused) if found.own is not None)


def _holidays(scope: Scope) -> tuple[MarkedDay, ...]:
    passed = scope.period.until(scope.today)
    calendar = load_calendar(scope.conn)
    days = [calendar.day(passed.start + timedelta(days=n)) for n in range(passed.days)] if passed else []
    return tuple(MarkedDay(day.day, day.name) for day in days if day.kind is DayKind.HOLIDAY)
