"""The asterisk source on real queue_log files: windows, rejects, sign-ins. Figures are counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.mapping import OpeningHours
from tests.queue_logs import DAY, NEXT, at, call, log, lost, read, rows, spec, total


def test_it_counts_the_calls_of_a_window_by_hour_and_queue(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        call("08:00:00", "c1", 10, 100)
        + call("08:59:55", "c2", 20, 200)
        + lost("09:10:00", "c3", 4)
        + call("09:20:00", "c4", 15, 60, queue="700", seat="SIP/2")
    )
    batch = read(tmp_path, source=spec(queues=(("600", "综合"), ("700", "英语"))))
    assert rows(batch.calls, "centre", "day", "hour", "queue", "offered", "answered", "abandoned", "wait_seconds") == [
        ("city", DAY, 8, "综合", 2, 2, 0, 30),
        ("city", DAY, 9, "综合", 1, 0, 1, 0),
        ("city", DAY, 9, "英语", 1, 1, 0, 15),
    ]
    assert total(batch.calls, "answered_within_15", "answered_under_15", "abandoned_under_5") == [2, 1, 1]
    assert total(batch.calls, "talk_seconds") == [360]
    assert "wrap_seconds" not in (batch.calls if batch.calls is not None else ())
    assert rows(batch.seats, "day", "seat", "seat_calls", "seat_busy_seconds") == [
        (DAY, "SIP/1", 2, 300),
        (DAY, "SIP/2", 1, 60),
    ]
    assert (batch.rows_read, batch.rows_used, batch.first_day, batch.last_day) == (11, 11, DAY, DAY)
    assert batch.inputs == [{"name": "queue_log", "rows": 11}]
    assert batch.warnings == []


def test_it_counts_a_call_over_midnight_on_the_day_it_asked(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(call("23:59:50", "c1", 30, 600) + call("00:05:00", "c2", 5, 60, day=NEXT))
    first, second = read(tmp_path), read(tmp_path, NEXT, NEXT)
    assert rows(first.calls, "day", "hour", "offered", "talk_seconds") == [(DAY, 23, 1, 600)]
    assert rows(second.calls, "day", "hour", "offered", "talk_seconds") == [(NEXT, 0, 1, 60)]
    assert (first.rows_read, second.rows_read) == (1, 5)
    assert first.warnings == second.warnings == []


def test_it_reports_calls_whose_beginning_is_not_in_the_log(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        log("00:00:09|c0|600|SIP/1|CONNECT|99|x|1", "00:01:09|c0|600|SIP/1|COMPLETEAGENT|99|60|1")
        + call("08:00:00", "c1", 10, 100)
    )
    batch = read(tmp_path)
    assert total(batch.calls, "offered") == [1]
    assert batch.rows_read == batch.rows_used == 5
    assert len(batch.warnings) == 1 and "1 通来电只有后半段" in batch.warnings[0]


def test_it_leaves_a_young_call_without_outcome_for_the_next_pull(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(call("08:00:00", "c1", 10, 100) + log("11:59:00|c2|600|NONE|ENTERQUEUE||1|1"))
    batch = read(tmp_path, today=DAY)
    assert (total(batch.calls, "offered"), batch.rejects) == ([1], [])
    assert "1 通来电还没有结果" in batch.warnings[0]
    with path.open("a") as more:
        more.write(log("11:59:40|c2|600|SIP/1|CONNECT|40|x|2"))
    assert total(read(tmp_path, today=DAY).calls, "offered", "answered", "wait_seconds") == [2, 2, 50]


@pytest.mark.parametrize("later", ["four hours of log", "another day"])
def test_it_rejects_a_call_that_never_had_an_outcome(tmp_path: Path, later: str) -> None:
    text = call("08:00:00", "c1", 10, 100) + log("08:10:00|c2|600|NONE|ENTERQUEUE||13812345678|1")
    if later == "four hours of log":
        text += call("12:10:01", "c3", 1, 1)
    (tmp_path / "queue_log").write_text(text)
    batch = read(tmp_path, today=DAY if later == "four hours of log" else NEXT)
    (reject,) = batch.rejects
    assert (reject.file, reject.row_no, reject.column, reject.value) == ("queue_log", 4, "ENTERQUEUE", "c2")
    assert "没有接通、放弃" in reject.reason and "13812345678" not in str(reject)


def test_it_takes_calls_outside_opening_hours_out_of_the_denominator(tmp_path: Path) -> None:
    hours = OpeningHours((((480, 1080),),) * 5 + ((),) * 2)  # 08:00-18:00 on weekdays
    saturday = date(2026, 3, 7)
    (tmp_path / "queue_log").write_text(
        lost("07:59:59", "c1", 9)
        + call("08:00:00", "c2", 5, 9)
        + call("17:59:59", "c3", 5, 9)
        + lost("18:00:00", "c4", 9)
        + call("10:00:00", "c5", 5, 9, day=saturday)
    )
    batch = read(tmp_path, DAY, saturday, source=spec(hours))
    assert total(batch.calls, "offered", "answered", "abandoned", "closed_calls") == [2, 2, 0, 3]


def test_it_keeps_bad_lines_as_rejects_without_the_callers_number(tmp_path: Path) -> None:
    good = call("08:00:00", "c1", 10, 100)
    bad = (
        "垃圾 13812345678\n"
        f"{at('08:30:00')}|c2|600|NONE|ENTERQUEUE||\n"
        f"{at('08:30:05')}|c2|600|SIP/1|CONNECT|soon|x|2\n"
        "\n"
        f"|c9|600|NONE|ENTERQUEUE||13812345678\n"
    )
    end = log("08:31:00|c2|600|SIP/1|COMPLETEAGENT|5|55|1")
    (tmp_path / "queue_log").write_bytes((good + bad + end).encode("gb18030"))
    batch = read(tmp_path)
    assert [(r.file, r.row_no) for r in batch.rejects] == [("queue_log", 4), ("queue_log", 6), ("queue_log", 8)]
    assert [next(word for word in ("不完整", "秒数", "时间戳") if word in r.reason) for r in batch.rejects] == [
        "不完整",
        "秒数",
        "时间戳",
    ]
    assert "13812345678" not in str(batch.rejects)
    assert (batch.rows_read, batch.rows_used) == (8, 5)
    assert total(batch.calls, "offered", "answered", "wait_seconds", "talk_seconds") == [2, 2, 15, 155]


def test_it_counts_bad_lines_in_the_window_of_the_line_before(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        call("08:00:00", "c1", 1, 1) + "junk\n" + call("08:00:00", "c2", 1, 1, day=NEXT) + "junk\njunk\n"
    )
    assert [len(read(tmp_path, day, day).rejects) for day in (DAY, NEXT)] == [1, 2]


def test_it_takes_a_time_in_the_future_for_a_bad_line(tmp_path: Path) -> None:
    far = call("08:00:00", "c2", 1, 1, day=date(2031, 1, 1)).splitlines(keepends=True)[0]
    (tmp_path / "queue_log").write_text(call("08:00:00", "c1", 1, 1) + far)
    batch = read(tmp_path)
    assert [(r.row_no, "未来" in r.reason) for r in batch.rejects] == [(4, True)]


def test_it_goes_on_after_a_clock_that_was_set_back(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        call("08:00:00", "c1", 1, 1) + call("09:00:00", "c2", 1, 1) + call("08:30:00", "c3", 1, 1)
    )
    (tmp_path / "queue_log.1").write_text(call("07:00:00", "c0", 1, 1))
    assert total(read(tmp_path).calls, "offered", "answered") == [4, 4]


def test_it_names_events_it_does_not_know_without_rejecting_them(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(call("08:00:00", "c1", 1, 1) + log("08:01:00|c1|600|NONE|SURVEY|5"))
    batch = read(tmp_path)
    assert batch.rejects == [] and "SURVEY" in batch.warnings[0]


def test_it_says_how_many_answered_calls_have_no_end(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        log("08:00:00|c1|600|NONE|ENTERQUEUE|||1", "08:00:05|c1|600|SIP/1|CONNECT|5|x|1") + call("13:00:00", "c2", 5, 9)
    )
    batch = read(tmp_path)
    assert total(batch.calls, "answered", "talk_seconds") == [2, 9]
    assert "1 通已接通的来电没有结束记录" in batch.warnings[0]


def test_it_adds_up_sign_ins_and_pauses_of_seats(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        log(
            "08:00:00|NONE|600|SIP/1|ADDMEMBER|",
            "08:00:00|NONE|700|SIP/1|ADDMEMBER|",
            "08:00:00|NONE|600|Local/2@x|ADDMEMBER|",
        )
        + call("09:00:00", "c1", 5, 60, seat="小王")
        + call("09:30:00", "c2", 5, 30, seat="SIP/3")
        + log(
            "12:00:00|NONE|600|SIP/1|PAUSE|",
            "12:00:00|NONE|700|SIP/1|PAUSE|",
            "12:30:00|NONE|700|SIP/1|UNPAUSE|",
            "16:00:00|NONE|600|SIP/1|REMOVEMEMBER|",
            "16:00:00|NONE|700|SIP/1|REMOVEMEMBER|",
            "17:00:00|NONE|600|Local/2@x|REMOVEMEMBER|",
        )
    )
    batch = read(tmp_path, source=spec(seats=(("SIP/1", "1001"), ("小王", "1001"), ("Local/2@x", "1002"))))
    columns = ("seat", "seat_calls", "seat_busy_seconds", "signed_in_seconds", "paused_seconds")
    assert rows(batch.seats, *columns) == [
        ("1001", 1, 60, 28800, 1800),
        ("1002", 0, 0, 32400, 0),
        ("SIP/3", 1, 30, None, None),
    ]
    assert batch.seats is not None and {str(batch.seats[c].dtype) for c in columns[1:]} == {"Int64"}


def test_it_gives_seats_of_a_day_without_calls(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(
        log("08:00:00|NONE|600|SIP/1|ADDMEMBER|", "09:00:00|NONE|600|SIP/1|REMOVEMEMBER|")
    )
    batch = read(tmp_path)
    assert batch.calls is None
    assert rows(batch.seats, "centre", "seat", "seat_calls", "signed_in_seconds") == [("city", "SIP/1", 0, 3600)]
    assert (batch.first_day, batch.rows_read) == (DAY, 2)
