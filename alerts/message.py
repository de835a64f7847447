"""A message as plain data: what every channel renders in its own way, kept with its delivery until it is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One alert within a message, all as text for people. Empty texts are left out.

    ``mark`` is the sign of its state; ``value`` with its ``target`` (“目标 ≥ 96 %,告警线 ≥ 92 %”), ``parts``
    numerator/denominator, ``since`` from when,
    ``to_date`` how far to date, ``required`` what it takes from here, ``causes`` what contributed most.
    """

    mark: str
    name: str
    value: str
    target: str = ""
    parts: str = ""
    since: str = ""
    to_date: str = ""
    required: str = ""
    causes: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. ``thread`` is the Message-ID of the incident's first mail, '' for that one itself; of a digest
    those of everything in it, with spaces between.

    ``picture`` is a PNG as base64, '' without one. ``attachments``: (name, media type, base64), for reports.
    ``html`` is a finished body (reports); '' for one made from the items.
    """

    kind: str
    title: str
    sentence: str
    message_id: str
    items: tuple[Item, ...] = ()
    thread: str = ""
    link: str = ""
    picture: str = ""
    sent_for: str = ""
    html: str = ""
    attachments: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)


def to_json(message: Message) -> dict[str, Any]:
    """As JSON values."""
    return asdict(message)


def from_json(data: dict[str, Any]) -> Message:
    """From JSON values."""
    items = tuple(Item(**(one | {"causes": tuple(one.get("causes", ()))})) for one in data.get("items", ()))
    attachments = tuple((name, kind, content) for name, kind, content in data.get("attachments", ()))
    return Message(**(data | {"items": items, "attachments": attachments}))


def lines(message: Message) -> list[str]:
    """The message as plain lines, for text mails and robots."""
    found = [message.sentence, ""]
    for item in message.items:
        target = f"({item.target})" if item.target else ""
        parts = f"  [{item.parts}]" if item.parts else ""
        found.append(f"{item.mark} {item.name} {item.value}{target}{parts}".strip())
        told = (
            ("自", item.since),
            ("至今", item.to_date),
            ("还需", item.required),
        )
        found += [f"   {label}: {text}" for label, text in told if text]
        found += [f"   主要来自: {cause}" for cause in item.causes]
    if message.link:
        found += ["", f"详情: {message.link}"]
    return found


def text(message: Message) -> str:
    """The message as plain text."""
    return "\n".join(lines(message)).strip()


def cut(words: str, most: int) -> str:
    """The text in at most so many UTF-8 bytes, cut between characters, with “…” where something is missing."""
    raw = words.encode()
    if len(raw) <= most:
        return words
    return raw[: most - 3].decode(errors="ignore") + "…"
