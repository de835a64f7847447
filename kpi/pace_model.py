"""What is known of an indicator on a day, as frozen data: its binding, its pace in each period, its row of a page.

``targets.progress`` fills these; pages, mails, documents and commands only show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kpi.model import Better, NoValue
from kpi.periods import Period
from kpi.sheet import Cell, Indicator
from kpi.status import Operator, Status


class PaceClass(StrEnum):
    """How an indicator is paced (RULES 4); the value is the rule's own sign."""

    RATIO = "R"
    TOWARDS = "C+"
    EXACT = "C="
    CAP = "C-"
    BUDGET = "B"
    STOCK = "S"
    MILESTONE = "M"
    GRADE = "Q"
    VOLUME = "V"


class BoundTo(StrEnum):
    """Where an indicator's figure comes from."""

    KPI = "kpi"  # a KPI of the catalogue, from the facts
    MONEY = "money"  # an expenditure line or the project's whole budget: entries are amounts spent to date
    COUNT = "count"  # events entered by hand: each entry adds
    STOCK = "stock"  # a level entered by hand: the last entry counts
    MILESTONE = "milestone"  # done or not, on a day
    READING = "reading"  # a ratio or value entered by hand: the last entry counts
    GRADE = "grade"  # a person's judgement with evidence


class Schedule(StrEnum):
    """By what a count is expected to grow."""

    CALENDAR = "calendar"
    WORKING = "working"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Binding:
    """What an indicator is bound to. ``reference`` is the KPI's code, or the name of an expenditure line ('' for the
    whole budget). ``plan`` are weights by month (1…12) for a monthly schedule. ``tolerance`` in percentage points
    (money) or in the unit (exact). ``confirmed_by`` empty: only proposed, and then shown as such."""

    bound_to: BoundTo
    pace: PaceClass
    reference: str = ""
    schedule: Schedule = Schedule.CALENDAR
    plan: tuple[tuple[int, float], ...] = ()
    tolerance: float = 5.0
    min_sample: int = 0
    note: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """手工填报: one reading entered for an indicator. ``value`` in the unit of the indicator (percent as 96.5);
    ``text`` for a grade (提升) or a milestone (已完成). ``evidence`` names the attachments."""

    id: int
    key: str
    day: date
    value: float | None
    text: str
    note: str
    author: str
    entered_at: datetime
    evidence: tuple[str, ...] = ()
    revoked_at: datetime | None = None
    revoked_by: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """One indicator in one period (half-year or full year) as it stood on a day. A percentage is a fraction.

    ``value`` numerator ÷ denominator, a count, a level; None with ``reason``. ``expected`` today, ``index`` = done ÷
    expected, ``required`` the rate still required, ``per_day`` needed per remaining working day, ``allowance``/
    ``used``/``left`` in events (可漏接余量), ``projected`` end value with its 80 % interval ``low``…``high`` and the
    ``probability`` of meeting the target; ``deviation`` in percentage points (money). Whatever a class does not have
    is None. ``said`` is one Chinese sentence for people: what it takes from here.
    """

    period: Period
    target: Cell
    status: Status
    value: float | None = None
    text: str = ""
    reason: NoValue | None = None
    detail: str = ""
    numerator: float | None = None
    denominator: float | None = None
    remaining: float | None = None
    expected: float | None = None
    index: float | None = None
    required: float | None = None
    per_day: float | None = None
    allowance: float | None = None
    used: float | None = None
    left: float | None = None
    projected: float | None = None
    low: float | None = None
    high: float | None = None
    probability: float | None = None
    deviation: float | None = None
    locked: bool = False
    out_of_reach: bool = False
    method: str = ""
    said: str = ""
    days_with_data: int = 0
    days_passed: int = 0

    @property
    def operator(self) -> Operator | None:
        """The target's operator."""
        return self.target.operator


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One indicator on a day. ``unit`` and ``better`` tell how its figures are written; ``last_year`` is the value of
    the same days of the year a year before, ``last_half`` of those of its first half (volumes and ratios of the
    facts). ``due`` is the period in which it is judged now: the half-year up to 30 June, the full year after.
    ``spark``: the value of each of the last 28 days."""

    key: str
    project: int
    project_name: str
    indicator: Indicator
    binding: Binding | None
    unit: str
    better: Better
    half: Pace
    full: Pace
    last_year: float | None = None
    last_half: float | None = None
    spark: tuple[float | None, ...] = ()
    newest: date | None = None

    @property
    def has_days(self) -> bool:
        """True where each day has a value of its own: of facts. What people enter stands until the next entry."""
        return bool(self.spark) and self.binding is not None and self.binding.bound_to is BoundTo.KPI

    @property
    def of_day(self) -> float | None:
        """The value of the day asked as of; None where it has none of its own."""
        return self.spark[-1] if self.has_days else None

    def due(self, as_of: date) -> Pace:
        """The pace that counts on a day."""
        return self.half if as_of <= self.half.period.end else self.full


@dataclass(frozen=True, slots=True)
class Progress:
    """A sheet as it stood at the end of ``as_of``. ``counts``: rows by status word, of the period that counts."""

    sheet: str
    title: str
    year: int
    as_of: date
    rows: tuple[ProgressRow, ...]
    counts: tuple[tuple[Status, int], ...]
    sentence: str
    data_version: int
