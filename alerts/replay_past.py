"""What a rule would have seen at past moments, from what was known then (RULES 5: a replay sees nothing later).

Totals corrected after their day are taken as they were; such a day has no hours, only its end. A day delivered late
for the first time counts as known on its own day, as everywhere (see ``targets.progress``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.observe_kpis import subject_key
from alerts.observe_sheets import look_at_row, rows_of
from alerts.observe_sources import failures, look_at_sources, reject_share, stale_minutes
from alerts.seen import MINUTES, PERCENT, RUNS, Seen, Subject, nothing, of_kpi
from db.alert_reads import runs_between
from db.answers import evaluate
from db.centres import tree
from db.definitions import load_definitions
from db.journal import RunRow, list_restatements
from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.catalogue import Catalogue
from kpi.compute import conclude
from kpi.model import Ask, Grain, KpiValue
from kpi.parts import terms_of
from kpi.periods import ONE_DAY, Period
from kpi.workdays import WorkCalendar
from targets.pace_base import Moment
from targets.pace_load import load_facts
from targets.progress import end_of_day

Sums = tuple[float, float]
"""Numerator and denominator (0 for a count)."""
MOST_RESTATED = 100_000
RUNS_BEFORE = timedelta(days=7)


@dataclass
class Past:
    """One rule's view of the past. ``today``: the day on which the replay is made."""

    conn: Connection
    catalogue: Catalogue
    rule: AlertRule
    start: date
    end: date
    tz: ZoneInfo
    calendar: WorkCalendar
    today: date
    _days: dict[date, dict[int, Sums]] = field(default_factory=dict)
    _rows: dict[date, Seen] = field(default_factory=dict)

    def of_kpi(self, day: date, hour: int) -> Seen | None:
        """What a rule about a KPI saw at the end of an hour; None where nothing new was to be seen."""
        kpi = self.catalogue.kpis[self.rule.reference]
        spans = {
            AlertKind.DAY: [(day, 0, hour + 1)],
            AlertKind.WEEK: [
                *((day - timedelta(days=n), 0, 24) for n in range(day.weekday(), 0, -1)), (day, 0, hour + 1)
            ],
            AlertKind.ROLLING_24H: [(day - ONE_DAY, hour + 1, 24), (day, 0, hour + 1)],
            AlertKind.LIVE: [(day - ONE_DAY, 23, 24)] * (hour == 0) + [(day, max(hour - 1, 0), hour + 1)],
        }[self.rule.kind]  # fmt: skip
        by_day = self.rule.kind in (AlertKind.DAY, AlertKind.WEEK)
        if self._whole_days_only(day) and (not by_day or hour < 23):
            return None
        found = [self._hours(one).get(h) for one, a, b in spans for h in range(a, b)]
        known = [sums for sums in found if sums is not None]
        subject = Subject(
            subject_key(kpi.code, self.rule.centre), kpi.name, kpi.unit.value, self.rule.centre, "", kpi.code
        )
        if not known:
            return Seen(Observation(None, reason="没有数据", day=day), subject)
        below = sum(one[1] for one in known)
        period = Period(spans[0][0], day)
        value = conclude(
            kpi, kpi.formulas[0].code, period, sum(one[0] for one in known), None if kpi.is_count else below,
            days=(len(spans), len(spans)),
        )  # fmt: skip
        return Seen(of_kpi(value), replace(subject, span=(period.start, day)))

    def _whole_days_only(self, day: date) -> bool:
        hours = self._hours(day)
        return set(hours) == {23} or day in self._restated

    def _hours(self, day: date) -> dict[int, Sums]:
        """Sums by hour; of a day without hours, or corrected later, the whole of it in hour 23."""
        if day not in self._days:
            code = self.rule.reference
            centres = (self.rule.centre,) if self.rule.centre else ()
            hours: dict[int, Sums] = {}
            if day not in self._restated:
                values = evaluate(self.conn, self.catalogue, Ask((code,), centres, day, day, day, Grain.HOUR))
                hours = {int(v.key): _sums(v) for v in values.values[code] if v.numerator is not None}
            self._days[day] = hours or self._whole(day)
        return self._days[day]

    def _whole(self, day: date) -> dict[int, Sums]:
        moment = Moment(day, self.today, day.year, self.calendar)
        known_at = end_of_day(day, self.tz) if day < self.today else None
        code = self.rule.reference
        facts = load_facts(self.conn, self.catalogue, [code], self.rule.centre or None, moment, known_at)
        places = facts[code].within(Period(day, day)) if code in facts else slice(0, 0)
        days = facts[code].days if code in facts else None
        if days is None or places.stop <= places.start:
            return {}
        return {23: (days.numerators[places.start], days.denominators[places.start])}

    @cached_property
    def _restated(self) -> set[date]:
        """Days of which a measure of the KPI was corrected after they had ended."""
        centres = tree(self.conn)
        ids = centres.under_all((self.rule.centre,) if self.rule.centre else ())
        kpi, span = self.catalogue.kpis[self.rule.reference], Period(self.start - timedelta(days=7), self.end)
        definitions = load_definitions(self.conn)
        segments = [s for i in ids for s in definitions.segments(kpi, centres.chain(i), span)]
        wanted = set(terms_of(kpi, segments))
        rows = list_restatements(self.conn, ids, span.start, span.end, limit=MOST_RESTATED)
        late = (row for row in rows if row.at.replace(tzinfo=UTC) > end_of_day(row.day, self.tz))
        return {row.day for row in late if row.measure in wanted}

    def of_row(self, day: date, hour: int) -> Seen | None:
        """What a rule about an indicator saw: the sheet as it stood at the end of the day before; of the last hour,
        of the day itself."""
        as_of = day if hour == 23 else day - ONE_DAY
        if as_of not in self._rows:
            sheet = rows_of(
                self.conn, self.catalogue, self.rule.sheet, as_of, tree(self.conn),
                today=self.today, calendar=self.calendar, tz=self.tz, only=self.rule.reference,
            )  # fmt: skip
            row = sheet.rows.get(self.rule.reference)
            gone = nothing(self.rule, "目标表里没有这个指标")
            self._rows[as_of] = gone if row is None else look_at_row(self.rule, sheet, row, as_of)
        return self._rows[as_of]

    def of_source(self, day: date, hour: int) -> Seen | None:
        """What a rule about a source saw. Days that were filled later don't show as missing any more."""
        at = datetime.combine(day, time(hour, 59), self.tz)
        subject = Subject(f"source:{self.rule.reference}", self.rule.name, "", self.rule.centre)
        if self.rule.kind is AlertKind.MISSING_DAY:
            if hour != 12:
                return None
            return look_at_sources(self.conn, [self.rule], at, self.tz)[self.rule.code]
        ended = [run for run in self._runs if run.ended_at is not None and run.ended_at.replace(tzinfo=UTC) <= at]
        newest = ended[::-1]
        match self.rule.kind:
            case AlertKind.FAILED_PULL:
                known = [run for run in newest if run.state in ("ok", "empty", "failed", "abandoned")]
                return Seen(failures(known, day, None), replace(subject, unit=RUNS))
            case AlertKind.REJECT_SHARE:
                read = next((run for run in newest if run.state == "ok" and run.rows_read), None)
                seen = Observation(None, reason="还没有读到数据") if read is None else reject_share(read)
                return Seen(seen, replace(subject, unit=PERCENT))
        return Seen(self._stale(newest, at), replace(subject, unit=MINUTES))

    def _stale(self, newest: list[RunRow], at: datetime) -> Observation:
        run = next((run for run in newest if run.state == "ok" and run.rows_used), None)
        if run is None or run.ended_at is None:
            return Observation(None, reason="还没有成功拉取过")
        pulled = run.ended_at.replace(tzinfo=UTC).astimezone(self.tz)
        last_day = pulled.date() if run.trigger == "intraday" else pulled.date() - ONE_DAY
        return Observation(stale_minutes(pulled, last_day, at, self.rule.level), day=at.date())

    @cached_property
    def _runs(self) -> list[RunRow]:
        start = datetime.combine(self.start, time(), self.tz) - RUNS_BEFORE
        return runs_between(self.conn, self.rule.reference, start, datetime.combine(self.end, time(23, 59), self.tz))


def _sums(value: KpiValue) -> Sums:
    return value.numerator or 0.0, value.denominator or 0.0


Look = Callable[[date, int], Seen | None]
