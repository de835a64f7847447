"""剔除: which centre-days, and which hours of other days, approved exclusions take out (RULES 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from kpi.model import Exclusion
from kpi.periods import Period

HOURS = frozenset(range(24))


def excluded_hours(exclusions: Iterable[Exclusion], chain: Sequence[str], period: Period) -> dict[date, frozenset[int]]:
    """Hours taken out, by day of the period, for the centre whose code begins ``chain``.

    An exclusion without a centre, or of a centre above, counts for the centre too. All 24 hours: the whole day.
    """
    hours: dict[date, frozenset[int]] = {}
    for exclusion in exclusions:
        if exclusion.centre is not None and exclusion.centre not in chain:
            continue
        moment = max(exclusion.starts, datetime.combine(period.start, time()))
        stop = min(exclusion.ends, datetime.combine(period.end + timedelta(days=1), time()))
        while moment < stop:
            hours[moment.date()] = hours.get(moment.date(), frozenset()) | {moment.hour}
            moment += timedelta(hours=1)
    return hours


def whole_days(hours: dict[date, frozenset[int]]) -> frozenset[date]:
    """The days of which every hour is taken out."""
    return frozenset(day for day, taken in hours.items() if taken >= HOURS)
