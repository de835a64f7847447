"""THE place figures become text. Nothing else on the pages rounds, and no rounding contradicts a status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from dashboard.judged import Target
from kpi.model import KpiValue, Unit
from kpi.periods import Period

DASH = "—"
MINUS = "−"
_MOST_DECIMALS = 10
_DECIMALS = {Unit.PERCENT: 2, Unit.SECONDS: 1, Unit.ITEMS_PER_SEAT_DAY: 1, Unit.POINTS: 2}
_COUNTS = (Unit.CALLS, Unit.ITEMS, Unit.TIMES, Unit.PEOPLE)
_WEEKDAYS = "一二三四五六日"
_ANY_FLOAT = Context(prec=400)
"""Digits enough for the largest float there is: one absurd figure must not take its page down."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as text: ``text`` without its unit, ``unit`` shown small beside it, ``reason`` why there is none."""

    text: str
    unit: str = ""
    reason: str = ""

    @property
    def spoken(self) -> str:
        """The whole of it as one string, for screen readers and sentences."""
        if self.reason:
            return self.reason
        return f"{self.text} {self.unit}" if self.unit else self.text


def _exact(value: float, unit: Unit) -> Decimal:
    exact = Decimal(repr(float(value)))
    return exact.scaleb(2) if unit is Unit.PERCENT else exact


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_ANY_FLOAT)


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _plain(value: Decimal) -> str:
    return f"{value:,f}".replace("-", MINUS)


def _least_decimals(value: Decimal, unit: Unit) -> int:
    if unit in _DECIMALS:
        return _DECIMALS[unit]
    return 0 if value == value.to_integral_value() else 2


def rounded(value: float, unit: Unit, bounds: Sequence[float] = (), least: int | None = None) -> str:
    """The value rounded half-up in the unit's decimals, with as many more as it takes to stay on its side of
    every bound (a target; for a percentage also 0 and 100). ``least`` overrides the unit's decimals."""
    exact = _exact(value, unit)
    edges = [_exact(b, unit) for b in (*bounds, *((0.0, 1.0) if unit is Unit.PERCENT else ()))]
    first = _least_decimals(exact, unit) if least is None else least
    for decimals in range(first, _MOST_DECIMALS):
        shown = _rounded(exact, decimals)
        if all(_sign(shown - edge) == _sign(exact - edge) for edge in edges):
            return _plain(shown)
    return _plain(exact)


def number(value: float) -> str:
    """A count: thousands separated, two decimals only where it is not whole."""
    exact = Decimal(repr(float(value)))
    whole = exact == exact.to_integral_value()
    return _plain(_rounded(exact, 0 if whole else 2))


def more(value: float) -> str:
    """A count that came on top, with its sign: “+12”."""
    return f"+{number(value)}" if value > 0 else number(value)


def figure(value: KpiValue | None, unit: Unit, target: Target | None = None) -> Shown:
    """A KPI's value as shown, or “—” with its reason."""
    if value is None:
        return Shown(DASH, reason="无数据")
    if value.value is None:
        reason = value.reason.value if value.reason else "无数据"
        return Shown(DASH, reason=f"{reason}({value.detail})" if value.detail else reason)
    return Shown(rounded(value.value, unit, (target.value,) if target else ()), unit.value)


def brief(value: KpiValue, unit: Unit, target: Target | None = None) -> str:
    """The value for the narrowest places: no unit but “%”, and only the decimals it takes to stay on the side of
    its target that it is on."""
    if value.value is None:
        return DASH
    text = rounded(value.value, unit, (target.value,) if target else (), least=0)
    return f"{text}%" if unit is Unit.PERCENT else text


def target_text(target: Target, unit: Unit, *, brief: bool = False) -> str:
    """“≥ 96 %”: a target with no more decimals than it has; ``brief``: without a unit that stands beside it anyway."""
    text = f"{target.sign} {level(float(_exact(target.value, unit)))}"
    return text if brief and unit is not Unit.PERCENT else f"{text} {unit.value}"


def restated(old: KpiValue, new: KpiValue, unit: Unit) -> str:
    """“95.71 % → 95.68 %”, as many decimals as it takes to tell them apart; where only the parts changed, those."""
    if old.value == new.value and old.value is not None:
        return f"{figure(new, unit).spoken} 不变({parts(old)} → {parts(new)})"
    if old.value is None or new.value is None:
        return f"{_side(old, unit)} → {_side(new, unit)}"
    exact = _exact(old.value, unit), _exact(new.value, unit)
    first = max(_least_decimals(value, unit) for value in exact)
    for decimals in range(first, _MOST_DECIMALS):
        shown = [_rounded(value, decimals) for value in exact]
        if shown[0] != shown[1]:
            break
    return " → ".join(f"{_plain(value)} {unit.value}" for value in shown)


def _side(value: KpiValue, unit: Unit) -> str:
    shown = figure(value, unit)
    return f"{DASH}({shown.reason})" if shown.reason else shown.spoken


def reading(value: float | None) -> str:
    """A measure's figure, “—” where there was none."""
    return DASH if value is None else number(value)


def parts(value: KpiValue | None) -> str:
    """“12,345 / 12,898”: what the value was divided from; '' where it was not divided."""
    if value is None or value.numerator is None or value.denominator is None:
        return ""
    return f"{number(value.numerator)} / {number(value.denominator)}"


def signed(value: Decimal, decimals: int) -> str:
    """A difference with its sign: “+0.8”, “−1.2”; “0” stays without."""
    shown = _rounded(value, decimals)
    return f"+{shown:,f}" if shown > 0 else _plain(shown)


def difference(now: float, then: float, unit: Unit) -> str:
    """“+0.8 个百分点”, “−4.1 秒”, “+312 个”, of counts against a mean “约 −40 个”;
    “持平” where nothing changed, “基本持平” where next to nothing did."""
    change = _exact(now, unit) - _exact(then, unit)
    name = "个百分点" if unit is Unit.PERCENT else unit.value
    if change == 0:
        return "持平"
    if unit in _COUNTS and change != change.to_integral_value():  # against a mean: half a call means nothing
        whole = signed(change, 0)
        return f"约 {whole} {name}" if _rounded(change, 0) else "基本持平"
    least = 1 if unit in _DECIMALS else _least_decimals(change, unit)
    for decimals in (least, 2):
        if _rounded(change, decimals) != 0:
            return f"{signed(change, decimals)} {name}"
    return "基本持平"


def distance(gap: float, unit: Unit) -> str:
    """How far off a target, without sign: “1.10 个百分点”; as many decimals as it takes to be more than nothing."""
    exact = _exact(gap, unit)
    name = "个百分点" if unit is Unit.PERCENT else unit.value
    for decimals in range(_least_decimals(exact, unit), _MOST_DECIMALS):
        if shown := _rounded(exact, decimals):
            return f"{_plain(shown)} {name}"
    return f"{_plain(exact)} {name}"


def level(value: float) -> str:
    """A level on an axis, with no more decimals than it has: “94.5”, “1,200”."""
    exact = Decimal(repr(float(value))).normalize()
    return _plain(exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact)


def change(now: KpiValue | None, then: KpiValue | None, unit: Unit) -> str:
    """The change between two periods, '' where either has no value."""
    if now is None or then is None or now.value is None or then.value is None:
        return ""
    return difference(now.value, then.value, unit)


def coverage(value: KpiValue, centres: int = 1) -> str:
    """“20/21 天有数据”; in centre-days where several centres are added up."""
    if not value.days_passed:
        return "还没有到期的天"
    unit = "天" if centres <= 1 else "中心·天"
    return f"{value.days_with_data}/{value.days_passed} {unit}有数据"


def missing(value: KpiValue) -> int:
    """Days that have passed without data; 0 of a value that no day brought, but a reading of a month or a stock."""
    return max(value.days_passed - value.days_with_data, 0) if value.days_with_data else 0


def duration(seconds: float) -> str:
    """A length of time for people: “0.8 秒”, “42 秒”, “3 分 05 秒”, “2 小时 10 分”."""
    if seconds < 10:
        return f"{seconds:.1f} 秒"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} 秒"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} 分 {rest:02d} 秒"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} 小时 {minutes:02d} 分"


def size(count: int) -> str:
    """A number of bytes: “812 字节”, “3.4 MB”."""
    if count < 1024:
        return f"{count} 字节"
    amount = float(count)
    for unit in ("KB", "MB", "GB"):
        amount /= 1024
        if amount < 1024 or unit == "GB":
            break
    return f"{amount:,.1f} {unit}"


def day(value: date, today: date | None = None) -> str:
    """“11月4日”, with the year where it is not this year's."""
    text = f"{value.month}月{value.day}日"
    return text if today is not None and value.year == today.year else f"{value.year}年{text}"


def weekday(value: date) -> str:
    """“周三”."""
    return "周" + _WEEKDAYS[value.weekday()]


def period(value: Period, today: date) -> str:
    """“11月1日–21日”, “10月30日–11月4日”, “2025年12月1日–2026年1月3日”."""
    if value.start == value.end:
        return day(value.start, today)
    same_year = value.start.year == value.end.year
    first = day(value.start, today if same_year else None)
    if same_year and value.start.month == value.end.month:
        return f"{first}–{value.end.day}日"
    last = f"{value.end.month}月{value.end.day}日" if same_year else day(value.end)
    return f"{first}–{last}"


def moment(value: datetime, now: datetime) -> str:
    """A local moment: “14:35” today, “昨天 14:35”, “11月4日 14:35”, with the year where it is another."""
    clock = f"{value:%H:%M}"
    if value.date() == now.date():
        return clock
    if value.date() == now.date() - timedelta(days=1):
        return f"昨天 {clock}"
    return f"{day(value.date(), now.date())} {clock}"


def ago(value: datetime, now: datetime) -> str:
    """“刚刚”, “5 分钟前”, “3 小时前”, “2 天前”."""
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    if minutes < 48 * 60:
        return f"{minutes // 60} 小时前"
    return f"{minutes // 1440} 天前"
