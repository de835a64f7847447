"""A restore under a running service is refused, and goes through once the service is gone, however it went."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text

from db.schema import leases
from tests.factories import Desk, batch, calls
from tests.installation import Place
from tests.processes import Process, app, free_port, run_app


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Place:
    made = Place(tmp_path / "here", engine).configured()
    made.env["HOTLINE_PORT"] = str(free_port())
    Desk(engine).write(batch(calls=calls({"offered": 10})))
    assert made.run("backup", tmp_path / "b.zip") == 0
    Desk(engine).write(batch(calls=calls({"offered": 99})))
    return made


def offered(place: Place) -> int:
    with place.engine.connect() as conn:
        return int(conn.execute(text("SELECT sum(offered) FROM call_stats")).scalar() or 0)


def started(command: str, place: Place) -> Process:
    process = app(command, env=place.env)
    process.wait_for({"worker": "调度已启动"}.get(command, "http://127.0.0.1"), seconds=120)
    return process


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_it_does_not_restore_under_a_running_process(place: Place, tmp_path: Path, command: str) -> None:
    with started(command, place) as process:
        wait_for_lease(place)
        place.engine.dispose()
        refused = run_app("restore", str(tmp_path / "b.zip"), "--force", env=place.env, seconds=180)
        assert refused.returncode == 1 and "没有恢复任何东西" in refused.stderr and "请先停止" in refused.stderr
        assert "Traceback" not in refused.stderr and offered(place) == 99
        process.process.kill()
        process.process.wait()
        place.engine.dispose()
        done = run_app("restore", str(tmp_path / "b.zip"), "--force", env=place.env, seconds=180)
        assert done.returncode == 0, done.stderr
    assert offered(place) == 10


def wait_for_lease(place: Place) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with place.engine.connect() as conn:
            if conn.execute(leases.select()).all():
                return
        time.sleep(0.1)
    raise AssertionError("no sign of life")


def test_it_does_not_restore_under_pages_that_run_apart(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with started("web", place):
        wait_for_lease(place)
        assert place.run("restore", tmp_path / "b.zip", "--force") == 1
        said = capsys.readouterr().err
        assert "还有进程在使用这个数据库" in said and "请先停止 serve、web、worker" in said
        assert offered(place) == 99


def test_it_waits_for_a_process_elsewhere_until_its_sign_of_life_runs_out(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    with place.engine.begin() as conn:
        conn.execute(insert(leases).values(name="p", holder="elsewhere:1:2", expires_at=now + timedelta(minutes=2)))
    assert place.run("restore", tmp_path / "b.zip", "--force") == 1
    assert "elsewhere:1:2" in capsys.readouterr().err and offered(place) == 99
    with place.engine.begin() as conn:
        conn.execute(leases.update().values(expires_at=now - timedelta(minutes=2)))
    assert place.run("restore", tmp_path / "b.zip", "--force") == 0
    assert offered(place) == 10
