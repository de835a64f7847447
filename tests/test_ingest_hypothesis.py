"""More than 2,000 bad files through whole pulls: none gets anything but figures of every good row, rejects of every
other one, or a reason in Chinese.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select

from db.engine import make_engine, migrate
from db.schema import call_stats, metadata, rejects, runs
from ingest.config import load_config
from ingest.frames_load import engine
from ingest.pull import RunResult, pull
from ingest.sources import files
from tests.factories import TZ, at
from tests.ingest_files import write_xlsx

YAML = """
centres: [{code: city, name: 市中心}, {code: district, name: 分中心}]
sources:
  - {code: calls, kind: files, shape: calls, centre: city, path: "calls/*", settle_seconds: 0,
     columns: {asked_at: 来电时间, answered: 是否接通, queue: 技能组}}
  - code: days
    kind: files
    shape: days
    centre: district
    path: "days/*"
    settle_seconds: 0
    columns: {day: 日期, queue: {column: 队列, optional: true}}
    measures:
      offered: 呼入量
      answered: 接通量
      talk_seconds: {column: 平均通话, as: duration, mean_of: answered}
      answered_within_15: {column: 服务水平, as: percent, share_of: answered}
"""
HEADERS = ("来电时间", "是否接通", "技能组")
DAY_HEADERS = ("日期", "呼入量", "接通量", "平均通话", "服务水平")
GOOD = ("2026-03-01 08:00:00", "是", "1001")
KEPT = 25
"""So many files follow each other into one database before it is emptied."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, as the database tells it: rows, and the calls in the facts."""

    read: int
    used: int
    rejected: int
    offered: int


class Desk:
    """A hotline with an inbox for each of two sources; every file given to it is pulled at once."""

    def __init__(self, database: Engine, folder: Path, yaml: str = YAML) -> None:
        self.engine, self.folder = database, folder
        self.files = 0
        for name in ("calls", "days"):
            (folder / name).mkdir()
        path = folder / "sources.yaml"
        path.write_text(yaml, encoding="utf-8")
        self.config = load_config(path)

    def take(self, source: str, content: bytes, name: str = "bad.csv") -> Outcome | None:
        """Pulls a file and holds what is written against itself; None where it is refused for a Chinese reason."""
        path = self.folder / source / name
        path.write_bytes(content)
        if self.files % KEPT == 0:
            self.empty()
        self.files += 1
        results = self.pull(source)
        if not results:  # the same file was taken just now
            self.empty()
            results = self.pull(source)
        path.unlink()
        (result,) = results
        assert result.run_id is not None
        if result.state == "failed":
            assert result.error and CHINESE.search(result.error) and name in result.error, result
            assert "没有预料到" not in result.error and "数据库" not in result.error, result
            assert self.written(result.run_id, "failed") == Outcome(0, 0, 0, 0)
            return None
        outcome = self.written(result.run_id, result.state)
        assert outcome.used + outcome.rejected == outcome.read
        assert (outcome.read, outcome.used) == (result.rows_read, result.rows_used)
        return outcome

    def pull(self, source: str) -> list[RunResult]:
        return pull(
            *(self.engine, self.config, source),
            window=None,
            trigger="manual",
            now=at("2026-03-31 12:00"),
            tz=TZ,
            base_dir=self.folder,
            holder="here:1",
        )

    def written(self, run_id: int, state: str) -> Outcome:
        """The run's row, and the rejects and facts that carry its number."""
        r, j, c = runs.c, rejects.c, call_stats.c
        with self.engine.connect() as conn:
            run = conn.execute(select(r.state, r.rows_read, r.rows_used, r.rows_rejected).where(r.id == run_id)).one()
            kept = conn.execute(select(j.row_no, j.reason, j.state).where(j.run_id == run_id)).all()
            facts, offered = conn.execute(select(func.count(), func.sum(c.offered)).where(c.run_id == run_id)).one()
        assert run.state == state and len(kept) == run.rows_rejected
        numbers = [reject.row_no for reject in kept]
        assert len(set(numbers)) == len(numbers) and all(number and number > 1 for number in numbers)
        assert all(CHINESE.search(reject.reason) and reject.state == "open" for reject in kept)
        assert bool(facts) == bool(run.rows_used)
        return Outcome(run.rows_read, run.rows_used, run.rows_rejected, int(offered or 0))

    def empty(self) -> None:
        with self.engine.begin() as conn:
            for table in reversed(metadata.sorted_tables):
                if table.name not in ("centres", "sources", "meta"):
                    conn.execute(table.delete())


@pytest.fixture(scope="module")
def postgresql_desk(new_postgresql: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = make_engine(new_postgresql())
    migrate(database)
    yield Desk(database, tmp_path_factory.mktemp("desk"), YAML.replace("queue: 技能组", "seat: 技能组"))
    database.dispose()


@pytest.fixture(scope="module")
def desk(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    database = make_engine(f"sqlite:///{shutil.copy(_migrated_sqlite, folder / 'hotline.db')}")
    event.listen(database, "connect", lambda conn, _: conn.execute("PRAGMA synchronous = OFF"))
    yield Desk(database, folder)
    database.dispose()


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


@pytest.mark.parametrize("endings", [("\n", "\r\n"), ("\r", "\n\n")])
@_many(450)
@given(rows=ROWS, delimiter=st.sampled_from(",;\t|^"), which=st.integers(0, 1), encoding=ENCODINGS)
def test_it_survives_rows_of_anything(
    desk: Desk, endings: tuple[str, str], rows: list[list[str]], delimiter: str, which: int, encoding: str
) -> None:
    lines = [delimiter.join(cells) for cells in ([*HEADERS], *rows, [*GOOD])]
    outcome = desk.take("calls", endings[which].join(lines).encode(encoding, errors="replace"))
    assert outcome is None or outcome.used == outcome.offered


SAFE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters=',"'), max_size=8
)


@_many(360)
@given(rows=st.lists(st.one_of(st.just([*GOOD]), st.lists(SAFE, min_size=1, max_size=4)), max_size=9))
def test_it_reads_as_many_rows_as_there_are(desk: Desk, rows: list[list[str]]) -> None:
    content = "\n".join(",".join(cells) for cells in ([*HEADERS], *rows))
    outcome = desk.take("calls", content.encode())
    blank = " \t\r\n\v\f\u00a0\u3000\ufeff"
    filled = [cells for cells in rows if any(cell.strip(blank).strip() for cell in cells)]
    assert outcome is not None and outcome.read == len(filled)
    assert outcome.offered == outcome.used >= sum(cells == [*GOOD] for cells in rows)


@_many(420)
@given(data=st.data())
def test_it_survives_bytes_changed_anywhere(desk: Desk, data: st.DataObject) -> None:
    good = "\n".join(
        ",".join(cells) for cells in ([*HEADERS], [*GOOD], ["2026-03-01 09:00:00", "否", '"a,\nb"'], [*GOOD])
    )
    content = bytearray(good.encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16"]))))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)
    ):
        content[place] = byte
    outcome = desk.take("calls", bytes(content[: data.draw(st.integers(0, len(content)))]))
    assert outcome is None or outcome.used == outcome.offered


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
def test_it_survives_figures_of_any_size(desk: Desk, rows: list[list[str]]) -> None:
    good = ["2026-03-01", "10", "8", "60", "50%"]
    content = "\n".join(",".join(cells) for cells in ([*DAY_HEADERS], *rows, good))
    desk.take("days", content.encode("utf-8", errors="replace"))


VALUES = st.one_of(
    CELLS.filter(lambda cell: "\x00" not in cell), st.integers(-(10**15), 10**15), st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False), st.dates(), st.datetimes(), st.times(), st.none(),
)  # fmt: skip


@_many(100)
@given(
    rows=st.lists(st.lists(VALUES, max_size=5), max_size=6),
    above=st.integers(0, 3),
    damage=st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 255)), max_size=3),
)
def test_it_survives_workbooks_of_anything(
    desk: Desk, rows: list[list[object]], above: int, damage: list[tuple[int, int]]
) -> None:
    sheet: list[list[object]] = [*[[]] * above, [*HEADERS], *rows]
    written = [[cell for cell in row if not _too_early(cell)] for row in sheet]
    path = write_xlsx(desk.folder / "made.xlsx", {"明细": written})
    content = bytearray(path.read_bytes())
    for place, byte in damage:  # in ten-thousandths: a workbook holds the time it was made, so its size varies
        content[place * len(content) // 10_000] = byte
    outcome = desk.take("calls", bytes(content), "made.xlsx")
    assert damage or outcome is not None
    assert outcome is None or outcome.used == outcome.offered


def _too_early(cell: object) -> bool:
    """Excel has no days before 1900."""
    return getattr(cell, "year", 2000) < 1901


@_many(120)
@given(rows=ROWS, encoding=ENCODINGS)
def test_it_survives_them_on_postgresql(postgresql_desk: Desk, rows: list[list[str]], encoding: str) -> None:
    lines = [",".join(cells) for cells in ([*HEADERS], *rows, [*GOOD])]
    outcome = postgresql_desk.take("calls", "\n".join(lines).encode(encoding, errors="replace"))
    assert outcome is None or outcome.used == outcome.offered


@_many(40)
@given(rows=st.lists(st.lists(FIGURES, min_size=4, max_size=6), max_size=6))
def test_it_survives_figures_on_postgresql(postgresql_desk: Desk, rows: list[list[str]]) -> None:
    content = "\n".join(",".join(cells) for cells in ([*DAY_HEADERS], *rows, ["2026-03-01", "10", "8", "60", "50%"]))
    postgresql_desk.take("days", content.encode("utf-8", errors="replace"))
