"""Rejects: kept with their reason, superseded by a newer pull of the same rows, mended once only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from db.errors import RejectClosedError
from db.journal import list_rejects
from tests.factories import DAY, Desk, batch, calls, file, reject
from tests.test_db_store import rows, totals

STATES = "SELECT value, state FROM rejects ORDER BY id"


def window(first: int, last: int) -> tuple[date, date]:
    return DAY + timedelta(days=first), DAY + timedelta(days=last)


def test_it_keeps_everything_that_is_needed_to_mend_a_row(engine: Engine) -> None:
    desk = Desk(engine)
    found = reject(file="话务 3月.xlsx", sheet="明细", row_no=7, row={"接通时间": "25:71:00", "工号": "0012"})
    desk.write(batch(calls=calls({"offered": 1}), rejects=[found]))
    with engine.connect() as conn:
        (kept,) = list_rejects(conn)
    assert (kept.file, kept.sheet, kept.row_no, kept.column) == ("话务 3月.xlsx", "明细", 7, "接通时间")
    assert (kept.value, kept.reason, kept.state) == ("25:71:00", "不是时间", "open")
    assert kept.row == {"接通时间": "25:71:00", "工号": "0012"}


def test_it_keeps_text_that_databases_cannot_hold(engine: Engine) -> None:
    desk = Desk(engine)
    odd = "a\x00b\ud800c"
    found = reject(
        file="f" * 600, sheet=odd, column=odd * 100, value=odd, reason=odd, row={odd: odd, "long": "x" * 9000}
    )
    desk.write(batch(rejects=[found]))
    with engine.connect() as conn:
        (kept,) = list_rejects(conn)
    assert kept.value == kept.reason == kept.sheet == "a\ufffdb?c"
    assert (len(kept.file), len(kept.column), len(kept.row["long"])) == (512, 128, 2000)


def test_it_supersedes_the_rejects_of_a_file_taken_again(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(rejects=[reject(value="1"), reject(value="2")], file=file("a.csv", "a" * 64)))
    desk.write(batch(rejects=[reject(file="b.csv", value="3")], file=file("b.csv", "b" * 64)))
    desk.write(batch(rejects=[reject(value="2")], file=file("a.csv", "c" * 64)))
    assert rows(engine, STATES) == [("1", "superseded"), ("2", "superseded"), ("3", "open"), ("2", "open")]


def test_it_leaves_the_rejects_of_another_source_with_a_file_of_that_name(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(rejects=[reject(value="1")], file=file()), "one")
    desk.write(batch(rejects=[], file=file()), "two")
    assert rows(engine, STATES) == [("1", "open")]


def test_it_supersedes_the_rejects_of_a_window_pulled_again(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(rejects=[reject(value="1", file="")]), window=window(1, 2))
    desk.write(batch(rejects=[reject(value="2", file="")]), window=window(9, 9))
    desk.write(batch(rejects=[reject(value="3", file="")]), window=window(0, 3))
    assert rows(engine, STATES) == [("1", "superseded"), ("2", "open"), ("3", "open")]


def test_it_keeps_one_open_reject_of_a_row_met_again_in_a_moving_window(engine: Engine) -> None:
    desk = Desk(engine)
    gone = reject(value="left the window", file="", row={"id": "1"})
    stays = reject(value="bad", file="", row={"id": "2"})
    like_it = reject(value="bad", file="", row={"id": "3"})
    desk.write(batch(rejects=[gone, stays, like_it]), window=window(0, 6))
    desk.write(batch(rejects=[stays]), window=window(1, 7))
    found = rows(engine, "SELECT run_id, value, state FROM rejects ORDER BY id")
    assert found == [(1, "left the window", "open"), (1, "bad", "superseded"), (1, "bad", "open"), (2, "bad", "open")]


def test_it_closes_mended_rejects_with_the_rows_that_mend_them(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 8}), rejects=[reject(value="1"), reject(value="2")], file=file()))
    fixed = batch(calls=calls({"offered": 1}), part="mended-1", file=file("剔除行.xlsx", "d" * 64))
    desk.write(fixed, trigger="mend", mended=[1])
    assert rows(engine, STATES) == [("1", "mended"), ("2", "open")]
    assert totals(engine, "offered") == {("city", "2026-03-05"): 9}


def test_it_never_counts_a_mended_row_twice(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 8}), rejects=[reject(value="1"), reject(value="2")], file=file()))
    desk.write(batch(calls=calls({"offered": 1}), part="mended-1"), trigger="mend", mended=[1])
    with pytest.raises(RejectClosedError, match="已经补录过.*重新导出"):
        desk.write(batch(calls=calls({"offered": 2}), part="mended-2"), trigger="mend", mended=[1, 2])
    assert rows(engine, STATES) == [("1", "mended"), ("2", "open")]
    assert totals(engine, "offered") == {("city", "2026-03-05"): 9}


def test_it_does_not_mend_the_rejects_of_another_source(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(rejects=[reject()]), "one")
    with pytest.raises(RejectClosedError):
        desk.write(batch(calls=calls({"offered": 1}), part="mended-1"), "two", trigger="mend", mended=[1])


def test_it_keeps_a_great_many_rejects(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(rejects=[reject(row_no=n) for n in range(25_000)]))
    assert rows(engine, "SELECT count(*), min(row_no), max(row_no) FROM rejects") == [(25_000, 0, 24_999)]
