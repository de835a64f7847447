"""What 坐席产能 shows, asked of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from dashboard.ask_parts import TREND_DAYS, compared, daily_chart, page_scope
from dashboard.judged import Target
from dashboard.scope import Scope
from dashboard.texts import t
from dashboard.views_calls import PageScope
from dashboard.views_seats import GroupLine, GroupView, Ranking, SeatLine, SeatsView
from db.facts import givers
from db.origins import source_names
from db.seats import has_seats, seat_days
from kpi.compute import conclude
from kpi.model import Kpi, KpiValue
from kpi.periods import Period
from kpi.seats import LEAST_DAYS, SeatDays, SeatSum, add_up, against, by_text, places_of, spread
from kpi.showing import Showing

OUTPUT, OCCUPANCY = "daily_output", "occupancy"
FIGURES = (OUTPUT, OCCUPANCY)
PARTS = ("seat_calls", "seat_orders", "signed_in_seconds", "seat_busy_seconds")
"""What the sources give of seats."""
LEAST_GROUP = 3
"""Where seats go without names, a group of fewer is not shown: its figure would be somebody's."""


def build_seats(scope: Scope, showing: Showing) -> SeatsView:
    """All of the page's figures."""
    kpis = scope.catalogue.kpis
    kpi, target = kpis[OUTPUT], scope.target(kpis[OUTPUT])
    rows = rows_of(scope, scope.ids)
    whole = add_up(rows, np.zeros(len(rows), dtype=np.int64), 1)[0]
    over = rows.only(rows.day < scope.today.toordinal())  # today's seat-days have only begun
    return SeatsView(
        scope=seat_scope(scope),
        kpi=kpi,
        occupancy=kpis[OCCUPANCY],
        figures=compared(scope, FIGURES),
        target=target,
        seats=whole.seats,
        calls=whole.calls,
        orders=whole.orders,
        seat_days=whole.seat_days,
        spread=spread(over),
        calendar=daily_chart(scope, kpi, target.of_a_day if target else None),
        ranking=None if showing is Showing.OFF else _ranking(scope, rows, whole, target, showing),
        groups=_groups(scope, rows, showing),
        told=bool(len(rows)) or has_seats(scope.conn, scope.ids),
    )


def rows_of(scope: Scope, centres: Sequence[int]) -> SeatDays:
    """The seat-days of the period that have passed."""
    passed = scope.period.until(scope.today) or Period(scope.period.start, scope.period.start)
    return seat_days(scope.conn, centres, passed.start, passed.end)


def seat_scope(scope: Scope) -> PageScope:
    """What the parts of the page share; its figures are as old as what the sources give of seats."""
    made = page_scope(scope, [scope.catalogue.kpis[code] for code in FIGURES])
    if scope.period.end < scope.today:
        return made
    names = source_names(scope.conn)
    found = givers(scope.conn, PARTS, scope.ids, scope.today - timedelta(days=TREND_DAYS - 1), scope.today)
    return replace(made, sources=tuple(sorted({names[source][0] for ids in found.values() for source in ids})))


def output_of(scope: Scope, one: SeatSum, key: str) -> KpiValue:
    """Items a seat-day, the same figure that is given for the KPI by seat."""
    return _value(scope, scope.catalogue.kpis[OUTPUT], one.items, one.seat_days, one.days, key)


def occupancy_of(scope: Scope, one: SeatSum, key: str) -> KpiValue | None:
    """Talk and wrap-up of the signed-in time, over the rows that tell both; None where none does."""
    if not one.busy_days:
        return None
    return _value(scope, scope.catalogue.kpis[OCCUPANCY], one.busy, one.busy_of, one.busy_days, key)


def _value(scope: Scope, kpi: Kpi, top: float, bottom: float, days: int, key: str) -> KpiValue:
    passed = scope.period.until(scope.today)
    covered = (days, passed.days if passed else 0)
    return conclude(kpi, kpi.formulas[0].code, scope.period, top, bottom, key=key, days=covered)


def is_few(scope: Scope, one: SeatSum) -> bool:
    """True where there is too little to rank or judge a seat by."""
    return one.items < scope.min_sample or one.seat_days < LEAST_DAYS


def _ranking(scope: Scope, rows: SeatDays, whole: SeatSum, target: Target | None, showing: Showing) -> Ranking:
    sums = add_up(rows, rows.seat, len(rows.names))
    level = target.value if target else (whole.items / whole.seat_days if whole.seat_days else None)
    named = showing is Showing.ON
    known = [(one, at) for at, one in enumerate(sums) if one.seat_days]
    ranked = [pair for pair in known if not is_few(scope, pair[0])]
    # Without names the order must not tell them either: it goes by the figures alone.
    ranked.sort(key=lambda pair: (-pair[0].items / pair[0].seat_days, -pair[0].items, pair[1]))
    few = sorted((pair for pair in known if is_few(scope, pair[0])), key=lambda pair: rows.names[pair[1]][1])
    possible = places_of([one.interval or (0.0, 0.0) for one, _ in ranked])
    lines = [
        replace(_line(scope, rows, one, at, number if not named else None), place=(number, *possible[number - 1]))
        for number, (one, at) in enumerate(ranked, start=1)
    ]
    if level is not None:
        lines = [replace(line, against=against(line.interval, level)) if line.interval else line for line in lines]
    lines += [_line(scope, rows, one, at, None) for one, at in few if named]
    return Ranking(tuple(lines), level, target is not None, len(few), scope.min_sample, LEAST_DAYS, named)


def _line(scope: Scope, rows: SeatDays, one: SeatSum, at: int, number: int | None) -> SeatLine:
    """A seat; ``number``: what it goes by where it has no name."""
    centre, seat = rows.names[at]
    if number is not None:
        bare = replace(output_of(scope, one, ""), numerator=None, denominator=None, days_with_data=0)
        return SeatLine(t("seats.nth", n=number), "", bare, one.interval, None, None)
    key = f"{scope.centres.by_id[centre].code}/{seat}"
    name = seat if len(scope.ids) == 1 else t("seats.of_centre", centre=scope.centres.by_id[centre].name, seat=seat)
    occupancy = occupancy_of(scope, one, key)
    return SeatLine(name, key, output_of(scope, one, key), one.interval, None, None, one.calls, one.orders, occupancy)


def _groups(scope: Scope, rows: SeatDays, showing: Showing) -> dict[str, GroupView]:
    """By team and shift as far as they are told; by centre where there are several."""
    names, at = by_text(rows, rows.teams)
    found = {"team": _group(scope, rows, names, at, showing)}
    names, at = by_text(rows, rows.shifts)
    found["shift"] = _group(scope, rows, names, at, showing)
    centres = sorted({centre for centre, _seat in rows.names})
    if len(centres) > 1:
        places = np.searchsorted(np.array(centres), rows.centre).astype(np.int64)
        titles = tuple(scope.centres.by_id[centre].name for centre in centres)
        found["centre"] = _group(scope, rows, titles, places, Showing.ON)
    return found


def _group(scope: Scope, rows: SeatDays, names: Sequence[str], at: np.ndarray, showing: Showing) -> GroupView:
    sums = add_up(rows, at, len(names))
    known = [(name, one) for name, one in zip(names, sums, strict=True) if one.seat_days]
    shown = [pair for pair in known if showing is Showing.ON or pair[1].seats >= LEAST_GROUP]
    shown.sort(key=lambda pair: -pair[1].items / pair[1].seat_days)
    lines = tuple(
        GroupLine(name, one.seats, output_of(scope, one, name), one.interval, occupancy_of(scope, one, name))
        for name, one in shown
    )
    return GroupView(lines, float((rows.worked & (at < 0)).sum()), len(known) - len(shown))
