"""The wall's seats (never by name) and orders."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from dashboard.ask_wall import make_tiles, target_of
from dashboard.judged import Target
from dashboard.scope import Scope as PageScope
from dashboard.views_wall import Bin, Late, Orders, Seats
from kpi.model import Grain
from reports.scope import Scope

SEAT_FIGURES = ("daily_output", "occupancy")
ORDER_FIGURES = ("accepted_volume", "on_time_closure_rate", "satisfaction_rate")
LEAST_DAYS = 3
"""A seat that worked fewer days tells too little (in a week that has so many)."""
STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST_BINS = 12
MOST_LATE = 3


def build_seats(scope: Scope, page: PageScope) -> Seats:
    """The seats of the week."""
    found = scope.ask([SEAT_FIGURES[0]], scope.period, Grain.SEAT)[SEAT_FIGURES[0]]
    least = min(LEAST_DAYS, scope.period.days)
    outputs = [one.value for one in found if one.value is not None and (one.denominator or 0.0) >= least]
    target = target_of(scope, SEAT_FIGURES[0])
    return Seats(
        tiles=make_tiles(scope, page, SEAT_FIGURES),
        bins=bins_of(outputs),
        count=len(outputs),
        median=median(outputs) if outputs else None,
        reached=_reached(outputs, target),
        target=target,
    )


def _reached(outputs: Sequence[float], target: Target | None) -> int | None:
    return sum(target.holds(one) for one in outputs) if target is not None and outputs else None


def bins_of(values: Sequence[float]) -> tuple[Bin, ...]:
    """The values in at most MOST_BINS steps of a round width, from the lowest to the highest."""
    if not values:
        return ()
    low, high = min(values), max(values)
    step = next((s for s in STEPS if high // s - low // s < MOST_BINS), STEPS[-1])
    first, last = int(low // step), int(high // step)
    counts = [0] * (last - first + 1)
    for value in values:
        counts[int(value // step) - first] += 1
    return tuple(Bin((first + n) * step, (first + n + 1) * step, count) for n, count in enumerate(counts))


def build_orders(scope: Scope, page: PageScope) -> Orders:
    """The orders of the week."""
    rate = ORDER_FIGURES[1]
    by_department = scope.ask([rate], scope.period, Grain.DEPARTMENT)[rate]
    late = [
        Late(one.key, one.denominator - one.numerator, one.denominator)
        for one in by_department
        if one.key and one.denominator is not None and one.numerator is not None and one.denominator > one.numerator
    ]
    worst_first = sorted(late, key=lambda one: (-one.late, one.name))[:MOST_LATE]
    return Orders(make_tiles(scope, page, ORDER_FIGURES), tuple(worst_first))
