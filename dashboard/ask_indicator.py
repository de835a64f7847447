"""What 指标详情 shows, asked of the room of target sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboard.asked import Asked
from dashboard.target_filters import TargetFilters
from db.definitions import load_calendar
from db.errors import StoreError
from kpi.backtest import ForecastQuality, quality
from kpi.pace_model import Pace
from targets.detail import Detail, PeriodDetail, detail
from targets.progress import open_sheet
from targets.what_if import WhatIf, what_if


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One indicator. ``quality``: how far its forecast may be believed, None where nothing is foretold."""

    detail: Detail
    quality: ForecastQuality | None
    today: date

    @property
    def due(self) -> Pace:
        """The pace of the period that is judged now."""
        return self.detail.row.due(self.detail.as_of)

    @property
    def period(self) -> PeriodDetail:
        """The lines of that period."""
        return self.detail.half if self.due is self.detail.row.half else self.detail.full


def build_indicator(conn: Connection, asked: Asked, filters: TargetFilters, key: str) -> IndicatorView | None:
    """The indicator as it stood on the filters' day; None for one there is not."""
    as_of, calendar = filters.as_of or asked.today, load_calendar(conn)
    options = {"today": asked.today, "calendar": calendar, "tz": asked.tz, "min_sample": asked.min_sample}
    try:
        found = detail(conn, asked.catalogue, filters.sheet, key, as_of, **options)  # type: ignore[arg-type]
    except (KeyError, StoreError):
        return None
    believed = None
    if found.row.full.projected is not None or found.row.half.projected is not None:
        opened = open_sheet(conn, asked.catalogue, filters.sheet, as_of, only=key, **options)  # type: ignore[arg-type]
        facts = opened.facts(key)
        believed = quality(facts.history, calendar) if facts is not None else None
    return IndicatorView(found, believed, asked.today)


def ask_what_if(
    conn: Connection, asked: Asked, filters: TargetFilters, key: str, rate: float | None, seats: float | None
) -> WhatIf:
    """Where both periods would end. Raises ValueError with a Chinese sentence, KeyError."""
    return what_if(
        conn,
        asked.catalogue,
        filters.sheet,
        key,
        filters.as_of or asked.today,
        today=asked.today,
        calendar=load_calendar(conn),
        rate=rate,
        seats_added=seats,
        tz=asked.tz,
        min_sample=asked.min_sample,
    )
