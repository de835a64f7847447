"""What is read from in a foreign database: a table or a query, its columns, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, column, literal_column, select, text
from sqlalchemy.sql.elements import TextClause

from ingest.errors import SourceError
from ingest.headers import find
from ingest.mapping import Cell, DurationField, MomentField, SourceSpec, SqlOptions
from ingest.sources.sql_clock import Element, Holds, holds_by_type, holds_by_values

_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A mapped cell in this database: its SQL, the name it is shown by, what it holds."""

    label: str
    sql: Element
    holds: Holds


@dataclass(frozen=True, slots=True)
class Source:
    """The relation and its mapped columns. A cell that is optional and not there has no entry in ``cells``."""

    relation: TextClause
    cells: dict[Cell, Found]

    def get(self, cell: Cell | None) -> Found | None:
        """The column of a mapped cell, None where it is optional and missing."""
        return None if cell is None else self.cells.get(cell)


def open_source(conn: Connection, spec: SourceSpec, options: SqlOptions) -> Source:
    """Looks up the mapped columns. Raises ``SourceError`` naming those that are missing."""
    relation = _relation(conn, options)
    names = list(conn.execute(select(text("*")).select_from(relation).where(text("1 = 0"))).keys())
    expected = dict(_cells(spec))
    by_name, missing = find(spec, names)
    gone = [cell for cell in missing if not cell.sql]
    if gone:
        wanted = "、".join(f"‘{' / '.join(cell.names)}’" for cell in gone)
        there = "、".join(names[:40])
        raise SourceError(
            f"数据库的表或查询缺少列: {wanted}。现有的列: {there}。请改正 columns,或给改过名的列加上新名字。"
        )
    elements: dict[Cell, tuple[str, Element]] = {}
    for cell in expected:
        if cell.sql:
            elements[cell] = cell.sql, literal_column(f"({cell.sql})")
        elif cell in by_name:
            elements[cell] = by_name[cell], column(by_name[cell])
    kinds = _kinds(conn, relation, [(sql, expected[cell]) for cell, (_, sql) in elements.items()])
    found = {cell: Found(*element, holds) for (cell, element), holds in zip(elements.items(), kinds, strict=True)}
    return Source(relation, found)


def _cells(spec: SourceSpec) -> Iterator[tuple[Cell, Holds]]:
    """Every mapped cell, and what it holds where the values don't tell."""
    if spec.centre_column is not None:
        yield spec.centre_column, Holds.TEXT
    for _, field in spec.mapping.fields:
        if isinstance(field, MomentField):
            yield field.cell, Holds.TIME
            if field.time is not None:
                yield field.time, Holds.TEXT
        else:
            yield field.cell, Holds.NUMBER if isinstance(field, DurationField) else Holds.TEXT
    for _, measure in spec.mapping.measures:
        yield measure.cell, Holds.NUMBER


def _kinds(conn: Connection, relation: TextClause, columns: list[tuple[Element, Holds]]) -> list[Holds]:
    """What each column holds: PostgreSQL says so; elsewhere the values of a few rows do."""
    labelled = [sql.label(f"c{place}") for place, (sql, _) in enumerate(columns)]
    statement = select(*labelled).select_from(relation)
    if conn.dialect.name == "postgresql":
        result = conn.execute(statement.where(text("1 = 0")))
        return [holds_by_type(about[1]) for about in result.cursor.description] if result.cursor else []
    rows = conn.execute(statement.limit(_SAMPLE)).all()
    return [holds_by_values([row[place] for row in rows], otherwise) for place, (_, otherwise) in enumerate(columns)]


def _relation(conn: Connection, options: SqlOptions) -> TextClause:
    """``FROM`` this. A query is read as it is, in brackets; a colon in it is no place for a value."""
    if options.query:
        query = options.query.strip().rstrip(";").strip()
        return text(f"({_escaped(query)}\n) src")
    quote = conn.dialect.identifier_preparer.quote
    return text(_escaped(".".join(quote(part) for part in options.table.split("."))))


def _escaped(sql: str) -> str:
    return re.sub(r"(?<!\\):", r"\\:", sql)
