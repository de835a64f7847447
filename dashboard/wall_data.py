"""All that a wall is sent: its scenes, kept until the data changes, and the moment of the data."""

from __future__ import annotations

from dataclasses import replace

from dashboard import format as fmt
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.views_wall import OpenAlert, WallView
from dashboard.wall_asked import WallAsked
from dashboard.wall_scenes import Scene, scenes_of
from db.notices import Notice, load_notices
from kpi.alert_model import AlertRule


def scenes(data: Data, asked: WallAsked) -> tuple[str, tuple[Scene, ...]]:
    """The centre's name and the scenes of a wall. Raises DatabaseGone."""

    def make() -> tuple[str, tuple[Scene, ...]]:
        found = view(data, asked)
        return found.centre_name, scenes_of(found, notices(data, asked), asked.scenes)

    return data.kept(("wall scenes", asked.centre, asked.sheet, asked.week, asked.scenes), make)


def view(data: Data, asked: WallAsked) -> WallView:
    """What a wall shows, with the sheet's progress and the alerts as their own pages have them."""
    from dashboard.ask_wall import build_wall, sheet_of  # late: what stands behind takes a second to load

    filters = Filters(centre=asked.centre)
    sheet = data.view("wall sheet", filters, lambda scope: sheet_of(scope, data.sheets(), asked.sheet))
    name = f"wall {asked.week} {sheet.code if sheet is not None else ''}"
    now, tz = data.product.clock(), data.product.tz
    found = data.view(name, filters, lambda scope: build_wall(scope, tz, asked.week, sheet, now))
    progress = data.targets(TargetFilters(sheet.code)).progress if sheet is not None else None
    rules, firing = _alerts(data, asked.centre)
    return replace(found, progress=progress, alerts=firing, rules=rules)


def notices(data: Data, asked: WallAsked) -> tuple[Notice, ...]:
    """The notices of today."""
    known = data.view("notices", Filters(), lambda scope: load_notices(scope.conn))
    today = data.today()
    return tuple(one for one in known if one.shows(today, asked.centre))


def _alerts(data: Data, centre: str) -> tuple[int, tuple[OpenAlert, ...]]:
    """How many rules watch, and those that alert: of the centre and of what belongs to none."""
    known, now = data.alerts(), data.now()

    def ours(rule: AlertRule) -> bool:
        return rule.enabled and (not centre or rule.centre in ("", centre))

    firing = [one for one in known.open if ours(one.rule)]
    told = []
    for one in firing:
        began = one.kept.standing.fired_at or one.kept.standing.since
        since = fmt.moment(began.astimezone(data.product.tz), now) if began is not None else fmt.DASH
        reason = one.last.transition.reason if one.last is not None else ""
        told.append(OpenAlert(one.rule.name or one.rule.code, one.rule.severity, since, reason))
    return sum(ours(rule) for rule, _ in known.rules), tuple(told)
