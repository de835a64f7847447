"""What stands beside the figures of 总览: the pace towards the year's targets, and the alerts that are not over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dashboard.judged import worry
from dashboard.views_live import ByHand, OpenAlert, Paced
from db.alert_rules import load_rules
from db.alert_states import load_standings
from db.kpi_targets import KpiTarget
from kpi.alert_model import AlertState, Standing
from kpi.pace_model import BoundTo
from kpi.sheet import CellKind
from kpi.status import Status

if TYPE_CHECKING:
    from dashboard.ask_targets import TargetsView

_OPEN = (AlertState.FIRING, AlertState.RECOVERING)


def paces_of(
    goals: Mapping[str, KpiTarget], sheets: Mapping[str, TargetsView], *, yearly: bool = False
) -> dict[str, Paced]:
    """For each KPI with a target how it stands in the sheet that sets it, in the period the target is set for.

    ``yearly``: asked over the year as a whole, which no half-year answers for.
    """
    found = {}
    for code, goal in goals.items():
        view = sheets.get(goal.sheet)
        rows = view.progress.rows if view is not None and view.progress is not None else ()
        row = next((one for one in rows if one.key == goal.key), None)
        if row is not None and view is not None:
            # “序时进度” is no figure that a KPI could be held against, and yet asked of the half-year.
            in_step = row.half.target.kind is CellKind.SCHEDULE and not yearly
            pace = row.half if goal.half else row.due(view.as_of) if in_step else row.full
            found[code] = Paced(row, pace, goal.sheet)
    return found


def by_hand_of(paces: Iterable[Paced], sheets: Iterable[TargetsView]) -> tuple[ByHand, ...]:
    """By sheet how those of its indicators stand that are no KPI, as 目标 shows it; sheets without any left out.
    ``paces``: what stands there as a KPI, whatever it is bound to."""
    told = {(one.sheet, one.key) for one in paces}
    made = []
    for view in sheets:
        rows = view.progress.rows if view.progress is not None else ()
        sheet = view.row.code if view.row is not None else ""
        found: dict[Status, list[str]] = {}
        for row in rows:
            bound = row.binding is not None and row.binding.bound_to is BoundTo.KPI
            if not bound and (sheet, row.key) not in told:
                found.setdefault(row.due(view.as_of).status, []).append(row.indicator.name)
        if found:
            made.append(ByHand(sheet, tuple((status, tuple(found[status])) for status in sorted(found, key=worry))))
    return tuple(made)


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
