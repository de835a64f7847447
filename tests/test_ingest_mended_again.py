"""Mended rows and what is delivered before, meanwhile or after: each row counts once, and stays mended."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest import mended_file, pull_unit
from ingest.pull import RunResult
from ingest.pull_unit import Job, Mended, run_unit
from ingest.units import Unit
from tests.mending_book import BAD4, BAD5, DAY4, DAY5, Row, both, deliver, mended, states
from tests.pulling import CALLS_YAML, SQL_YAML, Exchange, Hotline, call, calls_of


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path)


def test_it_does_not_count_a_mended_row_again_when_the_corrected_file_follows(hotline: Hotline) -> None:
    deliver(hotline)
    hotline.feed(mended(hotline, both))
    hotline.clock.advance(minutes=5)
    corrected = [*calls_of(DAY4, 10), call("2026-03-04 15:00:00"), *calls_of(DAY5, 20), call("2026-03-05 09:00:00")]
    hotline.file("a.csv", corrected)
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_does_not_count_a_mended_row_when_the_corrected_file_came_before(hotline: Hotline) -> None:
    """The corrected file has another name: its days were given anew, so what was mended of the old one is past."""
    deliver(hotline)
    path = mended(hotline, both)
    hotline.clock.advance(minutes=5)
    hotline.file("a_corrected.csv", [*calls_of(DAY4, 10), call("2026-03-04 15:00:00")])
    hotline.pull()
    result = hotline.feed(path)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}
    assert (result.rows_read, result.rows_used) == (1, 1)
    assert "1 行所在的日期已由来源重新提供, 没有补录, 以免重复计数。" in result.warnings
    assert states(hotline) == ["superseded", "mended"]


def test_it_tells_how_many_rows_of_all_files_were_not_added(hotline: Hotline) -> None:
    for name, rows in (("a.csv", [*calls_of(DAY4, 10), BAD4]), ("b.csv", [*calls_of(DAY5, 20), BAD5])):
        hotline.file(name, rows)
        hotline.pull()
        hotline.clock.advance(minutes=5)
    path = mended(hotline, both)
    hotline.file("anew.csv", [*calls_of(DAY4, 11), *calls_of(DAY5, 21)])
    hotline.pull()
    result = hotline.feed(path)
    assert result.warnings == ("2 行所在的日期已由来源重新提供, 没有补录, 以免重复计数。",)
    assert states(hotline) == ["superseded", "superseded"]


def test_it_refuses_mended_rows_of_a_file_delivered_anew_under_its_name(hotline: Hotline) -> None:
    deliver(hotline)
    path = mended(hotline, both)
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 11), *calls_of(DAY5, 21)])
    hotline.pull()
    assert hotline.feed(path).rows_read == 0
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_mends_a_row_again_that_the_source_gives_again(hotline: Hotline) -> None:
    """The file grows by a day but nobody has corrected its bad rows: what was mended stays mended."""
    deliver(hotline)
    hotline.feed(mended(hotline, both))
    hotline.clock.advance(days=1)
    rows = [*calls_of(DAY4, 10), BAD4, *calls_of(DAY5, 20), BAD5, *calls_of(date(2026, 3, 6), 7)]
    hotline.file("a.csv", rows)
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected, result.restated) == (39, 39, 0, 0)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21, "2026-03-06": 7}
    assert hotline.rows("SELECT DISTINCT part FROM call_stats") == [("",)]


def test_it_mends_as_often_as_the_row_was_mended(hotline: Hotline) -> None:
    """Two equal bad rows, one of them mended: given again, one is mended and one a reject."""
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD4, BAD4])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: both(row) if row["行号"] == "12" else None))
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 12), BAD4, BAD4])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used, result.rows_rejected) == (14, 13, 1)
    assert hotline.offered() == {"2026-03-04": 13}


def test_it_follows_a_row_that_was_mended_twice(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD4])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 26:00:00"}))
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 16:00:00"}))
    assert hotline.offered() == {"2026-03-04": 11}
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 11), BAD4])
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 12}
    assert "open" not in states(hotline)


def test_it_keeps_mended_parts_of_other_files_where_files_add_up(hotline: Hotline) -> None:
    hotline.configure(CALLS_YAML.replace("path:", "each_file: adds\n    path:"))
    hotline.file("north.csv", [*calls_of(DAY4, 10), BAD4])
    hotline.file("south.csv", [*calls_of(DAY4, 20), call("2026-03-04 99:00:00")])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-04 15:00:00"}))
    assert hotline.offered() == {"2026-03-04": 32}
    hotline.clock.advance(minutes=5)
    hotline.file("south.csv", calls_of(DAY4, 21))
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 32}
    assert hotline.rows("SELECT part, sum(offered) FROM call_stats GROUP BY part ORDER BY 2")[0][1] == 1


def test_it_mends_no_row_into_a_day_that_was_given_after_it(hotline: Hotline) -> None:
    hotline.file("a.csv", [*calls_of(DAY4, 10), call("2026-13-05 09:00:00")])
    hotline.file("b.csv", calls_of(DAY5, 20))
    hotline.pull()
    result = hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-05 09:00:00"}))
    assert "没有补录, 以免重复计数" in result.warnings[0]  # the later file may hold the row already
    assert hotline.offered() == {"2026-03-04": 10, "2026-03-05": 20}


@pytest.fixture
def exchange(hotline: Hotline) -> Exchange:
    """A foreign database with a call that can't be read; the hotline pulls from it."""
    made = Exchange(hotline.folder / "exchange.db")
    hotline.configure(SQL_YAML % made.path)
    made.add(DAY4, 10)
    made.add(DAY5, 20)
    made.run("INSERT INTO calls VALUES (?, ?, ?)", [("2026-03-04 10:00:00", "大概", "5")])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_rejected) == (31, 1)
    return made


def answered(row: Row) -> Row:
    return row | {"answered": "是"}


def test_it_keeps_a_row_mended_however_often_its_window_is_pulled(hotline: Hotline, exchange: Exchange) -> None:
    hotline.feed(mended(hotline, answered))
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 20}
    for _ in range(3):
        hotline.clock.advance(days=1)
        (result,) = hotline.pull()
        assert (result.rows_read, result.rows_used) == (31, 31)
        assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 20}
    assert hotline.rows("SELECT count(*) FROM restatements WHERE new IS NULL OR new < old") == [(0,)]


def test_it_lets_go_of_a_mended_row_that_the_source_corrected(hotline: Hotline, exchange: Exchange) -> None:
    hotline.feed(mended(hotline, answered))
    exchange.run("UPDATE calls SET answered = '否' WHERE answered = '大概'")
    hotline.pull()
    assert hotline.totals() == {"2026-03-04": 11, "2026-03-05": 20}
    assert hotline.totals("answered") == {"2026-03-04": 10, "2026-03-05": 20}
    exchange.run("DELETE FROM calls WHERE asked = '2026-03-04 10:00:00' AND answered = '否'")
    hotline.pull()
    assert hotline.totals() == {"2026-03-04": 10, "2026-03-05": 20}


def test_it_does_not_add_a_mended_row_that_the_source_corrected_first(hotline: Hotline, exchange: Exchange) -> None:
    path = mended(hotline, answered)
    exchange.run("UPDATE calls SET answered = '是' WHERE answered = '大概'")
    hotline.clock.advance(days=1)  # the next window only overlaps the first: nobody has closed the reject
    hotline.pull()
    assert states(hotline) == ["open"]
    result = hotline.feed(path)
    assert "没有补录, 以免重复计数" in result.warnings[0]
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 20}
    assert states(hotline) == ["superseded"]


def test_it_puts_a_mended_row_back_when_its_file_is_delivered_after_a_day_it_was_mended_into(
    hotline: Hotline,
) -> None:
    hotline.file("b.csv", calls_of(DAY5, 20))
    hotline.pull()
    hotline.file("a.csv", [*calls_of(DAY4, 10), call("2026-13-05 09:00:00")])
    hotline.pull()
    hotline.feed(mended(hotline, lambda row: row | {"来电时间": "2026-03-05 09:00:00"}))
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 11), call("2026-13-05 09:00:00")])
    (result,) = hotline.pull()
    assert (result.rows_read, result.rows_used) == (12, 12)
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_does_not_add_a_row_whose_day_is_given_while_the_workbook_is_read(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(hotline)
    path = mended(hotline, both)
    hotline.clock.advance(minutes=5)
    hotline.file("corrected.csv", [*calls_of(DAY4, 11), *calls_of(DAY5, 21)])

    def late(job: Job, unit: Unit, what: Mended) -> RunResult:
        hotline.pull()
        return run_unit(job, unit, what)

    monkeypatch.setattr(mended_file, "run_unit", late)
    result = hotline.feed(path)
    assert (result.state, result.error) == (
        "abandoned",
        "这些行所在的日期刚刚由来源重新提供, 没有补录, 以免重复计数。请重新导出剔除行。",
    )
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 11, "2026-03-05": 21}


def test_it_does_not_lose_a_row_that_is_mended_while_its_file_is_read_again(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(hotline)
    path = mended(hotline, both)
    hotline.clock.advance(minutes=5)
    hotline.file("a.csv", [*calls_of(DAY4, 12), BAD4, *calls_of(DAY5, 20), BAD5])

    def meanwhile(*_: object) -> None:
        assert hotline.feed(path).state == "ok"

    with monkeypatch.context() as patch:
        patch.setattr(pull_unit, "add_day_warnings", meanwhile)  # after the look at what was mended, before the write
        (result,) = hotline.pull()
    assert result.state == "abandoned" and "下次拉取会连同补录的行重新计算" in str(result.error)
    assert hotline.offered() == {"2026-03-04": 11, "2026-03-05": 21}
    assert [result.state for result in hotline.pull()] == ["ok"]
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 13, "2026-03-05": 21}
