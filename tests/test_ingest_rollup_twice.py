"""A day or month that stands twice in figures already summed is added up, and said where it looks like a correction."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest_files import read_lines, source, total

DAYS = 'kind: files\nshape: days\npath: "*"\ncolumns: {day: 日期%s}\nmeasures: {offered: 量}'
MONTHS = 'kind: files\nshape: months\npath: "*"\ncolumns: {month: 月份}\nmeasures: {offered: 量}'
SAID = "有 1 处同一天(同一小时、坐席等)的数不止一行(如 2026-03-02), 已相加。若后一行是更正, 请只留正确的一行再放一次。"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("2026-03-01,,10", "2026-03-02,,5", "2026-03-02,,5"), [SAID]),
        (("2026-03-02,,5", "2026-03-02,,7"), [SAID]),
        (("2026-03-01,,10", "2026-03-02,,5"), []),
        # every day in two rows: parts of something that is not mapped
        (("2026-03-01,甲,1", "2026-03-01,乙,2", "2026-03-02,甲,3", "2026-03-02,乙,4"), []),
    ],
)
def test_it_says_which_day_stands_twice(tmp_path: Path, rows: tuple[str, ...], said: list[str]) -> None:
    batch = read_lines(tmp_path, source(tmp_path, DAYS % ""), ("日期", "组", "量"), *rows)
    assert batch.warnings == said
    assert total(batch, "calls", "offered") == sum(int(row.rpartition(",")[2]) for row in rows)


def test_rows_of_several_queues_are_no_repetition(tmp_path: Path) -> None:
    spec = source(tmp_path, DAYS % ", queue: 组")
    assert read_lines(tmp_path, spec, ("日期", "组", "量"), "2026-03-01,甲,1", "2026-03-01,乙,2").warnings == []


def test_it_says_which_month_stands_twice(tmp_path: Path) -> None:
    batch = read_lines(tmp_path, source(tmp_path, MONTHS), ("月份", "量"), "2025年10月,3100", "2025年10月,1")
    assert len(batch.warnings) == 1 and "同一月的数不止一行(如 2025-10), 已相加" in batch.warnings[0]
