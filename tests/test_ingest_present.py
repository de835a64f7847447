"""What lies later than now is no fact yet: rows of later today are rejected, whatever kind of source gives them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.units import Place
from tests.factories import TZ
from tests.json_server import Server, says, serve
from tests.mending_book import mended
from tests.pulling import CALLS_YAML, SQL_YAML, Exchange, Hotline, call
from tests.queue_logs import call as queue_call

NOW, TODAY = "2026-03-06 14:35", date(2026, 3, 6)
TIMES = ("13:00:00", "14:44:00", "14:50:00", "23:00:00")
"""Before now; within the ten minutes a clock may differ; beyond them; tonight."""


@pytest.fixture
def hotline(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path, now=NOW)


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve()


def said(hotline: Hotline, column: str = "来电时间") -> list[str]:
    """The rejected times, each for being in the future."""
    found = hotline.rows('SELECT "column", value, reason FROM rejects ORDER BY id')
    for name, value, reason in found:
        assert name == column and reason.startswith(f"‘{column}’ 在现在(2026-03-06 14:35)之后: ‘{value}’"), reason
    return [value for _, value, _ in found]


def test_it_rejects_calls_of_later_today_in_a_file(hotline: Hotline) -> None:
    hotline.file("a.csv", [call(f"2026-03-06 {moment}") for moment in TIMES])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (4, 2, 2)
    assert said(hotline) == ["2026-03-06 14:50:00", "2026-03-06 23:00:00"]
    assert hotline.totals() == {"2026-03-06": 2}


def test_it_takes_them_when_their_time_has_come(hotline: Hotline) -> None:
    """With the file that gives them then; the rejects of before are done with."""
    hotline.file("a.csv", [call(f"2026-03-06 {moment}") for moment in TIMES])
    hotline.pull()
    hotline.clock.advance(hours=1)
    hotline.file("a.csv", [call(f"2026-03-06 {moment}") for moment in TIMES[:3]])
    hotline.pull()
    assert hotline.totals() == {"2026-03-06": 3}
    assert hotline.rows("SELECT count(*) FROM rejects WHERE state = 'open'") == [(0,)]


def test_it_judges_date_and_time_in_two_columns(hotline: Hotline) -> None:
    two = 'asked_at: {date: {column: 日期, format: ["%Y-%m-%d"]}, time: {column: 时间}}'
    hotline.configure(CALLS_YAML.replace('asked_at: {column: 来电时间, format: ["%Y-%m-%d %H:%M:%S"]}', two))
    headers = ("日期", "时间", "是否接通", "等待时长", "通话时长", "工号", "技能组")
    hotline.file("a.csv", [("2026-03-06", moment, "是", "1", "2", "1001", "综合") for moment in TIMES], headers)
    (result,) = hotline.pull()
    assert (result.rows_used, result.rows_rejected) == (2, 2)


ORDERS = """
centres: [{code: city, name: 市中心}]
sources:
  - {code: calls, title: 工单, kind: files, shape: orders, centre: city, path: inbox/calls/*, settle_seconds: 0,
     columns: {accepted_at: 受理时间, due_at: 办理期限}}
"""


def test_it_rejects_orders_accepted_in_the_future_but_not_those_due_then(hotline: Hotline) -> None:
    hotline.configure(ORDERS)
    rows = [(f"2026-03-06 {moment}", due) for moment, due in zip(TIMES, ("2026-03-06 18:00:00",) * 4, strict=True)]
    hotline.file("a.csv", [*rows, ("2026-03-06 09:00:00", "2026-04-30")], ("受理时间", "办理期限"))
    (result,) = hotline.pull()
    assert (result.rows_used, result.rows_rejected) == (3, 2)
    assert said(hotline, "受理时间") == ["2026-03-06 14:50:00", "2026-03-06 23:00:00"]
    assert hotline.totals("due") == {"2026-03-06": 2, "2026-04-30": 1}


HOURS = """
centres: [{code: city, name: 市中心}]
sources:
  - {code: calls, title: 时报, kind: files, shape: days, centre: city, path: inbox/calls/*, settle_seconds: 0,
     columns: {day: 日期, hour: 时段}, measures: {offered: 呼入}}
"""


def test_it_rejects_hours_that_have_not_begun(hotline: Hotline) -> None:
    hotline.configure(HOURS)
    hours = [("2026-03-06", f"{hour:02}:00-{hour + 1:02}:00", "5") for hour in (8, 14, 15, 23)]
    hotline.file("a.csv", [*hours, ("2026-03-05", "23", "5")], ("日期", "时段", "呼入"))
    (result,) = hotline.pull()
    assert (result.rows_used, result.rows_rejected) == (3, 2)
    assert said(hotline, "时段") == ["15:00-16:00", "23:00-24:00"]
    assert hotline.offered() == {"2026-03-05": 5, "2026-03-06": 10}


def test_it_takes_a_day_that_is_not_over_where_no_hour_is_given(hotline: Hotline) -> None:
    hotline.configure(HOURS.replace(", hour: 时段", ""))
    hotline.file("a.csv", [("2026-03-06", "5"), ("2026-03-07", "5")], ("日期", "呼入"))
    (result,) = hotline.pull()
    assert (result.rows_used, result.rows_rejected) == (1, 1)


def test_it_rejects_calls_of_later_today_in_a_database(hotline: Hotline) -> None:
    exchange = Exchange(hotline.folder / "exchange.db")
    hotline.configure(SQL_YAML % exchange.path)
    exchange.run("INSERT INTO calls VALUES (?, ?, ?)", [(f"2026-03-06 {moment}", "是", "5") for moment in TIMES])
    (result,) = hotline.pull(window=(TODAY, TODAY))
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (4, 2, 2)
    assert said(hotline, "asked") == ["2026-03-06 14:50:00", "2026-03-06 23:00:00"]


HTTP = """
centres: [{code: city, name: 市中心}]
sources:
  - {code: calls, title: 接口, kind: http, shape: calls, centre: city, allow_plain: true, rows: "", page_size: 500,
     url: "%s/calls?p={page}", columns: {asked_at: 来电时间, answered: 是否接通}}
"""


@pytest.mark.parametrize("offset", ["", "+08:00"])
def test_it_rejects_calls_of_later_today_from_an_interface(hotline: Hotline, server: Server, offset: str) -> None:
    hotline.configure(HTTP % server.url)
    records = [{"来电时间": f"2026-03-06 {moment}{offset}", "是否接通": "是"} for moment in TIMES]
    server.answer = lambda path, query, number: says(records)
    (result,) = hotline.pull(window=(TODAY, TODAY))
    assert (result.rows_used, result.rows_rejected) == (2, 2)
    assert said(hotline) == [f"2026-03-06 14:50:00{offset}", f"2026-03-06 23:00:00{offset}"]


def test_it_rejects_calls_of_later_today_in_a_log(hotline: Hotline) -> None:
    yaml = "centres: [{code: city, name: 市中心}]\nsources:\n  - {code: calls, kind: asterisk, path: queue_log}\n"
    hotline.configure(yaml)
    lines = "".join(queue_call(moment, f"c{n}", 5, 60, day=TODAY) for n, moment in enumerate(TIMES))
    (hotline.folder / "queue_log").write_text(lines, encoding="utf-8")
    (result,) = hotline.pull(window=(TODAY, TODAY))
    assert result.rows_rejected == 2 and hotline.offered() == {"2026-03-06": 2}


def test_it_goes_by_the_time_at_which_a_file_is_read(hotline: Hotline) -> None:
    """Of a long pull the later files are read later; here the first one takes an hour."""
    place = Place(hotline.folder, hotline.clock.now(), TZ, time.monotonic() - 3600)
    assert place.today == TODAY and place.present == TODAY and str(place.present) == "2026-03-06"
    assert place.present.moment.strftime("%H:%M") == "15:35"


def test_it_reads_times_with_an_offset_everywhere(hotline: Hotline, server: Server) -> None:
    """In files and from interfaces, fed again mended, and when the source gives the mended row anew."""
    hotline.configure(CALLS_YAML.replace(', format: ["%Y-%m-%d %H:%M:%S"]', ""))
    rows = [call("2026-03-05T20:30:00Z"), call("2026-03-06 03:30:00+0800"), call("2026-03-06 25:00:00")]
    hotline.file("a.csv", rows)
    (result,) = hotline.pull()
    assert (result.rows_used, result.rows_rejected) == (2, 1)
    fixed = hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-05T21:30:00+00:00"}))
    assert (fixed.rows_used, fixed.rows_rejected) == (1, 0)
    assert hotline.offered() == hotline.totals() == {"2026-03-06": 3}
    hotline.file("a.csv", [*rows, call("2026-03-06 04:00:00")])
    assert [result.rows_rejected for result in hotline.pull()] == [0]
    assert hotline.rows("SELECT hour, sum(offered) FROM call_stats GROUP BY hour ORDER BY hour") == [
        (3, 1),
        (4, 2),
        (5, 1),
    ]
