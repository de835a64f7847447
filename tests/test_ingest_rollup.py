"""Rows of calls, days and months summed into batches, against figures worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ingest.batch import Batch
from kpi.measures import BY_CODE
from kpi.model import Fact
from tests.ingest_files import CALL_HEADERS, CALLS, read_lines, reasons, source, total

FULL = """
kind: files
shape: calls
path: "*"
opening_hours: {mon-fri: "08:00-12:00, 14:00-18:00"}
columns:
  asked_at: 来电时间
  answered: 接通
  to_person: 转人工
  lost_in_ivr: IVR放弃
  wait: {column: 等待, as: seconds}
  talk: {column: 通话, as: seconds}
  wrap: {column: 话后, as: seconds}
  seat: 工号
  queue: 技能组
  channel: 渠道
  rating: {column: 评价, values: {非常满意: 5, 满意: 4, 不满意: 1}, satisfied_from: 4, not_a_rating: [未评价]}
  recorded: {column: 录音, yes: [有], no: [无]}
  number_known: 有号码
  returned: 已回拨
"""
FULL_HEADERS = (
    "来电时间", "接通", "转人工", "IVR放弃", "等待", "通话", "话后", "工号", "技能组", "渠道", "评价", "录音", "有号码",
    "已回拨",
)  # fmt: skip
FULL_ROWS = (
    "2026-03-02 08:00:00,是,是,否,5,60.4,10,1,综合,电话,非常满意,有,,",  # Monday
    "2026-03-02 08:59:59,是,是,否,15,60.4,,1,综合,电话,不满意,无,,",
    "2026-03-02 08:30:00,是,是,否,15.5,60.4,5,2,综合,电话,未评价,有,,",
    "2026-03-02 08:30:00,否,是,否,4.9,,,,综合,电话,,,是,是",
    "2026-03-02 08:30:00,否,是,否,16,,,,综合,电话,,,是,否",
    "2026-03-02 08:30:00,否,是,否,,,,,综合,电话,,,否,否",
    "2026-03-02 08:30:00,,否,否,,,,,综合,电话,,,,",  # served by the machine
    "2026-03-02 08:30:00,否,否,是,,,,,综合,电话,,,,",  # lost in it
    "2026-03-02 12:00:00,是,是,否,5,60,10,1,综合,电话,满意,有,,",  # closed from here on
    "2026-03-07 10:00:00,否,是,否,5,,,,综合,电话,,,,",  # Saturday
    "2026-03-02 17:59:59,是,是,否,0,30,0,1,,,,有,,",
)


def _row(frame: pd.DataFrame | None, **keys: object) -> dict[str, object]:
    assert frame is not None
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    (row,) = frame.to_dict("records")
    return {str(name): value for name, value in row.items()}


@pytest.fixture
def full(tmp_path: Path) -> Batch:
    batch = read_lines(tmp_path, source(tmp_path, FULL), FULL_HEADERS, *FULL_ROWS)
    assert batch.rejects == [] and batch.rows_used == 11
    return batch


def test_it_sums_the_calls_of_an_hour(full: Batch) -> None:
    row = _row(full.calls, hour=8)
    expected = {
        "centre": "c", "day": date(2026, 3, 2), "queue": "综合", "channel": "电话", "offered": 6, "answered": 3,
        "abandoned": 3, "closed_calls": 0, "entered_ivr": 8, "lost_in_ivr": 1, "wait_seconds": 36,
        "talk_seconds": 181, "wrap_seconds": 15, "recorded": 2, "rated_calls": 2, "satisfied_calls": 1,
        "rating_points": 6, "missed_with_number": 2, "missed_returned": 1, "answered_within_5": 1,
        "answered_within_10": 1, "answered_within_15": 2, "answered_within_20": 3, "answered_within_180": 3,
        "abandoned_within_5": 1, "abandoned_within_15": 1, "abandoned_within_20": 2, "answered_under_15": 1,
        "answered_under_20": 3, "abandoned_under_3": 0, "abandoned_under_5": 1, "abandoned_under_10": 1,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_it_counts_a_call_outside_opening_hours_as_that_and_nothing_else(full: Batch) -> None:
    for keys in ({"hour": 12}, {"day": date(2026, 3, 7)}):
        row = _row(full.calls, **keys)
        counted = {name: value for name, value in row.items() if name in BY_CODE and value != 0}
        assert counted == {"closed_calls": 1}


def test_it_leaves_queue_and_channel_empty_where_the_row_names_none(full: Batch) -> None:
    row = _row(full.calls, hour=17)
    assert (row["queue"], row["channel"], row["answered_within_5"], row["wrap_seconds"]) == ("", "", 1, 0)


def test_it_sums_the_calls_of_a_seat(full: Batch) -> None:
    assert full.seats is not None
    found = {(str(r["seat"]), r["seat_calls"], r["seat_busy_seconds"]) for r in full.seats.to_dict("records")}
    assert found == {("1", 3, 161), ("2", 1, 65)}  # 60.4 + 10 + 60.4 + 30 = 160.8, rounded once


def test_it_gives_nullable_integers_dates_and_plain_texts(full: Batch) -> None:
    assert full.calls is not None
    assert {str(full.calls[code].dtype) for code in full.calls if str(code) in BY_CODE} == {"Int64"}
    assert all(type(day) is date for day in full.calls["day"])
    assert all(type(text) is str for name in ("centre", "queue", "channel") for text in full.calls[name])
    assert set(full.calls) - {"centre", "day", "hour", "queue", "channel"} <= set(BY_CODE)


def test_it_gives_no_measure_that_the_mapping_does_not_supply(tmp_path: Path) -> None:
    spec = source(tmp_path, 'kind: files\nshape: calls\npath: "*"\ncolumns: {asked_at: 来电时间, answered: 接通}')
    batch = read_lines(tmp_path, spec, ("来电时间", "接通"), "2026-03-01 08:00:00,是", "2026-03-01 08:00:00,否")
    assert batch.calls is not None and batch.seats is None
    assert [str(name) for name in batch.calls if str(name) in BY_CODE] == ["offered", "answered", "abandoned"]


def test_it_gives_no_limits_of_abandoned_calls_where_no_wait_of_them_is_known(tmp_path: Path) -> None:
    rows = ["2026-03-01 08:00:00,是,5,60,1", "2026-03-02 08:00:00,是,5,60,1", "2026-03-01 08:00:00,否,,,"]
    calls = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows).calls
    assert calls is not None
    assert not [name for name in calls if str(name).startswith("abandoned_")]
    assert list(calls["answered_within_5"]) == [1, 1]


def test_it_knows_that_none_of_no_abandoned_calls_was_short(tmp_path: Path) -> None:
    calls = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, "2026-03-01 08:00:00,是,5,60,1").calls
    assert calls is not None and list(calls["abandoned_under_5"]) == [0]


def test_it_leaves_a_measure_open_where_all_cells_of_the_group_are_blank(tmp_path: Path) -> None:
    rows = ["2026-03-01 08:00:00,是,5,,1", "2026-03-01 09:00:00,是,,70,1", "2026-03-01 09:01:00,是,9,,1"]
    calls = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows).calls
    assert calls is not None
    by_hour = calls.set_index("hour")
    assert by_hour["talk_seconds"].isna().to_dict() == {8: True, 9: False}
    assert by_hour["wait_seconds"].to_dict() == {8: 5, 9: 9}


def test_it_tells_centres_apart_by_a_column(tmp_path: Path) -> None:
    top = "centres:\n  - {code: city, name: 市中心}\n  - {code: jn, name: 江宁, parent: city}"
    spec = source(tmp_path, CALLS + "centre_column: {column: 中心, values: {江宁分中心: jn}}", top)
    rows = ["2026-03-01 08:00:00,是,5,60,1," + text for text in ("市中心", "江宁", "江宁分中心", "jn", "火星", "")]
    batch = read_lines(tmp_path, spec, (*CALL_HEADERS, "中心"), *rows)
    assert batch.calls is not None
    assert batch.calls.groupby("centre")["offered"].sum().to_dict() == {"city": 1, "jn": 3}
    assert list(reasons(batch)) == [6, 7] and "‘中心’ 不是已知的中心: ‘火星’" in batch.rejects[0].reason


def test_it_reads_an_abandoned_column_the_other_way_round(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS.replace("answered: 是否接通", "answered: {column: 是否接通, not: true}"))
    batch = read_lines(tmp_path, spec, CALL_HEADERS, "2026-03-01 08:00:00,是,5,,", "2026-03-01 08:00:00,否,5,60,1")
    assert (total(batch, "calls", "answered"), total(batch, "seats", "seat_calls")) == (1, 1)


DAYS = """
kind: files
shape: days
path: "*"
columns: {day: 日期, queue: 队列}
measures:
  offered: 呼入量
  answered: 接通量
  wait_seconds: {column: 平均等待, as: duration, mean_of: answered}
  answered_within_20: {column: 服务水平, as: percent, share_of: answered}
  inspected: 质检量
  spent: 支出
"""
DAY_HEADERS = ("日期", "队列", "呼入量", "接通量", "平均等待", "服务水平", "质检量", "支出")


def test_it_turns_means_and_shares_into_sums_and_rounds_once(tmp_path: Path) -> None:
    rows = [
        '2026-03-01,A,"1,200",１００,0:00:17,76.28%,3,-5.25',
        "2026-03-01,B,10,5,0:00:10.5,50%,,0.5",
        "2026-03-02,A,0,0,,,,",
    ]
    batch = read_lines(tmp_path, source(tmp_path, DAYS), DAY_HEADERS, *rows)
    assert batch.rejects == [] and batch.calls is not None and batch.readings is not None
    first = _row(batch.calls, day=date(2026, 3, 1), queue="A")
    second = _row(batch.calls, day=date(2026, 3, 1), queue="B")
    empty = _row(batch.calls, day=date(2026, 3, 2))
    assert (first["offered"], first["wait_seconds"], first["answered_within_20"]) == (1200, 1700, 76)
    assert (second["wait_seconds"], second["answered_within_20"]) == (53, 3)  # 52.5 and 2.5
    assert (empty["offered"], empty["wait_seconds"], empty["answered_within_20"]) == (0, 0, 0)
    assert set(batch.calls["hour"]) == {-1}
    values = {(r["day"], r["measure"]): r["value"] for r in batch.readings.to_dict("records")}
    assert values == {(date(2026, 3, 1), "inspected"): 3.0, (date(2026, 3, 1), "spent"): -4.75}


def test_it_is_exact_where_a_share_meets_a_half(tmp_path: Path) -> None:
    spec = source(tmp_path, DAYS)
    batch = read_lines(
        tmp_path, spec, DAY_HEADERS, "2026-03-01,A,100,100,0,14.5%,,", "2026-03-02,A,1000,1000,0,0.1445,,"
    )
    assert batch.calls is not None and list(batch.calls["answered_within_20"]) == [15, 145]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-03-01,A,10,11,0,0%,,", "‘接通量’ 比 ‘呼入量’ 还大: ‘11’"),
        ("2026-03-01,A,-1,0,0,0%,,", "‘呼入量’ 是负数: ‘-1’"),
        ("2026-03-01,A,1.5,1,0,0%,,", "‘呼入量’ 应该是整数: ‘1.5’"),
        ("2026-03-01,A,9999999999,1,0,0%,,", "‘呼入量’ 大得不合理"),
        ("2026-03-01,A,10,1,0,101%,,", "‘服务水平’ 大于 100%: ‘101%’"),
        ("2026-03-01,A,10,1,0,76.28,,", "‘服务水平’ 大于 100%: ‘76.28’(94.01 不带百分号时"),
        ("2026-03-01,A,10,1,25:00:00,1%,,", "‘平均等待’ 超过 24 小时: ‘25:00:00’"),
        ("2026-03-01,A,十,1,0,1%,,", "‘呼入量’ 不是数: ‘十’"),
        (",A,10,1,0,1%,,", "‘日期’ 是空的"),
        ("2026-04-01,A,10,1,0,1%,,", "‘日期’ 在今天(2026-03-31)之后: ‘2026-04-01’"),
        ("1999-12-31,A,10,1,0,1%,,", "‘日期’ 早于 2000 年: ‘1999-12-31’"),
        ("合计,,10,1,0,1%,,", "‘合计’ 是合计行"),
        ("2026-03-01,小计,10,1,0,1%,,", "是合计行"),
    ],
)  # fmt: skip
def test_it_rejects_days_that_cannot_be(tmp_path: Path, row: str, said: str) -> None:
    batch = read_lines(tmp_path, source(tmp_path, DAYS), DAY_HEADERS, row, "2026-03-01,A,10,1,0,1%,,")
    assert batch.rows_used == 1 and said in reasons(batch)[2]


def test_it_counts_days_from_the_start_that_is_stated(tmp_path: Path) -> None:
    text = 'kind: files\nshape: days\npath: "*"\nstart_date: 2026-03-28\nmeasures: {offered: 量}'
    rows = ("10,", ",", "x,", "30,", "40,", "50,", "合计,")
    batch = read_lines(tmp_path, source(tmp_path, text), ("量", "注"), *rows)
    assert batch.calls is not None
    assert dict(zip(batch.calls["day"], batch.calls["offered"], strict=True)) == {
        date(2026, 3, 28): 10,
        date(2026, 3, 30): 30,
        date(2026, 3, 31): 40,
    }
    assert {number: reason[:6] for number, reason in reasons(batch).items()} == {
        4: "‘量’ 不是",
        7: "按 star",
        8: "‘合计’ 是",
    }


def test_it_takes_the_hour_of_a_row(tmp_path: Path) -> None:
    spec = source(
        tmp_path, 'kind: files\nshape: days\npath: "*"\ncolumns: {day: 日期, hour: 时段}\nmeasures: {offered: 量}'
    )
    rows = ("2026-03-01,08:00-09:00,1", "2026-03-01,9,2", "2026-03-01,24,3", "2026-03-01,,4")
    batch = read_lines(tmp_path, spec, ("日期", "时段", "量"), *rows)
    assert batch.calls is not None and dict(zip(batch.calls["hour"], batch.calls["offered"], strict=True)) == {
        8: 1,
        9: 2,
    }
    assert list(reasons(batch)) == [4, 5]


def test_it_gives_seat_and_order_figures_of_days(tmp_path: Path) -> None:
    text = """
    kind: files
    shape: days
    path: "*"
    columns: {day: 日期, seat: 工号, department: 部门}
    measures: {signed_in_seconds: {column: 签入, as: duration}, accepted: 受理, red: 红单}
    """
    spec = source(tmp_path, text, "measures: [{code: red, name: 红单, unit: 件}]")
    rows = ("2026-03-01,1,甲,8:00:00,5,1", "2026-03-01,2,甲,,6,", "2026-03-01,,乙,1:00:00,1,1")
    batch = read_lines(tmp_path, spec, ("日期", "工号", "部门", "签入", "受理", "红单"), *rows)
    assert batch.seats is not None and batch.orders is not None and batch.readings is not None and batch.calls is None
    assert _row(batch.seats, seat="1")["signed_in_seconds"] == 28800
    assert pd.isna(_row(batch.seats, seat="2")["signed_in_seconds"])  # type: ignore[call-overload]
    order = _row(batch.orders)
    assert (order["department"], order["accepted"], order["day"], order["anchor"]) == (
        "甲",
        11,
        *[date(2026, 3, 1)] * 2,
    )
    assert batch.readings.to_dict("records") == [
        {"centre": "c", "day": date(2026, 3, 1), "measure": "red", "value": 1.0}
    ]
    assert "‘工号’ 是空的" in reasons(batch)[4]


@pytest.mark.parametrize("month", ["2025-02", "2025年2月", "2025/2", "202502", "2025-02-28", "2025-02-01 00:00:00"])
def test_it_keeps_months_at_their_own_grain(tmp_path: Path, month: str) -> None:
    text = 'kind: files\nshape: months\npath: "*"\ncolumns: {month: 月份}\n'
    text += "measures: {items: 件数, seat_days: 人天, spent: 支出}"
    batch = read_lines(
        tmp_path, source(tmp_path, text), ("月份", "件数", "人天", "支出"), f"{month},1200,40,", "2026-04,1,1,1"
    )
    assert batch.months is not None and (batch.first_day, batch.last_day) == (date(2025, 2, 1), date(2025, 2, 1))
    found = {(r["centre"], r["month"], r["measure"], r["value"]) for r in batch.months.to_dict("records")}
    assert found == {("c", date(2025, 2, 1), "items", 1200.0), ("c", date(2025, 2, 1), "seat_days", 40.0)}
    assert "在今天(2026-03-31)之后" in reasons(batch)[3]


def test_it_gives_every_fact_its_own_measures(full: Batch) -> None:
    for frame, fact in ((full.calls, Fact.CALL), (full.seats, Fact.SEAT)):
        assert frame is not None
        assert {BY_CODE[str(name)].fact for name in frame if str(name) in BY_CODE} == {fact}


def test_it_counts_calls_into_the_ivr_where_only_the_way_to_a_person_is_mapped(tmp_path: Path) -> None:
    settings = FULL.replace("  lost_in_ivr: IVR放弃\n", "")
    batch = read_lines(tmp_path, source(tmp_path, settings), FULL_HEADERS, *FULL_ROWS)
    assert (total(batch, "calls", "entered_ivr"), total(batch, "calls", "offered")) == (9, 7)
