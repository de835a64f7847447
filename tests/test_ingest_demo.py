"""The demo source: reproducible, believable, careful with its files."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.sources.demo import write_steps, write_until
from ingest.sources.demo_calls import calls_of
from ingest.sources.demo_profile import bad_week, expected_requests, hour_counts, outage_day, plan
from ingest.sources.files import discover, read_file
from tests.demo_reader import Call, Row, frame, good_calls, read, sources

START, TODAY = date(2026, 3, 1), date(2026, 5, 30)
NOW = datetime(2026, 5, 30, 14, 35)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "inbox"
    write_until(folder, TODAY, NOW, START)
    return folder


@dataclass
class Told:
    """What the files of the inbox hold, each read once."""

    calls: list[Call] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    call_rows: int = 0
    files: int = 0
    with_numbers: list[str] = field(default_factory=list)
    """Files with nine digits in a row in a cell."""


@pytest.fixture(scope="module")
def told(inbox: Path) -> Told:
    found = Told()
    for path in sorted(inbox.rglob("*.*")):
        if not path.is_file() or path.name == ".demo.json":
            continue
        rows = read(path)
        found.files += 1
        if re.search(r"\d{9}", "\n".join(str(cell) for row in rows for cell in row.values())):
            found.with_numbers.append(path.name)
        if path.parent.name == "calls":
            found.calls += good_calls(rows)
            found.call_rows += len(rows)
        if path.parent.name == "orders":
            found.orders += rows
    return found


@pytest.fixture(scope="module")
def calls(told: Told) -> list[Call]:
    return told.calls


@pytest.fixture(scope="module")
def orders(told: Told) -> list[Row]:
    return told.orders


def test_it_writes_the_same_bytes_in_one_go_or_day_by_day(tmp_path: Path) -> None:
    at_once, in_steps = tmp_path / "a", tmp_path / "b"
    first, last = date(2026, 5, 29), date(2026, 5, 31)
    write_until(at_once, last, datetime(2026, 5, 31, 10), first)
    for hour in range(8, 60, 5):
        now = datetime(2026, 5, 29) + timedelta(hours=hour)
        write_until(in_steps, now.date(), now, first)
    files = sorted(p.relative_to(at_once) for p in at_once.rglob("*.*") if p.is_file() and p.name != ".demo.json")
    write_until(in_steps, last, datetime(2026, 5, 31, 10), first)
    assert len(files) > 8
    for name in files:
        assert (at_once / name).read_bytes() == (in_steps / name).read_bytes(), name


def test_it_adds_to_the_running_day_without_changing_what_was_there(tmp_path: Path) -> None:
    day = date(2026, 5, 29)
    file = tmp_path / "calls" / "话务明细_20260529.xlsx"
    write_until(tmp_path, day, datetime(2026, 5, 29, 11), day)
    before = {str(row["流水号"]): row for row in read(file)}
    assert file in write_until(tmp_path, day, datetime(2026, 5, 29, 11, 5), day)
    after = {str(row["流水号"]): row for row in read(file)}
    assert len(after) > len(before) > 500
    assert all(after[number] == row for number, row in before.items())
    assert max(str(row["来电时间"]) for row in after.values()) < "2026-05-29 11:05:00"


def test_it_writes_nothing_when_time_stands_still_or_goes_back(tmp_path: Path) -> None:
    day = date(2026, 5, 29)
    write_until(tmp_path, day, datetime(2026, 5, 29, 11, 20), day)
    assert write_until(tmp_path, day, datetime(2026, 5, 29, 11, 20), day) == []
    assert write_until(tmp_path, day, datetime(2026, 5, 29, 10, 20), day) == []


def test_it_writes_the_newest_days_first_and_goes_on_after_an_interruption(tmp_path: Path) -> None:
    start, today, now = date(2026, 5, 16), date(2026, 5, 30), datetime(2026, 5, 30, 9)
    steps = write_steps(tmp_path, today, now, start)
    first = next(steps)
    steps.close()
    assert "话务明细_20260530.xlsx" in {path.name for path in first}
    rest = write_until(tmp_path, today, now)
    assert not set(first) & set(rest)
    assert len(list((tmp_path / "calls").iterdir())) == 15
    assert not list(tmp_path.rglob("*.tmp"))


def test_it_refuses_to_start_in_the_future(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="晚于今天"):
        write_until(tmp_path, TODAY, NOW, date(2026, 6, 1))


def test_it_hands_over_recent_calls_daily_and_older_ones_by_month_in_the_old_form(inbox: Path) -> None:
    names = sorted(path.name for path in (inbox / "calls").iterdir())
    assert names[0] == "话务明细_202603.csv"
    assert names[1:] == [f"话务明细_{date(2026, 4, 1) + timedelta(days=i):%Y%m%d}.xlsx" for i in range(60)]
    assert "呼入时间" in read(inbox / "calls" / names[0])[0]
    assert isinstance(read(inbox / "calls" / names[-1])[0]["来电时间"], datetime)


def test_it_is_a_believable_centre(calls: list[Call], orders: list[Row]) -> None:
    normal = [c for c in calls if not plan(c.asked.date()).short_staffed]
    answered = [c for c in normal if c.answered]
    assert 0.955 < len(answered) / len(normal) < 0.972
    assert 0.80 < sum(c.wait <= 15 for c in answered) / len(normal) < 0.88
    assert 7 < statistics.mean(c.wait for c in answered) < 12
    assert 240 < statistics.mean(c.handled for c in answered) < 300
    rated = [c.rating for c in answered if c.rating != "未评价"]
    assert 0.91 < sum(r in ("非常满意", "满意") for r in rated) / len(rated) < 0.95
    by_day: dict[date, int] = defaultdict(int)
    for call in calls:
        by_day[call.asked.date()] += 1
    working = [n for day, n in by_day.items() if plan(day).calendar.is_working and day < TODAY]
    assert 2150 < statistics.mean(working) < 2450
    asked_back = [row for row in orders if row["应回访"] == "是"]
    assert 0.985 < sum(row["已回访"] == "是" for row in asked_back) / len(asked_back) < 1
    valid = [row["回访结果"] for row in orders if row["回访结果"] in ("满意", "基本满意", "不满意")]
    assert 0.905 < sum(word != "不满意" for word in valid) / len(valid) < 0.935


def test_it_gives_each_seat_about_sixty_items_a_day(calls: list[Call], orders: list[Row], inbox: Path) -> None:
    items: dict[tuple[str, str], int] = defaultdict(int)
    for call in calls:
        if call.answered and call.asked.month == 4:
            items[str(call.asked.date()), call.seat] += 1
    for row in orders:
        if str(row["受理时间"]).startswith("2026-04"):
            items[str(row["受理时间"])[:10], str(row["受理工号"])] += 1
    assert 58 < sum(items.values()) / len(items) < 66
    assert {seat for _, seat in items} == {str(n) for n in range(1001, 1041)}
    signed_in = {
        (str(row["日期"]), str(row["工号"])) for p in (inbox / "seats").glob("*_202604*.csv") for row in read(p)
    }
    assert set(items) <= signed_in


def test_it_shows_the_outage_and_the_bad_week(calls: list[Call]) -> None:
    down = [c for c in calls if c.asked.date() == outage_day(2026, 1) and c.asked.hour in (10, 11, 12)]
    assert outage_day(2026, 1) == date(2026, 5, 21)
    assert 100 < len(down) < 400
    assert not any(c.answered for c in down)
    monday = bad_week(2026, 1)
    week = [c for c in calls if 0 <= (c.asked.date() - monday).days < 7]
    assert 0.865 < sum(c.answered for c in week) / len(week) < 0.895
    assert statistics.mean(c.wait for c in week if c.answered) > 25


@pytest.mark.parametrize(("year", "half"), [(2024, 1), (2024, 2), (2025, 1), (2025, 2), (2026, 1), (2026, 2)])
def test_it_has_one_outage_and_one_bad_week_each_half_year(year: int, half: int) -> None:
    months = range(1, 7) if half == 1 else range(7, 13)
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    half_year = [plan(day) for day in days if day.month in months]
    assert [p.day for p in half_year if p.outage] == [outage_day(year, half)]
    assert [p.day for p in half_year if p.short_staffed] == [bad_week(year, half) + timedelta(days=i) for i in range(7)]
    assert bad_week(year, half).weekday() == 0


def test_it_keeps_the_half_year_target_in_doubt() -> None:
    offered = answered = 0
    for i in range(181):
        day = calls_of(date(2026, 1, 1) + timedelta(days=i))
        offered, answered = offered + len(day), answered + int(day.answered.sum())
    assert 0.957 < answered / offered < 0.965


def test_it_knows_mondays_holidays_and_make_up_saturdays() -> None:
    monday, friday, saturday = (expected_requests(date(2026, 6, day)) for day in (8, 12, 13))
    assert monday > friday > saturday * 1.5
    makeup, national_day = date(2026, 10, 10), date(2026, 10, 3)
    assert expected_requests(makeup) > expected_requests(national_day) * 1.8
    assert expected_requests(date(2026, 2, 18)) < expected_requests(date(2026, 2, 7)) * 0.7
    hours = hour_counts(date(2026, 6, 8))
    assert min(hours[9], hours[10]) > hours[12] > hours[3]


def test_it_spoils_about_one_row_in_two_thousand(told: Told) -> None:
    assert 0.0002 < (told.call_rows - len(told.calls)) / told.call_rows < 0.001


def test_it_holds_no_phone_numbers(told: Told, inbox: Path) -> None:
    assert told.files == sum(path.is_file() and path.name != ".demo.json" for path in inbox.rglob("*")) > 100
    assert told.with_numbers == []


def test_it_exports_orders_again_while_they_close(tmp_path: Path) -> None:
    start = date(2026, 4, 20)
    write_until(tmp_path, date(2026, 4, 30), datetime(2026, 4, 30, 12, 40), start)
    april = tmp_path / "orders" / "工单明细_2026-04.csv"
    before = {row["工单编号"]: row for row in read(april)}
    assert max(str(row["受理时间"]) for row in before.values()) <= "2026-04-30 12:30:00"
    assert april in write_until(tmp_path, date(2026, 5, 12), datetime(2026, 5, 12, 9), start)
    after = {row["工单编号"]: row for row in read(april)}
    assert set(before) < set(after)
    opened = [number for number, row in before.items() if not row["办结时间"]]
    assert len(opened) > 100
    assert sum(bool(after[number]["办结时间"]) for number in opened) > len(opened) * 0.85
    assert all(after[number]["受理时间"] == row["受理时间"] for number, row in before.items())


def test_it_maps_every_file_it_writes(inbox: Path) -> None:
    now = datetime.now(UTC)
    taken = [path for spec in sources(inbox).values() for path in discover(spec, inbox.parent, now)]
    written = {path for path in inbox.rglob("*") if path.is_file() and path.name != ".demo.json"}
    assert len(taken) == len(set(taken))
    assert set(taken) == written


@pytest.mark.parametrize("name", ["话务明细_202603.csv", "话务明细_20260518.xlsx"])
def test_it_is_read_by_the_files_source_to_the_figures_in_its_files(inbox: Path, name: str) -> None:
    path = inbox / "calls" / name
    batch = read_file(sources(inbox)["demo-calls"], path, TODAY)
    known = good_calls(read(path))
    answered = [call for call in known if call.answered]
    sums = frame(batch.calls).sum(numeric_only=True)
    assert batch.rows_read == len(read(path)) == len(known) + len(batch.rejects)
    assert sums["offered"] == len(known)
    assert sums["answered"] == len(answered)
    assert sums["wait_seconds"] == sum(call.wait for call in answered)
    assert sums["talk_seconds"] + sums["wrap_seconds"] == sum(call.handled for call in answered)
    assert sums["answered_within_15"] == sum(call.wait <= 15 for call in answered)
    assert sums["satisfied_calls"] == sum(call.rating in ("满意", "非常满意") for call in answered)
    assert frame(batch.seats)["seat_calls"].sum() == len(answered)
    assert {reject.column for reject in batch.rejects} <= {
        "来电时间", "呼入时间", "是否接通", "等待时长", "等待时长(秒)", "通话时长",
    }  # fmt: skip


def test_its_orders_are_read_to_the_figures_in_their_file(inbox: Path) -> None:
    path = inbox / "orders" / "工单明细_2026-04.csv"
    batch = read_file(sources(inbox)["demo-orders"], path, TODAY)
    rows = [row for row in read(path) if "-13-40" not in str(row["办理时限"])]
    sums = frame(batch.orders).sum(numeric_only=True)
    assert batch.rows_used == len(rows)
    assert sums["accepted"] == len(rows)
    assert sums["solved_first"] == sum(row["直接答复"] == "是" for row in rows)
    assert sums["due"] == sum(bool(row["办理时限"]) for row in rows)
    assert sums["closed_on_time"] == sum("" < str(row["办结时间"]) <= str(row["办理时限"]) for row in rows)
    assert sums["to_call_back"] == sum(row["应回访"] == "是" for row in rows)
    assert sums["called_back"] == sum(row["已回访"] == "是" for row in rows)
    assert sums["satisfied_orders"] == sum(row["回访结果"] in ("满意", "基本满意") for row in rows)


def test_its_books_are_read_without_a_reject(inbox: Path) -> None:
    for code, folder in (("seats", "seats"), ("ivr", "ivr"), ("quality", "quality"), ("money", "money")):
        for path in sorted((inbox / folder).iterdir())[-2:]:
            batch = read_file(sources(inbox)[f"demo-{code}"], path, TODAY)
            assert (batch.rows_used, batch.rejects) == (len(read(path)), []), path.name
    (history,) = (inbox / "history").iterdir()
    months = frame(read_file(sources(inbox)["demo-history"], history, TODAY).months)
    assert set(months["month"]) == {date(2025, month, 1) for month in range(1, 13)}
    sums = months.pivot(index="month", columns="measure", values="value")
    assert (sums["answered"] / sums["offered"]).between(0.93, 0.98).all()
