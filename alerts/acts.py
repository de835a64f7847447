"""What people do about alerts: acknowledge, and try whether a channel works."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from alerts.channels.base import Channel, Delivered, Outcome, Permanent, Target, masked, target_of
from alerts.message import Item, Message
from alerts.rules import acknowledged
from db.alert_rules import AlertStoreError, load_rule
from db.alert_states import load_standings, move, record_ack
from kpi.alert_model import Contact


@dataclass(frozen=True, slots=True)
class Tried:
    """One contact tried out, its address without secrets. ``error`` '' where the far end took the message."""

    contact: Contact
    address: str
    error: str


def acknowledge(conn: Connection, code: str, *, by: str, note: str, now: datetime) -> int:
    """Somebody has seen a rule's alert: no more repeats, no escalation. Returns the episode.

    Raises AlertStoreError for an unknown rule, one that is not firing, or one that moved at this very moment.
    """
    load_rule(conn, code)
    kept = load_standings(conn).get(code)
    if kept is None:
        raise AlertStoreError("这条规则现在没有告警,不需要确认。")
    try:
        after = acknowledged(kept.standing, by, now)
    except ValueError as error:
        raise AlertStoreError(str(error)) from None
    if not move(conn, code, kept, after, kept.incident, None):
        raise AlertStoreError("这条规则的状态刚刚变了,请再看一次。")
    record_ack(conn, code, after.episode, by=by, note=note, now=now)
    return after.episode


def send_test(
    contacts: Sequence[Contact],
    channels: Mapping[str, Channel],
    *,
    secret: Callable[[str], str | None],
    now: datetime,
    host: str,
) -> list[Tried]:
    """Sends a test message to every address of these contacts at once and tells how each went."""
    found = []
    for contact in contacts:
        hidden = replace(contact, address=masked(contact.address))
        for number, address in enumerate(contact.addresses):
            message = _message(f"<test-{contact.id}.{number}-{now:%Y%m%d%H%M%S%f}@{host}>", contact.group)
            outcome = _sent(channels, contact, message, target_of(contact, address, secret), now)
            error = "" if isinstance(outcome, Delivered) else outcome.error
            found.append(Tried(hidden, masked(address), error))
    return found


def _sent(
    channels: Mapping[str, Channel], contact: Contact, message: Message, target: Target | Permanent, now: datetime
) -> Outcome:
    channel = channels.get(contact.channel)
    if channel is None:
        return Permanent(f"没有名为 {contact.channel} 的渠道。请在联系方式里改正。")
    return target if isinstance(target, Permanent) else channel.send(message, target, now)


def _message(message_id: str, group: str) -> Message:
    item = Item("✓", "测试", "收到即表示渠道可用", "", since="")
    return Message(
        "test", "【测试】热线绩效告警渠道", "这是一条测试消息,不必处理。", message_id, (item,), sent_for=group
    )
