"""What former years cost and what the coming ones may cost, where a text of the form says so in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kpi.sheet import Cell, CellKind, YearCost
from targets.cells import NUMBER, plain_signs

_AMOUNT = rf"(?:费用)?(?:为|约为|是)?(?P<amount>{NUMBER})(?P<unit>万元|元)"
_RULES = (
    ("actual", re.compile(rf"(?P<year>20[0-9]{{2}})年度?实际(?:产生|发生|支出){_AMOUNT}")),
    ("expected", re.compile(rf"(?P<year>20[0-9]{{2}})年度?预计(?:产生|发生|支出){_AMOUNT}")),
    ("ceiling_year", re.compile(rf"项目预算(?P<amount>{NUMBER})(?P<unit>万元|元)/年")),
    ("ceiling_total", re.compile(rf"年总预算(?:合计)?(?P<amount>{NUMBER})(?P<unit>万元|元)\(最高限价\)")),
)


def read_costs(texts: Iterable[tuple[str, str]], money_unit: str) -> tuple[YearCost, ...]:
    """The costs that the long fields state, by year; a ceiling has no year. The project's own unit is left out."""
    found: list[YearCost] = []
    for _, text in texts:
        plain = "".join(plain_signs(text).split())
        for kind, pattern in _RULES:
            for match in pattern.finditer(plain):
                groups = match.groupdict()
                year = int(groups["year"]) if groups.get("year") else None
                unit = "" if groups["unit"] == money_unit else groups["unit"]
                found.append(YearCost(year, amount(groups["amount"], unit), kind))
    return tuple(dict.fromkeys(found))


def amount(number: str, unit: str) -> Cell:
    """An amount of money with its printed unit as a cell."""
    cell = Cell(CellKind.NUMBER, "", None, Decimal(number.replace(",", "")), unit)
    return Cell(cell.kind, cell.shown, None, cell.number, unit)
