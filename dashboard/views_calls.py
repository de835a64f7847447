"""What 话务 and 工单 show, as plain data: made by ``ask_calls`` and ``ask_orders``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.judged import Target
from dashboard.reference import Kind
from dashboard.views import DailyChart
from kpi.model import Kpi, KpiValue
from kpi.periods import Period
from kpi.status import Status

Formulas = Mapping[str, tuple[tuple[str, str], ...]]
"""KPI code → the formulas in force over the period, each written out, with since when (“(自 … 起)”, '' for ever)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A KPI over the period: as it is, without approved exclusions (None: there are none), the period before and the
    same period a year before, over like lengths (None: not to be compared).

    ``part``: of today, which has only begun, what it was up to its last whole hour, as the others are; of more days
    what they were without today. ``reason``: why nothing can be compared.
    """

    kpi: Kpi
    now: KpiValue
    without: KpiValue | None = None
    before: KpiValue | None = None
    last_year: KpiValue | None = None
    target: Target | None = None
    status: Status | None = None
    part: KpiValue | None = None
    reason: str = ""

    @property
    def held(self) -> KpiValue:
        """What the other periods are held against."""
        return self.now if self.part is None else self.part


@dataclass(frozen=True, slots=True)
class Heat:
    """A KPI by weekday (1 Monday … 7) and hour; ``few``: cells whose sample is too small for a rate. Of a count, each
    value is the mean of a day: all of it ÷ days."""

    kpi: Kpi
    values: Mapping[tuple[int, int], KpiValue]
    few: frozenset[tuple[int, int]] = frozenset()
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """Calls that waited more than ``over`` and at most ``upto`` seconds (None: without end)."""

    over: int
    upto: int | None
    calls: float
    share: float


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times of one kind of calls. ``within``: share that waited no longer than the limit. ``days`` of
    ``passed`` centre-days tell them."""

    total: float
    buckets: tuple[Bucket, ...]
    within: Mapping[int, float]
    days: int
    passed: int


@dataclass(frozen=True, slots=True)
class FormulaRow:
    """One of the formulas side by side, without and with approved exclusions left out."""

    text: str
    in_force: bool
    value: KpiValue
    without: KpiValue | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One queue, channel, department or category. ``values`` in the order of the table's KPIs; ``interval``: 95 % of
    the rate it is ranked by; ``few``: its sample is too small to be ranked; ``open``: past due and not closed."""

    key: str
    values: tuple[KpiValue | None, ...]
    interval: tuple[float, float] | None
    few: bool
    open: float | None = None


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A period by key, worst first by ``rate``, those with too few samples last. ``with_open``: overdue is known."""

    kpis: tuple[Kpi, ...]
    rate: Kpi
    rows: tuple[GroupRow, ...]
    min_sample: int
    target: Target | None = None
    with_open: bool = False


@dataclass(frozen=True, slots=True)
class Versus:
    """A count by day and the days it is held against; of a day without data there is None. ``then_words``: what the
    other days are called. ``hour``: of today, which has only begun, the first that counts on neither day."""

    kpi: Kpi
    days: tuple[date, ...]
    now: tuple[float | None, ...]
    then: tuple[float | None, ...]
    then_start: date
    then_words: str = ""
    hour: int = 0


@dataclass(frozen=True, slots=True)
class PageScope:
    """What the parts of a page share. ``compared_with``: “较上月同期”. ``formulas``: of every KPI shown.
    ``hint``: which hours are compared, where the day has only begun. ``to_yesterday``: changes are over whole days.
    ``against``: what was chosen to compare with, ``said``: which days that are; ``obstacle``: why it can't be."""

    centre_name: str
    label: str
    compared_with: str
    period: Period
    today: date
    min_sample: int
    formulas: Formulas
    sources: tuple[str, ...]
    hint: str = ""
    to_yesterday: bool = False
    against: Kind = Kind.PREVIOUS
    obstacle: str = ""
    said: str = ""

    @property
    def with_chosen(self) -> bool:
        """True where the days chosen are shown beside the period; the year before has a place of its own."""
        return self.against in (Kind.PREVIOUS, Kind.DAYS)

    @property
    def with_last_year(self) -> bool:
        """True where the same period a year before is shown beside the period."""
        return self.against is not Kind.NONE


@dataclass(frozen=True, slots=True)
class CallsView:
    """Everything 话务 shows."""

    scope: PageScope
    figures: tuple[Compared, ...]
    heats: tuple[Heat, ...]
    waits: Mapping[str, Waits]
    limit: int
    six: tuple[FormulaRow, ...]
    rolling: DailyChart
    abandoned: DailyChart
    versus: Versus | None
    groups: Mapping[str, GroupTable]

    @property
    def has_values(self) -> bool:
        """True where there is anything to show."""
        return any(one.now.value is not None for one in self.figures)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage an order goes through. ``rate``: the KPI that tells how well, with its value over the same dates."""

    name: str
    dated_by: str
    count: float | None
    rate: Kpi | None = None
    value: KpiValue | None = None


@dataclass(frozen=True, slots=True)
class DueDay:
    """Orders due on a day and how many of them are closed; the rest is open."""

    day: date
    due: float
    closed: float
    open: float


@dataclass(frozen=True, slots=True)
class DueView:
    """Orders by due day around today. ``overdue``: open ones due before today, looked back to ``since``, the
    ``oldest`` of them due on that day (None: there are none); ``soon``: open ones due after today up to ``until``."""

    days: tuple[DueDay, ...]
    overdue: float
    overdue_today: float
    soon: float
    since: date
    until: date
    oldest: date | None


@dataclass(frozen=True, slots=True)
class OrdersView:
    """Everything 工单 shows. ``response``: (name, count or None, how it is dated) behind the satisfaction rate."""

    scope: PageScope
    figures: tuple[Compared, ...]
    stages: tuple[Stage, ...]
    due: DueView | None
    groups: Mapping[str, GroupTable]
    returns: DailyChart
    satisfaction: DailyChart
    response: tuple[Stage, ...]

    @property
    def has_values(self) -> bool:
        """True where there is anything to show."""
        return any(one.now.value is not None for one in self.figures)
