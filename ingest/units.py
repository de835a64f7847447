"""What one pull has to do, cut into units, each written whole or not at all: one file, or a bounded window of days."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from glob import has_magic
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.batch import Batch, FileTaken
from ingest.errors import SourceError
from ingest.known_files import KnownFiles, Lying
from ingest.mapping import FilesOptions, Kind, Shape, SourceSpec
from ingest.present import Present
from ingest.sources.files import discover, read_file
from ingest.sources.fingerprints import FINGERPRINTS

CHUNK_DAYS = 31
"""A long window is pulled in pieces of at most so many days: memory and transactions stay bounded."""
CHUNK_MONTHS = 12

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to read and commit. ``file`` is known by content before it is read; ``window`` else.

    ``known_run``: by which the file was taken before.
    """

    name: str
    read: Callable[[], Batch]
    window: Span | None = None
    file: FileTaken | None = None
    known_run: int | None = None


def default_window(spec: SourceSpec, trigger: str, today: date) -> Span:
    """Today alone for the pull every few minutes; else today and the days before it that may still change."""
    return (today if trigger == "intraday" else today - timedelta(days=spec.repull_days), today)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a pull happens: folder that paths are relative to, the moment (aware), the centre's zone."""

    base_dir: Path
    now: datetime
    tz: ZoneInfo
    _begun: float = field(default_factory=time.monotonic, compare=False)

    def clock(self) -> datetime:
        """The moment named, and the time passed since by a stop-watch: setting the machine's clock changes nothing."""
        return self.now + timedelta(seconds=time.monotonic() - self._begun)

    @property
    def today(self) -> date:
        """The centre's calendar day."""
        return self.now.astimezone(self.tz).date()

    @property
    def present(self) -> Present:
        """The centre's calendar day, and the time that it is while this is read."""
        return Present.at(self.clock(), self.tz)


def window_units(spec: SourceSpec, window: Span, place: Place) -> list[Unit]:
    """The window (both days included) in pieces. Raises ValueError where it is upside down or has not begun."""
    first, last = window
    if first > last:
        raise ValueError(f"起始日期 {first} 晚于结束日期 {last}, 请对调后重试。")
    if first > place.today:
        raise ValueError(f"起始日期 {first} 还没有到(今天是 {place.today}), 请改成今天或更早的日期。")
    return [
        Unit(_named(piece), _window_reader(spec, piece, place), window=piece)
        for piece in _pieces(spec.shape, first, min(last, place.today))
    ]


def _named(window: Span) -> str:
    first, last = window
    return str(first) if first == last else f"{first} 至 {last}"


def _pieces(shape: Shape, first: date, last: date) -> Iterator[Span]:
    """Months are pulled whole: half of one would replace the figure of all of it."""
    months = shape is Shape.MONTHS
    start = first.replace(day=1) if months else first
    while start <= last:
        if months:
            ahead = start.year * 12 + start.month - 1 + CHUNK_MONTHS
            following = date(ahead // 12, ahead % 12 + 1, 1)
        else:
            following = start + timedelta(days=CHUNK_DAYS)
        yield start, min(last, following - timedelta(days=1))
        start = following


def _window_reader(spec: SourceSpec, window: Span, place: Place) -> Callable[[], Batch]:
    """Only the reader at work is imported: each brings libraries that the others do without."""

    def from_asterisk() -> Batch:
        from ingest.sources.asterisk import read_window

        return read_window(spec, place.base_dir, *window, place.present, tz=place.tz)

    def from_sql() -> Batch:
        from ingest.sources.sql import read_window

        return read_window(spec, *window, place.present, tz=place.tz)

    def from_http() -> Batch:
        from ingest.sources.http import read_window

        return read_window(spec, *window, place.present, tz=place.tz)

    return {Kind.ASTERISK: from_asterisk, Kind.SQL: from_sql, Kind.HTTP: from_http}[spec.kind]


@dataclass(frozen=True, slots=True)
class FilesFound:
    """The units to take, and what could not be taken although it lies there: file name → why."""

    units: list[Unit]
    left_out: dict[str, str]


def file_units(
    spec: SourceSpec,
    place: Place,
    known: KnownFiles,
    choose: Callable[[Sequence[Lying]], list[Lying]],
    failed: Callable[[FileTaken], str | None],
) -> FilesFound:
    """The files of a source that ``choose`` takes, the oldest first: of two that give one day the newer one stands.

    ``failed``: why a file need not be tried again. Raises SourceError where the folder can't be read.
    """
    _check_folder(spec, place.base_dir)
    found = FilesFound([], {})
    for one in choose(list(_lying(spec, place, found.left_out))):
        if (reason := failed(one.file)) is not None:
            found.left_out[one.file.name] = f"{one.file.name}: {reason}"
            continue
        take = known.take_of(one.file)
        reader = _file_reader(spec, one.path, place)
        found.units.append(Unit(one.file.name, reader, file=one.file, known_run=take.run_id if take else None))
    return found


def _lying(spec: SourceSpec, place: Place, unreadable: dict[str, str]) -> Iterator[Lying]:
    """What lies in the folder, the oldest first. Adds to ``unreadable`` what can't be opened."""
    for path in discover(spec, place.base_dir, place.now):
        try:
            sha256, size, changed = FINGERPRINTS.of(path)
        except FileNotFoundError:
            continue  # gone since it was listed: whoever moved it knows
        except OSError as error:
            unreadable[path.name] = f"{path.name}: 打不开({error.strerror})。请检查读取权限, 下次拉取会再试。"
            continue
        yield Lying(path, FileTaken(path.name, sha256, size, spec.mapping_version), changed)


def _check_folder(spec: SourceSpec, base_dir: Path) -> None:
    """A folder that is not there (a share not mounted) is no folder without news."""
    assert isinstance(spec.options, FilesOptions)
    pattern = Path(spec.options.path)
    fixed = Path(*takewhile(lambda part: not has_magic(part), pattern.parts[:-1]))
    if not (base_dir / fixed).is_dir():
        raise SourceError(
            f"文件夹 {fixed} 不存在或打不开。请检查 sources.yaml 的 path, 建立该文件夹, 或重新连接网络盘。"
        )


def _file_reader(spec: SourceSpec, path: Path, place: Place) -> Callable[[], Batch]:
    return lambda: read_file(spec, path, place.present, tz=place.tz.key)
