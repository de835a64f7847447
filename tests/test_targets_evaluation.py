"""The self-evaluation as data: completion, reasons asked for, money, traces; every expected figure worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kpi.model import Better
from kpi.pace_model import BoundTo, PaceClass
from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS, standard_form
from kpi.scoring import RowInput, score
from kpi.sheet import Cell, CellKind, Statistic
from kpi.status import Operator, Status
from targets.evaluation import EvaluationRow, build_evaluation
from targets.evaluation_rows import done_part, reason_needed
from targets.figure_text import amount, change, count, figure
from targets.presets import preset
from targets.report_rows import score_parts
from tests.evaluations import FIGURES, HALF, KNOWN, MADE_AT, Known, evaluation, inputs_of, progress_of


def row(name: str, **known: Known) -> EvaluationRow:
    (project,) = evaluation().projects
    return next(one for one in project.rows if "".join(one.name.split()) == name)


def judged(target: Cell, known: Known) -> tuple[str, float | None]:
    """Why a reason is asked for, and the share of the target that was reached."""
    sheet = preset("jiangning-2026")
    first = sheet.projects[0].indicators[0]
    one = replace(first, name="x", half=target, full=target)
    changed = replace(sheet, projects=(replace(sheet.projects[0], indicators=(one,)),))
    (found,) = progress_of(changed, {"x": known}).rows
    part = done_part(found, found.half)
    return reason_needed(found, found.half), None if part is None else float(part)


def cell(sign: Operator, number: str, unit: str) -> Cell:
    return Cell(CellKind.NUMBER, "", sign, Decimal(number), unit)


def test_it_shows_a_value_on_its_side_of_the_target() -> None:
    found = row("热线话务接通率")
    assert (found.value, found.target, found.completion) == ("95.996%", "≥96%", "99.996%")


def test_it_says_why_a_figure_is_missing_instead_of_nought() -> None:
    assert row("社会公众幸福感").value == "—\n（还没有填报）"


def test_it_compares_with_the_year_before_in_points_or_percent() -> None:
    assert (row("热线话务接通率").last_year, row("热线话务接通率").change) == ("94.10%", "上升1.90个百分点")
    assert (row("月均日产能").last_year, row("月均日产能").change) == ("75.0件/坐席/天", "上升8.31%")  # 81.234 ÷ 75
    assert row("服务合格率").change == "—"


@pytest.mark.parametrize(
    ("target", "known", "why", "part"),
    [
        (cell(Operator.AT_LEAST, "45", "%"), Known(0.50, Status.MET, BoundTo.READING), "", 0.5 / 0.45),
        (cell(Operator.AT_LEAST, "45", "%"), Known(0.54, Status.MET, BoundTo.READING), "", 1.2),  # a fifth exactly
        (cell(Operator.AT_LEAST, "45", "%"), Known(0.541, Status.MET, BoundTo.READING), "超过指标值 20.22%", 541 / 450),
        (cell(Operator.AT_LEAST, "100", "场"), Known(99, Status.MISSED, BoundTo.COUNT), "未达到指标值", 0.99),
        (cell(Operator.AT_LEAST, "100", "场"), Known(60, Status.OUT_OF_REACH, BoundTo.COUNT), "已无法达到指标值", 0.6),
        (cell(Operator.AT_LEAST, "100", "场"), Known(60, Status.AT_RISK, BoundTo.COUNT), "", 0.6),  # not over yet
        (cell(Operator.EQUAL, "50", "%"), Known(0.3, Status.MISSED, BoundTo.MONEY), "未达到指标值", 0.6),
        (cell(Operator.AT_MOST, "52", "席"), Known(40, Status.MET, BoundTo.STOCK), "低于指标值 23.08%", 1.0),
        (
            cell(Operator.AT_MOST, "6", "次"),
            Known(0, Status.MET, BoundTo.COUNT, better=Better.LOWER, pace=PaceClass.CAP),
            "",
            1.0,
        ),
        (cell(Operator.AT_MOST, "6", "次"), Known(8, Status.MISSED, BoundTo.COUNT), "未达到指标值", 0.75),
        (cell(Operator.EQUAL, "0", "%"), Known(0.0, Status.MET, BoundTo.READING), "", 1.0),
        (cell(Operator.EQUAL, "0", "%"), Known(0.01, Status.MISSED, BoundTo.READING), "未达到指标值", 0.0),
        (cell(Operator.AT_LEAST, "3.8", "万个"), Known(40000, Status.MET, BoundTo.KPI), "", 40000 / 38000),
    ],
)  # fmt: skip
def test_it_asks_for_a_reason_where_a_target_was_missed_or_exceeded_by_far(
    target: Cell, known: Known, why: str, part: float
) -> None:
    asked, reached = judged(target, known)
    assert asked == why
    assert reached == pytest.approx(part)


def test_it_marks_a_missing_reason_and_keeps_a_written_one() -> None:
    assert row("热线话务接通率").reason.startswith("【请填写偏差原因】")
    written = evaluation(reasons={"热线话务接通率": "二月系统割接。"})
    found = next(one for one in written.projects[0].rows if one.name == "热线话务接通率")
    assert (found.reason, found.asked) == ("二月系统割接。", False)


def test_it_lists_what_only_a_person_can_answer() -> None:
    found = evaluation({"unit": "本中心……", "goal/1": "已完成。"}).open_questions
    assert [(one.kind, one.message.split("”")[0][1:]) for one in found if one.kind in ("reason", "value")] == [
        ("value", "资金到位率"),
        ("reason", "月均日产能"),
        ("reason", "热线话务接通率"),
        ("reason", "合同付款进度"),
        ("value", "社会公众幸福感"),
        ("value", "保障 12345 热线受理渠道畅通回访率"),
    ]
    assert {one.place for one in found if one.kind == "text"} == {"achievements", "problems", "advice"}
    assert not [one for one in found if one.kind == "goal"]


def test_it_asks_about_a_lost_target() -> None:
    sheet = preset("suzhou-2024")
    found = evaluation(sheet=sheet).open_questions
    full = build_evaluation(progress_of(sheet), sheet, None, {}, {}, "full", (), MADE_AT).open_questions
    assert [one.kind for one in found].count("lost") == 0  # its half-year targets are all there
    assert [one.kind for one in full].count("lost") == 1


def test_it_fills_the_money_from_what_was_spent() -> None:
    line, total = evaluation().projects[0].money
    assert (line.full.shown, line.half.shown, line.spent, line.rate) == ("725", "362.5", "341.62", "47.12%")
    assert (total.spent, total.total) == ("341.62", True)


def test_money_that_the_sources_tell_stands_in_the_table_of_money_too() -> None:
    """The indicator and the table beside it must not say two things of one budget."""
    spent = Known(
        3416200 / 7250000, Status.MET, BoundTo.KPI, 3416200, 7250000, reference="budget_execution_rate"
    )  # 元; the form is in 万元
    line, total = evaluation(known={**KNOWN, "预算执行率": spent}).projects[0].money
    assert (line.spent, line.rate) == (total.spent, total.rate) == ("341.62", "47.12%")
    trace = next(one for one in evaluation(known={**KNOWN, "预算执行率": spent}).traces if one.no == line.trace)
    assert trace.sources == "同“预算执行率”一行"


def test_it_leaves_money_open_where_nothing_was_entered() -> None:
    known = {name: one for name, one in KNOWN.items() if name != "预算执行率"}
    sheet = preset("jiangning-2026")
    found = build_evaluation(progress_of(sheet, known), sheet, None, {}, {}, "half", (), MADE_AT)
    assert [(line.spent, line.rate) for line in found.projects[0].money] == [("—", "—"), ("—", "—")]


def test_it_traces_every_figure_to_formula_parts_and_source() -> None:
    data = evaluation()
    found = {one.name: one for one in data.traces}
    rate = found["热线话务接通率"]
    assert (rate.shown, rate.numerator, rate.denominator) == ("95.996%", "125,391", "130,621")
    assert (rate.period, rate.coverage) == ("2026.1.1\n至2026.6.30", "180/181天")
    assert found["来电量"].sources == "话务平台导出：第3次取数，最近2026-07-01 02:10"
    assert found["满意率"].shown == "—（无数据）"
    assert [one.no for one in data.traces] == list(range(1, len(data.traces) + 1))
    shown = [row for row in data.projects[0].rows if row.pace.value is not None]
    assert all(data.traces[row.trace - 1].name == row.name for row in shown)


def test_it_tells_apart_the_same_indicator_of_several_projects() -> None:
    data = evaluation(sheet=preset("suzhou-2024"))
    names = [one.name for one in data.traces]
    assert {"项目1 预算执行率", "项目12 预算执行率"} <= set(names)
    assert len(names) == len(set(names))


def test_it_traces_the_points_too() -> None:
    found = {one.name: one.formula for one in evaluation().traces}
    assert found["热线话务接通率"].endswith("得分：完成率 95.9963 ÷ 96 = 99.9961% × 权重 7.5")
    sheet = preset("zhongshan-2022")
    result = score(ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS)
    data = build_evaluation(progress_of(sheet, {}), sheet, result, ZHONGSHAN_2022_INPUTS, {}, "full", (), MADE_AT)
    traced = {one.name: one.formula for one in data.traces}
    assert traced["预算执行率"].split("\n")[0] == "17,160,289.87 ÷ (17,160,681.00 + 0.00) × 100%"
    assert "得分：" in traced["数量指标"]


def test_it_counts_rows_by_status_and_scores_them() -> None:
    data = evaluation()
    assert dict(data.counts) == {Status.MET: 14, Status.MISSED: 2, Status.NO_DATA: 3}
    assert (data.total, data.grade) == ("—", "—")  # rows are missing
    assert any("尚缺 3 行" in note for note in data.notes)


def test_it_says_when_the_period_is_not_over() -> None:
    sheet = preset("jiangning-2026")
    data = build_evaluation(progress_of(sheet), sheet, None, {}, {}, "full", (), MADE_AT)
    assert data.notes == ("评价期间尚未结束：数据截至2026年6月30日，期间到2026年12月31日为止。",)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [("4.034", "万件", "4.034万件"), ("99.8", "%", "99.8%"), ("1631.10", "万元", "1,631.10万元")],
)
def test_a_stated_figure_keeps_the_decimals_it_was_stated_with(value: str, unit: str, shown: str) -> None:
    stated = Statistic("省级工单承办量", Decimal(value), unit, line=51)
    sheet = preset("jiangning-2026")
    data = build_evaluation(progress_of(sheet), sheet, None, {}, {}, "half", (stated,), MADE_AT)
    assert data.statements[0].shown == shown


def test_a_figure_put_in_when_scoring_is_the_one_that_is_printed() -> None:
    sheet = preset("jiangning-2026")
    progress = progress_of(sheet)
    (row,) = (one for one in progress.rows if one.indicator.name == "服务合格率")
    inputs = {**inputs_of(progress, {}), row.key: RowInput(value=Decimal("90"), basis="质检台账更正")}
    scored = score(standard_form(sheet, period="half"), inputs)
    data = build_evaluation(progress, sheet, scored, inputs, {}, "half", (), MADE_AT)
    (found,) = (one for one in data.projects[0].rows if one.key == row.key)
    assert (found.value, found.completion, found.score) == ("90.00%", "91.84%", "6.89")  # 90 ÷ 98 of 7.5
    assert (found.status, found.asked) == (Status.MISSED, True)
    (trace,) = (one for one in data.traces if one.no == found.trace)
    assert trace.formula.startswith("自评打分时填写；系统取数为 98.6")
    assert (trace.numerator, trace.sources) == ("—", "质检台账更正")


def test_a_document_without_rows_to_score_says_so() -> None:
    sheet = preset("nanjing-2020")
    empty = score(standard_form(sheet, period="full"), {})
    data = build_evaluation(progress_of(sheet), sheet, empty, {}, {}, "full", (), MADE_AT)
    assert score_parts(data) == ("本表没有可以计分的行，未打分。",)


def test_it_takes_over_figures_that_an_imported_report_states() -> None:
    stated = Statistic("来电量", Decimal("217.77"), "万个", Decimal("10.96"), line=25)
    sheet = preset("jiangning-2026")
    data = build_evaluation(progress_of(sheet), sheet, None, {}, {}, "half", (stated,), MADE_AT)
    (found,) = data.statements
    assert (found.shown, found.change, found.last_year) == ("217.77万个", "上升10.96%", "—")
    assert data.traces[0].sources == "原报告第 25 行"


def test_it_states_figures_year_on_year() -> None:
    found = {one.figure.name: one for one in evaluation().statements}
    assert (found["来电量"].shown, found["来电量"].change) == ("1,088,812个", "上升10.96%")
    assert (found["接通率"].shown, found["接通率"].change) == ("95.996%", "上升1.90个百分点")
    assert (found["满意率"].shown, found["满意率"].change) == ("—", "")


def test_it_refuses_another_period() -> None:
    sheet = preset("jiangning-2026")
    with pytest.raises(ValueError, match="half"):
        build_evaluation(progress_of(sheet), sheet, None, {}, {}, "month", FIGURES, MADE_AT)


def test_it_keeps_a_remark_beside_the_mark() -> None:
    sheet = preset("jiangning-2026")
    progress = progress_of(sheet)
    key = next(one.key for one in progress.rows if one.indicator.name == "热线话务接通率")
    data = build_evaluation(progress, sheet, None, {key: RowInput(remark="见附件。")}, {}, "half", (), MADE_AT)
    found = next(one for one in data.projects[0].rows if one.key == key)
    assert found.reason.split("\n") == ["【请填写偏差原因】", "未达到指标值", "见附件。"]


@pytest.mark.parametrize(
    ("value", "unit", "bounds", "text"),
    [
        (0.95996, "%", (0.96,), "95.996%"),
        (0.96, "%", (0.96,), "96.00%"),
        (0.99996, "%", (), "99.996%"),  # not 100 %
        (0.00004, "%", (), "0.004%"),  # not 0 %
        (59.96, "件/坐席/天", (60.0,), "59.96件/坐席/天"),
        (1234, "次", (), "1,234次"),
        (1.5, "次", (), "1.50次"),
        (-3, "个", (), "−3个"),
    ],
)
def test_it_writes_figures_that_contradict_nothing(
    value: float, unit: str, bounds: tuple[float, ...], text: str
) -> None:
    assert figure(value, unit, bounds) == text


@pytest.mark.parametrize(
    ("now", "then", "unit", "text"),
    [
        (110.0, 100.0, "个", "上升10.00%"),
        (0.95, 0.96, "%", "下降1.00个百分点"),
        (100.0, 100.0, "个", "持平"),
        (100000.001, 100000.0, "个", "上升0.000001%"),
        (100.000000001, 100.0, "个", "基本持平"),
        (5.0, 0.0, "个", ""),
        (None, 1.0, "个", ""),
    ],
)
def test_it_writes_changes_with_their_direction(now: float | None, then: float, unit: str, text: str) -> None:
    assert change(now, then, unit) == text


def test_it_writes_amounts_and_counts() -> None:
    assert (amount(341.625), amount(0.001), count(None), count(1234.5)) == ("341.63", "0.001", "—", "1,234.50")
    assert HALF.days == 181
