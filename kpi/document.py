"""The KPI catalogue as a page of the user guide: ``python -m kpi.document > docs/kpi-catalogue.md``."""

from __future__ import annotations

from collections.abc import Iterable

from kpi.catalogue import Catalogue, build
from kpi.definitions import BEGINNING
from kpi.model import Better, Definition, Group, Kpi, Measure

BETTER_NAMES = {Better.HIGHER: "越高越好", Better.LOWER: "越低越好", Better.NEUTRAL: "—", Better.NEAR_PLAN: "贴近计划"}


def _formula_lines(kpi: Kpi) -> Iterable[str]:
    for formula in kpi.formulas:
        default = Definition(kpi.code, BEGINNING, formula.code)
        yield f"`{formula.code}`:{formula.text.format(limit=default.limit, short=default.short)}"


def _kpi_row(kpi: Kpi) -> str:
    names = "、".join((kpi.name, *kpi.aliases))
    formulas = "<br>".join(_formula_lines(kpi))
    said = (names, kpi.english, f"`{kpi.code}`", formulas, kpi.unit.value, BETTER_NAMES[kpi.better], kpi.note)
    return f"| {' | '.join(said)} |"


def _measure_row(measure: Measure) -> str:
    return (
        f"| {measure.name} | {measure.english} | `{measure.code}` | {measure.unit.value} | {measure.fact.value} "
        f"| {measure.dated_by.value} | {measure.nature.value} |"
    )


def markdown(catalogue: Catalogue) -> str:
    """The page: KPIs by group with every formula (the default first), then the measures."""
    lines = ["# 指标目录", "", "本页由 `python -m kpi.document` 生成,请勿手工修改。", ""]
    lines += ["每个指标只在最后相除一次;分母为 0 或没有数据时没有值。同一指标有几种口径时,第一种为默认。", ""]
    for group in Group:
        rows = [_kpi_row(kpi) for kpi in catalogue if kpi.group is group]
        head = ["| 指标(其他叫法) | 英文 | 代码 | 口径 | 单位 | 方向 | 说明 |", "|---|---|---|---|---|---|---|"]
        lines += [f"## {group.value}", "", *head, *rows, ""]
    head = ["| 计量 | 英文 | 代码 | 单位 | 所在表 | 归属日期 | 性质 |", "|---|---|---|---|---|---|---|"]
    lines += ["## 计量", "", *head, *(_measure_row(m) for m in catalogue.measures.values()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown(build()), end="")
