"""The demo centre's figures, pulled from its files: every KPI at every grain as hand-written SQL gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.store import CentreRow, sync_centres, sync_source
from ingest.config import Config, load_config
from ingest.mapping import FilesOptions
from ingest.pull import pull
from ingest.sources import demo
from kpi.model import Grain
from tests.factories import TZ, at
from tests.hand_check import check_calendar_grain, check_key_grain, check_seats
from tests.hand_sql import HAND_SQL, KEY_SQL
from tests.order_lines import lay_out

START, END, TODAY = date(2026, 2, 20), date(2026, 3, 9), date(2026, 3, 10)  # the running day has no readings yet
NOW = "2026-03-10 15:20"
CALENDAR = (Grain.TOTAL, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.HALF, Grain.YEAR)
WITHOUT_FIGURE = {"budget_adjustment_rate", "funds_received_rate"}
"""Nothing is moved in the demo's budget, and no funds arrive in these days: no figure, on either side."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    demo.write_until(folder / "inbox", TODAY, datetime.fromisoformat(NOW), START)
    return folder


def _config() -> Config:
    config = load_config(Path(demo.__file__).with_name("demo.yaml"))
    sources = []
    for spec in config.sources:
        assert isinstance(spec.options, FilesOptions)
        sources.append(replace(spec, options=replace(spec.options, settle_seconds=0)))
    return replace(config, sources=tuple(sources))


def test_it_gives_every_kpi_at_every_grain_as_hand_written_sql_does(engine: Engine, folder: Path) -> None:
    config = _config()
    sync_centres(engine, [CentreRow(c.code, c.name, c.parent) for c in config.centres])
    for spec in config.sources:
        sync_source(engine, spec.code, spec.kind, spec.title)
        results = pull(
            *(engine, config, spec.code),
            window=None,
            trigger="manual",
            now=at(NOW),
            tz=TZ,
            base_dir=folder,
            holder="here:1",
        )
        assert [r.error for r in results if r.error] == []
        assert all(r.rows_used + r.rows_rejected == r.rows_read for r in results)
    with engine.connect() as conn:
        without = {
            kpi for kpi in HAND_SQL for grain in CALENDAR if not check_calendar_grain(conn, kpi, START, END, grain)
        }
        lay_out(conn)
        keyed = {g: sum(check_key_grain(conn, k, START, END, Grain(g)) for k in HAND_SQL) for g in KEY_SQL}
        seats = check_seats(conn, START, END)
    assert without == WITHOUT_FIGURE
    assert all(found > 0 for found in keyed.values()), keyed
    assert seats == 40
