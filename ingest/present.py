"""The present: the centre's day together with the time of it, so that rows of later today are told from real ones."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

TOLERANCE = timedelta(minutes=10)
"""So much may the clock of a source run ahead of ours."""


class Present(date):
    """Today, knowing what time it is. Everything that takes a ``date`` of today takes it; see ``latest``."""

    moment: datetime

    @classmethod
    def at(cls, now: datetime, tz: ZoneInfo) -> Self:
        """The present of an aware moment in the centre's zone."""
        moment = now.astimezone(tz).replace(tzinfo=None)
        made = cls(moment.year, moment.month, moment.day)
        made.moment = moment
        return made


def latest(today: date) -> datetime:
    """The last local moment that lies not in the future: where only the day is known, the end of it."""
    if isinstance(today, Present):
        return today.moment + TOLERANCE
    return datetime.combine(today, time.max)


def shown(today: date) -> str:
    """What a message calls the present: 现在(2026-03-05 14:35) or 今天(2026-03-05)."""
    return f"现在({today.moment:%Y-%m-%d %H:%M})" if isinstance(today, Present) else f"今天({today})"
