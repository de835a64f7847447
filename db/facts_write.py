"""Replacing facts: the frames of a batch become rows; what the source said before about the same days goes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select

from db.bulk import bulk_insert, day_ranges
from db.errors import UnknownCentreError
from db.masking import without_numbers
from db.schema import call_stats, centres, month_stats, order_stats, readings, seat_stats
from kpi.measures import BY_CODE, of_fact
from kpi.model import Fact

CHUNK = 50_000
"""Rows turned into Python objects at a time: a year of work orders must not fill the memory."""

Days = dict[int, set[date]]
"""Days by centre id."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """How one frame of a batch is kept.

    ``keys`` are the frame's key columns beside centre; ``anchor`` is the date by which a source's rows are
    replaced; ``others`` may be absent from the frame; ``measures`` are nullable integers.
    """

    table: Table
    keys: tuple[str, ...]
    anchor: str
    measures: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


def _stored(fact: Fact, table: Table) -> tuple[str, ...]:
    return tuple(m.code for m in of_fact(fact) if m.code in table.c)


CALLS = FactTable(call_stats, ("day", "hour", "queue", "channel"), "day", _stored(Fact.CALL, call_stats))
SEATS = FactTable(seat_stats, ("day", "seat"), "day", _stored(Fact.SEAT, seat_stats), ("team", "shift"))
ORDERS = FactTable(
    order_stats,
    ("day", "anchor", "department", "channel", "category"),
    "anchor",
    _stored(Fact.ORDER, order_stats),
)
READINGS = FactTable(readings, ("day", "measure"), "day", others=("note",), required=("value",))
WIDE_CODES = frozenset(code for code, measure in BY_CODE.items() if measure.fact is not Fact.READING)
"""Measures that have a column in a fact table; a reading of that name would be added to it."""
MONTHS = FactTable(month_stats, ("month", "measure"), "month", required=("value",))


def mended_part(part: str, run_id: int | None = None) -> str:
    """The part under which mended rows of a part are kept, one of each mending run; without a run: how all begin."""
    known = hashlib.sha256(part.encode()).hexdigest()[:16] if part else ""
    return f"mend:{known}:{'' if run_id is None else run_id}"


@dataclass(frozen=True, slots=True)
class Part:
    """Whose rows are written: source, part and run, and which parts of the source they replace.

    ``replaces`` None: every part, the batch says all the source knows of the day. ``with_mended``: also what was
    mended of this part before.
    """

    source_id: int
    part: str
    run_id: int
    replaces: tuple[str, ...] | None
    with_mended: bool = False

    def older(self, table: Table) -> ColumnElement[bool]:
        """The rows of a table that this part replaces, on any day."""
        mine = table.c.source_id == self.source_id
        if self.replaces is None:
            return mine
        older: ColumnElement[bool] = table.c.part.in_(self.replaces)
        if self.with_mended:
            older = or_(older, table.c.part.startswith(mended_part(self.part), autoescape=True))
        return and_(mine, older)


def centre_ids(conn: Connection, frames: Sequence[pd.DataFrame]) -> dict[str, int]:
    """Ids of the centres that the frames name. Raises UnknownCentreError for a code without a centre."""
    ids = {code: int(id_) for code, id_ in conn.execute(select(centres.c.code, centres.c.id))}
    named = {str(code) for frame in frames if len(frame) for code in frame["centre"].unique()}
    if unknown := sorted(named - ids.keys()):
        raise UnknownCentreError(
            f"数据里有未登记的中心: {'、'.join(unknown)}。请在 sources.yaml 的 centres 中登记, "
            f"或改正 centre_column 的对照。已登记: {'、'.join(ids) or '(无)'}。"
        )
    return ids


def days_of(frame: pd.DataFrame, column: str, ids: Mapping[str, int]) -> Days:
    """The days in a date column of a frame, by centre id."""
    if frame.empty:
        return {}
    pairs = frame[["centre", column]].drop_duplicates()
    found: Days = {}
    for code, day in zip(pairs["centre"], pairs[column], strict=True):
        found.setdefault(ids[str(code)], set()).add(plain_date(day))
    return found


def plain_date(value: date | datetime) -> date:
    """A date, also where pandas made a timestamp of it."""
    return value.date() if isinstance(value, datetime) else value


def merge(into: Days, more: Days) -> None:
    """Adds days to days."""
    for centre_id, days in more.items():
        into.setdefault(centre_id, set()).update(days)


def within(table: Table, column: str, days: Days) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for exactly these centres and days, one for each unbroken range."""
    for centre_id, ones in days.items():
        for first, last in day_ranges(ones):
            yield and_(table.c.centre_id == centre_id, table.c[column].between(first, last))


def replaced_days(conn: Connection, fact: FactTable, days: Days, part: Part) -> Days:
    """The days that figures of the rows about to be replaced belong to (a work order is due after its anchor)."""
    if fact is not ORDERS:
        return days
    table, found = fact.table, Days()
    for condition in within(table, fact.anchor, days):
        rows = conn.execute(select(table.c.centre_id, table.c.day).distinct().where(part.older(table), condition))
        for centre_id, day in rows:
            found.setdefault(centre_id, set()).add(day)
    return found


def replace(
    conn: Connection, fact: FactTable, frame: pd.DataFrame, days: Days, part: Part, ids: Mapping[str, int]
) -> None:
    """Takes away what the part said of these days and inserts the frame. Raises ValueError for a wrong frame."""
    for condition in within(fact.table, fact.anchor, days):
        conn.execute(delete(fact.table).where(part.older(fact.table), condition))
    if frame.empty:
        return
    check_frame(fact, frame)
    order = _key_order(frame, fact, ids)
    for start in range(0, len(order), CHUNK):
        rows = frame.iloc[order[start : start + CHUNK]]
        bulk_insert(conn, fact.table, _columns(fact, rows, part, ids))


def masked(fact: FactTable, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without callers' numbers in its names and texts."""
    keys = ("centre", *fact.keys)
    dates = ("day", "hour", "anchor", "month", "measure")
    return without_numbers(frame, [n for n in (*fact.keys, *fact.others) if n not in dates], keys)


def check_frame(fact: FactTable, frame: pd.DataFrame) -> None:
    """Raises ValueError where the frame's columns do not fit the table, or a key is missing."""
    name = fact.table.name
    needed = {"centre", *fact.keys, *fact.required}
    if missing := needed - set(frame.columns):
        raise ValueError(f"{name}: columns missing from the frame: {sorted(missing)}")
    if unknown := set(frame.columns) - needed - set(fact.measures) - set(fact.others):
        raise ValueError(f"{name}: columns without a place: {sorted(unknown)}")
    if blank := [column for column in sorted(needed) if frame[column].isna().any()]:
        raise ValueError(f"{name}: missing values in {blank}")
    if fact is READINGS and (wide := sorted(set(frame["measure"]) & WIDE_CODES)):
        raise ValueError(f"{name}: these measures have columns of their own: {wide}")


def _key_order(frame: pd.DataFrame, fact: FactTable, ids: Mapping[str, int]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Positions in the order of the table's key: rows inserted in key order are written several times faster."""
    date_column = "day" if "day" in fact.keys else fact.anchor
    day_codes, _ = pd.factorize(frame[date_column], sort=True)
    centre = frame["centre"].map(ids).to_numpy(dtype=np.int64)
    order: np.ndarray[Any, np.dtype[np.intp]] = np.lexsort((day_codes, centre))
    return order


def _columns(fact: FactTable, rows: pd.DataFrame, part: Part, ids: Mapping[str, int]) -> dict[str, Sequence[Any]]:
    count = len(rows)
    columns: dict[str, Sequence[Any]] = {"centre_id": rows["centre"].map(ids).tolist()}
    for key in fact.keys:
        columns[key] = _dates(rows[key]) if key in ("day", "anchor", "month") else rows[key].tolist()
    columns |= {"source_id": [part.source_id] * count, "part": [part.part] * count, "run_id": [part.run_id] * count}
    for name in fact.others:
        if name in rows.columns:
            columns[name] = rows[name].fillna("").tolist()
        elif not fact.table.c[name].nullable:
            columns[name] = [""] * count
    for name in fact.required:
        columns[name] = rows[name].astype(float).tolist()
    for name in fact.measures:
        if name in rows.columns:
            integers: Any = rows[name].astype("Int64")
            columns[name] = integers.to_numpy(dtype=object, na_value=None).tolist()
    return columns


def _dates(column: pd.Series[Any]) -> list[date]:
    codes, found = pd.factorize(column)
    days = [plain_date(value) for value in found]
    return [days[code] for code in codes]
