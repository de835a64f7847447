"""A year held against the year before: the same days of either period, as far as they are known."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from dashboard.english.phrases import to_english
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.status import Operator
from targets import said
from tests.factories import batch, readings
from tests.targets_desk import SheetDesk

RATE = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
JAN, MARCH = date(2026, 1, 1), date(2026, 3, 31)


def test_a_day_that_brought_nothing_yet_does_not_end_the_comparison(sqlite_engine: Engine) -> None:
    bound = {
        ("来电量", "", ""): Binding(BoundTo.KPI, PaceClass.VOLUME, "offered_volume"),
        ("接通率", "≥96%", "≥96%"): RATE,
    }
    desk = SheetDesk(sqlite_engine, bound)
    desk.answer(date(2025, 1, 1), date(2025, 4, 30), offered=100, answered=90)
    desk.answer(JAN, MARCH, offered=110, answered=99)
    morning = date(2026, 4, 1)
    row = desk.row("来电量", morning, today=morning)
    assert [row.full.value, row.last_year, row.full.index] == pytest.approx([9900, 9000, 1.1])
    assert desk.row("接通率", morning, today=morning).last_year == pytest.approx(0.9)


def test_the_day_that_has_only_begun_is_on_neither_side(sqlite_engine: Engine) -> None:
    """110 calls a day on 100 the year before are 10 % more at any hour; today's 30 so far count in the sum alone."""
    bound = {("来电量", "", ""): Binding(BoundTo.KPI, PaceClass.VOLUME, "offered_volume")}
    desk = SheetDesk(sqlite_engine, bound)
    desk.answer(date(2025, 1, 1), date(2025, 4, 30), offered=100)
    desk.answer(JAN, MARCH, offered=110)
    today = date(2026, 4, 1)
    desk.answer(today, today, offered=30)
    row = desk.row("来电量", today, today=today)
    assert [row.full.value, row.last_year, row.full.index] == pytest.approx([9930, 9000, 1.1])
    assert row.full.said == "同比 +10.00 %(截至昨天,上年同期 9,000 个)"
    assert to_english(row.full.said) == "+10.00 % on last year (to yesterday; 9,000 then)"
    # On a day that is over all of it counts.
    over = desk.row("来电量", today, today=date(2026, 4, 2))
    assert (over.full.value, over.last_year) == (9930, 9100)
    assert over.full.said == f"同比 +{9930 / 9100 * 100 - 100:.2f} %(上年同期 9,100 个)"


def test_the_first_day_of_the_year_is_held_against_nothing_yet(sqlite_engine: Engine) -> None:
    bound = {("来电量", "", ""): Binding(BoundTo.KPI, PaceClass.VOLUME, "offered_volume")}
    desk = SheetDesk(sqlite_engine, bound)
    desk.answer(date(2025, 1, 1), date(2025, 4, 30), offered=100)
    desk.answer(JAN, JAN, offered=30)
    row = desk.row("来电量", JAN, today=JAN)
    assert (row.last_year, row.full.said) == (None, "期间还没有一个整天,不作同比")
    assert to_english(row.full.said) == "no whole day has passed yet: not compared"


def test_events_are_held_against_the_days_up_to_the_last_record(sqlite_engine: Engine) -> None:
    bound = {("服务投诉量", "≤6次", "≤12次"): Binding(BoundTo.KPI, PaceClass.CAP, "service_complaints")}
    desk = SheetDesk(sqlite_engine, bound)
    for number, day in enumerate((date(2025, 1, 1), date(2025, 3, 20), date(2026, 1, 1), date(2026, 3, 1))):
        desk.desk.write(batch(readings=readings({"complaints": 1}, day=day)), f"ledger-{number}")
    row = desk.row("服务投诉量", MARCH)
    assert (row.full.value, row.last_year) == (2, 1)  # nothing is known of the days after 1 March yet


def test_payments_are_held_against_the_same_day_however_long_ago_the_last_one_was(sqlite_engine: Engine) -> None:
    bound = {("预算执行率", "=50%", "=100%"): Binding(BoundTo.KPI, PaceClass.BUDGET, "budget_execution_rate")}
    desk = SheetDesk(sqlite_engine, bound)
    paid = ((date(2025, 1, 1), 10), (date(2025, 3, 20), 20), (date(2026, 1, 1), 15), (date(2026, 3, 1), 20))
    for number, (day, spent) in enumerate(paid):
        desk.desk.write(batch(readings=readings({"spent": spent, "budget": 100}, day=day)), f"ledger-{number}")
    row = desk.row("预算执行率", MARCH)
    assert (row.full.value, row.last_year) == pytest.approx((0.35, 0.30))  # that of 20 March 2025 counts


def test_the_half_year_is_held_against_the_half_year_before(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("接通率", "≥96%", "≥96%"): RATE})
    desk.answer(date(2025, 1, 1), date(2025, 6, 30), offered=100, answered=90)
    desk.answer(date(2025, 7, 1), date(2025, 12, 31), offered=100, answered=98)
    desk.answer(JAN, date(2026, 9, 30), offered=100, answered=95)
    row = desk.row("接通率", date(2026, 9, 30))
    assert row.last_half == pytest.approx(0.90)
    assert row.last_year == pytest.approx((181 * 90 + 92 * 98) / (273 * 100))


def test_a_share_still_to_be_paid_is_rounded_to_the_nearest() -> None:
    assert said.needed(0.16559, Operator.EQUAL, "%") == "= 16.6 %"
    assert said.needed(0.95142, Operator.AT_LEAST, "%") == "≥ 95.2 %"
    assert said.needed(0.0389, Operator.AT_MOST, "%") == "≤ 3.8 %"
