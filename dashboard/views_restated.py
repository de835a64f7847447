"""What was corrected after it had been shown, as plain data: made by ``ask_records``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kpi.model import Kpi, KpiValue


@dataclass(frozen=True, slots=True)
class RestatedFigure:
    """A KPI of one day as it was and as it became."""

    kpi: Kpi
    old: KpiValue
    new: KpiValue


@dataclass(frozen=True, slots=True)
class RestatedMeasure:
    """A measure of one day, by its name, as it was and as it became."""

    name: str
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class RestatedView:
    """What one pull changed in one day of one centre after the day had ended."""

    at: datetime
    centre: str
    day: date
    run_id: int | None
    figures: tuple[RestatedFigure, ...]
    measures: tuple[RestatedMeasure, ...]
