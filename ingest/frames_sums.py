"""The table of typed rows, summed into the frames of a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

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
_PARTS = ("hour", "queue", "channel", "seat", "department", "category")
"""What tells figures of one centre and day apart that are already summed."""
PLACE = ("centre", "department", "channel", "category")
"""The texts that tell work orders apart."""


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
        batch.warnings.extend(_repeated(con, good, "day", columns))
    else:
        batch.months = _frame(con, _long(good, "month", columns))
        batch.warnings.extend(_repeated(con, good, "month", columns))


def _calls(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str], batch: Batch) -> None:
    keys = ["centre", "day", "hour", key("queue", columns), key("channel", columns)]
    batch.calls = _frame(con, grouped(keys, _supplied(con, good, list(call_sums(columns))), good))
    if "seat" in columns:
        seated = f"(SELECT * FROM {good} WHERE answered AND seat IS NOT NULL)"
        sums = _supplied(con, seated, list(seat_sums(columns)))
        batch.seats = _frame(con, grouped(["centre", "day", "seat"], sums, seated))


def _orders(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str], batch: Batch) -> None:
    with _placed(con, good, columns) as (placed, places):
        batch.orders = _order_frame(con, placed, places, columns)
    if "seat" in columns:
        seated = f"(SELECT *, anchor AS day FROM {good} WHERE seat IS NOT NULL)"
        batch.seats = _frame(con, grouped(["centre", "day", "seat"], [Sum("seat_orders", "count(*)")], seated))
    batch.warnings.extend(_order_warnings(con, good, columns))


@contextmanager
def _placed(con: duckdb.DuckDBPyConnection, good: str, columns: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names of two tables: the orders with one number (``place``) for their four texts, and those texts by it.

    Each order is counted in up to five sums: to group by texts five times, and once more by all of them, costs more
    than reading the file.
    """
    placed, places = "orders_placed", "order_places"
    texts = ["centre", *(key(name, columns) for name in PLACE[1:])]
    same = " AND ".join(f"p.{name} = o.{name}" for name in PLACE)
    rest = [name for name in columns if name not in PLACE]
    con.execute(
        f"CREATE TEMP TABLE {places} AS SELECT *, CAST(row_number() OVER (ORDER BY {', '.join(PLACE)}) - 1 AS INTEGER) "
        f"AS place FROM (SELECT DISTINCT {', '.join(texts)} FROM {good})"
    )
    con.execute(
        f"CREATE TEMP TABLE {placed} AS SELECT {', '.join(['place', *(f'o.{name}' for name in rest)])} "
        f"FROM (SELECT {', '.join([*texts, *rest])} FROM {good}) o JOIN {places} p ON {same}"
    )
    try:
        yield placed, places
    finally:
        for name in (placed, places):
            con.execute(f"DROP TABLE {name}")


def _order_frame(con: duckdb.DuckDBPyConnection, placed: str, places: str, columns: Collection[str]) -> pd.DataFrame:
    """The sums of all roles, those of one place and day side by side, in the order of centre, day, anchor and place.

    Put side by side here: a join of the five in the engine takes twice as long, and comes out in no order.
    """
    found = []
    for role in roles(columns):
        of_role = f"(SELECT *, {role.day} AS day FROM {placed} WHERE {role.day} IS NOT NULL)"
        sums = _supplied(con, of_role, list(role.sums))
        keys = ["place", *(f"{name} - DATE '1970-01-01' AS {name}" for name in ("day", "anchor"))]
        found.append(con.execute(grouped(keys, sums, of_role)).fetchnumpy())
    texts = con.execute(f"SELECT {', '.join(PLACE)} FROM {places} ORDER BY place").fetchnumpy()
    place = np.concatenate([np.asarray(part.pop("place"), dtype=np.int64) for part in found])
    day, anchor = (_days_of(np.concatenate([part.pop(name) for part in found])) for name in ("day", "anchor"))
    centre, *others = (_texts_of(np.asarray(texts[name], dtype=object)) for name in PLACE)
    key = _numbers(centre)[place]
    for column in (day, anchor):
        key = key * max(1, len(column.categories)) + _numbers(column)
    _, which = np.unique(key * max(1, len(centre)) + place, return_inverse=True)
    rows = int(which.max()) + 1 if len(which) else 0
    one = np.empty(rows, dtype=np.intp)
    one[which] = np.arange(len(which))  # any of the rows that go together has what they share
    values: dict[str, pd.arrays.IntegerArray] = {}
    for part in found:
        mine, which = np.split(which, [len(next(iter(part.values())))])
        values |= {name: _spread(np.ma.asanyarray(figures), mine, rows) for name, figures in part.items()}
    shared = {"centre": centre[place[one]], "day": day[one], "anchor": anchor[one]}
    names = {name: column[place[one]] for name, column in zip(PLACE[1:], others, strict=True)}
    return pd.DataFrame(shared | names | values, copy=False)


def _numbers(column: pd.Categorical) -> npt.NDArray[np.int64]:
    return np.asarray(column.codes, dtype=np.int64)


def _spread(
    figures: np.ma.MaskedArray[tuple[int], np.dtype[np.generic]], at: npt.NDArray[np.intp], rows: int
) -> pd.arrays.IntegerArray:
    """The figures at these places of so many rows, nothing in the others."""
    values, missing = np.zeros(rows, dtype=np.int64), np.ones(rows, dtype=np.bool_)
    values[at], missing[at] = np.ma.getdata(figures), np.ma.getmaskarray(figures)
    return pd.arrays.IntegerArray(values, missing)


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
        told = [Sum(name, f"coalesce(max({name}), '')") for name in ("team", "shift") if name in columns]
        batch.seats = _frame(con, grouped(keys, [*told, *_in_order(by_fact[Fact.SEAT])], good, "seat IS NOT NULL"))
    if Fact.ORDER in by_fact:
        anchored = f"(SELECT *, day AS anchor FROM {good})"
        keys = ["day", *order_keys(columns)]
        batch.orders = _frame(con, grouped(keys, _in_order(by_fact[Fact.ORDER]), anchored))
    if Fact.READING in by_fact:
        names = [f"m_{item.code}" for item in by_fact[Fact.READING]]
        batch.readings = _frame(con, _long(good, "day", names))


def _repeated(con: duckdb.DuckDBPyConnection, good: str, by: str, columns: Collection[str]) -> Iterator[str]:
    """Where a few figures already summed stand twice, as a correction under the old row does: they were added up.

    Where most do, the rows are parts of something that is not mapped, and to be added up.
    """
    keys = ["centre", by, *(name for name in _PARTS if name in columns)]
    found = con.execute(
        f"SELECT count(*), count(*) FILTER (WHERE n > 1), min({by}) FILTER (WHERE n > 1) "
        f"FROM (SELECT {by}, count(*) AS n FROM {good} GROUP BY {', '.join(keys)})"
    ).fetchone()
    every, twice, first = found or (0, 0, None)
    if twice and twice * 2 <= every + 1:
        named = f"{first:%Y-%m}" if by == "month" else first
        yield (
            f"有 {twice} 处同一{'月' if by == 'month' else '天(同一小时、坐席等)'}的数不止一行(如 {named}), 已相加。"
            "若后一行是更正, 请只留正确的一行再放一次。"
        )


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
    """The measures the rows say anything of: one counted over rows of which none is known is not supplied at all.

    One that all rows know of is known without looking again at every group of them.
    """
    asked = guards(sums)
    if not asked:
        return sums
    counts = con.execute(f"SELECT {', '.join(asked)} FROM {good}").fetchone() or ()
    pairs = iter(counts)
    found: list[Sum] = []
    for item in sums:
        rows, known = (next(pairs), next(pairs)) if item.known else (0, 0)
        if rows == known:
            found.append(replace(item, known=""))
        elif known:
            found.append(item)
    return found


def _frame(con: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """A result as a frame: days as ``date``, keys as text, measures as nullable integers, ``value`` as float."""
    found = con.execute(sql).fetchnumpy()
    columns: dict[str, object] = {}
    for name in list(found):
        columns[name] = _column(name, np.ma.asanyarray(found.pop(name)))
    return pd.DataFrame(columns, copy=False)


def _column(name: str, values: npt.NDArray[np.generic]) -> object:
    if name in _DATES:
        return _days_of(values)
    if values.dtype == object:
        return _texts_of(values)
    if name == _DECIMALS:
        return np.asarray(values, dtype=np.float64)
    if name == "hour":
        return np.asarray(values, dtype=np.int64)
    mask = np.ma.getmaskarray(values)
    return pd.arrays.IntegerArray(np.ma.getdata(values).astype(np.int64), mask)


def _days_of(values: npt.NDArray[np.generic]) -> pd.Categorical:
    """Days, or their numbers since 1970, which need not be worked out of microseconds."""
    numbers = np.asarray(values if values.dtype.kind == "i" else values.astype("datetime64[D]"), dtype=np.int64)
    first = int(numbers.min()) if len(numbers) else 0
    seen = np.bincount(numbers - first) > 0  # far quicker than sorting half a million days
    days = (np.flatnonzero(seen) + first).astype("datetime64[D]").astype(object)
    return _shared(days, (np.cumsum(seen) - 1)[numbers - first])


def _texts_of(values: npt.NDArray[np.generic]) -> pd.Categorical:
    places, texts = pd.factorize(np.asarray(values, dtype=object))
    return _shared(np.asarray(texts, dtype=object), places)


def _shared(objects: npt.NDArray[np.object_], places: npt.NDArray[np.intp]) -> pd.Categorical:
    """Each object once, however often it occurs, in order: nobody has to find out again which rows have the same."""
    values, which = np.unique(objects, return_inverse=True)
    codes = np.where(places < 0, -1, which[places]) if len(objects) else np.empty(0, dtype=np.intp)
    return pd.Categorical.from_codes(codes, pd.Index(values, dtype=object), validate=False)
