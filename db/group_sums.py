"""Sums by key of several measure sets in one statement: a KPI's two sides cover the same rows, each KPI its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, select

from db import facts
from db.order_reads import sums_by
from db.schema import WHOLE_DAY, order_stats
from kpi.model import Grain

Codes = tuple[str, ...]


def can_join(by: Grain, codes: Codes) -> bool:
    """True where ``each_of`` answers for these measures: seats are put together otherwise."""
    return by is not Grain.SEAT and facts.table_for(by, codes) is not None


def each_of(
    conn: Connection, sets: Sequence[Codes], centres: Sequence[int], start: date, end: date, by: Grain
) -> dict[Codes, pd.DataFrame]:
    """What ``facts.group_sums`` gives, for several sets of measures, with one statement a table."""
    tables: dict[Table, list[Codes]] = {}
    for codes in dict.fromkeys(sets):
        table = facts.table_for(by, codes)
        if table is None:
            raise ValueError(f"{', '.join(codes)} 不能按 {by} 分")
        tables.setdefault(table, []).append(codes)
    found: dict[Codes, pd.DataFrame] = {}
    for table, wanted in tables.items():
        found |= _of_table(conn, table, wanted, centres, start, end, by)
    return found


def _of_table(
    conn: Connection, table: Table, sets: Sequence[Codes], centres: Sequence[int], start: date, end: date, by: Grain
) -> dict[Codes, pd.DataFrame]:
    """First by key and day, so that days are counted by the way and not one by one."""
    if table is order_stats:
        return sums_by(conn, sets, centres, start, end, dict((t, c) for t, c in facts.KEY_COLUMNS[by])[table])
    key = table.c[dict((t, c) for t, c in facts.KEY_COLUMNS[by])[table]].label("key")
    columns = []
    for at, codes in enumerate(sets):
        complete = and_(*[table.c[code].is_not(None) for code in codes])
        columns += [func.sum(case((complete, table.c[code]))).label(f"s{at}_{code}") for code in codes]
    inside = select(key, *columns).where(table.c.centre_id.in_(centres), table.c.day.between(start, end))
    if by is Grain.HOUR:
        inside = inside.where(table.c.hour != WHOLE_DAY)
    daily = inside.group_by(key, table.c.day).subquery()
    outer: list[ColumnElement[Any]] = []
    for at, codes in enumerate(sets):
        outer.append(func.count(daily.c[f"s{at}_{codes[0]}"]))
        outer += [func.sum(daily.c[f"s{at}_{code}"]) for code in codes]
    rows = conn.execute(select(daily.c.key, *outer).group_by(daily.c.key).order_by(daily.c.key)).all()
    found, place = {}, 1
    for codes in sets:
        width = len(codes) + 1
        own = [row for row in rows if row[place]]
        sums = {code: [row[place + n] for row in own] for n, code in enumerate(("days", *codes))}
        floats = {name: np.array(values, dtype=np.float64) for name, values in sums.items()}
        found[codes] = pd.DataFrame({"key": [row[0] for row in own], **floats})
        place += width
    return found
