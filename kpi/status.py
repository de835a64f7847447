"""The status words (RULES 4): decided once, here, on unrounded values."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The status of an indicator; the value is the word shown, everywhere the same."""

    MET = "达标"
    AT_RISK = "有风险"
    MISSED = "未达标"
    OUT_OF_REACH = "已无法达标"
    NOT_DUE = "未到期"
    TOO_FEW = "样本不足"
    NO_DATA = "无数据"


class Operator(StrEnum):
    """How a value is held against its target."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="


OPERATOR_SIGNS = {Operator.AT_LEAST: "≥", Operator.AT_MOST: "≤", Operator.EQUAL: "="}


def meets(value: float, operator: Operator, target: float, tolerance: float = 0.0) -> bool:
    """True where the value meets the target; ``tolerance`` (same unit) widens an equality only."""
    if operator is Operator.AT_LEAST:
        return value >= target
    if operator is Operator.AT_MOST:
        return value <= target
    return abs(value - target) <= tolerance * (1 + 1e-9)  # 0.55 - 0.50 is a hair above 0.05


def status_of(
    value: float | None,
    operator: Operator,
    target: float,
    *,
    started: bool = True,
    sample: float | None = None,
    min_sample: float = 0,
    probability: float | None = None,
    risk_below: float = 0.8,
    missed_below: float = 0.2,
    out_of_reach: bool = False,
    tolerance: float = 0.0,
) -> Status:
    """The status word of a value against its target.

    ``sample`` is the denominator the value stands on; fewer than ``min_sample`` is 样本不足. ``probability`` of
    meeting the target at the period's end is given while the period runs: a value that meets the target is then
    有风险 below ``risk_below``, one that does not is 有风险 as long as it is at least ``missed_below``.
    ``out_of_reach``: the target can no longer be met whatever comes.
    """
    if not started:
        return Status.NOT_DUE
    if value is None:
        return Status.NO_DATA
    if out_of_reach:
        return Status.OUT_OF_REACH
    if sample is not None and sample < min_sample:
        return Status.TOO_FEW
    if not meets(value, operator, target, tolerance):
        return Status.MISSED if probability is None or probability < missed_below else Status.AT_RISK
    if probability is not None and probability < risk_below:
        return Status.AT_RISK
    return Status.MET
