"""Scoring forms to start from: the 中山 2022 form as it was filled in, and a default for the standard sheet.

中山 2022: 20 points of budget (two rows of bands), 40 of output and 40 of benefit (completion × 40/m), up to 30 taken
off, and a veto. ``ZHONGSHAN_2022_INPUTS`` holds what that year's form prints, its contradiction included.

The default form is ours, not a ministry's: 决策 15, 过程 20, 产出 30, 效益 25, 满意度 10, shared equally by row;
the points of a level that has no row are spread over the others in proportion; a level of another name counts as 20
before that. Officers edit it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kpi.scoring import (
    Band,
    BandRule,
    CompletionRule,
    DeductionRule,
    GradeRule,
    Row,
    RowInput,
    Rule,
    ScoreForm,
    Section,
    VetoRule,
)
from kpi.scoring_rules import half_up
from kpi.sheet import Cell, CellKind, Indicator, Sheet, indicator_keys
from kpi.status import Operator


def _bands(*steps: tuple[str | None, str | None, str], closed_low: bool) -> BandRule:
    return BandRule(
        tuple(
            Band(
                Decimal(points),
                None if low is None else Decimal(low),
                None if high is None else Decimal(high),
                low_closed=closed_low,
                high_closed=not closed_low,
            )
            for low, high, points in steps
        )
    )


_EXECUTION = _bands(
    ("98", None, "5"), ("90", "98", "4"), ("80", "90", "2"), ("70", "80", "1"), (None, "70", "0"), closed_low=True
)
_ADJUSTMENT = _bands(
    (None, "10", "15"), ("10", "15", "12"), ("15", "20", "9"), ("20", "25", "6"), ("25", "30", "3"), ("30", None, "0"),
    closed_low=False,
)  # fmt: skip
_DONE = CompletionRule(target=Decimal(100))
_TEN = DeductionRule(Decimal(10))


def _row(key: str, section: str, name: str, rule: Rule, weight: str | None = None, *, applies: bool = True) -> Row:
    return Row(key, section, name, rule, name, None if weight is None else Decimal(weight), applies, "%")


_BUDGET, _OUTPUT, _BENEFIT, _REVERSE = "预算执行过程", "产出指标", "效益指标", "逆向指标"

ZHONGSHAN_2022 = ScoreForm(
    title="中山市2022年度市级财政支出绩效自评表(非信息化项目)",
    sections=(
        Section(_BUDGET, Decimal(20), cap=Decimal(20)),
        Section(_OUTPUT, Decimal(40), cap=Decimal(40)),
        Section(_BENEFIT, Decimal(40), cap=Decimal(40)),
        Section(_REVERSE, Decimal(0), cap=Decimal(0)),
    ),
    rows=(
        _row("budget-execution", _BUDGET, "预算执行率", _EXECUTION, "5"),
        _row("budget-adjustment", _BUDGET, "预算调整率", _ADJUSTMENT, "15"),
        _row("quantity", _OUTPUT, "数量指标", _DONE),
        _row("quality", _OUTPUT, "质量指标", _DONE),
        _row("timeliness", _OUTPUT, "时效指标", _DONE),
        _row("cost", _OUTPUT, "成本指标", _DONE, applies=False),
        _row("economic", _BENEFIT, "经济效益指标", _DONE, applies=False),
        _row("social", _BENEFIT, "社会效益指标", _DONE),
        _row("ecological", _BENEFIT, "生态效益指标", _DONE, applies=False),
        _row("lasting", _BENEFIT, "可持续发展影响指标", _DONE, applies=False),
        _row("satisfaction", _BENEFIT, "服务对象满意度指标", _DONE),
        _row("procurement", _REVERSE, "政府采购执行情况", _TEN),
        _row("self-evaluation", _REVERSE, "自评工作质量", _TEN),
        _row("disclosure", _REVERSE, "预决算信息公开情况", _TEN),
        _row("veto", _REVERSE, "一票否决扣分项", VetoRule("差")),
    ),
    note="产出、效益部分的权重按有内容的行平均分摊(40/m);每行先四舍五入到两位小数再相加。",
)
"""The 中山 form, entered as data."""


def _full(score: str) -> RowInput:
    return RowInput(value=Decimal(100), reported_score=Decimal(score))


ZHONGSHAN_2022_INPUTS: dict[str, RowInput] = {
    "budget-execution": RowInput(
        value=Decimal("17160289.87") / Decimal("17160681.00") * 100,
        reported=Decimal("100.00"),
        reported_score=Decimal("5.00"),
        basis="17,160,289.87 ÷ (17,160,681.00 + 0.00) × 100%",
    ),
    "budget-adjustment": RowInput(
        value=Decimal("0.00"),
        reported=Decimal("100"),
        reported_score=Decimal("15.00"),
        basis="0.00 ÷ 17,160,681.00 × 100%",
    ),
    "quantity": _full("13.33"),
    "quality": _full("13.33"),
    "timeliness": RowInput(value=Decimal(60), reported_score=Decimal("8.00")),
    "social": _full("20.00"),
    "satisfaction": _full("20.00"),
    "procurement": RowInput(deduction=Decimal(0)),
    "self-evaluation": RowInput(deduction=Decimal(0)),
    "disclosure": RowInput(deduction=Decimal(0)),
    "veto": RowInput(vetoed=False),
}
"""What the 2022 form prints, by row."""

LEVEL_POINTS: dict[str, Decimal] = {
    "决策": Decimal(15),
    "过程": Decimal(20),
    "产出": Decimal(30),
    "效益": Decimal(25),
    "满意度": Decimal(10),
}
"""Our default points by first level."""

DEFAULT_GRADES = GradeRule(
    (
        ("达到预期", Decimal(100)),
        ("基本达到", Decimal(80)),
        ("部分达到", Decimal(60)),
        ("未达到", Decimal(0)),
    )
)
"""Our default grades of a judgement, in percent of the weight."""

HALF_SCHEDULE, FULL_SCHEDULE = Decimal(50), Decimal(100)
"""序时进度 as a figure: half at mid-year, all at the end."""


def standard_form(sheet: Sheet, *, period: str = "full", project: int | None = None) -> ScoreForm:
    """A scoring form to start from, for the ``full`` year or the ``half``; of one project (its number) or of all.

    A 中山 sheet has its own form, whichever the period. Row keys are the indicators' keys.
    A number is scored by completion (≤: less is better), a text by grade.
    Rows whose cell is blank or “无” do not apply; those of a lost cell are scored by a completion entered by hand.
    """
    if period not in ("half", "full"):
        raise ValueError(f"period must be half or full, not {period!r}")
    if sheet.form == "zhongshan":
        return ZHONGSHAN_2022
    chosen = [p for p in sheet.projects if project is None or p.no == project]
    half = period == "half"
    rows = [
        _indicator_row(i, key, half=half, label=f"项目{p.no} " if len(chosen) > 1 else "")
        for p in chosen
        for i, key in zip(p.indicators, indicator_keys(p), strict=True)
    ]
    title = f"{sheet.title}自评打分表({'上半年' if half else '全年'})"
    note = "本系统的默认打分表:各一级指标的分值和规则可以改。"
    return ScoreForm(title, _sections(rows), tuple(rows), note=note)


def _sections(rows: list[Row]) -> tuple[Section, ...]:
    """The levels that have a row, 100 points between them, to two decimals; the last takes what rounding leaves."""
    names = list(dict.fromkeys(r.section for r in rows))
    live = [n for n in names if any(r.section == n and r.applies for r in rows)]
    shares = {n: LEVEL_POINTS.get(n, Decimal(20)) for n in live}
    points: dict[str, Decimal] = {n: Decimal(0) for n in names}
    for name in live[:-1]:
        points[name] = _share(shares[name], sum(shares.values(), Decimal(0)))
    if live:
        points[live[-1]] = Decimal(100) - sum(points.values(), Decimal(0))
    return tuple(Section(n, points[n], cap=points[n]) for n in names)


def _share(part: Decimal, whole: Decimal) -> Decimal:
    value = half_up(Fraction(part) * 100 / Fraction(whole))
    return value.to_integral_value() if value == value.to_integral_value() else value


def _indicator_row(indicator: Indicator, key: str, *, half: bool, label: str) -> Row:
    cell = indicator.half if half else indicator.full
    return Row(
        key=key,
        section=_level(indicator.level1),
        name=label + indicator.name,
        rule=rule_of(cell, half=half),
        level2=indicator.level2,
        applies=cell.kind not in (CellKind.BLANK, CellKind.NONE),
        unit=cell.unit,
        content=cell.shown,
    )


def _level(level1: str) -> str:
    name = "".join(level1.split())
    return next((known for known in LEVEL_POINTS if name.startswith(known)), name or "其他")


def rule_of(cell: Cell, *, half: bool = False) -> Rule:
    """The default rule of a target: completion for a number or 序时进度, grades for everything else.

    “=0” is a target to stay at; other “=” are reached from below, more than the target counts as complete.
    """
    if cell.number is not None and cell.is_number:
        lower = cell.operator is Operator.AT_MOST or (cell.operator is Operator.EQUAL and cell.number == 0)
        return CompletionRule(cell.number, lower)
    if cell.kind is CellKind.SCHEDULE:
        return CompletionRule(HALF_SCHEDULE if half else FULL_SCHEDULE)
    return CompletionRule() if cell.kind is CellKind.LOST else DEFAULT_GRADES
