"""What every question about a target sheet needs besides the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from kpi.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Asked:
    """What is handed in with every question."""

    catalogue: Catalogue
    today: date
    tz: ZoneInfo
    min_sample: int
