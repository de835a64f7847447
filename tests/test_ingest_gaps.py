"""Missing days are found, and asked for again, bounded and not over and over; windows are cut and re-pulled."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.closed_days import add_closed_days
from db.engine import transact
from ingest.pull import RunResult
from ingest.units import Place, default_window, window_units
from tests.factories import TZ
from tests.pulling import CALLS_YAML, SQL_YAML, Exchange, Hotline, calls_of

FIRST = date(2026, 2, 20)
TODAY = date(2026, 3, 6)


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(tmp_path / "exchange.db")


@pytest.fixture
def hotline(engine: Engine, exchange: Exchange, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path, SQL_YAML % exchange.path)


@pytest.fixture
def small(sqlite_engine: Engine, exchange: Exchange, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path, SQL_YAML % exchange.path)


def days(*numbers: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in numbers]


def with_gaps(hotline: Hotline, exchange: Exchange, *missing: int) -> None:
    """All from 20 February to yesterday was pulled yesterday, but for some days, which the exchange has by now."""
    for number in range(14):
        if number not in missing:
            exchange.add(FIRST + timedelta(days=number))
    hotline.clock.advance(hours=-3)
    hotline.pull(window=(FIRST, TODAY - timedelta(days=1)))
    hotline.clock.advance(hours=3)
    for number in missing:
        exchange.add(FIRST + timedelta(days=number), 9)


def windows(results: list[RunResult]) -> list[tuple[str, str]]:
    return [(result.name, result.state) for result in results]


def test_it_finds_the_days_without_facts(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange, 3, 4, 9)
    assert hotline.gaps() == days(3, 4, 9)


def test_it_fills_gaps_in_unbroken_ranges(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange, 3, 4, 9)
    assert windows(hotline.fill()) == [("2026-02-23 至 2026-02-24", "ok"), ("2026-03-01", "ok")]
    assert hotline.gaps() == []
    assert {day: number for day, number in hotline.offered().items() if number == 9} == {
        "2026-02-23": 9,
        "2026-02-24": 9,
        "2026-03-01": 9,
    }
    assert hotline.rows("SELECT count(*) FROM runs WHERE trigger = 'gap'") == [(2,)]


def test_it_asks_for_a_day_the_source_has_not_got_once_a_day(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange, 3)
    exchange.run("DELETE FROM calls WHERE asked LIKE '2026-02-23%'")
    hotline.clock.advance(days=1)
    exchange.add(TODAY)
    assert windows(hotline.fill())[0] == ("2026-02-23", "empty")
    hotline.clock.advance(hours=5)
    assert hotline.fill() == []
    hotline.clock.advance(days=1)
    assert windows(hotline.fill())[0] == ("2026-02-23", "empty")


def test_it_does_not_ask_again_for_days_of_todays_ordinary_pull(small: Hotline, exchange: Exchange) -> None:
    with_gaps(small, exchange, 3)
    exchange.run("DELETE FROM calls WHERE asked LIKE '2026-02-23%'")
    small.clock.advance(days=1)
    small.pull(window=(FIRST, TODAY))
    assert small.gaps() == [*days(3), TODAY]
    assert small.fill() == []


def test_it_goes_on_asking_where_the_clock_was_set_back(small: Hotline, exchange: Exchange) -> None:
    with_gaps(small, exchange, 3)
    exchange.run("DELETE FROM calls WHERE asked LIKE '2026-02-23%'")
    small.clock.advance(days=400)  # a wrong clock, in whose time everything was asked for
    small.pull(window=(FIRST, TODAY))
    small.clock.advance(days=-400, hours=-1)
    assert windows(small.fill()) == [("2026-02-23", "empty")]
    assert small.fill() == []


def test_it_fills_the_newest_days_first_when_there_are_many(small: Hotline, exchange: Exchange) -> None:
    with_gaps(small, exchange, 1, 2, 5, 8, 11)
    assert windows(small.fill(most_days=2)) == [("2026-02-28", "ok"), ("2026-03-03", "ok")]
    assert windows(small.fill(most_days=2)) == [("2026-02-22", "ok"), ("2026-02-25", "ok")]
    assert windows(small.fill(most_days=2)) == [("2026-02-21", "ok")]
    assert small.gaps() == []


def test_it_stops_filling_when_told_or_when_the_source_fails(small: Hotline, exchange: Exchange) -> None:
    with_gaps(small, exchange, 1, 5, 8)
    assert small.fill(stop=lambda: True) == []
    exchange.run("ALTER TABLE calls RENAME TO gone")
    assert [result.state for result in small.fill()] == ["failed"]
    exchange.run("ALTER TABLE gone RENAME TO calls")
    assert [result.state for result in small.fill()] == ["ok"] * 3


def test_it_takes_closed_days_for_no_gap(small: Hotline, exchange: Exchange) -> None:
    with_gaps(small, exchange, 3, 4)
    transact(small.engine, lambda conn: add_closed_days(conn, "calls", days(3), "系统切换"))
    assert small.gaps() == days(4)


def test_it_takes_weekdays_outside_opening_hours_for_no_gap(small: Hotline, exchange: Exchange) -> None:
    with_gaps(small, exchange, *range(1, 14))
    small.configure((SQL_YAML % exchange.path) + '    opening_hours: {mon-fri: "08:00-18:00"}\n')
    assert small.gaps() == [day for day in days(*range(1, 14)) if day.isoweekday() < 6]


def test_it_looks_back_so_many_days_only(small: Hotline, exchange: Exchange) -> None:
    exchange.add(date(2025, 6, 1))
    exchange.add(date(2026, 3, 5))
    small.pull(window=(date(2025, 6, 1), date(2025, 6, 1)))
    small.pull()
    assert len(small.gaps()) == 89 and small.gaps()[0] == TODAY - timedelta(days=90)


def test_it_has_no_gaps_before_the_first_facts_or_when_switched_off(small: Hotline, exchange: Exchange) -> None:
    assert small.gaps() == []
    with_gaps(small, exchange, 3)
    small.configure((SQL_YAML % exchange.path) + "    enabled: false\n")
    assert small.gaps() == []


DAYS_YAML = """
centres: [{code: city, name: 市中心}]
sources:
  - {code: calls, title: 台账, kind: files, shape: %s, centre: city, path: inbox/calls/*, settle_seconds: 0,
     columns: {%s: {column: 日期, format: ["%%Y-%%m-%%d"]}}, measures: {%s: 数量}}
"""


@pytest.mark.parametrize(
    ("shape", "field", "measure", "found"),
    [
        ("days", "day", "inspected", 2),
        ("days", "day", "spent", 0),
        ("days", "day", "seats", 0),
        ("months", "month", "offered", 0),
    ],
)
def test_it_expects_every_day_of_flows_only(small: Hotline, shape: str, field: str, measure: str, found: int) -> None:
    small.configure(DAYS_YAML % (shape, field, measure))
    small.file("a.csv", [("2026-03-01", "5"), ("2026-03-03", "6"), ("2026-03-05", "7")], headers=("日期", "数量"))
    assert [result.state for result in small.pull()] == ["ok"]
    assert len(small.gaps()) == found


def test_it_only_reports_gaps_of_files(small: Hotline) -> None:
    small.configure(CALLS_YAML)
    small.file("a.csv", [*calls_of(date(2026, 3, 1), 5), *calls_of(date(2026, 3, 4), 5)])
    small.pull()
    assert small.gaps() == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5)]
    assert small.fill() == []


def test_it_pulls_the_last_days_again_for_corrections(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange)
    hotline.clock.advance(days=1)
    exchange.run("DELETE FROM calls WHERE asked = '2026-03-02 08:00:00'")
    (result,) = hotline.pull(window=None)
    assert (result.name, result.state) == ("2026-02-28 至 2026-03-07", "ok")
    assert result.restated > 0
    assert hotline.offered()["2026-03-02"] == hotline.totals()["2026-03-02"] == 4


def test_it_gives_the_same_facts_pulled_twice_and_in_pieces(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange)
    before = hotline.rows("SELECT day, hour, offered, answered, wait_seconds FROM call_stats ORDER BY day, hour")
    for number in range(14):
        day = FIRST + timedelta(days=number)
        hotline.pull(window=(day, day))
    hotline.pull(window=(FIRST, TODAY))
    assert before == hotline.rows(
        "SELECT day, hour, offered, answered, wait_seconds FROM call_stats ORDER BY day, hour"
    )
    assert hotline.rows("SELECT count(*) FROM restatements") == [(0,)]


def test_it_keeps_a_day_the_source_no_longer_returns_and_says_so(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange)
    exchange.run("DELETE FROM calls WHERE asked LIKE '2026-03-02%' OR asked LIKE '2026-03-03%'")
    (result,) = hotline.pull(window=None)
    assert "来源没有返回 2026-03-02 至 2026-03-03 的数据, 已有的数据保留不变" in result.warnings[0]
    assert hotline.offered()["2026-03-02"] == 5


def test_it_keeps_everything_when_the_source_has_become_empty(hotline: Hotline, exchange: Exchange) -> None:
    with_gaps(hotline, exchange)
    before = hotline.totals()
    exchange.run("DELETE FROM calls")
    (result,) = hotline.pull(window=None)
    assert result.state == "empty" and "已有的数据保留不变" in result.warnings[0]
    assert hotline.totals() == before


def test_it_pulls_today_alone_every_few_minutes(small: Hotline) -> None:
    spec = small.config.source("calls")
    assert default_window(spec, "intraday", TODAY) == (TODAY, TODAY)
    assert default_window(spec, "daily", TODAY) == (date(2026, 2, 27), TODAY)


def test_it_cuts_a_long_window_into_bounded_pieces(small: Hotline) -> None:
    place = Place(small.folder, small.clock.now(), TZ)
    spec = small.config.source("calls")
    pieces = [unit.window for unit in window_units(spec, (date(2025, 12, 15), date(2026, 4, 1)), place)]
    assert pieces == [
        (date(2025, 12, 15), date(2026, 1, 14)),
        (date(2026, 1, 15), date(2026, 2, 14)),
        (date(2026, 2, 15), TODAY),
    ]


def test_it_pulls_months_whole(small: Hotline, exchange: Exchange) -> None:
    exchange.run("CREATE TABLE history (month TEXT, calls TEXT)")
    yaml = (SQL_YAML % exchange.path).partition("    columns:")[0].replace("shape: calls", "shape: months")
    yaml = yaml.replace("table: calls", "table: history")
    small.configure(yaml + '    columns: {month: {column: month, format: ["%Y-%m"]}}\n    measures: {offered: calls}\n')
    place = Place(small.folder, small.clock.now(), TZ)
    spec = small.config.source("calls")
    pieces = [unit.window for unit in window_units(spec, (date(2024, 12, 15), date(2026, 2, 10)), place)]
    assert pieces == [(date(2024, 12, 1), date(2025, 11, 30)), (date(2025, 12, 1), date(2026, 2, 10))]


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ((date(2026, 3, 5), date(2026, 3, 4)), "起始日期 2026-03-05 晚于结束日期 2026-03-04"),
        ((date(2026, 3, 7), date(2026, 3, 8)), "起始日期 2026-03-07 还没有到"),
    ],
)
def test_it_refuses_a_window_that_cannot_be(small: Hotline, window: tuple[date, date], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        small.pull(window=window)
    assert small.rows("SELECT count(*) FROM runs") == [(0,)]
