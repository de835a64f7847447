"""A document as lines of cells: what every format is turned into before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from targets.errors import SheetError
from targets.masked import is_contact_field, masked, masked_contact
from targets.read_html import cell_text

MAX_LINES = 60_000
MAX_COLUMNS = 200
MAX_CELL = 50_000
MAX_TEXT = 2_000_000
"""Characters of a cell, and of a document: five thousand indicators take a quarter of it."""
_SEPARATOR = re.compile(r"[\s|:：\-—]*-{2,}[\s|:：\-—]*")
_BOLD = re.compile(r"(?<!\*)\*\*([^*\n]+)\*\*(?!\*)")  # not the stars of a masked number
_QUOTED_LINES = 60
"""A quoted cell (as Excel copies one with line breaks) may run over so many lines."""


@dataclass(frozen=True, slots=True)
class Token:
    """A filled cell: its column from 0 and its text."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cells. ``number`` counts from 1; ``segment`` grows at page breaks and between tables.

    ``masked`` holds the columns in which something of a person was, before or after it came here.
    """

    number: int
    cells: tuple[str, ...]
    segment: int = 0
    masked: frozenset[int] = frozenset()

    @property
    def tokens(self) -> list[Token]:
        """The filled cells, in their order."""
        return [Token(column, text) for column, text in enumerate(self.cells) if text]

    @property
    def source(self) -> str:
        """The line as the review page shows it."""
        return " | ".join(" ".join(cell.split()) for cell in self.cells)


def text_lines(text: str) -> list[Line]:
    """Lines of pasted text: columns by tabs, or a Markdown table; a blank line ends a segment.

    Raises SheetError for more lines than a set of forms can have.
    """
    lines: list[Line] = []
    segment = 0
    raw_lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    check_size(len(raw_lines))
    for number, raw in _joined(raw_lines):
        if not raw.strip():
            segment += 1
            continue
        if _SEPARATOR.fullmatch(raw) and (len(raw.strip()) > 3 or "|" in raw):
            continue
        cells = tuple(cell_text(_BOLD.sub(r"\1", cell)) for cell in _columns(raw))
        lines.append(Line(number, cells, segment))
    return mask(lines)


def check_size(count: int) -> None:
    """Raises SheetError for a document of more lines than a set of forms can have."""
    if count > MAX_LINES:
        raise SheetError(f"文件有 {count} 行,超过 {MAX_LINES} 行,不像目标申报表。请只保留申报表后再导入。")


def _joined(raw_lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; a cell in quotes that holds line breaks is put together again."""
    index = 0
    while index < len(raw_lines):
        raw, number = raw_lines[index], index + 1
        index += 1
        if "\t" in raw and _open_quote(raw):
            for end in range(index, min(index + _QUOTED_LINES, len(raw_lines))):
                if not raw_lines[end].strip():
                    break
                if re.search(r'"(?:\t|$)', raw_lines[end]):
                    raw = "<br>".join([raw, *raw_lines[index : end + 1]])
                    raw = "\t".join(re.sub(r'^"(.*)"$', r"\1", cell) for cell in raw.split("\t"))
                    index = end + 1
                    break
        yield number, raw


def _open_quote(raw: str) -> bool:
    last = raw.rsplit("\t", 1)[-1]
    return last.startswith('"') and last.count('"') % 2 == 1


def _columns(raw: str) -> list[str]:
    if "\t" in raw:
        return raw.rstrip("\n").split("\t")[:MAX_COLUMNS]
    stripped = raw.strip()
    if stripped.startswith("|") or stripped.count("|") >= 2:
        cells = re.split(r"(?<!\\)\|", stripped)
        cells = cells[1:] if stripped.startswith("|") else cells
        cells = cells[:-1] if cells and not cells[-1].strip() and stripped.endswith("|") else cells
        return [cell.replace("\\|", "|") for cell in cells][:MAX_COLUMNS]
    return [re.sub(r"^#{1,6}\s+", "", stripped)]


def mask(lines: Iterable[Line]) -> list[Line]:
    """The lines without names and phone numbers: in contact fields everything, elsewhere what looks like one.

    A contact field's value stands right of its label, in a list with one line of heads below it.
    Raises SheetError for a cell or a document with more text than forms have.
    """
    found: list[Line] = []
    columns: frozenset[int] = frozenset()
    left = MAX_TEXT
    for line in lines:
        sizes = [len(cell) for cell in line.cells]
        left -= sum(sizes)
        if left < 0 or max(sizes, default=0) > MAX_CELL:
            raise SheetError(f"第 {line.number} 行的文字过多,不像目标申报表。请只保留申报表后再导入。")
        if not found and "三级指标" in line.cells:
            columns = frozenset(token.column for token in line.tokens if is_contact_field(token.text))
            found.append(line)
        else:
            found.append(_mask_line(line, columns))
    return found


def _mask_line(line: Line, columns: frozenset[int]) -> Line:
    cells = list(line.cells)
    changed: set[int] = set()
    contact = False
    for column, cell in enumerate(cells):
        if not cell:
            continue
        if is_contact_field(cell):
            contact = True
            continue
        if contact or column in columns:
            cells[column], hit = masked_contact(cell)
            hit = hit or "*" in cell
            contact = False
        else:
            cells[column], hit = masked(cell)
        if hit:
            changed.add(column)
    return replace(line, cells=tuple(cells), masked=frozenset(changed)) if changed else line
