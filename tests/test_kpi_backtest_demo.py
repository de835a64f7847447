"""The forecast held against the demo centre's years: a bad week and an outage in each half-year, a summer wave."""

from __future__ import annotations

import pytest

from ingest.sources import demo_profile
from kpi.backtest import BacktestReport, backtest, quality_of
from tests.demo_days import RATIOS, demo_histories
from tests.made_series import CALENDAR

SEEDS = (demo_profile.SEED, *range(1, 12))
Reports = dict[str, list[BacktestReport]]


@pytest.fixture(scope="module")
def reports() -> Reports:
    """By KPI: a report a seed, the demo's own first."""
    histories = [demo_histories(seed) for seed in SEEDS]
    return {code: [backtest(own[code], CALENDAR) for own in histories] for code in RATIOS}


@pytest.mark.parametrize("code", RATIOS)
def test_it_covers_the_demo_years_as_often_as_it_says_and_beats_both_rivals(reports: Reports, code: str) -> None:
    found = quality_of([row for report in reports[code] for row in report.rows])
    assert found.origins == 20 * len(SEEDS)
    assert found.coverage is not None and 0.75 <= found.coverage <= 0.85
    assert found.ratio_to_date is not None and found.ratio_to_date < 0.85
    assert found.ratio_last_28 is not None and found.ratio_last_28 < 0.90


@pytest.mark.parametrize("code", RATIOS)
def test_it_does_so_in_the_years_the_demo_shows(reports: Reports, code: str) -> None:
    found = reports[code][0].quality
    assert found.origins == 20
    assert found.coverage is not None and 0.75 <= found.coverage <= 0.85
    assert found.relative_error is not None and found.relative_error < 0.95
