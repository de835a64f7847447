"""Puts the first and second level of every row back from the form's known structure, and says where it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.sheet import FlagKind
from targets.read_flags import Flags
from targets.read_labels import FIXED_NAMES, LEVEL1, STRUCTURE, level1_of, level2_of
from targets.read_rows import Row


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one row, as they are to be shown."""

    level1: str
    level2: str


@dataclass(slots=True)
class _State:
    """Where in the table we are: the levels in force, and whether their labels are still to be seen."""

    key1: str = ""
    key2: str = ""
    shown1: str = ""
    shown2: str = ""
    owed1: bool = False
    owed2: bool = False
    segment: int = -1
    after_empty: bool = False


def put_back(rows: Sequence[Row], places: Sequence[str], flags: Flags) -> list[Levels]:
    """The levels of every row. ``places``: the flag place of each row, '' for rows without a measure."""
    state = _State()
    return [_levels(row, place, state, flags) for row, place in zip(rows, places, strict=True)]


def _levels(row: Row, place: str, state: _State, flags: Flags) -> Levels:
    key1 = level1_of(row.level1) if row.level1 else None
    key2, doubt = _second(row, key1, state)
    first = STRUCTURE.get(key2, "") if key2 else ""
    if not first:
        first = key1 or row.level1 or ("" if key2 is None and row.level2 is None else state.key1)
    elif key1 is not None and key1 != first and place:
        text = f"一级指标印的是“{row.level1}”,按表的固定结构“{row.level2 or key2}”属于“{LEVEL1[first]}”,请核对"
        flags.add(f"{place}/level1", FlagKind.UNSURE, text, row.line, LEVEL1[first])
        key1 = None
    if first != state.key1:
        state.key1, state.shown1, state.owed1 = first, _shown1(first, row, key1), key1 is None and row.level1 is None
        state.key2 = state.shown2 = ""
    if (key2 or "") != state.key2 or row.level2 and not level2_of(row.level2):
        state.key2, state.shown2 = key2 or "", "".join((row.level2 or key2 or "").split())
        state.owed2 = row.level2 is None
    if place:
        _flag(row, place, state, doubt, flags)
    state.segment, state.after_empty = row.line.segment, row.empty
    return Levels(state.shown1, state.shown2)


def _second(row: Row, key1: str | None, state: _State) -> tuple[str | None, str]:
    """The second level of a row, and why it may be another."""
    if row.level2 is not None:
        return level2_of(row.level2) or "".join(row.level2.split()), ""
    known = FIXED_NAMES.get("".join(row.name.split()))
    if known is not None:
        return known, ""
    if row.empty and key1 is not None:
        return None, ""
    if not state.key2:
        return None, "二级指标没有印出,位置也不能确定"
    if key1 is not None and STRUCTURE.get(state.key2) != key1:
        return None, "二级指标没有印出,位置也不能确定"
    if state.segment != row.line.segment:
        return state.key2, f"换页后二级指标没有印出,按上一页接续为“{state.shown2}”,请核对"
    if state.after_empty:
        return state.key2, f"二级指标没有印出,上一行是没有指标的“{state.shown2}”,请核对"
    return state.key2, ""


def _shown1(key: str, row: Row, key1: str | None) -> str:
    if row.level1 and (key1 == key or key not in LEVEL1):
        return "".join(row.level1.split())
    return LEVEL1.get(key, key)


def _flag(row: Row, place: str, state: _State, doubt: str, flags: Flags) -> None:
    if row.noise:
        message = f"“{row.noise}”不属于表的任何一栏,没有读入"
        flags.add(place, FlagKind.NOISE, message, row.line)
        if row.level1 is None and not state.owed1 and state.shown1:
            _label(place, "level1", "一级指标", state.shown1, row, flags)
    if state.owed1 and state.shown1:
        _label(place, "level1", "一级指标", state.shown1, row, flags)
        state.owed1 = False
    if doubt:
        flags.add(f"{place}/level2", FlagKind.UNSURE, doubt, row.line, state.shown2)
        state.owed2 = False
    elif state.owed2 and state.shown2:
        _label(place, "level2", "二级指标", state.shown2, row, flags)
        state.owed2 = False
    for reason in row.unsure:
        flags.add(place, FlagKind.UNSURE, reason, row.line)


def _label(place: str, level: str, word: str, shown: str, row: Row, flags: Flags) -> None:
    printed = row.level1 if level == "level1" else row.level2
    message = f"{word}“{shown}”{'印在它所属的行之后' if printed else '没有印在这一行'},按表的固定结构归位"
    flags.add(f"{place}/{level}", FlagKind.LABEL, message, row.line, shown)
