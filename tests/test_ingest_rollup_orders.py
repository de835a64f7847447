"""Work orders: each counts on up to five days, once in each of its roles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ingest.batch import Batch
from tests.ingest_files import read_lines, reasons, source

ORDERS = """
kind: files
shape: orders
path: "*"
columns:
  accepted_at: 受理时间
  dispatched_at: 派单时间
  dispatch_on_time: 及时
  dispatched_right: 派准
  returned_at_fault: 有责退单
  due_at: 到期
  closed_at: 办结
  solved_first: 直办
  called_back_at: 回访
  rating: {column: 评价, satisfied: [满意, 基本满意], dissatisfied: [不满意], not_a_rating: [未接通, 拒绝]}
  department: 部门
  seat: 工号
"""
HEADERS = ("受理时间", "派单时间", "及时", "派准", "有责退单", "到期", "办结", "直办", "回访", "评价", "部门", "工号")
ROWS = (
    "2026-03-01 09:00,2026-03-01 10:00,是,是,否,2026-03-05 18:00,2026-03-05 18:00,否,2026-03-06,满意,甲,1",
    "2026-03-01 09:00,2026-03-02 10:00,否,否,是,2026-03-05 18:00,2026-03-05 18:01,否,2026-03-07,不满意,甲,1",
    "2026-03-01 09:00,2026-03-02 10:00,是,是,,2026-04-30 18:00,,否,,,甲,2",
    "2026-03-01 09:00,,,,,,2026-03-01 09:10,是,2026-03-06,未接通,甲,",
)


@pytest.fixture
def orders(tmp_path: Path) -> pd.DataFrame:
    batch = read_lines(tmp_path, source(tmp_path, ORDERS), HEADERS, *ROWS)
    assert batch.rejects == [] and batch.orders is not None
    assert {str(day) for day in batch.orders["anchor"]} == {"2026-03-01"}
    return batch.orders.set_index("day").sort_index()


def _given(orders: pd.DataFrame, day: date) -> dict[str, int]:
    """The measures that a day has."""
    (row,) = (
        orders.loc[[day]].drop(columns=["centre", "anchor", "department", "channel", "category"]).to_dict("records")
    )
    return {str(code): int(value) for code, value in row.items() if not pd.isna(value)}


def test_it_counts_acceptance_on_the_day_of_acceptance(orders: pd.DataFrame) -> None:
    assert _given(orders, date(2026, 3, 1)) == {
        "accepted": 4, "solved_first": 1, "accepted_closed": 3, "accepted_on_time": 1,
        "dispatched": 1, "dispatched_on_time": 1, "dispatched_right": 1, "returned_at_fault": 0,
        "to_call_back": 1, "called_back": 1,
    }  # fmt: skip


def test_it_counts_every_other_role_on_its_own_day_and_nothing_else(orders: pd.DataFrame) -> None:
    assert _given(orders, date(2026, 3, 2)) == {
        "dispatched": 2, "dispatched_on_time": 1, "dispatched_right": 1, "returned_at_fault": 1,
    }  # fmt: skip
    assert _given(orders, date(2026, 3, 5)) == {
        "due": 2,
        "closed": 2,
        "closed_on_time": 1,
        "to_call_back": 2,
        "called_back": 2,
    }
    assert _given(orders, date(2026, 3, 6)) == {"rated_orders": 1, "satisfied_orders": 1}
    assert _given(orders, date(2026, 3, 7)) == {"rated_orders": 1, "satisfied_orders": 0}
    assert _given(orders, date(2026, 4, 30)) == {"due": 1, "closed": 0, "closed_on_time": 0}


def test_it_counts_the_orders_a_seat_accepted(tmp_path: Path) -> None:
    seats = read_lines(tmp_path, source(tmp_path, ORDERS), HEADERS, *ROWS).seats
    assert seats is not None
    assert seats.sort_values("seat").to_dict("records") == [
        {"centre": "c", "day": date(2026, 3, 1), "seat": "1", "seat_orders": 2},
        {"centre": "c", "day": date(2026, 3, 1), "seat": "2", "seat_orders": 1},
    ]


def _orders(tmp_path: Path, columns: str, headers: str, *rows: str) -> Batch:
    spec = source(tmp_path, f'kind: files\nshape: orders\npath: "*"\ncolumns: {{accepted_at: 受理, {columns}}}')
    return read_lines(tmp_path, spec, ("受理", *headers.split(",")), *rows)


def test_it_believes_the_flag_of_the_source_before_its_own_sums(tmp_path: Path) -> None:
    columns = "due_at: 到期, closed_at: 办结, on_time: {column: 按时, yes: [按时], no: [超时]}"
    rows = (
        "2026-03-01,2026-03-05,2026-03-09,按时",  # late, but excused
        "2026-03-01,2026-03-05,,按时",  # open, and not late so far
        "2026-03-01,,2026-03-01,按时",
    )
    orders = _orders(tmp_path, columns, "到期,办结,按时", *rows).orders
    assert orders is not None
    sums = orders[["accepted_on_time", "due", "closed", "closed_on_time"]].sum().to_dict()
    assert sums == {"accepted_on_time": 3, "due": 2, "closed": 1, "closed_on_time": 1}


def test_it_takes_which_orders_are_to_be_called_back_from_the_source(tmp_path: Path) -> None:
    columns = "closed_at: 办结, to_call_back: 应回访, called_back: 已回访"
    rows = (
        "2026-03-01,2026-03-02,是,是",
        "2026-03-01,2026-03-02,是,否",
        "2026-03-01,2026-03-02,否,是",
        "2026-03-01,,是,否",
    )
    orders = _orders(tmp_path, columns, "办结,应回访,已回访", *rows).orders
    assert orders is not None
    assert orders[["to_call_back", "called_back"]].sum().to_dict() == {"to_call_back": 2, "called_back": 1}


def test_it_rates_on_the_closing_day_where_no_call_back_is_mapped(tmp_path: Path) -> None:
    columns = "closed_at: 办结, rating: {column: 评分, satisfied_from: 4}"
    orders = _orders(tmp_path, columns, "办结,评分", "2026-03-01,2026-03-03,5", "2026-03-01,2026-03-03,3").orders
    assert orders is not None
    row = orders.set_index("day").loc[date(2026, 3, 3)]
    assert (row["rated_orders"], row["satisfied_orders"]) == (2, 1)
    assert "to_call_back" not in orders


def test_it_warns_of_ratings_without_a_date_and_of_orders_closed_before_they_were_accepted(tmp_path: Path) -> None:
    columns = "closed_at: 办结, called_back_at: 回访, rating: {column: 评分, satisfied_from: 4}"
    batch = _orders(tmp_path, columns, "办结,回访,评分", "2026-03-02,2026-03-01,,5")
    assert batch.warnings == [
        "有 1 张工单的办结时间早于受理日,已照原样计入,请核对来源。",
        "有 1 张工单有评价而没有回访时间,没有计入满意率。",
    ]


def test_it_accepts_a_due_date_ahead_but_no_other(tmp_path: Path) -> None:
    rows = ("2026-03-01,2027-01-01,", "2026-03-01,2036-04-01,", "2026-03-01,,2026-04-01", "2026-04-01,,")
    batch = _orders(tmp_path, "due_at: 到期, closed_at: 办结", "到期,办结", *rows)
    assert {number: reason.split(":")[0] for number, reason in reasons(batch).items()} == {
        3: "‘到期’ 比今天晚了 10 年以上",
        4: "‘办结’ 在今天(2026-03-31)之后",
        5: "‘受理’ 在今天(2026-03-31)之后",
    }


def test_a_due_date_without_a_time_lasts_to_the_end_of_its_day(tmp_path: Path) -> None:
    rows = (
        "2026-03-01,2026-03-08,2026-03-08 15:00:00",
        "2026-03-01,2026-03-08 00:00:00,2026-03-08",
        "2026-03-01,2026-03-08 12:00:00,2026-03-08 15:00:00",
        "2026-03-01,2026-03-08,2026-03-09 00:00:00",
        "2026-03-01,2026-03-08,",
    )
    batch = _orders(tmp_path, "due_at: 到期, closed_at: 办结", "到期,办结", *rows)
    assert batch.orders is not None
    sums = batch.orders[["due", "closed", "closed_on_time", "accepted_on_time"]].sum().to_dict()
    assert sums == {"due": 5, "closed": 4, "closed_on_time": 2, "accepted_on_time": 2}


def test_it_keeps_the_last_state_of_an_order_that_comes_again(tmp_path: Path) -> None:
    rows = ("2026-03-01,A1,", "2026-03-01,A2,", "2026-03-01,A1,2026-03-02", "2026-03-01,,", "2026-03-01,,")
    batch = _orders(tmp_path, "id: 编号, closed_at: 办结", "编号,办结", *rows)
    assert batch.orders is not None
    assert batch.orders[["accepted", "accepted_closed"]].sum().to_dict() == {"accepted": 4, "accepted_closed": 1}
    (reject,) = batch.rejects
    assert (reject.row_no, reject.column, reject.value) == (2, "编号", "A1")
    assert reject.reason.startswith("与第 4 行重复(保留最后一次)")
    assert reject.row == {"受理": "2026-03-01", "编号": "A1", "办结": ""}
