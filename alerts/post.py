"""From what is to be told to recorded deliveries: one message an incident and tick, one delivery an address.

Message-IDs follow from rule, episode, kind and moment alone: whoever records the same thing twice records it once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts import words
from alerts.deliver import together
from alerts.message import Message, from_json, to_json
from alerts.words import Told
from db import deliveries as store
from db.alert_reads import let_go
from db.alert_rules import load_contacts
from db.deliveries import HELD, PENDING, Delivery, NewDelivery
from kpi.alert_model import Contact, QuietHours, Severity, Tell

PAGE = Contact("", "page")
"""Who is told where a group has no contact: the page, where everybody sees it."""
MOST_ID = 120

Picture = Callable[[Sequence[Told]], bytes | None]


@dataclass(frozen=True)
class Post:
    """Records deliveries. ``quiet`` by the centre's wall time; ``host`` is the right side of Message-IDs."""

    conn: Connection
    now: datetime
    tz: ZoneInfo
    host: str
    quiet: QuietHours
    picture: Picture

    @property
    def is_quiet(self) -> bool:
        """True while people are not to be disturbed."""
        local = self.now.astimezone(self.tz)
        return self.quiet.holds(local.hour * 60 + local.minute)

    def stem(self, told: Told, tell: Tell) -> str:
        """What the Message-IDs of one message begin with: rule, episode, kind and moment."""
        rule, standing = told.rule, told.standing
        fired = standing.fired_at or self.now
        again = f"-{self.now:%Y%m%d%H%M%S}" if tell is Tell.REPEATED else ""
        name = re.sub(r"[^A-Za-z0-9_.]", "", rule.code)[:40]
        digest = hashlib.sha256(f"{rule.code}|{fired.isoformat()}".encode()).hexdigest()[:10]
        return f"{name}.{digest}-{standing.episode}-{tell.value}{again}"

    def thread(self, stem: str) -> str:
        """The thread of an incident that begins with this message."""
        return f"<{stem}@{self.host}>"

    def tell(
        self, tell: Tell, told: Sequence[Told], incident: int, thread: str, groups: Iterable[str],
        after: datetime | None = None,
    ) -> int:  # fmt: skip
        """Records one message to everybody in these groups and returns the number of deliveries.

        ``after``: not to be delivered before. At quiet hours it is held for the digest, unless it is urgent.
        """
        told = words.ranked(told)
        stem = self.stem(told[0], tell)
        today = self.now.astimezone(self.tz).date()
        message = Message(
            kind=tell.value,
            title=words.title(tell, told, today),
            sentence=words.sentence(tell, told, self.now, self.tz),
            message_id="",
            items=tuple(words.item(tell, one, today, self.tz) for one in told),
            link=told[0].link,
        )
        urgent = self.quiet.urgent_anyway and any(one.rule.severity is Severity.URGENT for one in told)
        held = self.is_quiet and not urgent and after is None
        png, count = None, 0
        for contact in self._contacts(groups):
            if contact.channel == "email" and png is None:
                png = base64.b64encode(self.picture(told) or b"").decode() if tell is not Tell.UNDONE else ""
            for part, address in enumerate(contact.addresses):
                whose = f"{contact.id}.{part}"
                mine = replace(
                    message,
                    message_id=self.one_id(stem, whose),
                    thread=_with(thread, whose) if thread != self.thread(stem) else "",
                    picture=png or "" if contact.channel == "email" else "",
                    sent_for=contact.group,
                )
                new = NewDelivery(
                    tell.value, contact.channel, address, mine.message_id, to_json(mine), incident,
                    contact=contact.id or None, state=HELD if held else PENDING, not_before=after,
                )  # fmt: skip
                count += store.record(self.conn, new, self.now) is not None
        return count

    def one_id(self, stem: str, whose: str) -> str:
        """The Message-ID of one copy."""
        return _with(self.thread(stem), whose)

    def _contacts(self, groups: Iterable[str]) -> list[Contact]:
        found = [
            contact
            for group in dict.fromkeys(groups)
            for contact in load_contacts(self.conn, group)
            if contact.enabled and (contact.channel == "page" or contact.address.strip())
        ]
        return found or [PAGE]

    def digest(self) -> int:
        """Once the quiet hours are over: what was held is told, of several to one address as one message."""
        if self.is_quiet:
            return 0
        by_place: dict[tuple[str, str, int | None], list[Delivery]] = {}
        for one in store.held(self.conn):
            by_place.setdefault((one.channel, one.address, one.contact), []).append(one)
        for (channel, address, contact), kept in by_place.items():
            if len(kept) == 1:
                let_go(self.conn, [kept[0].id], self.now)
                continue
            message_id = f"<digest-{kept[0].id}-{kept[-1].id}@{self.host}>"
            whole = together([from_json(one.message) for one in kept], message_id)
            threads = dict.fromkeys(str(one.message["thread"] or one.message_id) for one in kept)
            whole = replace(whole, title=f"【免打扰时段汇总】{whole.title}", thread=" ".join(threads))
            new = NewDelivery("digest", channel, address, message_id, to_json(whole), contact=contact)
            own = store.record(self.conn, new, self.now)
            if own is not None:
                store.merged(self.conn, [one.id for one in kept], own)
        return len(by_place)


def _with(message_id: str, whose: str) -> str:
    """A Message-ID of one person: “<stem-whose@host>”."""
    left, _, host = message_id[1:-1].rpartition("@")
    return f"<{left}-{whose}@{host}>"
