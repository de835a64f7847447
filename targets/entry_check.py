"""Whether a reading can count for its indicator. What would be kept and never seen is refused, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.bindings import load_bindings
from db.sheets import load_sheet
from kpi.pace_model import Binding, BoundTo
from kpi.sheet import Cell, CellKind, Indicator, Sheet

_NEVER_NEGATIVE = (BoundTo.COUNT, BoundTo.MONEY, BoundTo.STOCK)
_NEED_FIGURE = (*_NEVER_NEGATIVE, BoundTo.READING)
_KPI = "这项指标自动取自数据源,填报的数不会计入。只留佐证请不填数值;确要改为填报,请先在校核页改绑定。"
_WORD = "这项指标由人评定,请在“文字结论”里写“{word}”或“未达标”,不填数值。"
_FIGURE = "这项指标按数值考核,“{text}”不是数,不会计入。请填数值。"
_NEGATIVE = "{value:g} 是负数,不会有这样的数。填错了请撤销原来那一条,不用负数冲销。"
_LATER = "{day} 已过考核年度,不会计入。请填 {year} 年 12 月 31 日或以前的日期。"
_EARLIER = "{day} 早于考核年度,不会计入。请填 {year} 年的日期。"
_AMOUNT = "这项指标按支出金额核算,请填金额(万元),不填百分比;执行率由系统按预算算出。"
_FRACTION = "单位是 %,{value:g} 看起来是小数。请写成 {percent:g} 或 {percent:g}%(文本格式)。"


@dataclass(frozen=True)
class EntryCheck:
    """What the entries of a sheet are held against."""

    year: int
    indicators: Mapping[str, Indicator]
    bindings: Mapping[str, Binding]

    @classmethod
    def of(cls, conn: Connection, sheet_code: str, sheet: Sheet | None = None) -> EntryCheck:
        """The check of a stored sheet. Raises UnknownSheetError."""
        known = sheet or load_sheet(conn, sheet_code)
        indicators = {key: one for _, one, key in known.indicators()}
        return cls(known.year, indicators, load_bindings(conn, sheet_code))

    def day_problem(self, key: str, day: date) -> str:
        """Why an entry of this day would never count; '' where it may."""
        if day.year > self.year:
            return _LATER.format(day=day, year=self.year)
        binding = self.bindings.get(key)
        first = self.year if binding is not None and binding.bound_to is BoundTo.COUNT else self.year - 1
        return _EARLIER.format(day=day, year=self.year) if day.year < first else ""

    def value_problem(self, key: str, value: float | None, text: str, typed: object = "") -> str:
        """Why this figure or text would not count for the indicator; '' where it may. ``typed``: the figure as it was
        written: a percentage is no amount of money."""
        indicator, binding = self.indicators.get(key), self.bindings.get(key)
        if indicator is None:
            return "目标表里没有这项指标,请刷新页面后重选。"
        if binding is None:
            return ""
        source = binding.bound_to
        if source is BoundTo.KPI:
            return _KPI if value is not None else ""
        if source is BoundTo.GRADE and value is not None and not text.strip() and not _figures(indicator):
            return _WORD.format(word=indicator.full.text or indicator.half.text or "达标")
        if source in _NEED_FIGURE and value is None and not _asks_for_words(indicator):
            return _FIGURE.format(text=text.strip()[:40])
        if source in _NEVER_NEGATIVE and value is not None and value < 0:
            return _NEGATIVE.format(value=value)
        if source is BoundTo.MONEY:
            return _AMOUNT if str(typed).strip().endswith(("%", "%")) else ""
        return _fraction(indicator, value)

    def problem(self, key: str, day: date, value: float | None, text: str, typed: object = "") -> str:
        """Why the entry would not count; '' where it may."""
        return self.day_problem(key, day) or self.value_problem(key, value, text, typed)


def _figures(indicator: Indicator) -> list[Cell]:
    return [cell for cell in (indicator.half, indicator.full) if cell.is_number]


def _asks_for_words(indicator: Indicator) -> bool:
    return any(cell.kind in (CellKind.GRADE, CellKind.DATE) for cell in (indicator.half, indicator.full))


def _fraction(indicator: Indicator, value: float | None) -> str:
    """A workbook gives a cell shown as 96.5% as 0.965: taken literally it would be a wrong figure."""
    targets = [float(cell.number) for cell in _figures(indicator) if cell.unit == "%" and cell.number is not None]
    if value is not None and targets and 0 < value <= 1 and max(targets) >= 10:
        return _FRACTION.format(value=value, percent=value * 100)
    return ""
