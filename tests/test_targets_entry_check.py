"""Readings that would be kept and never seen are refused, with what to do instead."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from db.engine import write
from db.entries import EntryError, add_entry, list_entries
from kpi.pace_model import Binding, BoundTo, PaceClass
from targets.entries_file import read_entries
from targets.entry_check import EntryCheck
from tests.factories import at
from tests.targets_desk import SHEET, SheetDesk

MARCH = date(2026, 3, 1)
BOUND = {
    ("热线话务接通率", "≥96%", "≥96%"): Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate"),
    ("培训", "≥2次", "≥4次"): Binding(BoundTo.COUNT, PaceClass.TOWARDS),
    ("座席", "≤52席", "≤52席"): Binding(BoundTo.STOCK, PaceClass.STOCK),
    ("预算执行率", "=50%", "=100%"): Binding(BoundTo.MONEY, PaceClass.BUDGET),
    ("学员满意度", "≥90%", "≥90%"): Binding(BoundTo.READING, PaceClass.RATIO),
    ("立项依据", "充分", "充分"): Binding(BoundTo.GRADE, PaceClass.GRADE),
    ("系统升级", "12月底前", "12月底前"): Binding(BoundTo.MILESTONE, PaceClass.MILESTONE),
    ("另议", "≥3项", "≥3项"): None,
}


@pytest.fixture
def desk(sqlite_engine: Engine) -> SheetDesk:
    return SheetDesk(sqlite_engine, BOUND)


def problem(desk: SheetDesk, name: str, day: date, value: float | None, text: str = "") -> str:
    with desk.engine.connect() as conn:
        return EntryCheck.of(conn, SHEET).problem(desk.keys[name], day, value, text)


@pytest.mark.parametrize(
    ("name", "value", "text", "says"),
    [
        ("热线话务接通率", 97.0, "", "自动取自数据源"),
        ("培训", -1.0, "", "负数"),
        ("培训", None, "做了", "不是数"),
        ("座席", -3.0, "", "负数"),
        ("预算执行率", None, "已付", "不是数"),
        ("预算执行率", -5.0, "", "负数"),
        ("学员满意度", 0.95, "", "请写成 95 或 95%"),
        ("学员满意度", None, "很好", "不是数"),
        ("立项依据", 1.0, "", "“充分”"),
    ],
)
def test_it_refuses_what_would_not_count(desk: SheetDesk, name: str, value: float | None, text: str, says: str) -> None:
    assert says in problem(desk, name, MARCH, value, text)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("热线话务接通率", None, "核对记录见附件"),  # evidence beside a figure that comes by itself
        ("培训", 0.0, ""),
        ("座席", 52.0, ""),
        ("预算执行率", 0.8, ""),  # 0.8 万元 spent: money, no percentage
        ("学员满意度", 95.0, ""),
        ("学员满意度", -1.0, ""),  # a growth rate may fall
        ("立项依据", None, "充分"),
        ("系统升级", None, "已完成"),
        ("系统升级", 1.0, ""),
        ("另议", None, "待定"),
    ],
)
def test_it_lets_pass_what_counts(desk: SheetDesk, name: str, value: float | None, text: str) -> None:
    assert problem(desk, name, MARCH, value, text) == ""


def test_a_day_that_no_period_of_the_sheet_holds_is_refused(desk: SheetDesk) -> None:
    assert "2026 年 12 月 31 日或以前" in problem(desk, "立项依据", date(2027, 1, 9), None, "充分")
    assert "早于考核年度" in problem(desk, "培训", date(2025, 12, 31), 1.0)
    assert problem(desk, "座席", date(2025, 12, 31), 52.0) == ""  # a level stands until the next is known
    assert "早于考核年度" in problem(desk, "座席", date(1990, 1, 1), 52.0)


def test_a_figure_that_no_hotline_has_is_not_stored(desk: SheetDesk) -> None:
    for value in (1e300, float("nan"), float("-inf")):
        with pytest.raises(EntryError, match="不像一个真实的数"), write(desk.engine) as conn:
            add_entry(
                conn, SHEET, key=desk.keys["培训"], day=MARCH, value=value, text="", note="", author="李",
                now=at("2026-03-01 20:00"),
            )  # fmt: skip
    with desk.engine.connect() as conn:
        assert list_entries(conn, SHEET) == ()


def test_the_rows_of_a_file_are_held_to_the_same(desk: SheetDesk) -> None:
    rows = "指标,日期,数值,填报人\n培训,2026-03-01,-1,甲\n培训,2026-03-01,1e300,甲\n培训,2025-03-01,1,甲\n"
    content = (rows + "热线话务接通率,2026-03-01,97,甲\n培训,2026-03-02,1,甲\n").encode()
    with desk.engine.connect() as conn:
        found = read_entries(conn, SHEET, "填报.csv", content, today=date(2027, 1, 1))
    assert [(one.row, one.column) for one in found.problems] == [
        (2, "数值或文字"), (3, "数值或文字"), (4, "日期"), (5, "数值或文字"),
    ]  # fmt: skip
    assert [one.row for one in found.entries] == [6]


@pytest.mark.parametrize("typed", ["80%", "80 %", "80%"])
def test_it_takes_no_percentage_for_an_amount(desk: SheetDesk, typed: str) -> None:
    with desk.engine.connect() as conn:
        check = EntryCheck.of(conn, SHEET)
    assert "不填百分比" in check.value_problem(desk.keys["预算执行率"], 80.0, "", typed)
    assert check.value_problem(desk.keys["预算执行率"], 80.0, "", "80") == ""
    assert check.value_problem(desk.keys["学员满意度"], 80.0, "", typed) == ""
