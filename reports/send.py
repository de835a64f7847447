"""From a report to recorded deliveries: kept in the archive and told to every reader in one transaction.

Message-IDs follow from kind, period, centre, sheet and reader alone: a report that is sent again is not told twice.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from alerts.message import Item, Message, to_json
from db.alert_rules import load_contacts
from db.deliveries import NewDelivery, record, told_already
from db.engine import write
from db.report_store import EMPTY, OK, NewReport, save_report
from kpi.alert_model import Contact
from reports import model
from reports.build import build
from reports.model import Report
from reports.render import every, file_name, media_type
from reports.scope import House, Wanted

ATTACHED = ("pdf", "xlsx", "docx")
MOST_ITEMS = 8
PAGE = Contact("", "page")
"""Who is told where a group has no contact: the page."""


@dataclass(frozen=True)
class Office:
    """What sending needs: ``host`` is the right side of Message-IDs, ``page_url`` where the pages are ('' unknown)."""

    house: House
    host: str
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A report with its files, and its number once it is in the archive."""

    report: Report
    files: Mapping[str, bytes]
    id: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of sending: the archive's number, readers told now, and readers in all."""

    report: int
    told: int
    readers: int


def make(engine: Engine, office: Office, wanted: Wanted, now: datetime) -> Made:
    """Builds and renders. Raises ReportError."""
    with engine.connect() as conn:
        report = build(conn, office.house, wanted, today=now.astimezone(office.house.tz).date())
    return Made(report, every(report))


def keep(conn: Connection, made: Made, wanted: Wanted, now: datetime) -> Made:
    """Puts a report into the archive, once; under the centre and sheet it was asked for."""
    if made.id:
        return made
    report = made.report
    new = NewReport(
        kind=report.kind.value,
        centre=wanted.centre,
        sheet=wanted.sheet,
        start=report.start,
        end=report.through,
        state=EMPTY if report.empty else OK,
        title=report.title,
        sentence=report.sentence,
        data=model.to_json(report),
    )
    return replace(made, id=save_report(conn, new, made.files, now))


def send_now(
    engine: Engine, office: Office, wanted: Wanted, groups: Iterable[str], now: datetime, *, made: Made | None = None
) -> Posted:
    """Builds a report, keeps it and tells these groups; one that all of them have is left as it was told. Raises
    ReportError."""
    ready, wished = made or make(engine, office, wanted, now), list(groups)
    with write(engine) as conn:
        ids = {message_id(office, ready.report, whose) for _group, _contact, _address, whose in _copies(conn, wished)}
        known = told_already(conn, ids)
        if ids and len(known) == len(ids):
            return Posted(known[-1].report or 0, 0, len(ids))
        kept = keep(conn, ready, wanted, now)
        return tell(conn, office, kept, wished, now)


def tell(
    conn: Connection, office: Office, made: Made, groups: Iterable[str], now: datetime, *, late: bool = False
) -> Posted:
    """Records a delivery to each reader of the groups who has not been told of this report yet."""
    message = _message(office, made, late=late)
    attached = tuple(
        (file_name(made.report, ending), media_type(ending), base64.b64encode(made.files[ending]).decode())
        for ending in ATTACHED
    )
    told = readers = 0
    for group, contact, address, whose in _copies(conn, groups):
        mail = contact.channel == "email"
        mine = replace(
            message,
            message_id=message_id(office, made.report, whose),
            sent_for=group,
            html=made.files["html"].decode() if mail else "",
            attachments=attached if mail else (),
        )
        new = NewDelivery(
            "report", contact.channel, address, mine.message_id, to_json(mine), report=made.id, contact=contact.id,
        )  # fmt: skip
        told += record(conn, new, now) is not None
        readers += 1
    return Posted(made.id, told, readers)


def _copies(conn: Connection, groups: Iterable[str]) -> Iterator[tuple[str, Contact, str, str]]:
    """Every reader of the groups: group, contact, address, and what names the reader in Message-IDs."""
    for group in dict.fromkeys(groups):
        for contact in readers_of(conn, group):
            for part, address in enumerate(contact.addresses):
                yield group, contact, address, f"{contact.id}.{part}"


def readers_of(conn: Connection, group: str) -> list[Contact]:
    """The contacts of a group that can be told something."""
    return [one for one in load_contacts(conn, group) if one.enabled and (one.channel == "page" or one.address.strip())]


def message_id(office: Office, report: Report, whose: str) -> str:
    """“<report-weekly-20261115-1a2b3c4d-7.0@host>”: the same whenever the same report goes to the same reader."""
    about = hashlib.sha256(f"{report.centre}|{report.sheet}".encode()).hexdigest()[:8]
    return f"<report-{report.kind.value}-{report.through:%Y%m%d}-{about}-{whose}@{office.host}>"


def _message(office: Office, made: Made, *, late: bool) -> Message:
    report = made.report
    mark = "【无数据】" if report.empty else ""
    return Message(
        kind="report",
        title=f"{mark}{report.title}{'(补发)' if late else ''}",
        sentence=report.sentence,
        message_id="",
        items=tuple(_items(report)),
        link=f"{office.page_url}/reports/{made.id}.html" if office.page_url else "",
    )


def _items(report: Report) -> Iterable[Item]:
    """The first rows of the targets, for text and robots."""
    table = next((one.tables[0] for one in report.sections if one.code == "targets" and one.tables), None)
    for row in table.rows[:MOST_ITEMS] if table is not None else ():
        status, name, value, target, _bar, said_, _chance, _now = row
        mark = status.text.partition(" ")[0]
        goal = f"目标 {target.text}" if target.text else ""
        yield Item(mark, name.text, value.text, goal, value.small, required=said_.text)


def tell_owner(
    conn: Connection,
    office: Office,
    owner: str,
    title: str,
    sentence: str,
    key: str,
    now: datetime,
    report: int | None = None,
) -> int:
    """Tells who answers for a schedule: a contact group, a mail address, or else the page. ``key`` makes the
    Message-ID: of one thing people are told once."""
    contacts = readers_of(conn, owner) if owner and "@" not in owner else []
    if "@" in owner:
        contacts = [Contact("", "email", owner)]
    told = 0
    link = f"{office.page_url}/reports" if office.page_url else ""
    for contact in contacts or [PAGE]:
        for part, address in enumerate(contact.addresses):
            own_id = f"<report-{key}-{contact.id}.{part}@{office.host}>"
            message = Message("report_failed", title, sentence, own_id, link=link, sent_for=owner)
            new = NewDelivery(
                "report_failed", contact.channel, address, own_id, to_json(message), report=report,
                contact=contact.id or None,
            )  # fmt: skip
            told += record(conn, new, now) is not None
    return told
