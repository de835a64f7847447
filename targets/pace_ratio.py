"""R: a ratio of the facts towards its target: rate still required, allowance, projection, probability, status.

Judged on N ÷ D (or the mean of the months, where that is how the KPI is put together); everything that looks ahead
stands on numerator and denominator.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import ClassVar

from kpi.forecast import History, Projection, project
from kpi.model import NoValue
from kpi.pace_model import Binding, Pace
from kpi.pacing import RatioPace, pace_ratio
from kpi.periods import Period
from kpi.status import Operator, Status, meets, status_of
from targets import said
from targets.pace_base import Goal, Moment
from targets.pace_facts import KpiFacts

MEAN_OF_MONTHS = "mean_of_months"
MOST_REMEMBERED = 4096


class Projections:
    """Projections by what they are made of: the same question is answered once, however many indicators ask it.

    They look back to the last day that is over, so new figures of a running day change none of them: those of earlier
    calls are remembered, known by the content of the history.
    """

    _remembered: ClassVar[OrderedDict[tuple[object, ...], Projection]] = OrderedDict()
    _lock: ClassVar[Lock] = Lock()

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._calendar = repr(sorted(moment.calendar.changed.items()))
        self._histories: dict[str, History] = {}

    def of(self, facts: KpiFacts, period: Period, goal: Goal, tolerance: float = 0.0) -> Projection:
        """Where the KPI will end, seen from the last day that is over."""
        history = self._histories.get(facts.kpi.code)
        if history is None:
            history = self._histories[facts.kpi.code] = facts.history.until(self._moment.settled)
        key = (
            history.digest, self._calendar, self._moment.settled, period, goal.operator, goal.value, tolerance
        )  # fmt: skip
        with self._lock:
            known = self._remembered.get(key)
        if known is None:
            known = project(
                history,
                period,
                self._moment.settled,
                goal.operator,
                goal.value,
                self._moment.calendar,
                tolerance=tolerance,
            )
        with self._lock:
            self._remembered[key] = known
            self._remembered.move_to_end(key)
            while len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return known


def effective(goal: Goal, *, is_share: bool) -> Goal:
    """A share “= 100 %” is a minimum and “= 0 %” a maximum: nothing lies beyond."""
    if goal.operator is not Operator.EQUAL or not is_share:
        return goal
    if goal.value >= 1:
        return Goal(Operator.AT_LEAST, goal.value)
    return Goal(Operator.AT_MOST, goal.value) if goal.value <= 0 else goal


def ratio(base: Pace, facts: KpiFacts, goal: Goal, binding: Binding, moment: Moment, known: Projections) -> Pace:
    """The pace of a ratio; ``base`` holds its value over the period."""
    goal = effective(goal, is_share=facts.is_share)
    if base.value is None:
        few = base.reason in (NoValue.ZERO_DENOMINATOR, NoValue.TOO_FEW)
        status = Status.TOO_FEW if few else Status.NO_DATA
        return replace(base, status=status, said=said.without_value(base.reason, base.detail))
    sample = base.denominator
    if moment.closed(base.period) or not facts.has_flow:
        status = status_of(base.value, goal.operator, goal.value, sample=sample, min_sample=binding.min_sample)
        return replace(base, status=status, remaining=0.0, said=_ended(base, facts, goal, binding, moment))
    return _running(base, facts, goal, binding, moment, known)


def _ended(base: Pace, facts: KpiFacts, goal: Goal, binding: Binding, moment: Moment) -> str:
    assert base.value is not None
    if base.denominator is not None and base.denominator < binding.min_sample:
        return said.too_few(base.denominator, binding.min_sample)
    met = meets(base.value, goal.operator, goal.value)
    if moment.closed(base.period):
        return said.ended(base.value, facts.unit, goal.value, met)
    return said.level(base.value, facts.unit, goal.value, met)


def _running(base: Pace, facts: KpiFacts, goal: Goal, binding: Binding, moment: Moment, known: Projections) -> Pace:
    assert base.value is not None and base.numerator is not None and base.denominator is not None
    told = known.of(facts, base.period, goal)
    by_months = facts.mode == MEAN_OF_MONTHS
    remaining = max(told.remaining_denominator - facts.begun_denominator(moment), 0.0)
    base = replace(base, remaining=remaining)
    if by_months:
        base = replace(base, method="按月均值汇总: 对月均值不作预测", required=_required_of_months(facts, base, goal))
    else:
        base = replace(
            base, projected=told.value, low=told.low, high=told.high, probability=told.probability, method=told.method
        )
    if _perfect(base, facts, goal):
        base = replace(base, probability=None)
    pace = None
    if goal.operator is not Operator.EQUAL and not by_months and remaining > 0:
        pace = pace_ratio(
            base.numerator or 0.0, base.denominator or 0.0, remaining, goal.operator, goal.value,
            is_share=facts.is_share,
        )  # fmt: skip
        base = _with(base, pace)
    status = status_of(
        base.value,
        goal.operator,
        goal.value,
        sample=base.denominator,
        min_sample=binding.min_sample,
        probability=1.0 if pace and pace.locked else base.probability,
        out_of_reach=bool(pace and pace.out_of_reach),
    )
    return replace(base, status=status, said=_said(base, facts, goal, binding, status))


def _perfect(base: Pace, facts: KpiFacts, goal: Goal) -> bool:
    """A target that allows no miss at all, and there was none: a forecast can only say that there may be one yet."""
    at_the_end = goal.value >= 1 if goal.operator is Operator.AT_LEAST else goal.value <= 0
    return facts.is_share and at_the_end and base.value is not None and meets(base.value, goal.operator, goal.value)


def _with(base: Pace, pace: RatioPace) -> Pace:
    return replace(
        base,
        required=pace.required,
        allowance=pace.allowance,
        used=pace.used,
        left=pace.left,
        locked=pace.locked,
        out_of_reach=pace.out_of_reach,
    )


def _required_of_months(facts: KpiFacts, base: Pace, goal: Goal) -> float | None:
    """The mean that the months still to begin must have, the month that is running standing as it is."""
    done = facts.months_begun(base.period)
    ahead = base.period.end.month - base.period.start.month + 1 - done
    if ahead <= 0 or base.value is None:
        return None
    return (goal.value * (done + ahead) - base.value * done) / ahead


def _said(base: Pace, facts: KpiFacts, goal: Goal, binding: Binding, status: Status) -> str:
    if status is Status.TOO_FEW:
        return said.too_few(base.denominator or 0.0, binding.min_sample)
    if base.locked:
        return said.LOCKED
    if base.out_of_reach:
        return said.out_of_reach(facts.kpi, best_still_possible(base, goal))
    if base.required is None:
        return said.level(
            base.value or 0.0, facts.unit, goal.value, meets(base.value or 0.0, goal.operator, goal.value)
        )
    parts = [said.per_day(base.required, goal.operator, facts.unit, share=facts.is_share)]
    if base.left is not None and base.allowance is not None:
        parts.append(said.may_still_miss(facts.kpi, base.left, base.allowance))
    return ";".join(parts)


def best_still_possible(base: Pace, goal: Goal) -> float:
    """The share at the end if everything still to come goes well."""
    numerator, denominator, remaining = base.numerator or 0.0, base.denominator or 0.0, base.remaining or 0.0
    best = numerator + (remaining if goal.operator is Operator.AT_LEAST else 0.0)
    return best / (denominator + remaining) if denominator + remaining > 0 else 0.0
