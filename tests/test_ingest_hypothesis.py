"""More than 2,000 bad files: none gets anything but a batch that accounts for every row, or a reason in Chinese."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.frames_load import engine
from ingest.mapping import SourceSpec
from ingest.sources import files
from ingest.sources.files import read_file
from tests.ingest_files import TODAY, source, total, write_xlsx

CALLS = """
kind: files
shape: calls
path: "*"
columns: {asked_at: 来电时间, answered: 是否接通, seat: 工号}
"""
HEADERS = ("来电时间", "是否接通", "工号")
DAYS = """
kind: files
shape: days
path: "*"
columns: {day: 日期}
measures:
  offered: 呼入量
  answered: 接通量
  talk_seconds: {column: 平均通话, as: duration, mean_of: answered}
  answered_within_15: {column: 服务水平, as: percent, share_of: answered}
"""
DAY_HEADERS = ("日期", "呼入量", "接通量", "平均通话", "服务水平")
GOOD = ("2026-03-01 08:00:00", "是", "1001")


def _many(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module", autouse=True)
def one_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One engine for all files: starting it takes longer than reading so small a file."""
    with engine(tmp_path_factory.mktemp("engine")) as con, pytest.MonkeyPatch.context() as patch:
        con.execute("SET threads = 1")

        @contextmanager
        def shared(_: Path) -> Iterator[duckdb.DuckDBPyConnection]:
            yield con

        patch.setattr(files, "engine", shared)
        yield


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def calls(folder: Path) -> SourceSpec:
    return source(folder, CALLS)


@pytest.fixture(scope="module")
def days(folder: Path) -> SourceSpec:
    return source(folder, DAYS)


def _read(folder: Path, spec: SourceSpec, content: bytes) -> Batch | None:
    """The batch, every row of it accounted for; None where the file is refused for a reason that is Chinese."""
    path = folder / "bad.csv"
    path.write_bytes(content)
    try:
        batch = read_file(spec, path, TODAY)
    except SourceError as error:
        assert re.search(r"[\u4e00-\u9fff]", str(error)), error
        return None
    assert batch.rows_used + len(batch.rejects) == batch.rows_read
    numbers = [reject.row_no for reject in batch.rejects]
    assert len(set(numbers)) == len(numbers) and all(number and number > 1 for number in numbers)
    assert all(re.search(r"[\u4e00-\u9fff]", reject.reason) for reject in batch.rejects)
    return batch


CELLS = st.one_of(
    st.sampled_from(
        [
            *GOOD, "否", "", " ", "x", "合计", "13812345678", "25:71:00", "2026-13-01", "0001-01-01",
            "9999-12-31 23:59:59", "99999999999999999999", "-1", "1e999", "nan", "\u3000", "\ufeff", "\u202e",
            "'; DROP TABLE x; --", "{value}", "%s", "\\",
            "\\n", "\x00", '"', '""', '"a', 'a"', '"a","b', "=1+1", '="1"', "é", "😀", "９", "a\tb",
        ]
    ),
    st.text(max_size=6),
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=8)
ENCODINGS = st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "latin-1", "big5"])


@_many(1000)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|^"),
    ending=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    encoding=ENCODINGS,
)
def test_it_survives_rows_of_anything(
    folder: Path, calls: SourceSpec, rows: list[list[str]], delimiter: str, ending: str, encoding: str
) -> None:
    lines = [delimiter.join(cells) for cells in ([*HEADERS], *rows, [*GOOD])]
    batch = _read(folder, calls, ending.join(lines).encode(encoding, errors="replace"))
    if batch is not None:
        assert batch.rows_used == total(batch, "calls", "offered")


SAFE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters=',"'), max_size=8
)


@_many(420)
@given(rows=st.lists(st.one_of(st.just([*GOOD]), st.lists(SAFE, min_size=1, max_size=4)), max_size=9))
def test_it_reads_as_many_rows_as_there_are(folder: Path, calls: SourceSpec, rows: list[list[str]]) -> None:
    content = "\n".join(",".join(cells) for cells in ([*HEADERS], *rows))
    batch = _read(folder, calls, content.encode())
    blank = " \t\r\n\v\f\u00a0\u3000\ufeff"
    filled = [cells for cells in rows if any(cell.strip(blank).strip() for cell in cells)]
    assert batch is not None and batch.rows_read == len(filled)
    assert batch.rows_used >= sum(cells == [*GOOD] for cells in rows)


@_many(420)
@given(data=st.data())
def test_it_survives_bytes_changed_anywhere(folder: Path, calls: SourceSpec, data: st.DataObject) -> None:
    good = "\n".join(
        ",".join(cells) for cells in ([*HEADERS], [*GOOD], ["2026-03-01 09:00:00", "否", '"a,\nb"'], [*GOOD])
    )
    content = bytearray(good.encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16"]))))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)
    ):
        content[place] = byte
    _read(folder, calls, bytes(content[: data.draw(st.integers(0, len(content)))]))


FIGURES = st.one_of(
    st.sampled_from(
        [
            "2026-03-01", "20260301", "46082", "0", "1", "100", "1,234", "１２", "-3", "1.5", "1e30", "1e-30", "nan",
            "inf", "999999999999", "99999999999999999999", "94.01%", "101%", "99999999999999999%", "-5%", "0.9401",
            "0:00:17", "99:59:59", "25:71:00", "-0:00:01", "0.000001", "--", "", "合计", "0x1F", "1_000",
            "+5", "١٢", "12件",
        ]
    ),
    st.integers(-(10**19), 10**19).map(str),
    st.floats().map(repr),
    st.text(max_size=4),
)  # fmt: skip


@_many(130)
@given(rows=st.lists(st.lists(FIGURES, min_size=4, max_size=6), max_size=6))
def test_it_survives_figures_of_any_size(folder: Path, days: SourceSpec, rows: list[list[str]]) -> None:
    good = ["2026-03-01", "10", "8", "60", "50%"]
    content = "\n".join(",".join(cells) for cells in ([*DAY_HEADERS], *rows, good))
    batch = _read(folder, days, content.encode("utf-8", errors="replace"))
    assert batch is None or batch.rows_used <= batch.rows_read


VALUES = st.one_of(
    CELLS.filter(lambda cell: "\x00" not in cell), st.integers(-(10**15), 10**15), st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False), st.dates(), st.datetimes(), st.times(), st.none(),
)  # fmt: skip


@_many(100)
@given(
    rows=st.lists(st.lists(VALUES, max_size=5), max_size=6),
    above=st.integers(0, 3),
    damage=st.integers(0, 3),
    data=st.data(),
)
def test_it_survives_workbooks_of_anything(
    folder: Path, calls: SourceSpec, rows: list[list[object]], above: int, damage: int, data: st.DataObject
) -> None:
    sheet: list[list[object]] = [*[[]] * above, [*HEADERS], *rows]
    written = [[cell for cell in row if not _too_early(cell)] for row in sheet]
    path = write_xlsx(folder / "made.xlsx", {"明细": written})
    content = bytearray(path.read_bytes())
    for _ in range(damage):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    batch = _read(folder, calls, bytes(content))
    assert damage or batch is not None


def _too_early(cell: object) -> bool:
    """Excel has no days before 1900."""
    return getattr(cell, "year", 2000) < 1901
