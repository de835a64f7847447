"""How sure a share is: the Wilson score interval, honest also for few events and near 0 and 100 %."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054


def wilson(successes: float, trials: float, z: float = Z_95) -> tuple[float, float] | None:
    """The 95 % interval of a share as fractions, None where it is no share (no trials, more successes than trials)."""
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return max((middle - reach) / scale, 0.0), min((middle + reach) / scale, 1.0)
