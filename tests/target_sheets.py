"""Targets for tests: a small sheet in force whose indicators are bound to KPIs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection

from db.bindings import save_bindings
from db.sheets import save_sheet
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.sheet import BLANK, Cell, CellKind, Indicator, Project, ProjectType, Sheet, indicator_keys
from kpi.status import Operator

Targets = Mapping[str, tuple[str, float]]
"""KPI → (operator, value); a percentage as a fraction below or at 1."""


def put_targets(conn: Connection, centre: str, half: Targets, full: Targets | None = None, year: int = 2026) -> None:
    """Puts a sheet in force for a centre with these half-year and full-year targets, bindings confirmed."""
    full = full or {}
    codes = list(dict.fromkeys([*half, *full]))
    rows = tuple(
        Indicator(n, "产出指标", "质量指标", code, _cell(half.get(code)), _cell(full.get(code)))
        for n, code in enumerate(codes, start=1)
    )
    project = Project(1, "测试项目", ProjectType.RECURRING, indicators=rows)
    sheet = Sheet("测试单位", year, "测试表", "standard", (project,))
    code = f"{centre}-{year}"
    now = datetime(year, 1, 1, tzinfo=UTC)
    save_sheet(
        conn, sheet, code=code, centre=centre, author="甲", reason="", source_name="", source_text="", now=now,
        state="active",
    )  # fmt: skip
    bound = {
        key: Binding(BoundTo.KPI, PaceClass.RATIO, kpi, confirmed_by="甲", confirmed_at=now)
        for key, kpi in zip(indicator_keys(project), codes, strict=True)
    }
    save_bindings(conn, code, bound)


def _cell(target: tuple[str, float] | None) -> Cell:
    if target is None:
        return BLANK
    operator, value = target
    share = value <= 1
    number = Decimal(repr(value)) * (100 if share else 1)
    return Cell(CellKind.NUMBER, "", Operator(operator), number, "%" if share else "")
