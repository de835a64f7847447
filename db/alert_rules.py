"""Alert rules, silences and contacts as stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from db.bulk import naive_utc
from db.engine import bump_data_version
from db.errors import StoreError
from db.schema_alerts import alert_rules, alert_standings, contacts, silences
from kpi.alert_model import AlertKind, AlertRule, Contact, Severity, Silence

_PLAIN = tuple(f.name for f in fields(AlertRule) if f.name not in ("kind", "severity", "muted_until"))


class AlertStoreError(StoreError):
    """There is no rule, silence, contact or delivery of this name, or it can't be stored."""


def aware(moment: datetime | None) -> datetime | None:
    """A stored moment (UTC without zone) as an aware one."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else naive_utc(moment)


def _rule(row: Row[Any]) -> AlertRule:
    return AlertRule(
        kind=AlertKind(row.kind),
        severity=Severity(row.severity),
        muted_until=aware(row.muted_until),
        **{name: getattr(row, name) for name in _PLAIN},
    )


def load_rules(conn: Connection) -> tuple[AlertRule, ...]:
    """All rules, in order of their codes."""
    return tuple(_rule(row) for row in conn.execute(select(alert_rules).order_by(alert_rules.c.code)))


def load_rule(conn: Connection, code: str) -> AlertRule:
    """One rule. Raises AlertStoreError naming the rules there are."""
    row = conn.execute(select(alert_rules).where(alert_rules.c.code == code)).one_or_none()
    if row is None:
        known = conn.scalars(select(alert_rules.c.code).order_by(alert_rules.c.code).limit(30)).all()
        raise AlertStoreError(f"没有告警规则 {code!r}。现有: {'、'.join(known) or '(还没有)'}。")
    return _rule(row)


def save_rules(conn: Connection, rules: Iterable[AlertRule], now: datetime) -> None:
    """Stores rules over those of the same codes; where a rule stands is kept."""
    for rule in rules:
        values = {name: getattr(rule, name) for name in _PLAIN} | {
            "kind": rule.kind.value,
            "severity": rule.severity.value,
            "muted_until": _naive(rule.muted_until),
            "updated_at": naive_utc(now),
        }
        changed = conn.execute(update(alert_rules).where(alert_rules.c.code == rule.code).values(**values))
        if not changed.rowcount:
            conn.execute(insert(alert_rules).values(**values))
    bump_data_version(conn, None)


def remove_rule(conn: Connection, code: str) -> None:
    """Takes a rule away; what it did stays in the history. Raises AlertStoreError."""
    if not conn.execute(delete(alert_rules).where(alert_rules.c.code == code)).rowcount:
        raise AlertStoreError(f"没有告警规则 {code!r}。")
    conn.execute(delete(alert_standings).where(alert_standings.c.rule == code))
    bump_data_version(conn, None)


def add_silence(conn: Connection, silence: Silence, now: datetime) -> int:
    """Stores a silence and returns its id. Raises AlertStoreError for one that ends before it begins."""
    if silence.ends <= silence.starts:
        raise AlertStoreError("静默的结束时间要晚于开始时间。")
    found: int = conn.execute(
        insert(silences)
        .values(
            starts=naive_utc(silence.starts),
            ends=naive_utc(silence.ends),
            rule=silence.rule,
            centre=silence.centre,
            reason=silence.reason,
            author=silence.author,
            made_at=naive_utc(now),
        )
        .returning(silences.c.id)
    ).scalar_one()
    bump_data_version(conn, None)
    return found


def load_silences(conn: Connection, *, since: datetime | None = None) -> tuple[Silence, ...]:
    """Silences not taken back, newest first; ``since``: those that end after it."""
    query = select(silences).where(silences.c.revoked_at.is_(None)).order_by(silences.c.starts.desc())
    if since is not None:
        query = query.where(silences.c.ends > naive_utc(since))
    return tuple(
        Silence(r.starts.replace(tzinfo=UTC), r.ends.replace(tzinfo=UTC), r.rule, r.centre, r.reason, r.author, r.id)
        for r in conn.execute(query)
    )


def revoke_silence(conn: Connection, silence_id: int, now: datetime) -> None:
    """Takes a silence back. Raises AlertStoreError where there is none in force."""
    done = conn.execute(
        update(silences)
        .where(silences.c.id == silence_id, silences.c.revoked_at.is_(None))
        .values(revoked_at=naive_utc(now))
    )
    if not done.rowcount:
        raise AlertStoreError(f"没有编号为 {silence_id} 的静默。")
    bump_data_version(conn, None)


def load_contacts(conn: Connection, group: str | None = None) -> tuple[Contact, ...]:
    """Contacts of a group, or all of them."""
    query = select(contacts).order_by(contacts.c.group, contacts.c.id)
    if group is not None:
        query = query.where(contacts.c.group == group)
    return tuple(
        Contact(r.group, r.channel, r.address, r.secret_env, r.enabled, r.id, dict(r.extra or {}))
        for r in conn.execute(query)
    )


def save_contact(conn: Connection, contact: Contact) -> int:
    """Stores a contact (a new one where ``id`` is 0) and returns its id. Raises AlertStoreError."""
    values = {
        "group": contact.group,
        "channel": contact.channel,
        "address": contact.address,
        "secret_env": contact.secret_env,
        "enabled": contact.enabled,
        "extra": contact.extra,
    }
    if not contact.id:
        made: int = conn.execute(insert(contacts).values(**values).returning(contacts.c.id)).scalar_one()
        bump_data_version(conn, None)
        return made
    if not conn.execute(update(contacts).where(contacts.c.id == contact.id).values(**values)).rowcount:
        raise AlertStoreError(f"没有编号为 {contact.id} 的联系方式。")
    bump_data_version(conn, None)
    return contact.id


def remove_contact(conn: Connection, contact_id: int) -> None:
    """Takes a contact away. Raises AlertStoreError."""
    if not conn.execute(delete(contacts).where(contacts.c.id == contact_id)).rowcount:
        raise AlertStoreError(f"没有编号为 {contact_id} 的联系方式。")
    bump_data_version(conn, None)
