"""A bounded, thread-safe cache of answers, one data version at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar, cast

T = TypeVar("T")


class VersionedCache:
    """Keeps what was made for the newest version seen; many askers of one thing at once have it made once.

    ``size`` bounds the number of entries; the one unused for longest goes first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._version: Hashable = None
        self._entries: OrderedDict[Hashable, Future[object]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, version: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gave for this version and key. What it raises is raised to all who wait, and not kept."""
        with self._lock:
            if version != self._version:
                self._version = version
                self._entries = OrderedDict()
            entries = self._entries
            known = entries.get(key)
            entry: Future[object] = known if known is not None else Future()
            entries[key] = entry
            entries.move_to_end(key)
            while len(entries) > self._size:
                entries.popitem(last=False)
        if known is None:
            self._make(entries, key, entry, make)
        return cast(T, entry.result())

    def _make(
        self,
        entries: OrderedDict[Hashable, Future[object]],
        key: Hashable,
        entry: Future[object],
        make: Callable[[], T],
    ) -> None:
        try:
            entry.set_result(make())
        except BaseException as error:
            with self._lock:
                if entries.get(key) is entry:
                    del entries[key]
            entry.set_exception(error)
