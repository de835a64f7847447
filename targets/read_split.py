"""Several measures in one cell, taken apart."""

from __future__ import annotations

import re

from kpi.sheet import Cell, CellKind
from targets.cells import NUMBER, one_line, plain_signs, read_cell

_NUMBERED = re.compile(r"(?:^|(?<=[\s;；。,，]))([0-9]{1,2})[.、．)）](?![0-9])\s*")
_WITH_SIGN = re.compile(
    rf"(?P<name>[^≥≤=<>;；。]+?)\s*(?P<cell>[≥≤=<>]=?\s*{NUMBER}\s*[^\s≥≤=<>;；,，。()0-9]{{0,8}}?)"
    r"\s*(?P<note>\([^()]{1,6}\))?(?=[\s;；,，。]|$)"
)
_MOST = 40
"""A cell holds at most so many measures; more is not a list of measures."""


def numbered(text: str) -> list[str]:
    """The parts of “1. … 2. … 3. …”; [] where the text is no such list."""
    cuts: list[re.Match[str]] = []
    for found in _NUMBERED.finditer(text):
        if int(found[1]) == len(cuts) + 1:
            cuts.append(found)
    if len(cuts) < 2 or len(cuts) > _MOST or text[: cuts[0].start()].strip():
        return []
    ends = [cut.start() for cut in cuts[1:]] + [len(text)]
    return [text[cut.end() : end].strip(" \n;；") for cut, end in zip(cuts, ends, strict=True)]


def name_and_figure(text: str) -> tuple[str, Cell] | None:
    """“人工接通率: 72.95%” as name and cell, with or without the colon; None where no figure ends the text."""
    plain = one_line(text)[:200]
    for at in [found.end() for found in re.finditer("[:：]", plain)][::-1]:
        cell = read_cell(plain[at:].strip(" ;；。"))
        if cell.kind is CellKind.NUMBER:
            return plain[: at - 1].strip(), cell
    for at in range(1, len(plain)):
        starts = plain[at] in "≥≤=<>＝≧≦＞＜" or (plain[at].isdigit() and not plain[at - 1].isdigit())
        if starts and plain[at - 1] not in ".≥≤=<>":
            cell = read_cell(plain[at:].strip(" ;；。"))
            if cell.kind is CellKind.NUMBER:
                return plain[:at].strip(), cell
    return None


def with_signs(text: str) -> list[tuple[str, Cell]]:
    """The measures of “接通率 ≥88% 投诉率 ≤0.3%” (LaTeX too), one after the other; [] where there are none."""
    found = []
    for match in _WITH_SIGN.finditer(one_line(plain_signs(text))[:4000]):
        cell = read_cell(match["cell"] + (match["note"] or ""))
        name = match["name"].strip(" ;；,，。、")
        if cell.kind is CellKind.NUMBER and name:
            found.append((name, cell))
    return found[:_MOST]


def figures_in(text: str) -> str:
    """The figures of a text with the words before them, as a suggestion: “接听电话 379.8万个;受理 28.1万件”."""
    pieces = [piece for piece in re.split(r"[，,;；。、]", one_line(text)[:160]) if re.search("[0-9]", piece)]
    pairs = [pair for piece in pieces[:4] if (pair := name_and_figure(piece)) is not None]
    return ";".join(f"{name} {cell.shown}" for name, cell in pairs)


def same_parts(name: str, half: str, full: str) -> list[tuple[str, str, str]]:
    """A row whose name and targets hold the same number of parts (numbered, or one a line), part by part; else []."""
    names = numbered(name) or _by_line(name)
    if len(names) < 2:
        return []
    columns = []
    for text in (half, full):
        parts = (numbered(text) or _by_line(text)) if text else [""] * len(names)
        if len(parts) != len(names):
            return []
        columns.append(parts)
    if not half and not full:
        return []
    return list(zip(names, columns[0], columns[1], strict=True))


def _by_line(text: str) -> list[str]:
    parts = [part.strip() for part in text.split("\n") if part.strip()]
    return parts if len(parts) <= _MOST else []
