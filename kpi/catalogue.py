"""The KPI catalogue (指标目录): THE one place a KPI is declared (RULES 1).

To add a KPI, add one line here (and its figure to the catalogue test). Measures it needs that are not in
``measures.py`` are declared there; the docs, the command line and the pages take everything from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi.measures import ALL_MEASURES
from kpi.model import Better, Formula, Group, Kpi, Measure, Terms, Unit
from kpi.service_level import ANSWER_RATE_FORMULAS, SERVICE_LEVEL_FORMULAS

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
    group: Group,
    better: Better,
    parts: str,
    *aliases: str,
    unit: Unit = Unit.PERCENT,
    note: str = "",
    others: tuple[tuple[str, str], ...] = (),
) -> Kpi:
    """A KPI “a / b” of two measures; ``others`` are further formulas (code, parts)."""
    formulas = []
    for formula_code, text in (("default", parts), *others):
        top, _, bottom = text.partition("/")
        numerator, denominator = _terms(top), _terms(bottom)
        formulas.append(Formula(formula_code, formula_text(numerator, denominator), numerator, denominator))
    return Kpi(code, name, group, unit, better, tuple(formulas), aliases, note)


def count(code: str, name: str, group: Group, better: Better, measure: str, *aliases: str, unit: Unit) -> Kpi:
    """A KPI that is a plain count of one measure."""
    return ratio(code, name, group, better, measure, *aliases, unit=unit)


_C, _O, _Q, _S, _V, _M = Group.CALLS, Group.ORDERS, Group.QUALITY, Group.SEATS, Group.VOLUMES, Group.MONEY
_UP, _DOWN, _NONE, _PLAN = Better.HIGHER, Better.LOWER, Better.NEUTRAL, Better.NEAR_PLAN

BUILTIN: tuple[Kpi, ...] = (
    Kpi(
        "answer_rate", "接通率", _C, Unit.PERCENT, _UP, ANSWER_RATE_FORMULAS,
        ("热线话务接通率", "热线接通率", "人工接通率", "话务接通率", "接能率"),
    ),
    Kpi(
        "service_level", "15秒接通率", _C, Unit.PERCENT, _UP, SERVICE_LEVEL_FORMULAS,
        ("15秒内接通率", "十五秒接通率", "服务水平"),
    ),
    ratio("speed_of_answer", "平均接通时长", _C, _DOWN, "wait_seconds / answered", "平均等待时长", unit=Unit.SECONDS),
    ratio(
        "handle_time", "平均处理时长", _C, _DOWN, "talk_seconds + wrap_seconds / answered",
        unit=Unit.SECONDS, others=(("talk_only", "talk_seconds / answered"),),
    ),
    ratio("abandon_rate", "放弃率", _C, _DOWN, "abandoned / offered", "呼损率"),
    ratio("ivr_loss_rate", "IVR呼损率", _C, _DOWN, "lost_in_ivr / entered_ivr", "IVR互损率"),
    ratio("recording_rate", "话务录音率", _C, _UP, "recorded / answered", "录音率"),
    ratio(
        "call_satisfaction_rate", "话务满意率", _C, _UP, "satisfied_calls / rated_calls",
        "话后评价满意率", "话务员满意率", "电话满意率",
    ),
    ratio(
        "call_satisfaction_score", "话务满意度均分", _C, _UP, "rating_points / rated_calls", unit=Unit.POINTS
    ),
    ratio("first_contact_rate", "一次性解答率", _O, _UP, "solved_first / accepted", "在线答复率", "直接答复率"),
    ratio("dispatch_on_time_rate", "及时派单率", _O, _UP, "dispatched_on_time / dispatched", "派单及时率"),
    ratio(
        "dispatch_accuracy", "派单准确率", _O, _UP, "dispatched_right / dispatched", "转办准确率", "准确派单率"
    ),
    ratio("at_fault_return_rate", "有责退单率", _O, _DOWN, "returned_at_fault / dispatched"),
    ratio(
        "closure_rate", "办结率", _O, _UP, "closed / due", others=(("accepted", "accepted_closed / accepted"),)
    ),
    ratio(
        "on_time_closure_rate", "按时办结率", _O, _UP, "closed_on_time / due", "按期办结率",
        others=(("accepted", "accepted_on_time / accepted"),),
    ),
    ratio("callback_rate", "回访率", _O, _UP, "called_back / to_call_back", "回访量的比例"),
    ratio(
        "satisfaction_rate", "满意率", _O, _UP, "satisfied_orders / rated_orders",
        "工单办理结果满意率", "12345工单办理结果满意率", "综合满意率", "回访市民满意度", "工单处理满意度", "热线满意度",
        note="未联系上、拒绝评价与缺失不是评价,不进分母。",
    ),
    ratio(
        "missed_call_return_rate", "漏接回拨率", _C, _UP, "missed_returned / missed_with_number"
    ),
    ratio("quality_pass_rate", "服务合格率", _Q, _UP, "inspection_passed / inspected", "质检合格率"),
    ratio("inspection_rate", "质检率", _Q, _UP, "inspected / to_inspect"),
    ratio("at_fault_complaint_rate", "有责投诉率", _Q, _DOWN, "complaints_at_fault / answered"),
    count("service_complaints", "服务投诉量", _Q, _DOWN, "complaints", unit=Unit.TIMES),
    ratio(
        "daily_output", "月均日产能", _S, _UP, "items / seat_days", "日均产能", "人均日产能",
        unit=Unit.ITEMS_PER_SEAT_DAY, note="一个座席一天签入或处理过至少一件即为一个座席日。",
    ),
    ratio("occupancy", "座席利用率", _S, _NONE, "seat_busy_seconds / signed_in_seconds"),
    ratio("retention_rate", "座席人员稳定率", _S, _UP, "seats_kept / seats_opening", "人员稳定率"),
    count("accepted_volume", "受理量", _V, _NONE, "accepted", "受理总量", unit=Unit.ITEMS),
    count("inbound_volume", "来电量", _V, _NONE, "entered_ivr", "来电总量", unit=Unit.CALLS),
    count("offered_volume", "呼入量", _V, _NONE, "offered", "人工呼入量", unit=Unit.CALLS),
    ratio("budget_execution_rate", "预算执行率", _M, _PLAN, "spent / budget"),
    ratio("funds_received_rate", "资金到位率", _M, _PLAN, "received / funds_due"),
    ratio("contract_payment_progress", "合同付款进度", _M, _PLAN, "paid / contract_sum"),
    ratio("budget_adjustment_rate", "预算调整率", _M, _PLAN, "moved / budget_approved"),
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
