"""What tells files apart: the hash of their content, taken once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.batch import FileTaken
from ingest.mapping import SourceSpec
from ingest.sources.file_bytes import MAX_FILE_BYTES, sha256_of

_KEPT = 10_000


class Fingerprints:
    """Content hashes of files, remembered while path, size and times of change stay as they were.

    A file too big to be read is known by those instead: it is refused without reading it through.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int, int], str] = {}

    def of(self, path: Path) -> tuple[str, int, int]:
        """(sha256, size in bytes, time of change in ns). Raises OSError where the file can't be read."""
        status = path.stat()
        key = (str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        found = self._known.get(key)
        if found is None:
            found = sha256_of(path) if status.st_size <= MAX_FILE_BYTES else _unread(key[:3])
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = found
        return found, status.st_size, status.st_mtime_ns


def _unread(key: tuple[str, int, int]) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()


FINGERPRINTS = Fingerprints()
"""Of this process: the pull every few minutes must not read a folder of old files through each time, nor a new file
twice."""


def taken(path: Path, spec: SourceSpec) -> FileTaken:
    """A file of a source as it is known once it was read. Raises OSError."""
    sha256, size, _ = FINGERPRINTS.of(path)
    return FileTaken(path.name, sha256, size, spec.mapping_version)
