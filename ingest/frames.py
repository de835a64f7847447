"""From rows of text to a batch: the one engine behind every source that gives rows.

``to_batch`` reads a DuckDB relation once into a table of typed rows (bad ones with their raw cells), sums that
table, and gives sums and rejects back. Nothing else of a row leaves the engine.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb

from ingest import check_rows
from ingest.batch import Batch
from ingest.clean import ident
from ingest.errors import SourceError
from ingest.frames_load import left_out
from ingest.frames_plan import BLANK, GOOD, Plan
from ingest.frames_rejects import mark_duplicates, read_rejects, repeated
from ingest.frames_sums import add_sums
from ingest.headers import RESERVED, bind
from ingest.mapping import EachFile, Shape, SourceSpec

PART_LENGTH = 128


class Miscounted(SourceError):
    """The relation did not give as many lines as the file has."""


@dataclass(slots=True)
class Rows:
    """The table of typed rows: its name, its typed columns, and SQL of a row's number as the user sees it."""

    con: duckdb.DuckDBPyConnection
    table: str
    plan: Plan
    row_no: str

    @property
    def columns(self) -> frozenset[str]:
        """The typed columns."""
        return frozenset(self.plan.outputs)


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reading of one source's rows has in common."""

    con: duckdb.DuckDBPyConnection
    spec: SourceSpec
    today: date
    tz: str | None = None

    def batch(
        self, relation: str, file: str, *, sheet: str = "", first_row: int | None = None, expected: int | None = None
    ) -> Batch:
        """See ``to_batch``."""
        return to_batch(
            self.con,
            relation,
            self.spec,
            file,
            sheet,
            self.today,
            tz=self.tz,
            first_row=first_row,
            expected=expected,
        )


def to_batch(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    spec: SourceSpec,
    file: str,
    sheet: str,
    today: date,
    *,
    tz: str | None = None,
    first_row: int | None = None,
    expected: int | None = None,
) -> Batch:
    """The sums and rejects of a relation of text rows: VARCHAR columns by the source's own headers, and row_no BIGINT.

    A column ``row_problem`` may say (in Chinese) what is wrong with a row as a whole. ``first_row``: the relation
    has no row_no, its rows are numbered in order from here. ``tz``: zone in which moments with a UTC offset are
    understood. ``expected``: so many lines the relation must give, else Miscounted is raised. Raises SourceError
    where mapped columns are missing or nearly everything is a reject.
    """
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE {ident(relation)}").fetchall()]
    binding = bind(spec, [column for column in columns if column not in RESERVED], file)
    plan = Plan(binding, today, tz)
    check_rows.fill(plan, spec, columns)
    with _rows(con, relation, columns, plan, spec, first_row) as rows:
        _check_lines(con, rows.table, expected, file)
        if plan.same is not None:
            numbered = _numbered(relation, columns, first_row)
            mark_duplicates(con, rows.table, rows.row_no, numbered, plan, keep_last=spec.shape is Shape.ORDERS)
        batch = Batch(part=file[-PART_LENGTH:] if spec.each_file is EachFile.ADDS else "")
        rejects = read_rejects(con, rows.table, rows.row_no, plan, file, sheet)
        batch.rejects = rejects
        used = con.execute(f"SELECT count(*) FROM {rows.table} WHERE problem = {GOOD}").fetchone()
        batch.rows_used = int(used[0]) if used else 0
        batch.rows_read = batch.rows_used + len(rejects)
        _check_count(con, rows.table, batch, file)
        add_sums(con, rows.table, spec, rows.columns, batch)
    return batch


@contextmanager
def _rows(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    columns: list[str],
    plan: Plan,
    spec: SourceSpec,
    first_row: int | None,
) -> Iterator[Rows]:
    """The table of typed rows while it is needed. Its rowid is the place of a row in the relation."""
    table = f"typed_{uuid.uuid4().hex[:12]}"
    summed = spec.shape in (Shape.DAYS, Shape.MONTHS)
    source, seen = ident(relation), columns
    if summed and "row_no" not in columns:  # few rows: numbering them costs nothing
        source, seen = f"({_numbered(relation, columns, first_row)})", ["row_no", *columns]
    con.execute(f"CREATE TEMP TABLE {table} AS {plan.select(source, seen)}")
    row_no = "row_no" if "row_no" in seen else f"(rowid + {first_row or 1})"
    try:
        yield Rows(con, table, plan, row_no)
    finally:
        for name in (table, repeated(table)):
            con.execute(f"DROP TABLE IF EXISTS {name}")


def _numbered(relation: str, columns: list[str], first_row: int | None) -> str:
    """A SELECT of the relation with a row_no, whether it has one or not."""
    if "row_no" in columns:
        return f"SELECT * FROM {ident(relation)}"
    return f"SELECT row_number() OVER () + {(first_row or 1) - 1} AS row_no, * FROM {ident(relation)}"


def _check_lines(con: duckdb.DuckDBPyConnection, table: str, expected: int | None, file: str) -> None:
    if expected is None:
        return
    found = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    if found is None or int(found[0]) != expected or left_out(con):
        raise Miscounted(f"{file}: 没有读到全部的行,没有写入。请重新导出这个文件,仍不行就交给维护人员检查")


def _check_count(con: duckdb.DuckDBPyConnection, table: str, batch: Batch, file: str) -> None:
    """Every line is a row used, a reject or blank: anything else would be a row lost."""
    found = con.execute(f"SELECT count(*) FROM {table} WHERE problem <> {BLANK}").fetchone()
    if found is None or int(found[0]) != batch.rows_read:
        raise SourceError(f"{file}: 读到的行数与用掉、剔除的行数对不上,没有写入。请把文件交给维护人员检查")
