"""The demo source: reproducible, believable, careful with its files."""

from __future__ import annotations

import csv
import io
import re
import statistics
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from python_calamine import CalamineWorkbook

from ingest.sources.demo import DEMO_SOURCES_YAML, DEMO_TARGETS, write_steps, write_until
from ingest.sources.demo_calls import calls_of
from ingest.sources.demo_profile import bad_week, expected_requests, hour_counts, outage_day, plan
from kpi import catalogue

START, TODAY = date(2026, 3, 1), date(2026, 5, 30)
NOW = datetime(2026, 5, 30, 14, 35)
Row = dict[str, object]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "inbox"
    write_until(folder, TODAY, NOW, START)
    return folder


def read(path: Path) -> list[Row]:
    """A file's rows by plain means: neither the product's reader nor the demo's writer."""
    if path.suffix == ".xlsx":
        header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("话务明细").to_python()
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030")
    return [dict(row) for row in csv.DictReader(io.StringIO(text), delimiter=";" if "IVR日报" in path.name else ",")]


def seconds(cell: object) -> int:
    if isinstance(cell, float):
        return round(cell)
    hours, minutes, rest = str(cell).split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def good_calls(inbox: Path) -> list[tuple[datetime, bool, int, int, str, str]]:
    """(asked, answered, wait, handled seconds, seat, rating) of every call that is not spoilt."""
    found = []
    for path in sorted((inbox / "calls").iterdir()):
        for row in read(path):
            asked, wait = row.get("来电时间", row.get("呼入时间")), row.get("等待时长(秒)", row.get("等待时长"))
            if isinstance(asked, str):
                if "-30 " in asked:
                    continue
                asked = datetime.strptime(asked, "%Y/%m/%d %H:%M:%S")
            if row["是否接通"] == "未知" or wait == "-5" or row["通话时长"] in ("25:71:00", "#VALUE!"):
                continue
            assert isinstance(asked, datetime)
            answered = row["是否接通"] == "是"
            handled = seconds(row["通话时长"]) + seconds(row["话后时长"]) if answered else 0
            seat, rating = row.get("工号", row.get("坐席工号")), row.get("评价", row.get("满意度评价"))
            found.append((asked, answered, seconds(wait), handled, str(seat), str(rating)))
    return found


@pytest.fixture(scope="module")
def calls(inbox: Path) -> list[tuple[datetime, bool, int, int, str, str]]:
    return good_calls(inbox)


@pytest.fixture(scope="module")
def orders(inbox: Path) -> list[Row]:
    return [row for path in sorted((inbox / "orders").iterdir()) for row in read(path)]


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
    start, today, now = date(2026, 5, 1), date(2026, 5, 30), datetime(2026, 5, 30, 9)
    steps = write_steps(tmp_path, today, now, start)
    first = next(steps)
    steps.close()
    assert "话务明细_20260530.xlsx" in {path.name for path in first}
    rest = write_until(tmp_path, today, now)
    assert not set(first) & set(rest)
    assert len(list((tmp_path / "calls").iterdir())) == 30
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


def test_it_is_a_believable_centre(calls: list[tuple[datetime, bool, int, int, str, str]], orders: list[Row]) -> None:
    normal = [c for c in calls if not plan(c[0].date()).short_staffed]
    answered = [c for c in normal if c[1]]
    assert 0.955 < len(answered) / len(normal) < 0.972
    assert 0.80 < sum(c[2] <= 15 for c in answered) / len(normal) < 0.88
    assert 7 < statistics.mean(c[2] for c in answered) < 12
    assert 240 < statistics.mean(c[3] for c in answered) < 300
    rated = [c[5] for c in answered if c[5] != "未评价"]
    assert 0.91 < sum(r in ("非常满意", "满意") for r in rated) / len(rated) < 0.95
    by_day: dict[date, int] = defaultdict(int)
    for call in calls:
        by_day[call[0].date()] += 1
    working = [n for day, n in by_day.items() if plan(day).calendar.is_working and day < TODAY]
    assert 2150 < statistics.mean(working) < 2450
    asked_back = [row for row in orders if row["应回访"] == "是"]
    assert 0.985 < sum(row["已回访"] == "是" for row in asked_back) / len(asked_back) < 1
    valid = [row["回访结果"] for row in orders if row["回访结果"] in ("满意", "基本满意", "不满意")]
    assert 0.905 < sum(word != "不满意" for word in valid) / len(valid) < 0.935


def test_it_gives_each_seat_about_sixty_items_a_day(
    calls: list[tuple[datetime, bool, int, int, str, str]], orders: list[Row], inbox: Path
) -> None:
    items: dict[tuple[str, str], int] = defaultdict(int)
    for call in calls:
        if call[1] and call[0].month == 4:
            items[str(call[0].date()), call[4]] += 1
    for row in orders:
        if str(row["受理时间"]).startswith("2026-04"):
            items[str(row["受理时间"])[:10], str(row["受理工号"])] += 1
    assert 58 < sum(items.values()) / len(items) < 66
    assert {seat for _, seat in items} == {str(n) for n in range(1001, 1041)}
    signed_in = {
        (str(row["日期"]), str(row["工号"])) for p in (inbox / "seats").glob("*_202604*.csv") for row in read(p)
    }
    assert set(items) <= signed_in


def test_it_shows_the_outage_and_the_bad_week(calls: list[tuple[datetime, bool, int, int, str, str]]) -> None:
    down = [c for c in calls if c[0].date() == outage_day(2026, 1) and c[0].hour in (10, 11, 12)]
    assert outage_day(2026, 1) == date(2026, 5, 21)
    assert 100 < len(down) < 400
    assert not any(c[1] for c in down)
    monday = bad_week(2026, 1)
    week = [c for c in calls if 0 <= (c[0].date() - monday).days < 7]
    assert 0.865 < sum(c[1] for c in week) / len(week) < 0.895
    assert statistics.mean(c[2] for c in week if c[1]) > 25


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


def test_it_spoils_about_one_row_in_two_thousand(inbox: Path, calls: list[object]) -> None:
    rows = sum(len(read(path)) for path in (inbox / "calls").iterdir())
    assert 0.0002 < (rows - len(calls)) / rows < 0.001


def test_it_holds_no_phone_numbers(inbox: Path) -> None:
    for path in inbox.rglob("*.*"):
        if path.is_file() and path.name != ".demo.json":
            text = "\n".join(str(cell) for row in read(path) for cell in row.values())
            assert not re.search(r"\d{9}", text), path.name


def test_it_exports_orders_again_while_they_close(tmp_path: Path) -> None:
    start = date(2026, 4, 20)
    write_until(tmp_path, date(2026, 4, 30), datetime(2026, 4, 30, 12, 40), start)
    april = tmp_path / "orders" / "工单明细_2026-04.csv"
    before = {row["工单编号"]: row for row in read(april)}
    assert max(str(row["受理时间"]) for row in before.values()) <= "2026-04-30 12:00:00"
    assert april in write_until(tmp_path, date(2026, 5, 12), datetime(2026, 5, 12, 9), start)
    after = {row["工单编号"]: row for row in read(april)}
    assert set(before) < set(after)
    opened = [number for number, row in before.items() if not row["办结时间"]]
    assert len(opened) > 100
    assert sum(bool(after[number]["办结时间"]) for number in opened) > len(opened) * 0.85
    assert all(after[number]["受理时间"] == row["受理时间"] for number, row in before.items())


def test_it_takes_its_targets_from_the_district_sheet() -> None:
    known = catalogue.build()
    targets = {code: (operator, half, year) for code, operator, half, year in DEMO_TARGETS}
    assert targets["answer_rate"] == (">=", 0.96, 0.96)
    assert targets["service_complaints"] == ("<=", 6, 12)
    assert targets["contract_payment_progress"] == ("=", 0.5, 1.0)
    assert all(known.kpi(code) for code in targets)


def test_it_maps_every_file_it_writes(inbox: Path) -> None:
    config = yaml.safe_load(DEMO_SOURCES_YAML)
    taken = {path for source in config["sources"] for path in inbox.parent.glob(source["path"])}
    written = {path for path in inbox.rglob("*") if path.is_file() and path.name != ".demo.json"}
    assert taken == written
