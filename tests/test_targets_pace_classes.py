"""Every class of pace against examples worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from scipy import stats
from sqlalchemy import Engine

from kpi.model import NoValue
from kpi.pace_model import Binding, BoundTo, PaceClass, Schedule
from kpi.status import Status
from tests.targets_desk import SheetDesk

RATE = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
COUNT = Binding(BoundTo.COUNT, PaceClass.TOWARDS)
EXACT = Binding(BoundTo.COUNT, PaceClass.EXACT, tolerance=0.0)
CAP = Binding(BoundTo.COUNT, PaceClass.CAP)
MONEY = Binding(BoundTo.MONEY, PaceClass.BUDGET)
STOCK = Binding(BoundTo.STOCK, PaceClass.STOCK, tolerance=0.0)
MILESTONE = Binding(BoundTo.MILESTONE, PaceClass.MILESTONE)
GRADE = Binding(BoundTo.GRADE, PaceClass.GRADE)
JAN, MARCH = date(2026, 1, 1), date(2026, 3, 31)


def test_it_paces_a_rate_in_both_periods(sqlite_engine: Engine) -> None:
    """90 days of 100 calls, 95 answered; 91 days to 30 June, 275 to 31 December, 100 calls a day expected."""
    desk = SheetDesk(sqlite_engine, {("接通率", "≥96%", "≥96%"): RATE})
    desk.answer(JAN, MARCH, offered=100, answered=95)
    half, full = desk.half("接通率", MARCH), desk.full("接通率", MARCH)
    assert (half.value, half.numerator, half.denominator) == (0.95, 8550, 9000)
    assert half.remaining == pytest.approx(9100)
    # (0.96 × 18,100 − 8,550) ÷ 9,100 = 8,826 ÷ 9,100; may miss 4 % of 18,100 = 724, used 450.
    assert half.required == pytest.approx(8826 / 9100)
    assert [half.allowance, half.used, half.left] == pytest.approx([724, 450, 274])
    assert half.said == "此后每天需 ≥ 97.0 %;还可漏接 274 个(已用 62 %)"
    assert full.required == pytest.approx((0.96 * 36_500 - 8550) / 27_500)
    assert full.left == pytest.approx(1010)
    assert half.projected == pytest.approx(0.95, abs=0.001)
    assert half.low is not None and half.high is not None and half.low <= 0.95 <= half.high
    assert half.probability is not None and half.probability < 0.2
    assert half.status is Status.MISSED


def test_it_knows_when_a_rate_is_locked_or_lost(sqlite_engine: Engine) -> None:
    names = {("已锁定", "≥50%", "≥50%"): RATE, ("够不着", "≥99.9%", "≥99.9%"): RATE}
    desk = SheetDesk(sqlite_engine, names)
    desk.answer(JAN, date(2026, 5, 31), offered=100, answered=90)
    locked, lost = (desk.half(name, date(2026, 5, 31)) for name in ("已锁定", "够不着"))
    assert (locked.status, locked.locked, locked.said) == (Status.MET, True, "已锁定达标")
    assert (lost.status, lost.out_of_reach) == (Status.OUT_OF_REACH, True)
    # 151 days of 90 out of 100, and all of 30 × 100: 16,590 of 18,100 = 91.65…, shown rounded down.
    assert lost.said == "已无法达标:余下全部接通也只有 91.6 %"


def test_it_closes_the_half_year_after_june(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("接通率", "≥95%", "≥96%"): RATE})
    desk.answer(JAN, date(2026, 7, 31), offered=100, answered=95)
    half = desk.half("接通率", date(2026, 7, 31))
    assert (half.status, half.value, half.projected, half.probability) == (Status.MET, 0.95, None, None)
    assert half.said == "期间已结束,95.00 %,达标"
    assert desk.row("接通率", date(2026, 7, 31)).due(date(2026, 7, 31)).target.shown == "≥96%"
    running = desk.half("接通率", date(2026, 6, 30), today=date(2026, 6, 30))
    assert running.projected is not None


def test_it_counts_the_running_day_as_still_to_come(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("接通率", "≥96%", "≥96%"): RATE})
    desk.answer(JAN, MARCH, offered=100, answered=95)
    desk.answer(date(2026, 4, 1), date(2026, 4, 1), offered=40, answered=40)
    half = desk.half("接通率", date(2026, 4, 1), today=date(2026, 4, 1))
    assert (half.numerator, half.denominator) == (8590, 9040)
    assert half.remaining == pytest.approx(9100 - 40)


def test_it_takes_all_of_a_hundred_percent_for_a_minimum(sqlite_engine: Engine) -> None:
    lost = Binding(BoundTo.KPI, PaceClass.RATIO, "abandon_rate")
    names = {("全部", "=100%", "=100%"): RATE, ("全无", "=0%", "=0%"): lost}
    desk = SheetDesk(sqlite_engine, names)
    desk.answer(JAN, MARCH, offered=100, answered=100, abandoned=0)
    for name in ("全部", "全无"):
        assert desk.half(name, MARCH).status is Status.MET
    desk.answer(date(2026, 4, 1), date(2026, 4, 1), offered=100, answered=99, abandoned=1)
    for name in ("全部", "全无"):
        assert desk.half(name, date(2026, 4, 1)).status is Status.OUT_OF_REACH


def test_it_paces_seconds_and_items_without_an_allowance(sqlite_engine: Engine) -> None:
    binding = Binding(BoundTo.KPI, PaceClass.RATIO, "speed_of_answer")
    desk = SheetDesk(sqlite_engine, {("平均接通时长", "≤10秒", "≤10秒"): binding})
    desk.answer(JAN, MARCH, answered=100, wait_seconds=1100)
    half = desk.half("平均接通时长", MARCH)
    assert (half.value, half.allowance, half.out_of_reach) == (11, None, False)
    # (10 × 18,100 − 99,000) ÷ 9,100 = 9.01…, rounded down for a maximum.
    assert half.required == pytest.approx(82_000 / 9100)
    assert half.said == "此后平均需 ≤ 9.0 秒"


def test_it_asks_for_enough_events_first(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("接通率", "≥96%", "≥96%"): RATE})
    desk.answer(JAN, date(2026, 1, 20), offered=1, answered=1)
    row = desk.row("接通率", date(2026, 1, 20), min_sample=30)
    assert (row.half.status, row.half.said) == (Status.TOO_FEW, "样本不足(20/30)")


def test_it_paces_a_count_by_the_calendar(sqlite_engine: Engine) -> None:
    """57 sessions by mid-year, 20 held by 31 March; 90 of 181 days passed. Working days left: 21 in April (6 April is
    Qingming), 19 in May (1, 4, 5 May off, Saturday 9 May worked), 21 in June (19 June off)."""
    desk = SheetDesk(sqlite_engine, {("培训", "≥57次", "≥114次"): COUNT})
    desk.enter("培训", date(2026, 2, 10), 12)
    desk.enter("培训", date(2026, 3, 20), 8)
    half = desk.half("培训", MARCH)
    assert (half.value, half.required) == (20, 37)
    assert half.expected == pytest.approx(57 * 90 / 181)
    assert half.index == pytest.approx(20 / (57 * 90 / 181))
    assert half.per_day == pytest.approx(37 / 61)
    assert half.projected == pytest.approx(20 * 181 / 90)
    assert half.status is Status.AT_RISK
    assert half.said == "还差 37 次,每个工作日 0.6 次"


def test_it_paces_a_count_by_working_days_or_by_a_plan(sqlite_engine: Engine) -> None:
    planned = Binding(BoundTo.COUNT, PaceClass.TOWARDS, schedule=Schedule.MONTHLY, plan=((1, 1), (3, 1), (6, 2)))
    working = Binding(BoundTo.COUNT, PaceClass.TOWARDS, schedule=Schedule.WORKING)
    desk = SheetDesk(sqlite_engine, {("按计划", "≥8次", "≥8次"): planned, ("按工作日", "≥8次", "≥8次"): working})
    for name in ("按计划", "按工作日"):
        desk.enter(name, date(2026, 2, 2), 3)
    assert desk.half("按计划", MARCH).expected == pytest.approx(4)
    # 2026: 21 working days in January, 16 in February, 22 in March (1–2 January, 16–23 February off, 4 January, 14 and
    # 28 February worked), then 61 to the end of June.
    assert desk.half("按工作日", MARCH).expected == pytest.approx(8 * 59 / 120)


def test_it_finds_nothing_due_while_the_target_is_zero(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("培训天数", "≥0天", "≥3天"): COUNT})
    half, full = desk.half("培训天数", MARCH), desk.full("培训天数", MARCH)
    assert (half.status, half.index, half.required) == (Status.NOT_DUE, None, 0)
    assert (full.status, full.reason) == (Status.NO_DATA, NoValue.NO_DATA)


def test_what_is_done_before_anything_is_due_is_no_miss(sqlite_engine: Engine) -> None:
    bound = {("标准化文本", "=0个", "=1个"): EXACT, ("系统停机", "=0次", "=0次"): EXACT}
    desk = SheetDesk(sqlite_engine, bound)
    assert desk.half("标准化文本", MARCH).status is Status.NOT_DUE
    for name in ("标准化文本", "系统停机"):
        desk.enter(name, date(2026, 5, 5), 1)
    assert desk.half("标准化文本", date(2026, 5, 20)).status is Status.NOT_DUE
    assert desk.half("标准化文本", date(2026, 7, 15)).status is Status.MET
    assert desk.full("标准化文本", date(2026, 7, 15)).status is Status.MET
    assert desk.half("系统停机", date(2026, 7, 15)).status is Status.MISSED


def test_it_counts_exactly(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("考核", "=2次", "=4次"): EXACT})
    desk.enter("考核", date(2026, 2, 1), 1)
    assert desk.half("考核", date(2026, 2, 28)).status is Status.NOT_DUE  # 0.65 of 2 expected, one done
    desk.enter("考核", date(2026, 3, 1), 1)
    assert desk.half("考核", MARCH).status is Status.MET
    desk.enter("考核", date(2026, 4, 1), 1)
    assert desk.half("考核", date(2026, 4, 2)).status is Status.OUT_OF_REACH
    assert desk.half("考核", date(2026, 7, 2)).status is Status.MISSED
    assert desk.full("考核", date(2026, 7, 2)).value == 3


def test_it_paces_a_cap(sqlite_engine: Engine) -> None:
    """3 complaints in 90 days, 91 days to come: negative binomial with shape 3.5, P(at most 3 more)."""
    desk = SheetDesk(sqlite_engine, {("服务投诉量", "≤6次", "≤12次"): CAP})
    desk.enter("服务投诉量", date(2026, 1, 9), 2)
    desk.enter("服务投诉量", date(2026, 3, 9), 1)
    half = desk.half("服务投诉量", MARCH)
    assert (half.value, half.left, half.said) == (3, 3, "还剩 3 次")
    assert half.projected == pytest.approx(3 + 3.5 / 90 * 91)
    assert half.probability == pytest.approx(stats.nbinom.cdf(3, 3.5, 90 / 181))
    assert half.status is Status.AT_RISK
    desk.enter("服务投诉量", date(2026, 4, 1), 4)
    over = desk.half("服务投诉量", date(2026, 4, 1))
    assert (over.status, over.said) == (Status.OUT_OF_REACH, "已无法达标:已超 1 次")


def test_it_holds_no_quiet_start_against_a_cap(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("服务投诉量", "≤6次", "≤12次"): CAP})
    assert desk.half("服务投诉量", date(2026, 1, 9)).status is Status.NO_DATA
    desk.enter("服务投诉量", date(2026, 1, 9), 0)
    assert desk.half("服务投诉量", date(2026, 1, 9)).status is Status.MET


def test_it_holds_money_against_the_plan(sqlite_engine: Engine) -> None:
    """725 to spend, half by mid-year: on 31 March (90 of 181 days) 24.86 % is expected; 150 are 20.69 %."""
    desk = SheetDesk(sqlite_engine, {("预算执行率", "=50%", "=100%"): MONEY})
    desk.enter("预算执行率", date(2026, 2, 28), 90)
    desk.enter("预算执行率", MARCH, 150)
    half = desk.half("预算执行率", MARCH)
    assert (half.value, half.numerator, half.denominator) == (150 / 725, 150, 725)
    assert half.expected == pytest.approx(0.5 * 90 / 181)
    assert half.deviation == pytest.approx((150 / 725 - 0.5 * 90 / 181) * 100)
    assert (half.status, half.said) == (Status.NOT_DUE, "比进度慢 4.2 个百分点")
    assert desk.half("预算执行率", date(2026, 5, 31)).status is Status.AT_RISK
    desk.enter("预算执行率", date(2026, 6, 30), 329)  # 45.4 %: within 5 points of 50 %
    assert desk.half("预算执行率", date(2026, 7, 1)).status is Status.MET
    assert desk.full("预算执行率", date(2026, 7, 1)).value == 329 / 725


def test_it_judges_what_is_to_go_in_step_with_time(sqlite_engine: Engine) -> None:
    reading = Binding(BoundTo.READING, PaceClass.BUDGET)
    desk = SheetDesk(sqlite_engine, {("资金到位率", "序时进度", "100%"): reading})
    desk.enter("资金到位率", MARCH, 25)
    half, full = desk.half("资金到位率", MARCH), desk.full("资金到位率", MARCH)
    assert (half.value, half.status, half.said) == (0.25, Status.MET, "比进度快 0.1 个百分点")
    assert full.expected == pytest.approx(0.5 * 90 / 181)
    assert desk.half("资金到位率", date(2026, 5, 31)).status is Status.AT_RISK
    assert desk.half("资金到位率", date(2026, 7, 31)).status is Status.MISSED


def test_it_takes_the_money_of_one_line(sqlite_engine: Engine) -> None:
    line = Binding(BoundTo.MONEY, PaceClass.BUDGET, "话务服务")
    gone = Binding(BoundTo.MONEY, PaceClass.BUDGET, "没有这一行")
    desk = SheetDesk(sqlite_engine, {("甲", "=50%", "=100%"): line, ("乙", "=50%", "=100%"): gone})
    desk.enter("甲", MARCH, 362.5)
    desk.enter("乙", MARCH, 1)
    assert desk.half("甲", MARCH).value == 0.5
    assert desk.half("乙", MARCH).status is Status.NO_DATA
    assert "没有这一行" in desk.half("乙", MARCH).said


def test_it_takes_the_last_reading_of_a_level(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("座席资源个数", "≤52席", "≤52席"): STOCK})
    desk.enter("座席资源个数", date(2026, 1, 15), 54)
    desk.enter("座席资源个数", date(2026, 3, 1), 52)
    assert desk.half("座席资源个数", date(2026, 2, 1)).status is Status.MISSED
    assert desk.half("座席资源个数", MARCH).status is Status.MET
    assert desk.half("座席资源个数", date(2026, 1, 14)).status is Status.NO_DATA


def test_it_waits_for_a_milestone_until_it_is_due(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("培训完成时间", "当年12月底之前完成", "当年12月底之前完成"): MILESTONE})
    assert desk.half("培训完成时间", date(2026, 8, 1)).status is Status.NOT_DUE
    assert desk.full("培训完成时间", date(2026, 12, 1)).said == "12月31日到期,还有 30 天"
    assert desk.full("培训完成时间", date(2026, 12, 31)).status is Status.MISSED
    desk.enter("培训完成时间", date(2026, 11, 3), text="已完成")
    done = desk.full("培训完成时间", date(2026, 12, 1))
    assert (done.status, done.said) == (Status.MET, "11月3日已完成")
    assert desk.full("培训完成时间", date(2026, 11, 2)).status is Status.NOT_DUE


def test_it_leaves_grades_to_people(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("立项依据", "充分", "充分"): GRADE})
    assert desk.half("立项依据", MARCH).status is Status.NO_DATA
    for day, word, status in ((1, "充分", Status.MET), (2, "基本充分", Status.NO_DATA), (3, "未达标", Status.MISSED)):
        desk.enter("立项依据", date(2026, 4, day), text=word)
        assert desk.half("立项依据", date(2026, 4, day)).status is status
    assert desk.half("立项依据", date(2026, 4, 2)).said.startswith("评定“基本充分”与目标“充分”不同")


def test_it_sets_volumes_beside_the_year_before(sqlite_engine: Engine) -> None:
    binding = Binding(BoundTo.KPI, PaceClass.VOLUME, "offered_volume")
    desk = SheetDesk(sqlite_engine, {("来电量", "", ""): binding})
    desk.answer(date(2025, 1, 1), date(2025, 3, 31), offered=100)
    desk.answer(JAN, MARCH, offered=110)
    row = desk.row("来电量", MARCH)
    assert [row.full.value, row.last_year, row.full.index] == pytest.approx([9900, 9000, 1.1])
    assert row.full.said == "同比 +10.00 %(上年同期 9,000 个)"
    desk.answer(date(2026, 4, 1), date(2026, 4, 20), offered=110)
    uneven = desk.row("来电量", date(2026, 4, 20))
    assert uneven.last_year is None
    assert uneven.full.said.startswith("上年同期与本年覆盖的天数不一致(90/110 与 110/110)")


def test_it_says_why_a_cell_asks_for_nothing(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("无要求", "无", "≥96%"): RATE, ("空白", "", "≥96%"): RATE})
    desk.answer(JAN, MARCH, offered=100, answered=97)
    for name in ("无要求", "空白"):
        half = desk.half(name, MARCH)
        assert (half.status, half.said, half.value) == (Status.NOT_DUE, "本期无要求", 0.97)
    before = desk.half("无要求", date(2025, 12, 30))
    assert (before.status, before.reason, before.value) == (Status.NOT_DUE, NoValue.NOT_STARTED, None)


def test_it_shows_a_proposal_as_nobodys(sqlite_engine: Engine) -> None:
    desk = SheetDesk(sqlite_engine, {("热线话务接通率", "≥96%", "≥96%"): None})
    desk.answer(JAN, MARCH, offered=100, answered=97)
    row = desk.row("热线话务接通率", MARCH)
    assert row.binding is not None
    assert (row.binding.reference, row.binding.confirmed_by) == ("answer_rate", "")
    assert row.half.value == 0.97
