"""The known figures of public data, all the way: file → pull → database → KPI, on SQLite and PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db.answers import evaluate
from db.store import CentreRow, sync_centres, sync_source
from ingest.config import Config, load_config
from ingest.pull import pull
from kpi.catalogue import build
from kpi.model import Ask, Grain, KpiValue
from tests.factories import TZ, at

CONFIG = Path(__file__).resolve().parent / "data" / "public_sources.yaml"
NOW = at("2026-03-06 08:00")


def _load(engine: Engine, folder: Path, source: str) -> int:
    """Pulls a source of public data; returns the rows read."""
    config: Config = load_config(CONFIG)
    sync_centres(engine, [CentreRow(c.code, c.name, c.parent) for c in config.centres])
    for spec in config.sources:
        sync_source(engine, spec.code, spec.kind, spec.title)
    results = pull(
        engine, config, source, window=None, trigger="manual", now=NOW, tz=TZ, base_dir=folder, holder="here:1"
    )
    assert [r.error for r in results if r.error] == []
    return sum(r.rows_read for r in results)


def _ask(engine: Engine, kpi: str, start: date, end: date, by: Grain = Grain.TOTAL, formula: str | None = None):  # type: ignore[no-untyped-def]
    with engine.connect() as conn:
        return evaluate(conn, build(), Ask((kpi,), (), start, end, end, by, formula)).values[kpi]


def _one(engine: Engine, kpi: str, start: date, end: date, formula: str | None = None) -> KpiValue:
    (value,) = _ask(engine, kpi, start, end, formula=formula)
    assert isinstance(value, KpiValue)
    return value


def test_it_gives_the_figures_of_edna_in_whatever_order_its_files_come(
    engine: Engine, shared_data: Path, tmp_path: Path
) -> None:
    files = sorted((shared_data / "calls-edna").glob("Call*Data*.csv"))
    order = list(itertools.permutations(files))[3]  # 2019, 2020, 2018
    (tmp_path / "calls-edna").mkdir()
    read = 0
    for file in order:
        shutil.copy2(file, tmp_path / "calls-edna" / file.name)
        read += _load(engine, tmp_path, "edna")
    assert read == 33_057 + 32_987 + 32_931
    for file in files:  # a second time, under other names
        shutil.copy2(file, tmp_path / "calls-edna" / f"Call Data again {file.name}")
    assert _load(engine, tmp_path, "edna") == 0
    halves = _ask(engine, "answer_rate", date(2018, 1, 1), date(2020, 12, 31), Grain.HALF)
    assert [f"{half.value:.2%}" for half in halves] == ["94.18%", "94.06%", "93.95%", "93.87%", "93.87%", "94.07%"]
    with engine.connect() as conn:
        assert conn.execute(text("SELECT COUNT(DISTINCT seat) FROM seat_stats")).scalar() == 64
        assert conn.execute(text("SELECT COUNT(*) FROM restatements")).scalar() == 0


def test_it_gives_the_figures_of_pwc(engine: Engine, shared_data: Path) -> None:
    assert _load(engine, shared_data, "pwc") == 5_000
    quarter = (date(2021, 1, 1), date(2021, 3, 31))
    answered = _one(engine, "answer_rate", *quarter)
    assert (answered.numerator, answered.denominator, f"{answered.value:.2%}") == (4_054, 5_000, "81.08%")
    assert round(_one(engine, "speed_of_answer", *quarter).value or 0, 2) == 67.52
    offered = _one(engine, "service_level", *quarter)
    assert (offered.numerator, f"{offered.value:.2%}") == (198, "3.96%")
    assert f"{_one(engine, 'service_level', *quarter, 'answered').value:.2%}" == "4.88%"
    assert _one(engine, "service_level", *quarter, "strictly_under").numerator == 161
    score = _one(engine, "call_satisfaction_score", *quarter)
    assert (round(score.value or 0, 2), score.denominator) == (3.40, 4_054)
    assert f"{_one(engine, 'call_satisfaction_rate', *quarter).value:.2%}" == "49.90%"
    output = _one(engine, "daily_output", *quarter)
    assert (round(output.value or 0, 3), output.denominator) == (5.654, 717)


def test_it_divides_the_sums_of_the_daily_summary_and_never_averages_its_rates(
    engine: Engine, shared_data: Path
) -> None:
    assert _load(engine, shared_data, "daily") == 1_251
    start = date(2015, 1, 1)
    value = _one(engine, "answer_rate", start, start + timedelta(days=4_000))
    assert (value.numerator, value.denominator, f"{value.value:.2%}") == (221_234, 248_373, "89.07%")
    days = [v.value for v in _ask(engine, "answer_rate", start, start + timedelta(days=4_000), Grain.DAY)]
    known = [v for v in days if v is not None]
    assert f"{sum(known) / len(known):.2%}" == pytest.approx("92.69%")  # the wrong figure, as its publisher gives it


def test_it_gives_the_figures_of_boston(engine: Engine, shared_data: Path) -> None:
    assert _load(engine, shared_data, "boston") == 7_872
    on_time = _one(engine, "on_time_closure_rate", date(2018, 1, 1), date(2026, 12, 31))
    assert (on_time.numerator, on_time.denominator, f"{on_time.value:.2%}") == (4_209, 4_893, "86.02%")
    year = (date(2018, 1, 1), date(2018, 12, 31))
    assert f"{_one(engine, 'on_time_closure_rate', *year, 'accepted').value:.2%}" == "91.31%"
    assert f"{_one(engine, 'closure_rate', *year, 'accepted').value:.2%}" == "69.41%"
