"""What 坐席产能 and the page of one seat show, as plain data: made by ``ask_seats`` and ``ask_seat``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.judged import Target
from dashboard.views import DailyChart, MarkedDay
from dashboard.views_calls import Compared, PageScope
from kpi.model import Kpi, KpiValue
from kpi.seats import Against, Spread

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One seat of the ranking. ``key``: “centre code/seat”, '' where seats go without names. ``place``: its own, the
    best and the worst it may have (None: too few samples to be ranked). ``against``: where its interval lies."""

    name: str
    key: str
    value: KpiValue
    interval: Interval | None
    place: tuple[int, int, int] | None
    against: Against | None
    calls: float = 0.0
    orders: float = 0.0
    occupancy: KpiValue | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The seats, most items a seat-day first, those with too few samples last. ``level`` is what intervals are held
    against: the target, else (``to_target`` False) the centre's own value. ``few``: how many have too few samples,
    listed or not."""

    lines: tuple[SeatLine, ...]
    level: float | None
    to_target: bool
    few: int
    least_items: int
    least_days: int
    named: bool

    @property
    def ranked(self) -> tuple[SeatLine, ...]:
        """The seats that have a place."""
        return tuple(line for line in self.lines if line.place is not None)

    def count(self, where: Against) -> int:
        """How many ranked seats lie there."""
        return sum(line.against is where for line in self.lines)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A team, a shift or a centre: seats at work, output with its interval, share of the signed-in time talked."""

    name: str
    seats: int
    value: KpiValue
    interval: Interval | None
    occupancy: KpiValue | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """Seat-days by team, shift or centre, most first. ``untold``: seat-days of which none is told. ``hidden``: groups
    too small to be shown without telling who they are."""

    lines: tuple[GroupLine, ...]
    untold: float = 0.0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class SeatsView:
    """Everything 坐席产能 shows. ``ranking`` None: switched off. ``seats``: at work in the period."""

    scope: PageScope
    kpi: Kpi
    occupancy: Kpi
    figures: tuple[Compared, ...]
    target: Target | None
    seats: int
    calls: float
    orders: float
    seat_days: float
    spread: Spread
    calendar: DailyChart
    ranking: Ranking | None
    groups: Mapping[str, GroupView]
    told: bool

    @property
    def has_values(self) -> bool:
        """True where there is anything to show."""
        return self.seat_days > 0


@dataclass(frozen=True, slots=True)
class SeatDay:
    """One day of a seat. None: not supplied. Seconds. ``low``/``high``: the middle 80 % of the centre's seats on that
    day; ``centre``: the centre's items a seat-day."""

    day: date
    items: float | None
    calls: float | None
    orders: float | None
    busy: float | None
    signed_in: float | None
    paused: float | None
    team: str = ""
    shift: str = ""
    low: float | None = None
    high: float | None = None
    centre: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the signed-in time (“busy”, “paused”), of the seat and of its centre, as fractions; None: not told."""

    code: str
    own: float | None
    centre: float | None


@dataclass(frozen=True, slots=True)
class SeatChange:
    """What the days compared and the days they are held against gave, of the seat and of its centre (None: nothing is
    compared); ``reason``: why not."""

    now: KpiValue | None = None
    then: KpiValue | None = None
    centre_now: KpiValue | None = None
    centre_then: KpiValue | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeatView:
    """Everything one seat's page shows. ``days``: every day of the period that has passed. A single seat gets no
    status word: targets are the centre's. ``hours``: signed in over the period."""

    scope: PageScope
    kpi: Kpi
    name: str
    centre_name: str
    value: KpiValue
    interval: Interval | None
    against: Against | None
    centre: KpiValue
    target: Target | None
    few: bool
    least_items: int
    least_days: int
    days: tuple[SeatDay, ...]
    shares: tuple[Share, ...]
    hours: float | None
    holidays: tuple[MarkedDay, ...] = ()
    change: SeatChange = SeatChange()

    @property
    def days_over(self) -> tuple[SeatDay, ...]:
        """The days without today, which has only begun."""
        return tuple(day for day in self.days if day.day < self.scope.today)

    @property
    def running(self) -> tuple[SeatDay, ...]:
        """Today, where it is among the days."""
        return tuple(day for day in self.days if day.day >= self.scope.today)
