"""What 总览 shows of the running day: its hours, how its end can still be met, the pace of the year, open alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.judged import Target
from kpi.model import Kpi, KpiValue
from kpi.pace_model import Pace, ProgressRow
from kpi.periods import Period
from kpi.status import Status


@dataclass(frozen=True, slots=True)
class RestOfDay:
    """What it takes to end the day on target. ``ahead``: how much is usually still to come (unit of the denominator).

    ``required``: the rate from here on, as written (“≥ 95.8 %”). ``left``: misses still allowed, None where they can't
    be counted. ``locked``: met whatever comes; ``lost``: out of reach whatever comes.
    """

    ahead: float
    required: str
    left: float | None
    locked: bool
    lost: bool


@dataclass(frozen=True, slots=True)
class HourlyChart:
    """One KPI by hour of today, hours without data left out. ``formula``: the one in force, written out.

    An hour with fewer than ``min_sample`` in its denominator is only shown: it is not judged, nor called the worst.
    ``usual``: what the denominator usually is in each hour of a day of this ``kind``; {} where too few days tell it.
    """

    kpi: Kpi
    formula: str
    values: tuple[KpiValue, ...]
    target: Target | None
    min_sample: int
    usual: Mapping[int, float] = field(default_factory=dict)
    kind: str = ""
    rest: RestOfDay | None = None

    def is_few(self, value: KpiValue) -> bool:
        """True of an hour with a figure on too small a sample."""
        return value.value is not None and (value.denominator or 0.0) < self.min_sample

    def misses(self, value: KpiValue) -> bool:
        """True of an hour that can be judged and is on the wrong side of the target."""
        judged = self.target is not None and value.value is not None and not self.is_few(value)
        return judged and self.target is not None and not self.target.holds(value.value or 0.0)


@dataclass(frozen=True, slots=True)
class Paced:
    """How a KPI stands in the sheet that sets its target: its row there, and the ``pace`` of the period that counts."""

    row: ProgressRow
    pace: Pace
    sheet: str

    @property
    def period(self) -> Period:
        """The half-year or the year that the target is set for."""
        return self.pace.period

    @property
    def status(self) -> Status:
        """The status word of that period."""
        return self.pace.status

    @property
    def key(self) -> str:
        """The indicator's key in its sheet."""
        return self.row.key


@dataclass(frozen=True, slots=True)
class ByHand:
    """The indicators of a sheet that people enter or judge, for which there is no KPI: names by status, worst first."""

    sheet: str
    names: tuple[tuple[Status, tuple[str, ...]], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(names) for _, names in self.names)


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is not over: the rule's name and since when."""

    name: str
    since: datetime | None
    seen_by: str
