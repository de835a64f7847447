"""The engine for rows in flight, and CSV files as relations in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.clean import ident, literal

MEMORY = "320MB"
"""What the engine may hold in memory; beyond it spills to its folder."""
THREADS = 4
_VIEW, _ERRORS, _SCANS = "file_rows", "file_errors", "file_scans"


@dataclass(frozen=True, slots=True)
class CsvForm:
    """A CSV file as the engine is to read it: UTF-8, ``skip`` lines before the first row.

    ``numbered``: the first two columns are row_no and row_problem, before those of ``headers``.
    """

    path: Path
    headers: tuple[str, ...]
    delimiter: str
    skip: int = 0
    numbered: bool = False


@contextmanager
def engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, in memory, that spills to ``folder`` and never reaches for anything outside."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": min(THREADS, os.cpu_count() or 1),
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=config) as con:
        yield con


def csv_relation(con: duckdb.DuckDBPyConnection, form: CsvForm) -> str:
    """The name of a view of all rows of a CSV file as text. Lines it can't read are left out (see ``left_out``)."""
    own = {"row_no": "BIGINT", "row_problem": "VARCHAR"} if form.numbered else {}
    columns = own | dict.fromkeys(form.headers, "VARCHAR")
    typed = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    con.execute(f"DROP VIEW IF EXISTS {_VIEW}")
    for table in (_ERRORS, _SCANS):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    con.execute(
        f"CREATE TEMP VIEW {_VIEW} AS SELECT {', '.join(map(ident, columns))} FROM read_csv({literal(str(form.path))}, "
        f"columns={{{typed}}}, auto_detect=false, header=false, skip={form.skip}, delim={literal(form.delimiter)}, "
        f"quote='\"', escape='\"', strict_mode=true, null_padding=false, encoding='utf-8', "
        f"store_rejects=true, rejects_table={literal(_ERRORS)}, rejects_scan={literal(_SCANS)}, rejects_limit=1000)"
    )
    return _VIEW


def left_out(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the last scan of ``csv_relation`` left lines out."""
    try:
        return con.execute(f"SELECT 1 FROM {_ERRORS} LIMIT 1").fetchone() is not None
    except duckdb.CatalogException:  # the table is made by the first line left out
        return False
