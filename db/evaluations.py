"""Self-evaluations as stored: the rules a sheet is scored by in a period and what a person wrote into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from db.bulk import naive_utc
from db.engine import bump_data_version
from db.schema_targets import evaluations
from db.sheets import sheet_row

PERIODS = ("half", "full")


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """``form``: the score form as plain data, None: the preset of the sheet's form. ``inputs``: row key → what was
    put in. ``texts``: section key → the person's own words. ``updated_at`` None: nothing stored yet."""

    form: Mapping[str, Any] | None = None
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    updated_at: datetime | None = None


def load_evaluation(conn: Connection, sheet_code: str, period: str) -> StoredEvaluation:
    """What is stored for a period (``half`` or ``full``). Raises UnknownSheetError, ValueError for another period."""
    row = conn.execute(
        select(evaluations).where(
            evaluations.c.sheet_id == sheet_row(conn, sheet_code).id, evaluations.c.period == _period(period)
        )
    ).one_or_none()
    if row is None:
        return StoredEvaluation()
    return StoredEvaluation(row.form, row.inputs, row.texts, row.author, row.updated_at)


def save_evaluation(
    conn: Connection,
    sheet_code: str,
    period: str,
    *,
    form: Mapping[str, Any] | None,
    inputs: Mapping[str, Mapping[str, Any]],
    texts: Mapping[str, str],
    author: str,
    now: datetime,
) -> None:
    """Stores it over what was there. Raises UnknownSheetError, ValueError for another period."""
    key = {"sheet_id": sheet_row(conn, sheet_code).id, "period": _period(period)}
    conn.execute(delete(evaluations).where(*(evaluations.c[name] == value for name, value in key.items())))
    conn.execute(
        insert(evaluations).values(
            **key,
            form=None if form is None else dict(form),
            inputs={name: dict(one) for name, one in inputs.items()},
            texts=dict(texts),
            author=author,
            updated_at=naive_utc(now),
        )
    )
    bump_data_version(conn)


def _period(period: str) -> str:
    if period not in PERIODS:
        raise ValueError(f"period must be one of {PERIODS}, not {period!r}")
    return period
