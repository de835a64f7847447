"""A foreign database with one very busy day, and how many of its rows leave it when that day is pulled."""

from __future__ import annotations

import csv
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench.reference import write_calls
from ingest.config import load_config
from ingest.sources.sql import read_window

DAY = date(2026, 1, 5)
TODAY = date(2026, 2, 1)
_CENTRES = {"东城中心": "east", "西城中心": "west", "南城中心": "south", "北城中心": "north", "高新中心": "tech"}
_FIELDS = """
      asked_at: {column: 来电时间, format: ["%Y-%m-%d %H:%M:%S"]}
      answered: {column: 是否接通, yes: [是], no: [否]}
      wait: 等待时长
      talk: 通话时长
      wrap: 话后时长
      seat: 工号
      queue: 技能组
      recorded: {column: 录音, yes: [有], no: [无]}
      rating:
        column: 评价
        values: {非常满意: 5, 满意: 4, 一般: 3, 不满意: 1}
        satisfied_from: 4
        not_a_rating: [未评价, ""]
"""


@dataclass
class Counter:
    """Rows that left a database."""

    rows: int = 0

    def row(self, _cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A sqlite3 row factory: called once for each row fetched."""
        self.rows += 1
        return row

    def watch(self, connection: sqlite3.Connection, _record: object) -> None:
        """Count what this connection fetches."""
        connection.row_factory = self.row


def _rows(path: Path) -> Iterator[list[str | None]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield [cell or None for cell in row]


def _make(folder: Path, calls: int) -> Path:
    path, source = folder / f"foreign_{calls}.db", folder / f"foreign_{calls}.csv"
    if path.exists():
        return path
    write_calls(source, DAY, 1, calls, seed=3)
    rows = _rows(source)
    header = [str(name) for name in next(rows)]
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    con = sqlite3.connect(draft)
    con.execute(f"CREATE TABLE calls ({', '.join(header)})")
    con.executemany(f"INSERT INTO calls VALUES ({', '.join('?' * len(header))})", rows)
    con.execute("CREATE INDEX calls_asked ON calls (来电时间)")
    con.commit()
    con.close()
    source.unlink()
    draft.replace(path)
    return path


def _config(path: Path) -> str:
    centres = "".join(f"  - {{code: {code}, name: {name}}}\n" for name, code in _CENTRES.items())
    return (
        f"centres:\n{centres}sources:\n  - code: foreign\n    kind: sql\n    shape: calls\n    timeout: 600\n"
        f"    url: {json.dumps(f'sqlite:///{path}')}\n    table: calls\n"
        f"    centre_column: {{column: 中心, values: {json.dumps(_CENTRES, ensure_ascii=False)}}}\n"
        f"    columns:{_FIELDS}"
    )


def pull_a_day(folder: Path, calls: int) -> dict[str, Any]:
    """Read the day through the sql source. ``moved``: rows fetched; ``accounted``: calls used or rejected."""
    path = _make(folder, calls)
    config = folder / "foreign.yaml"
    config.write_text(_config(path), encoding="utf-8")
    (spec,) = load_config(config).sources
    counter = Counter()
    event.listen(Engine, "connect", counter.watch)
    begun = time.perf_counter()
    batch = read_window(spec, DAY, DAY, TODAY)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "moved": counter.rows, "accounted": batch.rows_used + len(batch.rejects)}
