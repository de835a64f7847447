"""The demo centre's small books: seat sign-in, IVR days, quality, money, and the history by month."""

from __future__ import annotations

import calendar
from collections import Counter
from datetime import date, timedelta
from functools import cache

import numpy as np

from ingest.sources.demo_calls import calls_of
from ingest.sources.demo_files import Cell, Sheet, duration
from ingest.sources.demo_profile import FIRST_SEAT, SEATS, Stream, generator, hour_counts, plan, roster

SHIFTS = ("早班", "中班", "夜班")
TEAMS = ("一组", "二组", "三组", "四组")
SEAT_COLUMNS = ("日期", "工号", "班组", "班次", "签入次数", "签入时长", "小休时长")
IVR_COLUMNS = ("日期", "来电总量", "转人工量", "IVR呼损量")
QUALITY_COLUMNS = (
    "日期", "应质检量", "质检量", "质检合格量", "服务投诉量", "有责投诉量", "座席数", "期初座席人数", "留任座席人数",
)  # fmt: skip
MONEY_COLUMNS = ("日期", "事项", "预算数", "合同金额", "批复预算数", "应到位资金", "到位资金", "支出", "合同付款")
HISTORY_COLUMNS = (
    "月份", "来电总量", "IVR呼损量", "人工请求量", "接通量", "放弃量", "15秒内接通量", "接通等待总秒数", "受理量",
    "直接答复量", "应回访量", "回访量", "有效评价量", "满意量", "处理件数", "座席工作天数", "质检量", "质检合格量",
    "服务投诉量",
)  # fmt: skip
YEAR_BUDGET = 7_250_000
"""Yuan: budget and contract sum of a year."""


def days_between(start: date, end: date) -> list[date]:
    """The days from ``start`` up to, not including, ``end``."""
    return [start + timedelta(days=i) for i in range((end - start).days)]


def _sheet(header: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Sheet:
    return Sheet(header, [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in header])


def seats_sheet(days: list[date]) -> Sheet:
    """Sign-in and pause times of each seat at work."""
    rows: list[tuple[Cell, ...]] = []
    for day in days:
        rng, at_work = generator(day, Stream.LEDGER), roster(day)
        n = len(at_work.seats)
        length = np.where(at_work.shifts == 2, 43_200, 28_800) - rng.integers(0, 1500, n)
        paused = np.clip(rng.gamma(9.0, 330.0, n), 300, 7200).astype(int)
        times = 1 + rng.poisson(0.4, n)
        order = np.argsort(at_work.seats)
        for i in order.tolist():
            seat, shift = int(at_work.seats[i]), int(at_work.shifts[i])
            team = TEAMS[(seat - FIRST_SEAT) // 10]
            spans = (duration(int(length[i])), duration(int(paused[i])))
            rows.append((day.isoformat(), str(seat), team, SHIFTS[shift], int(times[i]), *spans))
    return _sheet(SEAT_COLUMNS, rows)


def ivr_of(day: date) -> tuple[int, int, int]:
    """Callers that entered the IVR, went on to a person, were lost in the IVR."""
    rng = generator(day, Stream.EVENTS)
    queued, planned = sum(hour_counts(day)), plan(day).requests
    lost = int(rng.binomial(planned, 0.021))
    if plan(day).outage:
        lost += max(planned - queued, 0)
    helped = int(rng.binomial(planned, 0.17))
    return queued + lost + helped, queued, lost


def ivr_sheet(days: list[date]) -> Sheet:
    """One row a day, as the IVR's own daily report gives it."""
    return _sheet(IVR_COLUMNS, [(f"{day:%Y%m%d}", *ivr_of(day)) for day in days])


def _quality(day: date) -> tuple[int, int, int, int, int]:
    """Calls to inspect, inspected, passed; complaints, of them at fault."""
    rng = generator(day, Stream.LEDGER)
    wanted = round(plan(day).requests * 0.06) if plan(day).calendar.is_working else 0
    inspected = max(0, wanted - int(rng.binomial(max(wanted, 1), 0.008)))
    passed = inspected - int(rng.binomial(inspected, 0.0135))
    complaints = int(rng.random() < (0.1 if plan(day).short_staffed else 0.032))
    return wanted, inspected, passed, complaints, complaints * int(rng.random() < 0.55)


def _is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def quality_sheet(days: list[date]) -> Sheet:
    """Inspections and complaints by day; head-counts on the last day of a month."""
    rows: list[tuple[Cell, ...]] = []
    for day in days:
        heads: tuple[Cell, ...] = ("", "")
        if _is_last_of_month(day):
            left = int(generator(day, Stream.EVENTS).choice((0, 1, 2), p=(0.5, 0.35, 0.15)))
            heads = (SEATS, SEATS - left)
        rows.append((day.isoformat(), *_quality(day), SEATS, *heads))
    return _sheet(QUALITY_COLUMNS, rows)


def _pay_day(year: int, month: int) -> date:
    day = date(year, month, 25)
    while not plan(day).calendar.is_working:
        day += timedelta(days=1)
    return day


def money_sheet(year: int, before: date) -> Sheet:
    """What was booked in a year before a day: the year's plan, quarterly funds, monthly payments."""
    plan_row = ("年度预算下达", YEAR_BUDGET, YEAR_BUDGET, YEAR_BUDGET, YEAR_BUDGET, "", "", "")
    rows: list[tuple[date, tuple[Cell, ...]]] = [(date(year, 1, 1), plan_row)]
    rng = generator(date(year, 1, 1), Stream.LEDGER)
    shares = rng.normal(1, 0.02, 12)
    shares[11] = 12 - shares[:11].sum()
    for month in range(1, 13):
        if month % 3 == 1:
            funds = ("季度资金到位", "", "", "", "", YEAR_BUDGET // 4, "", "")
            rows.append((date(year, month, 15), funds))
        paid = round(YEAR_BUDGET / 12 * float(shares[month - 1]))
        rows.append((_pay_day(year, month), ("话务服务费", "", "", "", "", "", paid, paid)))
    return _sheet(MONEY_COLUMNS, [(day.isoformat(), *cells) for day, cells in sorted(rows) if day < before])


def _history_of(day: date) -> Counter[str]:
    today, calls = plan(day), calls_of(day)
    rng = generator(day, Stream.LEDGER)
    answered = int(calls.answered.sum())
    entered, _, lost = ivr_of(day)
    closed = int(rng.binomial(today.orders, 0.37))
    called = int(rng.binomial(closed, 0.994))
    rated = int(rng.binomial(called, 0.88))
    _, inspected, passed, complaints, _ = _quality(day)
    return Counter({
        "来电总量": entered, "IVR呼损量": lost, "人工请求量": len(calls), "接通量": answered,
        "放弃量": len(calls) - answered, "15秒内接通量": int((calls.answered & (calls.wait <= 15)).sum()),
        "接通等待总秒数": int(calls.wait[calls.answered].sum()), "受理量": today.orders,
        "直接答复量": int(rng.binomial(today.orders, 0.6)), "应回访量": closed, "回访量": called,
        "有效评价量": rated, "满意量": int(rng.binomial(rated, 0.917)), "处理件数": answered + today.orders,
        "座席工作天数": today.seats, "质检量": inspected, "质检合格量": passed, "服务投诉量": complaints,
    })  # fmt: skip


@cache
def history_sheet(year: int) -> Sheet:
    """Twelve months of a year, already summed."""
    rows: list[tuple[Cell, ...]] = []
    for month in range(1, 13):
        total: Counter[str] = Counter()
        first = date(year, month, 1)
        for day in days_between(first, first + timedelta(days=calendar.monthrange(year, month)[1])):
            total.update(_history_of(day))
        rows.append((f"{year}-{month:02d}", *(total[name] for name in HISTORY_COLUMNS[1:])))
    return _sheet(HISTORY_COLUMNS, rows)
