"""Whether the facts hold the same sums as the raw engine gets from the same files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from sqlalchemy import Engine, Table, func, select

from bench.baseline import ORDER_TABLES, sum_calls, sum_orders
from db.schema import call_stats, order_stats, seat_stats

_KEYS = {"centre", "day", "hour", "queue", "seat", "anchor", "承办单位", "受理渠道", "诉求类型"}


@dataclass
class Differences:
    """Measures looked at, and those of them that differ."""

    compared: int = 0
    different: list[str] = field(default_factory=list)


def _sums(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in tables:
        names = [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall() if row[0] not in _KEYS]
        values = con.execute(f"SELECT {', '.join(f'sum({name})' for name in names)} FROM {table}").fetchall()[0]
        found |= {name: int(value or 0) for name, value in zip(names, values, strict=True)}
    return found


def differences(engine: Engine, calls_csv: Path, orders_csv: Path) -> Differences:
    """Compare the sums over everything of every measure DuckDB computed."""
    found = Differences()
    with sum_calls(calls_csv) as calls, sum_orders(orders_csv) as orders:
        expected: tuple[tuple[Table, dict[str, int]], ...] = (
            (call_stats, _sums(calls, ["call_sums"])),
            (seat_stats, _sums(calls, ["seat_sums"]) | _sums(orders, ["seat_sums"])),
            (order_stats, _sums(orders, ORDER_TABLES)),
        )
    with engine.connect() as conn:
        for table, sums in expected:
            row = conn.execute(select(*(func.sum(table.c[name]) for name in sums))).one()
            found.compared += len(sums)
            found.different += [name for name, value in zip(sums, row, strict=True) if int(value or 0) != sums[name]]
    return found
