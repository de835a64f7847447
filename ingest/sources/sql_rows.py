"""Single rows of a foreign database as text, for the ordinary mapping and cleaning: those in doubt, and day figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from sqlalchemy import Row

from db.masking import mask
from ingest.batch import Batch, Reject
from ingest.frames import to_batch
from ingest.mapping import (
    As,
    Cell,
    DurationField,
    MeasureField,
    MomentField,
    RowField,
    RowMapping,
    SourceSpec,
)
from ingest.sources.sql_clock import Element, Holds
from ingest.sources.sql_source import Source
from ingest.sources.text_rows import TextRows

_STAMP = "%Y-%m-%d %H:%M:%S"


def raw_columns(source: Source) -> list[Element]:
    """Every mapped column as it is, labelled r0, r1, … in the order of ``source.cells``."""
    return [found.sql.label(f"r{place}") for place, found in enumerate(source.cells.values())]


def read_as_text(
    rows: Sequence[Row[Any]], source: Source, spec: SourceSpec, name: str, today: date, tz: ZoneInfo
) -> Batch:
    """Fetched rows (raw columns, and typed values by the names of their fields) through mapping and cleaning."""
    with duckdb.connect() as con:
        table = TextRows(con, "rows", [found.label for found in source.cells.values()])
        table.add(_record(row, source, spec) for row in rows)
        batch = to_batch(con, "rows", _by_label(spec, source), name, "", today, tz=tz.key)
    batch.rejects = [replace(reject, row_no=None) for reject in batch.rejects]
    return batch


def _record(row: Row[Any], source: Source, spec: SourceSpec) -> dict[str, str | None]:
    values = row._mapping
    record = {found.label: as_text(values[f"r{place}"]) for place, found in enumerate(source.cells.values())}
    for name, field in spec.mapping.fields:
        found = source.get(field.cell)
        if found is None or name not in values:
            continue
        typed = values[name]
        if isinstance(field, MomentField):
            time_of_day = source.get(field.time)
            if typed is not None:
                record[found.label] = _moment_text(typed)
            elif time_of_day is not None:
                record[found.label] = f"{record[found.label] or ''} {record[time_of_day.label] or ''}".strip() or None
        elif isinstance(field, DurationField) and found.holds is not Holds.TEXT and typed is not None:
            record[found.label] = as_text(typed)
    return record


def as_text(value: Any) -> str | None:
    """A value of the database as an export would write it."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.replace(tzinfo=None).strftime(_STAMP)
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case time():
            return value.strftime("%H:%M:%S")
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.decode("utf-8", errors="replace")
    return str(value)


def _moment_text(value: Any) -> str | None:
    """SQLite gives computed times as text, other databases as datetimes."""
    return as_text(datetime.combine(value, time.min) if type(value) is date else value)


def _by_label(spec: SourceSpec, source: Source) -> SourceSpec:
    """The mapping of rows as ``_record`` writes them: columns by their labels, moments in one cell."""

    def named(cell: Cell) -> Cell:
        found = source.get(cell)
        return cell if found is None else Cell((found.label,), optional=cell.optional)

    def field_of(field: RowField) -> RowField:
        if isinstance(field, MomentField):
            formats = (_STAMP, *field.formats) if field.formats else ()
            return MomentField(named(field.cell), formats)
        if isinstance(field, DurationField):
            found = source.get(field.cell)
            as_number = found is not None and found.holds is not Holds.TEXT
            return DurationField(named(field.cell), As.SECONDS if as_number else field.how)
        return replace(field, cell=named(field.cell))

    def measure_of(field: MeasureField) -> MeasureField:
        return replace(field, cell=named(field.cell))

    return replace(
        spec,
        centre_column=None if spec.centre_column is None else named(spec.centre_column),
        mapping=RowMapping(
            tuple((name, field_of(field)) for name, field in spec.mapping.fields),
            tuple((code, measure_of(field)) for code, field in spec.mapping.measures),
        ),
    )


def reject_times(rows: Sequence[Row[Any]], source: Source, field: MomentField, name: str, reason: str) -> list[Reject]:
    """Rows whose time puts them in no window. ``reason`` has the places {column} and {value}."""
    found = source.cells[field.cell]
    place = list(source.cells).index(field.cell)
    rejects = []
    for row in rows:
        values = row._mapping
        cells = {one.label: mask(as_text(values[f"r{n}"]) or "") for n, one in enumerate(source.cells.values())}
        value = as_text(values[f"r{place}"])
        said = "‘{column}’ 是空的" if value is None or not value.strip() else reason
        text = said.format(column=found.label, value=mask(value or "")[:200])
        remedy = "。请在来源数据库里改正,或在 query 里排除这些行"
        rejects.append(Reject(name, "", None, found.label, mask(value or "")[:200], text + remedy, cells))
    return rejects
