"""The pace of one indicator in both periods, from its binding and what is known: facts or entries.

Which way a cell is paced is decided by what stands in it, then by the binding: a judgement in words is a grade even
where a KPI is bound, “序时进度” is held against the plan, and a figure goes the way of its class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.model import Better, Group, Kpi, NoValue
from kpi.pace_model import Binding, BoundTo, Entry, Pace, PaceClass, ProgressRow
from kpi.periods import Period
from kpi.sheet import Cell, CellKind, Indicator, Project
from kpi.status import Operator, Status
from targets import said
from targets.pace_base import MONEY_UNITS, Goal, Measured, Moment, goal_of, nothing
from targets.pace_count import count, volume
from targets.pace_facts import SPARK_DAYS, KpiFacts, YearBefore
from targets.pace_hand import grade, level, measured_by_hand, milestone, spark_by_hand
from targets.pace_money import MoneyPlan, budget, in_unit, money_plan, planned
from targets.pace_ratio import Projections, ratio

GRADE_BY_DEFAULT = Binding(BoundTo.GRADE, PaceClass.GRADE)
"""How words are judged where nothing is bound."""

_COUNTS = (PaceClass.TOWARDS, PaceClass.EXACT, PaceClass.CAP)


@dataclass(frozen=True)
class Known:
    """What is known on a day: facts by KPI code, entries by indicator key (in order of day), and the projections.
    ``min_sample`` counts where a binding says nothing of its own. ``due_only``: up to 30 June the full year is measured
    but not paced, for those who ask only for the period in which an indicator is judged."""

    moment: Moment
    facts: Mapping[str, KpiFacts]
    entries: Mapping[str, Sequence[Entry]]
    projections: Projections
    min_sample: int = 0
    due_only: bool = False


@dataclass(frozen=True)
class _One:
    """One indicator with what its figures come from."""

    project: Project
    indicator: Indicator
    binding: Binding
    facts: KpiFacts | None
    entries: Sequence[Entry]
    plan: MoneyPlan | None
    known: Known

    @property
    def kpi(self) -> Kpi | None:
        return self.facts.kpi if self.facts else None

    @property
    def unit(self) -> str:
        if self.facts is not None:
            return self.facts.unit
        units = (cell.unit for cell in (self.indicator.full, self.indicator.half) if cell.is_number)
        printed = next(units, "")
        in_step = self.binding.bound_to is BoundTo.MONEY or self.binding.pace is PaceClass.BUDGET
        return printed or (said.PERCENT if in_step else "")

    @property
    def better(self) -> Better:
        if self.facts is not None:
            return self.facts.kpi.better
        if self.binding.pace is PaceClass.VOLUME:
            return Better.NEUTRAL
        if self.binding.pace is PaceClass.BUDGET:
            return Better.NEAR_PLAN
        operators = {cell.operator for cell in (self.indicator.full, self.indicator.half)}
        lower = Operator.AT_MOST in operators or self.binding.pace is PaceClass.CAP
        return Better.LOWER if lower else Better.HIGHER


def row_of(project: Project, indicator: Indicator, key: str, binding: Binding | None, known: Known) -> ProgressRow:
    """The row of an indicator. ``binding`` None: not bound, and then only words can be judged."""
    one = _one(project, indicator, key, binding, known)
    facts, moment = one.facts, known.moment
    last_year, last_half = (facts.last_year.value, facts.last_half.value) if facts is not None else (None, None)
    entered = [entry.day for entry in one.entries]
    return ProgressRow(
        key=key,
        project=project.no,
        project_name=project.name,
        indicator=indicator,
        binding=binding,
        unit=one.unit,
        better=one.better,
        half=_pace(one, indicator.half, moment.half, binding),
        full=_measured(one, moment.full).begin(moment.full, indicator.full)
        if known.due_only and moment.as_of <= moment.half.end
        else _pace(one, indicator.full, moment.full, binding),
        last_year=last_year,
        last_half=last_half,
        spark=facts.spark(moment.as_of)
        if facts is not None
        else spark_by_hand(one.binding, one.entries, moment, one.unit, SPARK_DAYS),
        newest=facts.newest if facts is not None else max(entered, default=None),
    )


def _one(project: Project, indicator: Indicator, key: str, binding: Binding | None, known: Known) -> _One:
    bound = binding or GRADE_BY_DEFAULT
    bound = replace(bound, min_sample=bound.min_sample or known.min_sample)
    facts = known.facts.get(bound.reference) if bound.bound_to is BoundTo.KPI else None
    plan = money_plan(project, bound.reference) if bound.bound_to is BoundTo.MONEY else None
    return _One(project, indicator, bound, facts, known.entries.get(key, ()), plan, known)


def _pace(one: _One, cell: Cell, period: Period, binding: Binding | None) -> Pace:
    moment = one.known.moment
    if moment.as_of < period.start:
        started = Measured(reason=NoValue.NOT_STARTED)
        return started.begin(period, cell, Status.NOT_DUE, said=said.NOT_STARTED)
    base = _measured(one, period).begin(period, cell)
    if cell.kind is CellKind.LOST:
        return replace(base, detail=said.TARGET_LOST, said=said.TARGET_LOST)
    if binding is not None and binding.pace is PaceClass.VOLUME:
        return _volume(one, base)
    if cell.kind in (CellKind.BLANK, CellKind.NONE):
        return replace(base, status=Status.NOT_DUE, text=base.text or said.NOTHING_ASKED, said=said.NOTHING_ASKED)
    if binding is None and cell.kind is not CellKind.GRADE:
        return replace(base, detail=said.UNBOUND, said=said.UNBOUND)
    return _judged(one, cell, base)


def _measured(one: _One, period: Period) -> Measured:
    """The value over a period, whatever it comes from."""
    moment, binding = one.known.moment, one.binding
    if one.facts is not None:
        return one.facts.measured(period, moment)
    if binding.bound_to is BoundTo.KPI:
        return nothing(f"指标目录中没有“{binding.reference}”,请在绑定页改选")
    found = measured_by_hand(binding, one.entries, period, moment, one.unit if one.plan is None else "")
    if one.plan is None or found.value is None:
        return found
    plan = one.plan
    if plan.budget is None:
        return nothing(plan.problem)
    value = found.value / plan.budget
    if one.unit in MONEY_UNITS:
        value = in_unit(found.value, plan.unit, one.unit)
    return replace(found, value=value, numerator=found.value, denominator=plan.budget)


def _volume(one: _One, base: Pace) -> Pace:
    facts, moment = one.facts, one.known.moment
    if facts is None:
        return volume(base, one.unit, YearBefore(reason="没有绑定到业务数据,不作同比"))
    if base.period != moment.full and moment.closed(base.period):
        return replace(base, status=Status.NOT_DUE, said=said.amount(base.value or 0.0, one.unit))
    return volume(base, one.unit, facts.last_year)


def _judged(one: _One, cell: Cell, base: Pace) -> Pace:
    """A pace that has a target."""
    binding, moment = one.binding, one.known.moment
    if cell.kind is CellKind.GRADE:
        return _words(one, base)
    if cell.kind is CellKind.DATE or (binding.pace is PaceClass.MILESTONE and not cell.is_number):
        return milestone(base, one.entries, moment)
    if cell.kind is CellKind.SCHEDULE:
        return budget(base, None, _line(one), binding, moment, one.unit or said.PERCENT)
    goal = goal_of(cell, binding.pace, one.better, one.kpi)
    if one.facts is not None:
        return _of_facts(one, one.facts, goal, base)
    if binding.bound_to is BoundTo.MONEY or binding.pace is PaceClass.BUDGET:
        return budget(base, goal, _line(one), binding, moment, one.unit)
    if binding.bound_to is BoundTo.COUNT or (binding.pace in _COUNTS and binding.bound_to is not BoundTo.STOCK):
        return count(base, _not_due_yet(one, cell, goal), one.unit, binding, moment)
    if binding.pace is PaceClass.MILESTONE and base.value is None:
        return milestone(base, one.entries, moment)
    if binding.pace is PaceClass.GRADE and base.value is None:
        return grade(base)
    return level(base, goal, one.unit, moment)


def _not_due_yet(one: _One, cell: Cell, goal: Goal) -> Goal:
    """“=0个” at mid-year of what the year asks one of: nothing is due yet, and done early is no miss."""
    later = one.indicator.full.number
    if cell is one.indicator.half and goal == Goal(Operator.EQUAL, 0.0) and later is not None and later > 0:
        return Goal(Operator.AT_LEAST, 0.0)
    return goal


def _of_facts(one: _One, facts: KpiFacts, goal: Goal, base: Pace) -> Pace:
    binding, moment = one.binding, one.known.moment
    if facts.kpi.is_count:
        return count(base, goal, one.unit, binding, moment, facts)
    if facts.kpi.group is Group.MONEY or binding.pace is PaceClass.BUDGET:
        return budget(base, goal, _line(one), binding, moment, one.unit)
    return ratio(base, facts, goal, binding, moment, one.known.projections)


def _words(one: _One, base: Pace) -> Pace:
    """A judgement in words: entered for the indicator, whatever else it is bound to."""
    if base.text or not one.entries:
        return grade(base)
    known = [entry for entry in one.entries if entry.day <= one.known.moment.cut(base.period) and entry.text]
    return grade(replace(base, text=known[-1].text if known else ""))


def _line(one: _One) -> tuple[float, float]:
    """Where the plan is at mid-year and at the year's end, in the unit of the value."""
    return planned(one.indicator.half, one.indicator.full, one.plan)
