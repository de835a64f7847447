"""数据来源与口径: every figure of the documents gets a number and a line that says how it came about."""

from __future__ import annotations

from kpi.pace_model import Binding, BoundTo, Pace, ProgressRow
from kpi.periods import Period
from kpi.scoring import RowScore
from kpi.sheet import ExpenseLine, Project
from targets.evaluation_model import Origin, ReportFigure, Trace
from targets.figure_text import DASH, amount, count, span

_BOUND = {
    BoundTo.KPI: "指标目录“{reference}”的现行口径",
    BoundTo.MONEY: "{line}累计支出 ÷ 全年预算数",
    BoundTo.COUNT: "期内手工填报的次数合计",
    BoundTo.STOCK: "期末最近一次手工填报的数",
    BoundTo.MILESTONE: "手工填报的完成情况",
    BoundTo.READING: "期内最近一次手工填报的值",
    BoundTo.GRADE: "评定人的判断及佐证",
}


class Ledger:
    """The traces in the order their figures are printed, numbered from 1."""

    def __init__(self, *, several: bool = False) -> None:
        """``several``: the sheet has more than one project, so that names alone don't tell rows apart."""
        self._several = several
        self._traces: list[Trace] = []

    @property
    def traces(self) -> tuple[Trace, ...]:
        """All of them."""
        return tuple(self._traces)

    def of_pace(self, row: ProgressRow, pace: Pace, shown: str, origin: Origin, proof: str = "") -> int:
        """Enters an indicator's figure; 0 where it is judged in words. ``proof``: how it earned its points."""
        if pace.value is None and not pace.target.is_number:
            return 0
        ends = min(pace.period.end, row.newest) if row.newest else None
        return self._add(
            name=self._named(row.project, row.indicator.name),
            shown=" ".join(shown.split("\n")),
            formula="\n".join([origin.formula or _formula(row.binding), *([f"得分：{proof}"] if proof else [])]),
            numerator=count(pace.numerator),
            denominator=count(pace.denominator),
            period=span(pace.period),
            coverage=_coverage(pace.days_with_data, pace.days_passed)
            + (f"\n截至{ends:%m-%d}" if ends and ends < pace.period.end else ""),
            sources=_sources(origin, row.binding),
        )

    def of_figure(self, one: ReportFigure, shown: str) -> int:
        """Enters a figure that the report states."""
        return self._add(
            name=one.name,
            shown=shown,
            formula=one.origin.formula or DASH,
            numerator=count(one.numerator),
            denominator=count(one.denominator),
            period=span(one.period),
            coverage=_coverage(one.days_with_data, one.days_passed),
            sources="\n".join(one.origin.sources) or DASH,
        )

    def of_score(self, name: str, shown: str, scored: RowScore, basis: str, period: Period) -> int:
        """Enters a row of the scoring form that is no indicator of the sheet."""
        return self._add(
            name=name,
            shown=shown or DASH,
            formula="\n".join([*([basis] if basis else []), f"得分：{scored.proof or scored.missing}"]),
            numerator=DASH,
            denominator=DASH,
            period=span(period),
            coverage=DASH,
            sources="自评打分时填写",
        )

    def of_money(self, line: ExpenseLine, project: Project, spent: float, rate: str, pace: Pace, sources: str) -> int:
        """Enters what was spent on an expenditure line."""
        return self._add(
            name=self._named(project.no, f"{line.name}执行数"),
            shown=f"{amount(spent)}{project.money_unit}，{rate}",
            formula="累计支出 ÷ 全年预算数",
            numerator=amount(spent),
            denominator=line.full.shown or DASH,
            period=span(pace.period),
            coverage=DASH,
            sources=sources,
        )

    def of_sum(self, project: int, name: str, shown: str, formula: str, parts: tuple[str, str, str]) -> int:
        """Enters a figure computed from others: ``parts`` are numerator, denominator and period."""
        return self._add(
            name=self._named(project, name),
            shown=shown,
            formula=formula,
            numerator=parts[0],
            denominator=parts[1],
            period=parts[2],
            coverage=DASH,
            sources="本表各行",
        )

    def _named(self, project: int, name: str) -> str:
        return f"项目{project} {name}" if self._several else name

    def _add(self, **parts: str) -> int:
        number = len(self._traces) + 1
        self._traces.append(Trace(number, **parts))
        return number


def _formula(binding: Binding | None) -> str:
    if binding is None:
        return "尚未绑定数据来源"
    line = f"“{binding.reference}”" if binding.reference else "项目"
    return _BOUND[binding.bound_to].format(reference=binding.reference, line=line)


def _coverage(with_data: int, passed: int) -> str:
    return f"{with_data}/{passed}天" if passed else DASH


def _sources(origin: Origin, binding: Binding | None) -> str:
    if origin.sources:
        return "\n".join(origin.sources)
    if binding is None:
        return DASH
    said = "业务系统数据" if binding.bound_to is BoundTo.KPI else "手工填报"
    return said if binding.confirmed_by else f"{said}（绑定待确认）"
