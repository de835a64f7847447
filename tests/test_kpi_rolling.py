"""Rolling 24 hours: a bad stretch over midnight shows even where both calendar days look fine."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd

from kpi.rolling import rolling_sums

D1, D2, D3 = (date(2026, 3, 1) + timedelta(days=i) for i in range(3))


def _hours(day: date, answered: dict[int, int]) -> list[dict[str, object]]:
    return [
        {"centre": 1, "day": day, "hour": h, "numerator": float(answered.get(h, 10)), "denominator": 10.0}
        for h in range(24)
    ]


def _at(windows: pd.DataFrame, moment: datetime, column: str) -> float:
    return float(windows[windows["ends"] == moment][column].item())


def test_it_sums_the_24_hours_that_end_at_each_hour() -> None:
    bad_night = {h: 0 for h in (22, 23)}
    parts = pd.DataFrame(_hours(D1, bad_night) + _hours(D2, {0: 0, 1: 0}))
    windows = rolling_sums(parts, datetime(2026, 3, 3))
    assert len(windows) == 25
    assert _at(windows, datetime(2026, 3, 2), "numerator") == 220
    assert _at(windows, datetime(2026, 3, 2, 2), "numerator") == 200
    assert _at(windows, datetime(2026, 3, 3), "numerator") == 220
    assert set(windows["denominator"]) == {240}


def test_it_takes_an_hour_without_calls_as_quiet_but_a_day_without_rows_as_missing() -> None:
    quiet = [row for row in _hours(D1, {}) if row["hour"] != 3]
    windows = rolling_sums(pd.DataFrame(quiet + _hours(D3, {})), datetime(2026, 3, 4))
    assert _at(windows, datetime(2026, 3, 2), "denominator") == 230
    assert _at(windows, datetime(2026, 3, 2), "hours") == 24
    assert _at(windows, datetime(2026, 3, 3), "hours") == 0


def test_it_stops_at_the_moment_asked_for_and_bears_no_data() -> None:
    parts = pd.DataFrame(_hours(D1, {}) + _hours(D2, {}))
    assert max(rolling_sums(parts, datetime(2026, 3, 2, 7))["ends"]) == datetime(2026, 3, 2, 7)
    assert rolling_sums(pd.DataFrame(), datetime(2026, 3, 2)).empty
