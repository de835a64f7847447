"""Rounding that never contradicts a status: 95.996 % against ≥ 96 % stays 95.996 %, it does not become 96.00 %."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

MOST_DECIMALS = 10


def exact(value: float | Decimal) -> Decimal:
    """A figure as the decimal it is written as: 0.1 is 0.1."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Rounded half-up (away from zero)."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def on_its_side(value: Decimal, bounds: Sequence[Decimal], least: int) -> Decimal:
    """Rounded half-up to ``least`` decimals, with as many more as it takes to stay on its side of every bound."""
    for decimals in range(least, MOST_DECIMALS):
        shown = half_up(value, decimals)
        if all(_sign(shown - bound) == _sign(value - bound) for bound in bounds):
            return shown
    return value


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)
