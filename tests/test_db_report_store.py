"""Schedules, the archive and what reports read of the records, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from db.alert_states import Kept, move, record_ack
from db.deliveries import NewDelivery, record
from db.engine import write
from db.report_reads import RunCount, episodes, restated_between, run_counts
from db.report_store import (
    NewReport,
    ReportStoreError,
    Schedule,
    advance,
    count_reports,
    deliveries_of,
    last_failure,
    list_reports,
    list_schedules,
    load_report,
    note_failure,
    remove_schedule,
    report_data,
    report_file,
    save_report,
    save_schedule,
)
from db.runs import fail_run
from kpi.alert_model import AlertState, Standing, Transition
from tests.factories import Desk, at, batch, calls, reject

NOW = at("2026-03-16 08:30")
END = date(2026, 3, 15)
NEW = NewReport("weekly", "city", "s", date(2026, 3, 9), END, "ok", "周报", "都好。", {"title": "周报"})


def test_a_schedule_is_kept_changed_and_moved_on_by_one_process_alone(engine: Engine) -> None:
    with write(engine) as conn:
        number = save_schedule(conn, Schedule("weekly", "领导", weekday=0, minute=510, owner="a@b.c"))
        (one,) = list_schedules(conn)
        assert (one.id, one.group, one.minute, one.last_period_end) == (number, "领导", 510, None)
        moved = advance(conn, one, END)
        assert moved is not None and moved.last_period_end == END
        assert advance(conn, one, END) is None  # another was quicker
        assert advance(conn, moved, date(2026, 3, 22)) is not None
        save_schedule(conn, Schedule("weekly", "领导", enabled=False, id=number))
        assert list_schedules(conn, only_enabled=True) == ()
        remove_schedule(conn, number)
        with pytest.raises(ReportStoreError, match="没有编号"):
            remove_schedule(conn, number)


def test_the_archive_gives_back_the_very_bytes(engine: Engine) -> None:
    content = bytes(range(256)) * 40
    with write(engine) as conn:
        number = save_report(conn, NEW, {"html": "<p>好</p>".encode(), "pdf": content}, NOW)
    with engine.connect() as conn:
        assert report_file(conn, number, "pdf") == content
        assert report_file(conn, number, "html").decode() == "<p>好</p>"
        found = load_report(conn, number)
        assert (found.endings, found.state, found.built_at, found.end) == (("html", "pdf"), "ok", NOW, END)
        assert report_data(conn, number) == {"title": "周报"}
        with pytest.raises(ReportStoreError):
            report_file(conn, number, "docx")
        with pytest.raises(ReportStoreError):
            load_report(conn, number + 1)


def test_failures_of_one_report_are_one_row_that_ends_with_its_success(engine: Engine) -> None:
    with write(engine) as conn:
        assert note_failure(conn, NEW, "坏了", NOW) == 1
        assert note_failure(conn, NEW, "还是坏", NOW + timedelta(minutes=5)) == 2
        (one,) = list_reports(conn)
        assert (one.state, one.error, one.tries) == ("failed", "还是坏", 2)
        assert last_failure(conn, "weekly", "city", "s", END) == one
        assert last_failure(conn, "weekly", "", "s", END) is None
        number = save_report(conn, NEW, {}, NOW)
        assert [found.id for found in list_reports(conn, kind="weekly")] == [number]
        assert count_reports(conn) == 1


def test_it_counts_the_deliveries_of_each_report(engine: Engine) -> None:
    with write(engine) as conn:
        number = save_report(conn, NEW, {}, NOW)
        for which in ("a", "b"):
            record(conn, NewDelivery("report", "email", which, f"<{which}@x>", {}, report=number), NOW)
        assert deliveries_of(conn, [number, number + 1]) == {number: {"pending": 2}}


def test_it_finds_the_episodes_of_a_stretch_of_time(engine: Engine) -> None:
    """Rule a fired once and was acknowledged; rule b fires on; rule c was over before."""

    def episode(rule: str, steps: tuple[tuple[AlertState, AlertState, str], ...]) -> None:
        kept: Kept | None = None
        for number, (was, now, moment) in enumerate(steps, 1):
            standing = Standing(state=now, since=at(moment), episode=1)
            with write(engine) as conn:
                assert move(conn, rule, kept, standing, None, Transition(was, now, at(moment), "越线", 0.9, 9.0, 10.0))
            kept = Kept(standing, None, number)

    ok, firing, recovering = AlertState.OK, AlertState.FIRING, AlertState.RECOVERING
    again = (recovering, firing, "2026-03-10 10:00"), (firing, ok, "2026-03-10 12:00")
    episode("a", ((ok, firing, "2026-03-10 09:00"), (firing, recovering, "2026-03-10 09:30"), *again))
    episode("b", ((ok, firing, "2026-03-01 09:00"),))
    episode("c", ((ok, firing, "2026-03-01 09:00"), (firing, ok, "2026-03-02 09:00")))
    with write(engine) as conn:
        record_ack(conn, "a", 1, by="王", note="", now=at("2026-03-10 09:10"))
    with engine.connect() as conn:
        found = episodes(conn, at("2026-03-09 00:00"), at("2026-03-16 00:00"))
    assert [(one.rule, one.fired_at, one.ended_at, one.acknowledged_by) for one in found] == [
        ("b", at("2026-03-01 09:00"), None, ""),
        ("a", at("2026-03-10 09:00"), at("2026-03-10 12:00"), "王"),
    ]
    assert (found[1].value, found[1].numerator, found[1].denominator) == (0.9, 9.0, 10.0)


def test_it_counts_runs_and_restatements_of_a_stretch_of_time(engine: Engine) -> None:
    desk = Desk(engine)
    desk.clock.moment = at("2026-03-10 02:30")
    desk.write(batch(calls=calls({"offered": 10, "answered": 9}), rejects=[reject(), reject(row_no=13)]))
    desk.clock.moment = at("2026-03-11 02:30")
    desk.write(batch(calls=calls({"offered": 12, "answered": 9})))
    fail_run(engine, desk.run(), "连不上", desk.clock.now())
    span = at("2026-03-09 00:00"), at("2026-03-12 00:00")
    with engine.connect() as conn:
        assert run_counts(conn, *span) == {"calls": RunCount(2, 1, 2)}
        assert run_counts(conn, at("2026-03-12 00:00"), at("2026-03-13 00:00")) == {}
        (one,) = restated_between(conn, list(desk.centres.values()), *span)
        assert (one.measure, one.figures, one.first, one.net) == ("offered", 1, date(2026, 3, 5), 2.0)
        assert restated_between(conn, [], *span) == ()
