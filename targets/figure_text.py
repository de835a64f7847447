"""Figures of the documents as text: one rule for rounding, no value is “—”, a change carries its direction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kpi.periods import Period
from kpi.rounding import exact, half_up, on_its_side

DASH = "—"
MINUS = "−"
PERCENT = "%"
_DECIMALS = {PERCENT: 2, "秒": 1, "件/坐席/天": 1, "分": 2, "万元": 2, "元": 2}
_MOST = 6
"""Decimals after which a difference is called none."""


def figure(value: float | Decimal, unit: str, bounds: Sequence[float | Decimal] = ()) -> str:
    """“97.32%”, “60.4件/坐席/天”, “1,234次”. A percentage comes as a fraction, and so do its bounds: figures the text
    has to stay on its side of (a target; for a percentage also 0 and 100)."""
    return f"{plain(value, unit, bounds)}{unit}"


def plain(value: float | Decimal, unit: str, bounds: Sequence[float | Decimal] = ()) -> str:
    """A figure as ``figure`` writes it, without its unit."""
    number = _scaled(value, unit)
    edges = [_scaled(bound, unit) for bound in bounds]
    if unit == PERCENT:
        edges += [Decimal(0), Decimal(100)]
    least = _DECIMALS.get(unit, 0 if number == number.to_integral_value() else 2)
    return _written(on_its_side(number, edges, least))


def amount(value: float | Decimal) -> str:
    """An amount of money, with two decimals."""
    return _written(on_its_side(exact(value), (Decimal(0),), 2))


def count(value: float | Decimal | None) -> str:
    """A numerator or denominator: thousands separated, two decimals only where it is not whole."""
    if value is None:
        return DASH
    number = exact(value)
    return _written(half_up(number, 0 if number == number.to_integral_value() else 2))


def change(now: float | None, then: float | None, unit: str) -> str:
    """“上升10.96%”, “下降0.42个百分点”, “持平”; '' where either is missing or there is nothing to divide by."""
    if now is None or then is None:
        return ""
    moved = _scaled(now, unit) - _scaled(then, unit)
    if moved == 0:
        return "持平"
    name = "个百分点"
    if unit != PERCENT:
        if then == 0:
            return ""
        moved, name = moved / abs(exact(then)) * 100, PERCENT
    size = on_its_side(abs(moved), (Decimal(0),), 2)
    if size.as_tuple().exponent in range(-_MOST, 1):
        return f"{'上升' if moved > 0 else '下降'}{_written(size)}{name}"
    return "基本持平"


def days(period: Period) -> str:
    """“2026年1月1日至6月30日”."""
    if period.start == period.end:
        return day(period.start)
    end = f"{period.end.month}月{period.end.day}日"
    return f"{day(period.start)}至{end if period.start.year == period.end.year else day(period.end)}"


def span(period: Period) -> str:
    """“2026.1.1至2026.6.30” in two lines, for narrow columns."""
    first, last = (f"{one.year}.{one.month}.{one.day}" for one in (period.start, period.end))
    return f"{first}\n至{last}"


def day(value: date) -> str:
    """“2026年6月30日”."""
    return f"{value.year}年{value.month}月{value.day}日"


def _scaled(value: float | Decimal, unit: str) -> Decimal:
    return exact(value) * 100 if unit == PERCENT else exact(value)


def _written(value: Decimal) -> str:
    return f"{value:,f}".replace("-", MINUS)
