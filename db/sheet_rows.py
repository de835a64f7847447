"""A sheet as rows and back: projects, money lines, indicators (the tables of ``db.schema_targets``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from db.schema_targets import sheet_flags, sheet_indicators, sheet_money, sheet_projects, sheet_revisions
from kpi.sheet import (
    STRICT_SIGNS,
    Cell,
    CellKind,
    ExpenseLine,
    Flag,
    FlagKind,
    FundLine,
    Indicator,
    Project,
    ProjectType,
    Sheet,
    Statistic,
    YearCost,
    indicator_keys,
)
from kpi.status import Operator

FUND, EXPENSE = "fund", "expense"
_STRICT = {sign: operator for operator, sign in STRICT_SIGNS.items() if sign != operator.value}

Values = dict[str, Any]


def cell_values(prefix: str, cell: Cell | None) -> Values:
    """A cell as the five columns of that prefix; all None for no cell."""
    parts = ("kind", "text", "operator", "number", "unit")
    if cell is None:
        return {f"{prefix}_{part}": None for part in parts}
    found = (
        cell.kind.value,
        cell.text,
        _sign(cell),
        None if cell.number is None else format(cell.number, "f"),
        cell.unit,
    )
    return dict(zip((f"{prefix}_{part}" for part in parts), found, strict=True))


def _sign(cell: Cell) -> str | None:
    """>= <= = as they are; > and < for a bound that does not meet itself."""
    if cell.operator is None:
        return None
    return STRICT_SIGNS[cell.operator] if cell.strict else cell.operator.value


def read_cell(row: Mapping[str, Any], prefix: str) -> Cell | None:
    """The cell in the columns of that prefix, None where there is none."""
    kind = row[f"{prefix}_kind"]
    if kind is None:
        return None
    sign, number = row[f"{prefix}_operator"], row[f"{prefix}_number"]
    return Cell(
        CellKind(kind),
        row[f"{prefix}_text"] or "",
        (_STRICT.get(sign) or Operator(sign)) if sign else None,
        None if number is None else Decimal(number),
        row[f"{prefix}_unit"] or "",
        sign in _STRICT,
    )


def _sure(row: Mapping[str, Any], prefix: str) -> Cell:
    return read_cell(row, prefix) or Cell(CellKind.BLANK)


def insert_content(conn: Connection, revision_id: int, sheet: Sheet) -> None:
    """Stores the projects, money lines, indicators and flags of a revision."""
    for project in sheet.projects:
        conn.execute(insert(sheet_projects).values(revision_id=revision_id, **_project_values(project)))
        _insert_all(conn, sheet_money, revision_id, project.no, _money_rows(project))
        _insert_all(conn, sheet_indicators, revision_id, project.no, _indicator_rows(project))
    flags = [
        {
            "revision_id": revision_id,
            "place": flag.place,
            "kind": flag.kind.value,
            "message": flag.message,
            "line": flag.line,
            "source": flag.source,
            "suggestion": flag.suggestion,
        }
        for flag in sheet.flags
    ]
    if flags:
        conn.execute(insert(sheet_flags), flags)


def _insert_all(conn: Connection, table: Table, revision_id: int, project_no: int, rows: Iterable[Values]) -> None:
    found = [{"revision_id": revision_id, "project_no": project_no, **row} for row in rows]
    if found:
        conn.execute(insert(table), found)


def _project_values(project: Project) -> Values:
    return {
        "no": project.no,
        "name": project.name,
        "type": project.type.value,
        "unit": project.unit,
        "starts": project.starts,
        "ends": project.ends,
        "money_unit": project.money_unit,
        "texts": [list(pair) for pair in project.texts],
        "extra": [list(pair) for pair in project.extra],
    }


def _money_rows(project: Project) -> Iterable[Values]:
    blank = cell_values("half", None)
    for no, fund in enumerate(project.funds):
        yield (
            {"kind": FUND, "no": no, "name": fund.name, "level": fund.level, "year": None}
            | blank
            | cell_values("full", fund.amount)
        )
    for no, line in enumerate(project.expenses):
        yield (
            {"kind": EXPENSE, "no": no, "name": line.name, "level": 1, "year": None}
            | cell_values("half", line.half)
            | cell_values("full", line.full)
        )
    for no, cost in enumerate(project.costs):
        yield (
            {"kind": cost.kind, "no": no, "name": "", "level": 1, "year": cost.year}
            | blank
            | cell_values("full", cost.amount)
        )


def _indicator_rows(project: Project) -> Iterable[Values]:
    for no, (one, key) in enumerate(zip(project.indicators, indicator_keys(project), strict=True)):
        yield {
            "no": no,
            "key": key,
            "row": one.row,
            "part": one.part,
            "section": one.section,
            "level1": one.level1,
            "level2": one.level2,
            "name": one.name,
            "weight": None if one.weight is None else format(one.weight, "f"),
            "line": one.line,
            **cell_values("half", one.half),
            **cell_values("full", one.full),
            **cell_values("reported", one.reported),
        }


def read_sheet(conn: Connection, revision: Row[Any], unit: str, year: int) -> Sheet:
    """The sheet of a revision (a row of ``sheet_revisions``), with its unresolved and resolved flags alike."""
    money = _by_project(conn, sheet_money, revision.id)
    indicators = _by_project(conn, sheet_indicators, revision.id)
    rows = conn.execute(select(sheet_projects).where(sheet_projects.c.revision_id == revision.id).order_by("no"))
    return Sheet(
        unit=unit,
        year=year,
        title=revision.title,
        form=revision.form,
        projects=tuple(_project(row, money.get(row.no, []), indicators.get(row.no, [])) for row in rows),
        flags=tuple(_flags(conn, revision.id)),
        statistics=tuple(_statistic(one) for one in revision.statistics),
        sections=tuple((heading, text) for heading, text in revision.sections),
        score_form=revision.score_form,
    )


def _by_project(conn: Connection, table: Table, revision_id: int) -> dict[int, list[Values]]:
    found: dict[int, list[Values]] = {}
    for row in conn.execute(select(table).where(table.c.revision_id == revision_id).order_by(table.c.no)).mappings():
        found.setdefault(row["project_no"], []).append(dict(row))
    return found


def _project(row: Row[Any], money: list[Values], indicators: list[Values]) -> Project:
    return Project(
        no=row.no,
        name=row.name,
        type=ProjectType(row.type),
        unit=row.unit,
        starts=row.starts,
        ends=row.ends,
        money_unit=row.money_unit,
        texts=tuple((label, text) for label, text in row.texts),
        extra=tuple((label, text) for label, text in row.extra),
        funds=tuple(FundLine(m["name"], _sure(m, "full"), m["level"]) for m in money if m["kind"] == FUND),
        expenses=tuple(
            ExpenseLine(m["name"], _sure(m, "half"), _sure(m, "full")) for m in money if m["kind"] == EXPENSE
        ),
        costs=tuple(
            YearCost(m["year"], _sure(m, "full"), m["kind"])
            for m in sorted(money, key=lambda m: m["no"])
            if m["kind"] not in (FUND, EXPENSE)
        ),
        indicators=tuple(_indicator(one) for one in indicators),
    )


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        row=row["row"],
        level1=row["level1"],
        level2=row["level2"],
        name=row["name"],
        half=_sure(row, "half"),
        full=_sure(row, "full"),
        part=row["part"],
        section=row["section"],
        reported=read_cell(row, "reported"),
        weight=None if row["weight"] is None else Decimal(row["weight"]),
        line=row["line"],
    )


def _flags(conn: Connection, revision_id: int) -> Iterable[Flag]:
    rows = conn.execute(select(sheet_flags).where(sheet_flags.c.revision_id == revision_id).order_by("id"))
    for row in rows:
        yield Flag(row.place, FlagKind(row.kind), row.message, row.line, row.source, row.suggestion)


def statistic_values(statistics: Iterable[Statistic]) -> list[Values]:
    """Statistics as JSON values."""
    return [
        {
            "name": one.name,
            "value": format(one.value, "f"),
            "unit": one.unit,
            "change": None if one.change is None else format(one.change, "f"),
            "line": one.line,
            "text": one.text,
        }
        for one in statistics
    ]


def _statistic(one: Mapping[str, Any]) -> Statistic:
    change = None if one["change"] is None else Decimal(one["change"])
    return Statistic(one["name"], Decimal(one["value"]), one["unit"], change, one["line"], one["text"])


def revision_row(conn: Connection, revision_id: int) -> Row[Any]:
    """The row of a revision."""
    return conn.execute(select(sheet_revisions).where(sheet_revisions.c.id == revision_id)).one()
