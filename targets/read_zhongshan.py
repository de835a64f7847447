"""Reads the self-evaluation form of Zhongshan: the project, its money, the measures with what was achieved, and the

rows of its scoring table as printed (``targets.read_zhongshan_score`` makes the scoring form of them).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi.sheet import BLANK, Cell, CellKind, FlagKind, FundLine, Indicator, Project, ProjectType, Sheet, YearCost
from targets.cells import one_line, read_cell
from targets.errors import SheetError
from targets.masked import is_contact_field
from targets.read_flags import Flags
from targets.read_labels import TITLE, YEAR, plain
from targets.read_lines import Line, Token
from targets.read_split import name_and_figure, numbered
from targets.read_zhongshan_score import ScoredLine, read_scoring

SECTION = "单位自评表"
_FIELDS = frozenset({"项目名称", "项目计划起止时间", "主管部门", "主管科室", "采购金额(元)", "联系人及方式"})
_MONEY = ("年初预算安排数", "预算调整额", "全口径预算调整率", "实际资金支出额", "预算执行率", "备注", "年度")
_CONCLUSIONS = frozenset({"主要成效", "存在问题", "改进建议"})
_GOALS = re.compile(r"(实施周期绩效目标|年度实施周期目标|年度绩效目标)[:：](.*)", re.DOTALL)


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    flags: Flags
    title: str = ""
    unit: str = ""
    year: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    money: dict[str, Cell] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    indicators: list[Indicator] = field(default_factory=list)
    scored: list[ScoredLine] = field(default_factory=list)
    money_columns: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    level1: str = ""
    row: int = 0
    expects_unit: bool = False
    concluded: bool = False


def read_zhongshan(lines: Sequence[Line], flags: Flags) -> Sheet:
    """The one project of the form. Raises SheetError where it holds neither a name nor a measure."""
    reading = _Reading(flags)
    for line in lines:
        if line.tokens:
            _line(reading, line)
    if not reading.indicators and not reading.fields.get("项目名称"):
        raise SheetError("没有找到项目名称和指标。请核对文件是否为财政支出绩效自评表。")
    if not reading.year:
        flags.add("sheet/year", FlagKind.UNSURE, "没有找到年度,请填写")
    if not reading.fields.get("项目名称"):
        flags.add("1/text/项目名称", FlagKind.LOST, "没有找到项目名称,请填写")
    project = _project(reading)
    score_form = read_scoring(reading.scored, project, reading.title, flags)
    found = tuple(flags.found)
    return Sheet(reading.unit, reading.year, reading.title, "zhongshan", (project,), found, score_form=score_form)


def _line(reading: _Reading, line: Line) -> None:
    tokens = line.tokens
    for column in sorted(line.masked):
        labels = [token.text for token in tokens if token.column < column]
        place = f"1/text/{plain(labels[-1])[:20] if labels else ''}"
        reading.flags.add(place, FlagKind.MASKED, "此处的姓名、电话已遮盖,不会保存", line)
    if len(tokens) == 1 and _heading(reading, one_line(tokens[0].text)):
        return
    heads = {_short(token.text): token.column for token in tokens}
    if "年初预算安排数" in heads:
        reading.money_columns = {name: at for name, at in heads.items() if name in _MONEY}
    elif reading.money_columns and not reading.money and any(read_cell(t.text).is_number for t in tokens):
        _money(reading, line)
    elif "二级指标" in heads and "指标内容" in heads:
        reading.columns = heads
    elif goal := next((found for token in tokens if (found := _GOALS.match(token.text))), None):
        _goal(reading, goal[1], goal[2], tokens)
    elif conclusion := next((name for name in heads if name in _CONCLUSIONS), None):
        _conclusion(reading, conclusion, tokens)
    elif any(name in _FIELDS for name in (plain(token.text) for token in tokens)):
        _pairs(reading, tokens)
    elif reading.columns:
        _row(reading, line)


def _short(text: str) -> str:
    """A head without what it explains in brackets."""
    tight = plain(text)
    for name in ("权重", "指标内容", "完成率", "自评分", *_MONEY):
        if tight.startswith(name) and not tight.startswith(("年度实施", "自评分数", "预算执行率=", "预算调整率=")):
            return name
    return tight


def _heading(reading: _Reading, text: str) -> bool:
    """Lines above the tables: title with its year, unit, date of filling in."""
    tight = "".join(text.split())
    if TITLE.fullmatch(tight):
        reading.title = reading.title or tight
        found = YEAR.search(tight)
        reading.year = reading.year or (int(found[0]) if found else 0)
        return True
    if tight.startswith("单位名称"):
        label, _, value = tight.replace("：", ":").partition(":")
        reading.unit = reading.unit or value
        reading.expects_unit = not value
        return True
    if reading.expects_unit:
        reading.unit, reading.expects_unit = text, False
        return True
    if re.match(r"[一二三四五]、", tight):
        reading.columns = {}
        return True
    return tight.startswith(("填报日期", "附件"))


def _pairs(reading: _Reading, tokens: list[Token]) -> None:
    for index, token in enumerate(tokens[:-1]):
        label, value = plain(token.text), tokens[index + 1].text
        known = label in _FIELDS or is_contact_field(token.text)
        if known and plain(value) not in _FIELDS and (label not in reading.fields or not reading.fields[label]):
            reading.fields[label] = one_line(value)


def _money(reading: _Reading, line: Line) -> None:
    for name, column in reading.money_columns.items():
        text = line.cells[column] if column < len(line.cells) else ""
        if name == "备注":
            reading.fields["资金备注"] = one_line(text)
        elif name != "年度":
            reading.money[name] = cell = read_cell(text)
            if cell.kind not in (CellKind.NUMBER, CellKind.BLANK):
                reading.flags.add("1/fund/0", FlagKind.UNSURE, f"“{name}”不是数字,请核对", line, cell.shown)


def _goal(reading: _Reading, label: str, text: str, tokens: list[Token]) -> None:
    reading.texts[label] = text.strip()
    if len(tokens) > 1:
        reading.texts[f"{label}完成情况"] = tokens[1].text


def _conclusion(reading: _Reading, name: str, tokens: list[Token]) -> None:
    """自评结论; what the department prints further down under the same words is not the centre's own."""
    own = any(plain(token.text) == "自评结论" for token in tokens)
    if own or (name == "存在问题") or (name == "改进建议" and name not in reading.texts and not reading.concluded):
        reading.texts[name] = tokens[-1].text if plain(tokens[-1].text) != name else ""
    reading.columns = {}
    reading.concluded = reading.concluded or name == "改进建议"


def _row(reading: _Reading, line: Line) -> None:
    """A row of the evaluation table: one measure of the budget, or a cell with several of output or benefit."""
    cells = _by_head(reading, line)
    first = line.tokens[0]
    if first.column == reading.columns.get("一级指标", 0) and cells.get("二级指标"):
        reading.level1 = re.sub(r"\s*[(（][^()（）]*[)）]$", "", one_line(first.text))
    if not reading.level1 or not cells.get("二级指标"):
        return
    reading.scored.append(ScoredLine(one_line(cells["二级指标"]), cells, line))
    if re.match("导向|逆向", reading.level1):
        return
    level2, content = one_line(cells["二级指标"]), cells.get("指标内容", "")
    if read_cell(content).kind in (CellKind.NONE, CellKind.BLANK):
        return
    reading.row += 1
    if level2.endswith("率"):
        _budget_row(reading, line, level2, cells)
    else:
        _measures(reading, line, level2, content)


def _by_head(reading: _Reading, line: Line) -> dict[str, str]:
    return {name: line.cells[column] for name, column in reading.columns.items() if column < len(line.cells)}


def _budget_row(reading: _Reading, line: Line, level2: str, cells: dict[str, str]) -> None:
    weight, reported = read_cell(cells.get("权重")), read_cell(cells.get("完成值"))
    reading.flags.doubts(f"1/indicator/{reading.row}/reported", reported, line)
    reading.indicators.append(
        Indicator(
            row=reading.row,
            level1=reading.level1,
            level2=level2,
            name=level2,
            half=BLANK,
            full=BLANK,
            section=SECTION,
            reported=reported,
            weight=weight.number,
            line=line.number,
        )
    )


def _measures(reading: _Reading, line: Line, level2: str, content: str) -> None:
    """“1. 名称: 值 2. 名称: 值” as one measure each."""
    place = f"1/indicator/{reading.row}"
    pieces = numbered(content) or [content]
    if len(pieces) > 1:
        message = f"一格里有 {len(pieces)} 项指标,已拆开"
        reading.flags.add(place, FlagKind.SPLIT, message, line)
    for part, piece in enumerate(pieces, start=1):
        pair = name_and_figure(piece)
        name, reported = pair if pair is not None else (one_line(piece), None)
        if pair is None:
            here = f"{place}.{part}" if len(pieces) > 1 else place
            reading.flags.add(f"{here}/reported", FlagKind.UNSURE, "这一项里没有读到数值,请核对", line, name)
        reading.indicators.append(
            Indicator(
                row=reading.row,
                level1=reading.level1,
                level2=level2,
                name=name,
                half=BLANK,
                full=BLANK,
                part=part,
                section=SECTION,
                reported=reported,
                line=line.number,
            )
        )


def _project(reading: _Reading) -> Project:
    fields = dict(reading.fields)
    name = fields.pop("项目名称", "")
    starts, _, ends = fields.pop("项目计划起止时间", "").partition("至")
    names = ("年初预算安排数", "预算调整额")
    funds = tuple(FundLine(one, reading.money[one], level) for level, one in enumerate(names) if one in reading.money)
    spent = reading.money.get("实际资金支出额")
    rates = {one: reading.money[one].shown for one in ("全口径预算调整率", "预算执行率") if one in reading.money}
    extra = {label: text for label, text in (*fields.items(), *rates.items()) if text}
    return Project(
        no=1,
        name=name,
        type=ProjectType.OTHER,
        unit=reading.unit,
        starts=starts.strip(),
        ends=ends.strip(),
        money_unit="元",
        texts=tuple(reading.texts.items()),
        extra=tuple(extra.items()),
        funds=funds,
        costs=(YearCost(reading.year or None, spent, "actual"),) if spent is not None else (),
        indicators=tuple(reading.indicators),
    )
