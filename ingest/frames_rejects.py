"""The rows that can't be used: found in the table of typed rows, told in Chinese, personal data masked."""

from __future__ import annotations

from collections import Counter

import duckdb

from db.masking import mask
from ingest.batch import Reject
from ingest.clean import ident
from ingest.errors import SourceError
from ingest.frames_plan import DUPLICATE, GOOD, REMEDY, Check, Plan

REJECT_LIMIT = 100_000
"""More rejects than this in one file mean a wrong mapping or file: it is refused as a whole, with the reasons."""
VALUE_LENGTH = 200
CELL_LENGTH = 2_000


def _shown(text: str) -> str:
    text = mask(text)
    return text if len(text) <= VALUE_LENGTH else text[:VALUE_LENGTH] + "…"


def read_rejects(
    con: duckdb.DuckDBPyConnection, table: str, row_no: str, plan: Plan, file: str, sheet: str
) -> list[Reject]:
    """All rejects in the order of the file. Raises SourceError where there are more than REJECT_LIMIT."""
    counted = con.execute(f"SELECT problem, count(*) FROM {table} WHERE problem > {GOOD} GROUP BY problem").fetchall()
    numbers = Counter({int(problem): int(rows) for problem, rows in counted})
    if numbers.total() > REJECT_LIMIT:
        raise SourceError(_too_many(numbers, plan, file))
    bad = f"SELECT {row_no} AS place, problem, raw FROM {table} WHERE problem > {GOOD} AND problem <> {DUPLICATE}"
    if numbers[DUPLICATE]:
        bad += f" UNION ALL SELECT kept_no, {DUPLICATE}, raw FROM {repeated(table)}"
    found = con.execute(f"{bad} ORDER BY place")
    rejects: list[Reject] = []
    while rows := found.fetchmany(5000):
        rejects.extend(_reject(plan, file, sheet, *row) for row in rows)
    return rejects


def _reject(plan: Plan, file: str, sheet: str, row_no: int, problem: int, raw: list[str | None]) -> Reject:
    *cells, first, damage = raw
    headers = plan.binding.headers
    row = {header: mask(cell or "")[:CELL_LENGTH] for header, cell in zip(headers, cells, strict=True)}
    check = Check(plan.same_cell, "", "{damage}" + REMEDY) if problem == DUPLICATE else plan.checks[problem - 1]
    header = headers[check.cell] if check.cell is not None else ""
    value = _shown(cells[check.cell] or "") if check.cell is not None else _shown(first or "")
    reason = check.reason.format(column=header, value=value, first=_shown(first or ""), damage=damage or "")
    return Reject(file, sheet, row_no, header, value, reason, row)


def _too_many(numbers: Counter[int], plan: Plan, file: str) -> str:
    def said(problem: int) -> str:
        check = Check(None, "", "重复的行") if problem == DUPLICATE else plan.checks[problem - 1]
        header = plan.binding.headers[check.cell] if check.cell is not None else ""
        text = check.reason.replace(REMEDY, "").replace(": ‘{value}’", "")
        return text.format(column=header, value="…", first="…", damage="行的结构已损坏")

    reasons = "; ".join(f"{said(problem)}({rows} 行)" for problem, rows in numbers.most_common(5))
    return (
        f"{file}: 有 {numbers.total()} 行不能用,超过 {REJECT_LIMIT} 行,多半是列的对应或格式写错了,没有写入。"
        f"主要原因: {reasons}。请改正 sources.yaml 或换上正确的文件"
    )


def mark_duplicates(
    con: duckdb.DuckDBPyConnection, table: str, row_no: str, numbered: str, plan: Plan, *, keep_last: bool
) -> None:
    """Makes repeated good rows rejects: the first is kept, or the last.

    Hashes find the few rows that may be the same; only those are read again and compared by their text.
    """
    keys = con.execute(f"SELECT count(key), count(DISTINCT key) FROM {table} WHERE problem = {GOOD}").fetchone()
    if keys is None or keys[0] == keys[1]:
        return
    kept = "保留最后一次" if keep_last else "保留第一次"
    said = f"'与第 ' || kept || ' 行重复({kept})'"
    cells = ", ".join(ident(header) for header in plan.binding.headers)
    order = "DESC" if keep_last else "ASC"
    same = f"OVER (PARTITION BY same ORDER BY row_no {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    con.execute(
        f"CREATE TEMP TABLE {repeated(table)} AS "
        f"SELECT row_no AS kept_no, list_concat(cells, [cells[1], {said}]) AS raw FROM ("
        f"SELECT row_no, cells, row_number() {same} AS place, first_value(row_no) {same} AS kept FROM ("
        f"SELECT row_no, [{cells}] AS cells, {plan.same} AS same FROM ({numbered}) WHERE row_no IN ("
        f"SELECT {row_no} FROM {table} WHERE problem = {GOOD} AND key IN ("
        f"SELECT key FROM {table} WHERE problem = {GOOD} AND key IS NOT NULL GROUP BY key HAVING count(*) > 1)))) "
        f"WHERE place > 1"
    )
    # only the number is updated: rewriting the raw cells would give the rows new rowids
    con.execute(f"UPDATE {table} SET problem = {DUPLICATE} WHERE {row_no} IN (SELECT kept_no FROM {repeated(table)})")


def repeated(table: str) -> str:
    """The name of the table of repeated rows that goes with a table of typed rows."""
    return f"{table}_again"
