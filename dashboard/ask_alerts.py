"""What 告警 shows, asked of the rules and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.blame import as_shown
from alerts.late import is_alerting
from alerts.message import Message, from_json
from alerts.seen import KIND_UNITS
from db.alert_rules import load_contacts, load_rules, load_silences
from db.alert_states import (
    Change,
    Incident,
    Kept,
    list_acks,
    list_changes,
    list_incidents,
    load_incident,
    load_standings,
)
from db.bindings import load_bindings
from db.deliveries import Delivery, list_deliveries, list_undelivered
from db.sheets import SheetRow, list_sheets
from kpi.alert_model import AlertKind, AlertRule, Contact, Silence
from kpi.catalogue import Catalogue
from kpi.showing import Showing

CHANGES, INCIDENTS, MOST_TOLD, MOST_STUCK = 60, 30, 500, 100
HISTORY = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """A rule that is firing (or recovering), with its last change."""

    rule: AlertRule
    kept: Kept
    last: Change | None


@dataclass(frozen=True, slots=True)
class AlertsView:
    """Everything 告警 shows; the oldest open alert first, the newest change and incident first.

    ``units``: by rule, the unit of what it observes.
    """

    open: tuple[OpenAlert, ...]
    rules: tuple[tuple[AlertRule, Kept | None], ...]
    changes: tuple[Change, ...]
    names: dict[str, str]
    silences: tuple[Silence, ...]
    contacts: tuple[Contact, ...]
    stuck: tuple[Delivery, ...]
    sheets: tuple[SheetRow, ...]
    incidents: tuple[Incident, ...]
    units: dict[str, str]


def build_alerts(conn: Connection, now: datetime, catalogue: Catalogue) -> AlertsView:
    """Rules with where they stand, changes of the last quarter, silences, contacts, deliveries that wait or failed."""
    rules, kept = load_rules(conn), load_standings(conn)
    changes = list_changes(conn, since=now - HISTORY, limit=CHANGES)
    names = {rule.code: rule.name or rule.code for rule in rules}
    firing = [
        OpenAlert(rule, kept[rule.code], next(iter(list_changes(conn, rule=rule.code, limit=1)), None))
        for rule in rules
        if is_alerting(kept.get(rule.code))
    ]
    return AlertsView(
        open=tuple(sorted(firing, key=lambda one: (one.kept.standing.bad_since or now, one.rule.code))),
        rules=tuple((rule, kept.get(rule.code)) for rule in rules),
        changes=changes,
        names=names,
        silences=load_silences(conn, since=now),
        contacts=load_contacts(conn),
        stuck=list_undelivered(conn)[:MOST_STUCK],
        sheets=list_sheets(conn),
        incidents=tuple(one for one in list_incidents(conn, limit=INCIDENTS) if one.opened_at >= now - HISTORY),
        units=_units(conn, rules, catalogue),
    )


def _units(conn: Connection, rules: Iterable[AlertRule], catalogue: Catalogue) -> dict[str, str]:
    """What the values and levels of each rule are written in."""
    found, bindings = {}, {}
    for rule in rules:
        code = rule.reference
        if rule.kind is AlertKind.TO_DATE:
            if rule.sheet not in bindings:
                bindings[rule.sheet] = load_bindings(conn, rule.sheet)
            code = bindings[rule.sheet][code].reference if code in bindings[rule.sheet] else ""
        kpi = catalogue.kpis.get(code)
        found[rule.code] = KIND_UNITS.get(rule.kind, kpi.unit.value if kpi is not None else "")
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """One message of an incident with whom it went to, the newest try of each."""

    at: datetime
    message: Message
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Why: everything people were told of one incident in order of time, and who acknowledged what: (rule's name,
    name, note, moment)."""

    incident: Incident
    said: tuple[Said, ...]
    acks: tuple[tuple[str, str, str, datetime], ...]


def build_story(conn: Connection, number: int, showing: Showing) -> Story:
    """The story of an incident; ``showing``: how far single seats may be named now, whenever it was told. Raises
    AlertStoreError."""
    incident = load_incident(conn, number)
    told: dict[tuple[datetime, str], list[Delivery]] = {}
    for one in reversed(list_deliveries(conn, incident=number, limit=MOST_TOLD)):
        told.setdefault((one.created_at, one.kind), []).append(one)
    names = {rule.code: rule.name or rule.code for rule in load_rules(conn)}
    episodes = {
        (one.rule, one.episode)
        for one in list_changes(conn, since=incident.opened_at, limit=MOST_TOLD)
        if one.incident == number
    }
    acks = [
        (names.get(rule, rule), by, note, at)
        for rule in dict.fromkeys(rule for rule, _episode in sorted(episodes))
        for episode, by, note, at in list_acks(conn, rule)
        if (rule, episode) in episodes
    ]
    said = [Said(at, _shown(_with_picture(own), showing), tuple(own)) for (at, _kind), own in told.items()]
    return Story(incident, tuple(said), tuple(sorted(acks, key=lambda one: one[3])))


def _shown(message: Message, showing: Showing) -> Message:
    items = (replace(item, causes=as_shown(item.causes, showing)) for item in message.items)
    return replace(message, items=tuple(items))


def _with_picture(deliveries: Sequence[Delivery]) -> Message:
    """The message, from a mail where there is one, for that has the picture."""
    chosen = next((one for one in deliveries if one.message.get("picture")), deliveries[0])
    return from_json(chosen.message)
