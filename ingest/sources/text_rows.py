"""Records of a source that is no file, gathered as rows of text in DuckDB, the way ``frames.to_batch`` takes them.

Only the columns that the mapping names are kept: a caller's number or address never gets into memory for long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from ingest.batch import Batch
from ingest.mapping import Cell, MomentField, SourceSpec


def mapped_cells(spec: SourceSpec) -> Iterator[Cell]:
    """Every cell that the mapping of a source reads, the centre's included."""
    if spec.centre_column is not None:
        yield spec.centre_column
    for _, field in spec.mapping.fields:
        yield field.cell
        if isinstance(field, MomentField) and field.time is not None:
            yield field.time
    for _, measure in spec.mapping.measures:
        yield measure.cell


def mapped_columns(spec: SourceSpec) -> tuple[str, ...]:
    """The column names that the mapping may read, each once (DuckDB does not tell Name from name)."""
    names = (name for cell in mapped_cells(spec) for name in cell.names)
    return tuple({name.casefold(): name for name in names}.values())


class TextRows:
    """A DuckDB table of text columns that grows chunk by chunk. ``count``: rows so far, which also number them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, name: str, columns: Iterable[str]) -> None:
        self._con, self._name, self._columns = con, name, tuple(columns)
        self._seen: set[str] = set()
        self.count = 0
        described = "".join(f", {quoted(column)} VARCHAR" for column in self._columns)
        con.execute(f"CREATE TABLE {quoted(name)} (row_no BIGINT{described})")

    def add(self, records: Iterable[dict[str, Any]]) -> None:
        """Append records; a column is looked up by its name, then as a dotted path into nested objects."""
        columns: dict[str, list[str | None]] = {name: [] for name in self._columns}
        before = self.count
        for record in records:
            self.count += 1
            for name, values in columns.items():
                present, value = _look_up(record, name)
                if present:
                    self._seen.add(name)
                values.append(_text(value))
        if self.count == before:
            return
        chunk = pd.DataFrame({"row_no": range(before + 1, self.count + 1)} | columns)
        self._con.register("chunk_of_rows", chunk)
        self._con.execute(f"INSERT INTO {quoted(self._name)} SELECT * FROM chunk_of_rows")
        self._con.unregister("chunk_of_rows")

    def relation(self) -> str:
        """Name of a view with the columns that occurred in at least one record (all of them where none did)."""
        kept = [c for c in self._columns if c in self._seen or not self.count]
        chosen = "".join(f", {quoted(column)}" for column in kept)
        view = f"{self._name}_seen"
        self._con.execute(f"CREATE OR REPLACE VIEW {quoted(view)} AS SELECT row_no{chosen} FROM {quoted(self._name)}")
        return view


def quoted(name: str) -> str:
    """An identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def _look_up(record: dict[str, Any], name: str) -> tuple[bool, Any]:
    if name in record:
        return True, record[name]
    value: Any = record
    for key in name.split("."):
        if not isinstance(value, dict) or key not in value:
            return False, None
        value = value[key]
    return True, value


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def keep_window(batch: Batch, start: date, end: date) -> None:
    """Drop figures of days outside ``start``…``end``: a source that returned half a day there must not replace it."""
    spans = (
        ("calls", "day", start),
        ("seats", "day", start),
        ("orders", "anchor", start),
        ("readings", "day", start),
        ("months", "month", start.replace(day=1)),
    )
    outside: set[date] = set()
    inside: set[date] = set()
    for name, column, first in spans:
        frame = getattr(batch, name)
        if frame is None or frame.empty:
            continue
        days = frame[column].astype(object)
        within = (days >= first) & (days <= end)
        outside.update(days[~within])
        inside.update(days[within])
        setattr(batch, name, frame[within].reset_index(drop=True))
    if outside:
        batch.warnings.append(
            f"来源返回了取数窗口之外 {len(outside)} 天的数据({min(outside)} 至 {max(outside)}),没有采用。"
        )
    batch.first_day, batch.last_day = (min(inside), max(inside)) if inside else (None, None)
