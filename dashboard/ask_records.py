"""What 数据 shows, asked of the journal: sources, their days, runs, rejects, restatements; and how fresh all is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dashboard.ask_proof import input_text, to_local
from dashboard.views import (
    DataPage,
    DayState,
    Freshness,
    RejectView,
    RunView,
    SourceCalendar,
    SourceState,
    SourceView,
)
from dashboard.views_restated import GrowthView, RestatedFigure, RestatedMeasure, RestatedView
from db.first_given import Growth, list_growth
from db.journal import (
    RejectRow,
    RunRow,
    count_rejects,
    days_present,
    list_rejects,
    list_runs,
    source_states,
)
from db.journal import SourceState as StoredState
from db.restated import RestatedDay, list_restated_days
from ingest.config import Config
from ingest.mapping import FilesOptions, Shape, SourceSpec
from kpi.catalogue import Catalogue
from kpi.model import Nature
from kpi.periods import Period

GAP_DAYS = 90
RUNS_SHOWN = 15
REJECTS_SHOWN = 12
RESTATEMENTS_SHOWN = 12
GROWTH_SHOWN = 24
RESTATED_DAYS = 90
DAILY_LIMIT_MINUTES = 36 * 60
"""A source that delivers whole days is late once the next day's noon has passed without it."""


def is_regular(spec: SourceSpec, catalogue: Catalogue) -> bool:
    """True for a source that should have something every day: only such a one can be late or have gaps.

    History by month, levels (budgets, head-counts) and single events come when they come.
    """
    if not spec.enabled or spec.shape is Shape.MONTHS:
        return False
    measures = (catalogue.measures[code] for code, _column in spec.mapping.measures)
    return spec.shape is not Shape.DAYS or any(m.nature is Nature.FLOW for m in measures)


def freshness(
    states: Sequence[StoredState], config: Config, catalogue: Catalogue, now: datetime, limit_minutes: int
) -> Freshness:
    """The moment up to which each regular source has given its data, and when that is too long ago."""
    enabled = {spec.code for spec in config.sources if is_regular(spec, catalogue)}
    zone = zone_of(now)
    moments = {}
    for state in states:
        found = _moment(state, zone, limit_minutes) if state.code in enabled else None
        if found is not None:
            moments[state.code] = (min(found[0], now), found[1])
    return Freshness(now, max((at for at, _ in moments.values()), default=None), moments)


def _moment(state: StoredState, zone: ZoneInfo, limit_minutes: int) -> tuple[datetime, int] | None:
    """A file tells what it holds when it is taken, any other source whenever it answers. A source that delivers
    whole days is as new as the end of its last day."""
    if state.last_ok is None or state.last_day is None:
        return None
    pulled = state.last_ok.ended_at or state.last_ok.started_at
    if state.kind != "files" and state.checked_at is not None:
        pulled = max(pulled, state.checked_at)
    at = to_local(pulled, zone)
    if state.last_day >= at.date():
        return at, limit_minutes
    return datetime.combine(state.last_day + timedelta(days=1), time(), zone), DAILY_LIMIT_MINUTES


def is_stale(moment: tuple[datetime, int], now: datetime) -> bool:
    """True where the moment of a source's data lies further back than its limit."""
    return now - moment[0] > timedelta(minutes=moment[1])


def build_page(
    conn: Connection,
    config: Config,
    catalogue: Catalogue,
    now: datetime,
    limit_minutes: int,
    runs_from: int,
    gaps: Mapping[str, Collection[date]],
) -> DataPage:
    """All of the page. ``gaps``: the missing days of each source."""
    zone = zone_of(now)
    stored = {s.code: s for s in source_states(conn)}
    fresh = freshness(list(stored.values()), config, catalogue, now, limit_minutes)
    calendars = {
        spec.code: _calendar(conn, stored[spec.code], spec, now.date(), gaps[spec.code])
        for spec in config.sources
        if spec.code in stored and is_regular(spec, catalogue)
    }
    runs = list_runs(conn, limit=RUNS_SHOWN + 1, offset=runs_from)
    first_shown = now.date() - timedelta(days=RESTATED_DAYS)
    restated = list_restated_days(conn, catalogue, start=first_shown, limit=RESTATEMENTS_SHOWN + 1)
    return DataPage(
        now=now,
        sources=tuple(_source(stored.get(spec.code), spec, fresh, calendars.get(spec.code)) for spec in config.sources),
        calendars=tuple(calendars.values()),
        runs=tuple(_run(run, zone) for run in runs[:RUNS_SHOWN]),
        neighbours=(
            max(runs_from - RUNS_SHOWN, 0) if runs_from else None,
            runs_from + RUNS_SHOWN if len(runs) > RUNS_SHOWN else None,
        ),
        rejects=tuple(_reject(r, stored) for r in list_rejects(conn, limit=REJECTS_SHOWN)),
        reject_count=count_rejects(conn),
        restatements=tuple(_restated(r, catalogue, zone) for r in restated[:RESTATEMENTS_SHOWN]),
        restated_more=len(restated) > RESTATEMENTS_SHOWN,
        growth=tuple(_grown(g, catalogue, zone) for g in list_growth(conn, start=first_shown, limit=GROWTH_SHOWN)),
    )


def zone_of(now: datetime) -> ZoneInfo:
    """The zone of the centre's wall time."""
    assert isinstance(now.tzinfo, ZoneInfo)  # made so by dashboard.data
    return now.tzinfo


def _reject(row: RejectRow, stored: Mapping[str, StoredState]) -> RejectView:
    title = stored[row.source].title or row.source
    return RejectView(row.source, title, row.file, row.sheet, row.row_no, row.column, row.value, row.reason)


def _restated(found: RestatedDay, catalogue: Catalogue, zone: ZoneInfo) -> RestatedView:
    return RestatedView(
        at=to_local(found.at, zone),
        centre=found.centre_name,
        day=found.day,
        run_id=found.run_id,
        figures=tuple(RestatedFigure(one.kpi, one.old, one.new) for one in found.kpis),
        measures=tuple(RestatedMeasure(_measure(catalogue, one.measure), one.old, one.new) for one in found.measures),
    )


def _grown(found: Growth, catalogue: Catalogue, zone: ZoneInfo) -> GrowthView:
    place = (to_local(found.at, zone), found.centre_name, found.source, _measure(catalogue, found.measure))
    return GrowthView(*place, found.first, found.last, found.days, found.added, found.run_id)


def _measure(catalogue: Catalogue, code: str) -> str:
    return catalogue.measures[code].name if code in catalogue.measures else code


def _source(
    stored: StoredState | None, spec: SourceSpec, fresh: Freshness, calendar: SourceCalendar | None
) -> SourceView:
    zone = zone_of(fresh.now)
    last_ok = stored.last_ok if stored else None
    return SourceView(
        code=spec.code,
        title=spec.title or spec.code,
        kind=spec.kind.value,
        state=_state(stored, spec, fresh),
        checked_at=to_local(stored.checked_at, zone) if stored and stored.checked_at else None,
        last_ok_at=to_local(last_ok.ended_at or last_ok.started_at, zone) if last_ok else None,
        last_error=(stored.last_error or "") if stored else "",
        first_day=stored.first_day if stored else None,
        last_day=stored.last_day if stored else None,
        missing=len(calendar.gaps) if calendar else 0,
        rows=stored.rows if stored else 0,
        open_rejects=stored.open_rejects if stored else 0,
        takes_files=isinstance(spec.options, FilesOptions) and spec.enabled,
        accepts=accepts(spec),
    )


def accepts(spec: SourceSpec) -> str:
    """Where a files source looks: the glob of its configuration."""
    return spec.options.path if isinstance(spec.options, FilesOptions) else ""


def file_pattern(spec: SourceSpec) -> str:
    """The part of the glob that a file's name has to match."""
    return Path(accepts(spec)).name


def _state(stored: StoredState | None, spec: SourceSpec, fresh: Freshness) -> SourceState:
    if not spec.enabled:
        return SourceState.OFF
    if stored is not None and stored.last_error:
        return SourceState.FAILED
    if stored is None or stored.last_ok is None:
        return SourceState.NEVER
    moment = fresh.moments.get(spec.code)
    return SourceState.STALE if moment is not None and is_stale(moment, fresh.now) else SourceState.OK


def _run(run: RunRow, zone: ZoneInfo) -> RunView:
    window = Period(run.window_from, run.window_to) if run.window_from and run.window_to else None
    return RunView(
        id=run.id,
        source=run.source,
        title=run.source_title or run.source,
        trigger=run.trigger,
        state=run.state,
        window=window,
        started_at=to_local(run.started_at, zone),
        seconds=run.seconds,
        rows_read=run.rows_read,
        rows_used=run.rows_used,
        rows_rejected=run.rows_rejected,
        inputs=tuple(input_text(one) for one in run.inputs),
        warnings=run.warnings,
        error=run.error or "",
    )


def _calendar(
    conn: Connection, stored: StoredState, spec: SourceSpec, today: date, gaps: Collection[date]
) -> SourceCalendar:
    """The last months by day. A day without data that is no gap has been agreed to have none."""
    start = today - timedelta(days=GAP_DAYS - 1)
    rows = days_present(conn, spec.code, start, today)
    days = [start + timedelta(days=n) for n in range(GAP_DAYS)]
    states: Mapping[date, DayState] = {
        day: _day_state(day, day in rows, day in gaps, stored.first_day, today) for day in days
    }
    return SourceCalendar(spec.code, spec.title or spec.code, spec.kind.value, states, rows)


def _day_state(day: date, given: bool, missing: bool, first: date | None, today: date) -> DayState:
    if day == today and first is not None:
        return DayState.TODAY
    if given:
        return DayState.DATA
    if missing:
        return DayState.GAP
    return DayState.BEFORE if first is None or day < first else DayState.CLOSED
