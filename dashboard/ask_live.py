"""What stands beside the figures of 总览: the pace towards the year's targets, and the alerts that are not over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dashboard.views_live import OpenAlert, Paced
from db.alert_rules import load_rules
from db.alert_states import load_standings
from kpi.alert_model import AlertState, Standing

if TYPE_CHECKING:
    from dashboard.ask_targets import TargetsView

_OPEN = (AlertState.FIRING, AlertState.RECOVERING)


def paces_of(goals: Mapping[str, tuple[str, str]], sheets: Mapping[str, TargetsView]) -> dict[str, Paced]:
    """For each KPI with a goal (sheet, key) how it stands in that sheet, in the period that counts now."""
    found = {}
    for code, (sheet, key) in goals.items():
        view = sheets.get(sheet)
        rows = view.progress.rows if view is not None and view.progress is not None else ()
        row = next((one for one in rows if one.key == key), None)
        if view is not None and row is not None:
            pace = row.due(view.as_of)
            found[code] = Paced(pace.status, pace.said, pace.probability, sheet, key)
    return found


def open_alerts(conn: Connection) -> tuple[OpenAlert, ...]:
    """The alerts that are not over, the oldest first."""
    kept = load_standings(conn)
    found = [
        OpenAlert(rule.name or rule.code, kept[rule.code].standing.bad_since, kept[rule.code].standing.acknowledged_by)
        for rule in load_rules(conn)
        if rule.code in kept and _is_open(kept[rule.code].standing)
    ]
    return tuple(sorted(found, key=lambda one: (one.since is None, one.since, one.name)))


def _is_open(standing: Standing) -> bool:
    return standing.state in _OPEN or standing.frozen in _OPEN
