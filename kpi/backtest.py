"""Is the forecast to be believed: what it would have said at every past month-end, against what came (RULES 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi.forecast import MIN_DAYS, History, project
from kpi.model import Grain
from kpi.periods import Period, containing, split
from kpi.status import Operator
from kpi.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """One origin: what was foretold for the period at the end of that day by the forecast and by two plain rivals,
    and what came. All in the unit of the value."""

    period: Period
    origin: date
    actual: float
    value: float
    low: float
    high: float
    value_to_date: float
    last_28_days: float

    @property
    def held(self) -> bool:
        """True where the interval held."""
        return self.low <= self.actual <= self.high


@dataclass(frozen=True, slots=True)
class ForecastQuality:
    """How far the forecast may be believed: of ``origins`` the 80 % interval ``held`` so many; ``coverage`` is their
    share. ``mae``…: mean absolute errors of the forecast and of the two plain rivals, in the unit of the value. The
    last four are None without any origin."""

    origins: int
    held: int
    coverage: float | None
    mae: float | None
    mae_to_date: float | None
    mae_last_28: float | None

    @property
    def ratio_to_date(self) -> float | None:
        """Error ÷ error of the value to date; below 1 the forecast is better."""
        return _ratio(self.mae, self.mae_to_date)

    @property
    def ratio_last_28(self) -> float | None:
        """Error ÷ error of the last 28 days."""
        return _ratio(self.mae, self.mae_last_28)

    @property
    def relative_error(self) -> float | None:
        """Error ÷ error of the better rival."""
        ratios = [ratio for ratio in (self.ratio_to_date, self.ratio_last_28) if ratio is not None]
        return max(ratios, default=None)


def _ratio(mine: float | None, rival: float | None) -> float | None:
    return mine / rival if mine is not None and rival else None


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """Every origin, and what they say together."""

    rows: tuple[BacktestRow, ...]

    @property
    def quality(self) -> ForecastQuality:
        """The figures over all origins."""
        return quality_of(self.rows)


def quality_of(rows: Sequence[BacktestRow]) -> ForecastQuality:
    """The figures over some origins."""
    if not rows:
        return ForecastQuality(0, 0, None, None, None, None)
    held = sum(row.held for row in rows)
    foretold = [(row.value, row.value_to_date, row.last_28_days) for row in rows]
    errors = [
        sum(abs(value - row.actual) for value, row in zip(column, rows, strict=True)) / len(rows)
        for column in zip(*foretold, strict=True)
    ]
    return ForecastQuality(len(rows), held, held / len(rows), *errors)


def quality(history: History, calendar: WorkCalendar) -> ForecastQuality:
    """What a back-test of the half-years on record says, in short, for pages that show a forecast.

    Works out one forecast for every month-end: some 0.1 s for two years of days, 0.3 s for four. It only changes with
    the history, so a page may keep it by the data version.
    """
    return backtest(history, calendar).quality


def backtest(
    history: History, calendar: WorkCalendar, periods: Sequence[Period] | None = None, seed: int = 0
) -> BacktestReport:
    """Every month-end inside each period that has ended is an origin. Without ``periods``: the half-years the history
    holds from their first to their last day. Origins with fewer than 14 days of history are left out."""
    asked = half_years(history) if periods is None else periods
    origins = [(period, origin) for period in asked for origin in month_ends(period)]
    rows = (_row(history, period, origin, calendar, seed) for period, origin in origins)
    return BacktestReport(tuple(row for row in rows if row is not None))


def half_years(history: History) -> list[Period]:
    """The half-years from whose first to last day the history reaches."""
    if not len(history):
        return []
    first, last = (date.fromordinal(int(history.days[i])) for i in (0, -1))
    halves = {containing(day, Grain.HALF) for day in (piece.start for piece in split(Period(first, last), Grain.HALF))}
    return sorted(half for half in halves if half.start >= first and half.end <= last)


def month_ends(period: Period) -> Iterator[date]:
    """Month-ends inside the period, before its last day."""
    for month in split(period, Grain.MONTH):
        if month.end == containing(month.start, Grain.MONTH).end and month.end < period.end:
            yield month.end


def _row(history: History, period: Period, origin: date, calendar: WorkCalendar, seed: int) -> BacktestRow | None:
    told = project(history, period, origin, Operator.AT_LEAST, 0.0, calendar, seed)
    whole, done = history.between(period.start, period.end), history.between(period.start, origin)
    total, known = float(whole.denominator.sum()), float(done.denominator.sum())
    if told.value is None or told.low is None or told.high is None or total <= 0 or known <= 0:
        return None
    to_date = float(done.numerator.sum()) / known
    recent = _last_28_days(history, period, origin)
    actual = float(whole.numerator.sum()) / total
    rivals = (to_date, to_date if recent is None else recent)
    return BacktestRow(period, origin, actual, told.value, told.low, told.high, *rivals)


def _last_28_days(history: History, period: Period, origin: date) -> float | None:
    """The end value if the rate and the daily denominator of the last 28 days hold; None where those are empty."""
    recent, done = history.between(origin - timedelta(days=27), origin), history.between(period.start, origin)
    volume = float(recent.denominator.sum())
    if volume <= 0:
        return None
    rate = float(recent.numerator.sum()) / volume
    remaining = volume / len(recent) * (period.end - origin).days
    known = float(done.denominator.sum())
    return (float(done.numerator.sum()) + rate * remaining) / (known + remaining)


def report_text(report: BacktestReport, *, percent: bool = True) -> str:
    """The report for a terminal: a line an origin, then the summary. ``percent``: show values × 100."""
    if not report.rows:
        return f"没有可回测的半年: 至少要有一个完整半年的数据, 且起点前有 {MIN_DAYS} 天。导入更多历史数据后再运行。"
    lines = ["期间                     起点        实际      预测      80% 区间             区间内"]
    for row in report.rows:
        low, high = _figure(row.low, percent), _figure(row.high, percent)
        lines.append(
            f"{row.period.start}—{row.period.end}  {row.origin}  {_figure(row.actual, percent):>8}  "
            f"{_figure(row.value, percent):>8}  {low:>8} — {high:<8}  {'是' if row.held else '否'}"
        )
    return "\n".join([*lines, "", *_summary(report.quality, percent)])


def _summary(found: ForecastQuality, percent: bool) -> list[str]:
    unit = " 个百分点" if percent else ""
    errors = (found.mae, found.mae_to_date, found.mae_last_28)
    mine, to_date, recent = (_figure(error or 0.0, percent, sign=False) + unit for error in errors)
    lines = [
        f"80% 区间: {found.origins} 次中 {found.held} 次成立 ({(found.coverage or 0.0) * 100:.1f}%, 应在 75%—85%)",
        f"平均绝对误差: 本预测 {mine}; 当前累计值 {to_date}; 最近 28 天 {recent}",
    ]
    if found.relative_error is not None:
        lines.append(f"误差为两种简单办法中较好者的 {found.relative_error * 100:.0f}%")
    return lines


def _figure(value: float, percent: bool, *, sign: bool = True) -> str:
    if not percent:
        return f"{value:.3f}"
    return f"{value * 100:.3f}{'%' if sign else ''}"
