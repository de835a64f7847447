"""Reads the standard form (江宁, 苏州 and the product's own): line by line, one project after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi.sheet import FlagKind, Project, Sheet
from targets.errors import SheetError
from targets.read_flags import Flags
from targets.read_labels import (
    TITLE,
    YEAR,
    field_of,
    money_head,
    money_label,
    plain,
    text_label,
)
from targets.read_lines import Line, Token
from targets.read_money import is_fund, sort_tokens
from targets.read_project import ProjectReader
from targets.read_rows import is_head

MAX_PROJECTS = 200
MAX_INDICATORS = 5_000
_BEGINS = ("name", "type", "starts", "unit")
"""Fields that stand at the top of a project only."""


@dataclass(slots=True)
class StandardReader:
    """Walks through the lines; ``sheet`` gives what was found."""

    flags: Flags
    _projects: list[ProjectReader] = field(default_factory=list)
    _title: str = ""
    _year: int = 0
    _unit: str = ""

    def read(self, lines: Sequence[Line]) -> Sheet:
        """All lines as one sheet. Raises SheetError where no project is found or there are too many."""
        for line in lines:
            self._line(line)
            if len(self._projects) > MAX_PROJECTS:
                raise SheetError(f"文件里的项目超过 {MAX_PROJECTS} 个,不像一份申报表。请拆成几个文件后分别导入。")
        projects = tuple(reader.finish() for reader in self._projects)
        check_counts(projects)
        return self._sheet(projects)

    def _sheet(self, projects: tuple[Project, ...]) -> Sheet:
        unit = self._unit or next((project.unit for project in projects if project.unit), "")
        if not self._year:
            self.flags.add("sheet/year", FlagKind.UNSURE, "没有找到年度,请填写")
        if not unit:
            self.flags.add("sheet/unit", FlagKind.UNSURE, "没有找到单位名称,请填写")
        return Sheet(
            unit, self._year, self._title or "项目绩效目标申报表", "standard", projects, tuple(self.flags.found)
        )

    def _line(self, line: Line) -> None:
        tokens = line.tokens
        if not tokens:
            return
        reader = self._projects[-1] if self._projects else None
        if len(tokens) == 1 and self._heading(tokens[0], reader):
            return
        if self._begins(tokens, reader):
            reader = self._new_project()
        if is_head(line):
            (reader or self._new_project()).table_head(line)
        elif reader is not None:
            self._into(reader, line, tokens)
        elif field_of(tokens[0].text) == "year":
            found = YEAR.search(tokens[-1].text)
            self._year = self._year or (int(found[0]) if found else 0)
        elif len(tokens) > 1 or line.masked:
            kind = FlagKind.MASKED if line.masked else FlagKind.NOISE
            self.flags.add("sheet/head", kind, "表头之前的这一行不属于任何一栏,没有读入", line)

    @staticmethod
    def _begins(tokens: list[Token], reader: ProjectReader | None) -> bool:
        """True where a line can only belong to a new project, its name printed or not."""
        what = field_of(tokens[0].text)
        if reader is None:
            return bool(what not in (None, "year") or text_label(tokens[0].text) or _is_money(tokens))
        if what == "name":
            return reader.started
        return reader.in_table and (what in _BEGINS or (_is_money(tokens) and reader.in_money))

    def _heading(self, token: Token, reader: ProjectReader | None) -> bool:
        """A line with one text: the title, the year, or “申报单位：…”; a title also ends the project before it."""
        text = "".join(token.text.split())
        if TITLE.fullmatch(text) and not text_label(text):
            self._title = self._title or text
            if reader is not None and reader.in_table:
                self._new_project()
            return True
        found = YEAR.search(text)
        if found and plain(text).strip("()") in (found[0], f"{found[0]}年", f"{found[0]}年度"):
            self._year = self._year or int(found[0])
            return True
        label, colon, value = token.text.replace("：", ":").partition(":")
        if colon and field_of(label) == "unit":
            self._unit = self._unit or value.strip()
            return True
        return False

    def _new_project(self) -> ProjectReader:
        """The next project; one that a title announced and nothing has been read for is taken first."""
        if self._projects and not self._projects[-1].started:
            return self._projects[-1]
        self._projects.append(ProjectReader(len(self._projects) + 1, self.flags))
        return self._projects[-1]

    def _into(self, reader: ProjectReader, line: Line, tokens: list[Token]) -> None:
        """Hands a line to the part of the project it belongs to."""
        reader.note_masked(line)
        if _is_money(tokens):
            reader.money(line, sort_tokens(line))
        elif reader.in_table:
            goal = text_label(tokens[0].text)
            if goal and goal != "绩效目标" and len(tokens) <= 2:
                reader.head(line)
            else:
                reader.table_line(line)
        elif field_of(tokens[0].text) or text_label(tokens[0].text) or not reader.in_money:
            year = reader.head(line)
            self._year = self._year or year
        else:
            reader.money(line, sort_tokens(line))


def _is_money(tokens: list[Token]) -> bool:
    """True for a line that only the money block has."""
    return any(money_label(one.text) or money_head(one.text) for one in tokens[:4]) or is_fund(tokens[0].text)


def check_counts(projects: Sequence[Project]) -> None:
    """Raises SheetError where there is nothing to read, or far more than a set of forms holds."""
    count = sum(len(project.indicators) for project in projects)
    if count > MAX_INDICATORS:
        raise SheetError(f"文件里有 {count} 项指标,超过 {MAX_INDICATORS} 项。请拆成几个文件后分别导入。")
    if not any(project.indicators or project.expenses or project.name for project in projects):
        raise SheetError(
            "没有找到绩效目标申报表:缺少“项目名称”一行和“一级指标、二级指标、三级指标”的表头。"
            "请核对文件,或下载模板填写后再导入。"
        )
