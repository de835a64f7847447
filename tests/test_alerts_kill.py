"""kill -9 anywhere in ticks and deliveries: every alert is delivered, and told twice only under the same name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine

from db.store import CentreRow, sync_centres
from tests.far_end import smtp_server
from tests.project_files import ROOT

KILLS = 100
"""On each of the two databases."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_hundred_kills_lose_and_double_nothing(database: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(f"{database}_engine")
    sync_centres(engine, [CentreRow("city", "市中心"), CentreRow("district", "江宁分中心", "city")])
    engine.dispose()
    url = engine.url.render_as_string(hide_password=False)
    with smtp_server() as inbox:
        process = subprocess.run(
            [sys.executable, "-m", "tests.kill_alerts", url, str(inbox.port), str(KILLS), "20260302"],
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "HOTLINE_TEST_PG_FOLDER": ""},
            capture_output=True,
            text=True,
            timeout=550,
        )
        mails = [(str(mail["Message-ID"]), str(mail["To"])) for mail in inbox.mails]
    assert process.returncode == 0, process.stderr
    report: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    print({name: report[name] for name in ("kills", "by_clock", "events", "seconds")}, len(report["trials"]))
    assert report["kills"] >= KILLS and report["by_clock"] >= KILLS // 10
    copies = Counter(mails)
    for trial in report["trials"]:
        assert trial["states"] == ["delivered"] and trial["calm"]
        # The city, and its source: two incidents, each fired and recovered, to two people and the page.
        assert trial["kinds"] == ["fired"] * 6 + ["recovered"] * 6
        assert trial["moved"] == 6 and len(trial["threads"]) == 6
        for message_id, attempts in trial["mails"].items():
            (received,) = [count for (name, _to), count in copies.items() if name == message_id]
            assert 1 <= received <= attempts, "a copy more only where a try's answer was lost"
    doubled = sum(count - 1 for count in copies.values())
    tries = sum(attempts - 1 for trial in report["trials"] for attempts in trial["mails"].values())
    print({"mails": len(copies), "copies too many": doubled, "tries cut short": tries})
    assert doubled <= tries
