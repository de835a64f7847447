"""What was pulled, and the rows that could not be used, as plain data: made by ``ask_records``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kpi.periods import Period


@dataclass(frozen=True, slots=True)
class RunView:
    """One row of the runs table."""

    id: int
    source: str
    title: str
    trigger: str
    state: str
    window: Period | None
    started_at: datetime
    seconds: float | None
    rows_read: int
    rows_used: int
    rows_rejected: int
    inputs: tuple[str, ...]
    warnings: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class RejectView:
    """One row that could not be used."""

    source: str
    title: str
    file: str
    sheet: str
    row_no: int | None
    column: str
    value: str
    reason: str
