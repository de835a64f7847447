"""The rows of the indicator table: which cell is a label, which the name and which the targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi.sheet import CellKind
from targets.cells import LOST_SIGN, read_cell
from targets.read_labels import level1_of, level2_of, value_head
from targets.read_lines import Line, Token

Columns = tuple[int, int, int]
"""Columns of name, half-year target and full-year target."""
_VALUES = (CellKind.NUMBER, CellKind.NONE, CellKind.SCHEDULE, CellKind.DATE, CellKind.LOST)


@dataclass(slots=True)
class Row:
    """A row as read. ``level1``/``level2`` as printed, None where nothing is; ``noise`` stood in a label's place.

    ``name``, ``half`` and ``full`` are texts with their line breaks, ``〔缺失〕`` where a target is lost.
    ``why``: why it is lost, ``name_lost``: the name is. ``unsure``: what another person may read differently.
    """

    line: Line
    level1: str | None = None
    level2: str | None = None
    noise: str = ""
    name: str = ""
    half: str = ""
    full: str = ""
    name_lost: bool = False
    why: str = ""
    suggestion: str = ""
    unsure: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True for a second level without any measure."""
        return not (self.name or self.name_lost)


@dataclass(slots=True)
class _Parts:
    level1: Token | None = None
    level2: Token | None = None
    noise: list[Token] = field(default_factory=list)
    rest: list[Token] = field(default_factory=list)


def is_head(line: Line) -> bool:
    """True for the line with the heads of the columns 一级指标 … 三级指标."""
    texts = {"".join(token.text.split()) for token in line.tokens}
    return "三级指标" in texts and ("一级指标" in texts or "二级指标" in texts)


def read_rows(lines: Sequence[Line], heads: Sequence[Line]) -> list[Row]:
    """Every line of the table as a row, in the form's order. Lines that hold nothing of the table are left out."""
    parts = [_labels(line) for line in lines]
    columns = _columns_by_segment(lines, parts, heads)
    labels = _label_columns(lines, parts)
    only_full = bool(heads) and all(_value_heads(head) == {"full"} for head in heads)
    rows = []
    for line, part in zip(lines, parts, strict=True):
        row = _row(line, part, columns.get(line.segment), labels.get(line.segment, {}), only_full)
        if row is not None:
            rows.append(row)
    return rows


def _value_heads(head: Line) -> set[str]:
    return {found for token in head.tokens if (found := value_head(token.text))}


def _labels(line: Line) -> _Parts:
    """Splits the leading labels off; what stands before a label and is none itself is noise."""
    tokens = _without_repeats(line.tokens)
    last = -1
    for index, token in enumerate(tokens[:3]):
        if level1_of(token.text) or level2_of(token.text):
            last = index
    parts = _Parts(rest=tokens[last + 1 :])
    for token in tokens[: last + 1]:
        if level2_of(token.text) and parts.level2 is None:
            parts.level2 = token
        elif level1_of(token.text) and parts.level1 is None:
            parts.level1 = token
        else:
            parts.noise.append(token)
    return parts


def _without_repeats(tokens: list[Token]) -> list[Token]:
    """Labels that are repeated because their cell is merged count once; so does a name before two targets."""
    kept: list[Token] = []
    for index, token in enumerate(tokens):
        same = bool(kept) and kept[-1].text == token.text and tokens[index - 1].column + 1 == token.column
        label = level1_of(token.text) or level2_of(token.text)
        if same and (label or len(tokens) - index > 2):
            continue
        kept.append(token)
    return kept


def _columns_by_segment(lines: Sequence[Line], parts: Sequence[_Parts], heads: Sequence[Line]) -> dict[int, Columns]:
    """The columns of each part of the table, from its complete rows, else from its line of heads."""
    counts: dict[int, Counter[Columns]] = {}
    for line, part in zip(lines, parts, strict=True):
        if len(part.rest) == 3:
            found = (part.rest[0].column, part.rest[1].column, part.rest[2].column)
            counts.setdefault(line.segment, Counter())[found] += 1
    columns = {segment: count.most_common(1)[0][0] for segment, count in counts.items()}
    for head in heads:
        at = {value_head(token.text) or "".join(token.text.split()): token.column for token in head.tokens}
        if "三级指标" in at and "full" in at:
            columns.setdefault(head.segment, (at["三级指标"], at.get("half", -1), at["full"]))
    return columns


def _label_columns(lines: Sequence[Line], parts: Sequence[_Parts]) -> dict[int, dict[int, int]]:
    """Segment -> level -> the column in which its labels mostly stand."""
    counts: dict[int, dict[int, Counter[int]]] = {}
    for line, part in zip(lines, parts, strict=True):
        for level, token in ((1, part.level1), (2, part.level2)):
            if token is not None:
                counts.setdefault(line.segment, {}).setdefault(level, Counter())[token.column] += 1
    return {
        segment: {level: count.most_common(1)[0][0] for level, count in levels.items()}
        for segment, levels in counts.items()
    }


def _row(line: Line, parts: _Parts, columns: Columns | None, labels: dict[int, int], only_full: bool) -> Row | None:
    row = Row(
        line,
        parts.level1.text if parts.level1 else None,
        parts.level2.text if parts.level2 else None,
        " ".join(token.text for token in parts.noise),
    )
    values = 1 if only_full else 2
    rest = parts.rest
    if len(rest) > values + 1:
        rest = _extra(row, rest, values)
    if not rest:
        return row if row.level1 or row.level2 or row.noise else None
    shift = _shift(parts, labels)
    if len(rest) == values + 1:
        row.name, row.full = rest[0].text, rest[-1].text
        row.half = "" if only_full else rest[1].text
    elif len(line.cells) == 1:
        row.noise = rest[0].text  # a line outside every column
    elif len(rest) == 2:
        _one_value(row, rest, columns, shift)
    else:
        _alone(row, rest[0], columns, shift or 0)
    return row


def _extra(row: Row, rest: list[Token], values: int) -> list[Token]:
    """More cells than name and targets: a level of the centre's own in front, or something that belongs nowhere."""
    front, rest = rest[: -(values + 1)], rest[-(values + 1) :]
    if row.level2 is None and len(front) == 1 and front[0].column > 0:
        row.level2 = front[0].text
    elif row.level2 is None and row.level1 is None and len(front) == 2:
        row.level1, row.level2 = front[0].text, front[1].text
    else:
        row.noise = " ".join([row.noise, *(token.text for token in front)]).strip()
        return rest
    row.unsure.append(f"标签“{' / '.join(token.text for token in front)}”不在表的固定结构里,按原文保留")
    return rest


def _shift(parts: _Parts, labels: dict[int, int]) -> int | None:
    """By how many columns the row stands too far right, told by its labels; None where it has none."""
    for level, token in ((2, parts.level2), (1, parts.level1)):
        if token is not None and level in labels:
            return token.column - labels[level]
    return None


def _one_value(row: Row, rest: list[Token], columns: Columns | None, shift: int | None) -> None:
    """A name with one target, or two targets without their name: decided by the columns alone."""
    first, second = rest
    if columns is None:
        return _all_lost(row, first, second)
    name, half, full = columns
    if (first.column, second.column) == (half, full) and (shift == 0 or (shift is None and _is_value(first, second))):
        row.half, row.full, row.name_lost = first.text, second.text, True
        return None
    moved = first.column - name if shift is None else shift
    row.name = first.text
    if second.column - moved == half:
        row.half = second.text
        if moved > 0 and full + moved >= len(row.line.cells):
            row.full, row.why = LOST_SIGN, f"这一行右移了 {moved} 列,全年指标值落在表外,已缺失,请对照原件填写"
        return None
    if second.column - moved == full:
        row.full = second.text
        return None
    return _all_lost(row, first, second)


def _is_value(first: Token, second: Token) -> bool:
    return read_cell(first.text).kind in _VALUES or first.text == second.text


def _all_lost(row: Row, name: Token, value: Token) -> None:
    row.name, row.half, row.full = name.text, LOST_SIGN, LOST_SIGN
    row.why, row.suggestion = "只有一个指标值,看不出是半年还是全年,没有读入", value.text


def _alone(row: Row, token: Token, columns: Columns | None, shift: int) -> None:
    """One cell: a name without targets, or a target whose name is gone."""
    if columns is not None and token.column - shift in columns[1:] and read_cell(token.text).kind in _VALUES:
        row.name_lost = True
        if token.column - shift == columns[1]:
            row.half = token.text
        else:
            row.full = token.text
        return
    row.name = token.text
    if columns is None or token.column - shift != columns[0]:
        row.unsure.append("这一行没有指标值,请核对是否为上一行的续行")
