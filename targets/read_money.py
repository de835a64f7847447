"""The money block of the standard form, first half: 收入, the sources of funds."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.sheet import BLANK, Cell, CellKind, FlagKind, FundLine
from targets.cells import LOST, read_cell
from targets.read_flags import Flags
from targets.read_labels import FUNDS, money_head, money_label, money_unit, plain
from targets.read_lines import Line, Token

GRANT, SUBTOTAL = "财政拨款", "小计"


@dataclass(slots=True)
class MoneyTokens:
    """What stands in a line of the money block: labels of the block, heads of columns, everything else."""

    labels: list[str]
    heads: dict[str, int]
    rest: list[Token]
    unit: str | None


def sort_tokens(line: Line) -> MoneyTokens:
    """Takes a line apart; a text that is repeated because its cell is merged counts once."""
    found = MoneyTokens([], {}, [], None)
    last = ""
    for token in line.tokens:
        if token.text == last and not is_value(token.text):
            continue
        last = token.text
        if label := money_label(token.text):
            found.labels.append(label)
        elif head := money_head(token.text):
            found.heads.setdefault(head, token.column)
        else:
            found.rest.append(token)
            continue
        found.unit = money_unit(token.text) or found.unit
    return found


def is_value(text: str) -> bool:
    """True for what stands in a column of amounts: a figure, “无” or a lost value."""
    cell = read_cell(text)
    figure = cell.kind is CellKind.NUMBER and cell.operator is None and cell.unit in ("", "元", "万元", "亿元")
    return figure or cell.kind in (CellKind.NONE, CellKind.LOST)


def is_fund(text: str) -> bool:
    """True for the name of a source of funds as the form prints it."""
    return plain(text) in FUNDS


@dataclass(slots=True)
class _Fund:
    name: str
    level: int
    line: Line
    amount: Cell = BLANK
    head_stands_there: bool = False
    taken_from: Line | None = None


@dataclass(slots=True)
class Income:
    """Reads 收入 line by line; ``finish`` gives the funds and notes the flags."""

    no: int
    flags: Flags
    _funds: list[_Fund] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _open: bool = False

    @property
    def count(self) -> int:
        """How many sources have been read."""
        return len(self._funds)

    def label(self, label: str, line: Line) -> None:
        """A label of the block is printed here; after the rows it covers, that is noted."""
        if label not in self._seen and self._funds and label in ("项目资金", "收入", GRANT):
            self._flag_label(label, f"“{label}”印在它所属的行之后,已按表的固定结构归位", line)
        self._seen.add(label)

    def has(self, name: str) -> bool:
        """True where this source has been read already."""
        return any(plain(fund.name) == plain(name) for fund in self._funds)

    def read(self, line: Line, parts: MoneyTokens) -> None:
        """One line of the block."""
        rest = list(parts.rest)
        if rest and plain(rest[0].text) == GRANT and not (len(rest) > 1 and is_value(rest[1].text)):
            grant_seen = any(fund.name == SUBTOTAL for fund in self._funds)
            if grant_seen:
                self.label(GRANT, line)
            self._seen.add(GRANT)
            rest = rest[1:]
        if not rest:
            return
        if is_value(rest[0].text):
            self._lone_value(rest, line)
            return
        self._named(rest, parts, line)

    def _named(self, rest: list[Token], parts: MoneyTokens, line: Line) -> None:
        name = "".join(rest[0].text.split())
        fund = _Fund(name, FUNDS.get(plain(name), 1), line)
        self._funds.append(fund)
        self._open = True
        if len(rest) > 1:
            fund.amount = read_cell(rest[1].text)
            self._open = False
        elif parts.heads:
            fund.head_stands_there = True
        if len(rest) > 2:
            self._unsure(f"“{name}”一行有多个数,取了第一个,请核对", line, rest[2].text)

    def _lone_value(self, rest: list[Token], line: Line) -> None:
        """A figure without a name belongs to the source right above that has none; otherwise to nobody."""
        if self._open and len(rest) == 1:
            fund = self._funds[-1]
            fund.amount, fund.taken_from, fund.head_stands_there = read_cell(rest[0].text), line, False
            self._open = False
            return
        self._unsure("这一行只有金额,没有资金来源的名称,没有读入", line, " ".join(token.text for token in rest))

    def _unsure(self, message: str, line: Line, suggestion: str) -> None:
        self.flags.add(f"{self.no}/fund/{max(0, self.count - 1)}", FlagKind.UNSURE, message, line, suggestion)

    def _flag_label(self, label: str, message: str, line: Line | None) -> None:
        self.flags.add(f"{self.no}/fund/{max(0, self.count - 1)}", FlagKind.LABEL, message, line, label)

    def finish(self) -> tuple[FundLine, ...]:
        """The funds in the form's order."""
        if self._funds and self._seen:
            for label in ("项目资金", "收入"):
                if label not in self._seen:
                    self._flag_label(label, f"“{label}”没有印出,已按表的固定结构归位", self._funds[0].line)
        return tuple(self._line_of(index, fund) for index, fund in enumerate(self._funds))

    def _line_of(self, index: int, fund: _Fund) -> FundLine:
        place = f"{self.no}/fund/{index}"
        name = GRANT if fund.name == SUBTOTAL and GRANT in self._seen else fund.name
        amount = LOST if fund.head_stands_there else fund.amount
        if fund.taken_from is not None:
            message = f"“{name}”的金额取自第 {fund.taken_from.number} 行:原文错开了行"
            self.flags.add(place, FlagKind.SHIFTED, message, fund.taken_from, amount.shown)
        if fund.head_stands_there:
            message = f"“{name}”的金额位置上印的是列名,金额已缺失,请对照原件填写"
            self.flags.add(place, FlagKind.LOST, message, fund.line, self._parts_of(fund))
        elif amount.kind is CellKind.GRADE:
            self.flags.add(place, FlagKind.UNSURE, f"“{name}”的金额不是数字,请核对", fund.line, amount.text)
        else:
            self.flags.doubts(place, amount, fund.line)
        return FundLine(name, amount, fund.level)

    def _parts_of(self, fund: _Fund) -> str:
        """For a lost total, what its parts add up to; a suggestion only."""
        if fund.level != 0:
            return ""
        parts = [one.amount for one in self._funds if one.level == 1]
        numbers = [cell.number for cell in parts if cell.number is not None]
        return format(sum(numbers[1:], numbers[0]), "f") if numbers else ""
