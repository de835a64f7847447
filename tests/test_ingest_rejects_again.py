"""A bad row that is given again is open once, and in the words of a person at the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.installation import Place
from tests.pulling import CALLS_YAML, Hotline, call, calls_of

DAY3, DAY4 = date(2026, 3, 3), date(2026, 3, 4)
BAD, WORSE = call("2026-03-04 25:00:00"), call("2026-03-04 09:00:00", wait="很久")


@pytest.fixture
def hotline(engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(engine, tmp_path)


@pytest.fixture
def small(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    return Hotline(sqlite_engine, tmp_path)


def listed(hotline: Hotline) -> list[tuple[str, str]]:
    return hotline.rows("SELECT file, state FROM rejects ORDER BY id")


def test_it_lists_a_row_once_that_a_corrected_file_gives_again(hotline: Hotline) -> None:
    """One bad row was mended in the corrected file of another name, the other was not."""
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD, WORSE])
    hotline.pull()
    hotline.file("a corrected.csv", [*calls_of(DAY4, 11), BAD])
    hotline.pull()
    assert listed(hotline) == [("a.csv", "superseded"), ("a.csv", "open"), ("a corrected.csv", "open")]
    assert hotline.rows("SELECT rows_rejected FROM runs ORDER BY id") == [(2,), (1,)]


def test_it_keeps_as_many_as_there_are(small: Hotline) -> None:
    small.file("a.csv", [*calls_of(DAY4, 10), BAD, BAD, BAD])
    small.pull()
    small.file("b.csv", [*calls_of(DAY4, 10), BAD, WORSE])
    small.pull()
    states = [state for file, state in listed(small) if file == "a.csv"]
    assert sorted(states) == ["open", "open", "superseded"]
    assert [state for file, state in listed(small) if file == "b.csv"] == ["open", "open"]


def test_it_takes_rows_of_files_of_other_days_for_others(small: Hotline) -> None:
    bad = call("昨天")
    small.file("a.csv", [*calls_of(DAY3, 10), bad])
    small.file("b.csv", [*calls_of(DAY4, 10), bad])
    small.pull()
    assert listed(small) == [("a.csv", "open"), ("b.csv", "open")]


def test_it_takes_rows_of_files_that_add_up_for_others(small: Hotline) -> None:
    small.configure(CALLS_YAML.replace("    columns:", "    each_file: adds\n    columns:"))
    small.file("a.csv", [*calls_of(DAY4, 10), BAD])
    small.file("b.csv", [*calls_of(DAY4, 11), BAD])
    small.pull()
    assert listed(small) == [("a.csv", "open"), ("b.csv", "open")]


def test_it_lists_it_once_where_nothing_else_of_the_file_could_be_used(small: Hotline) -> None:
    small.file("a.csv", [BAD])
    small.pull()
    small.file("b.csv", [WORSE, BAD])
    small.pull()
    assert listed(small) == [("a.csv", "superseded"), ("b.csv", "open"), ("b.csv", "open")]


def test_it_speaks_of_no_upload_at_the_command_line(
    sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, sqlite_engine).configured(CALLS_YAML)
    hotline = Hotline(sqlite_engine, tmp_path)
    torn = ("2026-03-04 09:00:00", '"是', "x")
    hotline.file("a.csv", [*calls_of(DAY4, 10), BAD, WORSE, torn[:2], ("合计", "7", "", "", "", "")])
    hotline.pull()
    place.run("rejects")
    said = capsys.readouterr().out
    assert "不是时长" in said and "上传" not in said
    reasons = [reason for (reason,) in hotline.rows("SELECT reason FROM rejects")]
    assert reasons and all("改正后重新导入" in reason or "不必改正" in reason for reason in reasons), reasons
