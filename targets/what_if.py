"""What if, from tomorrow: a rate held, or seats added (RULES 4), for one indicator in both periods."""

from __future__ import annotations

import math
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kpi.catalogue import Catalogue
from kpi.model import Better, Kpi
from kpi.pace_model import Pace, PaceClass
from kpi.periods import Period
from kpi.status import Status, meets
from kpi.whatif import SEATS_NOTE, add_seats, hold_rate
from kpi.workdays import WorkCalendar
from targets import said
from targets.pace_base import Goal, Moment, goal_of
from targets.pace_facts import KpiFacts
from targets.pace_load import load_facts
from targets.pace_ratio import effective
from targets.pace_rows import row_of
from targets.progress import SHANGHAI, Opened, open_sheet
from targets.what_if_model import WhatIf, WhatIfEnd

__all__ = ["WhatIf", "WhatIfEnd", "what_if"]

SEAT_KPIS = ("answer_rate", "service_level", "abandon_rate")
"""What more seats change: calls that are taken. 放弃率 is taken as what is not answered."""
RECENT_DAYS = 28
HOLD_NOTE = "按余下每天都保持这个水平推算, 余下的量按预测。"


def what_if(
    conn: Connection,
    catalogue: Catalogue,
    sheet_code: str,
    key: str,
    as_of: date,
    *,
    today: date,
    calendar: WorkCalendar,
    rate: float | None = None,
    seats_added: float | None = None,
    seats: float | None = None,
    tz: ZoneInfo = SHANGHAI,
    min_sample: int = 0,
) -> WhatIf:
    """The end of both periods if from tomorrow ``rate`` (a fraction for percentages) holds, or ``seats_added`` join.

    ``seats``: those at work now; without it the mean of the last 28 days on record. Raises UnknownSheetError,
    KeyError for an unknown indicator, ValueError (Chinese) where the question doesn't fit the indicator.
    """
    if (rate is None) == (seats_added is None):
        raise ValueError("请在“保持的水平”和“增加坐席”中填写一项。")
    opened = open_sheet(
        conn, catalogue, sheet_code, as_of, today=today, calendar=calendar, tz=tz, min_sample=min_sample, only=key
    )
    project, indicator = opened.find(key)
    row, facts = row_of(project, indicator, key, opened.bindings.get(key), opened.known), opened.facts(key)
    if facts is None or facts.kpi.is_count or not facts.has_flow:
        raise ValueError(f"“{row.indicator.name}”不是按天累计的比率,不能推算。")
    if rate is not None:
        _check_rate(facts, rate)
        ends = [_held(pace, facts, opened.known.moment, rate) for pace in (row.half, row.full)]
        return WhatIf(key, row.indicator.name, row.unit, ends[0], ends[1], HOLD_NOTE)
    at_work = _seats(conn, catalogue, opened, facts, seats)
    added = seats_added or 0.0
    ends = [_with_seats(pace, facts, opened.known.moment, at_work, added) for pace in (row.half, row.full)]
    return WhatIf(key, row.indicator.name, row.unit, ends[0], ends[1], SEATS_NOTE, at_work)


def _seats(conn: Connection, catalogue: Catalogue, opened: Opened, facts: KpiFacts, given: float | None) -> float:
    """Seats at work now. Raises ValueError where seats change nothing, or how many there are is not known."""
    if facts.kpi.code not in SEAT_KPIS:
        names = "、".join(catalogue.kpis[code].name for code in SEAT_KPIS if code in catalogue.kpis)
        raise ValueError(f"增加坐席只能对{names}推算。其他指标请填“保持的水平”。")
    at_work = given if given is not None else seats_at_work(conn, catalogue, opened)
    if not at_work:
        raise ValueError("近 28 天没有坐席出勤数据,请填写现有坐席数。")
    return at_work


def _check_rate(facts: KpiFacts, rate: float) -> None:
    if rate < 0 or (facts.is_share and rate > 1):
        raise ValueError("保持的水平要在 0 % 到 100 % 之间。" if facts.is_share else "保持的水平不能是负数。")


def seats_at_work(conn: Connection, catalogue: Catalogue, opened: Opened) -> float | None:
    """Seats on an average day of the last 28 days on record: items ÷ seat-days has them as its denominator."""
    moment = opened.known.moment
    found = load_facts(conn, catalogue, ["daily_output"], opened.centre, moment, opened.known_at).get("daily_output")
    if found is None or found.newest is None:
        return None
    recent = found.within(Period(found.newest - timedelta(days=RECENT_DAYS - 1), found.newest))
    working = found.days.denominators[recent]
    return sum(working) / len(working) if working else None


def _begin(pace: Pace, facts: KpiFacts, moment: Moment) -> WhatIfEnd | tuple[Goal | None, float]:
    """The goal of a running period and the rate foretold for its rest; or the end, where nothing can change it."""
    closed = moment.closed(pace.period) or not pace.remaining
    if closed or pace.value is None or pace.numerator is None or pace.denominator is None:
        reason = "期间已结束" if closed and pace.value is not None else "没有可推算的数据"
        return WhatIfEnd(pace.period, pace.target, pace.value, pace.status, pace.value, reason=reason, said=reason)
    goal = None
    if pace.target.is_number:
        printed = goal_of(pace.target, PaceClass.RATIO, facts.kpi.better, facts.kpi)
        goal = effective(printed, is_share=facts.is_share)
    usual = pace.value
    if pace.projected is not None and pace.remaining:
        whole = pace.denominator + pace.remaining
        usual = (pace.projected * whole - pace.numerator) / pace.remaining
    return goal, min(max(usual, 0.0), 1.0) if facts.is_share else max(usual, 0.0)


def _held(pace: Pace, facts: KpiFacts, moment: Moment, rate: float) -> WhatIfEnd:
    begun = _begin(pace, facts, moment)
    if isinstance(begun, WhatIfEnd):
        return begun
    value = hold_rate(pace.numerator or 0.0, pace.denominator or 0.0, pace.remaining or 0.0, rate)
    return _end(pace, facts.kpi, begun[0], value, rate)


def _with_seats(pace: Pace, facts: KpiFacts, moment: Moment, seats: float, added: float) -> WhatIfEnd:
    begun = _begin(pace, facts, moment)
    if isinstance(begun, WhatIfEnd):
        return begun
    goal, usual = begun
    lower = facts.kpi.better is Better.LOWER
    numerator, denominator, remaining = pace.numerator or 0.0, pace.denominator or 0.0, pace.remaining or 0.0
    taken = denominator - numerator if lower else numerator
    effect = add_seats(taken, denominator, remaining, 1 - usual if lower else usual, seats, added)
    rate = 1 - effect.rate if lower else effect.rate
    value = None if effect.value is None else 1 - effect.value if lower else effect.value
    needed = _seats_needed(pace.required, usual, seats, lower=lower)
    return _end(pace, facts.kpi, goal, value, rate, bounded=effect.bounded, seats_needed=needed)


def _seats_needed(required: float | None, usual: float, seats: float, *, lower: bool) -> int | None:
    """Seats to add so that the rate still required is just reached; None where even all would not do."""
    if required is None:
        return None
    need, have = (1 - required, 1 - usual) if lower else (required, usual)
    if need > 1 or have <= 0:
        return None
    return max(math.ceil(seats * (need / have - 1) - 1e-9), 0)


def _end(
    pace: Pace,
    kpi: Kpi,
    goal: Goal | None,
    value: float | None,
    rate: float,
    *,
    bounded: bool = False,
    seats_needed: int | None = None,
) -> WhatIfEnd:
    unit = kpi.unit.value
    without = pace.projected if pace.projected is not None else pace.value
    if value is None or goal is None:
        text = (
            "—" if value is None else f"到{pace.period.end.month}月{pace.period.end.day}日为 {said.amount(value, unit)}"
        )
        return WhatIfEnd(pace.period, pace.target, value, pace.status, without, rate, bounded, seats_needed, said=text)
    met = meets(value, goal.operator, goal.value)
    shown = said.amount(value, unit, (goal.value,))
    text = f"到{pace.period.end.month}月{pace.period.end.day}日为 {shown},{'达标' if met else '仍未达标'}"
    if seats_needed:
        text += f";要达标至少需增加 {seats_needed} 个坐席"
    status = Status.MET if met else Status.MISSED
    return WhatIfEnd(pace.period, pace.target, value, status, without, rate, bounded, seats_needed, said=text)
