"""A run as it is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from db.schema import runs, sources


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pull. ``inputs``: the files ({"name", "sha256", "rows"}), queries or urls it read."""

    id: int
    source: str
    source_title: str
    trigger: str
    window_from: date | None
    window_to: date | None
    state: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    started_at: datetime
    ended_at: datetime | None
    holder: str
    inputs: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    error: str | None

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


def run_columns() -> Select[Any]:
    """Select of every run with its source, in the order of ``RunRow``'s fields."""
    names = ("trigger", "window_from", "window_to", "state", "rows_read", "rows_used", "rows_rejected", "started_at")
    later = ("ended_at", "holder", "inputs", "warnings", "error")
    columns = [runs.c[name] for name in (*names, *later)]
    return select(runs.c.id, sources.c.code, sources.c.title, *columns).join_from(runs, sources)


def to_run(row: Sequence[Any]) -> RunRow:
    """A row of ``run_columns``."""
    values = dict(zip((field.name for field in fields(RunRow)), row, strict=True))
    for name in ("inputs", "warnings"):
        values[name] = tuple(values[name] or ())
    return RunRow(**values)
