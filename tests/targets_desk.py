"""A desk with a target sheet: made of a few indicators, bound by hand, with facts of plain days behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from db.bindings import save_bindings
from db.engine import write
from db.entries import add_entry
from db.sheets import save_sheet
from kpi.catalogue import build
from kpi.pace_model import Binding, Pace, Progress, ProgressRow
from kpi.sheet import (
    BLANK,
    Cell,
    CellKind,
    ExpenseLine,
    FundLine,
    Indicator,
    Project,
    ProjectType,
    Sheet,
    indicator_keys,
)
from kpi.status import Operator
from kpi.workdays import WorkCalendar
from targets.progress import progress
from tests.factories import Desk, FrozenClock, at, batch, calls

CATALOGUE = build()
CALENDAR = WorkCalendar()
SHEET = "sheet"
SIGNS = {"≥": Operator.AT_LEAST, "≤": Operator.AT_MOST, "=": Operator.EQUAL}


def cell(text: str) -> Cell:
    """“≥96%”, “≤6次”, “4” as a figure; “无” as none; “” as blank; “12月底前” as a date; 序时进度; else a grade."""
    if text in ("", "无"):
        return Cell(CellKind.NONE, "无") if text else BLANK
    if text == "序时进度":
        return Cell(CellKind.SCHEDULE, text)
    operator = SIGNS.get(text[0])
    plain = text[1:] if operator else text
    digits = "".join(c for c in plain if c.isdigit() or c == ".")
    if operator or plain.startswith(tuple("0123456789")) and "月" not in plain:
        return Cell(CellKind.NUMBER, text, operator, Decimal(digits), plain.removeprefix(digits))
    return Cell(CellKind.DATE if "月" in text else CellKind.GRADE, text)


def money(amount: str) -> Cell:
    """An amount as the form prints it."""
    return Cell(CellKind.NUMBER, amount, None, Decimal(amount))


def indicator(row: int, name: str, half: str, full: str) -> Indicator:
    """One indicator of the form."""
    return Indicator(row, "产出指标", "质量指标", name, cell(half), cell(full))


def sheet_of(*indicators: Indicator, year: int = 2026, expenses: tuple[ExpenseLine, ...] = ()) -> Sheet:
    """A sheet of one project with a budget of 725 万元, half of it planned for the first half-year."""
    lines = expenses or (ExpenseLine("话务服务", money("362.5"), money("725")),)
    funds = (FundLine("资金总额", money("725"), 0),)
    project = Project(1, "热线运营保障", ProjectType.RECURRING, funds=funds, expenses=lines, indicators=indicators)
    return Sheet("某区数据局", year, "项目预算绩效目标申报表", "standard", (project,))


class SheetDesk:
    """A database with one sheet in force since the year's first day."""

    def __init__(self, engine: Engine, bound: Mapping[tuple[str, str, str], Binding | None], year: int = 2026) -> None:
        """``bound``: (name, half, full) → what it is bound to, None to leave it unbound."""
        self.engine, self.year = engine, year
        self.desk = Desk(engine, FrozenClock(f"{year + 1}-01-10 02:00"))
        made = [indicator(row, *parts) for row, parts in enumerate(bound, 1)]
        self.sheet = sheet_of(*made, year=year)
        keys = indicator_keys(self.sheet.projects[0])
        self.keys = {one.name: key for one, key in zip(made, keys, strict=True)}
        bindings = {key: one for key, one in zip(keys, bound.values(), strict=True) if one is not None}
        with write(engine) as conn:
            save_sheet(
                conn, self.sheet, code=SHEET, centre=None, author="张", reason="", source_name="", source_text="",
                now=datetime(year - 1, 12, 31, tzinfo=UTC), state="active",
            )  # fmt: skip
            save_bindings(conn, SHEET, bindings)

    def enter(self, name: str, day: date, value: float | None = None, text: str = "", entered: str = "") -> int:
        """An entry, known from the evening of its day unless ``entered`` (local wall time) says otherwise."""
        now = at(entered or f"{day} 20:00")
        with write(self.engine) as conn:
            return add_entry(
                conn, SHEET, key=self.keys[name], day=day, value=value, text=text, note="", author="李", now=now
            )

    def answer(self, first: date, last: date, source: str = "calls", delivered: str = "", **measures: int) -> None:
        """The same call figures on each day from first to last, in one batch."""
        if delivered:
            self.desk.clock.moment = at(delivered)
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        rows: list[Mapping[str, Any]] = [{**measures, "day": day} for day in days]
        self.desk.write(batch(calls=calls(*rows)), source)

    def progress(self, as_of: date, today: date | None = None, **options: Any) -> Progress:
        """The sheet on a day; today is long after unless given."""
        with self.engine.connect() as conn:
            seen = today or date(self.year + 1, 1, 10)
            return progress(conn, CATALOGUE, SHEET, as_of, today=seen, calendar=CALENDAR, **options)

    def row(self, name: str, as_of: date, today: date | None = None, **options: Any) -> ProgressRow:
        """One row of it."""
        found = self.progress(as_of, today, **options)
        return next(row for row in found.rows if row.key == self.keys[name])

    def half(self, name: str, as_of: date, today: date | None = None) -> Pace:
        """Its pace in the half-year."""
        return self.row(name, as_of, today).half

    def full(self, name: str, as_of: date, today: date | None = None) -> Pace:
        """Its pace in the year."""
        return self.row(name, as_of, today).full
