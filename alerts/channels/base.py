"""What all channels share: the outcome of a try, the far end's address without its secrets, posting JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from alerts.message import Message
from kpi.alert_model import Contact

TIMEOUT = (5.0, 15.0)
_KEY = re.compile(r"(?i)(key|token|access_token|sign|secret|password)=[^&\s]+")
_HOOK = re.compile(r"(/hook/|/send/)[\w-]{6,}")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The far end has taken it."""

    answer: str = ""


@dataclass(frozen=True, slots=True)
class Passing:
    """It may go through later: try again. ``retry_after`` seconds, where the far end said how long to wait."""

    error: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Permanent:
    """Trying again is of no use until somebody changes something: shown to an administrator."""

    error: str


Outcome = Delivered | Passing | Permanent


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: the address, its secret ('' for none) and what else the contact says."""

    address: str
    secret: str = ""
    extra: Mapping[str, str] | None = None


def target_of(contact: Contact, address: str, secret: Callable[[str], str | None]) -> Target | Permanent:
    """Where a contact's message goes, with its secret. A secret that is named has to be there."""
    found = secret(contact.secret_env) if contact.secret_env else ""
    if contact.secret_env and not found:
        return Permanent(f"环境变量 {contact.secret_env} 没有设。请设好后重启,或改正联系方式。")
    return Target(address, found or "", contact.extra)


class Channel(Protocol):
    """One way to tell people."""

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Tries once. Never raises for what the far end does."""
        ...


def masked(text: str) -> str:
    """A text without the secrets that addresses carry."""
    return _HOOK.sub(r"\1***", _KEY.sub(r"\1=***", text))


def host_of(address: str) -> str:
    """The host of an address, for messages."""
    return urlsplit(address).hostname or "(地址不完整)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the far end said: status and body; ``body`` None where it is no JSON object."""

    status: int
    body: dict[str, Any] | None
    retry_after: float | None


def post(
    address: str, body: bytes, headers: Mapping[str, str], params: Mapping[str, str] | None = None
) -> Answer | Outcome:
    """Posts JSON; an Outcome where no answer came."""
    if urlsplit(address).scheme not in ("https", "http"):
        return Permanent(f"地址不是 http(s) 网址: {masked(address)[:80]}。请在联系方式里改正。")
    import requests  # loading it takes a fifth of a second: a start need not wait for that

    try:
        answer = requests.post(
            address, data=body, headers=dict(headers), params=params, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.exceptions.InvalidURL:
        return Permanent(f"地址不对: {masked(address)[:80]}。请在联系方式里改正。")
    except requests.exceptions.RequestException as error:
        return Passing(f"连不上 {host_of(address)}: {type(error).__name__}。会自动重试。")
    wait = answer.headers.get("Retry-After", "")
    try:
        data = answer.json()
    except ValueError:
        data = None
    return Answer(answer.status_code, data if isinstance(data, dict) else None, float(wait) if wait.isdigit() else None)


def by_status(answer: Answer, host: str) -> Outcome | None:
    """What the status line alone decides; None for a 2xx."""
    if answer.status in (408, 425, 429) or answer.status >= 500:
        return Passing(f"{host} 回应 {answer.status},会自动重试。", answer.retry_after)
    if not 200 <= answer.status < 300:
        return Permanent(f"{host} 拒绝了请求({answer.status})。请核对地址与密钥。")
    return None
