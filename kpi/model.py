"""The words of the house as frozen data: measures, KPIs, formulas, definitions, values.

Nothing here computes. ``measures.py`` and ``catalogue.py`` declare instances, ``compute.py`` divides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from kpi.misses import HAPPENED, SHORT_OF, Misses


class Fact(StrEnum):
    """The fact table a measure is kept in."""

    CALL = "call"  # call_stats: centre x day x hour x queue x channel
    SEAT = "seat"  # seat_stats: centre x day x seat
    ORDER = "order"  # order_stats: centre x day x department x channel x category
    READING = "reading"  # readings: centre x day x measure (entered by hand, or a centre's own)


class Nature(StrEnum):
    """How a measure behaves over time."""

    FLOW = "flow"  # reported every day; a day without a figure is missing, not zero
    EVENT = "event"  # recorded when it happens; days between recorded events are zero
    STOCK = "stock"  # a level; never added over days, the last reading counts


class DatedBy(StrEnum):
    """归属日期: the date of a row that a measure is counted on (RULES 1)."""

    ASKED = "asked"  # 请求人工的时刻
    ACCEPTED = "accepted"  # 受理日
    DISPATCHED = "dispatched"  # 派单日
    DUE = "due"  # 到期日
    CLOSED = "closed"  # 办结日
    CALLED_BACK = "called_back"  # 回访日
    WORKED = "worked"  # 坐席工作日
    STATED = "stated"  # the date written beside the figure


class Group(StrEnum):
    """The group a KPI is listed under; the value is the text shown."""

    CALLS = "话务"
    ORDERS = "工单"
    QUALITY = "质量"
    SEATS = "座席"
    VOLUMES = "业务量"
    MONEY = "资金"


class Better(StrEnum):
    """Which way a KPI should go."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"
    NEAR_PLAN = "near_plan"


class Unit(StrEnum):
    """The unit of a value; the value is the text shown. A PERCENT value is kept as a fraction (0.9571)."""

    PERCENT = "%"
    SECONDS = "秒"
    ITEMS_PER_SEAT_DAY = "件/坐席/天"
    CALLS = "个"
    ITEMS = "件"
    TIMES = "次"
    PEOPLE = "人"
    POINTS = "分"
    YUAN = "元"


class NoValue(StrEnum):
    """Why there is no value; the value is the text shown beside “—”."""

    NO_DATA = "无数据"
    ZERO_DENOMINATOR = "分母为 0"
    TOO_FEW = "样本不足"
    UNAVAILABLE = "来源不提供该口径所需的数据"
    NOT_STARTED = "未到期"


@dataclass(frozen=True, slots=True)
class Measure:
    """A count or a sum that may be added over centres, seats, hours and days (unless a stock).

    ``code`` is the column name in its fact table, or the ``measure`` text of a reading. ``english``: its name as it
    stands in formulas in English; '' leaves the Chinese one.
    """

    code: str
    name: str
    fact: Fact
    unit: Unit
    dated_by: DatedBy
    nature: Nature = Nature.FLOW
    note: str = ""
    english: str = ""


Terms = tuple[tuple[str, int], ...]
"""A linear combination of measures: ((code, +1 or -1), …). Codes may hold ``{limit}`` or ``{short}``."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One way (口径) to compute a KPI. An empty denominator makes the value a count.

    ``text`` is the formula in Chinese; it may hold ``{limit}`` and ``{short}`` like the terms.
    """

    code: str
    text: str
    numerator: Terms
    denominator: Terms = ()


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI (指标): name, unit, direction, and its formulas, the first of which is the default.

    ``english`` and ``note_english`` are name and note in English ('' leaves the Chinese); ``words`` what else its
    formulas say that no measure is called: (Chinese, English), with ``{n}`` for figures.
    """

    code: str
    name: str
    group: Group
    unit: Unit
    better: Better
    formulas: tuple[Formula, ...]
    aliases: tuple[str, ...] = ()
    note: str = ""
    min_denominator: int = 1
    english: str = ""
    note_english: str = ""
    misses: Misses | None = None
    words: tuple[tuple[str, str], ...] = ()

    def formula(self, code: str | None = None) -> Formula:
        """The formula with this code, or the default one. Raises KeyError naming the codes there are."""
        if code is None:
            return self.formulas[0]
        for formula in self.formulas:
            if formula.code == code:
                return formula
        known = ", ".join(f.code for f in self.formulas)
        raise KeyError(f"{self.name} 没有口径 {code!r}; 可用: {known}")

    @property
    def is_count(self) -> bool:
        """True where the value is a count, not a ratio."""
        return not self.formulas[0].denominator

    @property
    def called_missing(self) -> Misses:
        """What its misses are called: its own words, or those of any KPI that should be as high or low."""
        return self.misses or (HAPPENED if self.better is Better.LOWER else SHORT_OF)

    def sample_of(self, value: KpiValue) -> float | None:
        """How much a figure stands on: what it was divided by; of seats the items that were divided, for a centre has
        no more seat-days a day than seats. None for a count, and without a figure."""
        return value.numerator if self.group is Group.SEATS else value.denominator


@dataclass(frozen=True, slots=True)
class Definition:
    """The formula in force (口径版本) for one KPI from ``valid_from`` on, for one centre or (None) for all.

    ``limit`` is T of “T 秒内接通” in seconds, inclusive; ``short`` the short-abandon limit, exclusive;
    ``mode`` says how a period is put together: ``ratio_of_sums`` or ``mean_of_months``.
    """

    kpi: str
    valid_from: date
    formula: str
    centre: str | None = None
    limit: int = 15
    short: int = 5
    mode: str = "ratio_of_sums"
    note: str = ""
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """剔除: an approved dated period whose figures are left out. ``starts``/``ends`` are local wall times
    on the hour; ``ends`` is exclusive."""

    starts: datetime
    ends: datetime
    category: str
    reason: str
    approved_by: str
    centre: str | None = None


class Grain(StrEnum):
    """What one row of an answer stands for. TOTAL is the whole period as one row."""

    TOTAL = "total"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HALF = "half"
    YEAR = "year"
    ROLLING_24H = "rolling24h"
    SEAT = "seat"
    QUEUE = "queue"
    CHANNEL = "channel"
    DEPARTMENT = "department"
    CATEGORY = "category"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class KpiValue:
    """One figure that can be proved: value, what it was divided from, how much of the period it covers.

    ``start``/``end`` are inclusive days; ``key`` is the hour, seat, queue … when the grain is one of those.
    ``days_passed`` counts centre-days of the period up to the day asked as of; ``days_with_data`` those that
    had every measure the formula needs. ``value`` of a PERCENT KPI is a fraction.
    """

    kpi: str
    formula: str
    start: date
    end: date
    key: str
    value: float | None
    numerator: float | None
    denominator: float | None
    days_with_data: int
    days_passed: int
    reason: NoValue | None = None
    detail: str = ""

    @property
    def coverage(self) -> float | None:
        """Days with data ÷ days that have passed, None before the first day of the period has come."""
        return self.days_with_data / self.days_passed if self.days_passed else None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for figures. ``centres`` are codes; figures are summed over them and all below them.

    ``start``/``end`` inclusive. ``as_of``: the last day that counts as passed. ``formula`` overrides the
    definition in force. ``exclude``: leave approved exclusions out. ``until_hour``: of each day only the hours before
    this one (1…24), which calls alone are known by. ``part_until``: after each total the same up to this day, from
    the same sums.
    """

    kpis: tuple[str, ...]
    centres: tuple[str, ...]
    start: date
    end: date
    as_of: date
    by: Grain = Grain.TOTAL
    formula: str | None = None
    exclude: bool = False
    until_hour: int | None = None
    part_until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures asked for, by KPI code, in the order of time (or of the key)."""

    ask: Ask
    values: Mapping[str, tuple[KpiValue, ...]] = field(default_factory=lambda: MappingProxyType({}))
    data_version: int = 0

    def one(self, kpi: str) -> KpiValue:
        """The only figure of this KPI. Raises ValueError where there is not exactly one."""
        (value,) = self.values[kpi]
        return value
