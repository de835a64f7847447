"""Any past day can be asked for as it stood then: nothing that came later is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from db.bindings import save_binding
from db.engine import write
from db.entries import revoke_entry
from db.sheets import save_sheet
from kpi.pace_model import Binding, BoundTo, PaceClass, Progress
from tests.factories import at, batch, readings
from tests.targets_desk import CALENDAR, SHEET, SheetDesk, cell

RATE = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
COMPLAINTS = Binding(BoundTo.KPI, PaceClass.CAP, "service_complaints")
KEPT = Binding(BoundTo.KPI, PaceClass.STOCK, "retention_rate")
COUNT = Binding(BoundTo.COUNT, PaceClass.TOWARDS)
JAN, MARCH = date(2026, 1, 1), date(2026, 3, 31)


def desk_of(engine: Engine) -> SheetDesk:
    """Facts up to 31 March, delivered on 1 April at two o'clock."""
    names = {
        ("接通率", "≥96%", "≥96%"): RATE,
        ("服务投诉量", "≤6次", "≤12次"): COMPLAINTS,
        ("人员稳定率", "≥80%", "≥80%"): KEPT,
        ("培训", "≥2次", "≥4次"): COUNT,
    }
    desk = SheetDesk(engine, names)
    desk.answer(JAN, MARCH, offered=100, answered=95, delivered="2026-04-01 02:00")
    for day, values in (
        (1, {"complaints": 1.0, "seats_opening": 100.0}),
        (20, {"complaints": 2.0, "seats_kept": 90.0}),
    ):
        desk.desk.write(batch(readings=readings(values, day=date(2026, 3, day))), f"readings-{day}")
    desk.enter("培训", date(2026, 3, 1), 1)
    return desk


def told(desk: SheetDesk, as_of: date) -> Progress:
    """The progress without the number of the data's version, which does grow."""
    return replace(desk.progress(as_of), data_version=0)


def test_it_never_uses_what_came_later(engine: Engine) -> None:
    desk = desk_of(engine)
    before = told(desk, MARCH)
    desk.answer(date(2026, 4, 1), date(2026, 6, 30), offered=100, answered=10, delivered="2026-07-01 02:00")
    desk.desk.write(
        batch(readings=readings({"complaints": 9.0, "seats_kept": 10.0}, day=date(2026, 5, 1))), "readings-5"
    )
    desk.enter("培训", date(2026, 4, 2), 5)
    desk.enter("培训", date(2026, 3, 3), 7, entered="2026-04-02 09:00")  # of a day before, but entered after
    assert told(desk, MARCH) == before
    assert told(desk, date(2026, 4, 2)) != before


def test_it_undoes_corrections_made_since(engine: Engine) -> None:
    desk = desk_of(engine)
    early = date(2026, 4, 1)
    before = told(desk, early)
    seen = told(desk, date(2026, 4, 10))
    desk.answer(date(2026, 3, 1), date(2026, 3, 10), offered=100, answered=50, delivered="2026-04-20 02:00")
    desk.answer(date(2026, 3, 5), date(2026, 3, 5), offered=200, answered=20, delivered="2026-04-22 02:00")
    desk.desk.write(batch(readings=readings({"seats_kept": 50.0}, day=date(2026, 3, 20))), "readings-20")
    assert told(desk, early) == before
    assert told(desk, date(2026, 4, 10)) == seen
    now = desk.half("接通率", date(2026, 4, 25))
    assert (now.numerator, now.denominator) == (8550 - 9 * 45 - 75, 9100)
    between = desk.half("接通率", date(2026, 4, 21))
    assert (between.numerator, between.denominator) == (8550 - 10 * 45, 9000)


def test_it_knows_an_entry_until_it_is_revoked(engine: Engine) -> None:
    desk = desk_of(engine)
    number = desk.enter("培训", date(2026, 3, 5), 3)
    with write(engine) as conn:
        revoke_entry(conn, number, by="王", now=at("2026-04-05 10:00"))
    assert desk.half("培训", MARCH).value == 4
    assert desk.half("培训", date(2026, 4, 4)).value == 4
    assert desk.half("培训", date(2026, 4, 5)).value == 1


def test_it_judges_by_the_revision_in_force_then(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    project = desk.sheet.projects[0]
    changed = replace(project.indicators[0], half=cell("≥90%"))
    revised = replace(desk.sheet, projects=(replace(project, indicators=(changed, *project.indicators[1:])),))
    with write(sqlite_engine) as conn:
        save_sheet(
            conn, revised, code=SHEET, centre=None, author="张", reason="调整目标", source_name="", source_text="",
            now=datetime(2026, 4, 15, tzinfo=UTC), state="active",
        )  # fmt: skip
    assert desk.half("接通率", MARCH).target.shown == "≥96%"
    assert desk.half("接通率", date(2026, 4, 16)).target.shown == "≥90%"


def test_it_fills_quiet_days_only_up_to_what_was_on_record(sqlite_engine: Engine) -> None:
    """The complaint of May makes the days since March known as quiet, but not as seen from 31 March."""
    desk = desk_of(sqlite_engine)
    then = desk.half("服务投诉量", MARCH)
    desk.desk.write(batch(readings=readings({"complaints": 1.0}, day=date(2026, 5, 1))), "readings-5")
    assert desk.half("服务投诉量", MARCH) == then
    assert (then.value, then.days_with_data) == (3, 20)


def test_it_refuses_a_day_that_has_not_come(sqlite_engine: Engine) -> None:
    desk = desk_of(sqlite_engine)
    with pytest.raises(ValueError, match="2026-04-02 还没有到"):
        desk.progress(date(2026, 4, 2), today=date(2026, 4, 1))


def test_it_says_the_same_on_the_day_as_ever_after(sqlite_engine: Engine) -> None:
    """Seen on the day after it was delivered, and seen months later: the same answer."""
    desk = desk_of(sqlite_engine)
    desk.answer(date(2026, 4, 1), date(2026, 4, 30), offered=100, answered=99, delivered="2026-05-01 02:00")
    then = replace(desk.progress(MARCH, today=MARCH + timedelta(days=1)), data_version=0)
    assert then == told(desk, MARCH)
    with write(sqlite_engine) as conn:
        save_binding(conn, SHEET, desk.keys["培训"], replace(COUNT, confirmed_by="赵"))
    assert desk.row("培训", MARCH).binding == replace(COUNT, confirmed_by="赵")
    assert CALENDAR.day(MARCH).is_working
