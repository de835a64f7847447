"""The table of typed rows, summed into the frames of a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.batch import Batch
from ingest.clean import literal
from ingest.frames_plan import GOOD
from ingest.mapping import Shape, SourceSpec
from ingest.rollup import Sum, call_sums, grouped, guards, key, seat_sums
from ingest.rollup_orders import order_keys, rating_day, roles
from kpi.measures import BY_CODE
from kpi.model import Fact

_DATES = ("day", "anchor", "month")
_DECIMALS = "value"


def add_sums(
    con: duckdb.DuckDBPyConnection, table: str, spec: SourceSpec, columns: Collection[str], batch: Batch
) -> None:
    """Adds the frames, the first and last day and the warnings to a batch."""
    good = f"(SELECT * FROM {table} WHERE problem = {GOOD})"
    anchor = {Shape.ORDERS: "anchor", Shape.MONTHS: "month"}.get(spec.shape, "day")
    days = con.execute(f"SELECT min({anchor}), max({anchor}) FROM {good}").fetchone()
    batch.first_day, batch.last_day = days if days is not None else (None, None)
    if spec.shape is Shape.CALLS:
        _calls(con, good, columns, batch)
    elif spec.shape is Shape.ORDERS:
        _orders(con, good, columns, batch)
    elif spec.shape is Shape.DAYS:
        _days(con, good, columns, batch)
    else:
        batch.months = _frame(con, _long(good, "month", columns))


def _calls(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str], batch: Batch) -> None:
    keys = ["centre", "day", "hour", key("queue", columns), key("channel", columns)]
    batch.calls = _frame(con, grouped(keys, _supplied(con, good, list(call_sums(columns))), good))
    if "seat" in columns:
        seated = f"(SELECT * FROM {good} WHERE answered AND seat IS NOT NULL)"
        sums = _supplied(con, seated, list(seat_sums(columns)))
        batch.seats = _frame(con, grouped(["centre", "day", "seat"], sums, seated))


def _orders(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str], batch: Batch) -> None:
    selects: list[str] = []
    codes: list[str] = []
    for role in roles(columns):
        of_role = f"(SELECT *, {role.day} AS day FROM {good} WHERE {role.day} IS NOT NULL)"
        sums = _supplied(con, of_role, list(role.sums))
        selects.append(grouped(["day", *order_keys(columns)], sums, of_role))
        codes.extend(item.code for item in sums)
    added = ", ".join(f"CAST(sum({code}) AS BIGINT) AS {code}" for code in codes)
    keys = "centre, day, anchor, department, channel, category"
    batch.orders = _frame(con, f"SELECT {keys}, {added} FROM ({' UNION ALL BY NAME '.join(selects)}) GROUP BY {keys}")
    if "seat" in columns:
        seated = f"(SELECT *, anchor AS day FROM {good} WHERE seat IS NOT NULL)"
        batch.seats = _frame(con, grouped(["centre", "day", "seat"], [Sum("seat_orders", "count(*)")], seated))
    batch.warnings.extend(_order_warnings(con, good, columns))


def _order_warnings(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str]) -> Iterator[str]:
    def rows(when: str) -> int:
        found = con.execute(f"SELECT count(*) FROM {good} WHERE {when}").fetchone()
        return int(found[0]) if found else 0

    for name, called in (("closed_at", "办结时间"), ("dispatched_at", "派单时间")):
        if name in columns and (early := rows(f"CAST({name} AS DATE) < anchor")):
            yield f"有 {early} 张工单的{called}早于受理日,已照原样计入,请核对来源。"
    if "satisfied" in columns and (undated := rows(f"satisfied IS NOT NULL AND {rating_day(columns)} IS NULL")):
        yield f"有 {undated} 张工单有评价而没有回访时间,没有计入满意率。"


def _days(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str], batch: Batch) -> None:
    by_fact: dict[Fact, list[Sum]] = {}
    for code in (name.removeprefix("m_") for name in columns if name.startswith("m_")):
        fact = BY_CODE[code].fact if code in BY_CODE else Fact.READING
        by_fact.setdefault(fact, []).append(Sum(code, f"CAST(round(sum(m_{code}), 0) AS BIGINT)"))
    hour = "hour" if "hour" in columns else "CAST(-1 AS SMALLINT) AS hour"
    call_keys = ["centre", "day", hour, key("queue", columns), key("channel", columns)]
    if Fact.CALL in by_fact:
        batch.calls = _frame(con, grouped(call_keys, _in_order(by_fact[Fact.CALL]), good))
    if Fact.SEAT in by_fact:
        keys = ["centre", "day", "seat"]
        batch.seats = _frame(con, grouped(keys, _in_order(by_fact[Fact.SEAT]), good, "seat IS NOT NULL"))
    if Fact.ORDER in by_fact:
        anchored = f"(SELECT *, day AS anchor FROM {good})"
        keys = ["day", *order_keys(columns)]
        batch.orders = _frame(con, grouped(keys, _in_order(by_fact[Fact.ORDER]), anchored))
    if Fact.READING in by_fact:
        names = [f"m_{item.code}" for item in by_fact[Fact.READING]]
        batch.readings = _frame(con, _long(good, "day", names))


def _in_order(sums: list[Sum]) -> list[Sum]:
    """In the order in which the measures are declared."""
    places = {code: place for place, code in enumerate(BY_CODE)}
    return sorted(sums, key=lambda item: places[item.code])


def _long(good: str, by: str, columns: Collection[str]) -> str:
    """The SELECT of one row a figure: centre, ``by``, measure, value."""
    selects = [
        f"SELECT centre, {by}, {literal(name.removeprefix('m_'))} AS measure, CAST(sum({name}) AS DOUBLE) AS value "
        f"FROM {good} WHERE {name} IS NOT NULL GROUP BY centre, {by}"
        for name in sorted(columns)
        if name.startswith("m_")
    ]
    return " UNION ALL ".join(selects)


def _supplied(con: duckdb.DuckDBPyConnection, good: str, sums: list[Sum]) -> list[Sum]:
    """The measures the rows say anything of: one counted over rows of which none is known is not supplied at all."""
    asked = guards(sums)
    if not asked:
        return sums
    counts = con.execute(f"SELECT {', '.join(asked)} FROM {good}").fetchone() or ()
    pairs = iter(counts)
    unknown = {item.code for item in sums if item.known and (next(pairs) > 0) & (next(pairs) == 0)}
    return [item for item in sums if item.code not in unknown]


def _frame(con: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """A result as a frame: days as ``date``, keys as text, measures as nullable integers, ``value`` as float."""
    found = con.execute(sql).fetchnumpy()
    columns: dict[str, object] = {}
    for name in list(found):
        columns[name] = _column(name, np.ma.asanyarray(found.pop(name)))
    return pd.DataFrame(columns)


def _column(name: str, values: npt.NDArray[np.generic]) -> object:
    if name in _DATES:
        days, places = np.unique(np.asarray(values, dtype="datetime64[D]"), return_inverse=True)
        return _shared(np.array([day.item() for day in days], dtype=object), places)
    if values.dtype == object:
        places, texts = pd.factorize(np.asarray(values, dtype=object))
        return _shared(np.asarray(texts, dtype=object), places)
    if name == _DECIMALS:
        return np.asarray(values, dtype=np.float64)
    if name == "hour":
        return np.asarray(values, dtype=np.int64)
    mask = np.ma.getmaskarray(values)
    return pd.arrays.IntegerArray(np.ma.getdata(values).astype(np.int64), mask)


def _shared(objects: npt.NDArray[np.object_], places: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    """Each object once in memory, however often it occurs."""
    return objects[places] if len(objects) else np.empty(0, dtype=object)
