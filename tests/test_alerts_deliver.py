"""Deliveries end to end against real far ends: never lost, never twice, slow where asked to be."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from alerts.channels.base import Channel, Delivered, Outcome, Target
from alerts.channels.email import Email, MailSettings
from alerts.channels.robots import DingTalk
from alerts.deliver import Counts, deliver_due
from alerts.message import Message, to_json
from db import deliveries as post
from db.alert_rules import save_contact
from db.deliveries import NewDelivery
from db.engine import write
from kpi.alert_model import Contact
from tests.far_end import free_port, http_server, smtp_server

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


def recorded(engine: Engine, count: int, channel: str = "email", address: str = "a@example.org") -> None:
    with write(engine) as conn:
        contact = save_contact(conn, Contact("值班", channel, address, "" if channel == "email" else "ROBOT_SECRET"))
        for number in range(count):
            message = Message("fired", f"第 {number} 条", "s", f"<{channel}-{number}@h>")
            new = NewDelivery("fired", channel, address, message.message_id, to_json(message), contact=contact)
            post.record(conn, new, NOW)


def states(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return [one.state for one in reversed(post.list_deliveries(conn, limit=1000))]


def no_secret(_name: str) -> str | None:
    return None


def mail(port: int) -> dict[str, Channel]:
    return {"email": Email(MailSettings("127.0.0.1", port, sender="h@example.org", timeout=5))}


def test_a_day_without_mail_server_loses_nothing(engine: Engine) -> None:
    recorded(engine, 3)
    clock, port = Clock(), free_port()
    for _ in range(30):
        deliver_due(engine, mail(port), "w", now=clock, secret=no_secret)
        clock.on(minutes=50)
    assert states(engine) == ["pending"] * 3
    with smtp_server() as inbox:
        clock.on(minutes=60)
        assert deliver_due(engine, mail(inbox.port), "w", now=clock, secret=no_secret) == Counts(delivered=3)
        assert deliver_due(engine, mail(inbox.port), "w", now=clock, secret=no_secret) == Counts()
        assert sorted(one["Message-ID"] for one in inbox.mails) == [f"<email-{n}@h>" for n in range(3)]


def test_a_server_that_takes_and_hangs_up_gets_the_same_mail_again(sqlite_engine: Engine) -> None:
    recorded(sqlite_engine, 1)
    clock = Clock()
    with smtp_server() as inbox:
        inbox.answers.append("drop")
        deliver_due(sqlite_engine, mail(inbox.port), "w", now=clock, secret=no_secret)
        clock.on(minutes=2)
        deliver_due(sqlite_engine, mail(inbox.port), "w", now=clock, secret=no_secret)
        assert [one["Message-ID"] for one in inbox.mails] == ["<email-0@h>"] * 2
    assert states(sqlite_engine) == ["delivered"]


def test_a_permanent_error_stays_for_an_administrator(sqlite_engine: Engine) -> None:
    recorded(sqlite_engine, 1, address="gone@example.org")
    clock = Clock()
    with smtp_server() as inbox:
        inbox.refused["gone@example.org"] = "550 no such user"
        assert deliver_due(sqlite_engine, mail(inbox.port), "w", now=clock, secret=no_secret).failed == 1
        clock.on(days=1)
        assert deliver_due(sqlite_engine, mail(inbox.port), "w", now=clock, secret=no_secret) == Counts()
    with sqlite_engine.connect() as conn:
        (kept,) = post.list_deliveries(conn, state="failed")
    assert kept.permanent and "550" in (kept.error or "")


def test_many_messages_for_one_robot_are_told_as_one(sqlite_engine: Engine) -> None:
    clock = Clock()
    with http_server() as robot:
        recorded(sqlite_engine, 30, "dingtalk", robot.address)
        secrets: list[str] = []

        def secret(name: str) -> str:
            secrets.append(name)
            return "SEC"

        deliver_due(sqlite_engine, {"dingtalk": DingTalk()}, "w", now=clock, secret=secret)
        assert len(robot.asked) == 1
        assert "第 0 条" in robot.asked[0][2]["text"]["content"] and "第 29 条" in robot.asked[0][2]["text"]["content"]
        assert secrets == ["ROBOT_SECRET"]
    assert states(sqlite_engine) == ["cancelled"] * 30 + ["delivered"]


def test_a_robot_gets_no_more_than_its_share_of_a_minute(sqlite_engine: Engine) -> None:
    clock = Clock()
    with http_server() as robot:
        for number in range(25):
            with write(sqlite_engine) as conn:
                message = Message("fired", f"第 {number} 条", "s", f"<{number}@h>")
                new = NewDelivery("fired", "dingtalk", robot.address, message.message_id, to_json(message))
                post.record(conn, new, clock.now)
            deliver_due(sqlite_engine, {"dingtalk": DingTalk()}, "w", now=clock, secret=no_secret)
            clock.on(seconds=1)
        assert len(robot.asked) == 18
        clock.on(seconds=90)
        deliver_due(sqlite_engine, {"dingtalk": DingTalk()}, "w", now=clock, secret=no_secret)
        assert len(robot.asked) == 19
    assert "pending" not in states(sqlite_engine)


class Dying:
    """Sends, and then dies before it could say so."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        self.sent.append(message.message_id)
        if len(self.sent) == 1:
            raise KeyboardInterrupt
        return Delivered()


def test_a_worker_that_dies_leaves_its_delivery_to_the_next(engine: Engine) -> None:
    recorded(engine, 1)
    clock, channel = Clock(), Dying()
    with contextlib.suppress(KeyboardInterrupt):
        deliver_due(engine, {"email": channel}, "w1", now=clock, secret=no_secret)
    assert states(engine) == ["claimed"]
    assert deliver_due(engine, {"email": channel}, "w2", now=clock, secret=no_secret) == Counts()
    clock.on(minutes=4)
    assert deliver_due(engine, {"email": channel}, "w2", now=clock, secret=no_secret) == Counts(delivered=1)
    assert channel.sent == ["<email-0@h>"] * 2


def test_nothing_goes_out_unsigned_where_a_secret_is_asked_for(sqlite_engine: Engine) -> None:
    with http_server() as robot:
        recorded(sqlite_engine, 1, "dingtalk", robot.address)
        counts = deliver_due(sqlite_engine, {"dingtalk": DingTalk()}, "w", now=Clock(), secret=no_secret)
        assert (counts, robot.asked) == (Counts(failed=1), [])
    with sqlite_engine.connect() as conn:
        (kept,) = post.list_deliveries(conn, state="failed")
    assert "ROBOT_SECRET" in (kept.error or "")


def test_a_mail_that_was_taken_is_not_sent_again_for_a_rude_goodbye(sqlite_engine: Engine) -> None:
    recorded(sqlite_engine, 1)
    with smtp_server() as inbox:
        inbox.goodbye = "421 too busy"
        assert deliver_due(sqlite_engine, mail(inbox.port), "w", now=Clock(), secret=no_secret) == Counts(delivered=1)
        assert len(inbox.mails) == 1
