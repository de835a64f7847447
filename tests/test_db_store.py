"""One batch, one transaction: replaced, never doubled, all or nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.engine import data_version
from db.errors import RunClosedError, UnknownCentreError
from db.runs import fail_run
from db.store import Written, commit_batch
from tests.factories import DAY, TZ, Desk, batch, calls, file, months, orders, readings, reject, seats

NEXT = DAY + timedelta(days=1)


def rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    """What hand-written SQL finds; days as ISO text on both databases."""
    with engine.connect() as conn:
        return [tuple(str(v) if isinstance(v, date) else v for v in row) for row in conn.execute(text(sql))]


def totals(engine: Engine, measure: str) -> dict[tuple[str, str], float]:
    found = rows(
        engine,
        "SELECT c.code, t.day, t.value FROM day_totals t JOIN centres c ON c.id = t.centre_id "
        f"WHERE t.measure = '{measure}'",
    )
    return {(code, day): value for code, day, value in found}


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All facts and totals without the run that brought them."""
    return {
        "calls": rows(
            engine, "SELECT centre_id, day, hour, queue, part, offered, answered FROM call_stats ORDER BY 1, 2, 3, 4, 5"
        ),
        "seats": rows(engine, "SELECT centre_id, day, seat, team, seat_calls FROM seat_stats ORDER BY 1, 2, 3"),
        "orders": rows(
            engine, "SELECT centre_id, day, anchor, accepted, due, closed FROM order_stats ORDER BY 1, 2, 3"
        ),
        "readings": rows(engine, "SELECT centre_id, day, measure, value FROM readings ORDER BY 1, 2, 3"),
        "months": rows(engine, "SELECT centre_id, month, measure, value FROM month_stats ORDER BY 1, 2, 3"),
        "totals": rows(engine, "SELECT centre_id, day, measure, value FROM day_totals ORDER BY 1, 2, 3"),
    }


def a_full_batch(**values: Any) -> Any:
    return batch(
        calls=calls({"offered": 10, "answered": 9}, {"hour": 10, "offered": 4, "answered": 4}),
        seats=seats({"seat_calls": 13, "team": "一班"}),
        orders=orders({"accepted": 3}, {"day": NEXT, "due": 3, "closed": 2}),
        readings=readings({"inspected": 5, "red_tickets": 1.5}),
        months=months({date(2025, 3, 1): {"answered": 4000}}),
        **values,
    )


def test_it_writes_every_kind_of_fact_and_closes_the_run(engine: Engine) -> None:
    desk = Desk(engine)
    written = desk.write(
        a_full_batch(rejects=[reject()], warnings=["列“备注”没有用到"], inputs=[{"name": "a.csv", "rows": 9}])
    )
    assert written == Written(rows_read=9, rows_used=8, rows_rejected=1, restated=0, days=2)
    assert everything(engine) == {
        "calls": [(1, "2026-03-05", 9, "", "", 10, 9), (1, "2026-03-05", 10, "", "", 4, 4)],
        "seats": [(1, "2026-03-05", "1001", "一班", 13)],
        "orders": [(1, "2026-03-05", "2026-03-05", 3, None, None), (1, "2026-03-06", "2026-03-05", None, 3, 2)],
        "readings": [(1, "2026-03-05", "inspected", 5.0), (1, "2026-03-05", "red_tickets", 1.5)],
        "months": [(1, "2025-03-01", "answered", 4000.0)],
        "totals": [
            (1, "2026-03-05", "accepted", 3.0),
            (1, "2026-03-05", "answered", 13.0),
            (1, "2026-03-05", "inspected", 5.0),
            (1, "2026-03-05", "items", 13.0),
            (1, "2026-03-05", "offered", 14.0),
            (1, "2026-03-05", "red_tickets", 1.5),
            (1, "2026-03-05", "seat_calls", 13.0),
            (1, "2026-03-05", "seat_days", 1.0),
            (1, "2026-03-06", "closed", 2.0),
            (1, "2026-03-06", "due", 3.0),
        ],
    }
    state = "SELECT state, rows_read, rows_used, rows_rejected, ended_at IS NOT NULL, error FROM runs"
    assert [tuple(map(str, row)) for row in rows(engine, state)][0][:4] == ("ok", "9", "8", "1")
    assert rows(engine, "SELECT last_error, checked_at IS NOT NULL FROM sources") == [(None, 1)]


def test_it_gives_the_same_facts_and_no_restatement_when_written_twice(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(a_full_batch())
    before = everything(engine)
    stamps = rows(engine, "SELECT measure, day, run_id, CAST(updated_at AS TEXT) FROM day_totals ORDER BY 1, 2")
    desk.clock.advance(days=1)
    assert desk.write(a_full_batch()).restated == 0
    assert everything(engine) == before
    assert rows(engine, "SELECT count(*) FROM restatements") == [(0,)]
    settled = [row for row in stamps if row[1] == "2026-03-05"]
    again = rows(engine, "SELECT measure, day, run_id, CAST(updated_at AS TEXT) FROM day_totals ORDER BY 1, 2")
    assert [row for row in again if row[1] == "2026-03-05"] == settled  # an unchanged total keeps run and time


def test_it_replaces_the_days_that_occur_and_keeps_the_others(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}, {"offered": 2, "hour": 11}, {"offered": 5, "day": NEXT})))
    desk.write(batch(calls=calls({"offered": 7, "hour": 15})))
    assert totals(engine, "offered") == {("city", "2026-03-05"): 7, ("city", "2026-03-06"): 5}
    assert rows(engine, "SELECT hour, offered FROM call_stats ORDER BY day, hour") == [(15, 7), (9, 5)]


def test_it_keeps_the_day_of_another_centre(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}, {"offered": 2, "centre": "district"})))
    desk.write(batch(calls=calls({"offered": 3})))
    assert totals(engine, "offered") == {("city", "2026-03-05"): 3, ("district", "2026-03-05"): 2}


def test_it_takes_away_seats_of_a_day_on_which_no_seat_answered_any_more(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1, "answered": 1}), seats=seats({"seat_calls": 1})))
    desk.write(batch(calls=calls({"offered": 1, "answered": 0}), seats=seats()))
    assert rows(engine, "SELECT count(*) FROM seat_stats") == [(0,)]
    assert totals(engine, "seat_days") == {}


def test_it_keeps_facts_that_a_batch_does_not_carry(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}), seats=seats({"seat_calls": 1})))
    desk.write(batch(calls=calls({"offered": 2})))
    assert totals(engine, "seat_calls") == {("city", "2026-03-05"): 1}


def test_it_adds_the_parts_of_a_source_up(engine: Engine) -> None:
    desk = Desk(engine)
    for part, offered in (("am.csv", 3), ("pm.csv", 4), ("am.csv", 5)):
        desk.write(batch(calls=calls({"offered": offered}), part=part))
    assert totals(engine, "offered") == {("city", "2026-03-05"): 9}


def test_it_lets_the_whole_truth_replace_all_parts_and_a_part_the_whole(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 3}), part="am.csv"))
    desk.write(batch(calls=calls({"offered": 10})))
    assert totals(engine, "offered") == {("city", "2026-03-05"): 10}
    desk.write(batch(calls=calls({"offered": 4}), part="pm.csv"))  # each_file was changed to “adds”
    assert totals(engine, "offered") == {("city", "2026-03-05"): 4}


def test_it_adds_mended_rows_to_the_rest_of_their_day(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 10})))
    desk.write(batch(calls=calls({"offered": 1}), part="mended-1"), trigger="mend")
    assert totals(engine, "offered") == {("city", "2026-03-05"): 11}
    with pytest.raises(ValueError, match="part of their own"):
        desk.write(batch(calls=calls({"offered": 1})), trigger="mend")


def test_it_replaces_a_month_of_history(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(
        batch(months=months({date(2025, 1, 1): {"answered": 1, "offered": 2}, date(2025, 2, 1): {"answered": 3}}))
    )
    desk.write(batch(months=months({date(2025, 1, 1): {"answered": 9}})))
    assert rows(engine, "SELECT month, measure, value FROM month_stats ORDER BY 1, 2") == [
        ("2025-01-01", "answered", 9.0),
        ("2025-02-01", "answered", 3.0),
    ]


def test_it_tells_missing_from_zero(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(
        batch(
            calls=calls({"offered": 3, "recorded": None, "abandoned": 0}, {"hour": 10, "offered": 1, "abandoned": None})
        )
    )
    assert totals(engine, "abandoned") == {("city", "2026-03-05"): 0}
    assert totals(engine, "recorded") == totals(engine, "answered") == {}


def test_it_calls_a_run_without_rows_empty(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(), window=(DAY, DAY))
    desk.write(batch(calls=calls(), rejects=[]), window=(DAY, DAY))
    desk.write(batch(rejects=[reject()]), window=(DAY, DAY))
    assert rows(engine, "SELECT state FROM runs ORDER BY id") == [("empty",), ("empty",), ("ok",)]


def test_it_records_the_file_and_raises_the_data_version(engine: Engine) -> None:
    desk = Desk(engine)
    with engine.connect() as conn:
        before = data_version(conn)
    desk.write(batch(calls=calls({"offered": 1}), file=file(), first_day=DAY, last_day=DAY))
    desk.write(batch(calls=calls({"offered": 1}), file=file(), first_day=DAY, last_day=DAY))
    assert rows(engine, "SELECT name, size, run_id, first_day, last_day FROM files_taken") == [
        ("a.csv", 1234, 2, "2026-03-05", "2026-03-05")
    ]
    with engine.connect() as conn:
        assert data_version(conn) == before + 2


def test_it_leaves_nothing_behind_when_something_fails_in_the_middle(engine: Engine, monkeypatch: Any) -> None:
    desk = Desk(engine)
    desk.write(a_full_batch(file=file()))
    before = everything(engine)
    changed = batch(
        calls=calls({"offered": 99}), orders=orders({"accepted": 99}), file=file("b.csv", "b" * 64), rejects=[reject()]
    )

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    for place in ("refresh", "insert_rejects", "record_restatements", "take_file", "bump_data_version"):
        monkeypatch.setattr(f"db.store.{place}", fail)
        with pytest.raises(OSError, match="disk full"):
            desk.write(changed)
        monkeypatch.undo()
        assert everything(engine) == before, place
        assert rows(engine, "SELECT count(*) FROM rejects") == [(0,)]
        assert rows(engine, "SELECT name FROM files_taken") == [("a.csv",)]
    assert rows(engine, "SELECT DISTINCT state FROM runs WHERE id > 1") == [("running",)]


def test_it_writes_nothing_for_a_run_that_has_ended(engine: Engine) -> None:
    desk = Desk(engine)
    run_id, source_id = desk.run(), desk.source()
    fail_run(engine, run_id, "来源没有应答", desk.clock.now())
    with pytest.raises(RunClosedError, match="failed.*重新拉取"):
        commit_batch(engine, run_id, source_id, batch(calls=calls({"offered": 1})), now=desk.clock.now(), tz=TZ)
    assert rows(engine, "SELECT count(*) FROM call_stats") == [(0,)]


def test_it_refuses_a_centre_nobody_registered(engine: Engine) -> None:
    with pytest.raises(UnknownCentreError, match="未登记的中心: nowhere.*sources.yaml"):
        Desk(engine).write(batch(calls=calls({"offered": 1, "centre": "nowhere"})))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (batch(calls=calls({"offered": 1}), rows_read=3), "!= read 3"),
        (batch(calls=calls({"offered": 1, "unheard_of": 2})), "unheard_of"),
        (batch(calls=calls({"offered": 1}).drop(columns="queue")), "queue"),
        (batch(readings=readings({"answered": 2})), "columns of their own"),
        (batch(seats=seats({"seat": None, "seat_calls": 1})), "missing values in .*seat"),
    ],
)
def test_it_refuses_a_malformed_batch(sqlite_engine: Engine, made: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Desk(sqlite_engine).write(made)
    assert everything(sqlite_engine)["totals"] == []


def test_it_writes_many_rows_in_any_order(engine: Engine) -> None:
    desk = Desk(engine)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    made = calls(*({"day": day, "hour": hour, "offered": day.day + hour} for hour in range(23, -1, -1) for day in days))
    desk.write(batch(calls=made))
    expected = {("city", str(day)): 24 * day.day + 276 for day in days}
    assert totals(engine, "offered") == expected
