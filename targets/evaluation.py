"""The self-evaluation of a sheet: everything 绩效自评表 and 绩效自评报告 print, built from data and people's texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime

from kpi.pace_model import Pace, Progress, ProgressRow
from kpi.periods import Period
from kpi.scoring import RowInput, Score
from kpi.sheet import CellKind, Project, Sheet, Statistic
from kpi.status import Status
from targets.evaluation_model import (
    ASK_TEXT,
    FORM_TEXTS,
    PERIOD_NAMES,
    REPORT_TEXTS,
    Evaluation,
    EvaluationProject,
    EvaluationRow,
    OpenQuestion,
    Origin,
    ReportFigure,
    ScoredRow,
    Statement,
    TextField,
    Trace,
    goal_key,
)
from targets.evaluation_money import money_lines
from targets.evaluation_rows import evaluation_row, inputs_of, no_value
from targets.evaluation_traces import Ledger
from targets.figure_text import DASH, MINUS, change, day, figure

__all__ = [
    "ASK_TEXT",
    "FORM_TEXTS",
    "PERIOD_NAMES",
    "REPORT_TEXTS",
    "Evaluation",
    "EvaluationProject",
    "EvaluationRow",
    "OpenQuestion",
    "Origin",
    "ReportFigure",
    "Statement",
    "TextField",
    "Trace",
    "build_evaluation",
    "goal_key",
]

GOALS = ("年度绩效目标", "绩效目标", "年度目标", "年度实施周期目标", "项目总目标", "中长期目标")
"""What forms call the goal that the year is judged by, the most telling first."""
_UNTARGETED = (CellKind.BLANK, CellKind.NONE)
_ORDER = tuple(Status)


def build_evaluation(
    progress: Progress,
    sheet: Sheet,
    score: Score | None,
    inputs: Mapping[str, RowInput],
    texts: Mapping[str, str],
    period: str,
    statistics: Sequence[ReportFigure | Statistic],
    generated_at: datetime,
    *,
    origins: Mapping[str, Origin] | None = None,
) -> Evaluation:
    """The self-evaluation of a period (``half`` or ``full``).

    ``inputs`` and ``origins`` by row key; ``texts`` by the keys of REPORT_TEXTS, FORM_TEXTS and ``goal_key``.
    ``score`` None: nothing is scored yet. Raises ValueError for another period.
    """
    span = _span(progress, sheet, period)
    ledger = Ledger(several=len(sheet.projects) > 1)
    statements = tuple(_statement(one, span, ledger) for one in statistics)
    given = score, inputs, texts, origins or {}
    projects = _projects(progress, sheet, period, given, ledger)
    scored = _scored(score, inputs)
    _trace_scores(scored, {row.key for one in projects for row in one.rows}, inputs, span, ledger)
    return Evaluation(
        sheet=sheet,
        period=period,
        span=span,
        as_of=min(progress.as_of, span.end),
        generated_at=generated_at,
        projects=projects,
        statements=statements,
        traces=ledger.traces,
        open_questions=tuple(_questions(projects, texts)),
        texts=dict(texts),
        score=score,
        scored_rows=scored,
        counts=_counts(projects),
        notes=_notes(progress, span, score),
    )


_Given = tuple[Score | None, Mapping[str, RowInput], Mapping[str, str], Mapping[str, Origin]]


def _of(progress: Progress, project: Project, period: str) -> list[tuple[ProgressRow, Pace]]:
    mine = [row for row in progress.rows if row.project == project.no]
    return [(row, row.half if period == "half" else row.full) for row in mine]


def _span(progress: Progress, sheet: Sheet, period: str) -> Period:
    if period not in PERIOD_NAMES:
        raise ValueError(f"自评期间只能是 half(上半年)或 full(全年),不是 {period!r}。")
    for row in progress.rows:
        return row.half.period if period == "half" else row.full.period
    return Period(date(sheet.year, 1, 1), date(sheet.year, 6, 30) if period == "half" else date(sheet.year, 12, 31))


def _projects(
    progress: Progress, sheet: Sheet, period: str, given: _Given, ledger: Ledger
) -> tuple[EvaluationProject, ...]:
    alone = len(sheet.projects) == 1
    return tuple(_project(one, _of(progress, one, period), given, ledger, alone=alone) for one in sheet.projects)


def _project(
    project: Project, paces: list[tuple[ProgressRow, Pace]], given: _Given, ledger: Ledger, *, alone: bool
) -> EvaluationProject:
    score, inputs, texts, origins = given
    rows = tuple(
        evaluation_row(row, pace, score, inputs_of(inputs, row.key), origins.get(row.key, Origin()), ledger)
        for row, pace in paces
    )
    done = texts.get(goal_key(project.no), "").strip()
    scored = [one for one in score.rows if one.row.key in {row.key for row in rows}] if score else []
    complete = scored and not any(one.score is None and one.row.applies for one in scored)
    return EvaluationProject(
        project=project,
        goal=next((text for name in GOALS if (text := project.text(name))), ""),
        goal_done=done or f"{ASK_TEXT[:-1]}目标完成情况】",
        goal_asked=not done,
        money=money_lines(project, paces, rows, ledger, alone=alone),
        rows=rows,
        weight=f"{sum(one.weight for one in scored):.2f}" if scored else DASH,
        score=f"{sum(one.score for one in scored if one.score is not None):.2f}" if complete else DASH,
    )


def from_statistic(one: Statistic, span: Period) -> ReportFigure:
    """A figure that a document states, as a figure of the report: it has no figure of the year before."""
    percent = one.unit == "%"
    where = f"原报告第 {one.line} 行" if one.line else "原报告"
    return ReportFigure(
        name=one.name,
        unit=one.unit,
        value=float(one.value) / 100 if percent else float(one.value),
        period=span,
        last_year_reason="原报告未列",
        origin=Origin("原报告所列", (where,)),
        printed_change=None if one.change is None else float(one.change),
    )


def _statement(one: ReportFigure | Statistic, span: Period, ledger: Ledger) -> Statement:
    found = from_statistic(one, span) if isinstance(one, Statistic) else one
    edges = () if found.target is None or found.target.fraction is None else (found.target.fraction,)
    shown = DASH if found.value is None else figure(found.value, found.unit, edges)
    if isinstance(one, Statistic):
        shown = f"{one.value:,f}{one.unit}"  # as it was stated: 4.034 万件 is not 4.03
    moved = change(found.value, found.last_year, found.unit)
    if not moved and found.printed_change is not None:
        word = "上升" if found.printed_change >= 0 else "下降"
        moved = f"{word}{figure(abs(found.printed_change) / 100, '%').replace(MINUS, '')}"
    return Statement(
        figure=found,
        shown=shown,
        last_year=DASH if found.last_year is None else figure(found.last_year, found.unit, edges),
        change=moved,
        trace=ledger.of_figure(found, shown if found.value is not None else f"{DASH}（{found.reason or '无数据'}）"),
    )


def _scored(score: Score | None, inputs: Mapping[str, RowInput]) -> tuple[ScoredRow, ...]:
    if score is None:
        return ()
    found = []
    for one in score.rows:
        given = inputs_of(inputs, one.row.key)
        found.append(ScoredRow(one, _entered(given, one.row.unit), given.remark, given.reason))
    return tuple(found)


def _trace_scores(
    scored: Sequence[ScoredRow], known: Set[str], inputs: Mapping[str, RowInput], span: Period, ledger: Ledger
) -> None:
    """Enters the rows of a scoring form that are no indicators of the sheet."""
    for one in scored:
        row = one.scored.row
        if row.applies and row.key not in known:
            ledger.of_score(row.name, one.value, one.scored, inputs_of(inputs, row.key).basis, span)


def _entered(given: RowInput, unit: str) -> str:
    """What a row was scored by, as text."""
    if given.value is None:
        return given.grade
    return figure(given.value / 100 if unit == "%" else given.value, unit)


def _counts(projects: Sequence[EvaluationProject]) -> tuple[tuple[Status, int], ...]:
    """Rows by status; those without a target are not counted."""
    found = [row.status for one in projects for row in one.rows if row.pace.target.kind not in _UNTARGETED]
    return tuple((status, found.count(status)) for status in _ORDER if status in found)


def _questions(projects: Sequence[EvaluationProject], texts: Mapping[str, str]) -> list[OpenQuestion]:
    found = []
    for project in projects:
        if project.goal_asked:
            key = goal_key(project.project.no)
            found.append(OpenQuestion(key, "goal", f"“{project.project.name}”的目标完成情况还没有填写。"))
        for row in project.rows:
            found += _of_row(row)
    for one in REPORT_TEXTS:
        if one.needed and not texts.get(one.key, "").strip():
            found.append(OpenQuestion(one.key, "text", f"自评报告“{one.title}”还没有填写。"))
    return found


def _of_row(row: EvaluationRow) -> list[OpenQuestion]:
    found = []
    if row.asked:
        said = f"“{row.name}”{row.why}(指标值 {row.target},完成值 {row.value}),请填写偏差原因及改进措施。"
        found.append(OpenQuestion(row.key, "reason", said))
    if row.lost:
        found.append(OpenQuestion(row.key, "lost", f"“{row.name}”的指标值在原表中缺失,请按批复的目标表补录。"))
    elif why := no_value(row.pace):
        found.append(OpenQuestion(row.key, "value", f"“{row.name}”没有完成值({why}),请填报或核对数据绑定。"))
    return found


def _notes(progress: Progress, span: Period, score: Score | None) -> tuple[str, ...]:
    found = []
    if progress.as_of < span.end:
        found.append(f"评价期间尚未结束：数据截至{day(progress.as_of)}，期间到{day(span.end)}为止。")
    return (*found, *(score.notes if score is not None else ()))
