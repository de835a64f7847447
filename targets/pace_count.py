"""C+, C=, C−: counts towards a minimum, towards an exact number, and under a cap. V: volumes, year on year only."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from kpi.count_law import quantiles
from kpi.forecast_count import project_count
from kpi.model import NoValue
from kpi.pace_model import Binding, Pace, Schedule
from kpi.pacing import calendar_share, monthly_share, pace_cap, pace_count
from kpi.periods import Period
from kpi.status import Operator, Status, meets, status_of
from targets import said
from targets.pace_base import Goal, Moment
from targets.pace_facts import KpiFacts, YearBefore

LOW, HIGH = 0.1, 0.9


def count(base: Pace, goal: Goal, unit: str, binding: Binding, moment: Moment, facts: KpiFacts | None = None) -> Pace:
    """The pace of a count; ``facts`` where the events come from the facts instead of entries."""
    if base.value is None and not (goal.value == 0 and goal.operator is Operator.AT_LEAST):
        return replace(base, status=Status.NO_DATA, said=said.without_value(base.reason, base.detail))
    if goal.operator is Operator.AT_MOST:
        return _cap(base, goal, unit, moment)
    return _towards(base, goal, unit, binding, moment, facts)


def schedule_share(binding: Binding, period: Period, as_of: date, moment: Moment) -> float:
    """The part of the schedule that has passed: by calendar days, working days or a monthly plan."""
    if binding.schedule is Schedule.MONTHLY and binding.plan:
        return monthly_share(dict(binding.plan), as_of, period)
    if binding.schedule is Schedule.WORKING:
        whole = moment.calendar.working_days(period.start, period.end)
        passed = moment.calendar.working_days(period.start, min(as_of, period.end))
        return passed / whole if whole else calendar_share(period, as_of)
    return calendar_share(period, as_of)


def _towards(base: Pace, goal: Goal, unit: str, binding: Binding, moment: Moment, facts: KpiFacts | None) -> Pace:
    done, period, closed = base.value or 0.0, base.period, moment.closed(base.period)
    share = schedule_share(binding, period, moment.cut(period), moment)
    exact = goal.operator is Operator.EQUAL
    tolerance = binding.tolerance if exact else 0.0
    pace = pace_count(done, goal.value, share, moment.working_left(period))
    met = meets(done, goal.operator, goal.value, tolerance)
    base = replace(
        base,
        expected=pace.expected,
        index=pace.index,
        per_day=None if closed or met else pace.per_day,
        required=pace.needed,
        remaining=float(moment.days_left(period)),
        locked=met and not exact and goal.value > 0,
        out_of_reach=exact and not closed and done > goal.value + tolerance,
    )
    if not closed:
        base = _foretold(base, goal, share, tolerance, moment, facts)
    status = _status(base, goal, pace.expected, met, closed)
    return replace(base, status=status, said=_said(base, goal, unit, met, closed))


def _status(base: Pace, goal: Goal, expected: float, met: bool, closed: bool) -> Status:
    """On pace but not there yet is 未到期; a whole one behind (a part of one can't be done) is 有风险."""
    if closed:
        return Status.MET if met else Status.MISSED
    if base.out_of_reach:
        return Status.OUT_OF_REACH
    if goal.value == 0:
        return Status.NOT_DUE
    if met:
        return Status.MET
    behind = (base.value or 0.0) < math.floor(expected + 1e-9)
    unlikely = base.probability is not None and base.probability < 0.8
    return Status.AT_RISK if behind or unlikely else Status.NOT_DUE


def _foretold(base: Pace, goal: Goal, share: float, tolerance: float, moment: Moment, facts: KpiFacts | None) -> Pace:
    """The end by the forecast where the facts tell the days, else by the rate so far."""
    if facts is not None and facts.has_flow:
        told = project_count(
            facts.history,
            base.period,
            moment.settled,
            goal.operator,
            goal.value,
            moment.calendar,
            tolerance=tolerance,
        )
        return replace(
            base, projected=told.value, low=told.low, high=told.high, probability=told.probability, method=told.method
        )
    if base.value is None or share <= 0:
        return base
    return replace(base, projected=base.value / share, method="按至今的速度推算")


def _said(base: Pace, goal: Goal, unit: str, met: bool, closed: bool) -> str:
    done = base.value or 0.0
    if closed:
        return said.ended(done, unit, goal.value, met)
    if base.out_of_reach:
        return f"已无法达标:{said.may_still_come(goal.value - done, unit)}"
    if goal.value == 0:
        return said.NOTHING_DUE
    if base.locked:
        return said.LOCKED
    if met:
        return said.level(done, unit, goal.value, met)
    return said.still_needed(goal.value - done, base.per_day, unit)


def _cap(base: Pace, goal: Goal, unit: str, moment: Moment) -> Pace:
    done, period = base.value or 0.0, base.period
    closed = moment.closed(period)
    passed, ahead = moment.days_passed(period), 0 if closed else moment.days_left(period)
    pace = pace_cap(math.ceil(done), goal.value, passed, ahead)
    base = replace(
        base,
        remaining=float(ahead),
        allowance=goal.value,
        used=done,
        left=goal.value - done,
        out_of_reach=not closed and done > goal.value,
    )
    if not closed and done == math.ceil(done) and not base.out_of_reach:
        low, high = _interval(done, passed, ahead)
        base = replace(
            base,
            projected=pace.projected,
            low=low,
            high=high,
            probability=pace.probability,
            method=f"按 {passed} 天 {said.amount(done, unit)} 推算(伽马–泊松)",
        )
    # Nothing has happened yet: a few quiet days alone say little about the rest, and no one can act on them.
    chance = base.probability if done > 0 else None
    status = status_of(done, Operator.AT_MOST, goal.value, probability=chance, out_of_reach=base.out_of_reach)
    met = done <= goal.value
    text = said.ended(done, unit, goal.value, met) if closed else said.may_still_come(goal.value - done, unit)
    return replace(base, status=status, said=f"已无法达标:{text}" if base.out_of_reach else text)


def _interval(done: float, passed: int, ahead: int) -> tuple[float | None, float | None]:
    """80 % interval of the count at the end, by the same prior as ``pace_cap``."""
    if passed <= 0:
        return None, None
    if ahead <= 0:
        return done, done
    low, high = quantiles((LOW, HIGH), done + 0.5, passed / (passed + ahead))
    return done + float(low), done + float(high)


def volume(base: Pace, unit: str, compared: YearBefore) -> Pace:
    """A volume has no target: how its whole days stand against the same days a year before."""
    if base.value is None:
        return replace(base, status=Status.NO_DATA, said=said.without_value(base.reason, base.detail))
    now, before, why = compared.now, compared.value, compared.reason
    if base.reason is NoValue.NOT_STARTED or now is None or now.value is None or not before:
        return replace(base, status=Status.NOT_DUE, detail=why, said=why or "上年同期为 0,不作同比")
    until = "截至昨天," if now.value != base.value else ""
    return replace(
        base, status=Status.NOT_DUE, index=now.value / before,
        said=f"{said.growth(now.value, before)}({until}上年同期 {said.amount(before, unit)})",
    )  # fmt: skip
