"""The asterisk source on real queue_log files: windows, rotation, rejects, sign-ins. Figures are counted by hand."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import threading
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.mapping import AsteriskOptions, Kind, OpeningHours, Shape, SourceSpec
from ingest.sources.asterisk import read_window
from ingest.sources.queue_files import LogsMoved, close_logs, open_logs, read_lines

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)  # a Monday and a Tuesday
TODAY = date(2026, 3, 9)


def spec(opening_hours: OpeningHours | None = None, **options: Any) -> SourceSpec:
    return SourceSpec(
        "pbx",
        "排队机",
        Kind.ASTERISK,
        Shape.CALLS,
        AsteriskOptions(**{"path": "queue_log*", **options}),
        centre="city",
        opening_hours=opening_hours,
    )


def at(clock: str, day: date = DAY) -> int:
    """``HH:MM:SS`` of a day in Shanghai, in seconds since 1970."""
    return int(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI).timestamp())


def log(*lines: str, day: date = DAY) -> str:
    """Lines that begin with a clock time, as a queue_log."""
    return "".join(f"{at(line[:8], day)}{line[8:]}\n" for line in lines)


def call(
    clock: str, callid: str, wait: int, talk: int, *, queue: str = "600", seat: str = "SIP/1", day: date = DAY
) -> str:
    """An answered call."""
    asked = at(clock, day)
    return (
        f"{asked}|{callid}|{queue}|NONE|ENTERQUEUE||13812345678|1\n"
        f"{asked + wait}|{callid}|{queue}|{seat}|CONNECT|{wait}|x|2\n"
        f"{asked + wait + talk}|{callid}|{queue}|{seat}|COMPLETECALLER|{wait}|{talk}|1\n"
    )


def lost(clock: str, callid: str, wait: int, *, queue: str = "600", day: date = DAY) -> str:
    asked = at(clock, day)
    return (
        f"{asked}|{callid}|{queue}|NONE|ENTERQUEUE||13812345678|1\n"
        f"{asked + wait}|{callid}|{queue}|NONE|ABANDON|1|1|{wait}\n"
    )


def read(
    folder: Path, start: date = DAY, end: date = DAY, today: date = TODAY, source: SourceSpec | None = None
) -> Batch:
    batch = read_window(source or spec(), folder, start, end, today, sleep=lambda s: None)
    assert batch.rows_used + len(batch.rejects) == batch.rows_read
    return batch


def total(frame: pd.DataFrame | None, *codes: str) -> list[int | None]:
    assert frame is not None
    return [None if frame[code].isna().all() else int(frame[code].sum()) for code in codes]


def rows(frame: pd.DataFrame | None, *columns: str) -> list[tuple[Any, ...]]:
    assert frame is not None
    values = frame.astype(object).where(frame.notna(), None)
    return sorted(tuple(row) for row in values[list(columns)].itertuples(index=False))


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


def test_it_reads_rotated_files_as_one_log_and_each_line_once(tmp_path: Path) -> None:
    whole = call("08:00:00", "c1", 10, 100) + call("09:00:00", "c2", 20, 7200) + lost("10:00:00", "c3", 9)
    lines = sorted(whole.splitlines(keepends=True))
    with gzip.open(tmp_path / "queue_log.2.gz", "wt") as packed:
        packed.writelines(lines[:3])
    (tmp_path / "queue_log.1").write_text("".join(lines[2:6]))  # copied and truncated: the third line is in both
    (tmp_path / "queue_log").write_text("".join(lines[5:]))
    batch = read(tmp_path)
    assert total(batch.calls, "offered", "answered", "abandoned", "talk_seconds") == [3, 2, 1, 7300]
    assert batch.rows_read == len(lines) == 8
    assert [item["name"] for item in batch.inputs] == ["queue_log", "queue_log.1", "queue_log.2.gz"]
    assert sum(int(item["rows"]) for item in batch.inputs) == 8


def test_it_leaves_out_a_file_being_packed_beside_its_original(tmp_path: Path) -> None:
    (tmp_path / "queue_log.1").write_text(call("08:00:00", "c1", 10, 100))
    (tmp_path / "queue_log.1.gz").write_bytes(gzip.compress(b"half a file")[:12])
    assert total(read(tmp_path).calls, "offered") == [1]


def test_it_reads_only_files_of_the_days_around_the_window(tmp_path: Path) -> None:
    old = tmp_path / "queue_log.9"
    old.write_text(call("08:00:00", "c0", 1, 1, day=date(2025, 1, 5)))
    os.utime(old, (at("00:00:00", date(2025, 1, 6)),) * 2)
    (tmp_path / "queue_log.1").write_text(call("08:00:00", "c9", 1, 1, day=date(2026, 3, 8)))
    (tmp_path / "queue_log").write_text(call("08:00:00", "c1", 10, 100))
    assert [item["name"] for item in read(tmp_path).inputs] == ["queue_log"]


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
    assert ["不完整", "秒数", "时间戳"] == [
        next(word for word in ("不完整", "秒数", "时间戳") if word in r.reason) for r in batch.rejects
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


def test_it_finds_the_window_in_a_log_of_years_and_still_knows_line_numbers(tmp_path: Path) -> None:
    days = [DAY - timedelta(days=n) for n in range(300, -1, -1)]
    text = "".join(call(f"{hour:02}:00:00", f"{day}-{hour}", 5, 60, day=day) for day in days for hour in range(24))
    (tmp_path / "queue_log").write_text(text + "junk\n")
    logs = open_logs(tmp_path, "queue_log")
    found = list(read_lines(logs, at("00:00:00", DAY), at("00:00:00", NEXT), at("00:00:00", TODAY)))
    assert logs[0].skipped_to > logs[0].size / 2
    assert found[-1].number == len(days) * 24 * 3 + 1
    close_logs(logs)
    batch = read(tmp_path)
    assert total(batch.calls, "offered") == [24]
    assert [r.row_no for r in batch.rejects] == [len(days) * 24 * 3 + 1]


def test_it_leaves_a_line_that_is_still_being_written(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(call("08:00:00", "c1", 5, 61)[:-4])  # …|5|6
    batch = read(tmp_path)
    assert total(batch.calls, "answered") == [1]
    assert batch.calls is not None and "talk_seconds" not in batch.calls
    assert any("没有写完" in warning for warning in batch.warnings)


def test_it_notices_a_file_cut_short_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(
        "".join(call(f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}", f"c{n}", 1, 1) for n in range(40_000))
    )
    logs = open_logs(tmp_path, "queue_log*")
    found = read_lines(logs, at("00:00:00"), at("00:00:00", NEXT), at("00:00:00", TODAY))
    next(found)
    os.truncate(path, 0)
    with pytest.raises(LogsMoved):
        list(found)
    close_logs(logs)


def turn(folder: Path, how: str) -> None:
    """One rotation as logrotate does it; the oldest file's lines are then written to the live log once more."""
    for number in (3, 2, 1):
        os.replace(folder / f"queue_log.{number}", folder / f"queue_log.{number + 1}")
    live, oldest = folder / "queue_log", folder / "queue_log.4"
    if how == "rename":
        os.replace(live, folder / "queue_log.1")
    else:
        shutil.copyfile(live, folder / "queue_log.1")
        os.truncate(live, 0)
    with live.open("ab") as log_file:
        log_file.write(oldest.read_bytes())
    oldest.unlink()


@pytest.mark.parametrize("how", ["rename", "copy and truncate"])
def test_it_gives_the_same_figures_while_the_files_are_rotated(tmp_path: Path, how: str) -> None:
    lines = "".join(call(f"{n // 12:02}:{n % 12 * 5:02}:00", f"c{n}", 5, 30) for n in range(288)).splitlines(
        keepends=True
    )
    for place, name in enumerate(("queue_log.3", "queue_log.2", "queue_log.1", "queue_log")):
        (tmp_path / name).write_text("".join(lines[place * 216 : (place + 1) * 216]))
    stop, turns = threading.Event(), [0]

    def rotate() -> None:
        while not stop.wait(0.1):
            turn(tmp_path, how)
            turns[0] += 1

    thread = threading.Thread(target=rotate)
    thread.start()
    taken = 0
    try:
        for _ in range(8):
            try:
                batch = read_window(spec(), tmp_path, DAY, DAY, TODAY, sleep=lambda s: time.sleep(s / 50))
            except SourceError as error:
                assert "变动" in str(error)  # said so, and nothing was taken
                continue
            taken += 1
            assert total(batch.calls, "offered", "answered", "talk_seconds") == [288, 288, 288 * 30]
    finally:
        stop.set()
        thread.join()
    assert turns[0] and taken
    assert total(read(tmp_path).calls, "offered") == [288]


def test_it_says_that_a_packed_file_is_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(call("08:00:00", "c1", 5, 60).encode() * 50)
    (tmp_path / "queue_log.1.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError, match=r"queue_log\.1\.gz.*重新压缩"):
        read(tmp_path)


def test_it_says_that_there_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有找到 queue_log"):
        read(tmp_path)


def test_it_gives_an_empty_batch_for_an_empty_log(tmp_path: Path) -> None:
    (tmp_path / "queue_log").touch()
    batch = read(tmp_path)
    assert (batch.rows_read, batch.calls, batch.seats, batch.warnings) == (0, None, None, [])


def test_it_reads_past_a_file_of_nothing_but_zeros(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(call("08:00:00", "c1", 5, 60))
    with (tmp_path / "queue_log.1").open("wb") as sparse:
        sparse.truncate(300 * 2**20)
    batch = read(tmp_path)
    assert total(batch.calls, "offered") == [1]
    assert any("queue_log.1 不是 queue_log 的格式" in warning for warning in batch.warnings)


def test_it_agrees_with_the_truth_of_a_made_up_week_however_it_is_cut(tmp_path: Path) -> None:
    chance = random.Random(7)
    days = [DAY + timedelta(days=n) for n in range(4)]
    lines: list[str] = []
    truth = dict.fromkeys(("offered", "answered", "abandoned", "wait_seconds", "talk_seconds", "answered_within_15"), 0)
    for number in range(1500):
        asked = at("00:00:00", chance.choice(days)) + chance.randrange(86400)
        wait, talk = chance.randrange(60), chance.randrange(1, 900)
        lines.append(f"{asked}|k{number}|6|NONE|ENTERQUEUE||1|1\n")
        truth["offered"] += 1
        if chance.random() < 0.8:
            truth["answered"] += 1
            truth["wait_seconds"] += wait
            truth["talk_seconds"] += talk
            truth["answered_within_15"] += wait <= 15
            lines.append(f"{asked + wait}|k{number}|6|SIP/{number % 9}|CONNECT|{wait}|x|1\n")
            lines.append(f"{asked + wait + talk}|k{number}|6|SIP/{number % 9}|COMPLETEAGENT|{wait}|{talk}|1\n")
        else:
            truth["abandoned"] += 1
            lines.append(f"{asked + wait}|k{number}|6|NONE|{chance.choice(['ABANDON', 'EXITEMPTY'])}|1|1|{wait}\n")
    lines.sort(key=lambda line: int(line[:10]))
    cuts = [0, *sorted(chance.randrange(len(lines)) for _ in range(5)), len(lines)]
    for place, (start, stop) in enumerate(zip(cuts, cuts[1:], strict=False)):
        (tmp_path / f"queue_log.{9 - place}").write_text("".join(lines[max(0, start - 20) : stop]))
    week = read(tmp_path, DAY, days[-1])
    assert dict(zip(truth, total(week.calls, *truth), strict=True)) == truth
    by_day = [read(tmp_path, day, day) for day in days]
    assert _added(by_day, truth) == truth
    assert sum(batch.rows_read for batch in by_day) in (week.rows_read, week.rows_read - 1, week.rows_read - 2)


def _added(batches: Sequence[Batch], codes: dict[str, int]) -> dict[str, int]:
    sums = [total(batch.calls, *codes) for batch in batches]
    return {code: sum(one[place] or 0 for one in sums) for place, code in enumerate(codes)}
