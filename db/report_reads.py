"""What reports ask of the records: alert episodes, runs and restatements of a stretch of time, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, case, func, select

from db.alert_rules import aware
from db.bulk import naive_utc
from db.first_given import CORRECTION
from db.schema import restatements, runs, sources
from db.schema_alerts import alert_acks, alert_transitions
from kpi.alert_model import AlertState


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing of a rule: from when to when (None: still alerting), with the figure it fired on and who
    acknowledged it ('' nobody). Moments aware UTC."""

    rule: str
    episode: int
    fired_at: datetime
    ended_at: datetime | None
    reason: str
    value: float | None
    numerator: float | None
    denominator: float | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class RunCount:
    """The runs of a source: how many came to a good end, how many failed, rows rejected in all."""

    good: int
    failed: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Restated:
    """What was changed of one measure: how many figures, of which days, and by how much altogether."""

    measure: str
    figures: int
    first: date
    last: date
    net: float


def episodes(conn: Connection, start: datetime, end: datetime) -> tuple[Episode, ...]:
    """Firings that began before ``end`` and were not over before ``start`` (aware), in the order of their beginning."""
    t = alert_transitions.c
    fired = (
        select(t.rule, t.episode, func.min(t.id).label("first"), func.min(t.at).label("fired_at"))
        .where(t.after == AlertState.FIRING.value)
        .group_by(t.rule, t.episode)
        .subquery()
    )
    later = alert_transitions.alias("later").c
    ended = (
        select(func.min(later.at))
        .where(
            later.rule == fired.c.rule,
            later.episode == fired.c.episode,
            later.after == AlertState.OK.value,
            later.at >= fired.c.fired_at,
        )
        .correlate(fired)
        .scalar_subquery()
    )
    a = alert_acks.c
    who = select(func.max(a.by)).where(a.rule == fired.c.rule, a.episode == fired.c.episode).correlate(fired)
    statement = (
        select(alert_transitions, ended.label("ended_at"), who.scalar_subquery().label("who"))
        .join(fired, fired.c.first == t.id)
        .where(t.at < naive_utc(end))
        .order_by(t.at, t.id)
    )
    found = [
        Episode(
            r.rule, r.episode, r.at.replace(tzinfo=UTC), aware(_moment(r.ended_at)), r.reason, r.value, r.numerator,
            r.denominator, r.who or "",
        )
        for r in conn.execute(statement)
    ]  # fmt: skip
    return tuple(one for one in found if one.ended_at is None or one.ended_at >= start)


def _moment(value: object) -> datetime | None:
    """An aggregate of moments: SQLite may hand it over as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, datetime) else None


def run_counts(conn: Connection, start: datetime, end: datetime) -> dict[str, RunCount]:
    """Runs that began from start to before end (aware), by source."""
    good = func.sum(case((runs.c.state.in_(["ok", "empty"]), 1), else_=0))
    failed = func.sum(case((runs.c.state == "failed", 1), else_=0))
    statement = (
        select(sources.c.code, good, failed, func.sum(runs.c.rows_rejected))
        .join_from(runs, sources)
        .where(runs.c.started_at >= naive_utc(start), runs.c.started_at < naive_utc(end))
        .group_by(sources.c.code)
    )
    return {code: RunCount(int(a or 0), int(b or 0), int(c or 0)) for code, a, b, c in conn.execute(statement)}


def restated_between(conn: Connection, centres: Sequence[int], start: datetime, end: datetime) -> tuple[Restated, ...]:
    """Corrections recorded from start to before end (aware), by measure, those of most figures first."""
    r = restatements.c
    net = func.sum(func.coalesce(r.new, 0.0) - func.coalesce(r.old, 0.0))
    statement = (
        select(r.measure, func.count(), func.min(r.day), func.max(r.day), net)
        .where(r.centre_id.in_(centres), r.at >= naive_utc(start), r.at < naive_utc(end), r.cause == CORRECTION)
        .group_by(r.measure)
        .order_by(func.count().desc(), r.measure)
    )
    return tuple(
        Restated(code, count, first, last, float(net)) for code, count, first, last, net in conn.execute(statement)
    )
