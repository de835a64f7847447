"""Replacing facts: the frames of a batch become rows; what the source said before about the same days goes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select

from db.bulk import day_ranges, indexes_at_the_end, insert_coded
from db.coded import Coded, Column, Figures, in_order
from db.coded import Days as Days
from db.coded import plain_date as plain_date
from db.errors import UnknownCentreError
from db.masking import without_numbers
from db.orders_write import Numbered, number_places, put_together
from db.schema import call_stats, centres, month_stats, order_stats, readings, seat_stats
from kpi.measures import BY_CODE, of_fact
from kpi.model import Fact


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


def centre_ids(conn: Connection, frames: Sequence[Coded]) -> dict[str, int]:
    """Ids of the centres that the frames name. Raises UnknownCentreError for a code without a centre."""
    ids = {code: int(id_) for code, id_ in conn.execute(select(centres.c.code, centres.c.id))}
    named = {str(code) for rows in frames if len(rows) for code in rows.column("centre").values}
    if unknown := sorted(named - ids.keys()):
        raise UnknownCentreError(
            f"数据里有未登记的中心: {'、'.join(unknown)}。请在 sources.yaml 的 centres 中登记, "
            f"或改正 centre_column 的对照。已登记: {'、'.join(ids) or '(无)'}。"
        )
    return ids


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


def remove(conn: Connection, fact: FactTable, days: Days, part: Part) -> None:
    """Takes away what the part said of these days."""
    for condition in within(fact.table, fact.anchor, days):
        conn.execute(delete(fact.table).where(part.older(fact.table), condition))


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows of a frame as they are inserted: key columns and figures of the rows at the positions ``order``."""

    columns: Mapping[str, Column]
    figures: Mapping[str, Figures]
    order: NDArray[np.intp]


def arranging(
    conn: Connection, fact: FactTable, rows: Coded, part: Part, ids: Mapping[str, int]
) -> Callable[[], Arranged]:
    """What arranges the rows of a frame once, without the connection. Raises ValueError for a wrong frame."""
    if not len(rows):
        return lambda: Arranged({}, {}, np.arange(0))
    check_frame(fact, rows)
    places = number_places(conn, rows) if fact is ORDERS else None
    return cache(lambda: _arranged(fact, rows, part, ids, places))


def _arranged(fact: FactTable, rows: Coded, part: Part, ids: Mapping[str, int], places: Numbered | None) -> Arranged:
    figures = {code: rows.figures(code) for code in fact.measures if code in rows.frame.columns}
    if places is not None:
        together = put_together(rows, rows.centre_ids(ids), figures, places)
        figures, columns = dict(together.figures), dict(together.columns)
        order = np.arange(len(columns["split"].places))
    else:
        key = [rows.centre_ids(ids), *(rows.column(name) for name in fact.keys)]
        columns = dict(zip(("centre_id", *fact.keys), key, strict=True))
        order = in_order(key)  # rows inserted in the order of the key are written several times faster
    return Arranged(columns | _further(fact, rows, part, len(order)), figures, order)


def add(
    conn: Connection, fact: FactTable, part: Part, rows: Callable[[], Arranged], meanwhile: Callable[[], object]
) -> None:
    """Inserts a frame. ``meanwhile``: work that needs no connection, for the time a server takes the rows."""
    made = rows()
    if not len(made.order):
        return
    shared = {"source_id": part.source_id, "run_id": part.run_id}
    with indexes_at_the_end(conn, fact.table, len(made.order)):
        insert_coded(conn, fact.table, shared, made.columns, made.figures, made.order, meanwhile)


def masked(fact: FactTable, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without callers' numbers in its names and texts."""
    keys = ("centre", *fact.keys)
    dates = ("day", "hour", "anchor", "month", "measure")
    return without_numbers(frame, [n for n in (*fact.keys, *fact.others) if n not in dates], keys)


def check_frame(fact: FactTable, rows: Coded) -> None:
    """Raises ValueError where the frame's columns do not fit the table, or a key is missing."""
    name, frame = fact.table.name, rows.frame
    keys = {"centre", *fact.keys}
    needed = keys | set(fact.required)
    if missing := needed - set(frame.columns):
        raise ValueError(f"{name}: columns missing from the frame: {sorted(missing)}")
    if unknown := set(frame.columns) - needed - set(fact.measures) - set(fact.others):
        raise ValueError(f"{name}: columns without a place: {sorted(unknown)}")
    blank = {key for key in keys if (rows.column(key).places < 0).any()}
    blank |= {column for column in fact.required if frame[column].isna().any()}
    if blank:
        raise ValueError(f"{name}: missing values in {sorted(blank)}")
    if fact is READINGS and (wide := sorted(set(frame["measure"]) & WIDE_CODES)):
        raise ValueError(f"{name}: these measures have columns of their own: {wide}")


def _further(fact: FactTable, rows: Coded, part: Part, kept: int) -> dict[str, Column]:
    """The columns beside the key and the figures of that many rows as kept."""
    nothing = np.zeros(kept, dtype=np.int64)
    columns = {"part": Column(nothing, np.array([part.part], dtype=object))}
    for name in fact.others:
        if name in rows.frame.columns:
            columns[name] = Coded(rows.frame[[name]].fillna("")).column(name)
        elif not fact.table.c[name].nullable:
            columns[name] = Column(nothing, np.array([""], dtype=object))
    for name in fact.required:
        columns[name] = Column(np.arange(len(rows)), rows.frame[name].astype(float).astype(object).to_numpy())
    return columns
