"""Three more centres beside the made district: a steady one, one that drops calls, a service point with few calls.

In March each has the same hours as the district's (10 a day, 8 to 17), every day alike; each its share answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from db.engine import write
from tests.dashboard_facts import MARCH, MISSING, NOW, TODAY
from tests.dashboard_facts import SOURCES as TWO_CENTRES
from tests.factories import Desk, FrozenClock, batch, calls, seats
from tests.target_sheets import put_targets

MORE = {"east": (100, 95), "west": (80, 78), "point": (1, 1)}
"""Code → calls an hour, and how many of them are answered."""
NAMES = {"east": "城东分中心", "west": "城西分中心", "point": "江心洲服务点"}
DAYS = [MARCH + timedelta(days=n) for n in range((TODAY - MARCH).days)]
"""The whole days of March so far."""
THIN = DAYS[:3]
"""The days on which the service point has calls: 30 in all."""

_LINE = "  - {{code: {code}, name: {name}, parent: city}}\n"
SOURCES = TWO_CENTRES.replace(
    "sources:\n", "".join(_LINE.format(code=c, name=n) for c, n in NAMES.items()) + "sources:\n", 1
)


def fill_more(engine: Engine) -> Desk:
    """Writes the three centres' days of March beside what is there; the product has made the centres."""
    desk = Desk(engine, FrozenClock(NOW))
    desk.source("calls", "话务平台导出")
    for centre in MORE:
        days = THIN if centre == "point" else [day for day in DAYS if day != MISSING]
        made = batch(
            calls=calls(*(row for day in days for row in _hours(centre, day)), centre=centre),
            seats=seats(*(row for day in days for row in _seats(centre, day)), centre=centre),
            inputs=[{"name": f"话务明细_{centre}.csv", "rows": len(days) * 1000}],
            first_day=days[0],
            last_day=days[-1],
        )
        desk.write(made, source="calls", trigger="manual")
    with write(engine) as conn:
        put_targets(conn, "east", {"answer_rate": (">=", 0.95)})
    return desk


def _hours(centre: str, day: date) -> Iterator[dict[str, Any]]:
    came, got = MORE[centre]
    for hour in range(8, 18):
        yield {
            "day": day,
            "hour": hour,
            "offered": came,
            "answered": got,
            "abandoned": came - got,
            "wait_seconds": got * 11,
            "talk_seconds": got * 140,
            "wrap_seconds": got * 35,
            "answered_within_15": got * 85 // 100,
            "abandoned_within_15": 0,
        }


def _seats(centre: str, day: date) -> Iterator[dict[str, Any]]:
    each = MORE[centre][1] * 10 // 10
    for number in range(10):
        yield {"day": day, "seat": f"{centre}{number}", "seat_calls": each, "seat_busy_seconds": each * 175,
               "signed_in_seconds": 25_200}  # fmt: skip
