"""Two sources that give the same measure for the same place and day would count twice: refused as a whole.

A batch is already summed up, so the rows of a refused figure can't be told apart any more (used + rejected would no
longer be the rows read). Hence the whole batch is refused, with a sentence that names the other source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from db.bulk import day_ranges
from db.errors import ConflictError
from db.facts_write import CALLS, MONTHS, ORDERS, READINGS, SEATS, Days, FactTable
from db.order_reads import given_twice
from db.schema import centres, day_totals, sources
from kpi.measures import BY_CODE

PLACES: dict[str, tuple[str, ...]] = {
    CALLS.table.name: ("day", "queue", "channel"),  # not the hour: a whole-day row counts the same calls
    SEATS.table.name: ("day", "seat"),
    ORDERS.table.name: ("anchor", "channel"),  # two systems may each take the orders of their own channels
    READINGS.table.name: ("day", "measure"),
    MONTHS.table.name: ("month", "measure"),
}
"""Where (beside the centre) only one source may give a measure."""

_WHAT = {
    CALLS.table.name: "话务数据",
    SEATS.table.name: "座席数据",
    ORDERS.table.name: "工单数据",
    READINGS.table.name: "登记数据",
    MONTHS.table.name: "月度数据",
}


def refuse_conflicts(conn: Connection, fact: FactTable, frame: pd.DataFrame, days: Days, source_id: int) -> None:
    """Looks at the facts just written, inside their transaction.

    Raises ConflictError naming the other source, the centre, the days, the measures and the remedy.
    """
    every = {day for ones in days.values() for day in ones}
    others = [] if frame.empty else _others(conn, fact, min(every), max(every), source_id)
    if not others:
        return
    table = fact.table
    supplied = [code for code in fact.measures if code in frame.columns and frame[code].notna().any()]
    if supplied:
        if fact.anchor == "day":
            supplied = _totalled(conn, supplied, days)
        supplied = _given_by(conn, fact, supplied, others, (min(every), max(every)))
    if fact.measures and not supplied:
        return
    for first, last in day_ranges(every):
        # Without the centre: the index by source and day has to be taken, not a walk through all days of a centre.
        span = and_(table.c.source_id.in_([source_id, *others]), table.c[fact.anchor].between(first, last))
        if clashes := _clashes(conn, fact, supplied, span):
            raise ConflictError(_sentence(conn, fact, clashes, source_id))


def _others(conn: Connection, fact: FactTable, first: date, last: date, source_id: int) -> list[int]:
    """Ids of other sources with rows between two days (of any centre)."""
    table = fact.table
    held = exists().where(table.c.source_id == sources.c.id, table.c[fact.anchor].between(first, last))
    return list(conn.scalars(select(sources.c.id).where(sources.c.id != source_id, held)))


def _given_by(
    conn: Connection, fact: FactTable, measures: Sequence[str], others: Sequence[int], days: tuple[date, date]
) -> list[str]:
    """Those of the measures that the other sources give at all on these days.

    A source of calls and one of orders know the same seats, and nothing of each other's figures.
    """
    if not measures:
        return []
    table = fact.table
    counts = [func.count(table.c[code]) for code in measures]
    span = and_(table.c.source_id.in_(others), table.c[fact.anchor].between(*days))
    given = conn.execute(select(*counts).where(span)).one()
    return [code for code, rows in zip(measures, given, strict=True) if rows]


def _totalled(conn: Connection, measures: Sequence[str], days: Days) -> list[str]:
    """Those of the measures that had a total on these days before the batch: what had none, no source had given.

    The totals follow the facts only after this, and are few where the facts are many.
    """
    t = day_totals.c
    every = {day for ones in days.values() for day in ones}
    span = and_(t.centre_id.in_(sorted(days)), t.day.between(min(every), max(every)))
    found = set(conn.scalars(select(t.measure).distinct().where(t.measure.in_(measures), span)))
    return [code for code in measures if code in found]


@dataclass(frozen=True, slots=True)
class _Clash:
    """A place where a measure is given by more than one source."""

    centre_id: int
    day: date
    measure: str


def _clashes(
    conn: Connection, fact: FactTable, measures: Sequence[str], condition: ColumnElement[bool]
) -> list[_Clash]:
    if fact is ORDERS:
        (_, by) = PLACES[ORDERS.table.name]
        return [_Clash(*one) for one in given_twice(conn, condition, measures, by)]
    table = fact.table
    places = [table.c[name] for name in PLACES[table.name]]
    wide = bool(fact.measures)
    givers = (
        [case((table.c[code].isnot(None), table.c.source_id)) for code in measures] if wide else [table.c.source_id]
    )
    if not givers:
        return []
    tests = [func.min(giver) != func.max(giver) for giver in givers]
    statement = (
        select(table.c.centre_id, *places, *(test.label(f"clash{n}") for n, test in enumerate(tests)))
        .where(condition)
        .group_by(table.c.centre_id, *places)
        .having(or_(*tests))
    )
    found = []
    for row in conn.execute(statement).mappings():
        codes = [code for n, code in enumerate(measures) if row[f"clash{n}"]] if wide else [row["measure"]]
        found += [_Clash(row["centre_id"], row[fact.anchor], code) for code in codes]
    return found


def _sentence(conn: Connection, fact: FactTable, clashes: Sequence[_Clash], source_id: int) -> str:
    days = sorted({clash.day for clash in clashes})
    codes = list(dict.fromkeys(clash.measure for clash in clashes))
    ids = sorted({clash.centre_id for clash in clashes})
    names = "、".join(conn.scalars(select(centres.c.name).where(centres.c.id.in_(ids)).order_by(centres.c.id)))
    others = "、".join(f"“{title or code}”({code})" for code, title in _givers(conn, fact, clashes, source_id))
    measures = "、".join(BY_CODE[code].name if code in BY_CODE else code for code in codes[:3])
    more = f"等 {len(codes)} 项" if len(codes) > 3 else ""
    when = "、".join(str(first) if first == last else f"{first} 至 {last}" for first, last in day_ranges(days))
    return (
        f"{names} {_shorten(when)} 的{_WHAT[fact.table.name]}({measures}{more})已由来源{others}提供, 再计入会重复, "
        f"本批数据整批未写入。请在 sources.yaml 中停用其中一个来源、去掉其中一个来源的这些列, "
        f"或把两者分到不同的中心/队列/渠道; 若要改用本来源, 请先用 forget 命令清除{others}这些天的数据, 再重新拉取。"
    )


def _givers(conn: Connection, fact: FactTable, clashes: Sequence[_Clash], source_id: int) -> list[tuple[str, str]]:
    table, first = fact.table, clashes[0]
    given = table.c[first.measure].isnot(None) if fact.measures else table.c.measure == first.measure
    holders = select(table.c.source_id).where(
        table.c.centre_id == first.centre_id,
        table.c[fact.anchor] == first.day,
        table.c.source_id != source_id,
        given,
    )
    statement = select(sources.c.code, sources.c.title).where(sources.c.id.in_(holders)).order_by(sources.c.code)
    return [(code, title) for code, title in conn.execute(statement)]


def _shorten(days: str, limit: int = 120) -> str:
    return days if len(days) <= limit else days[:limit].rsplit("、", 1)[0] + "……"
