"""Proposals of what each indicator is bound to, from its name, its target cell and the KPI catalogue.

A proposal is only that: ``confirmed_by`` stays empty until a person confirms. A KPI is proposed only where the name is
one of the catalogue's (or an alias) with nothing before it but words that say “of the hotline”; everything else is
entered by hand. What gets no proposal gets a reason (``unbound``).
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi.catalogue import Catalogue
from kpi.model import Kpi, Unit
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.sheet import Cell, CellKind, Indicator, Sheet
from kpi.status import Operator
from targets.binding_names import kpi_named, money_named, names_a_stock

_SILENT = (CellKind.BLANK, CellKind.NONE, CellKind.LOST)


def propose(sheet: Sheet, catalogue: Catalogue) -> dict[str, Binding]:
    """A proposal for every indicator that can have one, by indicator key."""
    return {key: found for key, found in _decided(sheet, catalogue) if isinstance(found, Binding)}


def unbound(sheet: Sheet, catalogue: Catalogue) -> dict[str, str]:
    """Why the other indicators have no proposal (Chinese), by indicator key."""
    return {key: found for key, found in _decided(sheet, catalogue) if isinstance(found, str)}


def _decided(sheet: Sheet, catalogue: Catalogue) -> Iterator[tuple[str, Binding | str]]:
    for _project, indicator, key in sheet.indicators():
        yield key, _decide(indicator, catalogue)


def _decide(indicator: Indicator, catalogue: Catalogue) -> Binding | str:
    if not indicator.name.strip():
        return "没有指标名称,校核后再绑定。"
    cell = indicator.half if indicator.full.kind in _SILENT else indicator.full
    if cell.kind in _SILENT:
        return _without_target(indicator, catalogue)
    if money_named(indicator.name) and cell.kind in (CellKind.NUMBER, CellKind.SCHEDULE):
        note = "按累计金额填报;“序时进度”按日历天数折算。"
        return Binding(BoundTo.MONEY, PaceClass.BUDGET, note=note)
    match cell.kind:
        case CellKind.DATE:
            return Binding(BoundTo.MILESTONE, PaceClass.MILESTONE, note=f"到“{cell.text}”为止完成。")
        case CellKind.SCHEDULE:
            return Binding(BoundTo.READING, PaceClass.BUDGET, note="按序时进度推进,填报累计完成的百分比。")
        case CellKind.NUMBER:
            return _number(indicator, cell, catalogue)
    figures = "目标文字里有数字,可在校核时拆成数值指标。" if any(ch.isdigit() for ch in cell.text) else ""
    return Binding(BoundTo.GRADE, PaceClass.GRADE, note=f"由人评判并附依据。{figures}")


def _without_target(indicator: Indicator, catalogue: Catalogue) -> Binding | str:
    if CellKind.LOST in (indicator.half.kind, indicator.full.kind):
        return "目标值在原文件中缺失,校核补上后再绑定。"
    if indicator.reported is None or not indicator.reported.is_number:
        return "半年和全年都没有目标值,不需要绑定。"
    kpi = kpi_named(indicator.name, catalogue)
    if kpi is not None and _same_unit(kpi, indicator.reported):
        return Binding(BoundTo.KPI, PaceClass.VOLUME, kpi.code, note="只有完成值、没有目标,只作同比。")
    return Binding(BoundTo.READING, PaceClass.VOLUME, note="只有完成值、没有目标,只作同比。")


def _number(indicator: Indicator, cell: Cell, catalogue: Catalogue) -> Binding:
    kpi = kpi_named(indicator.name, catalogue)
    if kpi is not None and _same_unit(kpi, cell):
        pace = _flow_class(cell.operator) if kpi.is_count else PaceClass.RATIO
        return Binding(BoundTo.KPI, pace, kpi.code, tolerance=_tolerance(pace), note=f"名称对应指标“{kpi.name}”。")
    if cell.unit == "%":
        return Binding(BoundTo.READING, PaceClass.RATIO, note="指标目录里没有这个比率,由人填报。")
    if _averages(cell):
        return Binding(BoundTo.READING, PaceClass.RATIO, note="指标目录里没有这个均值,由人填报。")
    if _is_stock(indicator, cell):
        return Binding(BoundTo.STOCK, PaceClass.STOCK, tolerance=0.0, note="存量:以最近一次填报为准。")
    pace = _flow_class(cell.operator)
    return Binding(BoundTo.COUNT, pace, tolerance=_tolerance(pace), note="按发生次数累计填报。")


def _same_unit(kpi: Kpi, cell: Cell) -> bool:
    """True where a figure of the cell can be one of the KPI: percent with percent, seconds with seconds, counts."""
    if kpi.unit in (Unit.PERCENT, Unit.SECONDS, Unit.POINTS, Unit.ITEMS_PER_SEAT_DAY):
        return cell.unit.replace("座席", "坐席") == kpi.unit.value
    return cell.unit != "%" and not _averages(cell)


def _averages(cell: Cell) -> bool:
    return cell.unit in ("秒", "分钟", "小时", "分") or ("/" in cell.unit and cell.unit.endswith(("天", "日", "月")))


def _is_stock(indicator: Indicator, cell: Cell) -> bool:
    """True for a level: named so, or a target that asks no more at the year's end than at its half."""
    if names_a_stock(indicator.name) or cell.unit == "席":
        return True
    half, full = indicator.half.number, indicator.full.number
    if cell.operator not in (Operator.AT_MOST, Operator.EQUAL) or half is None or full is None:
        return False
    return half >= full > 0


def _flow_class(operator: Operator | None) -> PaceClass:
    if operator is Operator.AT_MOST:
        return PaceClass.CAP
    return PaceClass.EXACT if operator is Operator.EQUAL else PaceClass.TOWARDS


def _tolerance(pace: PaceClass) -> float:
    return 0.0 if pace is PaceClass.EXACT else 5.0
