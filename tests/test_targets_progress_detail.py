"""指标详情 and what if: the lines of one indicator, and the end of the period under another course."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from db.definitions import add_exclusion
from db.engine import write
from kpi.model import Exclusion
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.status import Status
from targets.detail import Detail, detail
from targets.detail_paths import Line
from targets.progress import progress
from targets.what_if import WhatIf, what_if
from tests.factories import at, batch, seats
from tests.targets_desk import CALENDAR, CATALOGUE, SHEET, SheetDesk

RATE = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
COUNT = Binding(BoundTo.COUNT, PaceClass.TOWARDS)
MONEY = Binding(BoundTo.MONEY, PaceClass.BUDGET)
JAN, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30)


def desk_of(engine: Engine) -> SheetDesk:
    names = {
        ("接通率", "≥96%", "≥96%"): RATE,
        ("培训", "≥57次", "≥114次"): COUNT,
        ("预算执行率", "=50%", "=100%"): MONEY,
    }
    desk = SheetDesk(engine, names)
    desk.answer(JAN, MARCH, offered=100, answered=95)
    return desk


def looked_at(desk: SheetDesk, name: str, as_of: date = MARCH) -> Detail:
    with desk.engine.connect() as conn:
        today = date(2027, 1, 10)
        return detail(conn, CATALOGUE, SHEET, desk.keys[name], as_of, today=today, calendar=CALENDAR)


def at_end(line: Line, last: date) -> float | None:
    """The value at the end of a line, which has to be this day."""
    assert line[-1][0] == last
    return line[-1][1]


def asked(desk: SheetDesk, name: str = "接通率", **options: Any) -> WhatIf:
    with desk.engine.connect() as conn:
        today = date(2027, 1, 10)
        return what_if(conn, CATALOGUE, SHEET, desk.keys[name], MARCH, today=today, calendar=CALENDAR, **options)


def test_it_draws_the_way_so_far_and_the_way_required(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    found = looked_at(desk, "接通率")
    with sqlite_engine.connect() as conn:
        whole = progress(conn, CATALOGUE, SHEET, MARCH, today=date(2027, 1, 10), calendar=CALENDAR)
    assert found.row == whole.rows[0]
    assert len(found.half.path) == 90
    assert found.half.path[-1] == (MARCH, 0.95)
    assert found.half.required[0] == (MARCH, 0.95)
    assert at_end(found.half.required, JUNE) == pytest.approx(0.96)
    assert len(found.half.required) == 92
    assert at_end(found.full.required, date(2026, 12, 31)) == pytest.approx(0.96)
    # 724 may be missed in all, 5 a day were.
    assert dict(found.half.burn)[JAN] == pytest.approx(719)
    assert at_end(found.half.burn, MARCH) == pytest.approx(274)
    assert [day for day, *_ in found.half.fan][-1] == JUNE
    assert all(low <= middle <= high for _, low, middle, high in found.half.fan)
    assert found.by_day[-1] == (MARCH, 0.95)


def test_it_says_where_the_figures_come_from(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    desk.answer(MARCH, MARCH, offered=100, answered=90)
    found = looked_at(desk, "接通率")
    assert [one.text for one in found.formulas] == ["接通量 ÷ 人工请求量"]
    assert [one.run.source for one in found.brought] == ["calls", "calls"]
    assert found.kpi is CATALOGUE.kpis["answer_rate"]
    assert looked_at(desk, "接通率", date(2026, 12, 31)).restated == 0
    with desk.engine.connect() as conn:
        now = detail(
            conn, CATALOGUE, SHEET, desk.keys["接通率"], date(2027, 1, 10), today=date(2027, 1, 10), calendar=CALENDAR
        )
    assert now.restated == 1


def test_it_sets_figures_without_exclusions_beside_those_with(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    assert looked_at(desk, "接通率").half.excluding is None
    desk.answer(date(2026, 3, 1), date(2026, 3, 1), offered=100, answered=5)
    with write(sqlite_engine) as conn:
        whole_day = Exclusion(datetime(2026, 3, 1), datetime(2026, 3, 2), "系统故障", "平台停机", "局长")
        add_exclusion(conn, whole_day, at("2026-03-02 09:00"))
    with desk.engine.connect() as conn:
        now = date(2027, 1, 10)
        found = detail(conn, CATALOGUE, SHEET, desk.keys["接通率"], now, today=now, calendar=CALENDAR)
    assert found.full.pace.value == (89 * 95 + 5) / 9000
    assert found.full.excluding is not None
    assert found.full.excluding.value == 0.95


def test_it_shows_entries_with_those_taken_back(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    desk.enter("培训", date(2026, 2, 1), 20)
    desk.enter("培训", date(2026, 3, 1), 10)
    found = looked_at(desk, "培训")
    assert [entry.value for entry in found.entries] == [10, 20]
    assert found.half.path == ((date(2026, 2, 1), 20), (date(2026, 3, 1), 30))
    assert found.half.plan[-1] == (JUNE, 57)
    assert at_end(found.half.required, JUNE) == pytest.approx(57)
    assert dict(found.half.required)[date(2026, 4, 1)] == pytest.approx(30 + 27 / 61)


def test_it_draws_money_as_a_share_of_the_budget(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    desk.enter("预算执行率", date(2026, 2, 1), 72.5)
    found = looked_at(desk, "预算执行率")
    assert at_end(found.full.path, date(2026, 2, 1)) == pytest.approx(0.1)
    assert dict(found.full.plan)[JUNE] == pytest.approx(0.5)
    assert found.full.plan[-1] == (date(2026, 12, 31), 1)


def test_it_names_an_unknown_indicator(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    desk.keys["没有"] = "nowhere"
    with pytest.raises(KeyError, match="没有代码为 'nowhere' 的指标"):
        looked_at(desk, "没有")


def test_it_holds_a_rate_from_tomorrow(sqlite_engine: Engine) -> None:
    """8,550 of 9,000, then 97.2 % of 9,100: 17,395.2 of 18,100."""
    found = asked(desk_of(sqlite_engine), rate=0.972)
    assert found.half.value == pytest.approx((8550 + 0.972 * 9100) / 18_100)
    assert (found.half.status, found.half.said) == (Status.MET, "到6月30日为 96.11 %,达标")


def test_it_adds_seats_from_tomorrow(sqlite_engine: Engine) -> None:
    """50 seats take 95 %; 51 take 95 × 51 ÷ 50 = 96.9 %. To make up for the past it takes 96.99 %: 2 more seats."""
    desk = desk_of(sqlite_engine)
    desk.desk.write(batch(seats=seats(*({"seat_calls": 2, "seat": str(n), "day": MARCH} for n in range(50)))), "seats")
    found = asked(desk, seats_added=1)
    assert found.seats == 50
    assert found.half.rate == pytest.approx(0.969, abs=0.0005)
    assert (found.half.status, found.half.seats_needed) == (Status.MISSED, 2)
    assert found.half.said.endswith("仍未达标;要达标至少需增加 2 个坐席")
    assert asked(desk, seats_added=2).half.status is Status.MET
    assert asked(desk, seats_added=60, seats=100.0).half.bounded


def test_it_refuses_what_it_cannot_work_out(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    for options, why in (
        ({}, "填写一项"),
        ({"rate": 1.2}, "0 % 到 100 %"),
        ({"seats_added": 1}, "请填写现有坐席数"),
    ):
        with pytest.raises(ValueError, match=why):
            asked(desk, **options)
    with pytest.raises(ValueError, match="不是按天累计的比率"):
        asked(desk, "培训", rate=0.9)
