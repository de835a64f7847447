"""座席利用率: the busy time of seats counts beside the time they were signed in; what is unknown is in neither."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.factories import Desk, FrozenClock, batch, seats
from tests.test_db_store import totals

ON = {"seat": "1001", "seat_calls": 2, "seat_busy_seconds": 120, "signed_in_seconds": 36_000}
STATIC = {"seat": "1002", "seat_calls": 2, "seat_busy_seconds": 150}
LATER = {"seat": "1002", "signed_in_seconds": 18_000}


def told(engine: Engine) -> list[float | None]:
    return [totals(engine, code).get(("city", "2026-03-05")) for code in ("seat_busy_seconds", "signed_in_seconds")]


def test_a_seat_whose_time_signed_in_is_unknown_is_not_busy_beside_others(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-06 02:00"))
    desk.write(batch(seats=seats(ON, STATIC)), "calls")
    assert told(engine) == [120, 36_000]
    assert totals(engine, "seat_calls") == {("city", "2026-03-05"): 4}


@pytest.mark.parametrize("first", ["calls", "hr"])
def test_it_is_once_another_source_tells_that_time(engine: Engine, first: str) -> None:
    desk = Desk(engine, FrozenClock("2026-03-06 02:00"))
    sources = {"calls": seats(STATIC), "hr": seats(LATER)}
    desk.write(batch(seats=sources.pop(first)), first)
    assert told(engine)[0] is None
    for code, frame in sources.items():
        desk.write(batch(seats=frame), code)
    assert told(engine) == [150, 18_000]
