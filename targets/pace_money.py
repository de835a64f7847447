"""B: money and 序时进度: how far it should be by the plan today, and how far off it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from kpi.pace_model import Binding, Pace
from kpi.pacing import pace_money
from kpi.sheet import Cell, Project
from kpi.status import Operator, Status, meets
from targets import said
from targets.pace_base import MONEY_UNITS, Goal, Moment, scaled, tolerance_of

HALF = 0.5


@dataclass(frozen=True, slots=True)
class MoneyPlan:
    """A budget and its half-year plan, in the project's money unit; ``problem`` says why there is none."""

    budget: float | None
    half: float | None
    unit: str
    problem: str = ""

    @property
    def half_share(self) -> float | None:
        """The half-year plan as a share of the budget."""
        return self.half / self.budget if self.budget and self.half is not None else None


def money_plan(project: Project, reference: str) -> MoneyPlan:
    """The plan of an expenditure line by name, or ('' ) of the whole project."""
    unit = project.money_unit
    if reference:
        line = next((one for one in project.expenses if one.name.strip() == reference.strip()), None)
        if line is None:
            return MoneyPlan(None, None, unit, f"支出明细中没有“{reference}”,请在绑定页改选")
        return _plan(line.full.number, line.half.number, unit)
    fulls = [line.full.number for line in project.expenses]
    halves = [line.half.number for line in project.expenses]
    total = next((fund.amount.number for fund in project.funds if fund.level == 0), None)
    if total is None and fulls and all(one is not None for one in fulls):
        total = sum((one for one in fulls if one is not None), Decimal(0))
    known = all(one is not None for one in halves) and bool(halves)
    return _plan(total, sum((one for one in halves if one is not None), Decimal(0)) if known else None, unit)


def _plan(budget: Decimal | None, half: Decimal | None, unit: str) -> MoneyPlan:
    if not budget:
        return MoneyPlan(None, None, unit, "预算数缺失或为 0,无法计算执行率,请在校核页补录")
    return MoneyPlan(float(budget), None if half is None else float(half), unit)


def planned(half: Cell, full: Cell, plan: MoneyPlan | None) -> tuple[float, float]:
    """Where the plan is on 30 June and on 31 December, in the unit of the value: by the targets where they are
    figures, else by the expenditure plan, else half and all of it."""
    end = scaled(float(full.number), full.unit, None) if full.is_number and full.number is not None else 1.0
    if half.is_number and half.number is not None:
        return scaled(float(half.number), half.unit, None), end
    share = plan.half_share if plan else None
    return (HALF if share is None else share) * end, end


def budget(
    base: Pace, goal: Goal | None, line: tuple[float, float], binding: Binding, moment: Moment, unit: str
) -> Pace:
    """The pace of money; ``goal`` None: in step with time (序时进度). ``line``: where the plan is at mid-year and at
    the year's end."""
    value = base.value
    if value is None:
        return replace(base, status=Status.NO_DATA, said=said.without_value(base.reason, base.detail))
    cut, whole = moment.cut(base.period), line[1] or 1.0
    pace = pace_money(value, line[0], line[1], cut)
    tolerance = tolerance_of(binding, points=True) * (1.0 if unit == said.PERCENT else whole)
    deviation = pace.deviation if unit == said.PERCENT else pace.deviation / whole
    base = replace(
        base,
        expected=pace.expected,
        index=value / pace.expected if pace.expected > 0 else None,
        deviation=deviation,
        remaining=float(moment.days_left(base.period)),
    )
    if goal is None:
        goal = Goal(Operator.EQUAL, pace.expected)
        in_step = meets(value, Operator.EQUAL, goal.value, tolerance)
        late = Status.MISSED if moment.closed(base.period) else Status.AT_RISK
        return replace(base, status=Status.MET if in_step else late, said=said.against_plan(deviation))
    met = meets(value, goal.operator, goal.value, tolerance)
    if moment.closed(base.period):
        text = said.ended(value, unit, goal.value, met)
        return replace(base, status=Status.MET if met else Status.MISSED, said=text)
    if met and abs(value - goal.value) <= whole * 1e-6:
        return replace(base, status=Status.MET, required=0.0, said=said.REACHED_EARLY)
    off = _off(goal.operator, value - pace.expected, tolerance)
    status = Status.AT_RISK if off else Status.MET if met else Status.NOT_DUE
    return replace(base, status=status, required=max(goal.value - value, 0.0), said=said.against_plan(deviation))


def _off(operator: Operator, gap: float, tolerance: float) -> bool:
    """Off the plan by more than the tolerance, on the side that matters: a minimum may be reached early."""
    slow = not meets(min(gap, 0.0), Operator.EQUAL, 0.0, tolerance)
    fast = not meets(max(gap, 0.0), Operator.EQUAL, 0.0, tolerance)
    if operator is Operator.AT_LEAST:
        return slow
    return fast if operator is Operator.AT_MOST else slow or fast


def in_unit(amount: float, unit: str, wanted: str) -> float:
    """An amount in another unit of money."""
    return amount * MONEY_UNITS.get(unit, 1.0) / MONEY_UNITS.get(wanted, 1.0)
