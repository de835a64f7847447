"""Reading the facts: sums at the asked grain, added up by the database.

Frames carry ``centre`` ids, ``day`` as ``datetime.date`` and one float column per measure (NaN: not supplied).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

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
    literal,
    select,
    union_all,
)

from db.schema import WHOLE_DAY, call_stats, day_totals, month_stats, order_stats, seat_stats
from kpi.model import Grain

KEY_COLUMNS: Mapping[Grain, tuple[tuple[Table, str], ...]] = {
    Grain.HOUR: ((call_stats, "hour"),),
    Grain.QUEUE: ((call_stats, "queue"),),
    Grain.CHANNEL: ((call_stats, "channel"), (order_stats, "channel")),
    Grain.DEPARTMENT: ((order_stats, "department"),),
    Grain.CATEGORY: ((order_stats, "category"),),
    Grain.SEAT: ((seat_stats, "seat"),),
}
"""The tables that know each key grain."""


def _frame(conn: Connection, statement: Select[tuple[object, ...]], columns: Sequence[str]) -> pd.DataFrame:
    rows = conn.execute(statement).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(columns))
    for column in columns:
        if column not in ("centre", "day", "hour", "key", "measure"):
            frame[column] = frame[column].astype(float)
    return frame


def day_sums(conn: Connection, measures: Sequence[str], centres: Sequence[int], start: date, end: date) -> pd.DataFrame:
    """Measures by centre and day over all sources: columns centre, day, *measures."""
    statement = select(day_totals.c.centre_id, day_totals.c.day, day_totals.c.measure, day_totals.c.value).where(
        day_totals.c.centre_id.in_(centres),
        day_totals.c.measure.in_(measures),
        day_totals.c.day.between(start, end),
    )
    # Turned into columns here: asked to group by day, SQLite walks all measures of a day instead of the few wanted.
    place = {code: i for i, code in enumerate(measures)}
    rows: dict[tuple[int, date], list[float]] = {}
    for centre, day, measure, value in conn.execute(statement):
        rows.setdefault((centre, day), [math.nan] * len(place))[place[measure]] = value
    columns = ["centre", "day", *measures]
    return pd.DataFrame([(*key, *rows[key]) for key in sorted(rows)], columns=columns).astype(
        dict.fromkeys(measures, float)
    )


def month_sums(
    conn: Connection, measures: Sequence[str], centres: Sequence[int], months: Sequence[date]
) -> pd.DataFrame:
    """Monthly history: columns centre, day (first of the month), *measures."""
    pivot = [func.sum(case((month_stats.c.measure == code, month_stats.c.value))).label(code) for code in measures]
    statement = (
        select(month_stats.c.centre_id, month_stats.c.month, *pivot)
        .where(
            month_stats.c.centre_id.in_(centres),
            month_stats.c.measure.in_(measures),
            month_stats.c.month.in_(months),
        )
        .group_by(month_stats.c.centre_id, month_stats.c.month)
        .order_by(month_stats.c.centre_id, month_stats.c.month)
    )
    return _frame(conn, statement, ["centre", "day", *measures])


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


def stock_readings(conn: Connection, measures: Sequence[str], centres: Sequence[int], end: date) -> pd.DataFrame:
    """All readings of levels up to ``end``: columns centre, day, measure, value."""
    statement = (
        select(day_totals.c.centre_id, day_totals.c.day, day_totals.c.measure, day_totals.c.value)
        .where(
            day_totals.c.centre_id.in_(centres),
            day_totals.c.measure.in_(measures),
            day_totals.c.day <= end,
        )
        .order_by(day_totals.c.centre_id, day_totals.c.measure, day_totals.c.day)
    )
    return _frame(conn, statement, ["centre", "day", "measure", "value"])


def spans(
    conn: Connection, measures: Sequence[str], centres: Sequence[int]
) -> dict[tuple[int, str], tuple[date, date]]:
    """First and last day on record of each measure in each centre: one index look-up each."""
    if not measures or not centres:
        return {}
    looked_up = [_span(centre, code) for centre in centres for code in measures]
    rows = conn.execute(union_all(*looked_up)).all()
    return {(r.centre, r.measure): (r.first, r.last) for r in rows if r.first is not None}


def _span(centre: int, code: str) -> Select[tuple[int, str, date, date]]:
    here = and_(day_totals.c.centre_id == centre, day_totals.c.measure == code)
    return select(
        literal(centre).label("centre"),
        literal(code).label("measure"),
        select(func.min(day_totals.c.day)).where(here).scalar_subquery().label("first"),
        select(func.max(day_totals.c.day)).where(here).scalar_subquery().label("last"),
    )


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

    The key is “centre id/seat”: two centres may number their seats alike.
    """
    calls, orders = func.sum(seat_stats.c.seat_calls), func.sum(seat_stats.c.seat_orders)
    items = case(
        (and_(calls.is_(None), orders.is_(None)), None), else_=func.coalesce(calls, 0) + func.coalesce(orders, 0)
    )
    at_work = func.coalesce(items, 0) + func.coalesce(func.sum(seat_stats.c.signed_in_seconds), 0) > 0
    derived: dict[str, ColumnElement[int]] = {"items": items, "seat_days": case((at_work, 1), else_=0)}
    columns = [
        derived[code].label(code) if code in derived else func.sum(seat_stats.c[code]).label(code) for code in measures
    ]
    key = cast(seat_stats.c.centre_id, String).concat("/").concat(seat_stats.c.seat)
    return select(key.label("key"), seat_stats.c.day, *columns).group_by(
        seat_stats.c.centre_id, seat_stats.c.seat, seat_stats.c.day
    )
