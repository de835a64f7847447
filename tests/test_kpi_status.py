"""One function says the status word, on unrounded values."""

from __future__ import annotations

from typing import Any

import pytest

from kpi.status import Operator, Status, status_of

GE, LE, EQ = Operator.AT_LEAST, Operator.AT_MOST, Operator.EQUAL


@pytest.mark.parametrize(
    ("value", "operator", "target", "more", "expected"),
    [
        (0.96, GE, 0.96, {}, Status.MET),
        (0.95996, GE, 0.96, {}, Status.MISSED),  # never rounded up into a pass
        (0.9571, GE, 0.96, {"probability": 0.38}, Status.AT_RISK),
        (0.9571, GE, 0.96, {"probability": 0.05}, Status.MISSED),
        (0.9571, GE, 0.96, {"out_of_reach": True, "probability": 0.0}, Status.OUT_OF_REACH),
        (0.97, GE, 0.96, {"probability": 0.5}, Status.AT_RISK),
        (0.97, GE, 0.96, {"probability": 0.95}, Status.MET),
        (6, LE, 6, {}, Status.MET),
        (7, LE, 6, {}, Status.MISSED),
        (0.46, EQ, 0.5, {"tolerance": 0.05}, Status.MET),
        (0.55, EQ, 0.5, {"tolerance": 0.05}, Status.MET),
        (0.44, EQ, 0.5, {"tolerance": 0.05}, Status.MISSED),
        (0.99, GE, 0.9, {"sample": 12, "min_sample": 30}, Status.TOO_FEW),
        (None, GE, 0.9, {}, Status.NO_DATA),
        (0.99, GE, 0.9, {"started": False}, Status.NOT_DUE),
    ],
)
def test_it_says_the_status(
    value: float | None, operator: Operator, target: float, more: dict[str, Any], expected: Status
) -> None:
    assert status_of(value, operator, target, **more) is expected
