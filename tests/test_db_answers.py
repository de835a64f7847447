"""Questions answered from the facts: every KPI at every grain against hand-written SQL, on both databases."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import Engine

from db.answers import evaluate
from db.definitions import add_definition, add_exclusion
from ingest.batch import Batch
from kpi.catalogue import build
from kpi.measures import ANSWER_LIMITS, of_fact
from kpi.model import Answer, Ask, Definition, Exclusion, Fact, Grain, NoValue
from tests.factories import Desk, FrozenClock, calls, months, orders, readings, seats
from tests.hand_check import check_calendar_grain, check_key_grain, check_seats
from tests.hand_sql import HAND_SQL, KEY_SQL
from tests.order_lines import lay_out

CATALOGUE = build()
START, END = date(2025, 12, 20), date(2026, 2, 10)
CLOCK = FrozenClock("2026-02-11 02:00")
NOW = CLOCK.now()
CALENDAR = (Grain.TOTAL, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.HALF, Grain.YEAR)
ALL_DAYS = [START + timedelta(days=i) for i in range((END - START).days + 1)]


def _random_row(rng: random.Random, fact: Fact) -> dict[str, int]:
    return {m.code: rng.randint(0, 50) for m in of_fact(fact) if m.code not in ("items", "seat_days")}


def _made(rng: random.Random) -> Batch:
    """53 days of one centre with every measure of the catalogue; one day is missing altogether."""
    days = [day for day in ALL_DAYS if day != date(2026, 1, 7)]
    call_rows, seat_rows, order_rows, reading_frames = [], [], [], []
    for day in days:
        for hour, queue in ((h, q) for h in (0, 9, 23) for q in ("综合", "企业")):
            call_rows.append({"day": day, "hour": hour, "queue": queue, **_random_row(rng, Fact.CALL)})
        for seat in ("1001", "1002", "1003"):
            seat_rows.append({"day": day, "seat": seat, **_random_row(rng, Fact.SEAT)})
        for department, channel in (("城管局", "电话"), ("公安局", "网站"), ("公安局", "电话")):
            keys = {"day": day, "anchor": day, "department": department, "channel": channel, "category": "投诉"}
            order_rows.append({**keys, **_random_row(rng, Fact.ORDER)})
        reading_frames.append(readings({m.code: rng.randint(1, 900) for m in of_fact(Fact.READING)}, day=day))
    seat_rows[0].update(dict.fromkeys(("seat_calls", "seat_orders", "signed_in_seconds"), 0))
    return Batch(
        calls=calls(*call_rows),
        seats=seats(*seat_rows),
        orders=orders(*order_rows),
        readings=pd.concat(reading_frames, ignore_index=True),
        rows_read=1,
        rows_used=1,
    )


def _ask(engine: Engine, kpi: str, start: date, end: date, by: Grain = Grain.TOTAL, **more: object) -> Answer:
    ask = Ask((kpi,), (), start, end, more.pop("as_of", end), by, **more)  # type: ignore[arg-type]
    with engine.connect() as conn:
        return evaluate(conn, CATALOGUE, ask)


def test_it_gives_every_kpi_at_every_grain_as_hand_written_sql_does(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_made(random.Random(1)))
    with engine.connect() as conn:
        for kpi in HAND_SQL:
            for grain in CALENDAR:
                assert check_calendar_grain(conn, kpi, START, END, grain) > 0, (kpi, grain)
        lay_out(conn)
        keyed = {grain: sum(check_key_grain(conn, k, START, END, Grain(grain)) for k in HAND_SQL) for grain in KEY_SQL}
        assert check_seats(conn, START, END) == 3
    assert all(found > 0 for found in keyed.values()), keyed


def test_it_covers_the_whole_catalogue() -> None:
    assert set(HAND_SQL) == set(CATALOGUE.kpis)


def test_it_says_how_much_of_the_period_has_data(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_made(random.Random(2)))
    value = _ask(engine, "answer_rate", date(2026, 1, 1), date(2026, 1, 31)).one("answer_rate")
    assert (value.days_with_data, value.days_passed) == (30, 31)
    running = _ask(engine, "answer_rate", date(2026, 1, 1), date(2026, 1, 31), as_of=date(2026, 1, 10))
    assert (running.one("answer_rate").days_with_data, running.one("answer_rate").days_passed) == (9, 10)


def test_it_never_uses_days_after_the_day_asked_as_of(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_made(random.Random(3)))
    early = _ask(engine, "answer_rate", date(2026, 1, 1), date(2026, 1, 31), as_of=date(2026, 1, 10))
    cut = _ask(engine, "answer_rate", date(2026, 1, 1), date(2026, 1, 10))
    assert early.one("answer_rate").numerator == cut.one("answer_rate").numerator


def _two_days(**second: int) -> Batch:
    first = {"answered": 90, "offered": 100, "abandoned": 10, "answered_within_15": 45, "answered_within_20": 60}
    rows: Sequence[dict[str, object]] = (
        {"day": date(2026, 1, 1), **first},
        {"day": date(2026, 1, 2), **first, **second},
    )
    return Batch(calls=calls(*rows), rows_read=2, rows_used=2)


def test_it_keeps_the_past_when_the_definition_changes(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_two_days())
    period = (date(2026, 1, 1), date(2026, 1, 2))
    with engine.begin() as conn:
        add_definition(conn, Definition("service_level", date(2026, 1, 2), "answered", limit=20), NOW)
    days = _ask(engine, "service_level", *period, by=Grain.DAY).values["service_level"]
    assert [(v.formula, v.numerator, v.denominator) for v in days] == [("offered", 45, 100), ("answered", 60, 90)]
    whole = _ask(engine, "service_level", *period).one("service_level")
    assert (whole.numerator, whole.denominator) == (105, 190)
    by_hour = _ask(engine, "service_level", *period, by=Grain.HOUR).values["service_level"]
    assert [(v.key, v.numerator, v.denominator) for v in by_hour] == [("09", 105, 190)]


def test_it_shows_all_six_formulas_for_the_same_period(engine: Engine) -> None:
    row = {
        "answered": 1000, "offered": 1060, "abandoned": 60, "answered_within_15": 860,
        "abandoned_within_15": 20, "abandoned_under_5": 10,
    }  # fmt: skip
    Desk(engine, CLOCK).write(Batch(calls=calls({"day": date(2026, 1, 1), **row}), rows_read=1, rows_used=1))
    printed = {
        code: round((_ask(engine, "service_level", date(2026, 1, 1), date(2026, 1, 1), formula=code)
                     .one("service_level").value or 0) * 100, 1)
        for code in ("offered", "answered", "ignore_early_abandons", "abandons_count_as_met",
                     "short_abandons_count_as_met", "short_abandons_excluded")
    }  # fmt: skip
    assert list(printed.values()) == [81.1, 86.0, 82.7, 83.0, 82.1, 81.9]


def test_it_calls_a_formula_unavailable_where_the_source_lacks_what_it_needs(engine: Engine) -> None:
    rows = calls({"day": date(2026, 1, 1), "answered": 90, "offered": 100, "answered_within_20": 60})
    Desk(engine, CLOCK).write(Batch(calls=rows, rows_read=1, rows_used=1))
    value = _ask(engine, "service_level", date(2026, 1, 1), date(2026, 1, 1)).one("service_level")
    assert (value.value, value.reason) == (None, NoValue.UNAVAILABLE)
    assert value.detail == "缺少:15秒内接通量、放弃量"


def test_it_shows_figures_with_and_without_approved_exclusions(engine: Engine) -> None:
    good, bad = {"answered": 95, "offered": 100}, {"answered": 0, "offered": 50}
    rows = [
        {"day": date(2026, 1, 1), "hour": 9, **good},
        {"day": date(2026, 1, 1), "hour": 10, **bad},
        {"day": date(2026, 1, 2), "hour": 9, **bad},
        {"day": date(2026, 1, 3), "hour": 9, **good},
    ]
    Desk(engine, CLOCK).write(Batch(calls=calls(*rows), rows_read=4, rows_used=4))
    with engine.begin() as conn:
        outage = Exclusion(datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 13), "系统故障", "平台中断", "值班主任")
        day_off = Exclusion(datetime(2026, 1, 2), datetime(2026, 1, 3), "突发事件", "暴雪", "值班主任")
        for exclusion in (outage, day_off):
            add_exclusion(conn, exclusion, NOW)
    period = (date(2026, 1, 1), date(2026, 1, 3))
    with_all = _ask(engine, "answer_rate", *period).one("answer_rate")
    without = _ask(engine, "answer_rate", *period, exclude=True).one("answer_rate")
    assert (with_all.numerator, with_all.denominator, with_all.days_passed) == (190, 300, 3)
    assert (without.numerator, without.denominator, without.days_passed) == (190, 200, 2)
    hours = _ask(engine, "answer_rate", *period, by=Grain.HOUR, exclude=True).values["answer_rate"]
    assert [(v.key, v.numerator, v.denominator) for v in hours] == [("09", 190, 200)]


def test_it_uses_monthly_history_only_for_whole_months_without_daily_data(engine: Engine) -> None:
    history = months({date(2025, 1, 1): {"answered": 900, "offered": 1000}}, centre="city")
    Desk(engine, CLOCK).write(Batch(months=history, rows_read=1, rows_used=1))
    quarter = _ask(engine, "answer_rate", date(2025, 1, 1), date(2025, 3, 31)).one("answer_rate")
    assert (quarter.value, quarter.days_with_data) == (0.9, 31)
    cut = _ask(engine, "answer_rate", date(2025, 1, 2), date(2025, 3, 31)).one("answer_rate")
    assert cut.reason is NoValue.NO_DATA
    weeks = _ask(engine, "answer_rate", date(2025, 1, 1), date(2025, 1, 31), by=Grain.WEEK).values["answer_rate"]
    assert {v.value for v in weeks} == {None}


def test_it_finds_the_worst_24_hours_that_end_on_a_day(engine: Engine) -> None:
    rows = [
        {"day": day, "hour": hour, "answered": 0 if (day.day, hour) in ((1, 23), (2, 0)) else 10, "offered": 10}
        for day in (date(2026, 1, 1), date(2026, 1, 2))
        for hour in range(24)
    ]
    Desk(engine, CLOCK).write(Batch(calls=calls(*rows), rows_read=48, rows_used=48))
    found = _ask(engine, "answer_rate", date(2026, 1, 1), date(2026, 1, 2), by=Grain.ROLLING_24H)
    worst = found.values["answer_rate"][1]
    assert (worst.numerator, worst.denominator, worst.key) == (220, 240, "2026-01-02T01:00")


def test_it_refuses_what_does_not_exist(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_two_days())
    with pytest.raises(KeyError, match="没有指标"):
        _ask(engine, "nonsense", START, END)
    with pytest.raises(KeyError, match="没有口径"):
        _ask(engine, "answer_rate", START, END, formula="nonsense")
    with engine.connect() as conn, pytest.raises(KeyError, match="没有中心"):
        evaluate(conn, CATALOGUE, Ask(("answer_rate",), ("nowhere",), START, END, END))


def test_it_keeps_every_limit_a_definition_may_name(engine: Engine) -> None:
    row = {f"answered_within_{t}": t for t in ANSWER_LIMITS}
    rows = calls({"day": date(2026, 1, 1), "answered": 200, "abandoned": 0, **row})
    Desk(engine, CLOCK).write(Batch(calls=rows, rows_read=1, rows_used=1))
    for i, limit in enumerate(ANSWER_LIMITS):
        with engine.begin() as conn:
            valid_from = date(2020, 1, 1) + timedelta(days=i)
            add_definition(conn, Definition("service_level", valid_from, "offered", limit=limit), NOW)
        value = _ask(engine, "service_level", date(2026, 1, 1), date(2026, 1, 1)).one("service_level")
        assert value.numerator == limit


def test_it_tells_a_total_and_its_first_days_from_one_question(engine: Engine) -> None:
    rows = [{"day": date(2026, 3, day), "hour": 9, "offered": 100, "answered": 90 + day} for day in (1, 2, 3)]
    Desk(engine, FrozenClock("2026-03-03 12:00")).write(Batch(calls=calls(*rows), rows_read=3, rows_used=3))
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    ask = Ask(("answer_rate", "offered_volume"), (), first, last, date(2026, 3, 3), part_until=date(2026, 3, 2))
    with engine.connect() as conn:
        found = evaluate(conn, CATALOGUE, ask).values
        alone = evaluate(conn, CATALOGUE, replace(ask, end=date(2026, 3, 2), as_of=date(2026, 3, 2), part_until=None))
        with pytest.raises(ValueError, match="期间之内"):
            evaluate(conn, CATALOGUE, replace(ask, part_until=date(2026, 4, 1)))
        with pytest.raises(ValueError, match="只有合计"):
            evaluate(conn, CATALOGUE, replace(ask, by=Grain.DAY))
    assert [(v.numerator, v.denominator) for v in found["answer_rate"]] == [(276, 300), (183, 200)]
    assert {code: values[1:] for code, values in found.items()} == alone.values
