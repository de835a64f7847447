"""What walls were last sent, given again while something newer is being made: a wall asks again in seconds anyway."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

SIZE = 32
"""Kinds of walls (centre, language, scenes …) remembered; the one unused for longest goes first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer; ``tag`` names it."""

    tag: str
    body: dict[str, Any]


class LastAnswers:
    """The last answer of each kind of wall. Of many walls that ask while new scenes are being made, one waits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: OrderedDict[Hashable, Answer] = OrderedDict()
        self._making: set[Hashable] = set()

    def newest(self, kind: Hashable, make: Callable[[], Answer]) -> Answer:
        """What ``make`` gives; the answer before where another asker is at it. Raises what ``make`` raises."""
        with self._lock:
            last = self._last.get(kind)
            if last is not None and kind in self._making:
                return last
            self._making.add(kind)
        try:
            made = make()
        finally:
            with self._lock:
                self._making.discard(kind)
        with self._lock:
            self._last[kind] = made
            self._last.move_to_end(kind)
            while len(self._last) > SIZE:
                self._last.popitem(last=False)
        return made
