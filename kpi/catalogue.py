"""The KPI catalogue (指标目录): THE one place a KPI is declared (RULES 1).

To add a KPI, add one entry here (and its SQL to the tests): name, note and what its misses are called stand in it in
both languages. Measures it needs that are not in ``measures.py`` are declared there; the docs, the command line, the
pages in Chinese and English, alerts and reports take everything from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi.measures import ALL_MEASURES
from kpi.misses import Misses
from kpi.model import Better, Formula, Group, Kpi, Measure, Terms, Unit
from kpi.service_level import ANSWER_RATE_FORMULAS, SERVICE_LEVEL_FORMULAS, SERVICE_LEVEL_WORDS

_NAMES: dict[str, str] = {m.code: m.name for m in ALL_MEASURES}


def formula_text(numerator: Terms, denominator: Terms, names: Mapping[str, str] = _NAMES) -> str:
    """A formula of measures written out in Chinese: “接通量 ÷ 人工请求量”."""

    def side(terms: Terms) -> str:
        text = " ".join(("+ " if sign > 0 else "− ") + names[code] for code, sign in terms).removeprefix("+ ")
        return f"({text})" if len(terms) > 1 else text

    return f"{side(numerator)} ÷ {side(denominator)}" if denominator else side(numerator)


def _terms(text: str) -> Terms:
    return tuple((code, 1) for code in text.replace("+", " ").split())


def ratio(
    code: str,
    name: str,
    english: str,
    group: Group,
    better: Better,
    parts: str,
    *aliases: str,
    unit: Unit = Unit.PERCENT,
    note: str = "",
    note_english: str = "",
    others: tuple[tuple[str, str], ...] = (),
    misses: Misses | None = None,
) -> Kpi:
    """A KPI “a / b” of two measures; ``others`` are further formulas (code, parts)."""
    formulas = []
    for formula_code, text in (("default", parts), *others):
        top, _, bottom = text.partition("/")
        numerator, denominator = _terms(top), _terms(bottom)
        formulas.append(Formula(formula_code, formula_text(numerator, denominator), numerator, denominator))
    return Kpi(
        code, name, group, unit, better, tuple(formulas), aliases, note,
        english=english, note_english=note_english, misses=misses,
    )  # fmt: skip


def count(
    code: str, name: str, english: str, group: Group, better: Better, measure: str, *aliases: str, unit: Unit
) -> Kpi:
    """A KPI that is a plain count of one measure."""
    return ratio(code, name, english, group, better, measure, *aliases, unit=unit)


_C, _O, _Q, _S, _V, _M = Group.CALLS, Group.ORDERS, Group.QUALITY, Group.SEATS, Group.VOLUMES, Group.MONEY
_UP, _DOWN, _NONE, _PLAN = Better.HIGHER, Better.LOWER, Better.NEUTRAL, Better.NEAR_PLAN

BUILTIN: tuple[Kpi, ...] = (
    Kpi(
        "answer_rate", "接通率", _C, Unit.PERCENT, _UP, ANSWER_RATE_FORMULAS,
        ("热线话务接通率", "热线接通率", "人工接通率", "话务接通率", "接能率"), english="Answer rate",
        misses=Misses("漏接", "个", "全部接通", "calls missed", "calls may be missed", "answering every call"),
    ),
    Kpi(
        "service_level", "15秒接通率", _C, Unit.PERCENT, _UP, SERVICE_LEVEL_FORMULAS,
        ("15秒内接通率", "十五秒接通率", "服务水平"), english="Answered within 15 s", words=SERVICE_LEVEL_WORDS,
        misses=Misses(
            "超时", "个", "全部按时接通", "calls late", "calls may be late", "answering every call in time"
        ),
    ),
    ratio(
        "speed_of_answer", "平均接通时长", "Speed of answer", _C, _DOWN, "wait_seconds / answered", "平均等待时长",
        unit=Unit.SECONDS,
    ),
    ratio(
        "handle_time", "平均处理时长", "Handle time", _C, _DOWN, "talk_seconds + wrap_seconds / answered",
        unit=Unit.SECONDS, others=(("talk_only", "talk_seconds / answered"),),
    ),
    ratio(
        "abandon_rate", "放弃率", "Abandonment", _C, _DOWN, "abandoned / offered", "呼损率",
        misses=Misses("放弃", "个", "一个都不放弃", "calls abandoned", "calls may be abandoned", "no call abandoned"),
    ),
    ratio(
        "ivr_loss_rate", "IVR呼损率", "IVR loss", _C, _DOWN, "lost_in_ivr / entered_ivr", "IVR互损率",
        misses=Misses("呼损", "个", "一个都不呼损", "calls lost", "calls may be lost", "no call lost"),
    ),
    ratio(
        "recording_rate", "话务录音率", "Recording rate", _C, _UP, "recorded / answered", "录音率",
        misses=Misses(
            "漏录音", "个", "全部录音", "calls not recorded", "calls may go unrecorded", "recording every call"
        ),
    ),
    ratio(
        "call_satisfaction_rate", "话务满意率", "Call satisfaction", _C, _UP, "satisfied_calls / rated_calls",
        "话后评价满意率", "话务员满意率", "电话满意率",
        misses=Misses(
            "不满意", "个", "全部满意", "calls rated unsatisfied", "calls may be unsatisfied", "every rating satisfied"
        ),
    ),
    ratio(
        "call_satisfaction_score", "话务满意度均分", "Call satisfaction score", _C, _UP, "rating_points / rated_calls",
        unit=Unit.POINTS,
    ),
    ratio(
        "first_contact_rate", "一次性解答率", "First-contact resolution", _O, _UP, "solved_first / accepted",
        "在线答复率", "直接答复率",
        misses=Misses(
            "不能当场解答", "件", "全部当场解答",
            "not resolved at once", "may not be resolved at once", "every one resolved at once",
        ),
    ),
    ratio(
        "dispatch_on_time_rate", "及时派单率", "Dispatched on time", _O, _UP, "dispatched_on_time / dispatched",
        "派单及时率",
        misses=Misses(
            "派单超时", "件", "全部及时派单",
            "dispatched late", "may be dispatched late", "every one dispatched in time",
        ),
    ),
    ratio(
        "dispatch_accuracy", "派单准确率", "Dispatch accuracy", _O, _UP, "dispatched_right / dispatched",
        "转办准确率", "准确派单率",
        misses=Misses(
            "派错", "件", "全部派准", "dispatched wrongly", "may be dispatched wrongly", "every one dispatched right"
        ),
    ),
    ratio(
        "at_fault_return_rate", "有责退单率", "Returns at fault", _O, _DOWN, "returned_at_fault / dispatched",
        misses=Misses("有责退单", "件", "一件都不退", "returned at fault", "may be returned at fault", "none returned"),
    ),
    ratio(
        "closure_rate", "办结率", "Closure rate", _O, _UP, "closed / due",
        others=(("accepted", "accepted_closed / accepted"),),
        misses=Misses("未办结", "件", "全部办结", "not closed", "may stay open", "every one closed"),
    ),
    ratio(
        "on_time_closure_rate", "按时办结率", "Closed on time", _O, _UP, "closed_on_time / due", "按期办结率",
        others=(("accepted", "accepted_on_time / accepted"),),
        misses=Misses("逾期", "件", "全部按时办结", "overdue", "may be overdue", "every one closed in time"),
    ),
    ratio(
        "callback_rate", "回访率", "Call-back rate", _O, _UP, "called_back / to_call_back", "回访量的比例",
        misses=Misses(
            "漏回访", "件", "全部回访", "not called back", "call-backs may be missed", "every one called back"
        ),
    ),
    ratio(
        "satisfaction_rate", "满意率", "Satisfaction", _O, _UP, "satisfied_orders / rated_orders",
        "工单办理结果满意率", "12345工单办理结果满意率", "综合满意率", "回访市民满意度", "工单处理满意度", "热线满意度",
        note="未联系上、拒绝评价与缺失不是评价,不进分母。",
        note_english="Not reached, refused and missing are no ratings.",
        misses=Misses("不满意", "件", "全部满意", "rated unsatisfied", "may be unsatisfied", "every rating satisfied"),
    ),
    ratio(
        "missed_call_return_rate", "漏接回拨率", "Missed calls returned", _C, _UP,
        "missed_returned / missed_with_number",
        misses=Misses(
            "漏回拨", "个", "全部回拨", "calls not returned", "calls may go unreturned", "every call returned"
        ),
    ),
    ratio(
        "quality_pass_rate", "服务合格率", "Quality pass rate", _Q, _UP, "inspection_passed / inspected", "质检合格率",
        misses=Misses("不合格", "件", "全部合格", "failed", "may fail", "every one passing"),
    ),
    ratio(
        "inspection_rate", "质检率", "Inspection rate", _Q, _UP, "inspected / to_inspect",
        misses=Misses("漏检", "件", "全部质检", "not inspected", "may go uninspected", "every one inspected"),
    ),
    ratio(
        "at_fault_complaint_rate", "有责投诉率", "Complaints at fault", _Q, _DOWN, "complaints_at_fault / answered",
        misses=Misses(
            "有责投诉", "件", "一件都不发生", "complaints at fault", "complaints at fault may come", "none at all"
        ),
    ),
    count("service_complaints", "服务投诉量", "Service complaints", _Q, _DOWN, "complaints", unit=Unit.TIMES),
    ratio(
        "daily_output", "月均日产能", "Daily output per seat", _S, _UP, "items / seat_days", "日均产能", "人均日产能",
        unit=Unit.ITEMS_PER_SEAT_DAY, note="一个座席一天签入或处理过至少一件即为一个座席日。",
        note_english="A seat that signed in or handled anything on a day is a seat-day.",
    ),
    ratio("occupancy", "座席利用率", "Occupancy", _S, _NONE, "seat_busy_seconds / signed_in_seconds"),
    ratio(
        "retention_rate", "座席人员稳定率", "Staff retention", _S, _UP, "seats_kept / seats_opening", "人员稳定率"
    ),
    count("accepted_volume", "受理量", "Orders accepted", _V, _NONE, "accepted", "受理总量", unit=Unit.ITEMS),
    count("inbound_volume", "来电量", "Inbound calls", _V, _NONE, "entered_ivr", "来电总量", unit=Unit.CALLS),
    count("offered_volume", "呼入量", "Calls offered", _V, _NONE, "offered", "人工呼入量", unit=Unit.CALLS),
    ratio("budget_execution_rate", "预算执行率", "Budget execution", _M, _PLAN, "spent / budget"),
    ratio("funds_received_rate", "资金到位率", "Funds received", _M, _PLAN, "received / funds_due"),
    ratio("contract_payment_progress", "合同付款进度", "Contract payments", _M, _PLAN, "paid / contract_sum"),
    ratio("budget_adjustment_rate", "预算调整率", "Budget adjustment", _M, _PLAN, "moved / budget_approved"),
)  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """The KPIs and measures one installation works with: the built-in ones and the centre's own."""

    kpis: Mapping[str, Kpi]
    measures: Mapping[str, Measure]

    def __iter__(self) -> Iterator[Kpi]:
        return iter(self.kpis.values())

    def kpi(self, code: str) -> Kpi:
        """The KPI with this code, name or alias. Raises KeyError saying what there is."""
        if code in self.kpis:
            return self.kpis[code]
        for kpi in self:
            if code == kpi.name or code in kpi.aliases:
                return kpi
        raise KeyError(f"没有指标 {code!r}; 可用: {', '.join(self.kpis)}")


def build(own_kpis: Iterable[Kpi] = (), own_measures: Iterable[Measure] = ()) -> Catalogue:
    """The catalogue with a centre's own KPIs and measures added.

    Raises ValueError for a code or name declared twice, or a KPI of a measure that is not declared.
    """
    measures: dict[str, Measure] = {}
    for measure in (*ALL_MEASURES, *own_measures):
        if measure.code in measures:
            raise ValueError(f"计量 {measure.code!r} 重复声明")
        measures[measure.code] = measure
    kpis: dict[str, Kpi] = {}
    for kpi in (*BUILTIN, *own_kpis):
        taken = {name for other in kpis.values() for name in (other.name, *other.aliases)}
        if kpi.code in kpis or taken & {kpi.name, *kpi.aliases}:
            raise ValueError(f"指标 {kpi.code!r} ({kpi.name}) 重复声明")
        _check_terms(kpi, measures)
        kpis[kpi.code] = kpi
    return Catalogue(kpis, measures)


def _check_terms(kpi: Kpi, measures: Mapping[str, Measure]) -> None:
    for formula in kpi.formulas:
        for code, _sign in (*formula.numerator, *formula.denominator):
            if "{" not in code and code not in measures:
                raise ValueError(f"指标 {kpi.code!r} 用到未声明的计量 {code!r}")
