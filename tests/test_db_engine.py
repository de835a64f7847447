"""Engines, the write transaction, the data version and what errors say."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from db.engine import ATTEMPTS, bump_data_version, data_version, make_engine, transact, write
from db.errors import explain, is_passing
from db.schema import meta


def _keys(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return list(conn.scalars(select(meta.c.key).order_by(meta.c.key)))


def _put(conn: Connection, key: str) -> None:
    conn.execute(insert(meta).values(key=key, value="x"))


def test_it_opens_sqlite_in_wal_mode_with_foreign_keys_and_a_busy_timeout(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as conn:
        pragmas = {
            name: conn.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30000}
        assert conn.scalar(text("PRAGMA synchronous")) == 1


def test_it_talks_to_postgresql_through_psycopg_3(postgresql_engine: Engine) -> None:
    assert postgresql_engine.driver == "psycopg"
    assert make_engine("postgresql://u:p@localhost/x").driver == "psycopg"


def test_it_keeps_what_a_write_block_did_and_drops_it_when_the_block_raises(engine: Engine) -> None:
    with write(engine) as conn:
        _put(conn, "kept")
    with pytest.raises(RuntimeError), write(engine) as conn:
        _put(conn, "dropped")
        raise RuntimeError
    assert _keys(engine) == ["kept"]


def test_it_lets_one_writer_in_at_a_time_and_readers_always(engine: Engine) -> None:
    order: list[str] = []

    def second() -> None:
        with write(engine) as conn:
            order.append("second in")
            _put(conn, "b")

    thread = threading.Thread(target=second)
    with write(engine) as conn:
        _put(conn, "a")
        thread.start()
        time.sleep(0.3)
        assert _keys(engine) == []  # a reader neither waits nor sees half a transaction
        order.append("first done")
    thread.join(10)
    assert order == ["first done", "second in"]
    assert _keys(engine) == ["a", "b"]


def test_it_gives_up_on_a_lock_after_a_bounded_time_and_says_so(engine: Engine) -> None:
    hasty = make_engine(engine.url.render_as_string(hide_password=False), lock_timeout=0.1)
    with write(engine) as conn:
        _put(conn, "a")
        started = time.monotonic()
        with pytest.raises(OperationalError) as caught, write(hasty):
            pytest.fail("two writers at once")
        assert time.monotonic() - started < 10
    assert is_passing(caught.value)
    assert "数据库正被另一个程序占用" in explain(caught.value)
    hasty.dispose()


def test_it_runs_the_whole_work_again_after_a_passing_failure(engine: Engine) -> None:
    calls: list[int] = []

    def work(conn: Connection) -> str:
        calls.append(1)
        _put(conn, f"try{len(calls)}")
        if len(calls) < ATTEMPTS:
            raise OperationalError("INSERT", None, _locked(engine))
        return "done"

    assert transact(engine, work) == "done"
    assert _keys(engine) == [f"try{ATTEMPTS}"]


def test_it_gives_up_after_a_bounded_number_of_passing_failures(engine: Engine) -> None:
    calls: list[int] = []

    def work(_conn: Connection) -> None:
        calls.append(1)
        raise OperationalError("INSERT", None, _locked(engine))

    with pytest.raises(OperationalError):
        transact(engine, work)
    assert len(calls) == ATTEMPTS


def test_it_does_not_try_again_what_cannot_succeed(engine: Engine) -> None:
    calls: list[int] = []

    def work(conn: Connection) -> None:
        calls.append(1)
        conn.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(DBAPIError):
        transact(engine, work)
    assert len(calls) == 1


class _Failure(Exception):
    """A driver's error: SQLite's carry a code, PostgreSQL's a state."""

    sqlstate: str | None = None
    sqlite_errorcode: int | None = None


def _locked(engine: Engine) -> _Failure:
    error = _Failure("locked")
    if engine.dialect.name == "sqlite":
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    else:
        error.sqlstate = "40001"
    return error


def test_it_counts_the_data_version_up(engine: Engine) -> None:
    with engine.connect() as conn:
        assert data_version(conn) == 0
    for expected in (1, 2, 3):
        with write(engine) as conn:
            assert bump_data_version(conn) == expected
    with engine.connect() as conn:
        assert data_version(conn) == 3


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        (sqlite3.SQLITE_FULL, None, "磁盘已满"),
        (sqlite3.SQLITE_CORRUPT, None, "已损坏"),
        (sqlite3.SQLITE_READONLY, None, "只读"),
        (None, "53100", "磁盘已满"),
        (None, "28P01", "用户名和密码"),
        (None, "3D000", "没有这个库"),
        (None, "57P01", "连不上数据库"),
        (None, None, "连不上数据库"),
        (None, "22001", "数据库出错: text"),
    ],
)
def test_it_says_in_chinese_what_to_do_about_a_database_error(code: int | None, state: str | None, words: str) -> None:
    error = _Failure("text")
    error.sqlite_errorcode, error.sqlstate = code, state
    assert words in explain(OperationalError("SELECT", None, error))


def test_it_explains_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("not a database at all, but long enough to look like one" * 40)
    with pytest.raises(DBAPIError) as caught, make_engine(f"sqlite:///{tmp_path / 'x.db'}").connect():
        pass
    assert "不是数据库" in explain(caught.value)


def test_it_explains_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DBAPIError) as caught, make_engine(f"postgresql://u@/x?host={tmp_path}").connect():
        pass
    assert "连不上数据库" in explain(caught.value)


def test_it_leaves_other_errors_in_their_own_words() -> None:
    assert explain(ValueError("第 3 行不是日期")) == "第 3 行不是日期"
