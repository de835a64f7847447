"""Corrections by centre, day and run: old and new KPIs from what changed and what stands beside it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from db.definitions import add_definition
from db.restated import RestatedDay, list_restated_days
from kpi.catalogue import build
from kpi.model import Definition
from tests.factories import DAY, Desk, FrozenClock, batch, calls, orders, readings

CATALOGUE = build()
NEXT = date(2026, 3, 6)
Shown = tuple[str, tuple[float | None, float | None], tuple[float | None, float | None]]


def _listed(engine: Engine, **more: object) -> list[RestatedDay]:
    with engine.connect() as conn:
        return list_restated_days(conn, CATALOGUE, **more)  # type: ignore[arg-type]


def _shown(found: RestatedDay) -> list[Shown]:
    return [
        (k.kpi.code, (k.old.numerator, k.old.denominator), (k.new.numerator, k.new.denominator)) for k in found.kpis
    ]


def _calls(desk: Desk, day: date = DAY, **figures: int) -> None:
    desk.write(batch(calls=calls({"day": day, **figures})))


def test_it_says_what_a_correction_means_for_the_kpis(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-10 02:00"))
    _calls(desk, offered=1000, answered=957)
    desk.clock.advance(days=1)
    _calls(desk, offered=1000, answered=956)
    (found,) = _listed(engine)
    assert (found.centre, found.centre_name, found.day, found.run_id) == ("city", "市中心", DAY, 2)
    assert [(m.measure, m.old, m.new) for m in found.measures] == [("answered", 957, 956)]
    assert _shown(found) == [("answer_rate", (957, 1000), (956, 1000))]


def test_it_takes_the_measures_that_did_not_change_as_they_are_now(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-10 02:00"))
    for answered, offered in ((90, 100), (91, 100), (91, 101)):
        _calls(desk, offered=offered, answered=answered)
        desk.clock.advance(days=1)
    newer, older = _listed(engine)
    assert _shown(newer) == [
        ("answer_rate", (91, 100), (91, 101)), ("offered_volume", (100, None), (101, None))
    ]  # fmt: skip
    assert _shown(older) == [("answer_rate", (90, 101), (91, 101))]


def test_it_puts_centres_days_and_runs_apart(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-10 02:00"))
    for answered in (90, 91):
        rows = [
            {"centre": centre, "day": day, "offered": 100, "answered": answered}
            for centre in ("city", "district")
            for day in (DAY, NEXT)
        ]
        desk.write(batch(calls=calls(*rows)))
        desk.clock.advance(days=1)
    assert len(_listed(engine)) == 4
    assert len(_listed(engine, limit=3)) == 3
    (one,) = _listed(engine, centres=[desk.centres["district"]], start=NEXT, end=NEXT)
    assert (one.centre, one.day) == ("district", NEXT)


def test_it_uses_the_definition_in_force_on_the_day(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-10 02:00"))
    with engine.begin() as conn:
        add_definition(conn, Definition("service_level", NEXT, "answered", limit=20), desk.clock.now())
    for fast in (40, 41):
        for day in (DAY, NEXT):
            more = {"answered_within_15": fast, "answered_within_20": fast + 10}
            _calls(desk, day, offered=100, answered=90, abandoned=10, **more)
        desk.clock.advance(days=1)
    by_day = {found.day: _shown(found) for found in _listed(engine)}
    assert by_day[DAY] == [("service_level", (40, 100), (41, 100))]
    assert by_day[NEXT] == [("service_level", (50, 90), (51, 90))]


def test_it_shows_what_came_and_went(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-10 02:00"))
    for more in ({}, {"rated_orders": 10, "satisfied_orders": 9}):
        ones = {"accepted": 20, "rated_orders": 4, "satisfied_orders": 4}
        desk.write(batch(orders=orders({**ones, **more})), source="orders")
        desk.write(batch(readings=readings({"seats_opening": 40, "seats_kept": 38 + len(more)})), source="hand")
        desk.clock.advance(days=1)
    shown = {found.measures[0].measure: _shown(found) for found in _listed(engine)}
    assert shown["rated_orders"] == [("satisfaction_rate", (4, 4), (9, 10))]
    assert shown["seats_kept"] == [("retention_rate", (38, 40), (40, 40))]


def test_it_lists_measures_that_no_kpi_needs(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-10 02:00"))
    for count in (1, 2):
        _calls(desk, closed_calls=count)
        desk.clock.advance(days=1)
    (found,) = _listed(engine)
    assert (found.kpis, [m.measure for m in found.measures]) == ((), ["closed_calls"])
    assert _listed(engine, end=date(2026, 3, 1)) == []
