"""How the rows of one file are read, as SQL: raw cells → values → the first thing wrong → typed columns.

``check`` fills a plan from a source's mapping; ``frames`` runs it. In the SQL the raw cells are c0, c1, …, a value
read quickly is q_NAME, the half-width text of a cell that could not be read quickly h_NAME, the value itself NAME.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ingest.clean import Read, blank, half, ident, literal, tidy
from ingest.headers import RESERVED, Binding
from ingest.mapping import Cell

REMEDY = "。改正后重新导入,或导出剔除行来改正"
GOOD, BLANK, DUPLICATE = 0, -1, 30_000
"""``problem`` of a row that can be used, of a line with nothing in it (no row), of a repeated row."""
_TOTAL_START = ("合%", "总%", "小%", "汇%", "平%", "均%", "Tot%", "tot%", "TOT%", "Grand%", "GRAND%", "Sum%", "SUM%")
_TOTAL_WORD = r"(?i)((合|总|小)\s*计|总\s*和|汇\s*总|平\s*均\s*值?|均\s*值|(grand\s+)?total|sum)\s*[::]?"


@dataclass(frozen=True, slots=True)
class Check:
    """``when`` (SQL over raw cells and parsed values) a row can't be used because of cell number ``cell``.

    ``reason`` is Chinese, with the places {column} and {value}. ``cell`` None: the row as a whole.
    """

    cell: int | None
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value read from a cell: its name in SQL, and SQL that tells whether the cell is blank."""

    sql: str
    blank: str
    half: str


@dataclass(slots=True)
class Plan:
    """The reading of one file under construction, then the SQL of it.

    ``same``: SQL over the relation's own columns, equal for rows that repeat each other; None where all are kept.
    ``same_cell``: the number of the mapped cell it is, None for the whole row.
    """

    binding: Binding
    today: date
    tz: str | None = None
    quick: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    total_cells: list[str] = field(default_factory=list)
    same: str | None = None
    same_cell: int | None = None

    def __post_init__(self) -> None:
        """The checks of the row as a whole come first; that of a total row is completed by ``select``."""
        self.checks.append(Check(None, "damage IS NOT NULL", "{damage}"))
        self.checks.append(Check(None, "", "‘{first}’ 是合计行,不是一条数据,不计入;不必改正"))

    def raw(self, cell: Cell) -> str | None:
        """The raw cell (c0, c1, …) of a mapped column, None where the file has none."""
        index = self.binding.index(cell)
        return None if index is None else f"c{index}"

    def read(self, name: str, raw: str, how: Read) -> Value:
        """Adds a value that is read from a raw cell in two steps."""
        self.quick.append(f"{how.quick} AS q_{name}")
        self.halves.append(f"CASE WHEN q_{name} IS NULL AND {raw} IS NOT NULL THEN {half(raw)} END AS h_{name}")
        self.values.append(f"coalesce(q_{name}, {how.slow(f'h_{name}')}) AS {name}")
        return Value(name, blank(f"h_{name}"), f"h_{name}")

    def add(self, name: str, sql: str) -> str:
        """Adds a value given by SQL over raw cells; returns its name."""
        self.values.append(f"{sql} AS {name}")
        return name

    def check(self, cell: Cell, when: str, reason: str) -> None:
        """Adds a check of a mapped cell; ``reason`` has the places {column} and {value}."""
        self.checks.append(Check(self.binding.index(cell), when, reason + REMEDY))

    def select(self, relation: str, columns: Sequence[str]) -> str:
        """The SELECT of all lines: [row_no], problem, raw (cells of a bad row only), [key], the outputs.

        ``columns`` are all columns of the relation. ``problem`` is GOOD, BLANK or 1 + the place in ``checks``.
        """
        own = [ident(column) for column in columns if column not in RESERVED]
        row_no = ["row_no"] if "row_no" in columns else []
        key = [f"CASE WHEN {self.same} IS NOT NULL THEN hash({self.same}) END AS key"] if self.same else []
        damage = "row_problem" if "row_problem" in columns else "CAST(NULL AS VARCHAR)"
        first = f"coalesce({', '.join(map(tidy, own))}, NULL)"
        cells = [f"{ident(header)} AS c{n}" for n, header in enumerate(self.binding.headers)]
        raw = ", ".join([*row_no, *key, *cells, f"{first} AS first_cell", f"{damage} AS damage"])
        inner = f"SELECT {raw} FROM {relation}"
        for layer in (self.quick, self.halves, self.values):
            inner = f"SELECT {', '.join(['*', *layer])} FROM ({inner})"
        kept = f"CASE WHEN problem > 0 THEN [{', '.join(f'c{n}' for n in range(len(cells)))}, first_cell, damage] END"
        outputs = [f"{sql} AS {name}" for name, sql in self.outputs.items()]
        return (
            f"SELECT {', '.join([*row_no, *(['key'] if key else []), 'problem', f'{kept} AS raw', *outputs])} FROM ("
            f"SELECT *, CAST({self._problem()} AS SMALLINT) AS problem FROM ({inner}))"
        )

    def _problem(self) -> str:
        whens = [check.when for check in self.checks]
        whens[1] = self._is_total()
        arms = " ".join(f"WHEN {when} THEN {n}" for n, when in enumerate(whens, 1))
        return f"CASE WHEN first_cell IS NULL AND damage IS NULL THEN {BLANK} {arms} ELSE {GOOD} END"

    def _is_total(self) -> str:
        """A total word in the first cell or in one of ``total_cells``. The cheap LIKE spares most rows the regex."""
        said = (
            f"(({' OR '.join(f'{place} LIKE {literal(start)}' for start in _TOTAL_START)}) "
            f"AND regexp_full_match({place}, {literal(_TOTAL_WORD)}))"
            for place in dict.fromkeys(["first_cell", *self.total_cells])
        )
        return f"({' OR '.join(said)})"
