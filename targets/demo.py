"""The demo centre's performance contract: 江宁 2026 as a start, in force, with what people would have entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, Engine

from db.bindings import save_bindings
from db.engine import write
from db.entries import add_entry
from db.sheets import list_sheets, save_sheet
from kpi.catalogue import Catalogue
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.sheet import Sheet
from targets.binding import propose
from targets.presets import preset

PRESET = "jiangning-2026"
AUTHOR = "演示"
BY_KPI = {
    "预算执行率": "budget_execution_rate",
    "资金到位率": "funds_received_rate",
    "合同付款进度": "contract_payment_progress",
}
"""What the demo's ledger tells by itself."""


def sheet_code(centre: str, year: int) -> str:
    """The code of the demo's sheet of a year."""
    return f"{centre}-{year}"


def give_sheets(engine: Engine, catalogue: Catalogue, centre: str, today: date) -> None:
    """Puts the sheets of this year and the one before in force, unless the centre has one for that year."""
    with engine.connect() as conn:
        known = {(one.centre, one.year) for one in list_sheets(conn, include_retired=True)}
    wanted = [year for year in (today.year - 1, today.year) if (centre, year) not in known]
    if not wanted:
        return
    packaged = preset(PRESET)
    with write(engine) as conn:
        for year in wanted:
            _give(conn, catalogue, replace(packaged, year=year), centre)


def _give(conn: Connection, catalogue: Catalogue, sheet: Sheet, centre: str) -> None:
    begun = datetime.combine(date(sheet.year, 1, 2), time(1), UTC)
    code = sheet_code(centre, sheet.year)
    save_sheet(
        conn,
        sheet,
        code=code,
        centre=centre,
        author=AUTHOR,
        reason="演示",
        source_name=PRESET,
        source_text="",
        now=begun,
        state="active",
    )
    bound = _bindings(sheet, catalogue)
    signed = {key: replace(one, confirmed_by=AUTHOR, confirmed_at=begun) for key, one in bound.items()}
    save_bindings(conn, code, signed)
    for _project, indicator, key in sheet.indicators():
        if bound[key].bound_to is BoundTo.GRADE:
            add_entry(
                conn,
                code,
                key=key,
                day=begun.date(),
                value=None,
                text=indicator.half.text or indicator.full.text,
                note="演示数据",
                author=AUTHOR,
                now=begun,
            )


def _bindings(sheet: Sheet, catalogue: Catalogue) -> dict[str, Binding]:
    found = propose(sheet, catalogue)
    for _project, indicator, key in sheet.indicators():
        if indicator.name in BY_KPI:
            found[key] = Binding(BoundTo.KPI, PaceClass.BUDGET, BY_KPI[indicator.name])
    return found
