"""What one read of a source gives: sums at the natural key's grain, and the rows that could not be used.

A batch states the whole truth of its source (and part) for every (centre, anchor day) that occurs in it: writing
it replaces those days and no others. A day a source no longer returns is therefore kept, never wiped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

CALL_KEYS = ("centre", "day", "hour", "queue", "channel")
SEAT_KEYS = ("centre", "day", "seat")  # further columns: team, shift
ORDER_KEYS = ("centre", "day", "anchor", "department", "channel", "category")
READING_KEYS = ("centre", "day", "measure")  # further column: value (and note)
MONTH_KEYS = ("centre", "month", "measure")  # further column: value


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used. ``row_no`` as the user sees it in the file (the header is row 1).

    ``row`` holds the mapped columns only, as text under the file's own headers, so that it can be mended.
    """

    file: str
    sheet: str
    row_no: int | None
    column: str
    value: str
    reason: str
    row: dict[str, str]


@dataclass(frozen=True, slots=True)
class FileTaken:
    """The file a batch came from, known by content."""

    name: str
    sha256: str
    size: int
    mapping_version: str


@dataclass(slots=True)
class Batch:
    """One unit of work: written in one transaction, or not at all.

    Frames hold the key columns above (``centre`` is the centre's code, ``day``/``anchor``/``month`` are
    ``datetime.date``; they may be categories) and any of the fact's measures as nullable integers (``Int64``); a
    measure the source does not supply has no column, one it left blank is <NA>: missing is never zero.
    ``rows_used + len(rejects) == rows_read`` always holds.
    """

    calls: pd.DataFrame | None = None
    seats: pd.DataFrame | None = None
    orders: pd.DataFrame | None = None
    readings: pd.DataFrame | None = None
    months: pd.DataFrame | None = None
    rejects: list[Reject] = field(default_factory=list)
    rows_read: int = 0
    rows_used: int = 0
    first_day: date | None = None
    last_day: date | None = None
    part: str = ""
    inputs: list[dict[str, str | int]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    file: FileTaken | None = None
