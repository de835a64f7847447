"""Reads the form of Shanghai: choices as ticked boxes, amounts in 元, goals with signs, and a list of 分解目标."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi.sheet import (
    BLANK,
    Cell,
    CellKind,
    ExpenseLine,
    FlagKind,
    FundLine,
    Indicator,
    Project,
    ProjectType,
    Sheet,
    YearCost,
)
from targets.cells import one_line, read_cell
from targets.errors import SheetError
from targets.read_flags import Flags
from targets.read_labels import TITLE, YEAR, field_of, plain, text_label
from targets.read_lines import Line, Token
from targets.read_project import project_type, ticked
from targets.read_split import figures_in, name_and_figure, with_signs

GOALS, PARTS = "年度绩效目标", "分解目标"
_AMOUNTS = {
    "项目总预算": "项目总预算",
    "项目当年预算": "项目当年预算",
    "同名项目上年预算额": "budget_last_year",
    "同名项目上年预算执行数": "spent_last_year",
}
_CHOICES = ("项目类型", "资金用途")
_NO_LABELS = frozenset({"子项目名称", "项目当年投入资金构成"})
_PART_HEADS = frozenset({"分解目标内容", "绩效指标", "指标目标值"})


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    flags: Flags
    title: str = ""
    year: int = 0
    unit: str = ""
    money_unit: str = "元"
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, Cell] = field(default_factory=dict)
    expenses: list[ExpenseLine] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    zone: str = ""
    level1: str = ""


def read_shanghai(lines: Sequence[Line], flags: Flags) -> Sheet:
    """The one project of the form. Raises SheetError where it holds neither a name nor an indicator."""
    reading = _Reading(flags)
    for line in lines:
        if line.tokens:
            _line(reading, line)
    if not reading.indicators and not reading.fields.get("name"):
        raise SheetError("没有找到项目名称和绩效指标。请核对文件是否为财政支出项目绩效目标申报表。")
    if not reading.year:
        flags.add("sheet/year", FlagKind.UNSURE, "没有找到年度,请填写")
    if not reading.fields.get("name"):
        flags.add("1/text/项目名称", FlagKind.LOST, "没有找到项目名称,请填写")
    project = _project(reading)
    return Sheet(reading.unit, reading.year, reading.title, "shanghai", (project,), tuple(flags.found))


def _line(reading: _Reading, line: Line) -> None:
    tokens = line.tokens
    for column in line.masked:
        place = f"1/text/{plain(tokens[0].text)[:20] if tokens[0].column < column else ''}"
        reading.flags.add(place, FlagKind.MASKED, "此处的姓名、电话已遮盖,不会保存", line)
    first = plain(tokens[0].text)
    if len(tokens) == 1 and _heading(reading, tokens[0].text):
        return
    if first in (PARTS, "分解目标内容"):
        reading.zone = PARTS
    elif reading.zone == PARTS and first not in ("备注",):
        _part(reading, line)
    elif any(plain(token.text) == "子项目名称" for token in tokens):
        reading.zone = "expenses"
    elif first in _CHOICES or (reading.zone in _CHOICES and not _is_label(first)):
        _choice(reading, tokens, first)
    elif _is_label(first):
        _pairs(reading, tokens, line)
    elif reading.zone == "expenses":
        _expense(reading, tokens, line)
    else:
        message = f"“{one_line(tokens[0].text)[:40]}”不属于表的任何一栏,没有读入"
        reading.flags.add("1/text", FlagKind.NOISE, message, line)


def _heading(reading: _Reading, text: str) -> bool:
    tight = "".join(text.split())
    if TITLE.fullmatch(tight):
        reading.title = reading.title or tight
        return True
    found = YEAR.search(tight)
    if found and len(tight) <= 8:
        reading.year = reading.year or int(found[0])
        return True
    label, colon, value = text.replace("：", ":").partition(":")
    if colon and field_of(label) == "unit":
        reading.unit = value.strip()
        return True
    return False


def _amount_of(label: str) -> str | None:
    return _AMOUNTS.get(re.sub(r"\((?:万元|元)\)$", "", label))


def _is_label(text: str) -> bool:
    return bool(field_of(text) or text_label(text) or _amount_of(text) or text == "项目当年投入资金构成")


def _choice(reading: _Reading, tokens: list[Token], first: str) -> None:
    """A field of ticked boxes; it may run over several lines."""
    if first in _CHOICES:
        reading.zone = first
        tokens = tokens[1:]
    for token in tokens:
        chosen = ticked(token.text)
        reading.choices.setdefault(reading.zone, []).extend(chosen if chosen is not None else [one_line(token.text)])


def _pairs(reading: _Reading, tokens: list[Token], line: Line) -> None:
    """Labels and values; a value that follows is taken as long as it is no label."""
    reading.zone = "expenses" if plain(tokens[0].text) == "项目当年投入资金构成" else ""
    if reading.zone:
        _expense(reading, tokens[1:], line)
        return
    for index, token in enumerate(tokens):
        label = plain(token.text)
        if not _is_label(label):
            continue
        value = tokens[index + 1].text if index + 1 < len(tokens) else ""
        value = "" if _is_label(plain(value)) else value
        _put(reading, token.text, label, value, line)


def _put(reading: _Reading, printed: str, label: str, value: str, line: Line) -> None:
    what = _amount_of(label)
    if what is not None:
        reading.money_unit = "万元" if label.endswith("(万元)") else "元"
        reading.amounts[what] = cell = read_cell(value)
        if cell.kind is not CellKind.NUMBER and cell.kind is not CellKind.BLANK:
            reading.flags.add(f"1/text/{label}", FlagKind.UNSURE, f"“{printed}”不是金额,请核对", line, cell.text)
    elif goal := text_label(printed):
        reading.texts[goal] = value
        if goal == GOALS:
            _goals(reading, value, line)
    else:
        reading.fields.setdefault(field_of(printed) or "", one_line(value))


def _goals(reading: _Reading, value: str, line: Line) -> None:
    """The measures that stand one after the other in the cell of 年度绩效目标."""
    found = with_signs(value)
    for part, (name, cell) in enumerate(found, start=1):
        reading.indicators.append(Indicator(1, GOALS, "", name, BLANK, cell, part, GOALS, line=line.number))
    if len(found) > 1:
        message = f"一格里有 {len(found)} 项指标,已拆开"
        reading.flags.add("1/indicator/1", FlagKind.SPLIT, message, line)
    elif value and not found:
        message = "年度绩效目标里没有带符号的指标值,按文字读入,请核对"
        reading.flags.add(f"1/text/{GOALS}", FlagKind.UNSURE, message, line)


def _expense(reading: _Reading, tokens: list[Token], line: Line) -> None:
    tokens = [token for token in tokens if plain(token.text) not in _NO_LABELS]
    if not tokens:
        return
    place = f"1/expense/{len(reading.expenses)}"
    full = read_cell(tokens[1].text) if len(tokens) > 1 else BLANK
    if full.kind is not CellKind.NUMBER or len(tokens) > 2:
        reading.flags.add(f"{place}/full", FlagKind.UNSURE, "这一行的预算金额看不清楚,请核对", line, full.shown)
    reading.expenses.append(ExpenseLine(one_line(tokens[0].text), BLANK, full))


def _part(reading: _Reading, line: Line) -> None:
    """A row of 分解目标: content (printed once for several rows), measure, target."""
    tokens = [token for token in line.tokens if plain(token.text) not in _PART_HEADS]
    if not tokens:
        return
    row = max((one.row for one in reading.indicators), default=0) + 1
    place = f"1/indicator/{row}"
    first = line.tokens[0]
    if len(tokens) >= 3 or (first.column == 0 and plain(first.text).endswith("目标")):
        reading.level1 = one_line(first.text)
        tokens = tokens[1:]
    if not tokens:
        return
    if len(tokens) > 2:
        reading.flags.add(place, FlagKind.UNSURE, "这一行的格子比表头多,请核对", line, tokens[2].text)
    target = read_cell(tokens[1].text) if len(tokens) > 1 else BLANK
    reading.indicators.append(
        Indicator(row, reading.level1, "", one_line(tokens[0].text), BLANK, target, 1, PARTS, line=line.number)
    )
    _target_flags(reading, place, target, line)


def _target_flags(reading: _Reading, place: str, target: Cell, line: Line) -> None:
    figures = figures_in(target.text) if target.kind is CellKind.GRADE else ""
    if ";" in figures:
        message = "一格里有多个数值,按文字读入,请核对是否要拆成几项"
        reading.flags.add(f"{place}/full", FlagKind.SPLIT, message, line, figures)
    elif figures and name_and_figure(target.text) is not None:
        message = "文字里有一个数值,按文字读入,请核对是否作为指标值"
        reading.flags.add(f"{place}/full", FlagKind.UNSURE, message, line, figures)
    else:
        reading.flags.doubts(f"{place}/full", target, line)


def _project(reading: _Reading) -> Project:
    chosen = "、".join(reading.choices.get("项目类型", []))
    kind = project_type(chosen) or ProjectType.OTHER
    extra = {name: "、".join(words) for name, words in reading.choices.items() if words}
    if len(reading.choices.get("项目类型", [])) != 1:
        reading.flags.add("1/text/项目类型", FlagKind.UNSURE, "项目类型看不出是哪一种,请选择", None, chosen)
    funds = [
        FundLine(name, reading.amounts[name], level)
        for level, name in enumerate(("项目总预算", "项目当年预算"))
        if name in reading.amounts
    ]
    last = reading.year - 1 if reading.year else None
    costs = tuple(
        YearCost(last, reading.amounts[kind_of], kind_of)
        for kind_of in ("budget_last_year", "spent_last_year")
        if kind_of in reading.amounts
    )
    return Project(
        no=1,
        name=reading.fields.get("name", ""),
        type=kind,
        unit=reading.unit,
        starts=reading.fields.get("starts", ""),
        ends=reading.fields.get("ends", ""),
        money_unit=reading.money_unit,
        texts=tuple(reading.texts.items()),
        extra=tuple(extra.items()),
        funds=tuple(funds),
        expenses=tuple(reading.expenses),
        costs=costs,
        indicators=tuple(reading.indicators),
    )
