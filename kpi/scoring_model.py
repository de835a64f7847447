"""A self-evaluation form as data (RULES 6), what scoring it gives, and the exact weight of each row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kpi.scoring_rules import DeductionRule, Rule, VetoRule


class Share(StrEnum):
    """How the points of a section are shared among the rows that have no weight of their own."""

    ROW = "row"  # equally over the rows: 40/m
    CATEGORY = "category"  # equally over the second levels, then over the rows of each


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: its full points, how they are shared, and the most that counts (None: no cap)."""

    name: str
    points: Decimal
    share: Share = Share.ROW
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``weight`` None: a share of what the section has left. ``applies`` False: the form says “无”."""

    key: str
    section: str
    name: str
    rule: Rule
    level2: str = ""
    weight: Decimal | None = None
    applies: bool = True
    unit: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class GradeBand:
    """The grade of a total of at least so many points."""

    name: str
    at_least: Decimal


GRADES = (
    GradeBand("优", Decimal(90)),
    GradeBand("良", Decimal(80)),
    GradeBand("中", Decimal(60)),
    GradeBand("差", Decimal(0)),
)


@dataclass(frozen=True, slots=True)
class ScoreForm:
    """A scoring form. ``grades`` from best to worst; the last one takes everything below."""

    title: str
    sections: tuple[Section, ...]
    rows: tuple[Row, ...]
    grades: tuple[GradeBand, ...] = GRADES
    note: str = ""

    def grade(self, total: Decimal) -> str:
        """The grade of a total."""
        return next((band.name for band in self.grades if total >= band.at_least), self.grades[-1].name)


@dataclass(frozen=True, slots=True)
class RowScore:
    """One row scored. ``score`` None: not scored, because the row does not apply or ``missing`` is missing.

    ``weight`` and ``completion`` (percent) rounded to two decimals for showing; ``proof`` is the arithmetic.
    """

    no: int
    row: Row
    weight: Decimal
    score: Decimal | None
    completion: Decimal | None = None
    proof: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class SectionScore:
    """A section's sum of rounded rows; ``score`` None while rows are missing, ``partial`` what is there so far."""

    name: str
    score: Decimal | None
    partial: Decimal
    missing: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A printed figure of row ``no`` that is not what the form's own figures and rules give."""

    no: int
    message: str
    proof: str


@dataclass(frozen=True, slots=True)
class Score:
    """A form scored. ``before_deductions`` is the total without the rows that only take points off."""

    rows: tuple[RowScore, ...]
    sections: tuple[SectionScore, ...]
    total: Decimal | None
    grade: str | None
    partial: Decimal
    missing: int
    before_deductions: Decimal | None
    vetoed: bool = False
    notes: tuple[str, ...] = ()

    def row(self, key: str) -> RowScore:
        """The row with this key. Raises KeyError."""
        for scored in self.rows:
            if scored.row.key == key:
                return scored
        raise KeyError(key)


def weights(form: ScoreForm) -> dict[str, Fraction]:
    """The exact weight of every row by key: its own, or its share of what its section has left (40/m)."""
    result: dict[str, Fraction] = {}
    for section in form.sections:
        rows = [r for r in form.rows if r.section == section.name]
        result.update({r.key: Fraction(r.weight or 0) if r.applies else Fraction(0) for r in rows})
        sharing = [r for r in rows if _shares(r)]
        left = Fraction(section.points) - sum((result[r.key] for r in rows), Fraction(0))
        categories = [r.level2 for r in sharing]
        for row in sharing:
            if section.share is Share.CATEGORY:
                result[row.key] = left / len(set(categories)) / categories.count(row.level2)
            else:
                result[row.key] = left / len(sharing)
    return result


def _shares(row: Row) -> bool:
    return row.applies and row.weight is None and not isinstance(row.rule, DeductionRule | VetoRule)
