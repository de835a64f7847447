"""The pictures of the documents: an axis tells its ticks apart."""

from __future__ import annotations

import pytest

from targets.charts import Ticks


@pytest.mark.parametrize(
    ("ticks", "shown"),
    [
        ([0.998, 0.9985, 0.999, 0.9995], ["99.80%", "99.85%", "99.90%", "99.95%"]),
        ([0.94, 0.945, 0.95], ["94.0%", "94.5%", "95.0%"]),
        ([0.975, 0.9775, 0.98], ["97.50%", "97.75%", "98.00%"]),
        ([0.90, 0.91], ["90%", "91%"]),
    ],
)
def test_neighbouring_ticks_of_a_rate_read_differently(ticks: list[float], shown: list[str]) -> None:
    assert Ticks(100.0, "%").format_ticks(ticks) == shown


def test_a_mean_shows_no_more_decimals_than_its_steps_have() -> None:
    assert Ticks(1.0, "").format_ticks([1000.0, 1002.5, 1005.0]) == ["1,000.0", "1,002.5", "1,005.0"]
    assert Ticks(1.0, "").format_ticks([9, 10, 11]) == ["9", "10", "11"]
    assert Ticks(1.0, "")(9.0) == "9"
