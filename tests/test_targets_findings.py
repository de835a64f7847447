"""Findings, one by one: each contradiction is found with its figures, and what only looks like one is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS
from kpi.scoring import form_to_json, inputs_to_json
from kpi.sheet import (
    BLANK,
    Cell,
    CellKind,
    ExpenseLine,
    FundLine,
    Indicator,
    Project,
    ProjectType,
    Sheet,
    Statistic,
    YearCost,
)
from kpi.status import Operator
from targets.find_model import half_unit
from targets.findings import Finding, FindingKind, Severity, findings

D = Decimal
LOST = Cell(CellKind.LOST)
SIGNS = {"≥": Operator.AT_LEAST, "≤": Operator.AT_MOST, "=": Operator.EQUAL}


def cell(text: str) -> Cell:
    """“≤9人” as a cell."""
    sign = SIGNS.get(text[0])
    rest = text[1:] if sign else text
    digits = "".join(ch for ch in rest if ch in "0123456789.")
    return Cell(CellKind.NUMBER, text, sign, D(digits), rest[len(digits) :])


def amount(value: str | None) -> Cell:
    return LOST if value is None else BLANK if value == "" else Cell(CellKind.NUMBER, value, None, D(value), "")


def target(name: str, half: str, full: str, row: int = 1) -> Indicator:
    return Indicator(row, "产出指标", "数量指标", name, cell(half), cell(full))


def project(
    total: str | None = None,
    lines: tuple[tuple[str | None, str | None], ...] = (),
    indicators: tuple[Indicator, ...] = (),
    no: int = 1,
    texts: tuple[tuple[str, str], ...] = (),
    costs: tuple[YearCost, ...] = (),
    parts: tuple[tuple[int, str | None], ...] = (),
) -> Project:
    funds = (FundLine("资金总额", amount(total), 0), *(FundLine("部分", amount(v), level) for level, v in parts))
    expenses = tuple(ExpenseLine(f"支出{i}", amount(h), amount(f)) for i, (h, f) in enumerate(lines))
    return Project(
        no,
        f"项目{no}",
        ProjectType.RECURRING,
        texts=texts,
        funds=funds,
        expenses=expenses,
        costs=costs,
        indicators=indicators,
    )


def sheet(*projects: Project, statistics: tuple[Statistic, ...] = (), score_form: object = None) -> Sheet:
    return Sheet("某中心", 2026, "目标表", "standard", projects, statistics=statistics, score_form=score_form)


def found(*projects: Project) -> list[Finding]:
    return list(findings(sheet(*projects)))


def codes(*projects: Project) -> list[str]:
    return [f.code.value for f in found(*projects)]


def test_it_finds_expenditure_lines_that_do_not_make_the_total() -> None:
    (finding,) = found(project("43.5", (("3", "9.5"), ("18", "18"), ("11.2", "15"))))
    assert (finding.code, finding.place) == (FindingKind.EXPENSES_TOTAL, "1/fund/0")
    assert finding.proof == "9.5 + 18 + 15 = 42.5 ≠ 43.5"
    assert "合计 42.5 万元,资金总额是 43.5 万元,相差 1 万元" in finding.message


def test_it_accepts_lines_that_make_the_total_to_the_last_printed_digit() -> None:
    assert codes(project("161.96", (("44.4", "88.8"), ("14.98", "29.96"), ("20", "43.2")))) == []
    assert codes(project("133340000", (("", "19030000"), ("", "9480000"), ("", "95890000"), ("", "8940000")))) == []


def test_it_judges_a_sum_with_a_lost_line_only_where_the_known_lines_are_too_much() -> None:
    assert codes(project("10.5", (("0", None),))) == []
    assert codes(project("10.5", (("0", None), ("0", "10.4")))) == []
    (finding,) = found(project("10.5", (("0", None), ("0", "10.6"))))
    assert "另有 1 行金额缺失" in finding.message
    assert codes(project(None, (("0", "10"),))) == []


def test_it_finds_fund_parts_that_do_not_make_their_total_at_every_level() -> None:
    good = ((1, "24.5"), (2, "24.5"), (2, ""), (1, "0"))
    assert codes(project("24.5", parts=good)) == []
    (finding,) = found(project("24.5", parts=((1, "24.5"), (2, "20"), (2, "4"), (1, "0"))))
    assert (finding.code, finding.place, finding.proof) == (FindingKind.FUNDS_TOTAL, "1/fund/1", "20 + 4 = 24 ≠ 24.5")
    assert codes(project("24.5", parts=((1, None), (1, "0")))) == []  # the lost part may be all of it
    assert codes(project("24.5", parts=((1, None), (1, "25")))) == ["funds_total"]


def test_it_finds_an_execution_target_that_is_not_the_share_of_the_plan() -> None:
    lines: tuple[tuple[str | None, str | None], ...] = (("44.4", "88.8"), ("34.98", "73.16"))
    (finding,) = found(project("161.96", lines, (target("预算执行率", "=48%", "=100%", 9),)))
    assert (finding.code, finding.place) == (FindingKind.EXECUTION_SHARE, "1/indicator/9/half")
    assert finding.proof == "(44.4 + 34.98) ÷ 161.96 = 49.01%,≠ 48%"
    assert "应为 49.01%" in finding.message and "取整为 49%" in finding.message
    assert codes(project("161.96", lines, (target("预算执行率", "=49%", "=100%"),))) == []
    assert codes(project("161.96", lines, (target("预算执行率", "≥48%", "=100%"),))) == []
    assert codes(project("161.96", lines, (target("预算执行率", "≥50%", "=100%"),))) == ["execution_share"]
    unknown: tuple[tuple[str | None, str | None], ...] = ((None, "88.8"), ("34.98", "73.16"))
    assert codes(project("161.96", unknown, (target("预算执行率", "=48%", "=100%"),))) == []


def test_it_rounds_the_share_half_up_before_comparing() -> None:
    assert codes(project("200", (("97", "200"),), (target("预算执行率", "=49%", "=100%"),))) == []  # 48.5 %
    assert codes(project("200", (("97", "200"),), (target("预算执行率", "=48%", "=100%"),))) == ["execution_share"]


def test_it_finds_a_half_year_plan_above_the_budget_of_the_year() -> None:
    (finding,) = found(project("10", (("12", "10"),)))
    assert (finding.code, finding.place, finding.proof) == (FindingKind.EXPENSE_HALF, "1/expense/0/half", "12 > 10")


def test_it_finds_a_half_year_target_above_the_one_of_the_year() -> None:
    (finding,) = found(project(indicators=(target("外包的座席人数", "≤9人", "≤5人", 14),)))
    assert (finding.code, finding.place, finding.proof) == (FindingKind.HALF_ABOVE_FULL, "1/indicator/14/half", "9 > 5")
    assert "≤9人 高于全年目标 ≤5人" in finding.message
    assert (
        codes(project(indicators=(target("开展考核次数", "=2次", "=4次"), target("系统个数", "=4个", "=4个", 2)))) == []
    )
    assert codes(project(indicators=(target("月均日产能", "≥62件/坐席/天", "≥60件/坐席/天"),))) == []  # a mean may fall
    assert codes(project(indicators=(target("热线接通率", "≥97%", "≥96%"),))) == []


@pytest.mark.parametrize(
    ("name", "text", "missable"),
    [
        ("培训天数", "≥0天", False),
        ("受训学员的满意度", "≥0%", False),
        ("愿检尽检率", "≤100%", False),
        ("党团员活动参与率", "≤100%", False),
        ("体检人数", "≤0人", True),
        ("愿检尽检率", "≤0%", True),
        ("微信公众号被通报率", "=0%", True),
        ("预算执行率", "≤100%", True),
        ("话务量同比增长率", "≥0%", True),
        ("回访率", "=100%", True),
        ("回访率", "≥100%", True),
    ],
)
def test_it_finds_targets_that_every_possible_value_meets(name: str, text: str, missable: bool) -> None:
    indicator = Indicator(3, "产出指标", "", name, BLANK, cell(text))
    expected = [] if missable else [("cannot_miss", "1/indicator/3/full", Severity.DOUBT)]
    assert [(f.code.value, f.place, f.severity) for f in found(project(indicators=(indicator,)))] == expected


def test_it_finds_rows_of_a_project_that_stand_twice() -> None:
    rows = (
        target("接通率", "≥96%", "≥96%", 1),
        target("录音率", "=100%", "=100%", 2),
        target("接通率 ", "≥96%", "≥96%", 5),  # a space more
        target("录音率", "=100%", "≥98%", 6),  # another target: meant so, perhaps
        replace(target("录音率", "=100%", "=100%", 7), level2="质量指标"),
    )
    twice = found(project(indicators=rows))
    assert [(one.code, one.place, one.severity) for one in twice] == [("twice", "1/indicator/5/full", Severity.DOUBT)]
    assert "第 1 行和第 5 行的指标“接通率 ”完全相同" in twice[0].message
    assert found(project(indicators=rows[:1]), project(indicators=rows[:1], no=2)) == [], "of another project: none"
    lost = replace(target("接通率", "≥96%", "≥96%"), full=LOST)
    assert found(project(indicators=(lost, replace(lost, row=2)))) == []


def test_it_names_the_part_of_a_row_that_holds_several_measures() -> None:
    split = Indicator(3, "产出指标", "", "培训天数", cell("≥0天"), cell("≥3天"), part=2)
    assert [f.place for f in found(project(indicators=(split,)))] == ["1/indicator/3.2/half"]


def test_it_finds_a_yearly_ceiling_that_is_not_the_total_and_a_multiple_that_is_none() -> None:
    yearly, three = YearCost(None, amount("725.63"), "ceiling_year"), YearCost(None, amount("2176.89"), "ceiling_total")
    (finding,) = found(project("725", costs=(YearCost(2023, amount("751.78"), "actual"), yearly, three)))
    assert (finding.code, finding.place, finding.proof) == (FindingKind.BUDGET_TEXT, "1/cost/1", "725.63 − 725 = 0.63")
    wrong = YearCost(None, amount("2276.89"), "ceiling_total")
    (finding,) = found(project("725.63", costs=(yearly, wrong)))
    assert (finding.code, finding.proof) == (FindingKind.CEILING, "725.63 × 3 = 2176.89 ≠ 2276.89")


SEAT_TEXT = "1、租用:甲。2、划转热线:12329热线座席资源23席,12328热线座席资源10席,12333热线座席资源19席。每席480元/月。"


def test_it_finds_seats_that_differ_from_the_target_or_from_the_people_on_them() -> None:
    rented = project(no=1, texts=(("项目实施内容", SEAT_TEXT),), indicators=(target("座席资源个数", "≤52席", "≤52席"),))
    people = project(
        no=5,
        indicators=(
            target("“12328”“12333”热线服务外包的座席人员数量", "≤25人", "≤25人", 15),
            target("“12329”热线服务外包的座席人员数量", "≤23人", "≤23人", 16),
        ),
    )
    (finding,) = found(rented, people)
    assert (finding.code, finding.place) == (FindingKind.SEATS, "5/indicator/15/full")
    assert finding.proof == "10 + 19 = 29 席 > 25 人"
    fewer = project(no=1, texts=(("项目实施内容", SEAT_TEXT),), indicators=(target("座席资源个数", "≤50席", "≤50席"),))
    assert [f.proof for f in found(fewer)] == ["23 + 10 + 19 = 52 ≠ 50"]


def test_it_finds_people_that_a_text_counts_otherwise_than_the_target() -> None:
    text = (
        "1、劳动合同:甲。\n2、劳动合同制座席人员数量:维持114人左右。\n"
        "3、尚贤热线服务外包:设置3个座席12名服务代表。\n4、别的:乙"
    )
    mine = (
        target("市12345平台劳动合同制座席人员数量", "≤114人", "≤114人", 12),
        target("尚贤热线服务外包的座席人员数量", "≤9人", "≤10人", 14),
    )
    (finding,) = found(project(no=5, texts=(("可行性", text), ("实施内容", text)), indicators=mine))
    assert (finding.code, finding.place) == (FindingKind.SEATS, "5/indicator/14/full")
    assert finding.proof == "12 ≠ 10,12 ≠ 9"


def test_it_finds_a_printed_rate_that_its_parts_do_not_give() -> None:
    made = (
        Statistic("总收入", D("2053.08"), "万元"),
        Statistic("总支出", D("1631.10"), "万元"),
        Statistic("基本支出", D("1262.39"), "万元"),
        Statistic("项目支出", D("368.71"), "万元"),
    )
    (finding,) = findings(sheet(statistics=(*made, Statistic("整体执行率", D("80.15"), "%"))))
    assert (finding.code, finding.place) == (FindingKind.PRINTED, "statistic/4")
    assert finding.proof == "1631.10 ÷ 2053.08 = 79.45% ≠ 80.15%"
    assert findings(sheet(statistics=(*made, Statistic("整体执行率", D("79.45"), "%")))) == ()
    (finding,) = findings(sheet(statistics=(Statistic("总支出", D("1641.10"), "万元"), *made[2:])))
    assert finding.proof == "1262.39 + 368.71 = 1631.1 ≠ 1641.1"


def volumes(change: str) -> tuple[Statistic, ...]:
    return (
        Statistic("来电", D("217.77"), "万个", D("10.96")),
        Statistic("多媒体渠道受理", D("63.45"), "万个", D("59.38")),
        Statistic("总服务量", D("281.22"), "万个", D(change)),
    )


def test_it_finds_a_growth_that_the_growth_of_the_parts_does_not_allow() -> None:
    # 217.77/1.1096 + 63.45/1.5938 = 196.26 + 39.81 = 236.07; 281.22/236.07 - 1 = 19.13 %
    (finding,) = findings(sheet(statistics=volumes("25.29")))
    assert (finding.code, finding.place) == (FindingKind.GROWTH, "statistic/2")
    assert "合起来应增长 19.13%" in finding.message and "236.07" in finding.proof
    assert findings(sheet(statistics=volumes("19.13"))) == ()
    assert findings(sheet(statistics=volumes("19.12"))) == ()  # within what rounding allows


def test_it_finds_more_people_in_post_than_the_establishment_has() -> None:
    posts, people = Statistic("核定人员编制", D(11), "名"), Statistic("实际在编人数", D(12), "人")
    (finding,) = findings(sheet(statistics=(posts, people)))
    assert (finding.code, finding.place, finding.proof) == (FindingKind.ESTABLISHMENT, "statistic/1", "12 > 11")
    assert findings(sheet(statistics=(posts, Statistic("实际在编人数", D(11), "人")))) == ()


def test_it_reports_what_contradicts_the_scoring_part_of_a_form() -> None:
    held = {"form": form_to_json(ZHONGSHAN_2022), "inputs": inputs_to_json(ZHONGSHAN_2022_INPUTS)}
    (finding,) = findings(sheet(score_form=held))
    assert (finding.code, finding.place) == (FindingKind.PRINTED, "score/2")
    assert "79.66" in finding.message and finding.proof == "0.00 ÷ 17,160,681.00 × 100% = 0.00% ≠ 100%"


@pytest.mark.parametrize(
    ("printed", "half"), [(("161.96", "88.8"), "0.005"), (("725",), "0.5"), (("1.5", "2"), "0.05")]
)
def test_it_takes_half_a_unit_of_the_last_printed_digit_as_tolerance(printed: tuple[str, ...], half: str) -> None:
    assert half_unit(D(p) for p in printed) == D(half)
