"""Of several deliveries of one day the newest stands: A, corrected to B, then A again gives A."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine, text

from db.day_series import values_before
from db.journal import list_restatements
from db.pulls import Take
from ingest.batch import FileTaken
from ingest.known_files import KnownFiles, Lying
from ingest.pull import RunResult, pull
from tests.factories import TZ
from tests.installation import Place
from tests.pulling import CALLS_YAML, Hotline, call, calls_of

DAY3, DAY4, DAY5 = date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)
A, B = calls_of(DAY4, 20), calls_of(DAY4, 18)


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path)


@pytest.fixture
def small(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path)


def names(results: list[RunResult]) -> list[str]:
    assert [result.error for result in results if result.error] == []
    return [result.name for result in results]


def again(hotline: Hotline) -> list[RunResult]:
    return pull(
        *(hotline.engine, hotline.config, "calls"),
        window=None,
        trigger="manual",
        now=hotline.clock.now(),
        tz=TZ,
        base_dir=hotline.folder,
        holder="here:1",
        again=True,
    )


@pytest.mark.parametrize("second", ["a.csv", "third.csv"])
def test_it_takes_a_file_that_comes_back_after_a_corrected_one(hotline: Hotline, second: str) -> None:
    """Under its old name or another; with the corrected one still there."""
    hotline.file("a.csv", A)
    hotline.pull()
    hotline.clock.advance(minutes=5)
    hotline.file("b.csv", B)
    hotline.pull()
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 18}
    hotline.clock.advance(minutes=5)
    hotline.file(second, A)
    assert names(hotline.pull()) == [second]
    assert hotline.offered() == hotline.totals() == {"2026-03-04": 20}
    found = hotline.rows("SELECT old, new FROM restatements WHERE measure = 'offered' ORDER BY id")
    assert found == [(20.0, 18.0), (18.0, 20.0)]


def test_it_takes_back_and_forth_in_one_file_of_one_name(small: Hotline) -> None:
    for rows, offered in ((A, 20), (B, 18), (A, 20), (B, 18), (B, 18), (A, 20)):
        small.file("day.csv", rows)
        small.pull()
        small.clock.advance(minutes=5)
        assert small.totals() == {"2026-03-04": offered}


def test_it_rests_at_the_newest_where_all_deliveries_stay_in_the_inbox(hotline: Hotline) -> None:
    hotline.file("a.csv", A)
    hotline.file("b.csv", B)
    assert names(hotline.pull()) == ["a.csv", "b.csv"]
    written = hotline.rows("SELECT id FROM restatements")
    for _ in range(4):
        hotline.clock.advance(hours=7)
        assert hotline.pull() == []
    hotline.file("c.csv", A)
    assert names(hotline.pull()) == ["c.csv"]
    for _ in range(4):
        hotline.clock.advance(hours=7)
        assert hotline.pull() == []
    assert hotline.totals() == {"2026-03-04": 20} and len(hotline.rows("SELECT id FROM restatements")) > len(written)


def test_it_takes_all_that_came_between_two_pulls_in_the_order_of_their_delivery(small: Hotline) -> None:
    small.file("a.csv", A)
    small.file("b.csv", B)
    small.file("a_again.csv", A)
    assert names(small.pull()) == ["a.csv", "b.csv", "a_again.csv"]
    assert small.totals() == {"2026-03-04": 20}
    small.clock.advance(minutes=5)
    small.file("c.csv", calls_of(DAY4, 7))
    small.file("b_again.csv", B)
    assert names(small.pull()) == ["c.csv", "b_again.csv"]
    assert small.totals() == {"2026-03-04": 18} and small.pull() == []


def test_it_leaves_a_copy_alone_that_changes_nothing(small: Hotline) -> None:
    """Files of other days between, and copies under other names: in whatever order, nothing is restated."""
    small.file("day3.csv", calls_of(DAY3, 9))
    small.file("day4.csv", A)
    small.pull()
    small.clock.advance(minutes=5)
    small.file("day5.csv", calls_of(DAY5, 11))
    small.file("copy of 4.csv", A)
    small.file("copy of 3.csv", calls_of(DAY3, 9))
    assert names(small.pull()) == ["day5.csv"]
    assert small.totals() == {"2026-03-03": 9, "2026-03-04": 20, "2026-03-05": 11}
    assert small.rows("SELECT count(*) FROM restatements") == [(0,)]


def test_it_keeps_a_late_old_file_and_goes_by_the_time_of_change_where_two_stay(small: Hotline) -> None:
    """What arrives for the first time counts, however old. Brought back with its old time of change it is the same."""
    path = small.file("b.csv", B)
    small.pull()
    small.clock.advance(minutes=5)
    old = small.file("a.csv", A)
    os.utime(old, (path.stat().st_mtime - 3600,) * 2)
    assert names(small.pull()) == ["a.csv"]
    assert small.pull() == [] and small.totals() == {"2026-03-04": 20}
    os.utime(path, (small.clock.now().timestamp() - 60,) * 2)
    assert names(small.pull()) == ["b.csv"]
    assert small.pull() == [] and small.totals() == {"2026-03-04": 18}


def test_it_takes_files_again_when_the_mapping_is_put_back(small: Hotline) -> None:
    small.file("a.csv", [*A, call("2026-03-04 23:00:00", answered="或")])
    small.pull()
    small.configure(CALLS_YAML.replace("no: [否]", "no: [否, 或]"))
    small.pull()
    assert small.totals() == {"2026-03-04": 21}
    small.configure(CALLS_YAML)
    small.pull()
    assert small.totals() == {"2026-03-04": 20} and small.pull() == []


def corrections(hotline: Hotline) -> list[tuple[float | None, float | None]]:
    with hotline.engine.connect() as conn:
        rows = list_restatements(conn, corrections=True)
    return [(row.old, row.new) for row in rows if row.measure == "answered"]


def test_what_a_changed_mapping_changes_and_changes_back_is_no_correction(hotline: Hotline) -> None:
    """Each file corrects the day again on the way to the newest; read otherwise, the newest corrects it for good."""
    for name, rows in {"a.csv": A, "b.csv": B, "c.csv": calls_of(DAY4, 18, answered=7)}.items():
        hotline.file(name, [*rows, *calls_of(DAY3, 5)])
        hotline.pull()
        hotline.clock.advance(hours=2)
    told = corrections(hotline)
    hotline.configure(CALLS_YAML.replace("no: [否]", "no: [否, 或]"))
    results = hotline.pull()
    assert names(results) == ["a.csv", "b.csv", "c.csv"]
    assert [result.restated for result in results] == [0, 0, 0]
    assert corrections(hotline) == told == [(18, 7), (20, 18)]
    assert hotline.totals("answered")["2026-03-04"] == 7
    between = hotline.clock.now()
    hotline.clock.advance(hours=2)
    hotline.configure(CALLS_YAML.replace("yes: [是], no: [否]", "yes: [否], no: [是]"))
    hotline.pull()
    assert corrections(hotline)[:4] == [(0, 11), (7, 0), (5, 0), (18, 7)], "offered went to 20 and back: told no more"
    with hotline.engine.connect() as conn:
        (city,) = conn.execute(text("SELECT id FROM centres WHERE code = 'city'")).one()
        known = values_before(conn, ["answered", "offered"], [city], DAY4, between)
    assert (known[city, "answered", DAY3], known[city, "answered", DAY4]) == (5, 7), "as it stood in between"
    assert known.get((city, "offered", DAY4), 18) == 18


def test_it_knows_files_that_add_up_by_their_names(small: Hotline) -> None:
    small.configure(CALLS_YAML.replace("    columns:", "    each_file: adds\n    columns:"))
    small.file("morning.csv", A)
    small.file("evening.csv", B)
    small.pull()
    small.clock.advance(minutes=5)
    small.file("copy.csv", A)
    assert small.pull() == [] and small.totals() == {"2026-03-04": 38}
    small.file("morning.csv", calls_of(DAY4, 5))
    small.pull()
    assert small.totals() == {"2026-03-04": 23}
    small.clock.advance(minutes=5)
    small.inbox.joinpath("copy.csv").unlink()
    small.file("morning.csv", A)
    small.pull()
    assert small.totals() == {"2026-03-04": 38} and small.pull() == []


def test_it_takes_known_files_again_where_told_to(hotline: Hotline) -> None:
    hotline.file("day3.csv", calls_of(DAY3, 9))
    hotline.file("a.csv", A)
    hotline.file("b.csv", B)
    hotline.pull()
    restated = hotline.rows("SELECT count(*) FROM restatements")
    with hotline.engine.begin() as conn:
        conn.exec_driver_sql("DELETE FROM call_stats")
    assert names(again(hotline)) == ["day3.csv", "b.csv"], "a.csv is corrected by a file that lies there"
    assert hotline.offered() == hotline.totals() == {"2026-03-03": 9, "2026-03-04": 18}
    assert hotline.rows("SELECT count(*) FROM restatements") == restated
    hotline.inbox.joinpath("b.csv").unlink()
    assert names(again(hotline)) == ["day3.csv", "a.csv"]
    assert hotline.totals() == {"2026-03-03": 9, "2026-03-04": 20}


def test_it_pulls_again_from_the_command_line(sqlite_engine: Engine, tmp_path: Path) -> None:
    place = Place(tmp_path, sqlite_engine).configured(CALLS_YAML)
    hotline = Hotline(sqlite_engine, tmp_path, now="2026-03-06 02:00")
    hotline.file("a.csv", A)
    for words, runs in (((), 1), ((), 1), (("--again",), 2)):
        assert place.run("pull", "calls", *words) == 0
        assert hotline.rows("SELECT count(*) FROM runs WHERE state = 'ok'") == [(runs,)]


def test_it_judges_tens_of_thousands_of_known_files_at_once(small: Hotline) -> None:
    """An inbox that is never cleared: 96 exports of each day, every one overtaken by the next."""
    takes, lying = [], []
    for number in range(30_000):
        day, sha = date(2025, 1, 1) + timedelta(days=number // 96), f"{number:064}"
        takes.append(Take(f"{number}.csv", sha, "m", number, (day, day), number * 10, number * 10))
        lying.append(Lying(Path(f"{number}.csv"), FileTaken(f"{number}.csv", sha, 1, "m"), number * 10))
    begun = monotonic()
    known = KnownFiles(takes)
    assert known.new_ones(lying) == [] and known.overtaken(lying) == []
    assert len(known.all_that_count(lying)) == 30_000 // 96 + 1
    assert monotonic() - begun < 5
