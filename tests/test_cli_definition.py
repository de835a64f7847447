"""Taking a definition back: the past stays, what was never in force goes, and both leave a record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.factories import TZ, Desk, batch, calls
from tests.installation import Place, Told

TODAY = datetime.now(TZ).date()  # the centre's day, wherever the tests run
LONG_AGO, YESTERDAY, TOMORROW = (TODAY + timedelta(days=n) for n in (-40, -1, 1))
PAST = ("--backdate", "--note", "原有口径")


@pytest.fixture
def told(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    figures = {"offered": 100, "answered": 80, "abandoned": 20, "answered_within_15": 40, "answered_within_20": 60}
    rows = [{"day": day, **figures} for day in (LONG_AGO, YESTERDAY, TODAY)]
    Desk(engine).write(batch(calls=calls(*rows)))
    return Told(Place(tmp_path / "here", engine).configured(), capsys)


def _add(told: Told, formula: str, start: date, *more: object) -> None:
    told.lines("definition", "add", "service_level", formula, "--from", start, *more)


def _formulas(told: Told, *days: date, centre: str = "city") -> list[tuple[str, float, float]]:
    found = []
    for day in days:
        words = ("kpi", "service_level", "--from", day, "--to", day, "--centre", centre)
        (value,) = told.json(*words)["values"]
        found.append((value["formula"], value["numerator"], value["denominator"]))
    return found


def test_it_restores_the_formula_before_from_today_on(told: Told) -> None:
    _add(told, "answered", TODAY - timedelta(days=30), "--limit", 20, *PAST)
    assert _formulas(told, LONG_AGO, YESTERDAY, TODAY) == [
        ("offered", 40, 100), ("answered", 60, 80), ("answered", 60, 80)
    ]  # fmt: skip
    words = ("definition", "revoke", "15秒接通率", TODAY - timedelta(days=30), "--note", "合同没有改", "--by", "李工")
    said = told.json(*words)
    assert (said["restored"]["formula"], said["restored"]["limit"], said["removed"]) == ("offered", 15, None)
    assert _formulas(told, LONG_AGO, YESTERDAY, TODAY) == [
        ("offered", 40, 100), ("answered", 60, 80), ("offered", 40, 100)
    ]  # fmt: skip
    newest = told.json("definition", "list")[-1]
    assert (newest["valid_from"], newest["changed_by"]) == (str(TODAY), "李工")
    assert newest["note"] == f"撤销自 {TODAY - timedelta(days=30)} 起的 answered: 合同没有改"


def test_it_takes_back_what_was_never_in_force_and_keeps_a_record(told: Told) -> None:
    _add(told, "answered", TOMORROW, "--note", "新合同", "--by", "王")
    lines = told.lines("definition", "revoke", "service_level", TOMORROW, "--note", "写错了", "--by", "李工")
    assert lines == [f"已撤掉: 15秒接通率自 {TOMORROW} 起的口径 answered; 记录见 definition list --all。"]
    assert told.json("definition", "list") == []
    (gone,) = told.json("definition", "list", "--all")
    assert (gone["removed_by"], gone["reason"]) == ("李工", "写错了")
    assert (gone["definition"]["formula"], gone["definition"]["note"]) == ("answered", "新合同")
    assert any(
        "已撤掉(李工: 写错了)" in line and "新合同" in line for line in told.lines("definition", "list", "--all")
    )
    _add(told, "answered", TOMORROW)
    told.lines("definition", "revoke", "service_level", TOMORROW, "--note", "又写错了")
    assert len(told.json("definition", "list", "--all")) == 2


def test_it_takes_back_one_of_today_and_falls_back_on_the_one_before(told: Told) -> None:
    _add(told, "ignore_early_abandons", LONG_AGO, *PAST)
    _add(told, "answered", TODAY)
    told.lines("definition", "revoke", "service_level", "今天", "--note", "写错了")
    assert [d["formula"] for d in told.json("definition", "list")] == ["ignore_early_abandons"]


def test_it_restores_for_a_centre_what_counts_above_it(told: Told) -> None:
    _add(told, "answered", LONG_AGO, "--limit", 20, *PAST)
    _add(told, "offered", LONG_AGO, "--centre", "city", *PAST)
    assert _formulas(told, TODAY) == [("offered", 40, 100)]
    told.lines("definition", "revoke", "service_level", LONG_AGO, "--centre", "city", "--note", "与全市一致")
    assert _formulas(told, YESTERDAY, TODAY) == [("offered", 40, 100), ("answered", 60, 80)]


def test_it_changes_no_day_that_was_shown_unless_told_so(told: Told) -> None:
    _add(told, "answered", LONG_AGO, "--limit", 20, *PAST)
    words = ("definition", "revoke", "service_level", LONG_AGO, "--note", "从未这样约定", "--from", LONG_AGO)
    assert "已经过去" in told.lines(*words, code=1)[0]
    told.lines(*words, "--backdate")
    assert _formulas(told, YESTERDAY) == [("offered", 40, 100)]


def test_it_says_what_cannot_be_taken_back(told: Told) -> None:
    _add(told, "answered", LONG_AGO, *PAST)
    _add(told, "offered", YESTERDAY, *PAST)
    revoke = ("definition", "revoke", "service_level")
    assert f"自 {YESTERDAY} 起已有别的口径" in told.lines(*revoke, LONG_AGO, "--note", "x", code=1)[0]
    assert "没有自" in told.lines(*revoke, TODAY, "--note", "x", code=1)[0]
    assert "没有中心" in told.lines(*revoke, LONG_AGO, "--centre", "x", "--note", "x", code=1)[0]
    assert "--note" in told.lines(*revoke, LONG_AGO, code=2)[-2]
