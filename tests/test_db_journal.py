"""What was recorded, read back."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Engine, event

from db.journal import (
    count_rejects,
    days_present,
    list_rejects,
    list_restatements,
    list_runs,
    provenance,
    source_states,
)
from db.runs import fail_run
from tests.factories import DAY, Desk, FrozenClock, batch, calls, file, months, orders, readings, reject, seats

NEXT = DAY + timedelta(days=1)


def test_it_lists_runs_newest_first_with_all_they_recorded(engine: Engine) -> None:
    desk = Desk(engine)
    desk.source("calls", "话务平台")
    inputs: list[dict[str, str | int]] = [{"name": "a.csv", "sha256": "a" * 64, "rows": 2}]
    desk.write(
        batch(calls=calls({"offered": 1}), rejects=[reject()], inputs=inputs, warnings=["少一列"]), trigger="upload"
    )
    failed = desk.run("orders", "daily", (DAY, NEXT))
    desk.clock.advance(seconds=12)
    fail_run(engine, failed, "连不上", desk.clock.now())
    with engine.connect() as conn:
        newest, oldest = list_runs(conn)
        assert [run.id for run in list_runs(conn, "calls")] == [oldest.id]
        assert [run.id for run in list_runs(conn, limit=1, offset=1)] == [oldest.id]
        assert [run.id for run in list_runs(conn, state="failed")] == [newest.id]
    assert (oldest.source, oldest.source_title, oldest.trigger, oldest.state) == ("calls", "话务平台", "upload", "ok")
    assert (oldest.rows_read, oldest.rows_used, oldest.rows_rejected) == (2, 1, 1)
    assert (oldest.inputs, oldest.warnings, oldest.error) == (tuple(inputs), ("少一列",), None)
    assert (newest.window_from, newest.window_to, newest.error, newest.seconds) == (DAY, NEXT, "连不上", 12.0)


def test_it_lists_and_counts_rejects_by_source_run_and_state(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(rejects=[reject(value="1"), reject(value="2")], file=file()), "one")
    desk.write(batch(rejects=[reject(value="3")], file=file()), "one")
    desk.write(batch(rejects=[reject(value="4")]), "two")
    with engine.connect() as conn:
        assert [r.value for r in list_rejects(conn)] == ["4", "3"]
        assert [r.value for r in list_rejects(conn, source="one")] == ["3"]
        assert [r.value for r in list_rejects(conn, run=1, state=None)] == ["1", "2"]
        assert [r.value for r in list_rejects(conn, state="superseded", limit=1, offset=1)] == ["2"]
        assert (count_rejects(conn), count_rejects(conn, "one", state=None)) == (2, 3)
        assert list_rejects(conn)[0].source == "two"


def test_it_lists_restatements_of_a_centre_and_period(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-20 02:00"))
    for offered in (1, 2):
        for centre in ("city", "district"):
            desk.write(
                batch(
                    calls=calls(
                        {"offered": offered, "centre": centre}, {"offered": offered, "centre": centre, "day": NEXT}
                    )
                )
            )
        desk.clock.advance(days=3)
    with engine.connect() as conn:
        assert len(list_restatements(conn)) == 4
        (one,) = list_restatements(conn, centres=[desk.centres["district"]], start=NEXT, end=NEXT)
        assert len(list_restatements(conn, limit=3, offset=2)) == 2
    assert (one.centre, one.centre_name, one.day, one.measure) == ("district", "江宁分中心", NEXT, "offered")
    assert (one.old, one.new, one.old_run_id, one.run_id) == (1, 2, 2, 4)


def test_it_says_how_every_source_is_doing(engine: Engine) -> None:
    desk = Desk(engine)
    desk.source("never", "还没拉过")
    desk.write(batch(calls=calls({"offered": 1}, {"offered": 2, "day": NEXT}), rejects=[reject()]), "calls")
    failed = desk.run("calls", "daily")
    fail_run(engine, failed, "连不上", desk.clock.now())
    desk.write(batch(orders=orders({"day": date(2026, 4, 30), "due": 1})), "orders")
    with engine.connect() as conn:
        calls_state, never, orders_state = source_states(conn)
    assert (calls_state.code, calls_state.rows, calls_state.open_rejects) == ("calls", 2, 1)
    assert (calls_state.first_day, calls_state.last_day) == (DAY, NEXT)
    assert calls_state.last_run is not None
    assert calls_state.last_ok is not None
    assert (calls_state.last_run.id, calls_state.last_ok.id, calls_state.last_error) == (2, 1, "连不上")
    assert (never.title, never.last_run, never.first_day, never.rows) == ("还没拉过", None, None, 0)
    assert (orders_state.first_day, orders_state.last_day) == (DAY, DAY)  # the day of acceptance, not the due day


def test_it_says_on_which_days_a_source_gave_anything(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}, {"hour": 10, "offered": 2}), seats=seats({"seat_calls": 1})))
    desk.write(batch(orders=orders({"anchor": NEXT, "day": date(2026, 3, 20), "due": 1})))
    desk.write(batch(calls=calls({"answered": 1})), "other")
    with engine.connect() as conn:
        assert days_present(conn, "calls", DAY, date(2026, 3, 31)) == {DAY: 3, NEXT: 1}
        assert days_present(conn, "calls", NEXT, NEXT) == {NEXT: 1}
        assert days_present(conn, "nothing", DAY, NEXT) == {}


def test_it_follows_a_figure_to_the_runs_that_brought_it(engine: Engine) -> None:
    desk = Desk(engine)
    inputs: list[dict[str, str | int]] = [{"name": "a.csv"}]
    desk.write(batch(calls=calls({"offered": 2, "answered": 1}), inputs=inputs), "acd")
    desk.write(batch(calls=calls({"day": NEXT, "offered": 3})), "acd")
    desk.write(batch(seats=seats({"seat_calls": 2}), readings=readings({"red_tickets": 1})), "other")
    desk.write(batch(months=months({date(2025, 3, 1): {"answered": 9}})), "history")
    with engine.connect() as conn:
        city = [desk.centres["city"]]
        both = provenance(conn, city, ["answered", "offered"], DAY, NEXT)
        items = provenance(conn, city, ["items"], DAY, DAY)
        own = provenance(conn, city, ["red_tickets"], DAY, DAY)
        history = provenance(conn, city, ["answered"], date(2025, 1, 1), date(2025, 12, 31))
        assert provenance(conn, [desk.centres["district"]], ["answered"], DAY, NEXT) == []
    assert [(p.run.id, p.rows, p.first_day, p.last_day, p.measures) for p in both] == [
        (2, 1, NEXT, NEXT, ("offered",)),
        (1, 1, DAY, DAY, ("offered", "answered")),
    ]
    assert both[1].run.inputs == ({"name": "a.csv"},)
    assert [(p.run.source, p.measures) for p in items] == [("other", ("seat_calls",))]
    assert [(p.run.source, p.measures) for p in own] == [("other", ("red_tickets",))]
    assert [(p.run.source, p.first_day) for p in history] == [("history", date(2025, 3, 1))]


def test_it_asks_few_questions_to_list_a_page(sqlite_engine: Engine) -> None:
    desk = Desk(sqlite_engine)
    for _ in range(20):
        desk.write(batch(calls=calls({"offered": 1}), rejects=[reject()]))
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with sqlite_engine.connect() as conn:
        list_runs(conn)
        list_rejects(conn)
        list_restatements(conn)
    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 3
