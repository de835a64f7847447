"""Holds the product's figures against hand-written SQL, for every KPI at every grain."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, text

from db.answers import evaluate
from kpi.catalogue import build
from kpi.model import Ask, Grain, KpiValue
from tests.hand_sql import EVENTS_ALONE, HAND_SQL, KEY_SQL

CATALOGUE = build()
BY_LINE = "FROM order_stats", "FROM order_lines"
Sides = tuple[float | None, float | None]


def _scalar(conn: Connection, sql: str | None, start: date, end: date, more: str = "") -> float | None:
    if sql is None:
        return None
    where = "day BETWEEN :start AND :end" + more
    bound = {"start": start.isoformat(), "end": end.isoformat()}
    if conn.dialect.name == "postgresql":
        bound = {"start": start, "end": end}  # type: ignore[dict-item]
    found = conn.execute(text(sql.format(w=where)), bound).scalar()
    return None if found is None else float(found)


def by_hand(conn: Connection, kpi: str, start: date, end: date) -> Sides:
    """Numerator and denominator by hand-written SQL."""
    top, bottom = HAND_SQL[kpi]
    return _scalar(conn, top, start, end), _scalar(conn, bottom, start, end)


def calendar_pieces(start: date, end: date, grain: Grain) -> list[tuple[date, date]]:
    """The period cut at day, week, month, half-year or year boundaries, worked out day by day."""

    def label(day: date) -> tuple[int, ...]:
        return {
            Grain.TOTAL: (0,),
            Grain.DAY: (day.toordinal(),),
            Grain.WEEK: tuple(day.isocalendar()[:2]),
            Grain.MONTH: (day.year, day.month),
            Grain.HALF: (day.year, int(day.month > 6)),
            Grain.YEAR: (day.year,),
        }[grain]

    days = [start + timedelta(days=i) for i in range((end - start).days + 1)]
    pieces: dict[tuple[int, ...], list[date]] = {}
    for day in days:
        pieces.setdefault(label(day), []).append(day)
    return [(piece[0], piece[-1]) for piece in pieces.values()]


def _same(value: KpiValue, sides: Sides, where: str) -> None:
    numerator, denominator = sides
    if numerator is None and value.kpi in EVENTS_ALONE and value.value is not None:
        numerator = 0.0
    if value.denominator is None and numerator is not None and HAND_SQL[value.kpi][1] is None:
        assert value.value == numerator, where
        return
    if numerator is None or not denominator:
        assert value.value is None, where
        return
    assert (value.numerator, value.denominator, value.value) == (numerator, denominator, numerator / denominator), where


def check_calendar_grain(conn: Connection, kpi: str, start: date, end: date, grain: Grain) -> int:
    """Compares every piece to the last digit; returns how many had a value."""
    answer = evaluate(conn, CATALOGUE, Ask((kpi,), (), start, end, end, grain))
    values = answer.values[kpi]
    pieces = calendar_pieces(start, end, grain)
    assert [(v.start, v.end) for v in values] == pieces
    for value, (first, last) in zip(values, pieces, strict=True):
        _same(value, by_hand(conn, kpi, first, last), f"{kpi} {grain} {first}")
    return sum(v.value is not None for v in values)


def check_key_grain(conn: Connection, kpi: str, start: date, end: date, grain: Grain) -> int:
    """Compares every key's figure with SQL restricted to that key; returns how many keys there were.

    ``order_lines.lay_out`` must have been called for the connection.
    """
    table, column = KEY_SQL[grain]
    top, bottom = HAND_SQL[kpi]
    top, bottom = top.replace(*BY_LINE), bottom and bottom.replace(*BY_LINE)
    values = evaluate(conn, CATALOGUE, Ask((kpi,), (), start, end, end, grain)).values[kpi]
    if any(f"FROM {table} WHERE" not in (sql or top) for sql in (top, bottom)):
        if grain is not Grain.CHANNEL:
            assert values == ()
        return 0
    for value in values:
        literal = str(int(value.key)) if grain is Grain.HOUR else "'" + value.key.replace("'", "''") + "'"
        more = f" AND {column} = {literal}"
        sides = _scalar(conn, top, start, end, more), _scalar(conn, bottom, start, end, more)
        _same(value, sides, f"{kpi} {grain} {value.key}")
    whole = by_hand(conn, kpi, start, end)
    if values and grain is not Grain.HOUR:
        assert sum(v.numerator or 0 for v in values) == whole[0]
    return len(values)


def check_seats(conn: Connection, start: date, end: date) -> int:
    """daily_output by seat against SQL for each seat; returns how many seats there were."""
    values = evaluate(conn, CATALOGUE, Ask(("daily_output",), (), start, end, end, Grain.SEAT)).values["daily_output"]
    top, bottom = HAND_SQL["daily_output"]
    for value in values:
        more = f" AND seat = '{value.key.partition('/')[2]}'"
        sides = _scalar(conn, top, start, end, more), _scalar(conn, bottom, start, end, more)
        _same(value, sides, f"seat {value.key}")
    return len(values)
