"""Small sources and files for the tests of the ingest room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from textwrap import dedent, indent

import pytest
import xlsxwriter

from ingest.batch import Batch
from ingest.config import Config, ConfigError, load_config
from ingest.mapping import SourceSpec
from ingest.sources.files import read_file

TODAY = date(2026, 3, 31)

CALLS = """
kind: files
shape: calls
path: "*"
columns:
  asked_at: 来电时间
  answered: 是否接通
  wait: 等待时长
  talk: 通话时长
  seat: 工号
"""
CALL_HEADERS = ("来电时间", "是否接通", "等待时长", "通话时长", "工号")

CONFIG_HEAD = """\
centres:
  - {code: city, name: 市中心}
  - {code: jn, name: 江宁分中心, parent: city}
"""
CONFIG_CALLS = """\
sources:
  - code: calls
    kind: files
    shape: calls
    centre: city
    path: inbox/*.csv
    columns:
      asked_at: 来电时间
      answered: 是否接通
"""


def source(folder: Path, text: str, top: str = "") -> SourceSpec:
    """The only source of a config: ``text`` is its YAML without code and centre, ``top`` the rest of the file."""
    body = indent(dedent(text).strip(), "    ")
    path = folder / "sources.yaml"
    centres = "" if "centres:" in top else "centres:\n  - {code: c, name: 市中心}\n"
    path.write_text(f"{centres}{top}\nsources:\n  - code: s\n{body}\n", encoding="utf-8")
    return load_config(path).sources[0]


def read_bytes(folder: Path, spec: SourceSpec, content: bytes, name: str = "a.csv", today: date = TODAY) -> Batch:
    """The batch of a file with this content; every row is accounted for."""
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    path = inbox / name
    path.write_bytes(content)
    batch = read_file(spec, path, today)
    assert batch.rows_used + len(batch.rejects) == batch.rows_read
    return batch


def read_text(folder: Path, spec: SourceSpec, text: str, encoding: str = "utf-8") -> Batch:
    """The batch of a CSV file with this text."""
    return read_bytes(folder, spec, text.encode(encoding))


def read_lines(folder: Path, spec: SourceSpec, headers: Iterable[str], *rows: str) -> Batch:
    """The batch of a comma-separated file."""
    return read_text(folder, spec, "\n".join([",".join(headers), *rows]) + "\n")


def write_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook of these sheets; numbers, dates and texts are written as they are."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def reasons(batch: Batch) -> dict[int | None, str]:
    """The reason of every reject by row number."""
    return {reject.row_no: reject.reason for reject in batch.rejects}


def total(batch: Batch, frame: str, column: str) -> int:
    """The sum of one measure over a frame of a batch."""
    return int(getattr(batch, frame)[column].sum())


def load(folder: Path, text: str, env: dict[str, str] | None = None) -> Config:
    """The config in this text."""
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, env)


def problems(folder: Path, text: str, env: dict[str, str] | None = None) -> list[str]:
    """What is said of a config that is wrong."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, env)
    return [str(problem) for problem in caught.value.problems]
