"""Findings in the money of a project: sums, half-year plans, execution targets, amounts said in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpi.scoring_rules import round_like, shown
from kpi.sheet import Cell, CellKind, ExpenseLine, FundLine, Project
from kpi.status import Operator
from targets.find_model import (
    Finding,
    FindingKind,
    cell_place,
    differ,
    half_unit,
    named,
    number,
    quoted,
    summed,
)


def money_findings(project: Project, *, all_sources: bool = True) -> Iterator[Finding]:
    """Everything wrong with the money of one project.

    ``all_sources``: the form lists every source of funds (the standard form does), so that parts may not be less than
    their total either; elsewhere only some parts are named.
    """
    yield from _expenses(project)
    yield from _funds(project, all_sources)
    yield from _half_plans(project)
    yield from _execution(project)
    yield from _ceilings(project)


def total_of(project: Project) -> tuple[int, Decimal] | None:
    """资金总额 with the index of its line, None where it is not printed or lost."""
    for index, line in enumerate(project.funds):
        amount = number(line.amount)
        if line.level == 0 and amount is not None:
            return index, amount
    return None


def _expenses(project: Project) -> Iterator[Finding]:
    total = total_of(project)
    if total is None or not project.expenses:
        return
    index, amount = total
    known = [n for n in (number(line.full) for line in project.expenses) if n is not None]
    added, how = summed(known)
    whole = len(known) == len(project.expenses)
    # With a line unknown only a surplus is certain: the unknown one can't be below zero.
    if whole and differ(added, amount, *known) or not whole and added > amount + half_unit((amount, *known)):
        unknown = "" if whole else f"(另有 {len(project.expenses) - len(known)} 行金额缺失)"
        yield Finding(
            FindingKind.EXPENSES_TOTAL,
            f"{project.no}/fund/{index}",
            f"{named(project)}支出明细全年预算数合计 {shown(added)} {project.money_unit}{unknown},"
            f"资金总额是 {shown(amount)} {project.money_unit},相差 {shown(abs(added - amount))} {project.money_unit}。",
            f"{how} = {shown(added)} ≠ {shown(amount)}",
        )


def _funds(project: Project, all_sources: bool) -> Iterator[Finding]:
    for index, line in enumerate(project.funds):
        parts = _parts(project.funds, index)
        amount = number(line.amount)
        if amount is None or not parts:
            continue
        lost = any(p.amount.kind is CellKind.LOST for p in parts)
        known = [n for n in (number(p.amount) for p in parts) if n is not None]
        added, how = summed(known)
        if differ(added, amount, *known) and known and (added > amount or (all_sources and not lost)):
            yield Finding(
                FindingKind.FUNDS_TOTAL,
                f"{project.no}/fund/{index}",
                f"{named(project)}收入中{quoted(line.name)}是 {shown(amount)} {project.money_unit},"
                f"各组成部分合计 {shown(added)} {project.money_unit}。",
                f"{how} = {shown(added)} ≠ {shown(amount)}",
            )


def _parts(funds: tuple[FundLine, ...], index: int) -> list[FundLine]:
    """The lines one level below a line, up to the next line of its own level."""
    level, parts = funds[index].level, []
    for line in funds[index + 1 :]:
        if line.level <= level:
            break
        if line.level == level + 1:
            parts.append(line)
    return parts


def _half_plans(project: Project) -> Iterator[Finding]:
    for index, line in enumerate(project.expenses):
        half, full = number(line.half), number(line.full)
        if half is not None and full is not None and half > full:
            yield Finding(
                FindingKind.EXPENSE_HALF,
                f"{project.no}/expense/{index}/half",
                f"支出{quoted(line.name)}的半年计划执行数 {shown(half)} 高于全年预算数"
                f" {shown(full)}({project.money_unit})。",
                f"{shown(half)} > {shown(full)}",
            )


def _execution(project: Project) -> Iterator[Finding]:
    planned = _planned(project)
    if planned is None:
        return
    half, total, how = planned
    share = half / total * 100
    for indicator in project.indicators:
        target = indicator.half
        if "预算执行率" not in indicator.name or target.number is None or target.unit != "%":
            continue
        fitting = round_like(share, target.number)
        if not _contradicts(target, fitting):
            continue
        exact = round_like(share, Decimal("0.01"))
        yield Finding(
            FindingKind.EXECUTION_SHARE,
            cell_place(project, indicator, "half"),
            f"{named(project)}半年预算执行率目标是 {target.shown},按支出明细的半年计划应为 {exact}%"
            f"(半年计划 {shown(half)} ÷ 全年 {shown(total)} {project.money_unit}),取整为 {fitting}%。",
            f"{how if ' + ' not in how else f'({how})'} ÷ {shown(total)} = {exact}%,≠ {shown(target.number)}%",
        )


def _planned(project: Project) -> tuple[Decimal, Decimal, str] | None:
    """The half-year plan of all lines and the whole budget; None where a plan or the budget is unknown."""
    halves = [number(line.half) for line in project.expenses]
    known = [n for n in halves if n is not None]
    total = total_of(project)
    amount = total[1] if total else _full_sum(project.expenses)
    if not known or len(known) < len(halves) or not amount:
        return None
    half, how = summed(known)
    return half, amount, how


def _full_sum(lines: tuple[ExpenseLine, ...]) -> Decimal | None:
    known = [n for n in (number(line.full) for line in lines) if n is not None]
    return sum(known, Decimal(0)) if len(known) == len(lines) else None


def _contradicts(target: Cell, share: Decimal) -> bool:
    """True where carrying out the plan exactly would miss the target (or “=” names another figure)."""
    if target.number is None:
        return False
    if target.operator is Operator.AT_LEAST:
        return share < target.number
    return share > target.number if target.operator is Operator.AT_MOST else share != target.number


def _ceilings(project: Project) -> Iterator[Finding]:
    amounts = {c.kind: (i, n) for i, c in enumerate(project.costs) if (n := number(c.amount)) is not None}
    yearly, overall, total = amounts.get("ceiling_year"), amounts.get("ceiling_total"), total_of(project)
    unit = project.money_unit
    if yearly and total and differ(yearly[1], total[1]):
        yield Finding(
            FindingKind.BUDGET_TEXT,
            f"{project.no}/cost/{yearly[0]}",
            f"正文写拟申请预算 {shown(yearly[1])} {unit}/年,项目资金表的资金总额是 {shown(total[1])} {unit},"
            f"相差 {shown(abs(yearly[1] - total[1]))} {unit}。",
            f"{shown(yearly[1])} − {shown(total[1])} = {shown(yearly[1] - total[1])}",
        )
    if yearly and overall and yearly[1] > 0:
        years = max(Decimal(1), round_like(overall[1] / yearly[1], Decimal(1)))
        if abs(years * yearly[1] - overall[1]) > half_unit((overall[1],)) + years * half_unit((yearly[1],)):
            yield Finding(
                FindingKind.CEILING,
                f"{project.no}/cost/{overall[0]}",
                f"多年合计最高限价 {shown(overall[1])} {unit}不是每年限价 {shown(yearly[1])} {unit}的整数倍。",
                f"{shown(yearly[1])} × {years} = {shown(yearly[1] * years)} ≠ {shown(overall[1])}",
            )
