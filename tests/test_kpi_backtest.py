"""The forecast held against what came: made series with a stated process, and three real years of calls."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from kpi.backtest import (
    BacktestReport,
    BacktestRow,
    ForecastQuality,
    backtest,
    half_years,
    month_ends,
    quality,
    quality_of,
    report_text,
)
from kpi.forecast import History
from kpi.periods import Period
from tests.made_series import CALENDAR, PROCESSES, made

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def made_reports() -> dict[str, list[BacktestReport]]:
    return {process: [backtest(made(process, seed), CALENDAR) for seed in SEEDS] for process in PROCESSES}


def test_it_covers_as_often_as_it_says_over_all_made_series(made_reports: dict[str, list[BacktestReport]]) -> None:
    rows = [row for reports in made_reports.values() for report in reports for row in report.rows]
    assert len(rows) == len(PROCESSES) * len(SEEDS) * 30
    assert 0.75 <= sum(row.held for row in rows) / len(rows) <= 0.85


@pytest.mark.parametrize("process", ["weekly", "trend", "season"])
def test_it_beats_both_rivals_where_there_is_something_to_know(
    made_reports: dict[str, list[BacktestReport]], process: str
) -> None:
    reports = made_reports[process]
    found = quality_of([row for report in reports for row in report.rows])
    assert found.coverage is not None and 0.75 <= found.coverage <= 0.85
    assert found.ratio_to_date is not None and found.ratio_to_date < 0.95
    assert found.ratio_last_28 is not None and found.ratio_last_28 < 0.95


def test_it_is_no_worse_than_the_rivals_where_nothing_changes(made_reports: dict[str, list[BacktestReport]]) -> None:
    for report in made_reports["flat"]:
        assert report.quality.relative_error is not None and report.quality.relative_error <= 1.05


def edna(shared_data: Path) -> pd.DataFrame:
    files = sorted((shared_data / "calls-edna").glob("Call+Center+Data+*.csv"))
    calls = pd.concat([pd.read_csv(file, encoding="utf-8-sig", dtype=str) for file in files])
    calls["day"] = pd.to_datetime(calls["CallTimestamp"], format="%m/%d/%Y %H:%M").dt.date
    calls["answered"] = 1 - calls["CallAbandoned"].astype(int)
    calls["quick"] = calls["answered"] * (calls["WaitTime"].astype(float) <= 15)
    days = calls.groupby("day").agg(answered=("answered", "sum"), quick=("quick", "sum"), offered=("day", "size"))
    return days.reset_index()


@pytest.mark.parametrize(("numerator", "first_actual"), [("answered", 0.9418), ("quick", 0.6039)])
def test_it_keeps_its_word_on_three_real_years(shared_data: Path, numerator: str, first_actual: float) -> None:
    frame = edna(shared_data).rename(columns={numerator: "numerator", "offered": "denominator"})
    report = backtest(History.from_frame(frame, CALENDAR), CALENDAR)
    assert len(report.rows) == 30
    assert report.rows[0].actual == pytest.approx(first_actual, abs=5e-5)
    found = report.quality
    assert found.coverage is not None and 0.75 <= found.coverage <= 0.85
    assert found.relative_error is not None and found.relative_error <= 1.05


def constant(days: int) -> History:
    dates = [date(2022, 1, 1) + timedelta(days=i) for i in range(days)]
    numerator = [90.0 if i < 90 else 95.0 for i in range(days)]
    return History.build(dates, numerator, [100.0] * days, CALENDAR)


def test_it_starts_from_every_month_end_of_the_half_years_it_holds() -> None:
    history = constant(181 + 184 + 30)
    halves = half_years(history)
    assert halves == [Period(date(2022, 1, 1), date(2022, 6, 30)), Period(date(2022, 7, 1), date(2022, 12, 31))]
    assert [day.month for day in month_ends(halves[1])] == [7, 8, 9, 10, 11]
    assert half_years(constant(180)) == []


def test_it_works_out_its_rivals_by_hand() -> None:
    # 90 days at 90 %, then 95 %: on 30 April (day 120) 30 days were at 95 %; 61 of 181 days are to come.
    row = backtest(constant(181), CALENDAR).rows[3]
    assert row.origin == date(2022, 4, 30)
    assert row.actual == pytest.approx((90 * 90 + 91 * 95) / 18_100)
    assert row.value_to_date == pytest.approx((90 * 90 + 30 * 95) / 12_000)
    assert row.last_28_days == pytest.approx((90 * 90 + 91 * 95) / 18_100)


def test_it_sums_up_its_origins_by_hand() -> None:
    half, day = Period(date(2022, 1, 1), date(2022, 6, 30)), date(2022, 3, 31)
    rows = [
        BacktestRow(half, day, 0.90, 0.91, 0.89, 0.92, 0.94, 0.90),
        BacktestRow(half, day, 0.90, 0.87, 0.86, 0.88, 0.84, 0.96),
    ]
    found = quality_of(rows)
    assert (found.origins, found.held, found.coverage) == (2, 1, 0.5)
    assert (found.mae, found.mae_to_date, found.mae_last_28) == pytest.approx((0.02, 0.05, 0.03))
    assert (found.ratio_to_date, found.ratio_last_28) == pytest.approx((0.4, 2 / 3))
    assert found.relative_error == pytest.approx(2 / 3)  # against the better rival
    assert quality_of([]) == ForecastQuality(0, 0, None, None, None, None)
    assert quality_of([]).relative_error is None


def test_it_tells_pages_the_same_in_short_and_in_time() -> None:
    history = made("season", 1, 731)
    best = 9.0
    for _ in range(3):
        begun = time.thread_time()
        found = quality(history, CALENDAR)
        best = min(best, time.thread_time() - begun)
    assert found == backtest(history, CALENDAR).quality
    assert found.origins == 20
    assert best < 1.5


def test_it_tells_the_figures_in_words() -> None:
    report = backtest(constant(181), CALENDAR)
    text = report_text(report)
    assert text.count("2022-01-01—2022-06-30") == 5
    hits = sum(row.low <= row.actual <= row.high for row in report.rows)
    assert f"80% 区间: 5 次中 {hits} 次成立" in text
    assert "最近 28 天" in text and "当前累计值" in text
    assert "个百分点" not in report_text(report, percent=False)
    assert report_text(backtest(constant(100), CALENDAR)).startswith("没有可回测的半年")
