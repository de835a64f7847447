"""The set of rules a centre starts with: from its target sheet (confirmed bindings alone) and its sources.

Made to be quiet: on ordinary weeks no more than a message or two. A day is held against twice as many misses as the
target allows, an hour against five times as many; what a whole period comes to is told by its probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alerts.observe_sheets import burn_window
from alerts.rules import check_burn
from kpi.alert_model import AlertKind, AlertRule, Severity
from kpi.catalogue import Catalogue
from kpi.model import Better, Group, Kpi, Unit
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.periods import Period
from kpi.sheet import Cell, CellKind, Indicator, Sheet
from kpi.status import Operator
from targets.pace_base import Goal, goal_of
from targets.pace_ratio import effective

ON_DUTY, DATA_CARE = "值班", "数据管理"
"""The groups that are told: of figures, and of sources."""
DAY_MISSES, DAY_CALM = 2.0, 1.5
HOUR_MISSES, HOUR_CALM = 5.0, 2.5
PULL_TIME, GAP_TIME = 10, 60
"""Minutes: after the program itself stood still everything looks late until the first pulls have been made."""
A_DAY = 24 * 60
WEEK = 7 * A_DAY


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the rules of a source depend on. ``regular``: it should have something every day."""

    code: str
    title: str
    regular: bool = True


@dataclass(frozen=True, slots=True)
class _One:
    """One indicator that rules are made for."""

    sheet: str
    centre: str
    key: str
    indicator: Indicator
    cell: Cell
    binding: Binding
    kpi: Kpi | None
    period: Period

    def rule(self, kind: AlertKind, tail: str = "", **values: object) -> AlertRule:
        code = f"{self.sheet}.{self.key}.{kind.value}{tail}"
        base = AlertRule(
            code, self.indicator.name, kind, self.key, self.sheet, self.centre, group=ON_DUTY, made_from=self.sheet
        )
        return replace(base, **values)  # type: ignore[arg-type]


def default_rules(
    sheet_code: str,
    sheet: Sheet,
    bindings: Mapping[str, Binding],
    catalogue: Catalogue,
    centre: str | None,
    *,
    on: date,
) -> tuple[AlertRule, ...]:
    """The rules that the indicators with confirmed bindings ask for, in the period that counts on that day."""
    first_half = on <= date(sheet.year, 6, 30)
    half = Period(date(sheet.year, 1, 1), date(sheet.year, 6, 30))
    period = half if first_half else Period(half.start, date(sheet.year, 12, 31))
    made: list[AlertRule] = []
    for _project, indicator, key in sheet.indicators():
        binding = bindings.get(key)
        if binding is None or not binding.confirmed_by:
            continue
        kpi = catalogue.kpis.get(binding.reference) if binding.bound_to is BoundTo.KPI else None
        cell = indicator.half if first_half else indicator.full
        made += _rules(_One(sheet_code, centre or "", key, indicator, cell, binding, kpi, period))
    return tuple({rule.code: rule for rule in made}.values())


def _rules(one: _One) -> Iterator[AlertRule]:
    cell, pace = one.cell, one.binding.pace
    if cell.kind is CellKind.DATE or (pace is PaceClass.MILESTONE and not cell.is_number):
        yield one.rule(AlertKind.MILESTONE, level=14.0, recover_level=15.0)
    elif cell.kind is CellKind.SCHEDULE or (cell.is_number and _is_money(one)):
        off = one.binding.tolerance
        yield one.rule(AlertKind.MONEY, operator="<=", level=off, recover_level=off * 0.8, hold_minutes=WEEK)
    elif cell.is_number and pace is not PaceClass.VOLUME:
        yield from _of_figures(one)


def _is_money(one: _One) -> bool:
    money = one.kpi is not None and one.kpi.group is Group.MONEY
    return money or one.binding.bound_to is BoundTo.MONEY or one.binding.pace is PaceClass.BUDGET


def _of_figures(one: _One) -> Iterator[AlertRule]:
    better = one.kpi.better if one.kpi is not None else Better.HIGHER
    goal = goal_of(one.cell, one.binding.pace, better, one.kpi)
    if one.kpi is not None and not one.kpi.is_count:
        yield from _of_ratio(one, one.kpi, effective(goal, is_share=one.kpi.unit is Unit.PERCENT))
    elif one.kpi is not None or one.binding.bound_to is BoundTo.COUNT:
        if goal.operator is Operator.AT_MOST:
            # After a fortnight the events so far say something about the rest.
            yield one.rule(AlertKind.CAP, level=0.5, recover_level=0.65, min_sample=14, hold_minutes=A_DAY)
        elif goal.value > 0:
            yield one.rule(AlertKind.BEHIND, level=0.9, recover_level=1.0, min_sample=1, hold_minutes=A_DAY)
    elif goal.operator is not Operator.EQUAL:
        yield one.rule(AlertKind.TO_DATE, operator=goal.operator.value, level=goal.value, hold_minutes=A_DAY)


def _of_ratio(one: _One, kpi: Kpi, goal: Goal) -> Iterator[AlertRule]:
    if goal.operator is Operator.EQUAL:
        return
    sign, misses = goal.operator.value, 1 - goal.value if goal.operator is Operator.AT_LEAST else goal.value
    yield one.rule(AlertKind.PROJECTED_MISS, level=0.5, recover_level=0.7, min_sample=500, hold_minutes=A_DAY)
    if kpi.unit is not Unit.PERCENT or not 0 < misses < 0.5 or kpi.group not in (Group.CALLS, Group.ORDERS):
        return
    day = one.rule(
        AlertKind.DAY, reference=kpi.code, sheet="", operator=sign, min_sample=100, hold_minutes=30,
        recover_minutes=60, level=_missing(goal, misses, DAY_MISSES), recover_level=_missing(goal, misses, DAY_CALM),
    )  # fmt: skip
    yield day
    if kpi.group is Group.CALLS:
        yield replace(
            day, code=f"{one.sheet}.{one.key}.live", kind=AlertKind.LIVE, min_sample=30, hold_minutes=10,
            recover_minutes=30, severity=Severity.URGENT, escalate_minutes=60,
            level=_missing(goal, misses, HOUR_MISSES), recover_level=_missing(goal, misses, HOUR_CALM),
        )  # fmt: skip
    if kpi.code == "answer_rate":
        yield replace(
            day, code=f"{one.sheet}.{one.key}.rolling24h", kind=AlertKind.ROLLING_24H, enabled=False,
            level=0.95, recover_level=0.955,
            note="GB/T 33358 要求任意连续 24 小时接通率不低于 95%;缺省关闭,需要时启用。",
        )  # fmt: skip
    yield from _burns(one, misses)


def _burns(one: _One, misses: float) -> Iterator[AlertRule]:
    """A tenth of the allowance in 3 days of a half-year, a twentieth in 7; those that can never fire are left out."""
    for share, severity in ((0.10, Severity.URGENT), (0.05, Severity.WARNING)):
        rule = one.rule(
            AlertKind.BURN_RATE, f"{share:.0%}".rstrip("%"), operator="<=", level=share, share=share,
            recover_level=round(share * 0.8, 6), severity=severity, min_sample=100, hold_minutes=60,
            recover_minutes=A_DAY,
        )  # fmt: skip
        if not check_burn(1 - misses, share, burn_window(rule, one.period), one.period.days):
            yield rule


def _missing(goal: Goal, misses: float, times: float) -> float:
    """The level at so many times the misses that the target allows."""
    many = min(misses * times, 0.9)
    return round(1 - many if goal.operator is Operator.AT_LEAST else many, 6)


def source_rules(sources: Iterable[SourceFacts], stale_minutes: int) -> tuple[AlertRule, ...]:
    """The rules every source starts with."""
    made: list[AlertRule] = []
    for source in sources:
        base = AlertRule(
            f"source.{source.code}", source.title or source.code, AlertKind.FAILED_PULL, source.code, operator="<=",
            group=DATA_CARE, made_from="sources",
        )  # fmt: skip
        made.append(replace(base, code=f"{base.code}.failed", level=2.0, recover_level=0.0))
        made.append(
            replace(
                base,
                code=f"{base.code}.rejects",
                kind=AlertKind.REJECT_SHARE,
                level=0.05,
                recover_level=0.03,
                min_sample=100,
            )  # fmt: skip
        )
        if source.regular:
            limit = float(stale_minutes)
            stale = replace(base, code=f"{base.code}.stale", kind=AlertKind.STALE, level=limit)
            made.append(replace(stale, hold_minutes=PULL_TIME))
            missing = replace(base, code=f"{base.code}.missing", kind=AlertKind.MISSING_DAY, level=0.0)
            made.append(replace(missing, hold_minutes=GAP_TIME))
    return tuple(made)


def new_rules(wanted: Sequence[AlertRule], stored: Sequence[AlertRule], made_before: Iterable[str]) -> list[AlertRule]:
    """Those to store: new ones, and the house's own whose level the sheet has changed since.

    What a person changed (``author``) or took away (made before, and no longer there) is left alone.
    """
    known, before = {rule.code: rule for rule in stored}, set(made_before)
    found = []
    for rule in wanted:
        own = known.get(rule.code)
        if own is None:
            if rule.code not in before:
                found.append(rule)
        elif not own.author and (own.level, own.recover_level, own.operator) != (
            rule.level, rule.recover_level, rule.operator,
        ):  # fmt: skip
            found.append(replace(own, level=rule.level, recover_level=rule.recover_level, operator=rule.operator))
    return found
