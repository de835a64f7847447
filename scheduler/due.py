"""When the daily pull is due: pure arithmetic of wall times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta


def daily_moment(local_now: datetime, at: time) -> date:
    """The day whose daily pull has last come due: today once ``at`` has passed, else yesterday."""
    today = local_now.date()
    return today if local_now.time() >= at else today - timedelta(days=1)


def daily_window(today: date, repull_days: int) -> tuple[date, date]:
    """The days the daily pull asks for again (late ratings and corrections), today included."""
    return today - timedelta(days=repull_days), today


def intraday_window(local_now: datetime, at: time) -> tuple[date, date]:
    """Today; and yesterday too until today's daily pull, for what came in after the last pull before midnight."""
    today = local_now.date()
    return (today if local_now.time() >= at else today - timedelta(days=1)), today
