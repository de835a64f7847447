"""The file of a SQLite database: not made anew where it was taken away, and found again when it is back."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

_IDENTITY = "file"


class WatchedFile:
    """Without this SQLite would make an empty database in the place of a file on a share that is gone for a while,
    and connections from before would go on with the file that was moved away."""

    def __init__(self, engine: Engine, path: str) -> None:
        self._path = path
        self._was_there = False
        event.listen(engine, "do_connect", self._before)
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "checkout", self._taken)

    def _before(self, *_: Any) -> None:
        if self._was_there and self._identity() is None:
            raise sqlite3.OperationalError(f"unable to open database file: {self._path}")

    def _connected(self, _connection: sqlite3.Connection, record: Any) -> None:
        self._was_there = True
        record.info[_IDENTITY] = self._identity()

    def _taken(self, _connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
        if record.info.get(_IDENTITY) != self._identity():
            raise DisconnectionError("another file lies there now")  # the pool connects anew

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_dev, status.st_ino
