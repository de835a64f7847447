"""The measures (计量): THE one place a measure is declared. The fact tables take their columns from here.

A measure is additive over centres, seats, hours and days unless its nature says stock. Adding a measure with
fact READING needs no migration; one with another fact adds a column (see docs/adding-a-kpi.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from kpi.model import DatedBy, Fact, Measure, Nature, Unit

ANSWER_LIMITS = (5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180)
"""T of “T 秒内接通” that the facts keep (seconds, inclusive). A definition's limit is one of these."""
STRICT_LIMITS = (10, 15, 20, 30)
"""T kept also exclusively (wait < T), for contracts that say “不足 T 秒”."""
SHORT_LIMITS = (3, 5, 10)
"""Short-abandon limits kept (wait < S seconds)."""


def _calls(*rows: tuple[str, str, Unit]) -> list[Measure]:
    return [Measure(code, name, Fact.CALL, unit, DatedBy.ASKED) for code, name, unit in rows]


def _orders(dated_by: DatedBy, *rows: tuple[str, str]) -> list[Measure]:
    return [Measure(code, name, Fact.ORDER, Unit.ITEMS, dated_by) for code, name in rows]


def _seats(*rows: tuple[str, str, Unit]) -> list[Measure]:
    return [Measure(code, name, Fact.SEAT, unit, DatedBy.WORKED) for code, name, unit in rows]


def _readings(nature: Nature, unit: Unit, *rows: tuple[str, str]) -> list[Measure]:
    return [Measure(code, name, Fact.READING, unit, DatedBy.STATED, nature) for code, name in rows]


CALL_MEASURES: tuple[Measure, ...] = tuple(
    _calls(
        ("entered_ivr", "进入IVR量", Unit.CALLS),
        ("lost_in_ivr", "IVR呼损量", Unit.CALLS),
        ("offered", "人工请求量", Unit.CALLS),
        ("answered", "接通量", Unit.CALLS),
        ("abandoned", "放弃量", Unit.CALLS),
        ("closed_calls", "非服务时间来电", Unit.CALLS),
        ("wait_seconds", "接通等待时长", Unit.SECONDS),
        ("talk_seconds", "通话时长", Unit.SECONDS),
        ("wrap_seconds", "话后处理时长", Unit.SECONDS),
        ("recorded", "录音量", Unit.CALLS),
        ("rated_calls", "话务评价量", Unit.CALLS),
        ("satisfied_calls", "话务满意量", Unit.CALLS),
        ("rating_points", "话务评分合计", Unit.POINTS),
        ("missed_with_number", "有号码的漏接量", Unit.CALLS),
        ("missed_returned", "漏接回拨量", Unit.CALLS),
    )
    + _calls(*((f"answered_within_{t}", f"{t}秒内接通量", Unit.CALLS) for t in ANSWER_LIMITS))
    + _calls(*((f"abandoned_within_{t}", f"{t}秒内放弃量", Unit.CALLS) for t in ANSWER_LIMITS))
    + _calls(*((f"answered_under_{t}", f"不足{t}秒接通量", Unit.CALLS) for t in STRICT_LIMITS))
    + _calls(*((f"abandoned_under_{t}", f"不足{t}秒放弃量", Unit.CALLS) for t in SHORT_LIMITS))
)

ORDER_MEASURES: tuple[Measure, ...] = tuple(
    _orders(
        DatedBy.ACCEPTED,
        ("accepted", "受理量"),
        ("solved_first", "一次性解答量"),
        ("accepted_closed", "受理件中已办结量"),
        ("accepted_on_time", "受理件中按时量"),
    )
    + _orders(
        DatedBy.DISPATCHED,
        ("dispatched", "派单量"),
        ("dispatched_on_time", "及时派单量"),
        ("dispatched_right", "一次派准量"),
        ("returned_at_fault", "有责退单量"),
    )
    + _orders(
        DatedBy.DUE,
        ("due", "到期量"),
        ("closed", "到期件中办结量"),
        ("closed_on_time", "按时办结量"),
    )
    + _orders(
        DatedBy.CLOSED,
        ("to_call_back", "应回访量"),
        ("called_back", "回访量"),
    )
    + _orders(
        DatedBy.CALLED_BACK,
        ("rated_orders", "有效评价量"),
        ("satisfied_orders", "满意量"),
    )
)

SEAT_MEASURES: tuple[Measure, ...] = tuple(
    _seats(
        ("items", "座席处理件数", Unit.ITEMS),
        ("seat_days", "座席工作天数", Unit.PEOPLE),
        ("seat_calls", "座席接听量", Unit.CALLS),
        ("seat_orders", "座席办单量", Unit.ITEMS),
        ("seat_busy_seconds", "签入座席通话与话后时长", Unit.SECONDS),
        ("signed_in_seconds", "签入时长", Unit.SECONDS),
        ("paused_seconds", "小休时长", Unit.SECONDS),
    )
)

READING_MEASURES: tuple[Measure, ...] = tuple(
    _readings(
        Nature.FLOW,
        Unit.ITEMS,
        ("inspected", "质检量"),
        ("inspection_passed", "质检合格量"),
        ("to_inspect", "应质检量"),
    )
    + _readings(Nature.EVENT, Unit.TIMES, ("complaints", "服务投诉量"), ("complaints_at_fault", "有责投诉量"))
    + _readings(
        Nature.STOCK,
        Unit.PEOPLE,
        ("seats_opening", "期初座席人数"),
        ("seats_kept", "留任座席人数"),
        ("seats", "座席数"),
    )
    + _readings(Nature.STOCK, Unit.ITEMS, ("orders_open", "在办量"))
    + _readings(
        Nature.EVENT,
        Unit.YUAN,
        ("spent", "支出"),
        ("received", "到位资金"),
        ("paid", "合同付款"),
        ("moved", "预算调整额"),
    )
    + _readings(
        Nature.STOCK,
        Unit.YUAN,
        ("budget", "预算数"),
        ("funds_due", "应到位资金"),
        ("contract_sum", "合同金额"),
        ("budget_approved", "批复预算数"),
    )
)

ALL_MEASURES: tuple[Measure, ...] = CALL_MEASURES + ORDER_MEASURES + SEAT_MEASURES + READING_MEASURES
BY_CODE: dict[str, Measure] = {m.code: m for m in ALL_MEASURES}


def of_fact(fact: Fact, measures: Iterable[Measure] = ALL_MEASURES) -> tuple[Measure, ...]:
    """The measures kept in one fact table, in order of declaration."""
    return tuple(m for m in measures if m.fact is fact)
