"""Channels against real far ends: believed only by the far end's own answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from alerts.channels.base import Channel, Delivered, Passing, Permanent, Target, masked
from alerts.channels.email import Email, MailSettings
from alerts.channels.robots import DingTalk, Feishu, WeCom
from alerts.channels.webhook import Webhook
from alerts.message import Item, Message, cut, from_json, text, to_json
from tests.far_end import free_port, http_server, smtp_server

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()
ITEM = Item(
    "✕", "接通率", "95.10 %", "≥ 96 %", "951 / 1,000", "3月2日 09:00", "95.71 %", "此后每天 ≥ 96.9 %",
    ("10 时比平常多漏接 21 个",), "http://h/indicator?key=k",
)  # fmt: skip
FIRST = Message(
    "fired", "接通率 95.10 %,低于目标 96 %", "接通率已连续 30 分钟低于目标。", "<1@h>", (ITEM,), link="http://h/"
)


def test_a_message_survives_being_stored() -> None:
    full = Message(
        "fired", "t", "s", "<1@h>", (ITEM, ITEM), "<0@h>", "l", PNG, "值班", "", (("a.pdf", "application/pdf", PNG),)
    )
    assert from_json(to_json(full)) == full


def test_it_says_all_that_rules_ask_for() -> None:
    told = text(FIRST)
    for part in (
        "95.10 %",
        "≥ 96 %",
        "951 / 1,000",
        "3月2日 09:00",
        "95.71 %",
        "≥ 96.9 %",
        "多漏接 21 个",
        "http://h/",
    ):
        assert part in told


@pytest.mark.parametrize("most", [10, 11, 12, 13, 60])
def test_it_cuts_between_characters(most: int) -> None:
    short = cut("接通率低于目标", most)
    assert len(short.encode()) <= most
    assert short == "接通率低于目标" or short.endswith("…")


def mail_to(port: int, **options: Any) -> Email:
    return Email(MailSettings("127.0.0.1", port, sender="hotline@example.org", **options))


def test_a_mail_carries_text_html_chart_and_thread() -> None:
    later = Message("recovered", "接通率已恢复", "s", "<2@h>", (ITEM,), "<1@h>", "http://h/", PNG)
    with smtp_server() as inbox:
        assert mail_to(inbox.port).send(FIRST, Target("值班长 <a@example.org>"), NOW) == Delivered("250")
        assert mail_to(inbox.port).send(later, Target("a@example.org"), NOW) == Delivered("250")
        first, second = inbox.mails
    assert (first["Subject"], first["Message-ID"], first["In-Reply-To"]) == (FIRST.title, "<1@h>", None)
    assert (second["In-Reply-To"], second["References"]) == ("<1@h>", "<1@h>")
    assert first["Auto-Submitted"] == "auto-generated"
    html = second.get_body(("html",))
    plain = second.get_body(("plain",))
    assert html is not None and plain is not None
    assert "95.10 %" in plain.get_content() and 'src="cid:chart"' in html.get_content()
    pictures = [part for part in second.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<chart>"]


def test_what_comes_from_data_is_text_in_the_mail() -> None:
    evil = Message("fired", "t\r\nBcc: x@y", "<script>alert(1)</script>", "<3@h>", (Item("✕", "<b>n</b>", "1"),))
    with smtp_server() as inbox:
        assert mail_to(inbox.port).send(evil, Target("a@example.org"), NOW) == Delivered("250")
        (mail,) = inbox.mails
    html = mail.get_body(("html",))
    assert html is not None and "<script>" not in html.get_content() and "&lt;b&gt;" in html.get_content()
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("451 try later", Passing), ("550 no", Permanent), ("drop", Passing)],
)
def test_a_mail_is_believed_by_the_code(answer: str, kind: type) -> None:
    with smtp_server() as inbox:
        inbox.answers.append(answer)
        assert isinstance(mail_to(inbox.port).send(FIRST, Target("a@example.org"), NOW), kind)


def test_a_refused_address_is_permanent_and_no_server_is_passing() -> None:
    with smtp_server() as inbox:
        inbox.refused["gone@example.org"] = "550 no such user"
        refused = mail_to(inbox.port).send(FIRST, Target("gone@example.org"), NOW)
        assert isinstance(refused, Permanent) and "550" in refused.error
        inbox.refused["full@example.org"] = "452 mailbox full"
        assert isinstance(mail_to(inbox.port).send(FIRST, Target("full@example.org"), NOW), Passing)
    assert isinstance(mail_to(free_port()).send(FIRST, Target("a@example.org"), NOW), Passing)
    assert isinstance(mail_to(1).send(FIRST, Target("no address"), NOW), Permanent)
    assert isinstance(Email(MailSettings("")).send(FIRST, Target("a@x"), NOW), Permanent)


def test_a_relay_without_starttls_is_a_setting_to_change() -> None:
    with smtp_server() as inbox:
        outcome = mail_to(inbox.port, security="starttls").send(FIRST, Target("a@example.org"), NOW)
    assert isinstance(outcome, Permanent) and "HOTLINE_SMTP_SECURITY" in outcome.error


ROBOTS: list[tuple[Channel, str, int, int]] = [
    (WeCom(), "errcode", 45009, 93000),
    (DingTalk(), "errcode", 130101, 310000),
    (Feishu(), "code", 11232, 19021),
    (Webhook(), "code", -1, 7),
]


@pytest.mark.parametrize(("channel", "key", "busy", "wrong"), ROBOTS)
def test_a_robot_is_believed_by_the_code_in_its_body(channel: Channel, key: str, busy: int, wrong: int) -> None:
    with http_server() as robot:
        target = Target(robot.address, "s3cret")
        assert isinstance(channel.send(FIRST, target, NOW), Delivered)
        robot.answers = [
            (200, {key: wrong, "errmsg": "bad", "msg": "bad"}, {}),
            (503, "", {}),
            (429, {}, {"Retry-After": "7"}),
            (404, {}, {}),
        ]
        assert isinstance(channel.send(FIRST, target, NOW), Permanent)
        assert isinstance(channel.send(FIRST, target, NOW), Passing)
        slow = channel.send(FIRST, target, NOW)
        assert isinstance(slow, Passing) and slow.retry_after == 7
        gone = channel.send(FIRST, target, NOW)
        assert isinstance(gone, Permanent) and "t0ps3cret" not in gone.error
        if not isinstance(channel, Webhook):
            robot.answers = [(200, {key: busy}, {}), (200, "fine", {})]
            assert isinstance(channel.send(FIRST, target, NOW), Passing)
            assert isinstance(channel.send(FIRST, target, NOW), Passing)
    assert isinstance(channel.send(FIRST, target, NOW), Passing)
    assert isinstance(channel.send(FIRST, Target("ftp://x/y"), NOW), Permanent)


def test_robots_sign_as_their_makers_ask() -> None:
    secret, ms, s = "SEC0", "1772413200000", "1772413200"
    with http_server() as robot:
        DingTalk().send(FIRST, Target(robot.address, secret), NOW)
        Feishu().send(FIRST, Target(robot.address, secret), NOW)
        Webhook().send(FIRST, Target(robot.address, secret), NOW)
        ding, feishu, hook = robot.asked
    asked = parse_qs(urlsplit(ding[0]).query)
    by_hand = base64.b64encode(hmac.digest(secret.encode(), f"{ms}\n{secret}".encode(), "sha256")).decode()
    assert (asked["timestamp"], asked["sign"]) == ([ms], [by_hand])
    other = base64.b64encode(hmac.digest(f"{s}\n{secret}".encode(), b"", "sha256")).decode()
    assert (feishu[2]["timestamp"], feishu[2]["sign"]) == (s, other)
    wanted = hmac.new(secret.encode(), s.encode() + b"." + hook[2]["raw"], hashlib.sha256).hexdigest()
    assert hook[1]["X-Hotline-Signature"] == f"sha256={wanted}"


def test_wecom_gets_no_more_bytes_than_it_takes() -> None:
    long = Message("fired", "接通率" * 300, "低" * 900, "<4@h>", (ITEM,))
    with http_server() as robot:
        WeCom().send(long, Target(robot.address), NOW)
        (asked,) = robot.asked
    assert len(asked[2]["text"]["content"].encode()) <= 2048


def test_addresses_are_masked() -> None:
    assert masked("https://o/robot/send?access_token=abc123&x=1") == "https://o/robot/send?access_token=***&x=1"
    assert "1234567890" not in masked("https://open.feishu.cn/open-apis/bot/v2/hook/1234567890ab")
