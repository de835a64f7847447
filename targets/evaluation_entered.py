"""A figure that a person put in when scoring instead of the measured one: the documents must print what was scored."""

from __future__ import annotations

import math
from dataclasses import replace

from kpi.pace_model import Pace
from kpi.scoring import RowInput
from kpi.status import Operator, Status, meets
from targets import said
from targets.evaluation_model import Origin

_BY_HAND = "自评打分时填写"
_JUDGED = (Operator.AT_LEAST, Operator.AT_MOST)


def as_scored(pace: Pace, given: RowInput, target: float | None, unit: str) -> tuple[Pace, Origin | None]:
    """The pace with the figure that was scored, and where that came from; as it was with None, where it is the
    measured one. ``target`` and ``unit``: those of the value (a percentage as a fraction)."""
    value = _entered(pace, given, target, unit)
    if value is None:
        return pace, None
    status = pace.status
    if target is not None and pace.operator in _JUDGED:
        status = Status.MET if meets(value, pace.operator, target) else Status.MISSED
    measured = "" if pace.value is None else f"；系统取数为 {said.amount(pace.value, unit)}"
    origin = Origin(_BY_HAND + measured, (given.basis or _BY_HAND,))
    return replace(
        pace, value=value, text="", numerator=None, denominator=None, days_with_data=0, days_passed=0, status=status
    ), origin


def _entered(pace: Pace, given: RowInput, target: float | None, unit: str) -> float | None:
    if given.value is None:
        return None
    number = pace.target.number
    share = 100.0 if unit == said.PERCENT else 1.0
    scale = target / float(number) if target and number else 1.0 / share
    value = float(given.value) * scale
    same = pace.value is not None and math.isclose(value, pace.value, rel_tol=1e-6, abs_tol=1e-9)
    return None if same else value
