"""What was read of the days stays in memory, and is brought up to date by reading the days that changed since.

One memory for each engine. Never used inside a write transaction, for that sees what nobody else may ever see.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, RootTransaction

from db.changes import EVERY_DAY, changed_days
from db.engine import data_version
from kpi.periods import Period

T = TypeVar("T")

LIMIT_BYTES = 24 * 2**20
"""What one memory may hold; the answer that was unused for longest goes first."""
_SETTLED_BYTES = 100_000


class DayMemory:
    """Answers with the data version they hold for."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._lock = Lock()
        self._held = 0
        self._entries: OrderedDict[Hashable, tuple[int, object, int]] = OrderedDict()
        self._changed: tuple[tuple[int, int], Period | None] = (0, 0), None

    def get(self, key: Hashable) -> tuple[int, object] | None:
        """The version and what was kept."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            version, value, _size = self._entries[key]
            return version, value

    def put(self, key: Hashable, version: int, value: object, size: int) -> None:
        """Keeps a value of about ``size`` bytes."""
        with self._lock:
            self._held += size - self._entries.pop(key, (0, None, 0))[2]
            self._entries[key] = version, value, size
            while self._held > self._limit:
                self._held -= self._entries.popitem(last=False)[1][2]

    def changed(self, conn: Connection, since: int, version: int) -> Period | None:
        """``changed_days``, asked once for all that was kept for the same version."""
        known, days = self._changed
        if known != (since, version):
            days = changed_days(conn, since, version)
            self._changed = (since, version), days
        return days


_MEMORIES: WeakKeyDictionary[Engine, DayMemory] = WeakKeyDictionary()
_VERSIONS: WeakKeyDictionary[RootTransaction, int] = WeakKeyDictionary()


def version_of(conn: Connection) -> int:
    """The data version, asked once a transaction and before anything is read for it: what is read may be newer, never
    older, and is then brought up to date once more."""
    known = conn.get_transaction()
    if known is not None and known in _VERSIONS:
        return _VERSIONS[known]
    version = data_version(conn)
    begun = conn.get_transaction()
    if begun is not None:
        _VERSIONS[begun] = version
    return version


def settled(conn: Connection, key: Hashable, read: Callable[[], T]) -> T:
    """What ``read`` gives of what people enter (centres, definitions, sheets …), kept under ``key``; the caller must
    not change it. It is read again when a change was not said to be one of some days' figures alone."""

    def again(known: T, days: Period) -> T:
        return read() if days == EVERY_DAY else known

    return remembered(conn, ("settled", key), read, again, lambda _found: _SETTLED_BYTES)


def remembered(
    conn: Connection,
    key: Hashable,
    read: Callable[[], T],
    again: Callable[[T, Period], T],
    size: Callable[[T], int],
) -> T:
    """What ``read`` gives, kept under ``key``; the caller must not change it.

    When days have changed since, ``again`` is given what was kept and those days, and returns what holds now.
    """
    if conn.get_execution_options().get("writing"):
        return read()
    memory = _MEMORIES.setdefault(conn.engine, DayMemory())
    version, known = version_of(conn), memory.get(key)
    if known is not None and known[0] == version:
        return cast(T, known[1])
    if known is not None and known[0] < version:
        value = cast(T, known[1])
        days = memory.changed(conn, known[0], version)
        value = again(value, days) if days is not None else value
    else:
        value = read()
    memory.put(key, version, value, size(value))
    return value


def extended(conn: Connection, key: Hashable, value: T, size: int) -> T:
    """Keeps more than was kept before under ``key``, read in the same transaction."""
    if not conn.get_execution_options().get("writing"):
        _MEMORIES.setdefault(conn.engine, DayMemory()).put(key, version_of(conn), value, size)
    return value


def forget(engine: Engine) -> None:
    """Begins with nothing in memory, as after the start of the program."""
    _MEMORIES.pop(engine, None)
