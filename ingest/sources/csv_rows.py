"""The careful reading of CSV: every record of a damaged file is found, good ones and bad ones, in a stream.

The quick reading (DuckDB alone) is used where it accounts for every record; this one takes over where it can't:
broken quotes, ragged rows, NUL bytes, mixed line ends, blank lines in between. It writes a clean CSV with the
number of every record and what is wrong with it, which then goes the same way as any other file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.frames_plan import REMEDY

MAX_CHARS = 131_072
"""A record longer than this is damaged (the same limit as Python's csv)."""
MAX_LINES = 64
"""A quoted cell may hold so many line ends; a quote that is open longer was never closed."""
_QUOTES = f"引号没有成对,或引号外还有文字{REMEDY}"
_NUL = f"含有空字节,文件可能在传输中损坏{REMEDY}"
_LONG = f"一行超过 {MAX_CHARS} 个字,可能是引号没有成对{REMEDY}"


@dataclass(frozen=True, slots=True)
class Width:
    """How many cells a record may have: headers without text at the end of the header line need none."""

    most: int
    least: int

    def fits(self, cells: int) -> bool:
        """Whether a record of so many cells is whole."""
        return self.least <= cells <= self.most


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number (the first of the file is 1), its cells, and what is wrong with it ('' for nothing).

    ``line``: the whole record as it stands in the file, where it can be taken over as it is ('' where it can't).
    """

    number: int
    cells: list[str]
    problem: str = ""
    line: str = ""


def open_text(path: Path) -> IO[str]:
    """A UTF-8 text (a byte-order mark is left out) with every kind of line end made a newline."""
    return path.open(encoding="utf-8-sig", errors="strict", newline=None)


def _lines(handle: IO[str]) -> Iterator[str]:
    """The lines without their ends; one too long is cut to MAX_CHARS + 1 characters."""
    while line := handle.readline(MAX_CHARS + 1):
        if len(line) > MAX_CHARS and not line.endswith("\n"):
            while (rest := handle.readline(MAX_CHARS)) and not rest.endswith("\n"):
                pass
        yield line.removesuffix("\n")


def records(handle: IO[str], delimiter: str, width: Width | None = None) -> Iterator[Record]:
    """All records. ``width``: how many cells a record has to have; None while it is not known.

    A blank line counts as a record of the file (spreadsheets number it) but is not given.
    """
    waiting: deque[str] = deque()
    lines = _lines(handle)
    number = 0
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        if not line.strip():
            continue
        if len(line) > MAX_CHARS:
            yield Record(number, [line[:200]], _LONG)
        elif '"' not in line:
            yield _plain(number, line, delimiter, width)
        else:
            cells = _quoted(line, delimiter) or _over_lines(line, delimiter, width, waiting, lines)
            yield _judged(number, cells, width) if cells else Record(number, line.split(delimiter), _QUOTES)


def _plain(number: int, line: str, delimiter: str, width: Width | None) -> Record:
    """A record without quotes: nearly all of them, so a whole one costs one count."""
    if width is not None and "\x00" not in line and line.count(delimiter) + 1 == width.most:
        return Record(number, [], "", line)
    return _judged(number, line.split(delimiter), width)


def _quoted(text: str, delimiter: str) -> list[str] | None:
    """The cells of a record with quotes; None where its quotes are not closed or badly placed."""
    try:
        found = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _over_lines(
    line: str, delimiter: str, width: Width | None, waiting: deque[str], lines: Iterator[str]
) -> list[str] | None:
    """The cells of a record that goes on in the next lines. None, and no line used up, where it does not."""
    used, text = list[str](), line
    quotes = line.count('"')
    while quotes % 2 and len(used) < MAX_LINES and len(text) <= MAX_CHARS:
        following = waiting.popleft() if waiting else next(lines, None)
        if following is None:
            break
        used.append(following)
        text, quotes = f"{text}\n{following}", quotes + following.count('"')
    cells = _quoted(text, delimiter) if used and len(text) <= MAX_CHARS else None
    if cells is not None and (width is None or width.fits(len(cells))):
        return cells
    waiting.extendleft(reversed(used))
    return None


def _judged(number: int, cells: list[str], width: Width | None) -> Record:
    if any("\x00" in cell for cell in cells):
        return Record(number, [cell.replace("\x00", "␀") for cell in cells], _NUL)
    if width is None:
        return Record(number, cells)
    surplus = cells[width.most :]
    if width.fits(len(cells)) or (surplus and not any(cell.strip() for cell in surplus)):
        return Record(number, cells[: width.most])
    if not any(cell.strip() for cell in cells):
        return Record(number, [])
    return Record(number, cells, f"这一行有 {len(cells)} 列,表头有 {width.least} 列{REMEDY}")


def write_clean(source: Path, target: Path, delimiter: str, header: int, width: Width) -> int:
    """Writes the records after record number ``header`` to ``target``: number, problem, the cells.

    The target is UTF-8 with the same delimiter, without a header. Returns how many records it has.
    """
    written = 0
    between = delimiter * 2
    with open_text(source) as handle, target.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow
        for record in records(handle, delimiter, width):
            if record.number <= header:
                continue
            if record.line:
                out.write(f"{record.number}{between}{record.line}\n")
            else:
                write(clean_row(record.number, record.problem, record.cells, width.most))
            written += 1
    return written


def clean_row(number: int, problem: str, cells: Sequence[str], width: int) -> list[str | int]:
    """A row of the clean file: its number, what is wrong with it, and exactly ``width`` cells."""
    fitted = [*cells[:width], *[""] * (width - len(cells))]
    return [number, problem, *(cell.replace("\r", " ") if "\r" in cell else cell for cell in fitted)]
