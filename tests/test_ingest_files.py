"""Which files are taken, and CSV files with every trap a real export has."""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.sources import files, text_files
from ingest.sources.files import discover, read_file
from tests.ingest_files import CALL_HEADERS, CALLS, TODAY, read_bytes, read_lines, read_text, reasons, source, total

NOW = datetime(2026, 3, 31, 4, tzinfo=UTC)
GOOD = "2026-03-01 08:00:00,是,5,60,1001"
MISSED = "2026-03-01 09:00:00,否,7,,"


def _put(path: Path, age: float = 60, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    moment = NOW.timestamp() - age
    os.utime(path, (moment, moment))
    return path


def test_it_finds_the_files_of_a_pattern_the_oldest_first(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS.replace('"*"', "in/**/*.csv"))
    newer, older = _put(tmp_path / "in/a.csv", 60), _put(tmp_path / "in/2026/b.csv", 600)
    _put(tmp_path / "in/c.txt")
    assert discover(spec, tmp_path, NOW) == [older, newer]


def test_it_leaves_a_file_that_was_changed_just_now(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS.replace('"*"', "in/*.csv\nsettle_seconds: 30"))
    path = _put(tmp_path / "in/a.csv", 29)
    assert discover(spec, tmp_path, NOW) == []
    assert discover(spec, tmp_path, NOW + timedelta(seconds=1)) == [path]


def test_it_leaves_a_file_that_grows_while_it_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = source(tmp_path, CALLS.replace('"*"', "in/*.csv"))
    path = _put(tmp_path / "in/a.csv", 600)
    sizes = iter([(1, 0), (2, 0)])
    monkeypatch.setattr(files, "_state", lambda _: next(sizes))
    assert path.exists() and discover(spec, tmp_path, NOW) == []


@pytest.mark.parametrize("name", ["~$a.xlsx", ".a.csv", "a.csv.tmp", "a.part", "a.CRDOWNLOAD", "a.csv~"])
def test_it_leaves_what_programs_are_still_writing(tmp_path: Path, name: str) -> None:
    _put(tmp_path / "in" / name, 600)
    assert discover(source(tmp_path, CALLS.replace('"*"', "in/*")), tmp_path, NOW) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_it_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    base, outside = tmp_path / "data", _put(tmp_path / "secret.csv")
    inside = _put(base / "in/a.csv", 600)
    (base / "in/out.csv").symlink_to(outside)
    (base / "in/same.csv").symlink_to(inside)
    found = discover(source(tmp_path, CALLS.replace('"*"', "in/*.csv")), base, NOW)
    assert [path.name for path in found] == ["a.csv", "same.csv"]


def test_it_takes_an_absolute_path_as_it_is_written(tmp_path: Path) -> None:
    path = _put(tmp_path / "elsewhere/[1]/a.csv")
    spec = source(tmp_path, CALLS.replace('"*"', f"{tmp_path}/elsewhere/*/a.csv"))
    assert discover(spec, tmp_path / "data", NOW) == [path]


def test_it_reads_a_plain_file_and_knows_it_by_its_content(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS)
    text = "\n".join([",".join(CALL_HEADERS), GOOD, MISSED]) + "\n"
    batch = read_text(tmp_path, spec, text)
    assert batch.file is not None
    assert batch.file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (batch.file.name, batch.file.size) == ("a.csv", len(text.encode()))
    assert batch.file.mapping_version == spec.mapping_version
    (named,) = batch.inputs
    changed = (tmp_path / "inbox" / "a.csv").stat().st_mtime_ns
    assert named == {"name": "a.csv", "sha256": batch.file.sha256, "rows": 2, "changed": changed}
    assert (batch.rows_read, batch.rows_used, total(batch, "calls", "offered")) == (2, 2, 2)
    assert str(batch.first_day) == str(batch.last_day) == "2026-03-01"


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t"), ("utf-16", "|"), ("utf-32", "^")]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_it_finds_out_encoding_delimiter_and_line_ends(
    tmp_path: Path, encoding: str, delimiter: str, ending: str
) -> None:
    rows = [",".join(CALL_HEADERS), GOOD, MISSED]
    text = ending.join(row.replace(",", delimiter) for row in rows)
    assert total(read_text(tmp_path, source(tmp_path, CALLS), text, encoding), "calls", "answered") == 1


def test_it_takes_the_delimiter_and_encoding_it_is_told(tmp_path: Path) -> None:
    mapped = CALLS
    for ours, theirs in zip(CALL_HEADERS, "abcde", strict=True):
        mapped = mapped.replace(ours, theirs)
    spec = source(tmp_path, mapped + 'csv: {delimiter: "#", encoding: big5}')
    text = "a#b#c#d#e\n2026-03-01 08:00:00#Y#5#60#員工\n"
    batch = read_bytes(tmp_path, spec, text.encode("big5"))
    assert batch.seats is not None and list(batch.seats["seat"]) == ["員工"]


def test_it_says_where_an_encoding_breaks(tmp_path: Path) -> None:
    content = ",".join(CALL_HEADERS).encode() + b"\n" + b"\n".join([GOOD.encode()] * 3) + b"\nabc\xff\xff,\n"
    with pytest.raises(SourceError, match=r"读不出文字编码.*utf-8\(第 5 行附近不符\).*gb18030\(第 \d 行附近不符\)"):
        read_bytes(tmp_path, source(tmp_path, CALLS), content)


def test_it_finds_the_header_below_titles(tmp_path: Path) -> None:
    text = "市民热线话务明细,,,,\n导出时间: 2026-03-31\n" + "\n".join([",".join(CALL_HEADERS), GOOD, "x,是,5,60,1"])
    batch = read_text(tmp_path, source(tmp_path, CALLS), text)
    assert batch.rows_used == 1 and list(reasons(batch)) == [5]


def test_it_takes_the_header_row_it_is_told(tmp_path: Path) -> None:
    text = f"{','.join(CALL_HEADERS)}\n旧,旧,旧,旧,旧\n{','.join(CALL_HEADERS)}\n{GOOD}\n"
    assert read_text(tmp_path, source(tmp_path, CALLS + "header_row: 3"), text).rows_read == 1
    with pytest.raises(SourceError, match="第 9 行没有内容"):
        read_text(tmp_path, source(tmp_path, CALLS + "header_row: 9"), text)


def test_it_names_the_columns_that_are_missing_and_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"a\.csv 缺少列: ‘是否接通’、‘工号’。现有的列: 来电时间、接通否、等待时长、通话时长"
    ):
        read_text(tmp_path, source(tmp_path, CALLS), "来电时间,接通否,等待时长,通话时长\n")


def test_it_takes_columns_renamed_between_years_and_headers_spaced_or_wide(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS.replace("asked_at: 来电时间", "asked_at: [来电时间(秒), 呼入时间]"))
    assert read_lines(tmp_path, spec, ("呼入时间", *CALL_HEADERS[1:]), GOOD).rows_used == 1
    assert read_lines(tmp_path, spec, (" 来电时间（秒） ", *CALL_HEADERS[1:]), GOOD).rows_used == 1


def test_it_reads_a_file_without_an_optional_column(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS + "  recorded: {column: 录音, yes: [有], no: [无], optional: true}")
    without = read_lines(tmp_path, spec, CALL_HEADERS, GOOD)
    assert without.calls is not None and "recorded" not in without.calls
    assert total(read_lines(tmp_path, spec, (*CALL_HEADERS, "录音"), GOOD + ",有"), "calls", "recorded") == 1


def test_it_refuses_two_columns_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="有两列都叫 ‘工号’"):
        read_lines(tmp_path, source(tmp_path, CALLS), (*CALL_HEADERS, "工号"), GOOD + ",1002")


def test_it_reads_strange_headers(tmp_path: Path) -> None:
    spec = source(tmp_path, CALLS.replace("工号", "'it''s \"x\"'"))
    text = ",".join(CALL_HEADERS[:4]) + ',"it\'s ""x""",row_no,,ROW_NO\n' + GOOD + ",1,2,3\n"
    assert read_text(tmp_path, spec, text).rows_used == 1


def test_it_counts_every_row_of_a_damaged_file_once(tmp_path: Path) -> None:
    text = "\n".join(
        [
            ",".join(CALL_HEADERS),  # 1
            GOOD,  # 2
            "",  # 3: no row, but numbered as a spreadsheet numbers it
            "2026-03-01 08:00:00,是",  # 4: too short
            GOOD + ",x,y",  # 5: too long
            GOOD + ",,",  # 6: only empty cells too many: good
            '2026-03-01 08:00:00,是,5,60,"100',  # 7: a quote never closed
            GOOD.replace("1001", '"10"x"'),  # 8: text after a quote
            GOOD.replace("1001", "10\x0001"),  # 9: a NUL byte
            GOOD.replace("1001", '"座席\n1001"'),  # 10: a line end in quotes
            " , ,\t,,",  # 11: no row
            GOOD,  # 12
        ]
    )
    batch = read_text(tmp_path, source(tmp_path, CALLS), text)
    assert {number: reason[:8] for number, reason in reasons(batch).items()} == {
        4: "这一行有 2 列",
        5: "这一行有 7 列",
        7: "引号没有成对,或",
        8: "引号没有成对,或",
        9: "含有空字节,文件",
    }
    assert (batch.rows_read, batch.rows_used) == (9, 4)
    assert batch.rejects[0].row == {
        "来电时间": "2026-03-01 08:00:00",
        "是否接通": "是",
        "等待时长": "",
        "通话时长": "",
        "工号": "",
    }


def test_it_accounts_for_the_rows_after_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    broken = GOOD.replace("1001", '"1001')
    rows = [GOOD] * 500 + [broken] + [GOOD] * 500
    batch = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows)
    assert list(reasons(batch)) == [502] and batch.rows_used == 1000


def test_it_keeps_a_quote_inside_a_cell(tmp_path: Path) -> None:
    batch = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, GOOD.replace("1001", '5" 屏'))
    assert batch.seats is not None and list(batch.seats["seat"]) == ['5" 屏']


def test_it_takes_the_quick_way_for_a_clean_file_and_numbers_rows_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [GOOD if n % 7 else "x,是,5,60,1001" for n in range(200)]
    quick = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows)
    monkeypatch.setattr(text_files, "_quickly", lambda *_: None)
    careful = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, *rows)
    assert quick.rejects == careful.rejects and len(quick.rejects) == 29
    assert quick.rejects[1].row_no == 9
    assert quick.calls is not None and careful.calls is not None and quick.calls.equals(careful.calls)


def test_it_never_takes_the_careful_way_for_a_clean_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the careful reading was used")

    monkeypatch.setattr(text_files, "_carefully", fail)
    quoted = '"2026-03-01 08:00:00","是","5","60","a\nb"'
    read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, GOOD, quoted, "", "")
    read_text(tmp_path, source(tmp_path, CALLS), "\r\n".join([",".join(CALL_HEADERS), GOOD, MISSED]), "utf-8-sig")


def test_it_reads_a_file_with_a_header_only(tmp_path: Path) -> None:
    batch = read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS)
    assert (batch.rows_read, batch.first_day) == (0, None)
    assert batch.warnings == ["a.csv: 只有表头,没有数据行。"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"\n \n\n", "找不到表头"),
        (b"\x00" * 5000, "文件开头全是空字节"),
        ("来电时间,是".encode("utf-16-le") * 50, "许多空字节"),
        (b"<html><table><tr><td>1</td></tr></table>", "网页"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "XML"),
        (b"PK\x03\x04 no zip at all", "打不开"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600, "打不开"),
    ],
)
def test_it_says_what_is_wrong_with_a_file_it_cannot_read(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_bytes(tmp_path, source(tmp_path, CALLS), content)


def test_it_says_so_when_the_file_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="文件不在了"):
        read_file(source(tmp_path, CALLS), tmp_path / "gone.csv", TODAY)


@pytest.mark.parametrize(("size", "said"), [(10 * 2**30, "10.0 GB,超过上限 4 GB"), (2 * 2**30, "空字节")])
def test_it_refuses_a_sparse_file_without_reading_it(tmp_path: Path, size: int, said: str) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as handle:
        handle.truncate(size)
    with pytest.raises(SourceError, match=said):
        read_file(source(tmp_path, CALLS), path, TODAY)


def test_it_gives_up_on_a_file_that_changes_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = iter([(1, 1), (2, 2)])
    monkeypatch.setattr(files, "_state", lambda _: next(states))
    with pytest.raises(SourceError, match="还在变化"):
        read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, GOOD)


def test_it_leaves_no_copies_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "tmp"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    read_text(tmp_path, source(tmp_path, CALLS), "\n".join([",".join(CALL_HEADERS), "", GOOD]), "gb18030")
    assert list(copies.iterdir()) == []


def test_it_names_the_part_where_files_of_one_day_add_up(tmp_path: Path) -> None:
    assert read_lines(tmp_path, source(tmp_path, CALLS), CALL_HEADERS, GOOD).part == ""
    assert read_lines(tmp_path, source(tmp_path, CALLS + "each_file: adds"), CALL_HEADERS, GOOD).part == "a.csv"
