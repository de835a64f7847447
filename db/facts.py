"""Reading the facts: sums at the asked grain, added up by the database.

Frames and grids carry ``centre`` ids, days as ``datetime.date`` and floats (NaN: not supplied).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    select,
)

from db.day_memory import remembered
from db.order_reads import sums_by
from db.schema import WHOLE_DAY, call_stats, day_totals, month_stats, order_stats, runs, seat_stats
from kpi.grid import Grid, empty_grid
from kpi.model import Grain
from kpi.parts import Levels
from kpi.periods import Period

KEY_COLUMNS: Mapping[Grain, tuple[tuple[Table, str], ...]] = {
    Grain.HOUR: ((call_stats, "hour"),),
    Grain.QUEUE: ((call_stats, "queue"),),
    Grain.CHANNEL: ((call_stats, "channel"), (order_stats, "channel")),
    Grain.DEPARTMENT: ((order_stats, "department"),),
    Grain.CATEGORY: ((order_stats, "category"),),
    Grain.SEAT: ((seat_stats, "seat"),),
}
"""The tables that know each key grain, and its name there."""


def _frame(conn: Connection, statement: Select[tuple[object, ...]], columns: Sequence[str]) -> pd.DataFrame:
    rows = conn.execute(statement).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(columns))
    for column in columns:
        if column not in ("centre", "day", "hour", "key", "measure"):
            frame[column] = frame[column].astype(float)
    return frame


def part_day_grid(
    conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date, until_hour: int
) -> Grid:
    """Call measures of the hours before ``until_hour`` of each day; what is only known by the day is left NaN."""
    calls = [code for code in measures if code in call_stats.c]
    grid = empty_grid(centres, measures, days_of(start, end))
    columns = [func.sum(call_stats.c[code]).label(code) for code in calls]
    statement = (
        select(call_stats.c.centre_id, call_stats.c.day, *columns)
        .where(
            call_stats.c.centre_id.in_(centres),
            call_stats.c.day.between(start, end),
            call_stats.c.hour != WHOLE_DAY,
            call_stats.c.hour < until_hour,
        )
        .group_by(call_stats.c.centre_id, call_stats.c.day)
    )
    at = [grid.measure_at[code] for code in calls]
    for centre, day, *sums in conn.execute(statement) if calls else ():
        # Made a float by hand: PostgreSQL adds big integers up to decimals, and None is NaN.
        grid.values[grid.centre_at[centre], at, grid.day_at[day]] = [math.nan if v is None else float(v) for v in sums]
    return grid


@lru_cache(maxsize=64)
def days_of(start: date, end: date) -> tuple[date, ...]:
    """The days from start to end, both included; none where end is before start."""
    return tuple(start + timedelta(days=n) for n in range((end - start).days + 1))


def month_grid(conn: Connection, measures: Sequence[str], centres: Sequence[int], months: Sequence[date]) -> Grid:
    """Monthly history, each month under its first day; without any month where there is no history."""

    def read() -> Grid:
        return _months(conn, measures, centres, months)

    def again(known: Grid, days: Period) -> Grid:
        return read() if any(days.start <= month <= days.end for month in months) else known

    key = ("months", tuple(measures), tuple(centres), tuple(months))
    return remembered(conn, key, read, again, lambda grid: int(grid.values.nbytes))


def _months(conn: Connection, measures: Sequence[str], centres: Sequence[int], months: Sequence[date]) -> Grid:
    m = month_stats.c
    statement = (
        select(m.centre_id, m.measure, m.month, func.sum(m.value))
        .where(m.centre_id.in_(centres), m.measure.in_(measures), m.month.in_(months))
        .group_by(m.centre_id, m.measure, m.month)
    )
    rows = conn.execute(statement).all()
    grid = empty_grid(centres, measures, sorted({row[2] for row in rows}))
    for centre, measure, month, value in rows:
        grid.values[grid.centre_at[centre], grid.measure_at[measure], grid.day_at[month]] = value
    return grid


def hour_sums(
    conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date
) -> pd.DataFrame:
    """Call measures by centre, day and hour: columns centre, day, hour, *measures. Whole-day rows are left out."""
    columns = [func.sum(call_stats.c[code]).label(code) for code in measures]
    statement = (
        select(call_stats.c.centre_id, call_stats.c.day, call_stats.c.hour, *columns)
        .where(
            call_stats.c.centre_id.in_(centres),
            call_stats.c.day.between(start, end),
            call_stats.c.hour != WHOLE_DAY,
        )
        .group_by(call_stats.c.centre_id, call_stats.c.day, call_stats.c.hour)
        .order_by(call_stats.c.centre_id, call_stats.c.day, call_stats.c.hour)
    )
    return _frame(conn, statement, ["centre", "day", "hour", *measures])


def stock_readings(conn: Connection, measures: Sequence[str], centres: Sequence[int], end: date) -> Levels:
    """All readings of levels up to ``end``; the caller must not change them."""

    def read() -> Levels:
        return _levels(conn, measures, centres, date.min, end)

    def again(known: Levels, days: Period) -> Levels:
        if days.start > end or not (known or _levels(conn, measures, centres, days.start, min(days.end, end))):
            return known
        return read()

    key = ("levels", tuple(measures), tuple(centres), end)
    return remembered(conn, key, read, again, lambda found: sum(200 + 120 * len(days) for days, _ in found.values()))


def _levels(conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date) -> Levels:
    t = day_totals.c
    statement = (
        select(t.centre_id, t.measure, t.day, t.value)
        .where(t.centre_id.in_(centres), t.measure.in_(measures), t.day.between(start, end))
        .order_by(t.centre_id, t.measure, t.day)
    )
    found: dict[tuple[int, str], tuple[list[date], list[float]]] = {}
    for centre, measure, day, value in conn.execute(statement):
        days, readings = found.setdefault((centre, measure), ([], []))
        days.append(day)
        readings.append(value)
    return found


def givers(
    conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date
) -> dict[tuple[int, str], set[int]]:
    """Ids of the sources whose runs brought the totals of these days, by centre and measure."""
    t = day_totals.c
    statement = (
        select(t.centre_id, t.measure, runs.c.source_id)
        .join_from(day_totals, runs, runs.c.id == t.run_id)
        .where(t.centre_id.in_(centres), t.measure.in_(measures), t.day.between(start, end))
        .distinct()
    )
    found: dict[tuple[int, str], set[int]] = {}
    for centre, measure, source in conn.execute(statement):
        found.setdefault((centre, measure), set()).add(source)
    return found


def last_hours(conn: Connection, centres: Sequence[int], day: date, since: date) -> dict[int, int | None]:
    """For each centre with calls by the hour on the days since..day: the last hour of ``day`` that has any."""
    c = call_stats.c
    statement = (
        select(c.centre_id, func.max(case((c.day == day, c.hour))))
        .where(c.centre_id.in_(centres), c.day.between(since, day), c.hour != WHOLE_DAY)
        .group_by(c.centre_id)
    )
    return {centre: hour for centre, hour in conn.execute(statement)}


def table_for(by: Grain, measures: Iterable[str]) -> Table | None:
    """The table that knows this key grain and has all the measures, None where there is none."""
    codes = set(measures)
    for table, _column in KEY_COLUMNS[by]:
        known = set(table.c.keys()) | ({"items", "seat_days"} if table is seat_stats else set())
        if codes <= known:
            return table
    return None


def group_sums(
    conn: Connection,
    measures: Sequence[str],
    centres: Sequence[int],
    start: date,
    end: date,
    by: Grain,
) -> pd.DataFrame:
    """Measures by key (hour, queue, channel, department, category, seat): columns key, days, *measures.

    Only rows that have all the measures are added, so that a ratio's two sides cover the same rows.
    Raises ValueError where the facts don't know the measures by this key.
    """
    table = table_for(by, measures)
    if table is None:
        raise ValueError(f"{', '.join(measures)} 不能按 {by} 分")
    column = dict((t, c) for t, c in KEY_COLUMNS[by])[table]
    if table is order_stats:
        codes = tuple(measures)
        return sums_by(conn, [codes], centres, start, end, column)[codes]
    rows = _seat_rows(measures, centres, start, end) if table is seat_stats else _rows(table, column, measures)
    source = rows.where(table.c.centre_id.in_(centres), table.c.day.between(start, end)).subquery()
    present: list[ColumnElement[bool]] = [source.c[code].is_not(None) for code in measures]
    if by is Grain.HOUR:
        present.append(source.c.key != WHOLE_DAY)
    statement = (
        select(
            source.c.key,
            func.count(source.c.day.distinct()).label("days"),
            *[func.sum(source.c[code]).label(code) for code in measures],
        )
        .where(*present)
        .group_by(source.c.key)
        .order_by(source.c.key)
    )
    return _frame(conn, statement, ["key", "days", *measures])


def _rows(table: Table, column: str, measures: Sequence[str]) -> Select[tuple[object, ...]]:
    return select(table.c[column].label("key"), table.c.day, *[table.c[code] for code in measures])


def _seat_rows(measures: Sequence[str], centres: Sequence[int], start: date, end: date) -> Select[tuple[object, ...]]:
    """One row a seat and day over all sources, with what is derived there: items and seat_days.

    A seat that was only signed in handled 0 items, on a day on which its centre's items are known at all. The key is
    “centre id/seat”: two centres may number their seats alike.
    """
    calls, orders = func.sum(seat_stats.c.seat_calls), func.sum(seat_stats.c.seat_orders)
    handled = func.coalesce(calls, 0) + func.coalesce(orders, 0)
    known = case((and_(calls.is_(None), orders.is_(None)), 0), else_=1)
    told = func.max(known).over(partition_by=(seat_stats.c.centre_id, seat_stats.c.day))
    items = case((told == 1, handled), else_=None)
    at_work = handled + func.coalesce(func.sum(seat_stats.c.signed_in_seconds), 0) > 0
    derived: dict[str, ColumnElement[int]] = {"items": items, "seat_days": case((at_work, 1), else_=0)}
    columns = [
        derived[code].label(code) if code in derived else func.sum(seat_stats.c[code]).label(code) for code in measures
    ]
    key = cast(seat_stats.c.centre_id, String).concat("/").concat(seat_stats.c.seat)
    return select(key.label("key"), seat_stats.c.day, *columns).group_by(
        seat_stats.c.centre_id, seat_stats.c.seat, seat_stats.c.day
    )
