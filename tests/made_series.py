"""Made histories with a stated process, for forecasts: 1,000 requests on a working day, 600 on others, three years.

The share answered is: ``flat`` 94 %; ``weekly`` 94 % on working days, 98 % on others; ``trend`` from 90 % to 96 % in
a straight line; ``season`` 94 % ± 3 points once a year; ``walk`` a random walk of 0.03 a day in log odds. On top, each
day's log odds have noise of 0.15, its volume noise of 5 % and Poisson scatter, its answers binomial scatter.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from kpi.forecast import History
from kpi.workdays import WorkCalendar

CALENDAR = WorkCalendar()
FIRST = date(2021, 1, 1)
DAYS = 3 * 365
PROCESSES = ("flat", "weekly", "trend", "season", "walk")


def made(process: str, seed: int, days: int = DAYS) -> History:
    """The history of a process; the same seed gives the same history."""
    rng = np.random.default_rng(seed)
    dates = [FIRST + timedelta(days=i) for i in range(days)]
    working = np.array([CALENDAR.day(day).is_working for day in dates])
    t = np.arange(days)
    volume = rng.poisson(1000 * np.where(working, 1.0, 0.6) * np.exp(rng.normal(0, 0.05, days)))
    share = np.full(days, 0.94)
    if process == "weekly":
        share = np.where(working, 0.94, 0.98)
    elif process == "trend":
        share = 0.90 + 0.06 * t / DAYS
    elif process == "season":
        share = 0.94 + 0.03 * np.sin(2 * np.pi * t / 365.25)
    elif process == "walk":
        steps = np.cumsum(rng.normal(0, 0.03, days))
        share = 1 / (1 + np.exp(-(2.75 + steps - steps.mean())))
    odds = np.log(share / (1 - share)) + rng.normal(0, 0.15, days)
    answered = rng.binomial(volume, 1 / (1 + np.exp(-odds)))
    return History.build(dates, answered.astype(float).tolist(), volume.astype(float).tolist(), CALENDAR)
