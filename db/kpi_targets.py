"""What a KPI is held against: the targets of the sheets in force, by the bindings that a person has confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from db.day_memory import settled
from db.schema import centres
from db.schema_targets import bindings, sheet_indicators, sheet_revisions, sheets
from kpi.sheet import CellKind
from kpi.status import Operator

ACTIVE, KPI = "active", "kpi"
HALF, YEAR = 1, 0


@dataclass(frozen=True, slots=True)
class KpiTarget:
    """A target of one KPI; ``half`` 1: judged on 1 Jan–30 Jun, 0: on the year. A percentage is a fraction.

    ``centre`` '' : of a sheet that is judged by all centres together. ``sheet``, ``key``: the indicator it is set in.
    """

    centre: str
    kpi: str
    year: int
    half: int
    operator: str
    value: float
    sheet: str = ""
    key: str = ""


def load_targets(conn: Connection, year: int) -> list[KpiTarget]:
    """The targets of a year, of all centres, in the order of the sheets' codes."""
    return list(settled(conn, ("targets", year), lambda: _load(conn, year)))


def _load(conn: Connection, year: int) -> tuple[KpiTarget, ...]:
    i, r = sheet_indicators.c, sheet_revisions.c
    rows = conn.execute(
        select(
            centres.c.code.label("centre"),
            bindings.c.reference.label("kpi"),
            sheets.c.code.label("sheet"),
            i.key,
            *(i[f"{part}_{name}"] for part in ("half", "full") for name in ("kind", "operator", "number", "unit")),
        )
        .join_from(sheets, sheet_revisions, (r.sheet_id == sheets.c.id) & (r.state == ACTIVE))
        .join(sheet_indicators, i.revision_id == r.id)
        .join(bindings, (bindings.c.sheet_id == sheets.c.id) & (bindings.c.key == i.key))
        .join(centres, centres.c.id == sheets.c.centre_id, isouter=True)
        .where(
            sheets.c.year == year,
            sheets.c.retired_at.is_(None),
            bindings.c.bound_to == KPI,
            bindings.c.confirmed_by != "",
        )
        .order_by(sheets.c.code, i.project_no, i.no)
    )
    return tuple(target for row in rows for target in _targets(row, year))


def _targets(row: Row[Any], year: int) -> Iterable[KpiTarget]:
    found = row._mapping
    for half, part in ((HALF, "half"), (YEAR, "full")):
        number = found[f"{part}_number"]
        if found[f"{part}_kind"] != CellKind.NUMBER.value or number is None:
            continue
        value = Decimal(number) / 100 if found[f"{part}_unit"] == "%" else Decimal(number)
        sign = _PLAIN.get(found[f"{part}_operator"], found[f"{part}_operator"]) or Operator.AT_LEAST.value
        yield KpiTarget(
            found["centre"] or "", found["kpi"], year, half, sign, float(value), found["sheet"], found["key"]
        )


_PLAIN = {">": Operator.AT_LEAST.value, "<": Operator.AT_MOST.value}


def target_for(targets: Iterable[KpiTarget], chain: Iterable[str], kpi: str, day: date) -> KpiTarget | None:
    """The target a KPI is judged by on a day: the half-year's before July, else the year's; nearest centre first, the
    sheets of all centres last."""
    wanted = list(targets)
    for centre in (*chain, ""):
        for half in (HALF, YEAR) if day.month <= 6 else (YEAR,):
            for target in wanted:
                if (target.centre, target.kpi, target.year, target.half) == (centre, kpi, day.year, half):
                    return target
    return None
