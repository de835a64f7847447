"""The sql source: times of other zones, seconds since 1970, intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from ingest.mapping import (
    MomentField,
)
from ingest.sources.sql import read_window
from tests.foreign_database import (
    CALL_FIELDS,
    END,
    START,
    TODAY,
    cell,
    foreign,
    load,
    spec,
    url_of,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty foreign database."""
    yield from foreign(request, tmp_path)


@pytest.mark.parametrize(
    ("zone", "stored", "column"),
    [
        ("", "2026-03-02 00:30:00", "timestamp"),
        ("UTC", "2026-03-01 16:30:00", "timestamp"),
        ("+09:00", "2026-03-02 01:30:00", "timestamp"),
        ("America/New_York", "2026-03-01 11:30:00", "timestamp"),
        ("", "2026-03-01 16:30:00+00:00", "timestamp with time zone"),
        ("", "2026-03-02 00:30:00", "text"),
        ("UTC", "2026-03-01T16:30:00", "text"),
    ],
)
def test_it_turns_times_of_other_zones_into_the_centres_own(
    database: Engine, zone: str, stored: str, column: str
) -> None:
    load(database, f"asked_at {column}, answered varchar(9)", [{"asked_at": stored, "answered": "是"}])
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered")}
    source = spec(url_of(database), fields, time_zone=zone)
    calls = read_window(source, START, START, TODAY).calls
    assert calls is not None and list(zip(calls["day"], calls["hour"], strict=True)) == [(START, 0)]
    assert read_window(source, date(2026, 3, 1), date(2026, 3, 1), TODAY).rows_read == 0


def test_it_heeds_summer_time_of_the_databases_zone(database: Engine) -> None:
    # New York moves its clocks on 8 March 2026: 01:30 EST is 14:30, 03:30 EDT is 15:30 in Shanghai
    moments = [datetime(2026, 3, 8, 1, 30), datetime(2026, 3, 8, 3, 30)]
    load(database, "asked_at timestamp, answered varchar(9)", [{"asked_at": m, "answered": "是"} for m in moments])
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered")}
    calls = read_window(spec(url_of(database), fields, time_zone="America/New_York"), END, END, TODAY).calls
    assert calls is not None and sorted(calls["hour"]) == [14, 15]


def test_it_reads_seconds_since_1970_and_a_date_beside_a_time(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'foreign.db'}")
    load(
        engine,
        "at integer, d text, t text, answered text",
        [{"at": 1772382600, "d": "2026-03-02", "t": "00:30:00", "answered": "是"}],
    )
    for field in (MomentField(cell("at")), MomentField(cell("d"), (), cell("t"))):
        source = spec(url_of(engine), {"asked_at": field, "answered": CALL_FIELDS["answered"]})
        calls = read_window(source, START, START, TODAY).calls
        assert calls is not None and list(zip(calls["day"], calls["hour"], strict=True)) == [(START, 0)]


def test_it_reads_intervals_and_flags_of_postgresql(new_postgresql: Callable[[], str]) -> None:
    engine = create_engine(new_postgresql())
    row = {"asked_at": datetime(2026, 3, 2, 8), "answered": True, "wait": "00:01:05", "talk": "2:03"}
    load(engine, "asked_at timestamp, answered boolean, wait interval, talk varchar(9)", [row])
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered", "wait", "talk")}
    calls = read_window(spec(url_of(engine), fields), START, START, TODAY).calls
    assert calls is not None and calls[["wait_seconds", "talk_seconds"]].to_numpy().tolist() == [[65, 123]]
    engine.dispose()
