"""The measures (计量): THE one place a measure is declared. The fact tables take their columns from here.

Each row: code, Chinese name, English name as it stands in formulas. A measure is additive over centres, seats, hours
and days unless its nature says stock. Adding a measure with fact READING needs no migration; one with another fact adds
a column (see docs/adding-a-kpi.md).
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


def _calls(*rows: tuple[str, str, str, Unit]) -> list[Measure]:
    return [Measure(code, name, Fact.CALL, unit, DatedBy.ASKED, english=english) for code, name, english, unit in rows]


def _limited(code: str, name: str, english: str, limits: Iterable[int]) -> list[Measure]:
    """One measure for each limit in seconds, ``{t}`` in code and names."""
    return _calls(*((code.format(t=t), name.format(t=t), english.format(t=t), Unit.CALLS) for t in limits))


def _orders(dated_by: DatedBy, *rows: tuple[str, str, str]) -> list[Measure]:
    return [Measure(code, name, Fact.ORDER, Unit.ITEMS, dated_by, english=english) for code, name, english in rows]


def _seats(*rows: tuple[str, str, str, Unit]) -> list[Measure]:
    return [Measure(code, name, Fact.SEAT, unit, DatedBy.WORKED, english=english) for code, name, english, unit in rows]


def _readings(nature: Nature, unit: Unit, *rows: tuple[str, str, str]) -> list[Measure]:
    return [
        Measure(code, name, Fact.READING, unit, DatedBy.STATED, nature, english=english) for code, name, english in rows
    ]


CALL_MEASURES: tuple[Measure, ...] = tuple(
    _calls(
        ("entered_ivr", "进入IVR量", "calls into the IVR", Unit.CALLS),
        ("lost_in_ivr", "IVR呼损量", "calls lost in the IVR", Unit.CALLS),
        ("offered", "人工请求量", "calls offered", Unit.CALLS),
        ("answered", "接通量", "answered", Unit.CALLS),
        ("abandoned", "放弃量", "abandoned", Unit.CALLS),
        ("closed_calls", "非服务时间来电", "calls outside opening hours", Unit.CALLS),
        ("wait_seconds", "接通等待时长", "waiting time of answered calls", Unit.SECONDS),
        ("talk_seconds", "通话时长", "talk time", Unit.SECONDS),
        ("wrap_seconds", "话后处理时长", "wrap-up time", Unit.SECONDS),
        ("recorded", "录音量", "recorded", Unit.CALLS),
        ("rated_calls", "话务评价量", "rated calls", Unit.CALLS),
        ("satisfied_calls", "话务满意量", "satisfied calls", Unit.CALLS),
        ("rating_points", "话务评分合计", "sum of ratings", Unit.POINTS),
        ("missed_with_number", "有号码的漏接量", "missed calls with a number", Unit.CALLS),
        ("missed_returned", "漏接回拨量", "missed calls returned", Unit.CALLS),
    )
    + _limited("answered_within_{t}", "{t}秒内接通量", "answered within {t} s", ANSWER_LIMITS)
    + _limited("abandoned_within_{t}", "{t}秒内放弃量", "abandoned within {t} s", ANSWER_LIMITS)
    + _limited("answered_under_{t}", "不足{t}秒接通量", "answered in under {t} s", STRICT_LIMITS)
    + _limited("abandoned_under_{t}", "不足{t}秒放弃量", "abandoned in under {t} s", SHORT_LIMITS)
)

ORDER_MEASURES: tuple[Measure, ...] = tuple(
    _orders(
        DatedBy.ACCEPTED,
        ("accepted", "受理量", "orders accepted"),
        ("solved_first", "一次性解答量", "resolved at first contact"),
        ("accepted_closed", "受理件中已办结量", "accepted and closed"),
        ("accepted_on_time", "受理件中按时量", "accepted and on time"),
    )
    + _orders(
        DatedBy.DISPATCHED,
        ("dispatched", "派单量", "dispatched"),
        ("dispatched_on_time", "及时派单量", "dispatched on time"),
        ("dispatched_right", "一次派准量", "dispatched right"),
        ("returned_at_fault", "有责退单量", "returned at fault"),
    )
    + _orders(
        DatedBy.DUE,
        ("due", "到期量", "due"),
        ("closed", "到期件中办结量", "due and closed"),
        ("closed_on_time", "按时办结量", "closed on time"),
    )
    + _orders(
        DatedBy.CLOSED,
        ("to_call_back", "应回访量", "to call back"),
        ("called_back", "回访量", "called back"),
    )
    + _orders(
        DatedBy.CALLED_BACK,
        ("rated_orders", "有效评价量", "ratings"),
        ("satisfied_orders", "满意量", "satisfied"),
    )
)

SEAT_MEASURES: tuple[Measure, ...] = tuple(
    _seats(
        ("items", "座席处理件数", "items of the seats", Unit.ITEMS),
        ("seat_days", "座席工作天数", "seat-days", Unit.PEOPLE),
        ("seat_calls", "座席接听量", "calls taken by the seats", Unit.CALLS),
        ("seat_orders", "座席办单量", "orders of the seats", Unit.ITEMS),
        ("seat_busy_seconds", "签入座席通话与话后时长", "busy time of the seats signed in", Unit.SECONDS),
        ("signed_in_seconds", "签入时长", "signed-in time", Unit.SECONDS),
        ("paused_seconds", "小休时长", "paused time", Unit.SECONDS),
    )
)

READING_MEASURES: tuple[Measure, ...] = tuple(
    _readings(
        Nature.FLOW,
        Unit.ITEMS,
        ("inspected", "质检量", "inspected"),
        ("inspection_passed", "质检合格量", "passed"),
        ("to_inspect", "应质检量", "to inspect"),
    )
    + _readings(
        Nature.EVENT,
        Unit.TIMES,
        ("complaints", "服务投诉量", "service complaints"),
        ("complaints_at_fault", "有责投诉量", "complaints at fault"),
    )
    + _readings(
        Nature.STOCK,
        Unit.PEOPLE,
        ("seats_opening", "期初座席人数", "seats at the start"),
        ("seats_kept", "留任座席人数", "seats kept"),
        ("seats", "座席数", "seats"),
    )
    + _readings(Nature.STOCK, Unit.ITEMS, ("orders_open", "在办量", "orders open"))
    + _readings(
        Nature.EVENT,
        Unit.YUAN,
        ("spent", "支出", "spent"),
        ("received", "到位资金", "funds received"),
        ("paid", "合同付款", "contract payments"),
        ("moved", "预算调整额", "budget moved"),
    )
    + _readings(
        Nature.STOCK,
        Unit.YUAN,
        ("budget", "预算数", "budget"),
        ("funds_due", "应到位资金", "funds due"),
        ("contract_sum", "合同金额", "contract sum"),
        ("budget_approved", "批复预算数", "approved budget"),
    )
)

ALL_MEASURES: tuple[Measure, ...] = CALL_MEASURES + ORDER_MEASURES + SEAT_MEASURES + READING_MEASURES
BY_CODE: dict[str, Measure] = {m.code: m for m in ALL_MEASURES}


def of_fact(fact: Fact, measures: Iterable[Measure] = ALL_MEASURES) -> tuple[Measure, ...]:
    """The measures kept in one fact table, in order of declaration."""
    return tuple(m for m in measures if m.fact is fact)
