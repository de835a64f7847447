"""The public data sets, whole: the figures their publishers and the rule book state."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ingest.batch import Batch
from ingest.config import load_config
from ingest.sources.files import read_file

CONFIG = Path(__file__).parent / "data" / "public_sources.yaml"
TODAY = date(2026, 11, 21)


def _read(folder: Path, code: str, name: str) -> Batch:
    batch = read_file(load_config(CONFIG).source(code), folder / name, TODAY)
    assert batch.rejects == [] and batch.warnings == [] and batch.rows_used == batch.rows_read
    return batch


@pytest.fixture(scope="module")
def edna(shared_data: Path) -> dict[int, Batch]:
    return {year: _read(shared_data, "edna", f"calls-edna/Call+Center+Data+{year}.csv") for year in (2018, 2019, 2020)}


def test_it_reads_every_call_of_edna(edna: dict[int, Batch]) -> None:
    assert {year: batch.rows_read for year, batch in edna.items()} == {2018: 33057, 2019: 32987, 2020: 32931}


def test_it_gives_the_answer_rates_of_edna_by_half_year(edna: dict[int, Batch]) -> None:
    calls = pd.concat([batch.calls for batch in edna.values() if batch.calls is not None])
    half = calls["day"].map(lambda day: f"{day.year}-{1 if day.month <= 6 else 2}")
    sums = calls.groupby(half)[["answered", "offered"]].sum()
    rates = (sums["answered"] / sums["offered"] * 100).astype(float).round(2)
    assert rates.tolist() == [94.18, 94.06, 93.95, 93.87, 93.87, 94.07]


def test_it_finds_the_seats_and_call_types_of_edna(edna: dict[int, Batch]) -> None:
    seats = {seat for batch in edna.values() if batch.seats is not None for seat in batch.seats["seat"]}
    queues = {queue for batch in edna.values() if batch.calls is not None for queue in batch.calls["queue"]}
    assert len(seats) == 64 and queues == {"Sales", "Billing", "Tech Support"}


@pytest.fixture(scope="module")
def pwc(shared_data: Path) -> Batch:
    return _read(shared_data, "pwc", "calls-pwc/01 Call-Center-Dataset.xlsx")


def test_it_gives_the_calls_of_pwc(pwc: Batch) -> None:
    assert pwc.calls is not None
    sums = pwc.calls.drop(columns=["centre", "day", "hour", "queue", "channel"]).sum()
    assert (sums["offered"], sums["answered"], sums["abandoned"]) == (5000, 4054, 946)
    assert round(sums["wait_seconds"] / sums["answered"], 2) == 67.52
    assert (sums["answered_within_15"], sums["answered_under_15"]) == (198, 161)
    assert (sums["rated_calls"], sums["satisfied_calls"]) == (4054, 2023)
    assert round(sums["rating_points"] / sums["rated_calls"], 2) == 3.40
    assert not [code for code in sums.index if code.startswith("abandoned_")]  # their waits are not given


def test_it_gives_the_seat_days_of_pwc(pwc: Batch) -> None:
    assert pwc.seats is not None
    assert len(pwc.seats) == 717 and int(pwc.seats["seat_calls"].sum()) == 4054
    assert round(4054 / len(pwc.seats), 3) == 5.654


def test_it_gives_the_ratio_of_sums_of_the_daily_summary(shared_data: Path) -> None:
    batch = _read(shared_data, "daily", "daily-summary/Call Center Data.csv")
    assert batch.calls is not None and batch.rows_read == 1251
    sums = batch.calls[["offered", "answered", "abandoned"]].sum()
    assert sums.to_dict() == {"offered": 248373, "answered": 221234, "abandoned": 27139}
    assert round(221234 / 248373 * 100, 2) == 89.07
    assert (batch.first_day, batch.last_day) == (date(2021, 1, 1), date(2024, 6, 4))


def test_it_makes_sums_of_the_means_of_the_daily_summary(shared_data: Path) -> None:
    text = (shared_data / "daily-summary" / "Call Center Data.csv").read_text(encoding="utf-8")
    rows = [line.split(";") for line in text.splitlines()[1:]]
    waits = sum(
        int(row[2]) * sum(int(p) * f for p, f in zip(row[5].split(":"), (3600, 60, 1), strict=True)) for row in rows
    )
    batch = _read(shared_data, "daily", "daily-summary/Call Center Data.csv")
    assert batch.calls is not None and int(batch.calls["wait_seconds"].sum()) == waits


def test_it_gives_the_orders_of_boston(shared_data: Path) -> None:
    batch = _read(shared_data, "boston", "workorders-boston311/animal-requests-2018.csv")
    assert batch.orders is not None
    sums = batch.orders[["accepted", "accepted_closed", "accepted_on_time", "due", "closed_on_time"]].sum()
    assert sums.to_dict() == {
        "accepted": 7872, "accepted_closed": 5464, "accepted_on_time": 7188, "due": 4893, "closed_on_time": 4209,
    }  # fmt: skip
    assert [round(top / bottom * 100, 2) for top, bottom in ((4209, 4893), (7188, 7872), (5464, 7872))] == [
        86.02,
        91.31,
        69.41,
    ]
