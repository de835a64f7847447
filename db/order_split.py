"""How a row of ``order_stats`` divides among places (department, channel and category): packing and unpacking.

A packed division is a byte with the width of its numbers (1, 2, 4 or 8 bytes), a byte with the number of its
measures, a byte for each of these (its place in ``MEASURES``), then the lines: each the id of a place and one figure
a measure, as little-endian signed integers of that width. The least of them stands for a figure not supplied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.coded import Figures, alike

MEASURES = (
    *("accepted", "solved_first", "accepted_closed", "accepted_on_time"),
    *("dispatched", "dispatched_on_time", "dispatched_right", "returned_at_fault"),
    *("due", "closed", "closed_on_time", "to_call_back", "called_back", "rated_orders", "satisfied_orders"),
)
"""The measures by the number they have in what is stored: new ones go to the end, and none is ever taken out."""
_HEAD = 2
_WIDTHS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of unpacked divisions, in no particular order. ``row``: which of the divisions a line belongs to."""

    row: NDArray[np.intp]
    place: NDArray[np.int64]
    figures: Mapping[str, Figures]


def pack(place: NDArray[np.int64], figures: Mapping[str, Figures], starts: NDArray[np.intp]) -> list[bytes]:
    """The lines as divisions, one from each of ``starts`` (the first is 0) to the next."""
    if not len(starts):
        return []
    names = [name for name in MEASURES if name in figures]
    known = {name: _known(figures[name]) for name in names}
    lengths = np.diff(starts, append=len(place))
    kind = np.dtype(f"<i{_width([place, *(figures[name].values for name in names)])}")
    nothing = np.iinfo(kind).min
    table = np.empty((len(place), 1 + len(names)), dtype=kind)
    table[:, 0] = place
    for at, name in enumerate(names, 1):
        table[:, at] = np.where(known[name], figures[name].values, nothing)
    held = {name: _held(known[name], starts) for name in names}
    packed = [b""] * len(starts)
    for kept, groups in alike(held, np.arange(len(starts))):  # measures that a division has nothing of are left out
        columns = [0, *(names.index(name) + 1 for name in kept)]
        lines = np.repeat(starts[groups] - _before(lengths[groups]), lengths[groups])
        body = table[lines + np.arange(len(lines))][:, columns].tobytes()
        head = bytes([kind.itemsize, len(kept), *(MEASURES.index(name) for name in kept)])
        ends = (np.cumsum(lengths[groups]) * len(columns) * kind.itemsize).tolist()
        for group, begin, end in zip(groups.tolist(), [0, *ends], ends, strict=False):
            packed[group] = head + body[begin:end]
    return packed


def unpack(divisions: Sequence[bytes], names: Sequence[str]) -> Lines:
    """The lines of some divisions with these measures."""
    by_head: dict[bytes, list[int]] = {}
    for at, division in enumerate(divisions):
        by_head.setdefault(division[: _HEAD + division[1]], []).append(at)
    parts = [_unpacked(head, [divisions[at] for at in ones], np.array(ones)) for head, ones in by_head.items()]
    figures = {}
    for name in names:
        of_parts = [part.figures.get(name) or _none(len(part.row)) for part in parts]
        values = _joined([one.values for one in of_parts])
        figures[name] = Figures(values, _joined([_known(one) for one in of_parts]).astype(np.bool_))
    return Lines(_joined([part.row for part in parts]), _joined([part.place for part in parts]), figures)


def _unpacked(head: bytes, divisions: Sequence[bytes], ones: NDArray[np.intp]) -> Lines:
    """The lines of divisions that all begin with this head."""
    kind, width = np.dtype(f"<i{head[0]}"), 1 + head[1]
    table = np.frombuffer(b"".join([one[len(head) :] for one in divisions]), dtype=kind).reshape(-1, width)
    lengths = [(len(one) - len(head)) // (width * kind.itemsize) for one in divisions]
    figures = {}
    for at, number in enumerate(head[_HEAD:], 1):
        known = table[:, at] != np.iinfo(kind).min
        figures[MEASURES[number]] = Figures(np.where(known, table[:, at], 0).astype(np.int64), known)
    return Lines(np.repeat(ones, lengths), table[:, 0].astype(np.int64), figures)


def _width(columns: Sequence[NDArray[np.int64]]) -> int:
    """Bytes that hold every number and leave the least one free."""
    least, most = min(int(one.min()) for one in columns), max(int(one.max()) for one in columns)
    return next(width for width in _WIDTHS if -(1 << 8 * width - 1) < least and most < 1 << 8 * width - 1)


def _held(known: NDArray[np.bool_], starts: NDArray[np.intp]) -> Figures:
    """Whether any line of a division has a figure."""
    return Figures(np.zeros(len(starts), dtype=np.int64), np.logical_or.reduceat(known, starts))


def _known(figures: Figures) -> NDArray[np.bool_]:
    return np.ones(len(figures.values), dtype=np.bool_) if figures.known is None else figures.known


def _none(lines: int) -> Figures:
    return Figures(np.zeros(lines, dtype=np.int64), np.zeros(lines, dtype=np.bool_))


def _before(lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many lines there are before each."""
    return np.cumsum(lengths) - lengths


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
