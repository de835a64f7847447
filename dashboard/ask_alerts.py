"""What 告警 shows, asked of the rules and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.late import is_alerting
from db.alert_rules import load_contacts, load_rules, load_silences
from db.alert_states import Change, Kept, list_changes, load_standings
from db.deliveries import FAILED, PENDING, Delivery, list_deliveries
from db.sheets import SheetRow, list_sheets
from kpi.alert_model import AlertRule, Contact, Silence

CHANGES = 60
HISTORY = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """A rule that is firing (or recovering), with its last change."""

    rule: AlertRule
    kept: Kept
    last: Change | None


@dataclass(frozen=True, slots=True)
class AlertsView:
    """Everything 告警 shows; the oldest open alert first, the newest change first."""

    open: tuple[OpenAlert, ...]
    rules: tuple[tuple[AlertRule, Kept | None], ...]
    changes: tuple[Change, ...]
    names: dict[str, str]
    silences: tuple[Silence, ...]
    contacts: tuple[Contact, ...]
    stuck: tuple[Delivery, ...]
    sheets: tuple[SheetRow, ...]


def build_alerts(conn: Connection, now: datetime) -> AlertsView:
    """Rules with where they stand, changes of the last quarter, silences, contacts, deliveries that wait or failed."""
    rules, kept = load_rules(conn), load_standings(conn)
    changes = list_changes(conn, since=now - HISTORY, limit=CHANGES)
    names = {rule.code: rule.name or rule.code for rule in rules}
    firing = [
        OpenAlert(rule, kept[rule.code], next(iter(list_changes(conn, rule=rule.code, limit=1)), None))
        for rule in rules
        if is_alerting(kept.get(rule.code))
    ]
    stuck = [one for one in list_deliveries(conn, state=FAILED, limit=50)]
    stuck += [one for one in list_deliveries(conn, state=PENDING, limit=50) if one.attempts > 0]
    return AlertsView(
        open=tuple(sorted(firing, key=lambda one: (one.kept.standing.bad_since or now, one.rule.code))),
        rules=tuple((rule, kept.get(rule.code)) for rule in rules),
        changes=changes,
        names=names,
        silences=load_silences(conn, since=now),
        contacts=load_contacts(conn),
        stuck=tuple(stuck),
        sheets=list_sheets(conn),
    )
