"""kill -9 anywhere in a pull, and the pull again: the facts of an undisturbed one, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.project_files import ROOT
from tests.pulling import CALLS_YAML, Hotline, call, calls_of

KILLS = 100
"""On each database."""

MORE = """
  - code: logs
    title: 电话系统日志
    kind: asterisk
    centre: other
    path: logs/queue_log
"""


def prepare(folder: Path, engine: Engine) -> None:
    """Files of two sources: rows to reject, a corrected day, a log read by windows."""
    yaml = CALLS_YAML.replace("sources:", "  - {code: other, name: 分中心}\nsources:") + MORE
    hotline = Hotline(engine, folder, yaml)
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(5)]
    hotline.file("a.csv", [*calls_of(days[0], 40, 30), *calls_of(days[1], 40), call("2026-03-02 25:00:00")])
    hotline.file("b.csv", [*calls_of(days[1], 38), *calls_of(days[2], 25, 20)])
    lines = []
    for number in range(200):
        asked = 1772326800 + number * 1800  # from 1 March 2026, 9 o'clock in Shanghai
        lines += [
            f"{asked}|c{number}|600|NONE|ENTERQUEUE||138|1",
            f"{asked + 9}|c{number}|600|SIP/1001|CONNECT|9|c{number}|2",
            f"{asked + 99}|c{number}|600|SIP/1001|COMPLETECALLER|9|90|1",
        ]
    (folder / "logs").mkdir()
    (folder / "logs" / "queue_log").write_text("\n".join(lines) + "\n")


@pytest.mark.timeout(900)  # a minute where nothing else runs
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_has_the_same_facts_after_a_hundred_kills(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    engine: Engine = request.getfixturevalue(f"{database}_engine")
    prepare(tmp_path, engine)
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
    assert report["kills"] >= KILLS and report["by_time"] >= KILLS // 4 and report["finished"] >= KILLS // 6
    assert report["expected"]["rejects"] == 1 and report["expected"]["restatements"] > 0
    assert report["expected"]["call_stats"] > 20 and report["expected"]["files_taken"] == 2
