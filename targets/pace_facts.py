"""What the facts say about one KPI on a day: its value over both periods, its days, its history for forecasts.

Values are put together by ``kpi.compute`` (the same ``Folder`` that answers every other question), so that a figure
can't differ between pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from kpi.compute import Folder
from kpi.forecast import History
from kpi.model import Group, Kpi, KpiValue, Nature, Unit
from kpi.parts import DayParts, terms_of
from kpi.periods import Period
from targets.pace_base import Measured, Moment

SPARK_DAYS = 28


@dataclass(frozen=True)
class YearBefore:
    """The whole days of a period so far (``now``) beside the same days a year before (``then``), where both years cover
    their days alike; else ``reason`` says why they are not compared."""

    now: KpiValue | None = None
    then: KpiValue | None = None
    reason: str = ""

    @property
    def value(self) -> float | None:
        """That of the year before."""
        return self.then.value if self.then is not None else None


@dataclass(frozen=True, eq=False)
class KpiFacts:
    """One KPI as the facts had it. ``days``: its days without monthly history; ``kinds``: code of the kind of every
    day. ``last_half``, ``last_year``: either period beside the year before."""

    kpi: Kpi
    folder: Folder
    days: DayParts
    kinds: Mapping[date, int]
    half: KpiValue
    full: KpiValue
    last_half: YearBefore
    last_year: YearBefore

    @property
    def unit(self) -> str:
        """The unit as shown."""
        return self.kpi.unit.value

    @property
    def is_share(self) -> bool:
        """True where the value lies between 0 and 1 by nature: what is not money and not a mean."""
        return self.kpi.unit is Unit.PERCENT and self.kpi.group is not Group.MONEY

    @property
    def mode(self) -> str:
        """How a period is put together, by the definition in force."""
        return self.folder.segments[-1].definition.mode

    @cached_property
    def _natures(self) -> set[Nature]:
        return {self.folder.inputs.measures[code].nature for code in terms_of(self.kpi, self.folder.segments)}

    @property
    def has_flow(self) -> bool:
        """True where days can be foretold: made of flows (and events), without a level."""
        return Nature.FLOW in self._natures and Nature.STOCK not in self._natures

    @property
    def is_level(self) -> bool:
        """True where a level is part of it."""
        return Nature.STOCK in self._natures

    @cached_property
    def history(self) -> History:
        """The days on record; of a count every day weighs 1."""
        above = np.array(self.days.numerators, dtype=np.float64)
        below = np.ones(len(above)) if self.kpi.is_count else np.array(self.days.denominators, dtype=np.float64)
        ordinals = np.array([day.toordinal() for day in self.days.days], dtype=np.int64)
        kinds = np.array([self.kinds[day] for day in self.days.days], dtype=np.int64)
        return History(ordinals, above, below, kinds, self.is_share)

    def within(self, period: Period) -> slice:
        """The places of a period's days among those on record."""
        return slice(bisect_left(self.days.days, period.start), bisect_right(self.days.days, period.end))

    def measured(self, period: Period, moment: Moment) -> Measured:
        """Its value over one of the two periods."""
        found = self.half if period == moment.half else self.full
        return Measured(
            found.value,
            "",
            found.reason,
            found.detail,
            found.numerator,
            found.denominator,
            found.days_with_data,
            found.days_passed,
        )

    def begun_denominator(self, moment: Moment) -> float:
        """What the day that is still running has brought already; 0 where the day asked as of is over."""
        if moment.settled >= moment.as_of:
            return 0.0
        return float(sum(self.days.denominators[self.within(Period(moment.as_of, moment.as_of))]))

    def months_begun(self, period: Period) -> int:
        """Months of the period that have data."""
        inside = self.folder.parts.days
        return len({(day.year, day.month) for day in inside if period.start <= day <= period.end})

    @property
    def newest(self) -> date | None:
        """The last day on record; of a level the day of the last reading."""
        if self.is_level:
            codes = terms_of(self.kpi, self.folder.segments)
            levels = self.folder.inputs.levels
            read = [days[-1] for (_centre, code), (days, _values) in levels.items() if code in codes and len(days)]
            return max(read, default=None)
        return self.days.days[-1] if len(self.days.days) else None

    def of_a_day(self, place: int) -> float | None:
        """The value of the day on record at this place."""
        if self.kpi.is_count:
            return self.days.numerators[place]
        below = self.days.denominators[place]
        return self.days.numerators[place] / below if below else None

    def spark(self, as_of: date) -> tuple[float | None, ...]:
        """The value of each of the last days up to ``as_of``; empty for a level."""
        if self.is_level:
            return ()
        first = as_of - timedelta(days=SPARK_DAYS - 1)
        found: list[float | None] = [None] * SPARK_DAYS
        places = self.within(Period(first, as_of))
        for place in range(places.start, places.stop):
            found[(self.days.days[place] - first).days] = self.of_a_day(place)
        return tuple(found)
