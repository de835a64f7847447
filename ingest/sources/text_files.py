"""CSV files of any delimiter and encoding: where the header is, then the quick or the careful reading."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import duckdb

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.frames import Miscounted, Reading
from ingest.frames_load import CsvForm, csv_relation
from ingest.headers import bind, find, unique
from ingest.mapping import FilesOptions, SourceSpec
from ingest.sources.csv_rows import Record, Width, open_text, records, write_clean
from ingest.sources.file_bytes import TextFile, as_utf8
from ingest.sources.fingerprints import taken

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x01", "\x1f")
"""Tried in this order where the config does not name one."""
HEADER_SEARCH = 30
"""The header is looked for in so many records: titles may stand above it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header of a text file is: ``row`` is its record number."""

    delimiter: str
    row: int
    headers: tuple[str, ...]
    width: Width
    plain_start: bool


def find_layout(spec: SourceSpec, options: FilesOptions, path: Path, name: str) -> Layout:
    """The delimiter and header under which the mapped columns are found. Raises SourceError where they are not."""
    best: tuple[int, int, Layout] | None = None
    for delimiter in (options.delimiter,) if options.delimiter else DELIMITERS:
        with open_text(path) as handle:
            head = list(takewhile(lambda r: r.number <= HEADER_SEARCH, records(handle, delimiter)))
        if options.header_row is not None:
            with open_text(path) as handle:
                upto = takewhile(lambda r: r.number <= (options.header_row or 1), records(handle, delimiter))
                head = [record for record in upto if record.number == options.header_row]
        for record in head:
            layout = _layout(record, delimiter, head)
            found, missing = find(spec, layout.headers)
            if not missing and found:
                return layout
            score = (len(found), len(layout.headers) if record is head[0] else 0)
            if best is None or score > best[:2]:
                best = (*score, layout)
    if best is None:
        where = f"第 {options.header_row} 行没有内容" if options.header_row else "没有文字"
        raise SourceError(f"{name}: 找不到表头,{where}。请重新导出,或检查 sources.yaml 的 header_row")
    bind(spec, best[2].headers, name)
    return best[2]


def _layout(record: Record, delimiter: str, head: list[Record]) -> Layout:
    named = [place for place, cell in enumerate(record.cells, 1) if cell.strip()]
    width = Width(len(record.cells), named[-1] if named else 1)
    before = [cell for other in head if other.number <= record.number for cell in other.cells]
    plain = not any("\n" in cell for cell in before) and all(not other.problem for other in head)
    return Layout(delimiter, record.number, unique(record.cells), width, plain)


def read_text(reading: Reading, path: Path, folder: Path, options: FilesOptions) -> Batch:
    """The batch of a text file. ``folder`` is for copies. Raises SourceError where it can't be read at all."""
    text = as_utf8(path, options.encoding, folder)
    layout = find_layout(reading.spec, options, text.path, path.name)
    batch = _quickly(reading, text, layout, path.name)
    if batch is None:
        batch = _carefully(reading, text, layout, folder, path.name)
    batch.file = taken(path, reading.spec)
    return batch


def _quickly(reading: Reading, text: TextFile, layout: Layout, name: str) -> Batch | None:
    """The batch by DuckDB's own reader, None where that doesn't account for every record."""
    if not (text.lines.regular and layout.plain_start and len(layout.headers) > 1):
        return None
    form = CsvForm(text.path, layout.headers, layout.delimiter, skip=layout.row)
    expected = text.lines.count - layout.row
    try:
        return reading.batch(csv_relation(reading.con, form), name, first_row=layout.row + 1, expected=expected)
    except (Miscounted, duckdb.InvalidInputException):
        return None


def _carefully(reading: Reading, text: TextFile, layout: Layout, folder: Path, name: str) -> Batch:
    clean = folder / "clean.csv"
    written = write_clean(text.path, clean, layout.delimiter, layout.row, layout.width)
    form = CsvForm(clean, layout.headers, layout.delimiter, numbered=True)
    return reading.batch(csv_relation(reading.con, form), name, expected=written)
