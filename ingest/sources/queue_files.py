"""The lines of a set of ``queue_log`` files, in time order, while the files are rotated under us.

All files are opened first and read through their handles, so that a rename does no harm; a file that is cut short
or a set that changes while it is opened raises ``LogsMoved`` and the caller begins again. Each file is read up to
the size it had when it was opened. Memory: one line of each file, and the fingerprints of about two hours of lines.
"""

from __future__ import annotations

import glob
import gzip
import heapq
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.errors import SourceError
from ingest.sources.queue_log import BadLine, Event, parse_line

MAX_LINE = 16 * 1024
_PEEK_LINES = 2000
_NEAR = 256 * 1024  # bytes: close enough to where the wanted time begins
_PAST_THE_END = 1000  # so many lines in a row after the wanted time: the rest of the file is later still
_FORGET = 3600.0
_HEAD = 512  # bytes that tell whether a file was emptied and filled again


class LogsMoved(Exception):
    """The files were rotated, cut or removed while they were being opened or read: begin again."""


class LogsUnreadable(SourceError):
    """A file can't be read at all; the message names it and says why, in Chinese."""


@dataclass(slots=True)
class Line:
    """One line: an event, or the reason why it is none. ``at``: its time, for a bad line that of the line before.

    ``shown`` is safe to keep: without the fields in which a caller's number may stand.
    """

    at: float
    event: Event | None
    reason: str
    shown: str
    log: OpenLog
    number_from: int  # line number counted from ``log.skipped_to``
    mark: int

    @property
    def number(self) -> int:
        """The line's number in its file, from 1."""
        return self.log.lines_skipped() + self.number_from


@dataclass(slots=True)
class OpenLog:
    """An open file and what was known of it when it was opened. ``tail_left``: its last line has no end yet."""

    path: Path
    handle: IO[bytes]
    size: int
    modified: float
    identity: tuple[int, int]
    head: bytes
    first_at: float | None = None
    skipped_to: int = 0
    lines: int = 0
    tail_left: bool = False
    _lines_skipped: int = -1

    @property
    def packed(self) -> bool:
        """True for a file compressed with gzip."""
        return self.path.suffix == ".gz"

    def reader(self) -> IO[bytes]:
        """A reader from the beginning of the (unpacked) content."""
        self.handle.seek(0)
        return gzip.GzipFile(fileobj=self.handle, mode="rb") if self.packed else self.handle  # type: ignore[return-value]

    def lines_skipped(self) -> int:
        """How many lines lie before ``skipped_to``; counted when first asked for, most reads never ask."""
        if self._lines_skipped < 0:
            before, left = self.handle.tell(), self.skipped_to
            self.handle.seek(0)
            self._lines_skipped = 0
            while left > 0 and (chunk := self.handle.read(min(left, 1 << 20))):
                self._lines_skipped += chunk.count(b"\n")
                left -= len(chunk)
            self.handle.seek(before)
        return self._lines_skipped


def open_logs(base_dir: Path, pattern: str) -> list[OpenLog]:
    """Every file the glob names, opened. Raises ``LogsMoved`` where the set changes meanwhile.

    A ``x.gz`` beside ``x`` is one being made from it, and left out.
    """
    paths = _matching(base_dir, pattern)
    logs: list[OpenLog] = []
    try:
        for path in paths:
            handle = path.open("rb")
            status = os.fstat(handle.fileno())
            head = handle.read(_HEAD)
            logs.append(OpenLog(path, handle, status.st_size, status.st_mtime, (status.st_dev, status.st_ino), head))
        now = {path: (path.stat().st_dev, path.stat().st_ino) for path in _matching(base_dir, pattern)}
    except FileNotFoundError as error:
        close_logs(logs)
        raise LogsMoved from error
    except OSError as error:
        close_logs(logs)
        raise LogsUnreadable(f"日志文件打不开({error.strerror}): {error.filename}。请检查读取权限。") from error
    if now != {log.path: log.identity for log in logs}:
        close_logs(logs)
        raise LogsMoved
    return _distinct(logs)


def _matching(base_dir: Path, pattern: str) -> list[Path]:
    """The live log, which has the shortest name, comes first: what is copied from it meanwhile is not missed."""
    paths = [Path(name) for name in glob.glob(str(base_dir / pattern), recursive=True)]
    paths.sort(key=lambda path: (len(path.name), path))
    names = set(paths)
    return [p for p in paths if p.is_file() and not (p.suffix == ".gz" and p.with_suffix("") in names)]


def _distinct(logs: list[OpenLog]) -> list[OpenLog]:
    """One of each file where links lead to the same one twice."""
    kept = {log.identity: log for log in reversed(logs)}
    close_logs(log for log in logs if kept[log.identity] is not log)
    return [log for log in logs if kept[log.identity] is log]


def close_logs(logs: Iterable[OpenLog]) -> None:
    """Close the handles."""
    for log in logs:
        log.handle.close()


def read_lines(logs: list[OpenLog], earliest: float, latest: float, not_after: float) -> Iterator[Line]:
    """Lines with ``earliest <= at < latest`` of all files by time, each text once. ``not_after``: no clock is so fast.

    Raises ``LogsMoved`` where a file turns out shorter than it was, ``LogsUnreadable`` for a damaged .gz.
    """
    for log in logs:
        log.first_at = _peek(log, not_after)
    wanted = sorted(
        (log for log in logs if log.first_at is not None and _touches(log, earliest, latest)),
        key=lambda log: (log.first_at, log.path.name),
    )
    if len(wanted) == 1:
        yield from _stream(wanted[0], earliest, latest, not_after)
    else:
        streams = [_in_order(_stream(log, earliest, latest, not_after)) for log in wanted]
        yield from _once(heapq.merge(*streams, key=lambda pair: pair[0]))
    for log in logs:
        log.handle.seek(0)
        if os.fstat(log.handle.fileno()).st_size < log.size or not log.handle.read(_HEAD).startswith(log.head):
            raise LogsMoved


def _touches(log: OpenLog, earliest: float, latest: float) -> bool:
    """Nothing is written to a file after its modification time, a day's slip of the clock allowed."""
    assert log.first_at is not None
    over = log.modified + 86400 < earliest and log.modified >= log.first_at
    return log.first_at < latest and not over


def _peek(log: OpenLog, not_after: float) -> float | None:
    """The time of the first event, None where there is none to be found."""
    for _, text in _raw_lines(log, log.reader(), 0, limit=_PEEK_LINES):
        with suppress(BadLine):
            event = parse_line(_decode(text))
            if event.at <= not_after:
                return event.at
    return None


def _in_order(lines: Iterator[Line]) -> Iterator[tuple[float, Line]]:
    """A clock that is set back must not undo the merge: a line sorts no earlier than the lines before it."""
    latest = 0.0
    for line in lines:
        latest = max(latest, line.at)
        yield latest, line


def _once(pairs: Iterator[tuple[float, Line]]) -> Iterator[Line]:
    young: set[int] = set()
    old: set[int] = set()
    turned = 0.0
    for at, line in pairs:
        if at - turned > _FORGET:
            old, young, turned = young if at - turned < 2 * _FORGET else set(), set(), at
        if line.mark in young or line.mark in old:
            line.log.lines -= 1
            continue
        young.add(line.mark)
        yield line


def _stream(log: OpenLog, earliest: float, latest: float, not_after: float) -> Iterator[Line]:
    reader = log.reader()
    if not log.packed:
        log.skipped_to = _seek_time(log, earliest)
        reader.seek(log.skipped_to)
    at = log.first_at or 0.0
    beyond = 0
    for number, text in _raw_lines(log, reader, log.skipped_to):
        line = _line(text, at, log, number, not_after)
        at = line.at
        beyond = beyond + 1 if at >= latest else 0
        if beyond > _PAST_THE_END:
            break
        if earliest <= at < latest:
            log.lines += 1
            yield line


def _line(text: bytes, before: float, log: OpenLog, number: int, not_after: float) -> Line:
    decoded = _decode(text)
    try:
        event = parse_line(decoded)
        if len(text) > MAX_LINE or event.at > not_after:
            raise BadLine("时间戳在未来" if event.at > not_after else f"这一行超过 {MAX_LINE} 字节")
        return Line(event.at, event, "", "", log, number, hash(text))
    except BadLine as error:
        return Line(before, None, str(error), _shown(decoded), log, number, hash(text))


def _shown(text: str) -> str:
    """The part of a bad line that may be kept: time, call id, queue, seat, event; longer numbers elsewhere hidden."""
    head = text.rstrip("\r\n").split("|")[:5] if text.count("|") >= 4 else []
    return "|".join(head)[:120] if head else f"({len(text)} 个字符)"


def _decode(text: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return text[:MAX_LINE].decode(encoding)
        except UnicodeDecodeError:
            continue
    return text[:MAX_LINE].decode("utf-8", errors="replace")


def _raw_lines(log: OpenLog, reader: IO[bytes], start: int, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
    """(number, text) of each line that is not blank; a line longer than MAX_LINE comes cut to MAX_LINE + 1 bytes."""
    left = sys.maxsize if log.packed else log.size - start
    number = 0
    try:
        while left > 0 and (limit is None or number < limit):
            text = rest = reader.readline(min(MAX_LINE + 1, left))
            left -= len(rest)
            while rest and not rest.endswith(b"\n") and left > 0:
                rest = reader.readline(min(1 << 20, left))
                left -= len(rest)
                if limit is not None and len(rest) == 1 << 20:
                    return  # no log looks like this: a hole in a file may be very large
            if not rest.endswith(b"\n"):
                log.tail_left = bool(text)
                break
            number += 1
            if text.strip():
                yield number, text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LogsUnreadable(f"压缩日志不完整或已损坏: {log.path.name}。请重新压缩该文件,或把它移出目录。") from error


def _seek_time(log: OpenLog, earliest: float) -> int:
    """Offset of a line from which on no wanted line is missed: halving, so that old years cost nothing."""
    low, high = 0, log.size
    while high - low > _NEAR:
        middle = (low + high) // 2
        at = _time_after(log, middle)
        if at is not None and at < earliest:
            low = middle
        else:
            high = middle
    if low == 0:
        return 0
    log.handle.seek(low)
    log.handle.readline()
    return log.handle.tell()


def _time_after(log: OpenLog, offset: int) -> float | None:
    log.handle.seek(offset)
    for text in log.handle.read(_NEAR).split(b"\n")[1:-1]:
        with suppress(BadLine):
            return parse_line(_decode(text)).at
    return None
