"""From a recorded delivery to the channel's own yes: claimed, tried, tried again, never lost and never told twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from alerts.channels.base import Channel, Delivered, Outcome, Passing, Permanent, Target, masked, target_of
from alerts.message import Item, Message, from_json, to_json
from db import deliveries as post
from db.alert_rules import load_contacts
from db.deliveries import Delivery, NewDelivery
from db.engine import write

LEASE = timedelta(minutes=3)
WAITS = (1, 2, 5, 10, 20, 30, 60)
"""Minutes between tries; the last one again and again."""
GIVE_UP_AFTER = timedelta(days=7)
ROBOTS = ("wecom", "dingtalk", "feishu")
A_MINUTE, MOST_A_MINUTE = timedelta(seconds=60), 18
"""Robots take 20 a minute; two are left for people who use the same robot."""
MERGE_FROM = 4
"""So many waiting for one robot are told as one."""

Clock = Callable[[], datetime]
Secret = Callable[[str], str | None]

_log = logging.getLogger("hotline.alerts")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a round of deliveries did."""

    delivered: int = 0
    waiting: int = 0
    failed: int = 0


def deliver_due(
    engine: Engine, channels: Mapping[str, Channel], worker: str, *, now: Clock, secret: Secret, most: int = 200
) -> Counts:
    """Tries what is due, one by one, at most ``most`` of them. ``worker`` names this process."""
    counts = Counts()
    for _ in range(most):
        with write(engine) as conn:
            delivery = post.claim(conn, worker, now(), LEASE)
        if delivery is None:
            return counts
        if _too_fast(engine, delivery, now()):
            counts = replace(counts, waiting=counts.waiting + 1)
            continue
        delivery = _with_others(engine, delivery, worker, now())
        outcome = attempt(engine, channels, delivery, now(), secret)
        counts = _settle(engine, delivery, outcome, now(), counts)
    return counts


def _too_fast(engine: Engine, delivery: Delivery, now: datetime) -> bool:
    """A robot that has had its share of the minute waits; the try does not count."""
    if delivery.channel not in ROBOTS:
        return False
    with write(engine) as conn:
        sent = post.delivered_since(conn, delivery.address, delivery.channel, now - A_MINUTE)
        if sent < MOST_A_MINUTE:
            return False
        post.again(conn, delivery, "等待机器人的限速窗口", now + A_MINUTE)
    return True


def _with_others(engine: Engine, delivery: Delivery, worker: str, now: datetime) -> Delivery:
    """What waits for the same robot is told with it, in one message."""
    if delivery.channel not in ROBOTS:
        return delivery
    with write(engine) as conn:
        others = post.waiting_for(conn, delivery.address, delivery.channel, now)
        if len(others) + 1 < MERGE_FROM:
            return delivery
        every = [delivery, *others]
        message = together(
            [from_json(one.message) for one in every], f"<merged-{delivery.id}-{delivery.attempts}@hotline>"
        )
        new = NewDelivery(
            "digest", delivery.channel, delivery.address, message.message_id, to_json(message), contact=delivery.contact
        )
        own = post.record(conn, new, now - timedelta(days=365))  # claimed next, before anything else
        if own is None:
            return delivery
        post.merged(conn, [one.id for one in every], own)
        taken = post.claim(conn, worker, now, LEASE, channel=delivery.channel)
    return taken if taken is not None and taken.id == own else delivery


def together(messages: Sequence[Message], message_id: str) -> Message:
    """Several messages as one: their titles first, then all their items."""
    titles = [one.title for one in messages]
    items: list[Item] = [item for one in messages for item in one.items]
    link = next((one.link for one in messages if one.link), "")
    sentence = f"共 {len(titles)} 条:" + ";".join(titles)
    return Message("digest", f"{len(titles)} 条告警消息", sentence, message_id, tuple(items), link=link)


def attempt(
    engine: Engine, channels: Mapping[str, Channel], delivery: Delivery, now: datetime, secret: Secret
) -> Outcome:
    """One try of a claimed delivery. An error of our own is passing: it is logged and tried again."""
    channel = channels.get(delivery.channel)
    if channel is None:
        return Permanent(f"没有名为 {delivery.channel} 的渠道。请在联系方式里改正。")
    try:
        target = _target(engine, delivery, secret)
        if isinstance(target, Permanent):
            return target
        return channel.send(from_json(delivery.message), target, now)
    except Exception as error:
        _log.exception("发送编号 %d 时出错", delivery.id)
        return Passing(f"发送时出错: {type(error).__name__}。会自动重试。")


def _target(engine: Engine, delivery: Delivery, secret: Secret) -> Target | Permanent:
    """Where it goes; nothing is sent unsigned where a secret is asked for."""
    with engine.connect() as conn:
        contact = next((one for one in load_contacts(conn) if one.id == delivery.contact), None)
    if contact is None:
        return Target(delivery.address)
    return target_of(contact, delivery.address, secret)


def _settle(engine: Engine, delivery: Delivery, outcome: Outcome, now: datetime, counts: Counts) -> Counts:
    where = masked(delivery.address)
    with write(engine) as conn:
        match outcome:
            case Delivered():
                post.done(conn, delivery, now)
                return replace(counts, delivered=counts.delivered + 1)
            case Passing() if now - delivery.created_at < GIVE_UP_AFTER:
                wait = timedelta(minutes=WAITS[min(delivery.attempts, len(WAITS)) - 1])
                if outcome.retry_after is not None:
                    wait = timedelta(seconds=outcome.retry_after)
                post.again(conn, delivery, outcome.error, now + wait)
                _log.warning("编号 %d 发往 %s 暂未成功: %s", delivery.id, where, outcome.error)
                return replace(counts, waiting=counts.waiting + 1)
            case Passing() | Permanent():
                post.give_up(conn, delivery, outcome.error)
                _log.error("编号 %d 发往 %s 失败: %s", delivery.id, where, outcome.error)
                return replace(counts, failed=counts.failed + 1)
