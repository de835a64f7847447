"""Figures and periods of reports as text: the same rounding, units and marks as on the pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpi.model import KpiValue, NoValue, Unit
from kpi.pace_model import Pace
from kpi.periods import Period
from kpi.rounding import exact, half_up
from kpi.sheet import Cell as SheetCell
from kpi.sheet import CellKind
from kpi.status import Status
from reports.model import DASH, Cell, Kind
from targets.figure_text import MINUS, plain

PERCENT = Unit.PERCENT.value
MARKS: dict[Status, str] = {
    Status.MET: "✓",
    Status.AT_RISK: "▲",
    Status.MISSED: "✕",
    Status.OUT_OF_REACH: "⊘",
    Status.NOT_DUE: "◌",
    Status.TOO_FEW: "○",
    Status.NO_DATA: "–",
}
"""The shape of each status, the same as on the pages."""

KIND_NAMES = {Kind.DAILY: "日报", Kind.WEEKLY: "周报", Kind.MONTHLY: "月报", Kind.HALF_YEAR: "半年报"}
THIS = {Kind.DAILY: "当日", Kind.WEEKLY: "本周", Kind.MONTHLY: "本月", Kind.HALF_YEAR: "本半年"}
BEFORE = {Kind.DAILY: "前一日", Kind.WEEKLY: "上周", Kind.MONTHLY: "上月", Kind.HALF_YEAR: "上个半年"}
NEXT = {Kind.DAILY: "次日", Kind.WEEKLY: "下周", Kind.MONTHLY: "下月", Kind.HALF_YEAR: "下个半年"}
_DECIMALS = {PERCENT: 2, Unit.SECONDS.value: 1, Unit.ITEMS_PER_SEAT_DAY.value: 1, Unit.POINTS.value: 2}
_COUNTS = tuple(unit.value for unit in (Unit.CALLS, Unit.ITEMS, Unit.TIMES, Unit.PEOPLE))
_WEEKDAYS = "一二三四五六日"


def bare(value: float, unit: str, bounds: tuple[float, ...] = ()) -> str:
    """The value without its unit, on its side of every bound."""
    return plain(value, unit if unit in _DECIMALS else "", bounds)


def amount(value: float, unit: str, bounds: tuple[float, ...] = ()) -> str:
    """“95.71 %”, “63.2 件/坐席/天”, “3 次”."""
    return f"{bare(value, unit, bounds)} {unit}".rstrip()


def number(value: float) -> str:
    """A count: thousands separated, two decimals only where it is not whole."""
    return plain(value, "")


def divided(numerator: float | None, denominator: float | None) -> str:
    """“12,345 / 12,898”, '' where nothing was divided."""
    if numerator is None or denominator is None:
        return ""
    return f"{number(numerator)} / {number(denominator)}"


def why(reason: NoValue | None, detail: str) -> str:
    """Why there is no figure."""
    text = (reason or NoValue.NO_DATA).value
    return f"{text}({detail})" if detail else text


def missing(reason: str) -> Cell:
    """“—” with its reason."""
    return Cell(DASH, reason, reason=reason)


def figure(value: KpiValue, unit: str, bounds: tuple[float, ...] = (), status: Status | None = None) -> Cell:
    """A KPI's value, what it was divided from below it."""
    if value.value is None:
        return missing(why(value.reason, value.detail))
    small = divided(value.numerator, value.denominator)
    return Cell(amount(value.value, unit, bounds), small, value.value, unit, status=status)


def bounds_of(cell: SheetCell) -> tuple[float, ...]:
    """The target as a bound that rounding must not cross."""
    level = cell.fraction if cell.is_number else None
    return () if level is None else (level,)


def to_date(pace: Pace, unit: str) -> Cell:
    """How far an indicator has come."""
    if pace.value is not None:
        small = divided(pace.numerator, pace.denominator)
        return Cell(amount(pace.value, unit, bounds_of(pace.target)), small, pace.value, unit)
    if pace.text:
        return Cell(pace.text)
    return missing(why(pace.reason, pace.detail) if pace.reason else pace.status.value)


def target_text(cell: SheetCell) -> str:
    """“≥ 96 %”, “充分”; “—” where the form leaves it blank."""
    if cell.kind is CellKind.BLANK:
        return DASH
    if cell.number is None:
        return cell.shown
    return " ".join(part for part in (cell.sign, level(float(cell.number)), cell.unit) if part)


def level(value: float) -> str:
    """A level with no more decimals than it has: “94.5”, “1,200”."""
    known = exact(value).normalize()
    return _signed(known.quantize(Decimal(1)) if known == known.to_integral_value() else known)


def _signed(value: Decimal) -> str:
    return f"{value:,f}".replace("-", MINUS)


def chance(probability: float | None) -> str:
    """“38 %”, “> 99 %”, “< 1 %”; '' for none."""
    if probability is None:
        return ""
    if probability > 0.99:
        return "> 99 %"
    return "< 1 %" if probability < 0.01 else f"{round(probability * 100)} %"


def difference(now: float, then: float, unit: str) -> str:
    """“+0.8 个百分点”, “−4.1 秒”, of counts against a mean “约 −40 个”; “持平” where nothing changed, “基本持平” where
    next to nothing did."""
    scale = 100 if unit == PERCENT else 1
    moved = (exact(now) - exact(then)) * scale
    name = "个百分点" if unit == PERCENT else unit
    if moved == 0:
        return "持平"
    if unit in _COUNTS and moved != moved.to_integral_value():
        whole = half_up(moved, 0)
        return f"约 {'+' if whole > 0 else ''}{_signed(whole)} {name}" if whole else "基本持平"
    least = 1 if unit in _DECIMALS else (0 if moved == moved.to_integral_value() else 2)
    for decimals in (least, 2):
        shown = half_up(moved, decimals)
        if shown:
            return f"{'+' if shown > 0 else ''}{_signed(shown)} {name}".rstrip()
    return "基本持平"


def against(now: float, then: float, unit: str, before: str) -> str:
    """“较上周 +0.8 个百分点”, “与上周持平”."""
    moved = difference(now, then, unit)
    if unit == Unit.ITEMS_PER_SEAT_DAY.value:
        moved = moved.removesuffix(f" {unit}")  # it stands beside the figure already
    return f"与{before}{moved}" if "持平" in moved else f"较{before} {moved}"


def month_day(day: date) -> str:
    """“11月4日”."""
    return f"{day.month}月{day.day}日"


def day_name(day: date) -> str:
    """“11月4日 周三”."""
    return f"{month_day(day)} 周{_WEEKDAYS[day.weekday()]}"


def span(period: Period) -> str:
    """“2026年11月9日–15日”, “2026年10月26日–11月1日”; a single day with its weekday."""
    start, end = period.start, period.end
    if start == end:
        return f"{start.year}年{day_name(start)}"
    last = f"{end.day}日" if (start.year, start.month) == (end.year, end.month) else month_day(end)
    last = last if start.year == end.year else f"{end.year}年{month_day(end)}"
    return f"{start.year}年{month_day(start)}–{last}"


def short_span(period: Period) -> str:
    """“11月9日–15日”, “11月4日”."""
    if period.start == period.end:
        return month_day(period.start)
    last = f"{period.end.day}日" if period.start.month == period.end.month else month_day(period.end)
    return f"{month_day(period.start)}–{last}"


def period_name(kind: Kind, period: Period) -> str:
    """“2026年11月”, “2026年上半年”; days for days and weeks."""
    if kind is Kind.MONTHLY:
        return f"{period.start.year}年{period.start.month}月"
    if kind is Kind.HALF_YEAR:
        return f"{period.start.year}年{'上' if period.start.month == 1 else '下'}半年"
    return span(period)


def lasting(time: timedelta) -> str:
    """“45 分钟”, “3 小时 20 分”, “2 天 4 小时”."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 0)} 分钟"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    days, hours = divmod(hours, 24)
    return f"{days} 天 {hours} 小时" if hours else f"{days} 天"


def moment(at: datetime, tz: ZoneInfo) -> str:
    """“3月2日 09:10” in the centre's wall time."""
    local = at.astimezone(tz)
    return f"{month_day(local.date())} {local:%H:%M}"
