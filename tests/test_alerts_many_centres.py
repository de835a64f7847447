"""A big installation: fifty centres with forty rules each, looked at in one tick."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine

from alerts.check import TickResult, tick
from db.alert_rules import save_rules
from db.bindings import save_bindings
from db.engine import write
from db.sheets import save_sheet
from db.store import CentreRow, sync_centres
from kpi.alert_model import AlertKind, AlertRule
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.sheet import indicator_keys
from kpi.showing import Showing
from tests.factories import TZ, Desk, at, batch, calls, orders
from tests.targets_desk import CALENDAR, CATALOGUE, indicator, sheet_of
from tests.yardstick import weigh

CENTRES = tuple(f"c{number:02}" for number in range(50))
FIRST, DAYS = date(2026, 1, 1), 64
KPIS = (
    ("接通率", "answer_rate", "≥96%"),
    ("满意率", "satisfaction_rate", "≥90%"),
    ("按时办结率", "on_time_closure_rate", "≥97%"),
    ("回访率", "callback_rate", "≥95%"),
    ("话务满意率", "call_satisfaction_rate", "≥90%"),
)
OF_KPI = (AlertKind.DAY, AlertKind.WEEK, AlertKind.LIVE, AlertKind.ROLLING_24H)
OF_SHEET: tuple[tuple[str, AlertKind, dict[str, Any]], ...] = (
    ("to_date", AlertKind.TO_DATE, {"level": 0.5}),
    ("projected", AlertKind.PROJECTED_MISS, {"level": 0.0}),
    ("burn10", AlertKind.BURN_RATE, {"operator": "<=", "level": 0.9, "share": 0.1}),
    ("burn5", AlertKind.BURN_RATE, {"operator": "<=", "level": 0.9, "share": 0.05}),
)
LIMIT = 2.0
"""Seconds of the reference machine's processor."""


def facts(engine: Engine) -> None:
    desk = Desk(engine)
    sync_centres(engine, [CentreRow(code, code) for code in CENTRES])
    draw = np.random.default_rng(1)
    by_hour, by_day = [], []
    for code in CENTRES:
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            for hour in range(8, 20):
                offered = int(draw.poisson(50))
                answered = int(draw.binomial(offered, 0.97))
                rated = {"rated_calls": answered, "satisfied_calls": int(answered * 0.95)}
                by_hour.append(
                    {"centre": code, "day": day, "hour": hour, "offered": offered, "answered": answered, **rated}
                )
            done = {"rated_orders": 100, "satisfied_orders": 93, "due": 100, "closed_on_time": 98}
            done |= {"to_call_back": 100, "called_back": 99}
            by_day.append({"centre": code, "day": day, "anchor": day, **done})
    desk.clock.moment = at("2026-03-05 19:30")
    desk.write(batch(calls=calls(*by_hour), orders=orders(*by_day)))


def rules(engine: Engine) -> int:
    made: list[AlertRule] = []
    with write(engine) as conn:
        for code in CENTRES:
            sheet = sheet_of(*[indicator(row, name, goal, goal) for row, (name, _kpi, goal) in enumerate(KPIS, 1)])
            keys = indicator_keys(sheet.projects[0])
            save_sheet(
                conn, sheet, code=code, centre=code, author="张", reason="", source_name="", source_text="",
                now=datetime(2025, 12, 31, tzinfo=UTC), state="active",
            )  # fmt: skip
            bound = {
                key: Binding(BoundTo.KPI, PaceClass.RATIO, kpi, confirmed_by="张")
                for key, (_name, kpi, _goal) in zip(keys, KPIS, strict=True)
            }
            save_bindings(conn, code, bound)
            for key, binding in bound.items():
                own = AlertRule("", "", AlertKind.DAY, binding.reference, centre=code, level=0.5, made_from=code)
                made += [replace(own, code=f"{code}.{key}.{kind}", kind=kind) for kind in OF_KPI]
                about = replace(own, reference=key, sheet=code)
                made += [
                    replace(about, code=f"{code}.{key}.{tail}", kind=kind, **more) for tail, kind, more in OF_SHEET
                ]
        save_rules(conn, made, at("2026-01-01 00:00"))
    return len(made)


def test_fifty_centres_with_forty_rules_each_are_checked_within_two_seconds(sqlite_engine: Engine) -> None:
    facts(sqlite_engine)
    assert rules(sqlite_engine) == 50 * 40
    now = at("2026-03-05 19:40")

    def look() -> TickResult:
        nonlocal now
        now += timedelta(minutes=5)
        return tick(
            sqlite_engine, CATALOGUE, now=now, tz=TZ, calendar=CALENDAR, link=lambda rule: "", host="h.example",
            showing=Showing.ON,
        )  # fmt: skip

    made = look()  # the very first, which writes where every rule stands
    assert made.rules == 2000 and not made.told
    now += timedelta(days=1)
    first = weigh(look, tries=1)  # works out the projections of the new day, which are kept until the next
    spent = weigh(look, tries=3)
    print(f"{first:.2f} s, then {spent:.2f} s")
    assert first < 1.5 * LIMIT  # 1.8 s where it was measured; once a day, with room for a noisy machine
    assert spent < LIMIT
