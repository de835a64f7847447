"""What each indicator is proposed to be bound to: all of the 江宁 2026 sheet, and a hand-checked sample of others."""

from __future__ import annotations

import pytest

from kpi.catalogue import build
from kpi.model import Better, Formula, Group, Kpi
from kpi.model import Unit as KpiUnit
from kpi.pace_model import Binding
from kpi.sheet import BLANK, Cell, CellKind, Indicator, Project, ProjectType, Sheet, indicator_keys
from targets.binding import propose, unbound
from targets.binding_names import kpi_named
from targets.cells import read_cell

CATALOGUE = build()
LOST = Cell(CellKind.LOST)


def sheet_of(*rows: Indicator) -> Sheet:
    return Sheet("某中心", 2026, "目标表", "standard", (Project(1, "甲", ProjectType.RECURRING, indicators=rows),))


def row(name: str, half: str, full: str, no: int = 1) -> Indicator:
    return Indicator(no, "产出指标", "", name, read_cell(half), read_cell(full))


def said(found: Binding) -> str:
    """A proposal as one word: “kpi R answer_rate”."""
    return f"{found.bound_to.value} {found.pace.value} {found.reference}".strip()


JIANGNING = (
    ("立项依据充分性", "充分", "充分", "grade Q"),
    ("立项程序规范性", "规范", "规范", "grade Q"),
    ("绩效指标明确性", "明确", "明确", "grade Q"),
    ("绩效目标合理性", "合理", "合理", "grade Q"),
    ("预算编制科学性", "科学", "科学", "grade Q"),
    ("资金分配合理性", "合理", "合理", "grade Q"),
    ("预算执行率", "=50%", "=100%", "money B"),
    ("资金到位率", "序时进度", "100%", "money B"),
    ("资金使用合规性", "合规", "合规", "grade Q"),
    ("制度执行有效性", "有效", "有效", "grade Q"),
    ("管理制度健全性", "健全", "健全", "grade Q"),
    ("月均日产能", "≥60 件/坐席/天", "≥60 件/坐席/天", "kpi R daily_output"),
    ("服务合格率", "≥98%", "≥98%", "kpi R quality_pass_rate"),
    ("热线话务接通率", "≥96%", "≥96%", "kpi R answer_rate"),
    ("合同付款进度", "=50%", "=100%", "money B"),
    ("社会公众幸福感", "提升", "提升", "grade Q"),
    ("保障 12345 热线受理渠道畅通回访率", "=100%", "=100%", "kpi R callback_rate"),
    ("服务投诉量", "≤6 次", "≤12 次", "kpi C- service_complaints"),
    ("12345 工单办理结果满意率", "≥90%", "≥90%", "kpi R satisfaction_rate"),
)

OTHERS = (
    # 苏州 2024
    ("预算执行率", "=48%", "=100%", "money B"),
    ("资金到位率", "序时进度", "100%", "money B"),
    ("座席资源个数", "≤52席", "≤52席", "stock S"),
    ("稳定的短信平台", "=1个", "=1个", "stock S"),
    ("话务平台租赁平台数量", "=1个", "=1个", "stock S"),
    ("项目完成及时性", "及时", "及时", "grade Q"),
    ("对保障热线工作正常开展的提升", "提升", "提升", "grade Q"),
    ("全年开展考核次数", "=2次", "=4次", "count C="),
    ("考评管理办法的执行情况", "较好", "较好", "grade Q"),
    ("培训天数", "≥0天", "≥3天", "count C+"),
    ("培训人次", "≥0人次", "≥80人次", "count C+"),
    ("培训完成时间", "按时推进", "当年12月底之前完成", "milestone M"),
    ("培训人员综合素质提升,服务意识加强", "无", "提升", "grade Q"),
    ("受训学员的满意度", "≥0%", "≥98%", "reading R"),
    ("微信公众号图文编排计划通过微信公众号推送信息条数或个数", "=24条", "=48条", "count C="),
    ("第三方督查暗访:监督检查次数", "≥20次", "≥40次", "count C+"),
    ("微信公众号被通报率", "=0%", "=0%", "reading R"),
    ("市民开放日交流活动项目计划完成时间", "按时推进", "按时推进", "grade Q"),
    ("市12345平台劳动合同制座席人员数量", "≤114人", "≤114人", "stock S"),
    ("外语诉求件数", "≤5件", "≤10件", "count C-"),
    ("尚贤热线服务外包的座席人员数量", "≤9人", "≤5人", "stock S"),
    ("“12328”“12333”热线服务外包的座席人员数量", "≤25人", "≤25人", "stock S"),
    ("完成标准化文本修改数量", "=0个", "=1个", "count C="),
    ("评审评价评估报告质量合格情况", "合格", "合格", "grade Q"),
    ("座席人员稳定率", "≥90%", "≥90%", "kpi R retention_rate"),
    ("热线接通率", "≥80%", "≥80%", "kpi R answer_rate"),
    ("座席人员应答及时性", "及时", "及时", "grade Q"),
    ("市级12345平台回访率", "≥15%", "≥15%", "kpi R callback_rate"),
    ("市级12345平台办结率", "≥98%", "≥98%", "kpi R closure_rate"),
    ("群众对市级12345热线满意度", "≥85%", "≥85%", "kpi R satisfaction_rate"),
    ("体检人数", "≤0人", "≤42人", "count C-"),
    ("愿检尽检率", "≤0%", "≤100%", "reading R"),
    ("体检完成及时性", "按时推进", "及时", "grade Q"),
    ("开展党团活动次数", "≥2次", "≥4次", "count C+"),
    ("党团员活动参与率", "≤100%", "≤100%", "reading R"),
    ("宣传印刷数量", "≥10件", "≥20件", "count C+"),
    ("制服配发人数/套数", "≤0人/套", "≤42人/套", "count C-"),
    ("项目完成及时性", "按时推进", "当年12月底之前完成", "milestone M"),
    ("完成评审评价评估项目数量", "=0个", "=1个", "count C="),
    ("办理法律事务件数", "≥5件", "≥10件", "count C+"),
    ("智能化软件系统维护个数", "=4个", "=4个", "stock S"),
    ("办公设备维护个数", "≤196件", "≤196件", "stock S"),
    ("系统稳定性", "稳定", "稳定", "grade Q"),
    # 上海 2019
    ("热线接能率", "", "≥88%", "kpi R answer_rate"),
    ("话务员一次性解答率", "", "≥45%", "kpi R first_contact_rate"),
    ("话务员有责投诉率", "", "≤0.3%", "kpi R at_fault_complaint_rate"),
    ("话务员有责退单率", "", "≤7%", "kpi R at_fault_return_rate"),
    ("话务员电话回访量的比例", "", "≥15%", "kpi R callback_rate"),
    ("12345热线回访市民满意度", "", "94.90%", "kpi R satisfaction_rate"),
    ("平均接通时长", "", "8秒", "kpi R speed_of_answer"),
    ("服务水平", "", "服务质量佳", "grade Q"),
    # 中山 2022
    ("投诉举报类工单质检率", "", "99.73%", "reading R"),
    ("系统故障率", "", "0%", "reading R"),
    ("IVR互损率", "", "0%", "kpi R ivr_loss_rate"),
    ("准确派单率", "", "94.82%", "kpi R dispatch_accuracy"),
    ("人工接通率", "", "72.95%", "kpi R answer_rate"),
    ("平均处理时长", "", "153.33秒", "kpi R handle_time"),
    ("15秒接通率", "", "71.17%", "kpi R service_level"),
    ("逾期追责率", "", "100%", "reading R"),
    ("及时派单率", "", "100%", "kpi R dispatch_on_time_rate"),
    ("话务应答情况录音率", "", "100%", "kpi R recording_rate"),
    ("数据资料完备率", "", "100%", "reading R"),
    ("及时解答率", "", "98.93%", "reading R"),
    ("群众满意度", "", "99.73%", "reading R"),
    ("工单处理满意度", "", "90.32%", "kpi R satisfaction_rate"),
)


@pytest.mark.parametrize(("name", "half", "full", "expected"), JIANGNING)
def test_it_binds_every_indicator_of_the_jiangning_sheet(name: str, half: str, full: str, expected: str) -> None:
    (found,) = propose(sheet_of(row(name, half, full)), CATALOGUE).values()
    assert said(found) == expected


@pytest.mark.parametrize(("name", "half", "full", "expected"), OTHERS)
def test_it_binds_the_indicators_of_other_cities(name: str, half: str, full: str, expected: str) -> None:
    (found,) = propose(sheet_of(row(name, half, full)), CATALOGUE).values()
    assert said(found) == expected


def test_it_only_proposes_and_keys_each_proposal_by_its_indicator() -> None:
    sheet = sheet_of(*(row(name, half, full, no) for no, (name, half, full, _) in enumerate(JIANGNING, start=1)))
    found = propose(sheet, CATALOGUE)
    assert tuple(found) == indicator_keys(sheet.projects[0])
    assert all(b.confirmed_by == "" and b.confirmed_at is None and b.note for b in found.values())
    assert unbound(sheet, CATALOGUE) == {}


def test_it_says_why_an_indicator_has_no_proposal() -> None:
    rows = (
        Indicator(1, "效益指标", "", "社会影响", BLANK, BLANK),
        Indicator(2, "效益指标", "", "开放日场次", BLANK, LOST),
        Indicator(3, "效益指标", "", "", BLANK, read_cell("≥3次")),
    )
    assert propose(sheet_of(*rows), CATALOGUE) == {}
    first, second, third = unbound(sheet_of(*rows), CATALOGUE).values()
    assert "没有目标值" in first and "缺失" in second and "没有指标名称" in third


def test_it_binds_by_the_half_year_target_where_the_full_one_is_lost() -> None:
    (found,) = propose(sheet_of(Indicator(1, "", "", "开放日场次", read_cell("≥1次"), LOST)), CATALOGUE).values()
    assert said(found) == "count C+"


def test_it_compares_a_figure_without_target_year_on_year_only() -> None:
    stated = (
        Indicator(1, "", "", "人工接通率", BLANK, BLANK, reported=read_cell("72.95%")),
        Indicator(2, "", "", "月均话务量", BLANK, BLANK, reported=read_cell("175560次")),
    )
    assert [said(b) for b in propose(sheet_of(*stated), CATALOGUE).values()] == ["kpi V answer_rate", "reading V"]


def test_it_keeps_an_exact_count_exact() -> None:
    (found,) = propose(sheet_of(row("开展考核次数", "=2次", "=4次")), CATALOGUE).values()
    assert found.tolerance == 0.0


@pytest.mark.parametrize(
    "name",
    [
        "投诉举报类工单质检率",
        "受训学员的满意度",
        "微信公众号被通报率",
        "企业诉求按时办结率",
        "尚贤专席接通率",
        "满意度",
    ],
)
def test_it_binds_no_rate_of_a_part_to_the_rate_of_the_whole(name: str) -> None:
    assert kpi_named(name, CATALOGUE) is None


def test_it_binds_a_rate_only_to_a_target_in_percent() -> None:
    (found,) = propose(sheet_of(row("回访率", "≥15件", "≥30件")), CATALOGUE).values()
    assert said(found) == "count C+"


def test_it_knows_the_kpis_a_centre_declares_itself() -> None:
    formula = Formula("default", "红单量 ÷ 受理量", (("returned_at_fault", 1),), (("accepted", 1),))
    own = Kpi("red_rate", "红单率", Group.ORDERS, KpiUnit.PERCENT, Better.LOWER, (formula,))
    (found,) = propose(sheet_of(row("12345热线红单率", "≤3%", "≤3%")), build([own])).values()
    assert said(found) == "kpi R red_rate"
