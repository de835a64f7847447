"""Figures as text: what is shown never contradicts what is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import format as fmt
from dashboard.judged import Target, judge
from kpi.model import KpiValue, NoValue, Unit
from kpi.periods import Period
from kpi.status import Operator, Status
from tests.factories import TZ

AT_LEAST_96 = Target(Operator.AT_LEAST, 0.96)
TODAY = date(2026, 3, 20)


def value(
    amount: float | None,
    numerator: float | None = None,
    denominator: float | None = None,
    reason: NoValue | None = None,
    detail: str = "",
) -> KpiValue:
    """A figure of one day."""
    return KpiValue("k", "f", TODAY, TODAY, "", amount, numerator, denominator, 1, 1, reason, detail)


@pytest.mark.parametrize(
    ("amount", "unit", "target", "text"),
    [
        (0.95996, Unit.PERCENT, AT_LEAST_96, "95.996"),
        (0.9599999, Unit.PERCENT, AT_LEAST_96, "95.99999"),
        (0.96, Unit.PERCENT, AT_LEAST_96, "96.00"),
        (0.9600001, Unit.PERCENT, AT_LEAST_96, "96.00001"),
        (0.957142, Unit.PERCENT, AT_LEAST_96, "95.71"),
        (0.957142, Unit.PERCENT, None, "95.71"),
        (0.05004, Unit.PERCENT, Target(Operator.AT_MOST, 0.05), "5.004"),
        (1.0, Unit.PERCENT, None, "100.00"),
        (0.999996, Unit.PERCENT, None, "99.9996"),
        (0.0, Unit.PERCENT, None, "0.00"),
        (0.00001, Unit.PERCENT, None, "0.001"),
        (67.52, Unit.SECONDS, None, "67.5"),
        (59.97, Unit.ITEMS_PER_SEAT_DAY, Target(Operator.AT_LEAST, 60.0), "59.97"),
        (63.249, Unit.ITEMS_PER_SEAT_DAY, None, "63.2"),
        (12345.0, Unit.CALLS, None, "12,345"),
        (3.404, Unit.POINTS, None, "3.40"),
        (1234567.5, Unit.YUAN, None, "1,234,567.50"),
        (-1200.0, Unit.YUAN, None, "−1,200"),
    ],
)
def test_it_rounds_without_contradicting_the_target(
    amount: float, unit: Unit, target: Target | None, text: str
) -> None:
    assert fmt.figure(value(amount), unit, target).text == text


@given(st.integers(1, 2_000_000), st.integers(0, 2_000_000), st.sampled_from([0.9, 0.95, 0.96, 0.855, 0.9999]))
def test_it_shows_a_percentage_on_the_side_of_its_target_that_it_is_on(total: int, missed: int, level: float) -> None:
    amount = max(total - missed, 0) / total
    target = Target(Operator.AT_LEAST, level)
    shown = float(fmt.figure(value(amount), Unit.PERCENT, target).text)
    met = judge(value(amount, 1, 1000), target, 1) is Status.MET
    assert (shown >= round(level * 100, 8)) == met


def test_it_rounds_half_up_as_people_do() -> None:
    assert fmt.rounded(0.12345, Unit.PERCENT) == "12.35"
    assert fmt.rounded(2.25, Unit.SECONDS) == "2.3"


def test_it_says_why_there_is_no_value() -> None:
    shown = fmt.figure(value(None, reason=NoValue.UNAVAILABLE, detail="缺少:放弃量"), Unit.PERCENT)
    assert (shown.text, shown.spoken) == ("—", "来源不提供该口径所需的数据(缺少:放弃量)")
    assert fmt.figure(None, Unit.PERCENT).reason == "无数据"
    assert fmt.figure(value(None, reason=NoValue.ZERO_DENOMINATOR), Unit.PERCENT).reason == "分母为 0"


@pytest.mark.parametrize(
    ("now", "then", "unit", "text"),
    [
        (0.9571, 0.9493, Unit.PERCENT, "+0.8 个百分点"),
        (0.9493, 0.9571, Unit.PERCENT, "−0.8 个百分点"),
        (0.9571, 0.9571, Unit.PERCENT, "持平"),
        (0.9575, 0.9571, Unit.PERCENT, "+0.04 个百分点"),
        (0.957101, 0.9571, Unit.PERCENT, "基本持平"),
        (9.0, 13.1, Unit.SECONDS, "−4.1 秒"),
        (1312.0, 1000.0, Unit.CALLS, "+312 个"),
        (3.0, 5.0, Unit.TIMES, "−2 次"),
        (460.0, 499.88, Unit.CALLS, "约 −40 个"),
        (1312.5, 100.0, Unit.ITEMS, "约 +1,213 件"),
        (500.0, 499.88, Unit.CALLS, "基本持平"),
    ],
)
def test_it_writes_a_change_in_points_not_in_per_cent(now: float, then: float, unit: Unit, text: str) -> None:
    assert fmt.change(value(now), value(then), unit) == text


def test_it_writes_no_change_without_both_values() -> None:
    assert fmt.change(value(None), value(0.5), Unit.PERCENT) == ""
    assert fmt.change(value(0.5), None, Unit.PERCENT) == ""


def test_it_writes_targets_with_no_more_decimals_than_they_have() -> None:
    assert fmt.target_text(AT_LEAST_96, Unit.PERCENT) == "≥ 96 %"
    assert fmt.target_text(Target(Operator.AT_MOST, 0.005), Unit.PERCENT) == "≤ 0.5 %"
    assert fmt.target_text(Target(Operator.AT_LEAST, 60.0), Unit.ITEMS_PER_SEAT_DAY) == "≥ 60 件/坐席/天"
    assert fmt.target_text(Target(Operator.AT_LEAST, 60.0), Unit.ITEMS_PER_SEAT_DAY, brief=True) == "≥ 60"
    assert fmt.target_text(Target(Operator.EQUAL, 1200.0), Unit.ITEMS, brief=True) == "= 1,200"


def test_it_writes_parts_coverage_and_distance() -> None:
    assert fmt.parts(value(0.95, 12345.0, 12990.0)) == "12,345 / 12,990"
    assert fmt.parts(value(7.0, 7.0, None)) == ""
    covered = KpiValue("k", "f", TODAY, TODAY, "", 0.5, 1, 2, 20, 21)
    assert fmt.coverage(covered) == "20/21 天有数据"
    assert fmt.coverage(covered, 5) == "20/21 中心·天有数据"
    by_month = KpiValue("k", "f", TODAY, TODAY, "", 1.0, 40, 40, 0, 21)
    assert (fmt.missing(covered), fmt.missing(by_month), fmt.missing(value(0.5, 1.0, 2.0))) == (1, 0, 0)
    assert fmt.distance(0.011, Unit.PERCENT) == "1.10 个百分点"
    assert fmt.distance(0.00004, Unit.PERCENT) == "0.004 个百分点"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 秒"),
        (9.94, "9.9 秒"),
        (42.4, "42 秒"),
        (59.6, "1 分 00 秒"),
        (185.0, "3 分 05 秒"),
        (7800, "2 小时 10 分"),
    ],
)
def test_it_writes_durations_for_people(seconds: float, text: str) -> None:
    assert fmt.duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(812, "812 字节"), (3_565_158, "3.4 MB"), (10 << 30, "10.0 GB")])
def test_it_writes_sizes_for_people(count: int, text: str) -> None:
    assert fmt.size(count) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2026, 3, 4), date(2026, 3, 4), "3月4日"),
        (date(2026, 3, 1), date(2026, 3, 20), "3月1日–20日"),
        (date(2026, 2, 27), date(2026, 3, 4), "2月27日–3月4日"),
        (date(2025, 11, 1), date(2025, 11, 30), "2025年11月1日–30日"),
        (date(2025, 12, 1), date(2026, 1, 3), "2025年12月1日–2026年1月3日"),
    ],
)
def test_it_writes_periods_without_repeating_itself(start: date, end: date, text: str) -> None:
    assert fmt.period(Period(start, end), TODAY) == text


def test_it_writes_moments_relative_to_today() -> None:
    now = datetime(2026, 3, 20, 14, 40, tzinfo=TZ)
    assert fmt.moment(now - timedelta(minutes=5), now) == "14:35"
    assert fmt.moment(now - timedelta(days=1), now) == "昨天 14:40"
    assert fmt.moment(now - timedelta(days=16), now) == "3月4日 14:40"
    assert fmt.moment(now - timedelta(days=100), now) == "2025年12月10日 14:40"
    ages = [fmt.ago(now - timedelta(minutes=m), now) for m in (0, 5, 180, 4000)]
    assert ages == ["刚刚", "5 分钟前", "3 小时前", "2 天前"]


def test_an_absurd_figure_is_written_out_instead_of_failing() -> None:
    assert fmt.number(1e300) == f"1{',000' * 100}"
    assert fmt.rounded(1.5e40, Unit.PERCENT).endswith("000.00")
