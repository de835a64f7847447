"""Grouped sums of a foreign database, fetched and made into the frames of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, case, func, select

from ingest.sources.sql_clock import Element
from ingest.sources.sql_sums import Total

_SPACES = " \t\r\n\v\f\u00a0\u3000\ufeff"
_DAYS = ("day", "anchor")


@dataclass(slots=True)
class Reader:
    """Runs statements and counts the rows that come over. ``fetched``: so far."""

    conn: Connection
    fetched: int = 0

    def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of a statement."""
        rows = self.conn.execute(statement).all()
        self.fetched += len(rows)
        return rows


Keys = Mapping[str, Element | None]
"""Key columns by name; None: '' for all rows."""


def sums_by(
    rows: Subquery, keys: Keys, totals: Sequence[Total], where: ColumnElement[bool] | None = None
) -> Select[Any]:
    """The SELECT of the sums (m_CODE) by key (k_NAME), of the rows summed (n), and of what each guard counts."""
    guards = {t.guard: (t.among, t.known) for t in totals if t.among is not None and t.known is not None}
    counts = [
        column
        for name, (among, known) in guards.items()
        for column in (among.label(f"among_{name}"), known.label(f"known_{name}"))
    ]
    given = {name: value for name, value in keys.items() if value is not None}
    named = [value.label(f"k_{name}") for name, value in given.items()]
    measures = [total.sql.label(f"m_{total.code}") for total in totals]
    size = func.sum(rows.c.size) if "size" in rows.c else func.count()
    statement = select(*named, size.label("n"), *measures, *counts).select_from(rows).group_by(*given.values())
    return statement if where is None else statement.where(where)


def summed(
    reader: Reader,
    rows: Subquery,
    keys: Keys,
    totals: Sequence[Total],
    where: ColumnElement[bool] | None = None,
) -> tuple[pd.DataFrame, int, int]:
    """(the sums by key, the rows summed, the rows in doubt: those without a day).

    A measure of which no row says anything has no column.
    """
    rows_found = reader.rows(sums_by(rows, keys, totals, where))
    found = [row for row in rows_found if row._mapping["k_day"] is not None]
    columns = {
        name: _keys(name, ["" if value is None else row._mapping[f"k_{name}"] for row in found])
        for name, value in keys.items()
    }
    frame = pd.DataFrame(columns)
    for total in totals:
        values = _measure(total, found)
        if values is not None:
            frame[total.code] = values
    used = sum(int(row._mapping["n"]) for row in found)
    return _tidy(frame, list(keys)), used, sum(int(row._mapping["n"]) for row in rows_found) - used


def _keys(name: str, values: list[Any]) -> pd.Series[Any]:
    if name in _DAYS:
        return pd.Series([as_day(value) for value in values], dtype=object)
    if name == "hour":
        return pd.Series([int(value) for value in values], dtype="int64")
    return pd.Series([str(value or "").strip(_SPACES) for value in values], dtype=object)


def as_day(value: Any) -> date:
    """A day as databases give it: a date, a datetime, or (SQLite) text."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _measure(total: Total, found: Sequence[Row[Any]]) -> pd.arrays.IntegerArray | None:
    """The sums as whole numbers, <NA> where rows were counted over and none was known."""
    values: list[int | None] = []
    counted = known = 0
    for row in found:
        cells = row._mapping
        among_here = int(cells[f"among_{total.guard}"] or 0) if total.guard else 0
        known_here = int(cells[f"known_{total.guard}"] or 0) if total.guard else 0
        counted, known = counted + among_here, known + known_here
        values.append(None if among_here and not known_here else rounded(cells[f"m_{total.code}"]))
    return None if counted and not known else pd.array(values, dtype="Int64")


def rounded(value: Any) -> int:
    """A sum rounded half up to a whole number, 0 for the sum of nothing."""
    if value is None:
        return 0
    exact = value if isinstance(value, Decimal | int) else Decimal(str(round(float(value), 3)))
    return int(Decimal(exact).quantize(Decimal(1), ROUND_HALF_UP))


def _tidy(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Names that differ only in spaces around them are one."""
    if not frame.duplicated(keys).any():
        return frame
    return frame.groupby(keys, sort=False, dropna=False).sum(min_count=1).reset_index()


def first_and_last(frame: pd.DataFrame | None, column: str) -> tuple[date | None, date | None]:
    """The first and the last day of a frame."""
    if frame is None or frame.empty:
        return None, None
    return min(frame[column]), max(frame[column])


def tally(reader: Reader, rows: Subquery, conditions: dict[str, ColumnElement[bool]]) -> dict[str, int]:
    """How many rows there are of each condition, in one statement."""
    if not conditions:
        return {}
    columns = [func.sum(case((when, 1), else_=0)).label(name) for name, when in conditions.items()]
    (found,) = reader.rows(select(*columns).select_from(rows))
    return {name: int(found._mapping[name] or 0) for name in conditions}
