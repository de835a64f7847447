"""A finding: one contradiction of a sheet with itself, and the arithmetic the finders share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpi.scoring_rules import shown
from kpi.sheet import Cell, Indicator, Project


class FindingKind(StrEnum):
    """What is wrong; the value is the code stored and filtered by."""

    EXPENSES_TOTAL = "expenses_total"  # expenditure lines don't add up to the total
    FUNDS_TOTAL = "funds_total"  # fund parts don't add up to their total
    EXPENSE_HALF = "expense_half_above_full"  # a line's half-year plan is above its full-year budget
    EXECUTION_SHARE = "execution_share"  # execution target is not the plan's share
    BUDGET_TEXT = "budget_text"  # an amount in the text is not the amount in the table
    CEILING = "ceiling"  # a ceiling of several years is no multiple of the yearly one
    HALF_ABOVE_FULL = "half_above_full"  # a half-year target above the full-year one
    TWICE = "twice"  # two rows of a project that say the very same
    CANNOT_MISS = "cannot_miss"  # a target that every possible value meets
    PRINTED = "printed_not_computed"  # a printed figure is not what its parts give
    GROWTH = "growth"  # a growth rate that doesn't fit its parts
    SEATS = "seats"  # seats or people in two places
    ESTABLISHMENT = "establishment"  # in-post above establishment


class Severity(StrEnum):
    """How sure: two figures that can't both be right, or one that a person should look at. The value is shown."""

    CONTRADICTION = "矛盾"
    DOUBT = "存疑"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``place`` as in ``kpi.sheet.Flag``; ``message`` where and why, with the figures, in Chinese;
    ``proof`` the arithmetic."""

    code: FindingKind
    place: str
    message: str
    proof: str
    severity: Severity = Severity.CONTRADICTION


def cell_place(project: Project, indicator: Indicator, column: str) -> str:
    """Where an indicator's cell stands: “2/indicator/14/half”, with “.{part}” for the further parts of a row."""
    part = f".{indicator.part}" if indicator.part > 1 else ""
    return f"{project.no}/indicator/{indicator.row}{part}/{column}"


def named(project: Project) -> str:
    """A project as a sentence names it."""
    return f"项目{quoted(project.name)}" if project.name else f"第 {project.no} 个项目"


def quoted(name: str) -> str:
    """A name in quotation marks, those inside it single."""
    return f"“{name.replace('“', '‘').replace('”', '’')}”"


def half_unit(numbers: Iterable[Decimal]) -> Decimal:
    """Half a unit of the last digit printed in the finest of the figures: 0.005 for 161.96 and 88.8."""
    exponents = [e for n in numbers if isinstance(e := n.as_tuple().exponent, int)]
    return Decimal(5).scaleb(min([0, *exponents]) - 1)


def differ(one: Decimal, other: Decimal, *printed: Decimal) -> bool:
    """True where two figures differ by more than half a unit of the last digit printed (in all that made them)."""
    return abs(one - other) > half_unit((one, other, *printed))


def summed(numbers: Iterable[Decimal]) -> tuple[Decimal, str]:
    """The sum and its arithmetic, zeros left out: (161.96, "88.8 + 29.96 + 43.2")."""
    kept = list(numbers)
    return sum(kept, Decimal(0)), " + ".join(shown(n) for n in kept if n) or "0"


def squeezed(text: str) -> str:
    """A text without spaces and quotation marks, its full-width signs narrowed, for comparing."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text) if not ch.isspace() and ch not in "“”\"'‘’")


def number(cell: Cell) -> Decimal | None:
    """The figure of a cell, None where none is printed or it is lost."""
    return cell.number if cell.is_number else None
