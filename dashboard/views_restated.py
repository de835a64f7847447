"""What was corrected, or grew, after it had been shown, as plain data: made by ``ask_records``."""

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


@dataclass(frozen=True, slots=True)
class GrowthView:
    """What one measure of a centre gained when a source first gave some days: ``days`` of those first..last."""

    at: datetime
    centre: str
    source: str
    measure: str
    first: date
    last: date
    days: int
    added: float
    run_id: int
