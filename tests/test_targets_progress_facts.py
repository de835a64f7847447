"""Figures of the progress are those every other page shows; one read of the facts does for all KPIs."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import Engine, event, insert

from db.answers import evaluate
from db.bindings import save_bindings
from db.day_memory import forget
from db.definitions import add_definition
from db.engine import write
from db.schema import day_totals
from db.sheets import save_sheet
from db.store import CentreRow, sync_centres
from kpi.catalogue import BUILTIN
from kpi.measures import ALL_MEASURES
from kpi.model import Ask, Definition, Fact, Grain
from kpi.pace_model import Binding, BoundTo, PaceClass, Progress
from kpi.periods import Period
from kpi.sheet import indicator_keys
from kpi.status import Status
from targets.progress import progress
from tests.factories import FrozenClock, at, batch, calls, months, orders, readings, seats
from tests.targets_desk import CALENDAR, CATALOGUE, SHEET, SheetDesk, indicator, sheet_of
from tests.yardstick import weigh

JAN, MARCH = date(2026, 1, 1), date(2026, 3, 31)
HALF, YEAR = Period(JAN, date(2026, 6, 30)), Period(JAN, date(2026, 12, 31))


def everything(engine: Engine) -> SheetDesk:
    """Two centres, gaps, all kinds of facts, monthly history, and a row for every KPI of the catalogue."""
    names = {(kpi.name, "≥1", "≥1"): Binding(BoundTo.KPI, PaceClass.RATIO, kpi.code) for kpi in BUILTIN}
    desk = SheetDesk(engine, names)
    draw = random.Random(3)
    for centre in ("city", "district"):
        days = [JAN + timedelta(days=i) for i in range(20, 90) if draw.random() < 0.9]
        frames = [
            calls({"offered": 50, "answered": draw.randint(40, 50), "answered_within_15": 38, "abandoned": 2},
                  centre=centre, day=day) for day in days
        ]  # fmt: skip
        desk.desk.write(batch(calls=pd.concat(frames)), f"calls-{centre}")
    desk.desk.write(batch(orders=orders({"accepted": 9, "solved_first": 4}, day=MARCH)), "orders")
    desk.desk.write(batch(seats=seats({"seat_calls": 60, "signed_in_seconds": 100}, day=MARCH)), "seats")
    for n, day in enumerate((date(2026, 2, 2), date(2026, 3, 3))):
        values = {"complaints": 1.0 + n, "budget": 1000.0, "spent": 100.0, "seats_opening": 50.0, "seats_kept": 45.0}
        desk.desk.write(batch(readings=readings(values, day=day)), f"readings-{n}")
    desk.desk.write(batch(months=months({JAN: {"offered": 900.0, "answered": 800.0}})), "months")
    return desk


@pytest.mark.parametrize("day", [MARCH, date(2026, 4, 5)])
def test_it_shows_the_figures_that_every_page_shows(engine: Engine, day: date) -> None:
    desk = everything(engine)
    found = {row.indicator.name: row for row in desk.progress(day, today=day).rows}
    with engine.connect() as conn:
        for period, which in ((HALF, "half"), (YEAR, "full")):
            ask = Ask((), (), period.start, period.end, day, Grain.TOTAL)
            answer = evaluate(conn, CATALOGUE, ask)
            for kpi in BUILTIN:
                value, pace = answer.one(kpi.code), getattr(found[kpi.name], which)
                names = ("value", "numerator", "denominator", "days_with_data", "days_passed", "reason")
                mine, asked = ([getattr(one, name) for name in names] for one in (pace, value))
                assert mine == asked, (kpi.name, which)


def test_it_follows_the_definitions_in_force(sqlite_engine: Engine) -> None:
    """From 1 March 15秒接通率 is divided by answered calls only: 59 days of 80/100 and 31 of 80/90."""
    desk = SheetDesk(
        sqlite_engine, {("15秒接通率", "≥80%", "≥80%"): Binding(BoundTo.KPI, PaceClass.RATIO, "service_level")}
    )
    desk.answer(JAN, MARCH, offered=100, answered=90, abandoned=10, answered_within_15=80)
    with write(sqlite_engine) as conn:
        add_definition(conn, Definition("service_level", date(2026, 3, 1), "answered"), at("2026-03-01 08:00"))
    half = desk.half("15秒接通率", MARCH)
    assert (half.numerator, half.denominator) == (90 * 80, 59 * 100 + 31 * 90)


def test_it_takes_the_mean_of_months_where_that_is_the_mode(sqlite_engine: Engine) -> None:
    """January 60 a seat-day on 10 seat-days, February 50 on 30: 55, not 52.5; 58 more months of four make 60."""
    binding = Binding(BoundTo.KPI, PaceClass.RATIO, "daily_output")
    desk = SheetDesk(sqlite_engine, {("月均日产能", "≥60件/坐席/天", "≥60件/坐席/天"): binding})
    for month, output, people in ((1, 60, 10), (2, 50, 30)):
        rows = [{"seat_calls": output, "seat": str(n), "day": date(2026, month, 5)} for n in range(people)]
        desk.desk.write(batch(seats=seats(*rows)), f"seats-{month}")
    with write(sqlite_engine) as conn:
        mean = Definition("daily_output", JAN, "default", mode="mean_of_months")
        add_definition(conn, mean, at("2026-01-01 08:00"))
    half = desk.half("月均日产能", date(2026, 2, 28))
    assert (half.value, half.projected, half.probability) == (55, None, None)
    assert half.required == pytest.approx((60 * 6 - 55 * 2) / 4)


def test_it_asks_one_centre_and_those_below(sqlite_engine: Engine) -> None:
    binding = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
    desk = SheetDesk(sqlite_engine, {("接通率", "≥96%", "≥96%"): binding})
    desk.desk.write(batch(calls=calls({"offered": 10, "answered": 9}, centre="city", day=MARCH)), "city")
    desk.desk.write(batch(calls=calls({"offered": 30, "answered": 30}, centre="district", day=MARCH)), "district")
    with write(sqlite_engine) as conn:
        save_sheet(
            conn, desk.sheet, code="district", centre="district", author="张", reason="", source_name="",
            source_text="", now=FrozenClock().now(), state="active",
        )  # fmt: skip
    with sqlite_engine.connect() as conn:
        for code, expected in ((SHEET, 39 / 40), ("district", 1.0)):
            found = progress(conn, CATALOGUE, code, MARCH, today=date(2026, 4, 1), calendar=CALENDAR)
            assert found.rows[0].half.value == expected


def test_it_draws_the_last_28_days(sqlite_engine: Engine) -> None:
    binding = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
    count = Binding(BoundTo.COUNT, PaceClass.TOWARDS)
    desk = SheetDesk(sqlite_engine, {("接通率", "≥96%", "≥96%"): binding, ("培训", "≥4次", "≥8次"): count})
    desk.answer(JAN, date(2026, 3, 30), offered=100, answered=95)
    desk.enter("培训", date(2026, 3, 30), 2)
    rate, training = desk.row("接通率", MARCH), desk.row("培训", MARCH)
    assert rate.spark == (*[0.95] * 27, None)
    assert training.spark == (*[None] * 26, 2.0, 2.0)
    assert (rate.newest, training.newest) == (date(2026, 3, 30), date(2026, 3, 30))


def test_it_says_how_the_sheet_stands_in_one_sentence(sqlite_engine: Engine) -> None:
    binding = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
    grade = Binding(BoundTo.GRADE, PaceClass.GRADE)
    names = {("接通率", "≥96%", "≥96%"): binding, ("另一个", "≥90%", "≥90%"): binding, ("依据", "充分", "充分"): grade}
    desk = SheetDesk(sqlite_engine, names)
    desk.answer(JAN, MARCH, offered=100, answered=95)
    found = desk.progress(MARCH)
    assert found.counts == ((Status.MET, 1), (Status.MISSED, 1), (Status.NO_DATA, 1))
    assert found.sentence == (
        "3 项中 1 项达标、1 项未达标、1 项无数据;最要紧的是接通率 95.00 %(目标 ≥96%):"
        "此后每天需 ≥ 97.0 %;还可漏接 274 个(已用 62 %)。"
    )


def big_city(engine: Engine) -> None:
    """A year of five centres by day, and a sheet of 200 indicators, 60 of them on 20 KPIs of calls and orders."""
    centres = sync_centres(engine, [CentreRow(f"c{n}", f"中心{n}") for n in range(5)])
    draw, written = random.Random(1), datetime(2026, 1, 1)
    below = {"offered", "entered_ivr", "accepted", "dispatched", "due", "to_call_back", "rated_orders", "rated_calls"}
    ours = [kpi for kpi in BUILTIN if kpi.group.value in ("话务", "工单") or kpi.code in ("daily_output", "occupancy")]
    with write(engine) as conn:
        rows = [
            {
                "centre_id": centre, "measure": m.code, "day": date(2025, 1, 1) + timedelta(days=n), "run_id": None,
                "value": 2100.0 if m.code in below else 2000.0 - draw.randint(0, 200) * (m.code != "answered"),
                "updated_at": written,
            }
            for centre in centres.values() for m in ALL_MEASURES if m.fact is not Fact.READING for n in range(365)
        ]  # fmt: skip
        conn.execute(insert(day_totals), rows)
        made, bound = [], []
        for n in range(200):
            if n % 10 < 3:
                kpi = ours[(n // 10 * 3 + n % 10) % 20 % len(ours)]
                sign, unit = "≤" if kpi.better.value == "lower" else "≥", kpi.unit.value
                made.append(indicator(n + 1, f"{kpi.name}{n}", f"{sign}60{unit}", f"{sign}60{unit}"))
                bound.append(Binding(BoundTo.KPI, PaceClass.RATIO, kpi.code))
            elif n % 10 < 6:
                made.append(indicator(n + 1, f"培训{n}", "≥2次", "≥4次"))
                bound.append(Binding(BoundTo.COUNT, PaceClass.TOWARDS))
            else:
                made.append(indicator(n + 1, f"依据{n}", "充分", "充分"))
                bound.append(Binding(BoundTo.GRADE, PaceClass.GRADE))
        sheet = sheet_of(*made, year=2025)
        save_sheet(
            conn, sheet, code=SHEET, centre=None, author="张", reason="", source_name="", source_text="",
            now=at("2025-01-01 08:00"), state="active",
        )  # fmt: skip
        save_bindings(conn, SHEET, dict(zip(indicator_keys(sheet.projects[0]), bound, strict=True)))


def test_it_paces_200_indicators_on_a_year_of_a_big_city_within_300_ms(sqlite_engine: Engine) -> None:
    """Processor time of the best of five, in seconds of the reference machine (``tests/yardstick.py``)."""
    big_city(sqlite_engine)
    statements: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with sqlite_engine.connect() as conn:

        def work() -> Progress:
            statements.clear()
            forget(sqlite_engine)
            return progress(conn, CATALOGUE, SHEET, date(2025, 5, 31), today=date(2025, 12, 31), calendar=CALENDAR)

        spent = weigh(work, tries=5)
        found = work()
    assert len(found.rows) == 200
    assert sum(row.half.projected is not None for row in found.rows) > 40
    assert len([one for one in statements if "FROM day_totals" in one and "value" in one]) == 1
    assert spent < 0.3
