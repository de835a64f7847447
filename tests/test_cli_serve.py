"""serve, web and app:server as real processes: up at once, said where, gone when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, text

from tests.installation import Place
from tests.processes import Process, app, free_port, run_app
from tests.yardstick import slowness

UP_WITHIN = 3.0
"""Seconds of the reference machine until the page is up: with nothing else to do, that is how long it takes."""


@pytest.fixture
def place(tmp_path: Path, sqlite_engine: Engine) -> Place:
    made = Place(tmp_path / "here", sqlite_engine).configured()
    made.env["HOTLINE_PORT"] = str(free_port())
    return made


def status(place: Place, path: str = "/healthz") -> int:
    try:
        url = f"http://127.0.0.1:{place.env['HOTLINE_PORT']}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            code: int = answer.status
            return code
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def up(place: Place, seconds: float = 30.0) -> float:
    begun = time.monotonic()
    while status(place) != 200:
        assert time.monotonic() - begun < seconds, "not up"
        time.sleep(0.05)
    return time.monotonic() - begun


def test_it_is_up_within_three_seconds_and_gone_within_ten(place: Place) -> None:
    """After the first start, which may have to compile and makes the database: the best of up to three."""
    spent = [_started_and_stopped(place)]
    while len(spent) < 2 or (min(spent[1:]) >= UP_WITHIN and len(spent) < 4):
        spent.append(_started_and_stopped(place))
    assert min(spent[1:]) < UP_WITHIN
    assert (place.folder / "logs" / "serve.log").read_text(encoding="utf-8").count("本进程开始调度") == len(spent)


def _started_and_stopped(place: Place) -> float:
    """Processor seconds of the reference machine until the pages are up."""
    slow = slowness()
    with app("serve", env=place.env) as process:
        up(place)
        spent = psutil.Process(process.process.pid).cpu_times()
        weighed = (spent.user + spent.system) / max(slow, slowness(), 1.0)
        assert status(place, "/") == 200
        assert process.wait_for("已启动: http://127.0.0.1:")
        process.wait_for("本进程开始调度")
        told_to_stop = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        assert process.end(seconds=12) == 0
        assert time.monotonic() - told_to_stop < 10
    return weighed


def test_it_shows_demo_figures_soon_after_its_first_start(tmp_path: Path, sqlite_engine: Engine) -> None:
    place = Place(tmp_path / "demo", sqlite_engine)
    place.env["HOTLINE_PORT"] = str(free_port())
    with app("serve", env=place.env) as process:
        up(place)
        end = time.monotonic() + 60
        figures = 0
        while not figures and time.monotonic() < end:
            time.sleep(0.2)
            with sqlite_engine.connect() as conn:
                figures = conn.execute(text("SELECT COALESCE(SUM(offered), 0) FROM call_stats")).scalar() or 0
        assert figures > 0
        told_to_stop = time.monotonic()
        process.process.send_signal(signal.SIGINT)
        assert process.end(seconds=12) == 0
        assert time.monotonic() - told_to_stop < 10


def test_it_serves_pages_without_scheduling_where_asked_to(place: Place) -> None:
    with app("web", "--json", env=place.env) as process:
        up(place)
        said = [process.wait_for("{"), process.wait_for("url"), process.wait_for("pid"), process.wait_for("}")]
        assert json.loads("\n".join(said))["pid"] == process.process.pid
        until = time.monotonic() + 20
        while not (leases := _leases(place)) and time.monotonic() < until:
            time.sleep(0.05)  # the sign of life comes from a thread of its own, soon after the pages are up
        assert [name.split("-")[0] for name in leases] == ["process"]
        process.process.send_signal(signal.SIGTERM)
        assert process.end(seconds=10) == 0
    assert _leases(place) == []


def _leases(place: Place) -> list[str]:
    with place.engine.connect() as conn:
        return list(conn.execute(text("SELECT name FROM leases")).scalars())


def test_it_says_what_to_do_where_the_port_is_taken(place: Place) -> None:
    with app("web", env=place.env):
        up(place)
        second = run_app("serve", env=place.env)
        assert second.returncode == 1
        assert f"--port {int(place.env['HOTLINE_PORT']) + 1}" in second.stderr


def test_it_says_what_is_wrong_with_the_settings_and_nothing_else(place: Place) -> None:
    done = run_app("serve", env={**place.env, "HOTLINE_PORT": "x"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == ["设置有误,请改正后重试:", "  - HOTLINE_PORT: ‘x’ 不是整数"]


def test_it_does_not_open_to_others_without_a_password(place: Place) -> None:
    done = run_app("serve", "--host", "0.0.0.0", env=place.env)
    assert done.returncode == 1 and "HOTLINE_ACCESS_PASSWORD" in done.stderr
    assert run_app("serve", "--host", "no.such.host.invalid", env=place.env).returncode == 1


def test_it_asks_for_the_password_once_there_is_one(place: Place) -> None:
    place.env["HOTLINE_ACCESS_PASSWORD"] = "a long password"
    with app("web", "--host", "0.0.0.0", env=place.env):
        up(place)
        assert status(place, "/_dash-layout") == 401


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn is for Linux; Windows is served by waitress")
def test_it_serves_from_gunicorn_with_several_workers(place: Place) -> None:
    """Loaded once and forked: each worker opens the database for itself."""
    words = ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload", "--no-control-socket"]
    bound = f"127.0.0.1:{place.env['HOTLINE_PORT']}"
    with Process(["-m", "gunicorn", "app:server", *words, "--bind", bound], place.env) as process:
        up(place)
        assert [status(place, "/") for _ in range(20)] == [200] * 20
        with place.engine.connect() as conn:
            holders = set(conn.execute(text("SELECT holder FROM leases")).scalars())
        assert holders and all(f":{process.process.pid}:" not in holder for holder in holders)
        process.process.send_signal(signal.SIGTERM)
        assert process.end(seconds=40) == 0


def test_it_loads_no_page_to_answer_a_command(place: Place) -> None:
    code = (
        "import sys; from cli.main import main; code = main(['runs']);"
        "heavy = {'dash', 'plotly', 'apscheduler'} & set(sys.modules); sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    env = {**os.environ, **place.env}
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
