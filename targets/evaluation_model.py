"""A self-evaluation as plain data: what 绩效自评表 and 绩效自评报告 print, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from kpi.pace_model import Pace, ProgressRow
from kpi.periods import Period
from kpi.scoring import RowScore, Score
from kpi.sheet import Cell, Project, Sheet
from kpi.status import Status

PERIOD_NAMES: Mapping[str, str] = MappingProxyType({"half": "上半年", "full": "全年"})
"""The period of an evaluation as people call it."""

ASK_REASON = "【请填写偏差原因】"
ASK_TEXT = "【请填写】"


@dataclass(frozen=True, slots=True)
class TextField:
    """A text that a person writes: its ``key`` in the stored texts and what it is called. ``needed``: asked for."""

    key: str
    title: str
    needed: bool = True


REPORT_TEXTS = (
    TextField("unit", "一、单位概况"),
    TextField("conclusion", "二、评价结论", needed=False),
    TextField("achievements", "三、履职成效"),
    TextField("problems", "四、存在问题及原因分析"),
    TextField("advice", "五、有关建议"),
    TextField("other", "六、其他需说明的情况", needed=False),
)
"""The six sections of 绩效自评报告; each keeps the person's own text."""

FORM_TEXTS = (
    TextField("form_achievements", "主要成效"),
    TextField("form_problems", "存在问题"),
    TextField("form_advice", "改进建议"),
)
"""自评结论 of 绩效自评表. Where one is empty, the report's section of the same name stands in."""


def goal_key(project: int) -> str:
    """The key of the text that says how far a project's goal of the year was reached."""
    return f"goal/{project}"


@dataclass(frozen=True, slots=True)
class Origin:
    """How a figure came about: the formula in force and the sources with their runs, as texts."""

    formula: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """A figure the report states (来电量, 接通率 …) in ``period``, beside the same days a year before.

    A percentage is a fraction. ``value`` None with ``reason``; ``last_year`` None with ``last_year_reason``.
    ``monthly``/``monthly_last_year``: by first day of the month. ``target`` is the level it is held against, if any.
    ``printed_change``: a growth in percent that a document states without the figure behind it.
    """

    name: str
    unit: str
    value: float | None
    period: Period
    reason: str = ""
    last_year: float | None = None
    last_year_reason: str = ""
    group: str = ""
    numerator: float | None = None
    denominator: float | None = None
    days_with_data: int = 0
    days_passed: int = 0
    origin: Origin = Origin()
    monthly: tuple[tuple[date, float | None], ...] = ()
    monthly_last_year: tuple[tuple[date, float | None], ...] = ()
    target: Cell | None = None
    printed_change: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of 数据来源与口径: how a figure of the documents came about. ``no`` is what the figure's note says."""

    no: int
    name: str
    shown: str
    formula: str
    numerator: str
    denominator: str
    period: str
    coverage: str
    sources: str


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One indicator of 绩效自评表, its cells as text. ``reason`` is the person's text, or the mark that asks for it
    (``asked``). ``why`` says why it is asked. ``trace`` is 0 where there is no figure to follow."""

    key: str
    level1: str
    level2: str
    name: str
    target: str
    value: str
    completion: str
    weight: str
    score: str
    reason: str
    why: str
    asked: bool
    lost: bool
    status: Status
    trace: int
    last_year: str
    change: str
    pace: Pace
    row: ProgressRow
    share: float | None = None


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One expenditure line: its full-year budget, half-year plan, what was spent and the share of the budget."""

    name: str
    full: Cell
    half: Cell
    spent: str
    rate: str
    score: str = ""
    trace: int = 0
    total: bool = False


@dataclass(frozen=True, slots=True)
class EvaluationProject:
    """One project: its rows and money. ``goal_done`` is the person's text on the goal, or the mark that asks."""

    project: Project
    goal: str
    goal_done: str
    goal_asked: bool
    money: tuple[MoneyLine, ...]
    rows: tuple[EvaluationRow, ...]
    weight: str = ""
    score: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure of the report as text: the sentence part, its change, and the number of its trace."""

    figure: ReportFigure
    shown: str
    last_year: str
    change: str
    trace: int


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Something only a person can answer. ``kind``: reason | value | text | lost | goal. ``place`` is the row's key,
    or the text's."""

    place: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row of the scoring form with what the person wrote beside it."""

    scored: RowScore
    value: str
    remark: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything both documents print. ``span`` is the period judged, ``as_of`` the last day that counts in it."""

    sheet: Sheet
    period: str
    span: Period
    as_of: date
    generated_at: datetime
    projects: tuple[EvaluationProject, ...]
    statements: tuple[Statement, ...]
    traces: tuple[Trace, ...]
    open_questions: tuple[OpenQuestion, ...]
    texts: Mapping[str, str]
    score: Score | None = None
    scored_rows: tuple[ScoredRow, ...] = ()
    counts: tuple[tuple[Status, int], ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def period_name(self) -> str:
        """“上半年” or “全年”."""
        return PERIOD_NAMES[self.period]

    @property
    def total(self) -> str:
        """The total score as text, “—” while rows are missing."""
        return "—" if self.score is None or self.score.total is None else f"{self.score.total:.2f}"

    @property
    def grade(self) -> str:
        """The grade, “—” where there is none yet."""
        return (self.score.grade if self.score is not None else None) or "—"

    def text(self, key: str) -> str:
        """What a person wrote, '' where nothing."""
        return self.texts.get(key, "").strip()

    def form_text(self, key: str) -> str:
        """A text of 自评结论, or the report's section of the same name."""
        return self.text(key) or self.text(key.removeprefix("form_"))
