"""Findings in the figures a report states: rates, growth and head-counts against what their parts give."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from kpi.scoring_rules import round_like, shown
from kpi.sheet import Sheet, Statistic
from targets.find_model import Finding, FindingKind, differ, half_unit, quoted, summed

CENT = Decimal("0.01")
COMPOSED = (
    ("总支出", ("基本支出", "项目支出")),
    ("财政拨款收入", ("基本支出拨款", "项目支出拨款")),
)
"""Figures that are the sum of others, by name."""


def printed_findings(sheet: Sheet) -> Iterator[Finding]:
    """Everything wrong with the statistics of a report."""
    yield from _execution(sheet)
    yield from _composed(sheet)
    yield from _growth(sheet)
    yield from _establishment(sheet)


def _find(sheet: Sheet, *names: str, unit: str = "") -> tuple[int, Statistic] | None:
    """The first statistic whose name ends with one of these, in that order of names."""
    for name in names:
        for index, item in enumerate(sheet.statistics):
            if item.name.endswith(name) and (not unit or item.unit == unit):
                return index, item
    return None


def _execution(sheet: Sheet) -> Iterator[Finding]:
    rate = _find(sheet, "整体执行率", "预算执行率", "执行率", unit="%")
    spent, income = _find(sheet, "总支出", "支出合计"), _find(sheet, "总收入", "收入合计")
    if rate is None or spent is None or income is None or not income[1].value or spent[1].unit != income[1].unit:
        return
    computed, printed = spent[1].value / income[1].value * 100, rate[1].value
    if round_like(computed, printed) == printed:
        return
    exact = round_like(computed, CENT)
    yield Finding(
        FindingKind.PRINTED,
        f"statistic/{rate[0]}",
        f"{quoted(rate[1].name)}印为 {shown(printed)}%,按 {spent[1].name} {spent[1].value} ÷ {income[1].name}"
        f" {income[1].value}({spent[1].unit})算得 {exact}%。",
        f"{spent[1].value} ÷ {income[1].value} = {exact}% ≠ {shown(printed)}%",
    )


def _composed(sheet: Sheet) -> Iterator[Finding]:
    for name, parts in COMPOSED:
        total, found = _find(sheet, name), [_find(sheet, part) for part in parts]
        known = [f[1] for f in found if f is not None]
        if total is None or len(known) < len(parts) or {k.unit for k in known} != {total[1].unit}:
            continue
        added, how = summed(k.value for k in known)
        if differ(added, total[1].value, *(k.value for k in known)):
            yield Finding(
                FindingKind.PRINTED,
                f"statistic/{total[0]}",
                f"{quoted(total[1].name)}印为 {total[1].value} {total[1].unit},"
                f"{'、'.join(parts)}合计 {shown(added)} {total[1].unit}。",
                f"{how} = {shown(added)} ≠ {shown(total[1].value)}",
            )


def _growth(sheet: Sheet) -> Iterator[Finding]:
    """A total and its parts, each with a growth rate: the total's rate follows from the parts'."""
    grown = [(i, s) for i, s in enumerate(sheet.statistics) if s.change is not None and s.change > -100]
    for index, total in grown:
        others = [
            s for i, s in grown if i != index and _scale(s.unit) == _scale(total.unit) and 0 < s.value < total.value
        ]
        for parts in (*combinations(others, 2), *combinations(others, 3)):
            if differ(sum((p.value for p in parts), Decimal(0)), total.value):
                continue
            yield from _misfit(index, total, parts)


def _misfit(index: int, total: Statistic, parts: tuple[Statistic, ...]) -> Iterator[Finding]:
    low, high = _bounds(total, parts)
    change = total.change or Decimal(0)
    if low - half_unit((change,)) <= change <= high + half_unit((change,)):
        return
    before = sum((_before(p) for p in parts), Decimal(0))
    fitting = round_like((total.value / before - 1) * 100, CENT)
    each = "、".join(f"{p.name} {p.value} {p.unit}(同比 {shown(p.change or Decimal(0))}%)" for p in parts)
    how = " + ".join(f"{p.value} ÷ {1 + (p.change or Decimal(0)) / 100}" for p in parts)
    yield Finding(
        FindingKind.GROWTH,
        f"statistic/{index}",
        f"{quoted(total.name)}{total.value} {total.unit}同比增长印为 {shown(change)}%,"
        f"与各部分不符:{each},合起来应增长 {fitting}%。",
        f"上年 {how} = {round_like(before, CENT)};{total.value} ÷ {round_like(before, CENT)} − 1 = {fitting}%",
    )


def _scale(unit: str) -> str:
    """万 or 亿 of a unit: calls in 万个 and orders in 万件 are added to one volume of service."""
    return unit[0] if unit[:1] in ("万", "亿") else ""


def _before(part: Statistic) -> Decimal:
    return part.value / (1 + (part.change or Decimal(0)) / 100)


def _bounds(total: Statistic, parts: tuple[Statistic, ...]) -> tuple[Decimal, Decimal]:
    """The growth of the total that the parts allow, every figure being rounded to its last digit."""
    low, high = Decimal(0), Decimal(0)
    for part in parts:
        slack, change = half_unit((part.value,)), part.change or Decimal(0)
        loose = half_unit((change,))
        low += (part.value - slack) / (1 + (change + loose) / 100)
        high += (part.value + slack) / (1 + (change - loose) / 100)
    slack = half_unit((total.value,))
    return ((total.value - slack) / high - 1) * 100, ((total.value + slack) / low - 1) * 100


def _establishment(sheet: Sheet) -> Iterator[Finding]:
    posts, people = (
        _find(sheet, "人员编制", "编制数", "编制"),
        _find(sheet, "在编人数", "在编人员"),
    )
    if posts is None or people is None or people[1].value <= posts[1].value:
        return
    yield Finding(
        FindingKind.ESTABLISHMENT,
        f"statistic/{people[0]}",
        f"{quoted(people[1].name)}{shown(people[1].value)} 人,超过{quoted(posts[1].name)}{shown(posts[1].value)} 名。",
        f"{shown(people[1].value)} > {shown(posts[1].value)}",
    )
