"""The money block of the standard form, second half: 支出, the lines of expenditure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kpi.sheet import BLANK, Cell, CellKind, ExpenseLine, FlagKind
from targets.cells import LOST, one_line, read_cell
from targets.read_flags import Flags
from targets.read_lines import Line, Token
from targets.read_money import MoneyTokens, is_value

HALF, FULL = "half", "full"
_WORDS = {HALF: "半年计划执行数", FULL: "全年预算数"}


@dataclass(slots=True)
class _Spend:
    """A line being read. ``cells``: what is known by column; ``heads``: columns where a head stands in its place."""

    name: str
    line: Line
    cells: dict[str, Cell] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)
    single: Token | None = None
    taken_from: dict[str, Line] = field(default_factory=dict)


@dataclass(slots=True)
class Spending:
    """Reads 支出 line by line; ``finish`` gives the lines of expenditure and notes the flags."""

    no: int
    flags: Flags
    _spends: list[_Spend] = field(default_factory=list)
    _columns: dict[int, Counter[tuple[int, int]]] = field(default_factory=dict)
    _head_columns: dict[int, dict[str, int]] = field(default_factory=dict)
    _label_seen: bool = False

    def label(self, line: Line) -> None:
        """“支出” is printed here."""
        if not self._label_seen and self._spends:
            message = "“支出”印在它所属的行之后,已按表的固定结构归位"
            self.flags.add(f"{self.no}/expense/{len(self._spends) - 1}", FlagKind.LABEL, message, line, "支出")
        self._label_seen = True

    def read(self, line: Line, parts: MoneyTokens) -> None:
        """One line of the block."""
        rest = parts.rest
        if not rest:
            self._head_columns.setdefault(line.segment, {}).update(parts.heads)
            return
        if is_value(rest[0].text):
            self._without_name(rest, parts, line)
            return
        spend = _Spend(one_line(rest[0].text), line)
        self._spends.append(spend)
        values = rest[1:]
        if len(values) >= 2:
            self._both(spend, values, line)
        elif values:
            self._one(spend, values[0], parts)
        else:
            spend.heads = set(parts.heads)

    def _both(self, spend: _Spend, values: list[Token], line: Line) -> None:
        spend.cells = {HALF: read_cell(values[0].text), FULL: read_cell(values[1].text)}
        self._columns.setdefault(line.segment, Counter())[values[0].column, values[1].column] += 1
        if len(values) > 2:
            self._unsure(f"“{spend.name}”一行有多个数,取了前两个,请核对", line, values[2].text)

    def _one(self, spend: _Spend, value: Token, parts: MoneyTokens) -> None:
        """One figure: where a head stands in the place of the other, it is known which one this is."""
        if FULL in parts.heads and value.column < parts.heads[FULL]:
            spend.cells[HALF], spend.heads = read_cell(value.text), {FULL}
        elif HALF in parts.heads and value.column > parts.heads[HALF]:
            spend.cells[FULL], spend.heads = read_cell(value.text), {HALF}
        else:
            spend.single = value

    def _without_name(self, rest: list[Token], parts: MoneyTokens, line: Line) -> None:
        """Figures without a name belong to the line right above where it lacks just these."""
        spend = self._spends[-1] if self._spends else None
        if spend is not None:
            owed = [column for column in (HALF, FULL) if column not in spend.cells]
            named = [column for column in parts.heads if column in owed]
            if len(rest) == 1 and len(parts.heads) == 1 and named:
                return self._take(spend, named[0], rest[0], line)
            if spend.single is None and not parts.heads and len(rest) == len(owed):
                for column, token in zip(owed, rest, strict=True):
                    self._take(spend, column, token, line)
                return None
        text = " ".join(token.text for token in rest)
        return self._unsure("这一行只有金额,没有支出项目的名称,没有读入", line, text)

    def _take(self, spend: _Spend, column: str, token: Token, line: Line) -> None:
        spend.cells[column] = read_cell(token.text)
        spend.heads.discard(column)
        spend.taken_from[column] = line

    def _unsure(self, message: str, line: Line, suggestion: str) -> None:
        self.flags.add(f"{self.no}/expense/{max(0, len(self._spends) - 1)}", FlagKind.UNSURE, message, line, suggestion)

    def finish(self, total: str) -> tuple[ExpenseLine, ...]:
        """The lines in the form's order. ``total``: 资金总额, suggested where the only line lost its amount."""
        return tuple(self._line_of(index, spend, total) for index, spend in enumerate(self._spends))

    def _line_of(self, index: int, spend: _Spend, total: str) -> ExpenseLine:
        place = f"{self.no}/expense/{index}"
        if spend.single is not None:
            self._place_single(place, spend, spend.single)
        cells = {}
        for column in (HALF, FULL):
            lost = column in spend.heads
            cells[column] = LOST if lost else spend.cells.get(column, BLANK)
            if lost:
                message = f"“{spend.name}”的{_WORDS[column]}位置上印的是列名,金额已缺失,请对照原件填写"
                hint = total if column == FULL and len(self._spends) == 1 else ""
                self.flags.add(f"{place}/{column}", FlagKind.LOST, message, spend.line, hint)
            elif column in spend.taken_from:
                source = spend.taken_from[column]
                message = f"“{spend.name}”的{_WORDS[column]}取自第 {source.number} 行:原文错开了行"
                self.flags.add(f"{place}/{column}", FlagKind.SHIFTED, message, source, cells[column].shown)
            elif cells[column].kind is CellKind.GRADE:
                message = f"“{spend.name}”的{_WORDS[column]}不是数字,请核对"
                self.flags.add(f"{place}/{column}", FlagKind.UNSURE, message, spend.line, cells[column].text)
            else:
                self.flags.doubts(f"{place}/{column}", cells[column], spend.line)
        return ExpenseLine(spend.name, cells[HALF], cells[FULL])

    def _place_single(self, place: str, spend: _Spend, value: Token) -> None:
        """Decides by its column whether a lone figure is the half-year or the full-year one; never by its size."""
        seen = self._columns.get(spend.line.segment)
        heads = self._head_columns.get(spend.line.segment, {})
        columns = seen.most_common(1)[0][0] if seen else (heads.get(HALF, -1), heads.get(FULL, -1))
        for column, at in zip((HALF, FULL), columns, strict=True):
            if value.column == at and column not in spend.cells:
                spend.cells[column] = read_cell(value.text)
                return
        message = f"“{spend.name}”只有一个金额,看不出是半年还是全年,没有读入"
        for column in (HALF, FULL):
            if column not in spend.cells:
                spend.cells[column] = LOST
                self.flags.add(f"{place}/{column}", FlagKind.LOST, message, spend.line, value.text)
