"""Figures of the performance contract as text and as bars."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dashboard import format_pace as fp
from dashboard.components.bullet import bullet, scale, spoken
from dashboard.components.sheets import sheet_links
from dashboard.target_filters import TargetFilters, parse
from kpi.model import Better, NoValue
from kpi.pace_model import Binding, BoundTo, Pace, PaceClass, ProgressRow
from kpi.periods import Period
from kpi.sheet import BLANK, Cell, CellKind, Indicator
from kpi.status import Operator, Status
from reports import words
from targets.cells import read_cell

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TARGET = Cell(CellKind.NUMBER, "≥96%", Operator.AT_LEAST, Decimal(96), "%")
RATE = Pace(
    YEAR, TARGET, Status.AT_RISK, value=0.95996, numerator=95996, denominator=100000, projected=0.9612, low=0.9588,
    high=0.9631, probability=0.38, required=0.96871, allowance=5000.0, used=4004.0, left=996.0,
)  # fmt: skip
CAP = Pace(
    YEAR, Cell(CellKind.NUMBER, "≤12次", Operator.AT_MOST, Decimal(12), "次"), Status.MET, value=10.0, projected=11.29
)


def test_the_display_never_contradicts_the_status() -> None:
    assert fp.shown(RATE, "%").spoken == "95.996 %"
    assert fp.parts(RATE) == "95,996 / 100,000"
    assert fp.interval(RATE, "%") == "95.88 ~ 96.31 %"
    assert fp.required(RATE, "%") == "≥ 96.9 %"  # rounded to the careful side


@pytest.mark.parametrize(
    ("probability", "text"), [(None, "—"), (0.999, "> 99 %"), (0.002, "< 1 %"), (0.384, "38 %"), (0.99, "99 %")]
)
def test_a_probability_is_never_certain(probability: float | None, text: str) -> None:
    assert fp.chance(probability) == text


def test_what_is_missing_says_why() -> None:
    none = replace(RATE, value=None, reason=NoValue.NO_DATA, detail="还没有填报", status=Status.NO_DATA)
    assert fp.shown(none, "%").reason == "无数据(还没有填报)"
    assert fp.shown(replace(none, text="提升"), "").text == "提升"
    assert fp.target_text(BLANK) == "—"
    assert fp.target_text(Cell(CellKind.GRADE, "充分")) == "充分"
    assert fp.target_text(TARGET) == "≥ 96 %"
    assert fp.target_text(read_cell("<5%")) == words.target_text(read_cell("<5%")) == "< 5 %"
    assert fp.target_text(read_cell("超过1200件")) == "> 1,200 件"


def test_a_percentage_is_drawn_around_its_target() -> None:
    ends = scale(RATE, "%")
    assert ends is not None
    low, high = ends
    assert low < 0.9588 and high > 0.9631 and low > 0.9
    assert scale(CAP, "次") == pytest.approx((0.0, 12 * 1.08))
    assert scale(replace(RATE, value=None), "%") is None


def test_the_bar_tells_in_words_what_it_draws() -> None:
    assert spoken(RATE, "%") == "至今 95.996 %,目标 ≥ 96 %,预计 96.12 %"
    drawn = str(bullet(RATE, "%", "接通率"))
    assert "bullet-target" in drawn and "bullet-band" in drawn and "fill-risk" in drawn
    assert "is-empty" in str(bullet(replace(CAP, value=None), "次", "投诉"))


def test_filters_come_from_the_address_and_go_back() -> None:
    today = date(2026, 3, 20)
    query = {"sheet": "b", "asof": "2026-03-01", "status": "at-risk", "project": "2", "only": "numbers"}
    filters = parse(query, ("a", "b"), today)
    assert filters == TargetFilters("b", date(2026, 3, 1), "at-risk", 2, "numbers")
    assert filters.query() == "?sheet=b&asof=2026-03-01&status=at-risk&project=2&only=numbers"
    wild = {"sheet": "zz", "asof": "2027-01-01", "status": "x", "project": "-1", "only": "y"}
    assert parse(wild, ("a",), today) == TargetFilters("a", unknown="zz")
    assert parse(wild, ("a",), today).query() == "?sheet=a"
    assert parse({}, (), today) == TargetFilters("")
    assert parse({"sheet": "zz"}, (), today) == TargetFilters(""), "without any sheet the page leads to the first one"


def test_a_sheet_that_is_not_there_is_said() -> None:
    assert sheet_links([], TargetFilters("a"), "/targets") is None
    assert "没有地址里的目标表“zz”" in str(sheet_links([], TargetFilters("a", unknown="zz"), "/targets"))


def test_filters_keep_what_they_say() -> None:
    indicator = Indicator(1, "产出指标", "质量指标", "接通率", TARGET, TARGET)
    row = ProgressRow(
        "k", 2, "项目", indicator, Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate"), "%", Better.HIGHER, RATE, RATE
    )
    day = date(2026, 3, 1)
    assert TargetFilters().keeps(row, day)
    assert TargetFilters(status="at-risk", project=2, only="numbers").keeps(row, day)
    assert not TargetFilters(project=1).keeps(row, day)
    assert not TargetFilters(status="met").keeps(row, day)
    assert not TargetFilters(only="numbers").keeps(replace(row, binding=None), day)
