"""The page itself: what is recorded is shown there, so it is told as soon as it stands in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.channels.base import Delivered, Outcome, Target
from alerts.message import Message


@dataclass(frozen=True, slots=True)
class Page:
    """Nothing to send: 告警 reads the incidents."""

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Always delivered."""
        del message, target, now
        return Delivered("page")
