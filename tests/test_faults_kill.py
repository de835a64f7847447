"""kill -9 anywhere in a pull, and the pull again: the facts of an undisturbed one, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.json_server import Reply, Server, says, serve
from tests.project_files import ROOT
from tests.pulling import CALLS_YAML, Exchange, Hotline, call, calls_of

KILLS = 200
"""On each database."""

CENTRES = "  - {code: other, name: 分中心}\n  - {code: third, name: 第三}\n  - {code: fourth, name: 第四}\nsources:"
MORE = """
  - code: logs
    title: 电话系统日志
    kind: asterisk
    centre: other
    path: logs/queue_log
  - code: exchange
    title: 话务库
    kind: sql
    shape: calls
    centre: third
    url: sqlite:///%s
    table: calls
    columns:
      asked_at: asked
      answered: {column: answered, yes: [是], no: [否]}
      wait: {column: wait, as: seconds}
  - code: api
    title: 工单接口
    kind: http
    shape: orders
    centre: fourth
    allow_plain: true
    url: "%s/orders?from={from}&to={to}&page={page}"
    rows: items
    page_size: 10
    columns: {accepted_at: accepted, due_at: due, closed_at: closed, department: unit, seat: seat}
"""


def prepare(folder: Path, engine: Engine, url: str) -> None:
    """Sources of every kind: files with rows to reject and a corrected day, a log, a database, an interface."""
    yaml = CALLS_YAML.replace("sources:", CENTRES) + MORE % (folder / "exchange.db", url)
    hotline = Hotline(engine, folder, yaml)
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(5)]
    hotline.file("a.csv", [*calls_of(days[0], 40, 30), *calls_of(days[1], 40), call("2026-03-02 25:00:00")])
    hotline.file("b.csv", [*calls_of(days[1], 38), *calls_of(days[2], 25, 20)])
    exchange = Exchange(folder / "exchange.db")
    for day in days:
        exchange.add(day, 12)
    exchange.run("INSERT INTO calls VALUES ('2026-03-03 08:00:00', '也许', '5')")
    lines = []
    for number in range(60):
        asked = 1772326800 + number * 5400  # from 1 March 2026, 9 o'clock in Shanghai
        lines += [
            f"{asked}|c{number}|600|NONE|ENTERQUEUE||138|1",
            f"{asked + 9}|c{number}|600|SIP/1001|CONNECT|9|c{number}|2",
            f"{asked + 99}|c{number}|600|SIP/1001|COMPLETECALLER|9|90|1",
        ]
    (folder / "logs").mkdir()
    (folder / "logs" / "queue_log").write_text("\n".join(lines) + "\n")


def order(number: int) -> dict[str, object]:
    """Order ``number`` of the interface; that of every tenth can't be read, three are closed tomorrow."""
    day = date(2026, 3, 1) + timedelta(days=number % 5)
    accepted = f"{day} 09:{number:02}:00" if number % 10 else f"{day} 25:00:00"
    closed = f"{day + timedelta(days=number % 3)} 10:00:00" if number % 4 else None
    due = f"{day + timedelta(days=1)} 18:00:00"
    return {"accepted": accepted, "due": due, "closed": closed, "unit": f"部门{number % 2}", "seat": f"{number % 7}"}


def page(path: str, query: dict[str, str], number: int) -> Reply:
    """A page of ten orders; there are 25."""
    first = (int(query["page"]) - 1) * 10
    return says({"items": [order(n) for n in range(first, min(first + 10, 25))]})


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve()


@pytest.mark.timeout(900)  # a minute where nothing else runs
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_has_the_same_facts_after_two_hundred_kills(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, server: Server
) -> None:
    engine: Engine = request.getfixturevalue(f"{database}_engine")
    server.answer = page
    prepare(tmp_path, engine, server.url)
    engine.dispose()
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.run(
        [sys.executable, "-m", "tests.kill_pulls", url, str(tmp_path), str(KILLS), "20260306"],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=850,
    )
    assert process.returncode == 0, process.stderr
    report: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    print(report)
    assert report["differences"] == []
    assert sum(report["kills"]) >= KILLS and report["by_time"] >= KILLS // 4 and report["finished"] >= KILLS // 6
    assert min(report["kills"]) >= KILLS // 10, "every kind of source was killed"
    files, logs, exchange, api, everything = report["expected"]
    assert (files["rejects"], files["files_taken"]) == (1, 2) and files["restatements"] > 0 < files["call_stats"]
    assert logs["call_stats"] > 20 and exchange["rejects"] == 1 and exchange["call_stats"] >= 5
    assert api["rejects"] == 3 + 3 and api["order_lines"] > 10 and api["seat_stats"] > 10
    assert everything["call_stats"] == sum(one["call_stats"] for one in (files, logs, exchange))
    assert everything["rejects"] == 8
