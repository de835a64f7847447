"""A figure held against its target: the one way the pages come to a status word (decided in ``kpi.status``)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpi.model import Kpi, KpiValue, NoValue, Unit
from kpi.sheet import Cell, CellKind
from kpi.status import OPERATOR_SIGNS, Operator, Status, meets, status_of

MONEY_TOLERANCE = 0.05
"""How far money may be off its plan (“= 50 %” at mid-year) and still be as planned: 5 percentage points."""
WORST_FIRST = (
    Status.OUT_OF_REACH,
    Status.MISSED,
    Status.AT_RISK,
    Status.TOO_FEW,
    Status.NO_DATA,
    Status.NOT_DUE,
    Status.MET,
)
"""The order of worry."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI has to reach; ``value`` is a fraction for percentages.

    ``tolerance`` (same unit) widens “=”. ``whole``: set for a whole period, so that no single day can be held against
    it (money, counts); ``due`` is then False until that period is over.
    """

    operator: Operator
    value: float
    tolerance: float = 0.0
    whole: bool = False
    due: bool = True

    @property
    def sign(self) -> str:
        """“≥”, “≤” or “=”."""
        return OPERATOR_SIGNS[self.operator]

    @property
    def of_a_day(self) -> Target | None:
        """The target as far as single days can be held against it."""
        return None if self.whole else self

    def cell(self, unit: Unit) -> Cell:
        """The target as a sheet prints it."""
        number = Decimal(repr(self.value))
        shown = number.scaleb(2).normalize() if unit is Unit.PERCENT else number
        return Cell(CellKind.NUMBER, "", self.operator, shown, unit.value)

    def holds(self, value: float) -> bool:
        """True where the unrounded value meets the target."""
        return meets(value, self.operator, self.value, self.tolerance)


def judge(value: KpiValue, target: Target | None, min_sample: int, kpi: Kpi | None = None) -> Status | None:
    """The status word of a figure; None where there is nothing to be judged by, and so no word, whatever is missing.
    ``kpi`` tells what its sample is: without it, the denominator."""
    if target is None:
        return None
    if value.reason in (NoValue.TOO_FEW, NoValue.ZERO_DENOMINATOR):
        return Status.TOO_FEW
    unmet = value.value is not None and not target.holds(value.value)
    if unmet and not target.due and target.operator is not Operator.AT_MOST:
        return Status.NOT_DUE
    return status_of(
        value.value,
        target.operator,
        target.value,
        started=value.reason is not NoValue.NOT_STARTED,
        sample=kpi.sample_of(value) if kpi else value.denominator,
        min_sample=min_sample,
        tolerance=target.tolerance,
    )


def shortfall(value: KpiValue, target: Target) -> float | None:
    """How far the value is on the wrong side of its target, in the KPI's unit: 0 where met, None without value."""
    if value.value is None:
        return None
    return 0.0 if target.holds(value.value) else abs(target.value - value.value)


def worry(status: Status | None) -> int:
    """The place of a status in the order of worry; what is judged by nothing comes last."""
    return WORST_FIRST.index(status) if status is not None else len(WORST_FIRST)
