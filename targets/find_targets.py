"""Findings in the targets themselves: a half-year above the full year, targets that nothing can miss, rows that stand
twice."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.scoring_rules import shown
from kpi.sheet import Cell, CellKind, Indicator, Project
from kpi.status import Operator
from targets.find_model import Finding, FindingKind, Severity, cell_place, named, number, quoted, squeezed

UNBOUNDED = ("增长", "增幅", "同比", "环比", "执行", "完成", "调整", "产能", "到位", "进度", "负荷", "达成")
"""Words of percentages that can be above 100 %: nothing may be said of “≤100%” there."""

SIGNED = ("增长", "增幅", "同比", "环比", "下降", "降低", "差额", "净", "温度", "变化")
"""Words of figures that can be below zero: nothing may be said of “≥0” there."""

AVERAGED = ("均", "率", "比例", "占比", "时长", "度", "得分", "评分")
"""Words of figures that don't add up over the year: a half-year above the full year may be meant."""


def target_findings(project: Project) -> Iterator[Finding]:
    """Everything wrong with the targets of one project."""
    for indicator in project.indicators:
        yield from _half_above_full(project, indicator)
        for column, cell in (("half", indicator.half), ("full", indicator.full)):
            yield from _cannot_miss(project, indicator, column, cell)
    yield from _twice(project)


def _half_above_full(project: Project, indicator: Indicator) -> Iterator[Finding]:
    half, full = number(indicator.half), number(indicator.full)
    if half is None or full is None or half <= full:
        return
    if indicator.half.unit != indicator.full.unit or _does_not_add(indicator):
        return
    yield Finding(
        FindingKind.HALF_ABOVE_FULL,
        cell_place(project, indicator, "half"),
        f"{named(project)}指标{quoted(indicator.name)}的半年目标 {indicator.half.shown} 高于全年目标"
        f" {indicator.full.shown}。",
        f"{shown(half)} > {shown(full)}",
    )


def _twice(project: Project) -> Iterator[Finding]:
    """Rows with the same names and the same targets; a lost target may have been another one."""
    seen: dict[tuple[str, ...], Indicator] = {}
    for indicator in project.indicators:
        cells = (indicator.half, indicator.full)
        if any(cell.kind is CellKind.LOST for cell in cells):
            continue
        texts = (indicator.level1, indicator.level2, indicator.name, *(cell.shown for cell in cells))
        first = seen.setdefault((indicator.section, *map(squeezed, texts)), indicator)
        if first is not indicator:
            yield Finding(
                FindingKind.TWICE,
                cell_place(project, indicator, "full"),
                f"{named(project)}第 {first.row} 行和第 {indicator.row} 行的指标{quoted(indicator.name)}"
                "完全相同(名称与半年、全年目标),像是录入了两次。",
                f"第 {first.row} 行 = 第 {indicator.row} 行",
                Severity.DOUBT,
            )


def _does_not_add(indicator: Indicator) -> bool:
    unit = indicator.half.unit
    return unit in ("%", "秒", "分钟", "分") or "/" in unit or any(word in indicator.name for word in AVERAGED)


def _cannot_miss(project: Project, indicator: Indicator, column: str, cell: Cell) -> Iterator[Finding]:
    value = number(cell)
    if value is None:
        return
    if cell.operator is Operator.AT_LEAST and value <= 0 and not _any(SIGNED, indicator.name):
        why, proof = f"任何数都不会小于 {shown(value)}{cell.unit}", f"最小可能值 0 ≥ {shown(value)}"
    elif _is_full_share(cell) and indicator.name.endswith("率") and not _any(UNBOUNDED, indicator.name):
        why, proof = "比率不会超过 100%,是否应为“≥”或“=”", f"最大可能值 100% ≤ {shown(value)}%"
    else:
        return
    word = "半年" if column == "half" else "全年"
    yield Finding(
        FindingKind.CANNOT_MISS,
        cell_place(project, indicator, column),
        f"{named(project)}指标{quoted(indicator.name)}的{word}目标 {cell.shown} 不可能不达标:{why}。",
        proof,
        Severity.DOUBT,
    )


def _is_full_share(cell: Cell) -> bool:
    return cell.operator is Operator.AT_MOST and cell.unit == "%" and cell.number is not None and cell.number >= 100


def _any(words: tuple[str, ...], name: str) -> bool:
    return any(word in name for word in words)
