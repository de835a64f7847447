"""Only one process leads, on both databases, and another takes over when it dies."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from scheduler.leader import FileLeader, leader_for, someone_leads
from tests.processes import Process

CONTENDER = """
import sys, time
from db.engine import make_engine
from scheduler.leader import leader_for
leader = leader_for(make_engine(sys.argv[1]))
print("ready", flush=True)
while not leader.acquire():
    time.sleep(0.1)
print("leads", flush=True)
while leader.held():
    time.sleep(0.1)
print("lost", flush=True)
time.sleep(60)
"""


def contender(engine: Engine) -> Process:
    return Process(["-c", CONTENDER, engine.url.render_as_string(hide_password=False)], {})


def test_it_lets_one_process_lead_and_the_next_take_over_when_it_is_killed(engine: Engine) -> None:
    with contender(engine) as first:
        first.wait_for("leads")
        with contender(engine) as second:
            second.wait_for("ready")
            time.sleep(0.5)
            assert second.process.poll() is None and second.lines == ["ready"]
            assert someone_leads(engine)
            killed = time.monotonic()
            first.process.kill()
            second.wait_for("leads", seconds=5)
            assert time.monotonic() - killed < 3
            assert someone_leads(engine)
    time.sleep(0.2)
    assert not someone_leads(engine)


def test_it_gives_the_lead_to_one_of_two_in_the_same_process(engine: Engine) -> None:
    first, second = leader_for(engine), leader_for(engine)
    assert first.acquire() and first.acquire() and first.held()
    assert not second.acquire() and not second.held()
    first.release()
    first.release()
    assert not first.held()
    assert second.acquire()
    second.release()


def test_it_notices_that_the_server_ended_its_connection(postgresql_engine: Engine) -> None:
    leader = leader_for(postgresql_engine)
    assert leader.acquire()
    with postgresql_engine.begin() as conn:
        conn.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND pid <> pg_backend_pid() "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    assert not leader.held()
    assert leader.acquire(), "the same process may lead again on a new connection"
    leader.release()


def test_it_keeps_the_leads_of_two_databases_apart(sqlite_engine: Engine, postgresql_engine: Engine) -> None:
    one, other = leader_for(sqlite_engine), leader_for(postgresql_engine)
    assert one.acquire() and other.acquire()
    one.release()
    other.release()


def test_it_counts_a_lock_file_that_was_taken_away_as_lost(tmp_path: Path) -> None:
    path = tmp_path / "hotline.db.scheduler.lock"
    leader, other = FileLeader(path), FileLeader(path)
    assert leader.acquire()
    path.unlink()
    assert not leader.held()
    assert other.acquire()
    leader.release()
    assert other.held()
    other.release()


def test_it_says_when_the_lock_file_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileLeader(tmp_path / "gone" / "x.lock").acquire()
