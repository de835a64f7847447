"""The kpi command: every figure with what it was divided from, in text that doesn't contradict it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.factories import Desk, batch, calls, seats
from tests.installation import Place, Told
from tests.target_sheets import put_targets

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31", "--as-of", "2026-03-31")


@pytest.fixture
def told(sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Two centres: 9 of 10 answered in the city on 5 March at 9 o'clock, 1 of 100 in the district on 6 March."""
    desk = Desk(sqlite_engine)
    desk.write(
        batch(calls=calls({"offered": 10, "answered": 9, "abandoned": 1, "answered_within_15": 8, "queue": "a"}))
    )
    low = {"offered": 100, "answered": 1, "abandoned": 99, "answered_within_15": 1, "hour": 20, "queue": "b"}
    desk.write(batch(calls=calls(low, centre="district", day=date(2026, 3, 6))), "other")
    desk.write(batch(seats=seats({"seat_calls": 9})), "seats")
    return Told(Place(tmp_path / "here", sqlite_engine).configured(), capsys)


def test_it_divides_once_over_all_centres(told: Told) -> None:
    (value,) = told.json("kpi", "接通率", *MARCH)["values"]
    assert (value["numerator"], value["denominator"]) == (10, 110)
    assert value["value"] == 10 / 110
    assert (value["days_with_data"], value["days_passed"]) == (2, 62)
    assert value["formula_text"] == "接通量 ÷ 人工请求量"
    (line,) = told.lines("kpi", "answer_rate", *MARCH)[1:]
    assert " ".join(line.split()) == "接通率 2026-03-01…2026-03-31 9.09 % 10 110 2/62 接通量 ÷ 人工请求量"


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("day", [("2026-03-05", 0.9), ("2026-03-06", 0.01)]),
        ("week", [("2026-03-02", 10 / 110)]),
        ("month", [("2026-03-01", 10 / 110)]),
        ("half", [("2026-03-01", 10 / 110)]),
        ("year", [("2026-03-01", 10 / 110)]),
        ("hour", [("09", 0.9), ("20", 0.01)]),
        ("queue", [("a", 0.9), ("b", 0.01)]),
        ("centre", [("city", 10 / 110), ("district", 0.01)]),
    ],
)
def test_it_answers_by_every_grain(told: Told, by: str, expected: list[tuple[str, float]]) -> None:
    values = told.json("kpi", "answer_rate", *MARCH, "--by", by)["values"]
    found = [(v["key"], v["value"]) for v in values if v["value"] is not None]
    assert found == expected
    assert told.lines("kpi", "answer_rate", *MARCH, "--by", by)[0].split()[0] == "指标"


def test_it_answers_for_a_centre_with_all_below_it_or_one_below(told: Told) -> None:
    assert told.json("kpi", "answer_rate", *MARCH, "--centre", "city")["values"][0]["denominator"] == 110
    assert told.json("kpi", "answer_rate", *MARCH, "--centre", "district")["values"][0]["denominator"] == 100
    assert "没有中心 'nowhere'" in told.lines("kpi", *MARCH, "--centre", "nowhere", code=1)[0]


def test_it_uses_the_formula_asked_for_and_tells_its_limits(told: Told) -> None:
    (value,) = told.json("kpi", "service_level", *MARCH, "--formula", "answered")["values"]
    assert (value["numerator"], value["denominator"], value["formula_text"]) == (9, 10, "15秒内接通量 ÷ 接通量")
    only = told.json("kpi", *MARCH, "--formula", "talk_only")["values"]
    assert [v["kpi"] for v in only] == ["handle_time"]
    assert "没有口径" in told.lines("kpi", "answer_rate", *MARCH, "--formula", "nope", code=1)[0]


def test_it_gives_the_reason_where_there_is_no_value(told: Told) -> None:
    values = {v["kpi"]: v for v in told.json("kpi", *MARCH)["values"]}
    assert len(values) >= 32
    assert values["satisfaction_rate"]["value"] is None
    assert values["satisfaction_rate"]["shown"] == "—"
    assert values["satisfaction_rate"]["reason"] == "无数据"
    (line,) = told.lines("kpi", "speed_of_answer", *MARCH)[1:]
    assert "来源不提供该口径所需的数据(缺少:接通等待时长)" in line
    (later,) = told.json("kpi", "answer_rate", "--from", "2026-04-01", "--to", "2026-04-30", "--as-of", "2026-03-31")[
        "values"
    ]
    assert later["reason"] == "未到期"


def test_it_never_shows_a_missed_target_as_met(sqlite_engine: Engine, told: Told) -> None:
    """95.996 % against ≥ 96 %: not 96.00 %."""
    Desk(sqlite_engine).write(batch(calls=calls({"offered": 25000, "answered": 23999}, day=date(2026, 5, 1))), "big")
    with sqlite_engine.begin() as conn:
        put_targets(conn, "city", {"answer_rate": (">=", 0.96)})
    may = ("--from", "2026-05-01", "--to", "2026-05-01", "--as-of", "2026-05-01")
    (value,) = told.json("kpi", "answer_rate", *may)["values"]
    assert value["shown"] == "95.996 %"


def test_it_answers_for_the_first_hours_of_each_day(told: Told) -> None:
    words = ("kpi", "answer_rate", *MARCH, "--centre", "district", "--until-hour")
    (early,) = told.json(*words, 20)["values"]
    (late,) = told.json(*words, 21)["values"]
    assert (early["value"], early["reason"]) == (None, "无数据")
    assert late["value"] == 0.01
    (seats_only,) = told.json("kpi", "daily_output", *MARCH, "--until-hour", 12)["values"]
    assert seats_only["detail"] == "来源只给整天的数,没有按小时的"
    assert "1 到 24" in told.lines(*words, 25, code=1)[0]


def test_its_help_says_what_an_hour_and_24_hours_are(told: Told) -> None:
    said = "".join(line.strip() for line in told.lines("kpi", "--help"))
    assert "把期间内各天的同一小时合在一起" in said
    assert "rolling24h: 每天一行,为结束于当天的连续 24 小时中最差的一段" in said


def test_it_follows_definitions_from_their_first_day_on(told: Told) -> None:
    change = ("definition", "add", "15秒接通率", "answered", "--from", "2026-03-06", "--by", "王")
    assert "口径变更不改写已显示过的数值" in told.lines(*change, code=1)[0]
    told.lines(*change, "--note", "合同", "--backdate")
    assert "自 2026-03-06 起已有一个口径" in told.lines(*change, "--note", "再来", "--backdate", code=1)[0]
    days = told.json("kpi", "service_level", *MARCH, "--by", "day")["values"]
    with_value = [(v["start"], v["value"], v["formula"]) for v in days if v["value"] is not None]
    assert with_value == [("2026-03-05", 0.8, "offered"), ("2026-03-06", 1.0, "answered")]
    (stored,) = told.json("definition", "list")
    assert (stored["valid_from"], stored["changed_by"], stored["note"]) == ("2026-03-06", "王", "合同")
    assert "没有口径" in told.lines("definition", "add", "接通率", "x", "--from", "2026-03-06", code=1)[0]
    assert (
        "T=16"
        in told.lines("definition", "add", "15秒接通率", "offered", "--from", "2026-03-06", "--limit", 16, code=1)[0]
    )


def test_it_leaves_approved_periods_out_when_asked_to(told: Told) -> None:
    words = ("--category", "系统故障", "--reason", "平台升级", "--approved-by", "李")
    number = told.json("exclusion", "add", "2026-03-06T00:00", "2026-03-07T00:00", *words)["id"]
    assert told.json("kpi", "answer_rate", *MARCH)["values"][0]["value"] == 10 / 110
    assert told.json("kpi", "answer_rate", *MARCH, "--exclude")["values"][0]["value"] == 0.9
    assert told.json("exclusion", "list")[0]["exclusion"]["reason"] == "平台升级"
    told.lines("exclusion", "revoke", number)
    assert told.json("kpi", "answer_rate", *MARCH, "--exclude")["values"][0]["value"] == 10 / 110
    assert told.json("exclusion") == [] and len(told.json("exclusion", "list", "--all")) == 1
    assert "没有编号" in told.lines("exclusion", "revoke", number, code=1)[0]
    assert (
        "结束必须晚于开始" in told.lines("exclusion", "add", "2026-03-06T09:00", "2026-03-06T08:00", *words, code=1)[0]
    )


def test_it_understands_named_periods_and_days(told: Told) -> None:
    asked = told.json("kpi", "answer_rate", "--period", "last-month", "--as-of", "2026-04-15")["values"][0]
    assert (asked["start"], asked["end"], asked["denominator"]) == ("2026-03-01", "2026-03-31", 110)
    assert told.json("kpi", "answer_rate", "--from", "今天", "--to", "today")["values"][0]["value"] is None
    assert "--period" in told.lines("kpi", "--period", "today", "--to", "today", code=1)[0]
    assert "早于开始日" in told.lines("kpi", "--from", "2026-03-02", "--to", "2026-03-01", code=1)[0]


def test_it_lists_every_kpi_with_its_formulas(told: Told) -> None:
    listed = told.json("kpi", "--list")
    assert {"answer_rate", "service_level", "daily_output"} <= {kpi["code"] for kpi in listed}
    assert any("T秒内接通量 ÷ 接通量" in line for line in told.lines("kpi", "--list"))


def test_it_marks_closed_days(told: Told) -> None:
    told.lines("closed-day", "add", "calls", "2026-03-07", "--to", "2026-03-08", "--reason", "机房停电")
    told.lines("closed-day", "add", "calls", "2026-03-08", "--reason", "春节")
    assert told.json("closed-day") == [
        {"source": "calls", "day": "2026-03-07", "reason": "机房停电"},
        {"source": "calls", "day": "2026-03-08", "reason": "春节"},
    ]
    told.lines("closed-day", "remove", "calls", "2026-03-07")
    assert [c["day"] for c in told.json("closed-day", "list")] == ["2026-03-08"]
    assert "没有数据源" in told.lines("closed-day", "add", "nope", "2026-03-07", "--reason", "x", code=1)[0]
    assert "没有标为" in told.lines("closed-day", "remove", "calls", "2026-03-07", code=1)[0]


NAMED = ("--from", "2026-03-07", "--to", "2026-03-07", "--as-of", "2026-03-07", "--by", "seat")


def _three_seats(told: Told, setting: str) -> None:
    made = seats(
        {"seat": "1001", "seat_calls": 5}, {"seat": "1002", "seat_calls": 9}, {"seat": "1003", "seat_calls": 7}
    )
    made["day"] = date(2026, 3, 7)
    Desk(told.place.engine).write(batch(seats=made), "seats")
    told.place.env["HOTLINE_SEAT_RANKING"] = setting


def test_it_names_seats_by_place_alone_where_the_setting_says_so(told: Told, tmp_path: Path) -> None:
    _three_seats(told, "anonymous")
    values = told.json("kpi", "daily_output", *NAMED)["values"]
    assert [(v["key"], v["value"]) for v in values] == [("坐席 1", 9), ("坐席 2", 7), ("坐席 3", 5)]
    lines = told.lines("kpi", "daily_output", *NAMED)
    assert "坐席 1" in lines[1] and "100" not in "".join(lines)
    file = tmp_path / "a.csv"
    assert told.json("export", "kpi", file, "daily_output", *NAMED)["rows"] == 3
    assert "1001" not in file.read_text("utf-8")
    assert "离不开工号" in told.lines("export", "facts", "seats", file, code=1)[0]
    assert told.json("export", "facts", "days", file)["rows"] > 0


def test_it_tells_of_no_seat_where_the_setting_says_so_but_for_the_administrator(told: Told, tmp_path: Path) -> None:
    _three_seats(told, "off")
    assert "HOTLINE_SEAT_RANKING 为 off" in told.lines("kpi", "daily_output", *NAMED, code=1)[0]
    assert "HOTLINE_SEAT_RANKING" in told.lines("export", "facts", "seats", tmp_path / "a.csv", code=1)[0]
    assert told.json("kpi", "daily_output", *NAMED[:-2])["values"][0]["value"] == 7  # 21 items of 3 seats
    named = told.json("kpi", "daily_output", *NAMED, "--name-seats")["values"]
    assert [(v["key"], v["value"]) for v in named] == [("city/1001", 5), ("city/1002", 9), ("city/1003", 7)]
    file = tmp_path / "b.csv"
    told.json("export", "facts", "seats", file, "--name-seats", "--from", "2026-03-07")
    assert "1002" in file.read_text("utf-8")
