"""How the sources are doing: since when nothing came, days that are missing, pulls that failed, rows left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.seen import DAYS, MINUTES, PERCENT, RUNS, Seen, Subject, nothing
from db.journal import RunRow, SourceState, days_present, list_runs, source_states
from db.pulls import closed_days_of, first_day_of
from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.periods import ONE_DAY

MISSING_DAYS = 7
"""How far back missing days are looked for where a rule names no window."""
WEEKS = 6
"""A weekday on which nothing came for so many weeks is one on which the source is closed."""
NOON, MORNING = time(12), time(8)
WHOLE_DAYS_LATE = timedelta(hours=36)
RUNS_SEEN = 60
FAILED, FINE = ("failed", "abandoned"), ("ok", "empty")


def look_at_sources(conn: Connection, rules: Iterable[AlertRule], now: datetime, tz: ZoneInfo) -> dict[str, Seen]:
    """What every rule about a source sees. ``now`` is aware."""
    wanted = list(rules)
    states = {state.code: state for state in source_states(conn)} if wanted else {}
    found = {}
    for rule in wanted:
        state = states.get(rule.reference)
        if state is None:
            found[rule.code] = nothing(rule, f"没有数据源“{rule.reference}”,请改正这条规则")
            continue
        observation, unit = _LOOKS[rule.kind](conn, rule, state, now.astimezone(tz))
        subject = Subject(f"source:{state.code}", state.title or state.code, unit, rule.centre)
        found[rule.code] = Seen(observation, subject)
    return found


def _stale(conn: Connection, rule: AlertRule, state: SourceState, now: datetime) -> tuple[Observation, str]:
    if state.last_ok is None or state.last_day is None:
        return Observation(None, reason="还没有成功拉取过"), MINUTES
    pulled = (state.last_ok.ended_at or state.last_ok.started_at).replace(tzinfo=UTC)
    if state.kind != "files" and state.checked_at is not None:
        pulled = max(pulled, state.checked_at.replace(tzinfo=UTC))
    at = pulled.astimezone(now.tzinfo)
    old = stale_minutes(at, state.last_day, now, rule.level)
    detail = f"最近一次数据 {at:%m-%d %H:%M},数据到 {state.last_day:%m-%d}"
    return Observation(old, day=now.date(), detail=detail), MINUTES


def stale_minutes(at: datetime, last_day: date, now: datetime, limit: float) -> float:
    """Minutes since the newest data (wall times).

    A source that delivers whole days is none too late before the noon after the day it owes. One that tells the
    running day may be silent at night: from midnight, had it been in time until then, the clock starts at 8.
    """
    age = (now - at).total_seconds() / 60
    midnight = datetime.combine(last_day + ONE_DAY, time(), now.tzinfo)
    if now < midnight:
        return age
    if at.date() > last_day:  # brought afterwards: whole days
        return age if now > midnight + WHOLE_DAYS_LATE else 0.0
    in_time = (midnight - at).total_seconds() / 60 <= limit
    return 0.0 if in_time and now < datetime.combine(midnight, MORNING, now.tzinfo) else age


def _missing(conn: Connection, rule: AlertRule, state: SourceState, now: datetime) -> tuple[Observation, str]:
    first = first_day_of(conn, state.code)
    last = now.date() - (ONE_DAY if now.time() >= NOON else 2 * ONE_DAY)
    if first is None or last < first:
        return Observation(None, reason="还没有数据"), DAYS
    window = rule.window_days or MISSING_DAYS
    start = max(first, last - timedelta(days=window - 1))
    before = max(first, start - timedelta(weeks=WEEKS))
    present = days_present(conn, state.code, before, last)
    open_days = {day.weekday() for day in present}
    closed = closed_days_of(conn, state.code)
    asked = [start + timedelta(days=i) for i in range((last - start).days + 1)]
    known_weekdays = (last - before).days >= 4 * 7
    owed = [day for day in asked if day not in closed and (day.weekday() in open_days or not known_weekdays)]
    gone = [day for day in owed if day not in present]
    names = "、".join(f"{day.month}月{day.day}日" for day in gone[:10])
    seen = Observation(
        float(len(gone)), float(len(gone)), float(len(owed)), sample=float(len(owed)), day=last,
        detail=f"缺 {names}" if gone else f"最近 {window} 天都有数据",
    )  # fmt: skip
    return seen, DAYS


def _failed(conn: Connection, rule: AlertRule, state: SourceState, now: datetime) -> tuple[Observation, str]:
    ended = [run for run in list_runs(conn, state.code, RUNS_SEEN) if run.state in (*FAILED, *FINE)]
    return failures(ended, now.date(), state.last_error), RUNS


def failures(ended: list[RunRow], day: date, last_error: str | None) -> Observation:
    """How many pulls in a row failed. ``ended``: newest first."""
    if not ended:
        return Observation(None, reason="还没有拉取过")
    count = next((i for i, run in enumerate(ended) if run.state in FINE), len(ended))
    why = ended[0].error or "" if count else ""
    if not count and last_error:
        count, why = 1, last_error
    return Observation(float(count), day=day, detail=why[:300])


def _rejected(conn: Connection, rule: AlertRule, state: SourceState, now: datetime) -> tuple[Observation, str]:
    read = [run for run in list_runs(conn, state.code, RUNS_SEEN) if run.state == "ok" and run.rows_read]
    if not read:
        return Observation(None, reason="还没有读到数据"), PERCENT
    return reject_share(read[0]), PERCENT


def reject_share(run: RunRow) -> Observation:
    """The share of a pull's rows that could not be used."""
    left_out, rows = float(run.rows_rejected), float(run.rows_read)
    detail = f"最近一次读 {run.rows_read:,} 行,剔除 {run.rows_rejected:,} 行"
    return Observation(left_out / rows, left_out, rows, sample=rows, day=run.started_at.date(), detail=detail)


_Look = Callable[[Connection, AlertRule, SourceState, datetime], tuple[Observation, str]]
_LOOKS: Mapping[AlertKind, _Look] = {
    AlertKind.STALE: _stale,
    AlertKind.MISSING_DAY: _missing,
    AlertKind.FAILED_PULL: _failed,
    AlertKind.REJECT_SHARE: _rejected,
}
