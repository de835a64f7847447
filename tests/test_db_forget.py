"""Deleting a source's days leaves a run with the reason and a restatement for every figure that went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from db.forget import forget_days
from db.journal import list_runs
from db.runs import is_taken
from tests.factories import DAY, TZ, Desk, FrozenClock, batch, calls, file, orders, seats
from tests.test_db_store import rows, totals

NEXT = DAY + timedelta(days=1)


def test_it_takes_the_days_away_and_says_so(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-20 02:00"))
    both = calls({"offered": 1}, {"offered": 2, "day": NEXT})
    desk.write(batch(calls=both, orders=orders({"day": NEXT, "due": 4}), seats=seats({"seat_calls": 1})), "old")
    desk.write(batch(calls=calls({"recorded": 5})), "other")
    written = forget_days(
        engine, desk.source("old"), DAY, DAY, reason="旧系统停用", now=desk.clock.now(), tz=TZ, holder="test:1"
    )
    assert (written.restated, written.days) == (5, 1)
    assert totals(engine, "offered") == {("city", "2026-03-06"): 2}
    assert totals(engine, "recorded") == {("city", "2026-03-05"): 5}
    assert totals(engine, "due") == {}  # due on the 6th, but accepted on the day forgotten
    gone = rows(engine, "SELECT day, measure, old, new FROM restatements ORDER BY measure")
    assert gone == [
        ("2026-03-06", "due", 4, None),
        ("2026-03-05", "items", 1, None),
        ("2026-03-05", "offered", 1, None),
        ("2026-03-05", "seat_calls", 1, None),
        ("2026-03-05", "seat_days", 1, None),
    ]
    with engine.connect() as conn:
        run = list_runs(conn, "old")[0]
    assert (run.trigger, run.state, run.window_from, run.window_to) == ("forget", "ok", DAY, DAY)
    assert run.warnings == ("删除了 1 天的数据。原因: 旧系统停用",)


def test_it_takes_one_centre_only_where_asked(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}, {"offered": 2, "centre": "district"})))
    forget_days(
        engine,
        desk.source(),
        DAY,
        DAY,
        reason="测试数据",
        now=desk.clock.now(),
        tz=TZ,
        holder="x",
        centre_ids=[desk.centres["district"]],
    )
    assert totals(engine, "offered") == {("city", "2026-03-05"): 1}


@pytest.mark.parametrize("release", [False, True])
def test_it_lets_files_be_taken_again_only_where_asked(engine: Engine, release: bool) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1}), file=file(), first_day=DAY, last_day=NEXT))
    forget_days(
        engine, desk.source(), NEXT, NEXT, reason="r", now=desk.clock.now(), tz=TZ, holder="x", release_files=release
    )
    with engine.connect() as conn:
        assert is_taken(conn, desk.source(), "a" * 64, "m1") is not release


def test_it_wants_a_reason(sqlite_engine: Engine) -> None:
    desk = Desk(sqlite_engine)
    with pytest.raises(ValueError, match="必须写明原因"):
        forget_days(sqlite_engine, desk.source(), DAY, DAY, reason=" ", now=desk.clock.now(), tz=TZ, holder="x")


def test_it_marks_its_run_failed_when_it_cannot_finish(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1})))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("db.forget.record_restatements", fail)
    with pytest.raises(OSError, match="disk full"):
        forget_days(engine, desk.source(), DAY, DAY, reason="r", now=desk.clock.now(), tz=TZ, holder="x")
    assert totals(engine, "offered") == {("city", "2026-03-05"): 1}
    assert rows(engine, "SELECT state, error FROM runs ORDER BY id") == [("ok", None), ("failed", "disk full")]
