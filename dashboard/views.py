"""What the pages show, as plain data: made by ``dashboard.data``, drawn by components and figures.

Moments here are local to the centre and aware of their zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dashboard.judged import Target
from dashboard.views_live import ByHand, HourlyChart, OpenAlert, Paced
from dashboard.views_records import RejectView as RejectView
from dashboard.views_records import RunView as RunView
from dashboard.views_restated import GrowthView, RestatedView
from kpi.model import Kpi, KpiValue
from kpi.periods import Period
from kpi.status import Status


@dataclass(frozen=True, slots=True)
class SameHours:
    """A running day up to its last whole hour with data, held against the same hours of the day before and of the
    usual day of its kind. ``hour``: the first that does not count any more. ``hint`` says which hours and days;
    ``reason``: why there is nothing to hold it against."""

    now: KpiValue | None = None
    before: KpiValue | None = None
    usual: KpiValue | None = None
    hint: str = ""
    reason: str = ""
    hour: int = 0


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row (or card): a KPI over the period, what it is judged by and how it came there.

    ``before``: the period before, over a like length; of today, which has only begun, ``same_hours`` instead.
    ``part``: the days compared with it, where today is not among them; ``reason``: why there are none.
    ``without``: the same with approved exclusions left out, only where some lie in the period.
    ``judged_over``: whose status it is, where it is not that of the period shown: a count or an amount can be held
    against its target only over the half-year or the year that the target is set for.
    ``trend``: the last four weeks by day. ``sources``: codes of the sources that brought the figures.
    """

    kpi: Kpi
    now: KpiValue
    today: KpiValue | None = None
    before: KpiValue | None = None
    same_hours: SameHours | None = None
    part: KpiValue | None = None
    reason: str = ""
    without: KpiValue | None = None
    target: Target | None = None
    status: Status | None = None
    judged_over: Period | None = None
    trend: tuple[KpiValue, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day that the chart shades: a holiday with its name, or one that an exclusion touches with its reason."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class DailyChart:
    """One KPI by day. ``period``: the days asked for within the days drawn. ``formula``: in force, written out.

    A day with a sample below ``min_sample`` is only shown: it is not judged, and no finding names it. Nor is today,
    which has only begun, unless ``today_counts``: the figures are of spans that have ended.
    """

    kpi: Kpi
    values: tuple[KpiValue, ...]
    target: Target | None
    period: Period
    today: date
    holidays: tuple[MarkedDay, ...] = ()
    excluded: tuple[MarkedDay, ...] = ()
    formula: str = ""
    min_sample: int = 0
    today_counts: bool = False

    def is_few(self, value: KpiValue) -> bool:
        """True of a day with a figure on too small a sample."""
        sample = self.kpi.sample_of(value)
        return value.value is not None and sample is not None and sample < self.min_sample

    def counts(self, value: KpiValue) -> bool:
        """True of a day that can be judged and named: it has a figure, is over, and its sample is large enough."""
        over = self.today_counts or value.start < self.today
        return value.value is not None and over and not self.is_few(value)

    def is_apart(self, value: KpiValue) -> bool:
        """True of a day that is only shown: no line leads to it."""
        return value.value is not None and not self.counts(value)

    @property
    def shows_today(self) -> bool:
        """True where the running day, not over yet, is among the days shown."""
        return any(self.is_apart(v) and not self.is_few(v) for v in self.values)

    def misses(self, value: KpiValue) -> bool:
        """True of a day that can be judged and is on the wrong side of the target."""
        return self.target is not None and self.counts(value) and not self.target.holds(value.value or 0.0)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything 总览 shows. ``label`` and ``compared_with`` are words: “本月”, “较上月同期”. ``paces``: by KPI."""

    centre_name: str
    centres: int
    label: str
    compared_with: str
    period: Period
    today: date
    headline: tuple[Indicator, ...]
    rows: tuple[Indicator, ...]
    silent: tuple[Kpi, ...]
    daily: DailyChart | None
    hourly: HourlyChart | None
    has_values: bool
    paces: Mapping[str, Paced] = field(default_factory=dict)
    alerts: tuple[OpenAlert, ...] = ()
    by_hand: tuple[ByHand, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """What the sentence waits for: the sources of all that is judged; none where the period is over."""
        items = (*self.headline, *self.rows) if self.today <= self.period.end else ()
        judged = [item for item in items if item.target] or items
        return tuple(sorted({code for item in judged for code in item.sources}))

    @property
    def is_running(self) -> bool:
        """True where the period is not over: what it takes from here is a question of now."""
        return self.period.start <= self.today <= self.period.end


@dataclass(frozen=True, slots=True)
class BroughtBy:
    """A pull that brought figures of a KPI."""

    source: str
    title: str
    run_id: int
    at: datetime
    inputs: tuple[str, ...]
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class FormulaInForce:
    """A definition as shown: the formula written out, since when (None: from the beginning), and by whom."""

    text: str
    valid_from: date | None
    period: Period
    mode: str
    note: str
    changed_by: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a figure comes from. ``measures``: (name, value or None) of everything the formula needs."""

    kpi: Kpi
    value: KpiValue
    centres: int
    target: Target | None
    formulas: tuple[FormulaInForce, ...]
    numerator: tuple[str, float | None]
    denominator: tuple[str, float | None] | None
    brought: tuple[BroughtBy, ...]
    brought_more: int
    restated: int


class SourceState(StrEnum):
    """How a source is; the value is the word shown."""

    FAILED = "失败"
    STALE = "过时"
    NEVER = "还没有数据"
    OFF = "已停用"
    OK = "正常"


@dataclass(frozen=True, slots=True)
class SourceView:
    """One row of the sources table. ``missing``: days without data lately."""

    code: str
    title: str
    kind: str
    state: SourceState
    checked_at: datetime | None
    last_ok_at: datetime | None
    last_error: str
    first_day: date | None
    last_day: date | None
    missing: int
    rows: int
    open_rejects: int
    takes_files: bool
    accepts: str


class DayState(StrEnum):
    """How a day of a source is; the value is the word shown."""

    DATA = "有数据"
    GAP = "缺数据"
    CLOSED = "约定无数据"
    BEFORE = "尚未接入"
    TODAY = "进行中"
    FUTURE = ""


@dataclass(frozen=True, slots=True)
class SourceCalendar:
    """The last months of one source by day; ``rows`` are the rows used of days with data."""

    code: str
    title: str
    kind: str
    days: Mapping[date, DayState]
    rows: Mapping[date, int]

    @property
    def gaps(self) -> tuple[date, ...]:
        """The missing days in order."""
        return tuple(sorted(day for day, state in self.days.items() if state is DayState.GAP))


@dataclass(frozen=True, slots=True)
class DataPage:
    """Everything 数据 shows. ``neighbours``: where the newer and the older page of runs begin, None without one."""

    now: datetime
    sources: tuple[SourceView, ...]
    calendars: tuple[SourceCalendar, ...]
    runs: tuple[RunView, ...]
    neighbours: tuple[int | None, int | None]
    rejects: tuple[RejectView, ...]
    reject_count: int
    restatements: tuple[RestatedView, ...]
    restated_more: bool = False
    growth: tuple[GrowthView, ...] = ()


@dataclass(frozen=True, slots=True)
class Freshness:
    """The moment of the data. ``moments``: source code → (moment, minutes until stale). ``broken``: database gone."""

    now: datetime
    at: datetime | None
    moments: Mapping[str, tuple[datetime, int]]
    broken: bool = False
