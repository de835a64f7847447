"""A self-evaluation with hand-made figures: the 江宁 sheet at mid-year, every kind of row once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from kpi.model import Better, NoValue
from kpi.pace_model import Binding, BoundTo, Pace, PaceClass, Progress, ProgressRow
from kpi.periods import Period
from kpi.score_presets import standard_form
from kpi.scoring import RowInput, score
from kpi.sheet import Cell, CellKind, Sheet
from kpi.status import Operator, Status
from targets.evaluation import Evaluation, Origin, ReportFigure, build_evaluation
from targets.presets import preset

MADE_AT = datetime(2026, 7, 2, 1, 0, tzinfo=UTC)
AS_OF = date(2026, 6, 30)
HALF, FULL = Period(date(2026, 1, 1), AS_OF), Period(date(2026, 1, 1), date(2026, 12, 31))
PERCENT_96 = Cell(CellKind.NUMBER, "≥96%", Operator.AT_LEAST, Decimal(96), "%")
ORIGIN = Origin("接通量 ÷ 人工请求量", ("话务平台导出：第3次取数，最近2026-07-01 02:10",))


@dataclass(frozen=True)
class Known:
    """What is known of an indicator: its value (a percentage as a fraction) and how it is judged."""

    value: float
    status: Status
    bound: BoundTo
    numerator: float | None = None
    denominator: float | None = None
    last_year: float | None = None
    better: Better = Better.HIGHER
    pace: PaceClass = PaceClass.RATIO
    reference: str = ""


KNOWN: Mapping[str, Known] = {
    "预算执行率": Known(0.4712, Status.MET, BoundTo.MONEY, 341.62, 725, pace=PaceClass.BUDGET),
    "合同付款进度": Known(0.30, Status.MISSED, BoundTo.READING, pace=PaceClass.BUDGET),
    "月均日产能": Known(81.234, Status.MET, BoundTo.KPI, 123456, 1520, 75.0, reference="daily_output"),
    "服务合格率": Known(0.9861, Status.MET, BoundTo.READING),
    "热线话务接通率": Known(
        0.959963, Status.MISSED, BoundTo.KPI, 125391, 130621, 0.941, reference="answer_rate"
    ),  # 125,391 ÷ 130,621 = 95.9960… %
    "服务投诉量": Known(2, Status.MET, BoundTo.COUNT, better=Better.LOWER, pace=PaceClass.CAP),
    "12345工单办理结果满意率": Known(0.9532, Status.MET, BoundTo.KPI, 5000, 5245, reference="satisfaction_rate"),
}


def progress_of(sheet: Sheet, known: Mapping[str, Known] = KNOWN) -> Progress:
    """The sheet on 30 June 2026: known figures, words as printed, nothing for the rest."""
    rows = []
    for project, indicator, key in sheet.indicators():
        one = known.get("".join(indicator.name.split()))
        unit = indicator.full.unit or indicator.half.unit
        binding = None if one is None else Binding(one.bound, one.pace, one.reference, confirmed_by="李")
        rows.append(
            ProgressRow(
                key=key,
                project=project.no,
                project_name=project.name,
                indicator=indicator,
                binding=binding,
                unit=unit,
                better=one.better if one else Better.HIGHER,
                half=_pace(HALF, indicator.half, one),
                full=_pace(FULL, indicator.full, one),
                last_half=one.last_year if one else None,
                newest=AS_OF,
            )
        )
    return Progress("s", sheet.title, sheet.year, AS_OF, tuple(rows), (), "", 1)


def _pace(period: Period, target: Cell, one: Known | None) -> Pace:
    if one is not None:
        return Pace(
            period, target, one.status, one.value,
            numerator=one.numerator, denominator=one.denominator, days_with_data=180, days_passed=181,
        )  # fmt: skip
    if target.kind is CellKind.GRADE and target.text != "提升":
        return Pace(period, target, Status.MET, text=target.text)
    return Pace(period, target, Status.NO_DATA, reason=NoValue.NO_DATA, detail="还没有填报")


def monthly(*values: float | None, year: int = 2026) -> tuple[tuple[date, float | None], ...]:
    """Values of January, February …"""
    return tuple((date(year, month, 1), value) for month, value in enumerate(values, start=1))


FIGURES: Sequence[ReportFigure] = (
    ReportFigure(
        "来电量", "个", 1088812.0, HALF, last_year=981234.0, days_with_data=181, days_passed=181, origin=ORIGIN,
        monthly=monthly(1.8e5, 1.7e5, None, 1.9e5, 1.85e5, 1.8e5),
        monthly_last_year=monthly(1.6e5, 1.5e5, 1.6e5, 1.7e5, 1.65e5, 1.6e5, year=2025),
    ),
    ReportFigure(
        "接通率", "%", 0.959963, HALF, last_year=0.941, numerator=125391, denominator=130621, origin=ORIGIN,
        monthly=monthly(0.94, 0.95, 0.96, 0.97), target=PERCENT_96,
    ),
    ReportFigure("满意率", "%", None, HALF, reason="无数据", last_year_reason="上年同期仅90/181天有数据，不作比较"),
)  # fmt: skip


def inputs_of(progress: Progress, reasons: Mapping[str, str]) -> dict[str, RowInput]:
    """What is put in for every row at mid-year: its figure, or the best grade; ``reasons`` by indicator."""
    found = {}
    for row in progress.rows:
        value = row.half.value
        found[row.key] = RowInput(
            value=None if value is None else Decimal(repr(value)) * (100 if row.unit == "%" else 1),
            grade="达到预期" if row.half.text else "",
            reason=reasons.get(row.indicator.name, ""),
        )
    return found


def evaluation(
    texts: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
    sheet: Sheet | None = None,
    known: Mapping[str, Known] = KNOWN,
) -> Evaluation:
    """The half-year's evaluation of the 江宁 sheet (or another)."""
    sheet = sheet or preset("jiangning-2026")
    progress = progress_of(sheet, known)
    inputs = inputs_of(progress, reasons or {})
    result = score(standard_form(sheet, period="half"), inputs)
    return build_evaluation(progress, sheet, result, inputs, texts or {}, "half", FIGURES, MADE_AT)
