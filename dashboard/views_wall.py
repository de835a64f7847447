"""What 周报大屏 shows, as plain data: made by ``ask_wall``, drawn by ``wall_scenes``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.judged import Target
from dashboard.views import Indicator
from kpi.alert_model import Severity
from kpi.model import Grain, Kpi, KpiValue
from kpi.pace_model import Progress
from kpi.periods import Period


@dataclass(frozen=True, slots=True)
class Week:
    """The days covered: ``period`` the whole days of the calendar week ``unit``; ``before`` the like days a week
    earlier. ``running``: it is this week, so that ``today`` is not covered yet."""

    unit: Period
    period: Period
    before: Period
    today: date
    running: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """One KPI of the week beside the week before: the figures, today's so far, and both weeks day by day from Monday
    (None: no figure). ``few``: days on too small a sample to be judged."""

    item: Indicator
    days: tuple[float | None, ...] = ()
    days_before: tuple[float | None, ...] = ()
    few: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """A place that had more misses than usual (of a mean: more or fewer units). Never a seat: people read this."""

    grain: Grain
    key: str
    events: float
    usual: float
    mean: bool


@dataclass(frozen=True, slots=True)
class BadDay:
    """A day that missed its target. ``gap`` in the KPI's unit; ``name`` as the sheet has it."""

    day: date
    name: str
    kpi: Kpi
    value: KpiValue
    target: Target
    gap: float
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """So many seats of at least ``low`` and less than ``high``."""

    low: float
    high: float
    seats: int


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats without names: the figures, how the outputs spread, and how many reached the target."""

    tiles: tuple[Tile, ...]
    bins: tuple[Bin, ...]
    count: int
    median: float | None
    reached: int | None
    target: Target | None


@dataclass(frozen=True, slots=True)
class Late:
    """A department with orders that were not closed in time: how many of how many due."""

    name: str
    late: float
    due: float


@dataclass(frozen=True, slots=True)
class Orders:
    """The week's orders: figures, and the departments with most overdue."""

    tiles: tuple[Tile, ...]
    late: tuple[Late, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """So many figures of a measure that were corrected after they had been shown."""

    name: str
    figures: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that has not recovered. ``since`` local wall time as text; ``reason`` as recorded."""

    name: str
    severity: Severity
    since: str
    reason: str


@dataclass(frozen=True, slots=True)
class WallView:
    """Everything the wall shows. ``judged``: there is a target sheet by which single days can be held. ``rest``: the
    week of what else is judged, beside the tiles."""

    centre_name: str
    week: Week
    tiles: tuple[Tile, ...]
    judged: bool
    days: tuple[BadDay, ...]
    seats: Seats
    orders: Orders
    corrected: tuple[Corrected, ...]
    progress: Progress | None = None
    alerts: tuple[OpenAlert, ...] = ()
    rules: int = 0
    rest: tuple[Indicator, ...] = ()
    has_values: bool = True
