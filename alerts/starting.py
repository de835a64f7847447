"""Gives sheets and sources the rules they start with, once: what a person took away does not come back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from alerts.defaults import SourceFacts, default_rules, new_rules, source_rules
from alerts.seen import SHEET_KINDS
from db.alert_rules import load_rules, save_rules
from db.bindings import load_bindings
from db.engine import write
from db.meta import get_meta, set_meta
from db.sheets import ACTIVE, list_sheets, load_sheet
from kpi.alert_model import AlertRule
from kpi.catalogue import Catalogue

MADE = "alert_rules_made"
"""The codes of all rules that were ever made here, as a list in ``meta``."""


def give_rules(
    engine: Engine,
    catalogue: Catalogue,
    sources: Iterable[SourceFacts],
    *,
    stale_minutes: int,
    now: datetime,
    today: date,
) -> int:
    """Stores the starting rules that are not there yet and returns how many were stored or brought up to date."""
    given = tuple(sources)
    with engine.connect() as conn:
        due = _due(conn, catalogue, given, stale_minutes, today)
    if not due:
        return 0
    with write(engine) as conn:
        due = _due(conn, catalogue, given, stale_minutes, today)
        save_rules(conn, due, now)
        made = sorted({*_made(conn), *(rule.code for rule in due)})
        set_meta(conn, MADE, json.dumps(made))
    return len(due)


def _made(conn: Connection) -> list[str]:
    return list(json.loads(get_meta(conn, MADE) or "[]"))


def _due(
    conn: Connection, catalogue: Catalogue, sources: tuple[SourceFacts, ...], stale_minutes: int, today: date
) -> list[AlertRule]:
    wanted, stored = list(source_rules(sources, stale_minutes)), load_rules(conn)
    active = [row for row in list_sheets(conn) if row.state == ACTIVE]
    current = [row for row in active if row.year == today.year]
    for row in current:
        sheet, bindings = load_sheet(conn, row.code), load_bindings(conn, row.code)
        wanted += default_rules(row.code, sheet, bindings, catalogue, row.centre, on=today)
    past = {row.code for row in active if row.year < today.year}
    followed = {row.code for row in active if row.code in past and row.centre in {one.centre for one in current}}
    over = [rule for rule in stored if rule.enabled and not rule.author and _is_over(rule, past, followed)]
    return [*new_rules(wanted, stored, _made(conn)), *(replace(rule, enabled=False) for rule in over)]


def _is_over(rule: AlertRule, past: set[str], followed: set[str]) -> bool:
    """True for a rule of last year's sheet; one about single days stays until this year has a sheet of its own."""
    return rule.made_from in followed or (rule.made_from in past and rule.kind in SHEET_KINDS)
