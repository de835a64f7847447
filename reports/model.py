"""A report as plain data: sections of tables whose cells hold both the exact figure and the words people read.

Whoever renders it decides nothing: the words, marks and orders are here, the same in the mail, the PDF and the sheets.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kpi.model import Grain
from kpi.status import Status

DASH = "—"
PAGE, WIDE = 130.0, 100.0
"""A page is so many parts wide; a table of fewer than WIDE is as narrow as it says, any other as wide as the page."""


class Kind(StrEnum):
    """The kinds of report; the value is the word of the command line and of the archive."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    HALF_YEAR = "half-year"


GRAINS = {Kind.DAILY: Grain.DAY, Kind.WEEKLY: Grain.WEEK, Kind.MONTHLY: Grain.MONTH, Kind.HALF_YEAR: Grain.HALF}
"""The calendar unit that a report of each kind covers."""


class Align(StrEnum):
    """How a column is set. BAR columns hold pictures and are left out where none can be drawn."""

    LEFT = "left"
    RIGHT = "right"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bullet: all in 0…1 of its length. ``target``, ``expected`` and the band ``low``…``high`` where there are."""

    value: float
    target: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``value`` is the exact figure behind ``text`` (a percentage as a fraction) in ``unit``; ``small`` is
    the second line; ``reason`` tells why ``text`` is “—”; ``status`` colours it."""

    text: str = ""
    small: str = ""
    value: float | None = None
    unit: str = ""
    reason: str = ""
    status: Status | None = None
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``width`` in parts of PAGE."""

    title: str
    width: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below their heads."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""

    @property
    def share(self) -> float:
        """How much of the page's width it takes."""
        total = sum(column.width for column in self.columns)
        return 1.0 if total >= WIDE else total / PAGE


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its finding before its proof. ``notes`` come last, small."""

    code: str
    title: str
    finding: str
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``start``…``end`` is the calendar unit it is of, ``through`` the last day it covers.

    ``centre`` and ``sheet`` are codes, '' for all centres and for no target sheet. ``empty``: there was no data in the
    period, so it must not be read as if all were well. ``findings`` are further sentences below the first.
    """

    kind: Kind
    centre: str
    centre_name: str
    sheet: str
    sheet_title: str
    start: date
    end: date
    through: date
    title: str
    sentence: str
    findings: tuple[str, ...]
    sections: tuple[Section, ...]
    empty: bool = False

    @property
    def finished(self) -> bool:
        """True where the whole of the period is covered."""
        return self.through == self.end

    def section(self, code: str) -> Section:
        """The section of this code. Raises KeyError."""
        for one in self.sections:
            if one.code == code:
                return one
        raise KeyError(code)


def to_json(report: Report) -> dict[str, Any]:
    """As JSON values."""
    days = {name: getattr(report, name).isoformat() for name in ("start", "end", "through")}
    return asdict(report) | days


def from_json(data: dict[str, Any]) -> Report:
    """From JSON values."""
    days = {name: date.fromisoformat(data[name]) for name in ("start", "end", "through")}
    sections = tuple(_section(one) for one in data["sections"])
    more = {"kind": Kind(data["kind"]), "findings": tuple(data["findings"]), "sections": sections}
    return Report(**(data | days | more))


def _section(data: dict[str, Any]) -> Section:
    tables = tuple(_table(one) for one in data["tables"])
    return Section(**(data | {"tables": tables, "notes": tuple(data["notes"])}))


def _table(data: dict[str, Any]) -> Table:
    columns = tuple(Column(one["title"], one["width"], Align(one["align"])) for one in data["columns"])
    rows = tuple(tuple(_cell(one) for one in row) for row in data["rows"])
    return Table(columns, rows, data["title"])


def _cell(data: dict[str, Any]) -> Cell:
    status = None if data["status"] is None else Status(data["status"])
    bar = None if data["bar"] is None else Bar(**data["bar"])
    return Cell(**(data | {"status": status, "bar": bar}))
