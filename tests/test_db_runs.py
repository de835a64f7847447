"""Runs, centres and sources as the database knows them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db.engine import data_version
from db.errors import RunClosedError, UnknownSourceError
from db.runs import (
    CentreRow,
    abandon_dead_runs,
    fail_run,
    is_taken,
    mark_checked,
    open_run,
    source_id_of,
    sync_centres,
    sync_source,
)
from tests.factories import DAY, Desk, FrozenClock, batch, calls, file
from tests.test_db_store import rows

TREE = "SELECT c.code, c.name, p.code FROM centres c LEFT JOIN centres p ON p.id = c.parent_id ORDER BY c.id"


def test_it_makes_the_tree_of_centres_whatever_their_order(engine: Engine) -> None:
    ids = sync_centres(engine, [CentreRow("d", "区", "c"), CentreRow("c", "市")])
    assert rows(engine, TREE) == [("d", "区", "c"), ("c", "市", None)]
    assert ids == {"d": 1, "c": 2}


def test_it_follows_a_changed_name_or_parent_and_keeps_the_id(engine: Engine) -> None:
    first = sync_centres(engine, [CentreRow("c", "市"), CentreRow("d", "区", "c"), CentreRow("e", "县", "c")])
    again = sync_centres(engine, [CentreRow("c", "市"), CentreRow("d", "新区")])
    assert again == {"c": first["c"], "d": first["d"]}
    assert rows(engine, TREE) == [("c", "市", None), ("d", "新区", None), ("e", "县", "c")]  # e has facts: it stays


def test_it_raises_the_data_version_only_when_a_centre_changed(engine: Engine) -> None:
    def version() -> int:
        with engine.connect() as conn:
            return data_version(conn)

    tree = [CentreRow("c", "市"), CentreRow("d", "区", "c")]
    sync_centres(engine, tree)
    before = version()
    sync_centres(engine, tree)
    assert version() == before
    sync_centres(engine, [CentreRow("c", "市中心")])
    assert version() == before + 1


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ([CentreRow("a", "A", "zz")], "上级 zz 没有登记"),
        ([CentreRow("a", "A"), CentreRow("a", "B")], "重复的 code"),
        ([CentreRow("a", "A", "b"), CentreRow("b", "B", "a")], "成了环"),
        ([CentreRow("a", "A", "a")], "成了环"),
    ],
)
def test_it_refuses_a_tree_that_is_none(sqlite_engine: Engine, tree: list[CentreRow], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sync_centres(sqlite_engine, tree)
    assert rows(sqlite_engine, TREE) == []


def test_it_knows_a_source_by_its_code(engine: Engine) -> None:
    first = sync_source(engine, "calls", "files", "话务平台")
    assert sync_source(engine, "orders", "sql", "工单库") != first
    assert sync_source(engine, "calls", "asterisk", "排队机") == first
    assert rows(engine, "SELECT code, kind, title FROM sources ORDER BY id") == [
        ("calls", "asterisk", "排队机"),
        ("orders", "sql", "工单库"),
    ]
    with engine.connect() as conn:
        assert source_id_of(conn, "orders") == first + 1
        with pytest.raises(UnknownSourceError, match="可用: calls, orders"):
            source_id_of(conn, "nothing")


def test_it_records_a_run_from_open_to_failed(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-06 02:00"))
    run_id = desk.run("calls", "daily", (DAY, DAY))
    assert rows(engine, "SELECT state, trigger, window_from, window_to, holder, rows_read FROM runs") == [
        ("running", "daily", "2026-03-05", "2026-03-05", "test:1", 0)
    ]
    desk.clock.advance(seconds=90)
    fail_run(engine, run_id, "第 3 行没有“工号”列\x00", desk.clock.now(), warnings=["w"])
    found = rows(engine, "SELECT state, error, CAST(started_at AS TEXT), CAST(ended_at AS TEXT) FROM runs")[0]
    assert found[:2] == ("failed", "第 3 行没有“工号”列\ufffd")
    assert (found[2][:19], found[3][:19]) == ("2026-03-05 18:00:00", "2026-03-05 18:01:30")  # UTC
    assert rows(engine, "SELECT last_error, checked_at FROM sources") == [("第 3 行没有“工号”列\ufffd", None)]


def test_it_ends_a_run_once(engine: Engine) -> None:
    desk = Desk(engine)
    run_id = desk.run()
    fail_run(engine, run_id, "a", desk.clock.now())
    with pytest.raises(RunClosedError):
        fail_run(engine, run_id, "b", desk.clock.now())
    assert rows(engine, "SELECT error FROM runs") == [("a",)]


def test_it_refuses_an_unknown_trigger_and_a_time_without_zone(sqlite_engine: Engine) -> None:
    desk = Desk(sqlite_engine)
    with pytest.raises(ValueError, match="unknown trigger"):
        desk.run("calls", "sometimes")
    with pytest.raises(ValueError, match="without time zone"):
        open_run(sqlite_engine, desk.source(), "daily", None, desk.clock.now().replace(tzinfo=None), "x")


def test_it_abandons_the_runs_of_dead_processes_only(engine: Engine) -> None:
    desk = Desk(engine)
    source_id, now = desk.source(), desk.clock.now()
    dead, alive = (open_run(engine, source_id, "daily", None, now, holder) for holder in ("host:1", "host:2"))
    done = desk.run()
    fail_run(engine, done, "x", now)
    assert abandon_dead_runs(engine, lambda holder: holder == "host:2", now) == 1
    assert rows(engine, "SELECT id, state FROM runs ORDER BY id") == [
        (dead, "abandoned"),
        (alive, "running"),
        (done, "failed"),
    ]
    assert "没有写入任何数据" in rows(engine, f"SELECT error FROM runs WHERE id = {dead}")[0][0]
    assert abandon_dead_runs(engine, lambda holder: holder == "host:2", now) == 0


def test_it_knows_a_file_by_content_and_mapping(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}), file=file("a.csv", "a" * 64, "m1")))
    source_id, other = desk.source(), desk.source("other")
    with engine.connect() as conn:
        assert is_taken(conn, source_id, "a" * 64, "m1")
        assert not is_taken(conn, source_id, "a" * 64, "m2")
        assert not is_taken(conn, source_id, "b" * 64, "m1")
        assert not is_taken(conn, other, "a" * 64, "m1")


def test_it_remembers_when_a_source_last_answered(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-06 02:00"))
    source_id = desk.source()
    mark_checked(engine, source_id, desk.clock.now(), None)
    desk.clock.advance(minutes=5)
    mark_checked(engine, source_id, desk.clock.now(), "连不上")
    found = rows(engine, "SELECT CAST(checked_at AS TEXT), last_error FROM sources")[0]
    assert (found[0][:19], found[1]) == ("2026-03-05 18:00:00", "连不上")
    mark_checked(engine, source_id, desk.clock.now(), None)
    assert rows(engine, "SELECT last_error FROM sources") == [(None,)]
