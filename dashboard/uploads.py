"""Files on their way in: kept on disk as they come, piece by piece, and their state beside them, so that any
process of the same machine can go on with them."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import IO

from patience import patiently

FOLDER = "uploads"
KEPT_SECONDS = 24 * 3600
_ID = re.compile(r"[0-9a-f]{32}")
_RESERVED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_MOST_NAME = 120
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload. ``state``: receiving, reading, done, failed. ``read`` counts rows while reading; ``message`` is
    what the user is told at the end, ``details`` further lines."""

    id: str
    source: str
    name: str
    size: int
    mended: bool
    state: str = "receiving"
    read: int = 0
    message: str = ""
    details: tuple[str, ...] = ()


def clean_name(name: str) -> str:
    """A file's name without folders, control characters or anything a file system gives a meaning.

    The ending is in lower case: a source's glob is held against it to the letter.
    """
    text = name.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate can't be written to disk
    last = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    plain = _RESERVED.sub("_", last).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    cut = f"{stem[: _MOST_NAME - len(ending) - 1]}{dot}{ending[:16].lower()}"
    return f"_{cut}" if _DEVICES.match(cut) else cut


def fits(name: str, pattern: str) -> bool:
    """True where a source whose glob ends with ``pattern`` would take a file of this name."""
    return fnmatch(name.lower(), pattern.lower())


class Uploads:
    """The uploads of an installation, below its data directory."""

    def __init__(self, base: Path, clock: Callable[[], datetime]) -> None:
        self._folder = base / FOLDER
        self._clock = clock

    def begin(self, source: str, name: str, size: int, *, mended: bool) -> Upload:
        """A new upload; clears away those left lying. Raises OSError where the disk can't take it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        upload = Upload(secrets.token_hex(16), source, name, size, mended)
        self.file(upload.id).touch()
        self.save(upload)
        return upload

    def _sweep(self) -> None:
        oldest = self._clock().timestamp() - KEPT_SECONDS
        for path in self._folder.iterdir():
            if path.is_file() and path.stat().st_mtime < oldest:
                with suppress(PermissionError):  # of a reader that is still there, on Windows
                    path.unlink(missing_ok=True)

    def file(self, upload_id: str) -> Path:
        """Where the bytes are."""
        return self._folder / f"{upload_id}.part"

    def get(self, upload_id: str) -> Upload | None:
        """The upload with this id, None where there is none (any more)."""
        if not _ID.fullmatch(upload_id):
            return None
        try:
            state = self._folder / f"{upload_id}.json"
            fields = json.loads(patiently(lambda: state.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None
        return Upload(**{**fields, "details": tuple(fields["details"])})

    def save(self, upload: Upload) -> None:
        """Writes an upload's state: all of it or nothing."""
        target = self._folder / f"{upload.id}.json"
        made = target.with_suffix(f".{secrets.token_hex(4)}.tmp")
        made.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
        patiently(lambda: os.replace(made, target))

    def append(self, upload: Upload, offset: int, stream: IO[bytes]) -> int:
        """Writes a piece at its place and gives the size reached. Never more than the size announced.

        A piece sent again (the answer was lost) overwrites itself. Raises ValueError for a piece out of order,
        OSError where the disk can't take it.
        """
        path = self.file(upload.id)
        if not 0 <= offset <= path.stat().st_size:
            raise ValueError(offset)
        with path.open("r+b") as file:
            file.seek(offset)
            left = upload.size - offset
            while left > 0 and (block := stream.read(min(_BLOCK, left))):
                file.write(block)
                left -= len(block)
            return file.tell()

    def into(self, upload: Upload, folder: Path, pattern: str, settled_seconds: float) -> Path:
        """Moves the finished file into a source's folder under its own name, beside one that is there already.

        It is dated back by ``settled_seconds``: it has stopped growing, so no one need wait to see whether it has.
        """
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / upload.name
        other = target.with_stem(f"{target.stem}-{upload.id[:8]}")
        if target.exists() and fits(other.name, pattern):
            target = other
        whole = self._beside(upload, folder)
        settled = self._clock().timestamp() - settled_seconds
        os.utime(whole, (settled, settled))
        patiently(lambda: os.replace(whole, target))
        return target

    def _beside(self, upload: Upload, folder: Path) -> Path:
        """The file under a hidden name in the folder it is meant for, which may be on another disk."""
        hidden = folder / f".{upload.id}.part"
        try:
            patiently(lambda: os.replace(self.file(upload.id), hidden))
        except OSError:
            shutil.copyfile(self.file(upload.id), hidden)
        return hidden

    def finish(self, upload: Upload, state: str, message: str, details: tuple[str, ...] = ()) -> Upload:
        """Records how it ended and lets the bytes go."""
        patiently(lambda: self.file(upload.id).unlink(missing_ok=True))
        ended = replace(upload, state=state, message=message, details=details)
        self.save(ended)
        return ended
