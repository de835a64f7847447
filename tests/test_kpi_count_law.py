"""The law of counts to come, held to scipy's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kpi.count_law import at_most, quantiles

CASES = [(0.5, 0.5), (5.5, 0.98), (12.5, 0.3), (400.5, 0.9), (0.5, 1 / 365)]


@pytest.mark.parametrize(("shape", "success"), CASES)
def test_it_is_the_negative_binomial(shape: float, success: float) -> None:
    law = stats.nbinom(shape, success)
    for count in (0, 1, 7, 50, 1000):
        assert at_most(count, shape, success) == pytest.approx(float(law.cdf(count)), abs=1e-12)
    shares = (np.arange(500) + 0.5) / 500
    assert np.array_equal(quantiles(shares, shape, success), law.ppf(shares))


def test_nothing_is_at_most_less_than_nothing() -> None:
    assert at_most(-1, 2.5, 0.5) == 0.0
