"""Late corrections: a breach that fired on figures that have since been put right was no breach (RULES 5).

Which day a rule fired on is written into the reason of the transition, and read back from it here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.observe_kpis import look_at_kpis
from alerts.observe_sheets import look_at_rows, rows_of
from alerts.rules import is_good
from alerts.seen import KPI_KINDS, SHEET_KINDS, Seen, Subject
from db.alert_states import Kept, list_changes
from db.bulk import naive_utc
from db.centres import CentreTree
from db.definitions import load_definitions
from db.journal import list_restatements
from kpi.alert_model import AlertKind, AlertRule, AlertState, Transition
from kpi.catalogue import Catalogue
from kpi.parts import terms_of
from kpi.periods import ONE_DAY, Period
from kpi.workdays import WorkCalendar

ALERTING = (AlertState.FIRING, AlertState.RECOVERING)
MOST_RESTATED = 1000
_DAY = re.compile(r"\((\d{4}-\d{2}-\d{2}) 的数据\)$")


def dated(change: Transition, day: date | None) -> Transition:
    """The transition with the day that its value belongs to written into its reason."""
    return change if day is None else replace(change, reason=f"{change.reason}({day} 的数据)")


def day_in(reason: str) -> date | None:
    """The day that ``dated`` wrote, None where there is none."""
    found = _DAY.search(reason)
    return date.fromisoformat(found.group(1)) if found else None


def is_alerting(kept: Kept | None) -> bool:
    """True where an episode is under way, frozen by missing data or not."""
    return kept is not None and (kept.standing.state in ALERTING or kept.standing.frozen in ALERTING)


@dataclass(frozen=True)
class Corrections:
    """Looks again at the days on which rules fired, with what is known now."""

    conn: Connection
    catalogue: Catalogue
    centres: CentreTree
    tz: ZoneInfo
    calendar: WorkCalendar

    def undoing(self, rule: AlertRule, kept: Kept, subject: Subject) -> Seen | None:
        """What is now seen of the day the rule fired on, where a correction since then made it good."""
        fired = kept.standing.fired_at
        if rule.kind not in (*KPI_KINDS, *SHEET_KINDS) or fired is None or not subject.kpi:
            return None
        day = self._day_of(rule, kept) or fired.astimezone(self.tz).date()
        if not self._restated(subject, _first_day(rule, subject, day), day, fired):
            return None
        again = self._again(rule, day, fired)
        value = again.observation.value
        return again if value is not None and is_good(rule, value) else None

    def _day_of(self, rule: AlertRule, kept: Kept) -> date | None:
        changes = list_changes(self.conn, rule=rule.code, limit=50)
        firing = (
            change.transition.reason
            for change in reversed(changes)
            if change.episode == kept.standing.episode and change.transition.after is AlertState.FIRING
        )
        return day_in(next(firing, ""))

    def _restated(self, subject: Subject, start: date, end: date, since: datetime) -> bool:
        """Whether a measure of the KPI was corrected since then."""
        kpi = self.catalogue.kpis[subject.kpi]
        ids = self.centres.under_all((subject.centre,) if subject.centre else ())
        found = list_restatements(self.conn, ids, start, end, limit=MOST_RESTATED)
        newer = {row.measure for row in found if row.at > naive_utc(since)}
        if not newer:
            return False
        definitions = load_definitions(self.conn)
        segments = [s for i in ids for s in definitions.segments(kpi, self.centres.chain(i), Period(start, end))]
        return bool(newer & set(terms_of(kpi, segments)))

    def _again(self, rule: AlertRule, day: date, fired: datetime) -> Seen:
        if rule.kind in SHEET_KINDS:
            sheet = rows_of(
                self.conn, self.catalogue, rule.sheet, day, self.centres,
                today=day, calendar=self.calendar, tz=self.tz, only=rule.reference,
            )  # fmt: skip
            return look_at_rows([rule], {rule.sheet: sheet}, day)[rule.code]
        at = fired.astimezone(self.tz).replace(tzinfo=None)
        if rule.kind in (AlertKind.DAY, AlertKind.WEEK):
            at = datetime.combine(day, time(23, 59))
        return look_at_kpis(self.conn, self.catalogue, self.centres, [rule], at)[rule.code]


def _first_day(rule: AlertRule, subject: Subject, day: date) -> date:
    """The first day that the value of that day was made of."""
    if rule.kind is AlertKind.DAY:
        return day
    if rule.kind is AlertKind.WEEK:
        return day - timedelta(days=day.weekday())
    if rule.kind in KPI_KINDS:
        return day - ONE_DAY
    return subject.span[0] if subject.span and subject.span[0] <= day else date(day.year, 1, 1)
