"""The asterisk source reads logs that are rotated, packed, cut short or damaged: nothing is lost or doubled."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import threading
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.sources.asterisk import read_window
from ingest.sources.queue_files import LogsMoved, close_logs, open_logs, read_lines
from tests.queue_logs import DAY, NEXT, TODAY, at, call, lost, read, spec, total


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
    assert sum(batch.rows_read for batch in by_day) == week.rows_read


def _added(batches: Sequence[Batch], codes: dict[str, int]) -> dict[str, int]:
    sums = [total(batch.calls, *codes) for batch in batches]
    return {code: sum(one[place] or 0 for one in sums) for place, code in enumerate(codes)}
