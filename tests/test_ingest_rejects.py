"""Rows that can't be used: what is said of them, what is kept of them, and that none is lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from db.masking import mask
from ingest import frames_rejects
from ingest.errors import SourceError
from ingest.frames import to_batch
from tests.ingest_files import CALL_HEADERS, CALLS, TODAY, read_lines, reasons, source, total

GOOD = "2026-03-01 08:00:00,是,5,60,1001"


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        ("25:71:00,是,5,60,1", "来电时间", "25:71:00", "不是时间: ‘25:71:00’"),
        (",是,5,60,1", "来电时间", "", "是空的"),
        ("1999-12-31 23:59:59,是,5,60,1", "来电时间", "1999-12-31 23:59:59", "早于 2000 年"),
        ("2026-04-01 00:00:00,是,5,60,1", "来电时间", "2026-04-01 00:00:00", "在今天(2026-03-31)之后"),
        ("2026-03-01 08:00:00,也许,5,60,1", "是否接通", "也许", "既不是“是”也不是“否”"),
        ("2026-03-01 08:00:00,,5,60,1", "是否接通", "", "是空的"),
        ("2026-03-01 08:00:00,是,-5,60,1", "等待时长", "-5", "是负数"),
        ("2026-03-01 08:00:00,是,abc,60,1", "等待时长", "abc", "不是时长"),
        ("2026-03-01 08:00:00,是,5,24:00:01,1", "通话时长", "24:00:01", "超过 24 小时"),
        (f"2026-03-01 08:00:00,是,5,60,{'9' * 65}", "工号", "9" * 65, "超过 64 个字"),
        ("合计,,100,200,", "", "合计", "‘合计’ 是合计行"),
        ("总 计:,,100,200,", "", "总 计:", "是合计行"),
        ("Total,,100,200,", "", "Total", "是合计行"),
    ],
)
def test_it_names_the_column_the_value_and_what_is_wrong(
    tmp_path: Path, row: str, column: str, value: str, said: str
) -> None:
    batch = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, GOOD, row)
    (reject,) = batch.rejects
    assert (reject.file, reject.row_no, reject.column, reject.value) == ("a.csv", 3, column, value)
    assert said in reject.reason and (not column or f"‘{column}’" in reject.reason)
    assert batch.rows_used == 1


def test_it_tells_the_first_thing_wrong_and_keeps_the_mapped_columns_only(tmp_path: Path) -> None:
    headers = ("姓名", *CALL_HEADERS, "地址")
    batch = read_lines(tmp_path, source(tmp_path, CALLS), headers, "张三,2026-03-01 08:00:00,是,x,y,1,某路 1 号")
    (reject,) = batch.rejects
    assert reject.column == "等待时长"
    assert reject.row == dict(zip(CALL_HEADERS, ("2026-03-01 08:00:00", "是", "x", "y", "1"), strict=True))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812345678", "138******78"),
        ("来电 138-1234-5678 转", "来电 138********78 转"),
        ("+8613812345678", "+86138******78"),
        ("013812345678", "0138******78"),
        ("110101199003077715", "110*************15"),
        ("11010119900307771x", "110*************1x"),
        ("110101999903077715", "110101999903077715"),  # no date inside: an order number
        ("2026030113812345678", "2026030113812345678"),
        ("1381234567", "1381234567"),
    ],
)
def test_it_masks_mobile_and_identity_card_numbers(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_it_masks_them_in_rejects(tmp_path: Path) -> None:
    batch = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, "13812345678,是,5,60,110101199003077715")
    (reject,) = batch.rejects
    kept = f"{reject.value} {reject.reason} {reject.row}"
    assert "138******78" in kept and "12345" not in kept and "19900307" not in kept


def test_it_cuts_values_that_are_endless(tmp_path: Path) -> None:
    batch = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, f"{'长' * 5000},是,5,60,1")
    (reject,) = batch.rejects
    assert len(reject.value) == 201 and len(reject.row["来电时间"]) == 2000


WITH_ID = CALLS + "  id: 通话ID"


def test_it_keeps_the_first_of_calls_with_one_id(tmp_path: Path) -> None:
    rows = [f"{GOOD},A", f"{GOOD},B", "x,是,5,60,1,C", f"{GOOD},A ", f"{GOOD},", f"{GOOD},", f"{GOOD},C", f"{GOOD},A"]
    batch = read_lines(tmp_path, source(tmp_path, WITH_ID), (*CALL_HEADERS, "通话ID"), *rows)
    assert {n: r.split("。")[0] for n, r in reasons(batch).items() if n != 4} == {
        5: "与第 2 行重复(保留第一次)",
        9: "与第 2 行重复(保留第一次)",
    }
    assert batch.rows_used == 5


def test_it_keeps_rows_that_repeat_each_other_unless_told_otherwise(tmp_path: Path) -> None:
    rows = [GOOD, GOOD, GOOD + "0"]
    assert read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows).rows_used == 3
    batch = read_lines(tmp_path, source(tmp_path, CALLS + "duplicates: reject"), CALL_HEADERS, *rows)
    assert list(reasons(batch)) == [3] and batch.rows_used == 2
    told = source(tmp_path, WITH_ID + "\nduplicates: keep")
    assert read_lines(tmp_path, told, (*CALL_HEADERS, "通话ID"), f"{GOOD},A", f"{GOOD},A").rows_used == 2


def test_it_compares_whole_rows_by_every_column_also_those_not_mapped(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS + "duplicates: reject")
    batch = read_lines(tmp_path, spec, (*CALL_HEADERS, "流水"), f"{GOOD},1", f"{GOOD},2", f"{GOOD},2")
    assert list(reasons(batch)) == [4]


def test_it_refuses_a_file_of_which_nearly_nothing_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_rejects, "REJECT_LIMIT", 3)
    rows = ["x,是,5,60,1"] * 3 + ["2026-03-01 08:00:00,也许,5,60,1"]
    with pytest.raises(
        SourceError, match=r"有 4 行不能用,超过 3 行.*主要原因: ‘来电时间’ 不是时间\(3 行\); ‘是否接通’ 既不是"
    ):
        read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows)
    assert len(read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows[:3]).rejects) == 3


def test_it_lets_braces_and_percent_signs_in_headers_and_values_be(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS.replace("等待时长", "'{等待} %s'") + "  queue: {column: 组, values: {'{a}': 甲}}")
    headers = [header.replace("等待时长", "{等待} %s") for header in CALL_HEADERS]
    batch = read_lines(tmp_path, spec, (*headers, "组"), "2026-03-01 08:00:00,是,{value},60,1,{a}")
    assert batch.rejects[0].reason.startswith("‘{等待} %s’ 不是时长: ‘{value}’")


def _relation(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[int, str, str, str]]) -> str:
    con.execute('CREATE TABLE "my rows" (row_no BIGINT, 来电时间 VARCHAR, 是否接通 VARCHAR, row_problem VARCHAR)')
    con.executemany('INSERT INTO "my rows" VALUES (?, ?, ?, ?)', list(rows))
    return "my rows"


def test_it_takes_any_relation_of_text_rows(tmp_path: Path) -> None:
    spec = source(tmp_path, 'kind: files\nshape: calls\npath: "*"\ncolumns: {asked_at: 来电时间, answered: 是否接通}')
    with duckdb.connect() as con:
        rows = [
            (7, "2026-03-01T00:30:00Z", "是", ""),
            (8, "", "", ""),
            (9, "2026-03-01", "是", "坏了"),
            (5, "x", "是", ""),
        ]
        relation = _relation(con, [(n, a, b, c or None) for n, a, b, c in rows])  # type: ignore[misc]
        batch = to_batch(con, relation, spec, "接口", "", TODAY, tz="Asia/Shanghai")
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'typed%'").fetchone() == (0,)
    assert (batch.rows_read, batch.rows_used) == (3, 1)
    assert {number: reason[:8] for number, reason in reasons(batch).items()} == {5: "‘来电时间’ 不", 9: "坏了"}
    assert batch.calls is not None and list(batch.calls["hour"]) == [8]
    assert total(batch, "calls", "answered") == 1
