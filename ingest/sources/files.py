"""The *files* source: which files of a folder are ready, and one file as a batch."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.frames import Reading
from ingest.frames_load import engine
from ingest.mapping import FilesOptions, SourceSpec
from ingest.sources.file_bytes import check_size, kind_of
from ingest.sources.text_files import read_text
from ingest.sources.workbook import read_workbook

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", "~")
"""Names that copying and editing programs give to files they are still writing."""


def discover(spec: SourceSpec, base_dir: Path, now: datetime) -> list[Path]:
    """The files of a source that have stopped growing, the oldest first.

    ``now`` is aware. A file is left for the next time while it was changed in the last ``settle_seconds``, or
    changes while the folder is looked through. One dated in the future (the sender's clock runs ahead, ours was set
    back) was not changed just now either. Links that lead out of the folder are not followed.
    """
    options = _options(spec)
    seen = {path: _state(path) for path in _matches(options.path, base_dir)}
    ready: list[tuple[int, str, Path]] = []
    for path, state in seen.items():
        if state is not None and state == _state(path) and _has_settled(state, options, now):
            ready.append((state[1], path.name, path))
    return [path for _, _, path in sorted(ready)]


def unsettled(spec: SourceSpec, base_dir: Path, now: datetime) -> list[str]:
    """The names of the files that ``discover`` leaves for the next time because they changed just now."""
    options = _options(spec)
    states = {path.name: _state(path) for path in _matches(options.path, base_dir)}
    return [name for name, state in states.items() if state is not None and not _has_settled(state, options, now)]


def _has_settled(state: tuple[int, int], options: FilesOptions, now: datetime) -> bool:
    return abs(now.timestamp() - state[1] / 1e9) >= options.settle_seconds


def _options(spec: SourceSpec) -> FilesOptions:
    if not isinstance(spec.options, FilesOptions):
        raise TypeError(f"source {spec.code} is of kind {spec.kind}, not files")
    return spec.options


def _matches(pattern: str, base_dir: Path) -> Iterator[Path]:
    absolute = Path(pattern).is_absolute()
    root = _fixed_part(Path(pattern)) if absolute else base_dir
    full = pattern if absolute else os.path.join(glob.escape(str(base_dir)), pattern)
    home = root.resolve()
    for name in sorted(set(glob.iglob(full, recursive=True))):
        path = Path(name)
        if path.name.startswith(("~$", ".")) or path.name.lower().endswith(UNFINISHED):
            continue
        try:
            if path.is_file() and (path.resolve() == home or path.resolve().is_relative_to(home)):
                yield path
        except OSError:
            continue


def _fixed_part(pattern: Path) -> Path:
    """The folders of a pattern before its first wildcard; of a plain path, its folder."""
    parts: list[str] = []
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def read_file(spec: SourceSpec, path: Path, today: date, *, tz: str | None = None) -> Batch:
    """One file as a batch: every row is used or a reject. ``tz``: see ``to_batch``.

    Raises SourceError (and nothing else for a bad file) where the file can't be read at all, or changes meanwhile.
    """
    options = _options(spec)
    try:
        check_size(path)
        before = _state(path)
        kind = kind_of(path)
        with tempfile.TemporaryDirectory(prefix="hotline-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            with engine(folder) as con:
                reading = Reading(con, spec, today, tz)
                if kind == "text":
                    batch = read_text(reading, path, folder, options)
                else:
                    batch = read_workbook(reading, path, folder, options, kind)
        if _state(path) != before:
            raise SourceError(f"{path.name}: 文件在读取时还在变化,没有写入。写完后会再次读取")
    except OSError as error:
        raise SourceError(f"{path.name}: 读不了文件({error.strerror or error})。请检查磁盘空间、权限后重试") from error
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise SourceError(f"{path.name}: 处理时出错({said})。请检查磁盘空间后重试,仍不行就交给维护人员") from error
    _finish(batch, path, before[1] if before is not None else 0)
    return batch


def _finish(batch: Batch, path: Path, changed: int) -> None:
    """``changed``: the file's time of change, by which the newer of two deliveries is told."""
    if batch.file is not None:
        named: dict[str, str | int] = {"name": batch.file.name, "sha256": batch.file.sha256}
        batch.inputs = [named | {"rows": batch.rows_read, "changed": changed}]
    if batch.rows_read == 0:
        batch.warnings.append(f"{path.name}: 只有表头,没有数据行。")
