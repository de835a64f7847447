"""Only one scheduler works however many processes run on one database; the others stand by."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from db.locks import AdvisoryLock

NAME = "scheduler"
EVER_LED = "scheduler_led_at"
"""Key in ``meta`` of when a process last began to lead; absent in an installation that never had a scheduler."""


class Leader(Protocol):
    """The right to run the jobs. It ends with the process that has it, however that process ends."""

    def acquire(self) -> bool:
        """True where the right is ours now; asking again while we have it is True too."""

    def held(self) -> bool:
        """True while the right is still ours."""

    def release(self) -> None:
        """Gives the right up."""


class FileLeader:
    """A locked file beside the SQLite database: the system frees it when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """See Leader. Raises OSError where the file can't be made."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        if not self.held():  # the file was taken away between opening and locking
            self.release()
            return False
        return True

    def held(self) -> bool:
        """See Leader. A lock on a file that was deleted or replaced keeps nobody out, so it no longer counts."""
        if self._descriptor is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(self._path))
        except OSError:
            return False

    def release(self) -> None:
        """See Leader. The file stays: removing it would let two processes lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def leader_for(engine: Engine) -> Leader:
    """The kind of leadership the database offers."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLock(engine, f"hotline-{NAME}")
    return FileLeader(Path(f"{engine.url.database}.{NAME}.lock"))


def someone_leads(engine: Engine) -> bool:
    """True where some process holds the right at this moment. Raises what ``acquire`` raises."""
    leader = leader_for(engine)
    free = leader.acquire()
    leader.release()
    return not free
