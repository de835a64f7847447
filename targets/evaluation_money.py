"""The money of a self-evaluation: budget, plan, what was spent, and the share of the budget that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kpi.pace_model import BoundTo, Pace, ProgressRow
from kpi.rounding import exact
from kpi.sheet import BLANK, Cell, CellKind, ExpenseLine, Project
from targets.evaluation_model import EvaluationRow, MoneyLine
from targets.evaluation_rows import bounds, is_money
from targets.evaluation_traces import Ledger
from targets.figure_text import DASH, amount, figure
from targets.pace_money import in_unit

_SUM = "各支出明细之和 ÷ 预算数之和"
_BUDGET_KPI = "budget_execution_rate"
_Found = tuple[ProgressRow, Pace]
_Paces = Sequence[_Found]


def money_lines(
    project: Project, paces: _Paces, rows: Sequence[EvaluationRow], ledger: Ledger, *, alone: bool = True
) -> tuple[MoneyLine, ...]:
    """Every expenditure line and, last, their sum. What nobody has entered is “—”, never 0. ``alone``: the only project
    of its sheet, so that what the sources say was spent was spent on it."""
    whole = next((found for found in paces if is_money(found[0], "")), None)
    whole = whole or (_of_sources(project, paces) if alone else None)
    lines = [_line(project, line, paces, whole, ledger) for line in project.expenses]
    scored = next((row for row in rows if whole is not None and row.key == whole[0].key), None)
    total = _total(project, whole, lines, ledger)
    return (*(line for line, _ in lines), _with_score(total, scored))


def _with_score(line: MoneyLine, row: EvaluationRow | None) -> MoneyLine:
    if row is None:
        return line
    return MoneyLine(line.name, line.full, line.half, line.spent, line.rate, row.score, line.trace, total=True)


def _of_sources(project: Project, paces: _Paces) -> _Found | None:
    """The money spent as the sources tell it, in the project's money unit."""
    for row, pace in paces:
        bound = row.binding
        if bound is not None and bound.bound_to is BoundTo.KPI and bound.reference == _BUDGET_KPI:
            spent = None if pace.numerator is None else in_unit(pace.numerator, "元", project.money_unit)
            return row, replace(pace, numerator=spent)
    return None


def _line(
    project: Project, line: ExpenseLine, paces: _Paces, whole: _Found | None, ledger: Ledger
) -> tuple[MoneyLine, float | None]:
    found = next((pair for pair in paces if is_money(pair[0], line.name)), None)
    if found is None and len(project.expenses) == 1:
        found = whole
    spent = None if found is None else found[1].numerator
    rate = rate_text(spent, line.full)
    number = 0
    if spent is not None and found is not None:
        source = f"同“{found[0].indicator.name}”一行" if _by_kpi(found[0]) else "支出填报记录"
        number = ledger.of_money(line, project, spent, rate, found[1], source)
    shown = DASH if spent is None else amount(spent)
    return MoneyLine(line.name, line.full, line.half, shown, rate, trace=number), spent


def _total(
    project: Project,
    whole: _Found | None,
    lines: Sequence[tuple[MoneyLine, float | None]],
    ledger: Ledger,
) -> MoneyLine:
    full, half = _sum([line.full for line in project.expenses]), _sum([line.half for line in project.expenses])
    known = [spent for _, spent in lines if spent is not None]
    spent = whole[1].numerator if whole is not None and whole[1].numerator is not None else None
    if spent is None and lines and len(known) == len(lines):
        spent = float(sum((exact(one) for one in known), Decimal(0)))
    rate = _whole_rate(whole) or rate_text(spent, full)
    number = 0
    if spent is not None and len(lines) > 1:
        shown = f"{amount(spent)}{project.money_unit}，{rate}"
        number = ledger.of_sum(project.no, "支出合计执行数", shown, _SUM, (amount(spent), full.shown, DASH))
    elif lines:
        number = lines[0][0].trace
    return MoneyLine("合计", full, half, DASH if spent is None else amount(spent), rate, trace=number, total=True)


def _by_kpi(row: ProgressRow) -> bool:
    return row.binding is not None and row.binding.bound_to is BoundTo.KPI


def _whole_rate(whole: _Found | None) -> str:
    """The rate as the indicator of the whole budget has it, which may stand on another budget than the lines' sum."""
    if whole is None or whole[1].value is None or whole[0].unit != "%":
        return ""
    return figure(whole[1].value, "%", (*bounds(*whole), 1.0))


def rate_text(spent: float | None, budget: Cell) -> str:
    """执行率: what was spent ÷ the full-year budget, never rounded onto 100 %."""
    if spent is None or not budget.number:
        return DASH
    return figure(exact(spent) / budget.number, "%", (1.0,))


def _sum(cells: Sequence[Cell]) -> Cell:
    """The sum of amounts; blank where one of them is not a number."""
    if not cells or any(cell.number is None for cell in cells):
        return BLANK
    return Cell(CellKind.NUMBER, number=sum((cell.number for cell in cells if cell.number is not None), Decimal(0)))
