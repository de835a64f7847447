"""Days a source should have given and has not: found in the facts, and asked for again where it can be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from db.bulk import day_ranges
from db.journal import days_present
from db.pulls import closed_days_of, days_asked, first_day_of
from ingest.config import Config
from ingest.mapping import Kind, Shape, SourceSpec
from ingest.pull_source import pull
from ingest.pull_unit import Progress, RunResult
from kpi.measures import BY_CODE
from kpi.model import Nature

DAYS_BACK = 90
"""How far back gaps are looked for, in days."""
MOST_DAYS = 31
"""So many missing days are asked for in one go, the newest first; the others have their turn next time."""


def find_gaps(engine: Engine, config: Config, source_code: str, today: date, days_back: int = DAYS_BACK) -> list[date]:
    """Days without facts from the source's first day (or ``days_back`` days ago) to yesterday, in order.

    Not a gap: a day marked as closed, a weekday outside opening hours, and any day of a source that is switched off
    or gives only months, levels or single events. Raises KeyError for an unknown source.
    """
    spec = config.source(source_code)
    if not spec.enabled or not _gives_every_day(spec, config):
        return []
    yesterday = today - timedelta(days=1)
    with engine.connect() as conn:
        first = first_day_of(conn, source_code)
        if first is None:
            return []
        start = max(first, today - timedelta(days=days_back))
        present = days_present(conn, source_code, start, yesterday)
        closed = closed_days_of(conn, source_code)
    days = (start + timedelta(days=n) for n in range((yesterday - start).days + 1))
    return [day for day in days if day not in present and day not in closed and _is_open(spec, day)]


def _gives_every_day(spec: SourceSpec, config: Config) -> bool:
    if spec.shape is not Shape.DAYS:
        return spec.shape is not Shape.MONTHS
    known = BY_CODE | {measure.code: measure for measure in config.measures}
    return any(code in known and known[code].nature is Nature.FLOW for code, _ in spec.mapping.measures)


def _is_open(spec: SourceSpec, day: date) -> bool:
    return spec.opening_hours is None or bool(spec.opening_hours.spans[day.weekday()])


def fill_gaps(
    engine: Engine,
    config: Config,
    source_code: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    base_dir: Path,
    holder: str,
    days_back: int = DAYS_BACK,
    most_days: int = MOST_DAYS,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[RunResult]:
    """Asks the source again for its missing days, ``most_days`` of them at most, unbroken ranges at once.

    A day for which the source had nothing is not asked for again on the same calendar day. Files can't be asked for:
    their gaps are only found. Stops at the first failure: a source that is gone is gone for the other days too.
    """
    if config.source(source_code).kind is Kind.FILES:
        return []
    missing = find_gaps(engine, config, source_code, now.astimezone(tz).date(), days_back)
    results: list[RunResult] = []
    for window in day_ranges(_not_asked_today(engine, source_code, missing, now, tz)[-most_days:]):
        if stop is not None and stop():
            break
        results += pull(
            *(engine, config, source_code),
            window=window,
            trigger="gap",
            now=now,
            tz=tz,
            base_dir=base_dir,
            holder=holder,
            progress=progress,
            stop=stop,
        )
        if any(result.state == "failed" for result in results):
            break
    return results


def _not_asked_today(
    engine: Engine, source_code: str, missing: Sequence[date], now: datetime, tz: ZoneInfo
) -> list[date]:
    if not missing:
        return []
    today = now.astimezone(tz).date()
    with engine.connect() as conn:
        asked = days_asked(conn, source_code, _midnight(today, tz), _midnight(today + timedelta(days=1), tz))
    return [day for day in missing if day not in asked]


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=tz)
