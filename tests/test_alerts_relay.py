"""Mail through a real relay with sign-in and TLS, and what it says where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.channels.base import Delivered, Outcome, Permanent, Target
from alerts.channels.email import Email, MailSettings
from alerts.message import Message
from tests.far_end import CERTIFICATE, PASSWORD, Inbox, known_user, relay_context, smtp_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the whole line is TLS

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MESSAGE = Message("fired", "接通率今日 91.20 %,低于 92 %", "s", "<1@h>")


@pytest.fixture(params=["starttls", "ssl"])
def relay(request: pytest.FixtureRequest) -> Iterator[tuple[str, Inbox]]:
    """A relay that lets nobody send without TLS and a password, and how to talk to it."""
    context = relay_context()
    options: dict[str, Any] = {"auth_required": True, "authenticator": known_user}
    if request.param == "ssl":
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    with ExitStack() as stack:
        yield request.param, stack.enter_context(smtp_server(**options))


def sent(relay: tuple[str, Inbox], **settings: Any) -> Outcome:
    security, inbox = relay
    given = {"security": security, "user": "hotline", "password": PASSWORD, "sender": "h@example.org"} | settings
    return Email(MailSettings("127.0.0.1", inbox.port, timeout=10, **given)).send(MESSAGE, Target("a@example.org"), NOW)


def test_it_signs_in_over_tls_that_it_trusts(relay: tuple[str, Inbox], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert sent(relay) == Delivered("250")
    _security, inbox = relay
    assert [mail["Subject"] for mail in inbox.mails] == [MESSAGE.title]
    if relay[0] == "starttls":
        assert inbox.users == ["hotline over TLS"]


def test_a_certificate_that_nobody_vouches_for_is_a_setting_to_change(relay: tuple[str, Inbox]) -> None:
    outcome = sent(relay)
    assert isinstance(outcome, Permanent) and "HOTLINE_SMTP_VERIFY=off" in outcome.error
    assert sent(relay, verify=False) == Delivered("250"), "an internal relay may be taken as it is"


def test_a_wrong_password_is_told_and_never_shown(relay: tuple[str, Inbox]) -> None:
    outcome = sent(relay, verify=False, password="wrong-one")
    assert isinstance(outcome, Permanent) and "535" in outcome.error and "wrong-one" not in outcome.error
    assert relay[1].mails == []


def test_without_signing_in_such_a_relay_takes_nothing(relay: tuple[str, Inbox]) -> None:
    outcome = sent(relay, verify=False, user="")
    assert isinstance(outcome, Permanent) and "530" in outcome.error
    if relay[0] == "starttls":
        plain = sent(relay, security="none")
        assert isinstance(plain, Permanent), "it is told to begin TLS first"
