"""Finding the mapped columns among the headers of a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.errors import SourceError
from ingest.mapping import Cell, MomentField, SourceSpec

RESERVED = ("row_no", "row_problem")
"""Columns that a relation of rows may have besides the file's own."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Binding:
    """The mapped columns of one file: ``headers`` in the order of the mapping, each once."""

    headers: tuple[str, ...]
    _of: dict[Cell, int]

    def index(self, cell: Cell) -> int | None:
        """The place of a mapped column in ``headers``; None where it is optional and the file lacks it."""
        return self._of.get(cell)


def mapped_cells(spec: SourceSpec) -> list[Cell]:
    """All columns a source's mapping names, in its order."""
    cells: list[Cell] = []
    for _, found in spec.mapping.fields:
        cells.append(found.cell)
        if isinstance(found, MomentField) and found.time is not None:
            cells.append(found.time)
    cells.extend(measure.cell for _, measure in spec.mapping.measures)
    return cells if spec.centre_column is None else [*cells, spec.centre_column]


def plain(header: str) -> str:
    """A header as it is compared: half-width, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", header).replace("\ufeff", "").lower().split())


def unique(headers: Iterable[str]) -> tuple[str, ...]:
    """Headers that can name columns: blank ones become 列N, repeated ones get “ (2)”, in any letter case."""
    taken = set(RESERVED)
    found: list[str] = []
    for place, header in enumerate(headers, 1):
        name = " ".join(header.replace("\ufeff", "").replace("\x00", "").split()) or f"列{place}"
        candidate, again = name, 2
        while candidate.lower() in taken:
            candidate, again = f"{name} ({again})", again + 1
        taken.add(candidate.lower())
        found.append(candidate)
    return tuple(found)


def find(spec: SourceSpec, headers: Sequence[str]) -> tuple[dict[Cell, str], list[Cell]]:
    """The header of every mapped column, and the columns that are needed and not there."""
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(plain(header), header)
    found: dict[Cell, str] = {}
    missing: list[Cell] = []
    for cell in mapped_cells(spec):
        match = next((by_name[plain(name)] for name in cell.names or (cell.sql,) if plain(name) in by_name), None)
        if match is not None:
            found[cell] = match
        elif not cell.optional and cell not in missing:
            missing.append(cell)
    return found, missing


def bind(spec: SourceSpec, headers: Sequence[str], file: str = "") -> Binding:
    """The mapped columns among ``headers``. Raises SourceError naming what is missing and what there is."""
    found, missing = find(spec, headers)
    where = f"文件 {file} " if file else "来源的数据"
    if missing:
        wanted = "、".join(f"‘{' / '.join(cell.names)}’" for cell in missing)
        there = "、".join(headers[:_SHOWN]) + (" 等" if len(headers) > _SHOWN else "")
        raise SourceError(
            f"{where}缺少列: {wanted}。现有的列: {there or '(没有)'}。"
            "列名改过就在 sources.yaml 的 column 里加上新名字,再重启服务;分隔符或工作表不对也会这样"
        )
    known = {plain(header) for header in headers}
    for header in found.values():
        if plain(f"{header} (2)") in known:
            raise SourceError(f"{where}有两列都叫 ‘{header}’,不知道该用哪一列。请改掉其中一列的列名")
    used = tuple(dict.fromkeys(found.values()))
    return Binding(used, {cell: used.index(header) for cell, header in found.items()})
