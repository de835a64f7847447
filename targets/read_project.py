"""One project of the standard form while it is read: its head, its money, its table of indicators."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.sheet import CellKind, FlagKind, Indicator, Project, ProjectType
from targets.cells import one_line, read_cell
from targets.read_costs import read_costs
from targets.read_flags import Flags
from targets.read_html import TICKED, UNTICKED
from targets.read_labels import YEAR, field_of, plain, text_label
from targets.read_levels import Levels, put_back
from targets.read_lines import Line, Token
from targets.read_money import Income, MoneyTokens, is_fund
from targets.read_rows import Row, read_rows
from targets.read_spending import Spending
from targets.read_split import figures_in, name_and_figure, same_parts


def project_type(text: str) -> ProjectType | None:
    """项目类型 by its words; None where no known word stands there."""
    for key, kind in (
        ("常年", ProjectType.RECURRING),
        ("经常性", ProjectType.RECURRING),
        ("新增", ProjectType.NEW),
        ("结转", ProjectType.CARRIED_OVER),
        ("一次性", ProjectType.ONE_OFF),
    ):
        if key in text:
            return kind
    return ProjectType.OTHER if "其他" in text else None


def ticked(text: str) -> list[str] | None:
    """The ticked choices of “甲 ☑ 乙 □” (box behind) or “☑甲 □乙” (box in front); None without boxes."""
    plain_text = one_line(text).replace("√", TICKED).replace("☒", TICKED).replace("■", TICKED).replace("☐", UNTICKED)
    if TICKED not in plain_text and UNTICKED not in plain_text:
        return None
    pieces = [piece for piece in _pieces(plain_text) if piece]
    behind = pieces[0] not in (TICKED, UNTICKED)
    pairs = zip(pieces[0::2], pieces[1::2], strict=False)
    return [(word if behind else box) for word, box in pairs if (box if behind else word) == TICKED]


def _pieces(text: str) -> list[str]:
    for box in (TICKED, UNTICKED):
        text = text.replace(box, f"\n{box}\n")
    return [piece.strip() for piece in text.split("\n")]


@dataclass(slots=True)
class ProjectReader:
    """Takes the lines of one project, then gives the project."""

    no: int
    flags: Flags
    started: bool = False
    in_money: bool = False
    in_table: bool = False
    _name: str | None = None
    _type: str = ""
    _values: dict[str, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _extra: dict[str, str] = field(default_factory=dict)
    _open_text: str = ""
    _unit: str = ""
    _spending_begun: bool = False
    _income: Income = field(init=False)
    _spending: Spending = field(init=False)
    _heads: list[Line] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._income = Income(self.no, self.flags)
        self._spending = Spending(self.no, self.flags)

    def head(self, line: Line) -> int:
        """A line of labels and values; returns the year where it names one, else 0."""
        self.started = True
        tokens = line.tokens
        label = text_label(tokens[0].text)
        if label:
            value = "\n".join(dict.fromkeys(token.text for token in tokens[1:]))
            self._texts[label] = "\n".join(part for part in (self._texts.get(label, ""), value) if part)
            self._open_text = label
            return 0
        if len(tokens) == 1 and self._open_text and not field_of(tokens[0].text):
            self._texts[self._open_text] += "\n" + tokens[0].text  # the cell went on in another line
            return 0
        self._open_text = ""
        return self._pairs(tokens, line)

    def _pairs(self, tokens: list[Token], line: Line) -> int:
        year = 0
        index = 0
        while index < len(tokens):
            label = tokens[index].text
            what = field_of(label)
            value = tokens[index + 1].text if index + 1 < len(tokens) else ""
            if not value or field_of(value) or (what is None and len(plain(label)) > 24):
                if what is None and not value and index == 0:
                    message = f"“{one_line(label)[:40]}”不属于表的任何一栏,没有读入"
                    self.flags.add(f"{self.no}/text/{plain(label)[:20]}", FlagKind.NOISE, message, line)
                elif what == "name":
                    self._name = self._name or ""
                index += 1
                continue
            while index + 2 < len(tokens) and tokens[index + 2].text == value:
                index += 1  # the same text again: a merged cell
            year = self._put(label, what, one_line(value), line) or year
            index += 2
        return year

    def _put(self, label: str, what: str | None, value: str, line: Line) -> int:
        if what == "name":
            self._name = value
        elif what == "type":
            self._set_type(value, line)
        elif what == "year":
            found = YEAR.search(value)
            return int(found[0]) if found else 0
        elif what in ("unit", "starts", "ends") and what not in self._values:
            self._values[what] = value
        else:
            self._extra["".join(label.split())] = value
        return 0

    def _set_type(self, value: str, line: Line) -> None:
        chosen = ticked(value)
        self._type = "、".join(chosen) if chosen is not None else value
        if project_type(self._type) is None or (chosen is not None and len(chosen) != 1):
            message = f"项目类型“{value[:40]}”看不出是哪一种,请选择"
            self.flags.add(f"{self.no}/text/项目类型", FlagKind.UNSURE, message, line, self._type)

    def money(self, line: Line, parts: MoneyTokens) -> None:
        """A line of 项目资金."""
        self.started = self.in_money = True
        self._unit = parts.unit or self._unit
        for label in parts.labels:
            if label == "支出":
                self._spending.label(line)
            else:
                self._income.label(label, line)
        fund = bool(parts.rest) and is_fund(parts.rest[0].text) and not self._income.has(parts.rest[0].text)
        if not fund and ("half" in parts.heads or "支出" in parts.labels):
            self._spending_begun = True
        if fund or not self._spending_begun:
            self._income.read(line, parts)
        else:
            self._spending.read(line, parts)

    def table_head(self, line: Line) -> None:
        """The heads of the indicator table; printed again on a new page."""
        self.started = self.in_table = True
        self._heads.append(line)

    def table_line(self, line: Line) -> None:
        """A line of the indicator table."""
        self._lines.append(line)

    def note_masked(self, line: Line) -> None:
        """Says on the review page that something of a person was here."""
        for column in sorted(line.masked):
            labels = [token.text for token in line.tokens if token.column < column]
            place = f"{self.no}/text/{''.join(labels[-1].split())[:20] if labels else ''}"
            message = "此处的姓名、电话已遮盖,不会保存"
            self.flags.add(place, FlagKind.MASKED, message, line)

    def finish(self) -> Project:
        """The project; its flags are noted."""
        funds = self._income.finish()
        total = next((fund.amount.shown for fund in funds if fund.amount.kind is not CellKind.LOST), "")
        expenses = self._spending.finish(total)
        if self._name is None:
            self.flags.add(f"{self.no}/text/项目名称", FlagKind.LOST, "没有找到项目名称,请填写")
        elif not self._name:
            self.flags.add(f"{self.no}/text/项目名称", FlagKind.UNSURE, "项目名称是空的,请填写")
        if not self._type:
            message = "项目类型没有填写,按“其他”读入,请选择"
            self.flags.add(f"{self.no}/text/项目类型", FlagKind.UNSURE, message)
        kind = project_type(self._type) or ProjectType.OTHER
        extra = dict(self._extra)
        if self._type and (kind is ProjectType.OTHER or self._type not in set(ProjectType)):
            extra["项目类型"] = self._type
        texts = tuple(self._texts.items())
        return Project(
            no=self.no,
            name=self._name or "",
            type=kind,
            unit=self._values.get("unit", ""),
            starts=self._values.get("starts", ""),
            ends=self._values.get("ends", ""),
            money_unit=self._unit or "万元",
            texts=texts,
            extra=tuple(extra.items()),
            funds=funds,
            expenses=expenses,
            costs=read_costs(texts, self._unit or "万元"),
            indicators=self._indicators(),
        )

    def _indicators(self) -> tuple[Indicator, ...]:
        rows = read_rows(self._lines, self._heads)
        places: list[str] = []
        number = 0
        for row in rows:
            number += not row.empty
            places.append("" if row.empty else f"{self.no}/indicator/{number}")
        levels = put_back(rows, places, self.flags)
        found: list[Indicator] = []
        for row, place, level in zip(rows, places, levels, strict=True):
            if place:
                found += self._row(row, place, level)
            elif row.noise:
                message = f"“{one_line(row.noise)[:40]}”不属于表的任何一栏,没有读入"
                self.flags.add(f"{self.no}/indicator", FlagKind.NOISE, message, row.line)
        return tuple(found)

    def _row(self, row: Row, place: str, level: Levels) -> list[Indicator]:
        parts = same_parts(row.name, row.half, row.full)
        if parts:
            message = f"一格里有 {len(parts)} 项指标,已拆开"
            self.flags.add(place, FlagKind.SPLIT, message, row.line)
        if row.name_lost:
            self.flags.add(f"{place}/name", FlagKind.LOST, "这一行只有指标值,三级指标名称已缺失,请填写", row.line)
        found = []
        for part, (name, half, full) in enumerate(parts or [(row.name, row.half, row.full)], start=1):
            here = f"{place}.{part}" if parts else place
            one = Indicator(
                row=int(place.rsplit("/", 1)[1]),
                level1=level.level1,
                level2=level.level2,
                name=one_line(name),
                half=read_cell(half),
                full=read_cell(full),
                part=part,
                line=row.line.number,
            )
            found.append(one)
            self._doubts(row, one, here)
        return found

    def _doubts(self, row: Row, one: Indicator, place: str) -> None:
        for column, cell in (("half", one.half), ("full", one.full)):
            if cell.kind is CellKind.LOST and row.why:
                self.flags.add(f"{place}/{column}", FlagKind.LOST, row.why, row.line, row.suggestion)
            elif (
                cell.kind is CellKind.GRADE and ";" in (figures := figures_in(cell.text)) and name_and_figure(cell.text)
            ):
                message = "一格里有多个数值,按文字读入,请核对是否要拆成几项"
                self.flags.add(f"{place}/{column}", FlagKind.SPLIT, message, row.line, figures)
            else:
                self.flags.doubts(f"{place}/{column}", cell, row.line)
