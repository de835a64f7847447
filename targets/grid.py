"""A form as rows of boxes that span columns and rows: described once, written as xlsx and as docx."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

PAGE_WIDTH = 180.0
"""The width between the margins of an A4 sheet (portrait), in millimetres."""
POINT = 0.3528
"""Millimetres in a point."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Look(StrEnum):
    """How the text of a box is set."""

    LABEL = "label"  # what the form prints: centred, shaded
    HEAD = "head"  # the head of a list: centred, shaded, bold
    CENTRE = "centre"
    LEFT = "left"
    NUMBER = "number"
    TOTAL = "total"  # sums: centred, bold


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a form. ``marked``: a person has to look at it. ``number``: written as a number where it can be.

    ``hint`` is told to whoever fills in the box of a workbook, ``choices`` are what may be chosen there.
    ``lines``: room for so many lines at least.
    """

    text: str = ""
    columns: int = 1
    rows: int = 1
    look: Look = Look.CENTRE
    marked: bool = False
    number: Decimal | None = None
    hint: str = ""
    choices: tuple[str, ...] = ()
    lines: int = 1


Row = tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together; the first ``heads`` of them are printed again at the top of every further page."""

    rows: tuple[Row, ...]
    heads: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """One form: ``tab`` names its worksheet, ``widths`` are its columns in millimetres, ``above`` and ``below`` the
    lines printed before and after the boxes, ``points`` the size of the letters in the boxes."""

    tab: str
    title: str
    widths: tuple[float, ...]
    blocks: tuple[Block, ...]
    subtitle: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    annex: str = ""
    points: float = 10.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with the row and column it begins in, from 0."""

    row: int
    column: int
    box: Box


def label(text: str, columns: int = 1, rows: int = 1) -> Box:
    """A box with a text of the form itself."""
    return Box(text, columns, rows, Look.LABEL)


def head(text: str, columns: int = 1, rows: int = 1) -> Box:
    """A box of a list's head."""
    return Box(text, columns, rows, Look.HEAD)


def left(text: str, columns: int = 1, rows: int = 1, *, marked: bool = False) -> Box:
    """A box of running text."""
    return Box(text, columns, rows, Look.LEFT, marked)


def place(rows: Sequence[Row], columns: int) -> tuple[Placed, ...]:
    """Where each box comes to stand. Raises ValueError where boxes overlap or leave a hole."""
    taken: set[tuple[int, int]] = set()
    placed = []
    for number, row in enumerate(rows):
        column = 0
        for box in row:
            while (number, column) in taken:
                column += 1
            cells = {(number + down, column + right) for down in range(box.rows) for right in range(box.columns)}
            if cells & taken or column + box.columns > columns or number + box.rows > len(rows):
                raise ValueError(f"box {box.text!r} of row {number} does not fit into the form")
            taken |= cells
            placed.append(Placed(number, column, box))
            column += box.columns
    if len(taken) != len(rows) * columns:
        raise ValueError("the boxes of the form leave a hole")
    return tuple(placed)


def stacked(blocks: Iterable[Block]) -> tuple[Row, ...]:
    """The rows of several blocks one below the other."""
    return tuple(row for block in blocks for row in block.rows)


def clean(text: str) -> str:
    """The text without the control characters that neither file format can hold."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def width_of(text: str, points: float) -> float:
    """How wide a text is set, about, in millimetres: full for Chinese, a little over half for the rest."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "—…“”‘’×≥≤" else 0.52 for char in text) * points * POINT


def lines_of(text: str, width: float, points: float) -> int:
    """How many lines a text takes, about, in a box of so many millimetres."""
    inside = max(width - 2.4, points * POINT)
    return sum(max(1, math.ceil(width_of(line, points) / inside)) for line in text.split("\n"))


def heights(rows: Sequence[Row], widths: Sequence[float], points: float) -> list[float]:
    """The height each row needs, in points; what a box over several rows needs besides goes to its last row."""
    spread: list[tuple[Placed, float]] = []
    found = [points * 2.0] * len(rows)
    for one in place(rows, len(widths)):
        width = sum(widths[one.column : one.column + one.box.columns])
        lines = lines_of(one.box.text, width, points)
        lines = max(lines + lines // 10, one.box.lines)  # some fonts run wider
        need = lines * points * 1.42 + points * 0.5
        if one.box.rows == 1:
            found[one.row] = max(found[one.row], need)
        else:
            spread.append((one, need))
    for one, need in spread:
        last = one.row + one.box.rows
        found[last - 1] += max(0.0, need - sum(found[one.row : last]))
    return found


def tab_names(names: Iterable[str]) -> Iterator[str]:
    """Names that a workbook takes: without its forbidden signs, at most 31 characters, each once."""
    seen: set[str] = set()
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).replace("\n", " ").strip(" '")[:31] or "目标表"
        tab, number = plain, 1
        while tab.lower() in seen:
            number += 1
            tab = f"{plain[:27]} {number}"
        seen.add(tab.lower())
        yield tab
