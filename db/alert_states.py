"""Where each rule stands and how it came there. Standings move by compare-and-set: of two ticks at once one wins."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from db.alert_rules import AlertStoreError, aware
from db.bulk import naive_utc
from db.engine import bump_data_version
from db.schema_alerts import alert_acks, alert_standings, alert_transitions, incidents
from kpi.alert_model import AlertState, Standing, Transition

_MOMENTS = ("since", "bad_since", "fired_at", "told_at", "acknowledged_at", "escalated_at")


@dataclass(frozen=True, slots=True)
class Kept:
    """A standing as stored: with the incident of its present episode and the version to compare."""

    standing: Standing
    incident: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """A transition as stored."""

    id: int
    rule: str
    episode: int
    transition: Transition
    incident: int | None


@dataclass(frozen=True, slots=True)
class Incident:
    """What people are told as one: ``thread`` is the Message-ID that later mails answer. Moments aware UTC."""

    id: int
    group: str
    centre: str
    title: str
    thread: str
    opened_at: datetime
    closed_at: datetime | None


def load_standings(conn: Connection) -> dict[str, Kept]:
    """Standings by rule code; a rule never seen has none."""
    return {row.rule: _kept(row) for row in conn.execute(select(alert_standings))}


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        Standing(
            state=AlertState(row.state),
            frozen=AlertState(row.frozen) if row.frozen else None,
            episode=row.episode,
            acknowledged_by=row.acknowledged_by,
            **{name: aware(getattr(row, name)) for name in _MOMENTS},
        ),
        row.incident_id,
        row.version,
    )


def _values(standing: Standing, incident: int | None, version: int) -> dict[str, Any]:
    values: dict[str, Any] = {f.name: getattr(standing, f.name) for f in fields(Standing)}
    for name in _MOMENTS:
        values[name] = naive_utc(values[name]) if values[name] else None
    values["state"] = standing.state.value
    values["frozen"] = standing.frozen.value if standing.frozen else None
    return values | {"incident_id": incident, "version": version}


def move(
    conn: Connection, rule: str, before: Kept | None, after: Standing, incident: int | None, change: Transition | None
) -> bool:
    """Stores the new standing and its transition if the rule still stands as ``before``; False where another tick was
    quicker (then nothing is written)."""
    if before is None:
        known = conn.scalar(select(alert_standings.c.rule).where(alert_standings.c.rule == rule))
        if known is not None:
            return False
        conn.execute(insert(alert_standings).values(rule=rule, **_values(after, incident, 1)))
    else:
        done = conn.execute(
            update(alert_standings)
            .where(alert_standings.c.rule == rule, alert_standings.c.version == before.version)
            .values(**_values(after, incident, before.version + 1))
        )
        if not done.rowcount:
            return False
    if change is not None:
        conn.execute(
            insert(alert_transitions).values(
                rule=rule,
                episode=after.episode,
                before=change.before.value,
                after=change.after.value,
                at=naive_utc(change.at),
                reason=change.reason,
                value=change.value,
                numerator=change.numerator,
                denominator=change.denominator,
                incident_id=incident,
            )
        )
        bump_data_version(conn, None)
    return True


def list_changes(
    conn: Connection, *, rule: str | None = None, since: datetime | None = None, limit: int = 200
) -> tuple[Change, ...]:
    """Transitions, newest first."""
    query = select(alert_transitions).order_by(alert_transitions.c.id.desc()).limit(limit)
    if rule is not None:
        query = query.where(alert_transitions.c.rule == rule)
    if since is not None:
        query = query.where(alert_transitions.c.at >= naive_utc(since))
    return tuple(
        Change(
            r.id,
            r.rule,
            r.episode,
            Transition(
                AlertState(r.before),
                AlertState(r.after),
                r.at.replace(tzinfo=UTC),
                r.reason,
                r.value,
                r.numerator,
                r.denominator,
            ),
            r.incident_id,
        )
        for r in conn.execute(query)
    )


def open_incident(conn: Connection, group: str, centre: str, title: str, thread: str, now: datetime) -> int:
    """Opens an incident and returns its id."""
    found: int = conn.execute(
        insert(incidents)
        .values(group=group, centre=centre, title=title, thread=thread, opened_at=naive_utc(now))
        .returning(incidents.c.id)
    ).scalar_one()
    return found


def close_incident(conn: Connection, incident_id: int, now: datetime) -> None:
    """Ends an incident that is still open."""
    conn.execute(
        update(incidents)
        .where(incidents.c.id == incident_id, incidents.c.closed_at.is_(None))
        .values(closed_at=naive_utc(now))
    )


def load_incident(conn: Connection, incident_id: int) -> Incident:
    """One incident. Raises AlertStoreError."""
    row = conn.execute(select(incidents).where(incidents.c.id == incident_id)).one_or_none()
    if row is None:
        raise AlertStoreError(f"没有编号为 {incident_id} 的事件。")
    return _incident(row)


def list_incidents(conn: Connection, *, only_open: bool = False, limit: int = 100) -> tuple[Incident, ...]:
    """Incidents, newest first."""
    query = select(incidents).order_by(incidents.c.id.desc()).limit(limit)
    if only_open:
        query = query.where(incidents.c.closed_at.is_(None))
    return tuple(_incident(row) for row in conn.execute(query))


def _incident(row: Row[Any]) -> Incident:
    opened = row.opened_at.replace(tzinfo=UTC)
    return Incident(row.id, row.group, row.centre, row.title, row.thread, opened, aware(row.closed_at))


def record_ack(conn: Connection, rule: str, episode: int, *, by: str, note: str, now: datetime) -> None:
    """Keeps who acknowledged an episode, and what they said."""
    conn.execute(insert(alert_acks).values(rule=rule, episode=episode, by=by, note=note, at=naive_utc(now)))
    bump_data_version(conn, None)


def list_acks(conn: Connection, rule: str) -> tuple[tuple[int, str, str, datetime], ...]:
    """(episode, by, note, at) of a rule, newest first."""
    rows = conn.execute(select(alert_acks).where(alert_acks.c.rule == rule).order_by(alert_acks.c.id.desc()))
    return tuple((r.episode, r.by, r.note, r.at.replace(tzinfo=UTC)) for r in rows)
