"""Deliveries: recorded before they are tried, claimed by compare-and-set, pending until the channel says delivered.

A claim is a lease: a worker that dies leaves its delivery to the next one when the lease runs out. Every try of one
delivery carries the same Message-ID, so a far end whose answer was lost can tell the second copy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from db.alert_rules import AlertStoreError, aware
from db.bulk import naive_utc
from db.engine import bump_data_version
from db.schema_alerts import deliveries

HELD, PENDING, CLAIMED, DELIVERED, FAILED, CANCELLED = "held", "pending", "claimed", "delivered", "failed", "cancelled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one address. ``message`` is plain data that the channel renders. Moments aware UTC."""

    id: int
    incident: int | None
    report: int | None
    kind: str
    channel: str
    contact: int | None
    address: str
    message_id: str
    message: dict[str, Any]
    state: str
    attempts: int
    not_before: datetime
    claimed_by: str
    created_at: datetime
    delivered_at: datetime | None
    error: str | None
    permanent: bool


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to record. ``state`` held: waits for a digest."""

    kind: str
    channel: str
    address: str
    message_id: str
    message: dict[str, Any]
    incident: int | None = None
    report: int | None = None
    contact: int | None = None
    state: str = PENDING
    not_before: datetime | None = None


def record(conn: Connection, new: NewDelivery, now: datetime) -> int | None:
    """Records a delivery; None where one with this Message-ID is recorded already (the same thing told twice)."""
    known = conn.scalar(select(deliveries.c.id).where(deliveries.c.message_id == new.message_id))
    if known is not None:
        return None
    found: int = conn.execute(
        insert(deliveries)
        .values(
            incident_id=new.incident,
            report_id=new.report,
            kind=new.kind,
            channel=new.channel,
            contact_id=new.contact,
            address=new.address,
            message_id=new.message_id,
            message=new.message,
            state=new.state,
            not_before=naive_utc(new.not_before or now),
            created_at=naive_utc(now),
        )
        .returning(deliveries.c.id)
    ).scalar_one()
    bump_data_version(conn, None)
    return found


def told_already(conn: Connection, message_ids: Collection[str]) -> tuple[Delivery, ...]:
    """Those of these messages that were recorded before."""
    query = select(deliveries).where(deliveries.c.message_id.in_(message_ids)).order_by(deliveries.c.id)
    return tuple(_delivery(row) for row in conn.execute(query))


def claim(
    conn: Connection, worker: str, now: datetime, lease: timedelta, *, channel: str | None = None
) -> Delivery | None:
    """Takes the oldest delivery that is due (or whose worker died) for this worker; None where nothing is due."""
    moment = naive_utc(now)
    due = or_(deliveries.c.state == PENDING, (deliveries.c.state == CLAIMED) & (deliveries.c.claimed_until < moment))
    query = select(deliveries.c.id, deliveries.c.attempts).where(due, deliveries.c.not_before <= moment)
    if channel is not None:
        query = query.where(deliveries.c.channel == channel)
    for row in conn.execute(query.order_by(deliveries.c.not_before, deliveries.c.id).limit(10)).all():
        taken = conn.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id, due, deliveries.c.attempts == row.attempts)
            .values(state=CLAIMED, claimed_by=worker, claimed_until=moment + lease, attempts=row.attempts + 1)
        )
        if taken.rowcount:
            return load_delivery(conn, row.id)
    return None


def _mine(delivery: Delivery) -> Any:
    return (
        (deliveries.c.id == delivery.id)
        & (deliveries.c.state == CLAIMED)
        & (deliveries.c.attempts == delivery.attempts)
    )


def done(conn: Connection, delivery: Delivery, now: datetime) -> bool:
    """The channel's own answer said delivered. False where the claim had been lost to another worker."""
    told = conn.execute(
        update(deliveries).where(_mine(delivery)).values(state=DELIVERED, delivered_at=naive_utc(now), error=None)
    )
    bump_data_version(conn, None)
    return bool(told.rowcount)


def again(conn: Connection, delivery: Delivery, error: str, not_before: datetime) -> None:
    """A passing error: tried again from ``not_before`` on."""
    conn.execute(
        update(deliveries)
        .where(_mine(delivery))
        .values(state=PENDING, error=error, not_before=naive_utc(not_before), claimed_by="", claimed_until=None)
    )
    bump_data_version(conn, None)


def give_up(conn: Connection, delivery: Delivery, error: str) -> None:
    """A permanent error: an administrator has to see to it."""
    conn.execute(update(deliveries).where(_mine(delivery)).values(state=FAILED, error=error, permanent=True))
    bump_data_version(conn, None)


def retry(conn: Connection, delivery_id: int, now: datetime) -> None:
    """Tries a failed or waiting delivery again at once. Raises AlertStoreError where there is none."""
    found = conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state.in_([FAILED, PENDING]))
        .values(state=PENDING, permanent=False, not_before=naive_utc(now))
    )
    if not found.rowcount:
        raise AlertStoreError(f"没有编号为 {delivery_id} 的待重发消息。")
    bump_data_version(conn, None)


def held(conn: Connection) -> tuple[Delivery, ...]:
    """Those kept for a digest, oldest first."""
    rows = conn.execute(select(deliveries).where(deliveries.c.state == HELD).order_by(deliveries.c.id))
    return tuple(_delivery(row) for row in rows)


def merged(conn: Connection, ids: list[int], into: int) -> None:
    """These were told as part of another delivery."""
    conn.execute(
        update(deliveries).where(deliveries.c.id.in_(ids)).values(state=CANCELLED, error=f"已并入编号 {into} 的消息")
    )
    bump_data_version(conn, None)


def waiting_for(conn: Connection, address: str, channel: str, now: datetime) -> tuple[Delivery, ...]:
    """Pending deliveries to one address, oldest first: what a rate limit may merge."""
    rows = conn.execute(
        select(deliveries)
        .where(
            deliveries.c.state == PENDING,
            deliveries.c.address == address,
            deliveries.c.channel == channel,
            deliveries.c.not_before <= naive_utc(now),
        )
        .order_by(deliveries.c.id)
    )
    return tuple(_delivery(row) for row in rows)


def delivered_since(conn: Connection, address: str, channel: str, since: datetime) -> int:
    """How many were delivered to an address since a moment."""
    query = select(func.count()).where(
        deliveries.c.state == DELIVERED,
        deliveries.c.address == address,
        deliveries.c.channel == channel,
        deliveries.c.delivered_at >= naive_utc(since),
    )
    return conn.scalar(query) or 0


def load_delivery(conn: Connection, delivery_id: int) -> Delivery:
    """One delivery. Raises AlertStoreError."""
    row = conn.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
    if row is None:
        raise AlertStoreError(f"没有编号为 {delivery_id} 的消息。")
    return _delivery(row)


def list_deliveries(
    conn: Connection, *, state: str | None = None, incident: int | None = None, limit: int = 100
) -> tuple[Delivery, ...]:
    """Deliveries, newest first."""
    query = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    if incident is not None:
        query = query.where(deliveries.c.incident_id == incident)
    return tuple(_delivery(row) for row in conn.execute(query))


def list_undelivered(conn: Connection) -> tuple[Delivery, ...]:
    """Those that failed, and those that were tried and wait to be tried again; newest first."""
    waits = (deliveries.c.state == PENDING) & (deliveries.c.attempts > 0)
    query = select(deliveries).where(or_(deliveries.c.state == FAILED, waits)).order_by(deliveries.c.id.desc())
    return tuple(_delivery(row) for row in conn.execute(query))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        incident=row.incident_id,
        report=row.report_id,
        kind=row.kind,
        channel=row.channel,
        contact=row.contact_id,
        address=row.address,
        message_id=row.message_id,
        message=row.message,
        state=row.state,
        attempts=row.attempts,
        not_before=row.not_before.replace(tzinfo=UTC),
        claimed_by=row.claimed_by,
        created_at=row.created_at.replace(tzinfo=UTC),
        delivered_at=aware(row.delivered_at),
        error=row.error,
        permanent=row.permanent,
    )
