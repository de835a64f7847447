"""Word documents as lines of cells: paragraphs and tables in their order, merged cells blank but for the first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from targets.errors import SheetError
from targets.read_html import TICKED, UNTICKED, cell_text
from targets.read_lines import MAX_COLUMNS, Line, check_size, mask
from targets.read_package import check_package

_TEXT, _TAB, _BREAK, _SYMBOL, _PARAGRAPH = (qn(f"w:{name}") for name in ("t", "tab", "br", "sym", "p"))
_TABLE, _ROW, _CELL, _CONTENT = (qn(f"w:{name}") for name in ("tbl", "tr", "tc", "sdtContent"))
_WRAPPERS = frozenset({qn("w:sdt"), _CONTENT, qn("w:ins"), qn("w:smartTag"), qn("w:customXml")})
_BOXES = {"F0FE": TICKED, "F052": TICKED, "F0FD": TICKED, "F0A8": UNTICKED, "F0A3": UNTICKED, "F06F": UNTICKED}
"""Signs of the Wingdings fonts that stand for a ticked and an empty box."""
_DEEPEST = 12


def docx_lines(name: str, content: bytes) -> list[Line]:
    """The lines of a document; every table is a segment of its own.

    Raises SheetError for a file that can't be opened or is too large.
    """
    check_package(name, content)
    try:
        body = docx.Document(io.BytesIO(content)).element.body
    except Exception as error:  # the library raises whatever the damage leads to
        raise SheetError(f"文档“{name}”已损坏,打不开。请在 Word 或 WPS 里另存后再导入。") from error
    lines: list[Line] = []
    segment = 0
    for number, (cells, table) in enumerate(_rows(body, 0), start=1):
        check_size(number)
        segment = segment + 1 if table else segment
        if any(cells):
            lines.append(Line(number, cells, segment))
    return mask(lines)


def _rows(parent: Any, depth: int) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Paragraphs and rows of tables with their cells; True where a segment begins."""
    for child in parent:
        if child.tag == _PARAGRAPH:
            for line in (_text(child) or "").split("\n"):
                yield (cell_text(line),), False
        elif child.tag == _TABLE:
            begins = True
            for row in _found(child, _ROW, depth):
                yield _cells(row, depth), begins
                begins = False
            yield (), True
        elif child.tag in _WRAPPERS and depth < _DEEPEST:
            yield from _rows(child, depth + 1)


def _found(parent: Any, tag: str, depth: int) -> Iterator[Any]:
    """Rows of a table, or cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS and depth < _DEEPEST:
            yield from _found(child, tag, depth + 1)


def _cells(row: Any, depth: int) -> tuple[str, ...]:
    properties = row.find(qn("w:trPr"))
    cells = [""] * _number(properties, "w:gridBefore", 0)
    for cell in _found(row, _CELL, depth):
        of_cell = cell.find(qn("w:tcPr"))
        merge = of_cell.find(qn("w:vMerge")) if of_cell is not None else None
        goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
        text = "" if goes_on else "\n".join(_text(part) for part in cell.iter(_PARAGRAPH))
        cells += [cell_text(text), *[""] * (_number(of_cell, "w:gridSpan", 1) - 1)]
        if len(cells) > MAX_COLUMNS:
            break
    return tuple(cells[:MAX_COLUMNS])


def _number(properties: Any, name: str, default: int) -> int:
    found = properties.find(qn(name)) if properties is not None else None
    value = found.get(qn("w:val"), "") if found is not None else ""
    return min(int(value), MAX_COLUMNS) if value.isascii() and value.isdigit() and len(value) < 6 else default


def _text(paragraph: Any) -> str:
    """What a paragraph shows; struck-out text of tracked changes does not count."""
    parts = []
    for node in paragraph.iter(_TEXT, _TAB, _BREAK, _SYMBOL):
        if node.tag == _TEXT:
            parts.append(node.text or "")
        elif node.tag == _SYMBOL:
            parts.append(_BOXES.get((node.get(qn("w:char")) or "").upper(), ""))
        elif not (node.tag == _TAB and node.getparent().tag != qn("w:r")):
            parts.append("\n" if node.tag == _BREAK else " ")
    return "".join(parts)
