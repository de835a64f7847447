"""The negative binomial law of counts to come (a Poisson count whose rate is a gamma variable), by special functions.

``scipy.stats`` has it too, and takes seconds to load; these are the same formulas, held to it by a test.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def at_most(count: float, shape: float, success: float) -> float:
    """P(at most ``count`` more events): a regularised incomplete beta function. 0 for a negative count."""
    from scipy.special import betainc  # late: it takes a moment to load, and most pages never need it

    return float(betainc(shape, np.floor(count) + 1, success)) if count >= 0 else 0.0


def quantiles(shares: npt.ArrayLike, shape: float, success: float) -> Floats:
    """The smallest counts that at least these shares of the outcomes don't exceed."""
    from scipy.special import betainc, nbdtrik

    wanted = np.asarray(shares, dtype=np.float64)
    counts = np.ceil(nbdtrik(wanted, shape, success))
    below = np.maximum(counts - 1, 0.0)  # the inverse is continuous: one less may be enough already
    found: Floats = np.where(betainc(shape, below + 1, success) >= wanted, below, counts)
    return found
