"""The catalogue holds every KPI of the rule book, by its code, its name and its other names."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.catalogue import build, ratio
from kpi.definitions import resolve
from kpi.model import Better, DatedBy, Definition, Fact, Group, Measure, Unit

UP, DOWN, NEUTRAL, PLAN = Better.HIGHER, Better.LOWER, Better.NEUTRAL, Better.NEAR_PLAN

RULE_BOOK = [
    ("answer_rate", "接通率", "answered", "offered", UP),
    ("service_level", "15秒接通率", "answered_within_15", "answered + abandoned", UP),
    ("speed_of_answer", "平均接通时长", "wait_seconds", "answered", DOWN),
    ("handle_time", "平均处理时长", "talk_seconds + wrap_seconds", "answered", DOWN),
    ("abandon_rate", "放弃率", "abandoned", "offered", DOWN),
    ("ivr_loss_rate", "IVR呼损率", "lost_in_ivr", "entered_ivr", DOWN),
    ("recording_rate", "话务录音率", "recorded", "answered", UP),
    ("call_satisfaction_rate", "话务满意率", "satisfied_calls", "rated_calls", UP),
    ("first_contact_rate", "一次性解答率", "solved_first", "accepted", UP),
    ("dispatch_on_time_rate", "及时派单率", "dispatched_on_time", "dispatched", UP),
    ("dispatch_accuracy", "派单准确率", "dispatched_right", "dispatched", UP),
    ("at_fault_return_rate", "有责退单率", "returned_at_fault", "dispatched", DOWN),
    ("closure_rate", "办结率", "closed", "due", UP),
    ("on_time_closure_rate", "按时办结率", "closed_on_time", "due", UP),
    ("callback_rate", "回访率", "called_back", "to_call_back", UP),
    ("satisfaction_rate", "满意率", "satisfied_orders", "rated_orders", UP),
    ("missed_call_return_rate", "漏接回拨率", "missed_returned", "missed_with_number", UP),
    ("quality_pass_rate", "服务合格率", "inspection_passed", "inspected", UP),
    ("inspection_rate", "质检率", "inspected", "to_inspect", UP),
    ("at_fault_complaint_rate", "有责投诉率", "complaints_at_fault", "answered", DOWN),
    ("service_complaints", "服务投诉量", "complaints", "", DOWN),
    ("daily_output", "月均日产能", "items", "seat_days", UP),
    ("occupancy", "座席利用率", "seat_busy_seconds", "signed_in_seconds", NEUTRAL),
    ("retention_rate", "座席人员稳定率", "seats_kept", "seats_opening", UP),
    ("accepted_volume", "受理量", "accepted", "", NEUTRAL),
    ("inbound_volume", "来电量", "entered_ivr", "", NEUTRAL),
    ("offered_volume", "呼入量", "offered", "", NEUTRAL),
    ("budget_execution_rate", "预算执行率", "spent", "budget", PLAN),
    ("funds_received_rate", "资金到位率", "received", "funds_due", PLAN),
    ("contract_payment_progress", "合同付款进度", "paid", "contract_sum", PLAN),
    ("budget_adjustment_rate", "预算调整率", "moved", "budget_approved", PLAN),
]
ALIASES = {
    "answer_rate": ["热线话务接通率", "热线接通率", "人工接通率", "接能率"],
    "first_contact_rate": ["在线答复率", "直接答复率"],
    "dispatch_accuracy": ["转办准确率"],
    "satisfaction_rate": ["工单办理结果满意率", "综合满意率", "回访市民满意度"],
}


@pytest.mark.parametrize(("code", "name", "top", "bottom", "better"), RULE_BOOK, ids=[row[0] for row in RULE_BOOK])
def test_it_declares_each_kpi_as_the_rule_book_says(
    code: str, name: str, top: str, bottom: str, better: Better
) -> None:
    kpi = build().kpi(code)
    default = Definition(code, date(2026, 1, 1), kpi.formulas[0].code)
    sides = [" + ".join(resolve(t, default)) for t in (kpi.formulas[0].numerator, kpi.formulas[0].denominator)]
    assert (kpi.name, sides, kpi.better) == (name, [top, bottom], better)


def test_it_finds_a_kpi_by_its_other_names() -> None:
    catalogue = build()
    found = {code: [catalogue.kpi(alias).code for alias in aliases] for code, aliases in ALIASES.items()}
    assert found == {code: [code] * len(aliases) for code, aliases in ALIASES.items()}


def test_it_says_what_there_is_when_a_kpi_is_unknown() -> None:
    with pytest.raises(KeyError, match=r"没有指标 'no_such_thing'.*answer_rate"):
        build().kpi("no_such_thing")


def test_it_takes_a_kpi_of_the_centres_own_in_one_declaration() -> None:
    tickets = Measure("red_tickets", "红单量", Fact.READING, Unit.ITEMS, DatedBy.STATED)
    own = ratio("answer_twice", "自定义率", "Own rate", Group.CALLS, UP, "answered / offered")
    catalogue = build([own], [tickets])
    assert catalogue.kpi("自定义率").formulas[0].text == "接通量 ÷ 人工请求量"
    assert catalogue.measures["red_tickets"].name == "红单量"


def test_it_refuses_a_name_declared_twice() -> None:
    with pytest.raises(ValueError, match="重复声明"):
        build([ratio("my_rate", "热线接通率", "My rate", Group.CALLS, UP, "answered / offered")])
