"""Team and shift of a seat, from a sign-in sheet into the facts."""

from __future__ import annotations

from pathlib import Path

from tests.ingest_files import CONFIG_HEAD, problems, read_lines, source

HEADERS = ("日期", "工号", "班组", "班次", "签入")
SHEET = """
kind: files
shape: days
path: "*"
columns: {day: 日期, seat: 工号, team: 班组, shift: {column: 班次, values: {"1": 早班, "2": 夜班}}}
measures: {signed_in_seconds: {column: 签入, as: duration}}
"""


def test_it_keeps_the_team_and_the_shift_of_a_seat(tmp_path: Path) -> None:
    rows = ("2026-03-01,1001,一组,1,8:00:00", "2026-03-01,1002,,2,12:00:00", "2026-03-01,1003,二组,,7:00:00")
    batch = read_lines(tmp_path, source(tmp_path, SHEET), HEADERS, *rows)
    assert batch.seats is not None
    found = {
        row["seat"]: (row["team"], row["shift"], row["signed_in_seconds"]) for row in batch.seats.to_dict("records")
    }
    assert found == {"1001": ("一组", "早班", 28800), "1002": ("", "夜班", 43200), "1003": ("二组", "", 25200)}


def test_it_wants_the_seat_that_a_team_belongs_to(tmp_path: Path) -> None:
    text = """sources:
  - code: s
    kind: files
    shape: days
    centre: city
    path: "a*"
    columns: {day: 日期, team: 班组}
    measures: {accepted: 受理}
"""
    (said,) = problems(tmp_path, CONFIG_HEAD + text)
    assert "写了 team 就还要写 seat" in said
