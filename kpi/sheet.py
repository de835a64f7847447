"""The performance contract (绩效目标申报表) as data: sheets, projects, money lines, indicators and their cells.

Nothing here reads or computes. A **sheet** is one document of one unit for one year; it holds one or more projects.
Texts are kept as printed, numbers as exact decimals in the unit printed beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpi.status import OPERATOR_SIGNS, Operator

STRICT_SIGNS = {Operator.AT_LEAST: ">", Operator.AT_MOST: "<", Operator.EQUAL: "="}


class CellKind(StrEnum):
    """What stands in a cell. BLANK (nothing printed), NONE (“无”), the number 0 and LOST are four things."""

    NUMBER = "number"  # with or without operator and unit
    GRADE = "grade"  # a judgement: 充分, 提升, 质量高
    DATE = "date"  # a point in time: 当年12月底之前完成
    SCHEDULE = "schedule"  # in step with time: 序时进度
    BLANK = "blank"
    NONE = "none"
    LOST = "lost"  # the document had something here that can't be read any more; never guessed


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``number`` as printed: 96 with unit “%” for 96 %. ``operator`` None where none is printed.

    ``strict``: “>” or “<” is printed, so the bound itself does not meet it.
    """

    kind: CellKind
    text: str = ""
    operator: Operator | None = None
    number: Decimal | None = None
    unit: str = ""
    strict: bool = False

    @property
    def fraction(self) -> float | None:
        """The number as the KPIs have it: 0.96 for 96 %, other units unchanged; None where there is no number."""
        if self.number is None:
            return None
        return float(self.number / 100 if self.unit == "%" else self.number)

    @property
    def is_number(self) -> bool:
        """True where a figure can be held against the cell."""
        return self.kind is CellKind.NUMBER and self.number is not None

    @property
    def shown(self) -> str:
        """The cell as the form writes it: “≥60件/坐席/天”, “充分”, “” for a blank, “〔缺失〕” for a lost one."""
        if self.kind is CellKind.LOST:
            return "〔缺失〕"
        if self.number is None:
            return self.text
        return f"{self.sign}{format(self.number, 'f')}{self.unit}"

    @property
    def sign(self) -> str:
        """The operator as it is written: “≥”, “<” for a bound that does not hold itself; '' without one."""
        if self.operator is None:
            return ""
        return (STRICT_SIGNS if self.strict else OPERATOR_SIGNS)[self.operator]


BLANK = Cell(CellKind.BLANK)


class ProjectType(StrEnum):
    """项目类型; the value is the text shown. OTHER keeps the printed words in ``Project.extra``."""

    RECURRING = "常年安排项目"
    NEW = "新增项目"
    CARRIED_OVER = "结转项目"
    ONE_OFF = "一次性项目"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class FundLine:
    """收入: one source of funds. ``level`` 0 is 资金总额, 1 its parts, 2 the parts of 财政拨款."""

    name: str
    amount: Cell
    level: int = 1


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """支出: one line of expenditure, with the half-year plan (半年计划执行数) and the full-year budget (全年预算数)."""

    name: str
    half: Cell
    full: Cell


@dataclass(frozen=True, slots=True)
class YearCost:
    """年度费用: what a year cost or is expected to cost, or a ceiling over several years (``kind``).

    ``kind``: actual | expected | ceiling_year | ceiling_total | budget_last_year | spent_last_year.
    """

    year: int | None
    amount: Cell
    kind: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure of the form: 一级/二级/三级指标 with its half-year and full-year target.

    ``row`` is the row of the form it stands in (1…, in the form's order), ``part`` its place in a cell that holds
    several measures (1…). ``reported`` is what the form itself prints as achieved (自评 forms). ``section`` tells
    apart two lists of one form (年度绩效目标, 分解目标, 单位自评表); '' where there is one list.
    ``line`` is the line (or sheet row) of the source where it stands, from 1; None for one typed in.
    """

    row: int
    level1: str
    level2: str
    name: str
    half: Cell
    full: Cell
    part: int = 1
    section: str = ""
    reported: Cell | None = None
    weight: Decimal | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """One project (项目) of a sheet. ``money_unit`` is 万元 or 元, for every amount of it.

    ``texts`` holds the long fields by the form's label (项目概述, 中长期目标, 年度绩效目标 …), ``extra`` the short ones
    (主管部门, 项目级次, 资金用途 …). ``starts``/``ends`` as printed (2023年, 2019-1-1).
    """

    no: int
    name: str
    type: ProjectType
    unit: str = ""
    starts: str = ""
    ends: str = ""
    money_unit: str = "万元"
    texts: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    funds: tuple[FundLine, ...] = ()
    expenses: tuple[ExpenseLine, ...] = ()
    costs: tuple[YearCost, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    def text(self, label: str) -> str:
        """A long field, '' where the form has none."""
        return dict(self.texts).get(label, "")


class FlagKind(StrEnum):
    """Why a person has to look at something the reader did."""

    LOST = "lost"  # a value that can't be had from the document
    SHIFTED = "shifted"  # a value taken from a neighbouring row or column
    LABEL = "label"  # a label put back (missing after a page break, printed late, misread)
    NOISE = "noise"  # text that belongs to nothing and was left out
    SPLIT = "split"  # several measures in one cell
    UNSURE = "unsure"  # read, but another reading is possible
    MASKED = "masked"  # a name or number of a person was taken out


@dataclass(frozen=True, slots=True)
class Flag:
    """Something for the review page. ``place`` is where in the sheet, e.g. “3/expense/1/full”, “2/indicator/14/half”,
    “5/fund/0”, “1/text/项目概述”. ``line``/``source``: the source line and its text. ``suggestion`` is a reading a
    person may confirm; it is never used by itself."""

    place: str
    kind: FlagKind
    message: str
    line: int | None = None
    source: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure that a report states in words. ``change`` is a year-on-year growth as printed (10.96 for 10.96 %)."""

    name: str
    value: Decimal
    unit: str
    change: Decimal | None = None
    line: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document. ``form`` names its layout: standard (江宁, 苏州), shanghai, zhongshan, report.

    ``statistics`` and ``sections`` are of a report (自评报告): the figures it states, its texts by heading.
    ``score_form`` is the scoring part of a self-evaluation form as plain data (see ``kpi.scoring``), None without one.
    """

    unit: str
    year: int
    title: str
    form: str
    projects: tuple[Project, ...]
    flags: tuple[Flag, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    score_form: object | None = None

    def indicators(self) -> Iterator[tuple[Project, Indicator, str]]:
        """Every indicator with its project and its key."""
        for project in self.projects:
            for indicator, key in zip(project.indicators, indicator_keys(project), strict=True):
                yield project, indicator, key


def indicator_keys(project: Project) -> tuple[str, ...]:
    """A short key for each indicator, the same in every revision as long as its project and names stay.

    Made of the project's and the indicator's names; where those occur twice, also of which one it is.
    """
    return tuple(_keys((project.name, i.section, i.level1, i.level2, i.name) for i in project.indicators))


def _keys(names: Iterable[tuple[str, ...]]) -> Iterator[str]:
    seen: dict[tuple[str, ...], int] = {}
    for name in names:
        plain = tuple("".join(part.split()) for part in name)
        seen[plain] = seen.get(plain, 0) + 1
        text = "\n".join([*plain, str(seen[plain])])
        yield hashlib.sha256(text.encode()).hexdigest()[:10]
