"""Values of a KPI: of the day, of 24 hours on end, of the week, of the last hour.

All from ``db.answers.evaluate``: what an alert says is what the pages say. Figures within a day are differences of
sums up to a full hour, so each hour stays under the definition that was in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from alerts.seen import Seen, Subject, nothing, of_kpi
from db.answers import evaluate
from db.centres import CentreTree
from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.catalogue import Catalogue
from kpi.compute import conclude
from kpi.model import Ask, Grain, Kpi, KpiValue, NoValue
from kpi.periods import ONE_DAY, Period

RECENT = timedelta(days=3)
"""A day older than this says nothing about now."""
BY_HOUR = (AlertKind.ROLLING_24H, AlertKind.LIVE)


@dataclass
class Figures:
    """The figures of one centre at one moment, each asked once for all of its rules that want it.

    ``now`` is the centre's wall time.
    """

    conn: Connection
    catalogue: Catalogue
    centre: str
    rules: tuple[AlertRule, ...]
    now: datetime
    _hours: dict[int, dict[str, tuple[KpiValue, ...]]] = field(default_factory=dict)
    _days: dict[str, tuple[KpiValue, ...]] | None = None
    _week: dict[str, tuple[KpiValue, ...]] | None = None

    @property
    def today(self) -> date:
        """The centre's day."""
        return self.now.date()

    def _ask(
        self, kinds: tuple[AlertKind, ...], start: date, by: Grain, until_hour: int | None = None
    ) -> dict[str, tuple[KpiValue, ...]]:
        codes = tuple(dict.fromkeys(rule.reference for rule in self.rules if rule.kind in kinds))
        centres = (self.centre,) if self.centre else ()
        ask = Ask(codes, centres, start, self.today, self.today, by, until_hour=until_hour)
        return dict(evaluate(self.conn, self.catalogue, ask).values)

    def day(self, code: str) -> KpiValue:
        """The newest of the last days that has a value; today's reason where none has."""
        if self._days is None:
            self._days = self._ask((AlertKind.DAY,), self.today - RECENT, Grain.DAY)
        days = self._days[code]
        return next((value for value in reversed(days) if value.value is not None), days[-1])

    def week(self, code: str) -> KpiValue:
        """This week so far, from Monday."""
        if self._week is None:
            monday = self.today - timedelta(days=self.today.weekday())
            self._week = self._ask((AlertKind.WEEK,), monday, Grain.TOTAL)
        return self._week[code][0]

    def hours(self, code: str, pieces: Sequence[tuple[date, int, int]]) -> list[KpiValue]:
        """The sums of (day, from hour, to hour) of yesterday and today; of a piece that is not known its reason."""
        return [self._piece(code, *piece) for piece in pieces if piece[1] < piece[2]]

    def _piece(self, code: str, day: date, start: int, end: int) -> KpiValue:
        until = self._by_hour(code, end, day)
        before = self._by_hour(code, start, day) if start else None
        if until.numerator is None or before is None or before.numerator is None:
            return until
        below = None
        if until.denominator is not None:
            below = until.denominator - (before.denominator or 0.0)
        return replace(until, numerator=until.numerator - before.numerator, denominator=below)

    def _by_hour(self, code: str, hour: int, day: date) -> KpiValue:
        if hour not in self._hours:
            self._hours[hour] = self._ask(BY_HOUR, self.today - ONE_DAY, Grain.DAY, hour)
        return next(value for value in self._hours[hour][code] if value.start == day)

    def last_24_hours(self, code: str) -> KpiValue:
        """The 24 full hours that have just ended."""
        yesterday, hour = self.today - ONE_DAY, self.now.hour
        pieces = self.hours(code, [(yesterday, hour, 24), (self.today, 0, hour)])
        missing = next((one for one in pieces if one.numerator is None), None)
        return missing if missing is not None else self._together(code, pieces)

    def last_hour(self, code: str) -> KpiValue:
        """The last full hour and what the running one has brought."""
        hour = self.now.hour
        before = [(self.today - ONE_DAY, 23, 24)] if hour == 0 else []
        pieces = self.hours(code, [*before, (self.today, max(hour - 1, 0), hour + 1)])
        known = [one for one in pieces if one.numerator is not None]
        return self._together(code, known) if known else pieces[-1]

    def _together(self, code: str, pieces: Sequence[KpiValue]) -> KpiValue:
        kpi, last = self.catalogue.kpis[code], pieces[-1]
        top = sum(one.numerator or 0.0 for one in pieces)
        below = None if last.denominator is None else sum(one.denominator or 0.0 for one in pieces)
        period = Period(pieces[0].start, last.end)
        return conclude(kpi, last.formula, period, top, below, days=(len(pieces), len(pieces)))


def look_at_kpis(
    conn: Connection, catalogue: Catalogue, centres: CentreTree, rules: Iterable[AlertRule], now: datetime
) -> dict[str, Seen]:
    """What every rule about a KPI sees. ``now`` is the centre's wall time."""
    found: dict[str, Seen] = {}
    by_centre: dict[str, list[AlertRule]] = {}
    for rule in rules:
        if rule.reference not in catalogue.kpis:
            found[rule.code] = nothing(rule, f"指标目录里没有“{rule.reference}”,请改正这条规则")
        elif rule.centre and rule.centre not in centres.by_code:
            found[rule.code] = nothing(rule, f"没有中心“{rule.centre}”,请改正这条规则")
        else:
            by_centre.setdefault(rule.centre, []).append(rule)
    for centre, own in by_centre.items():
        figures = Figures(conn, catalogue, centre, tuple(own), now)
        place = centres.by_code[centre].name if centre else ""
        found |= {rule.code: _seen(rule, figures, catalogue.kpis[rule.reference], place) for rule in own}
    return found


def _seen(rule: AlertRule, figures: Figures, kpi: Kpi, place: str) -> Seen:
    match rule.kind:
        case AlertKind.ROLLING_24H:
            value = figures.last_24_hours(kpi.code)
        case AlertKind.WEEK:
            value = figures.week(kpi.code)
        case AlertKind.LIVE:
            value = figures.last_hour(kpi.code)
        case _:
            value = figures.day(kpi.code)
    subject = Subject(
        subject_key(kpi.code, rule.centre), kpi.name, kpi.unit.value, rule.centre, place, kpi.code,
        (value.start, min(value.end, figures.today)),
    )  # fmt: skip
    if value.reason is NoValue.ZERO_DENOMINATOR and rule.kind is AlertKind.LIVE:
        return Seen(Observation(None, reason="最近一小时没有来电", day=figures.today), subject)
    return Seen(of_kpi(value), subject)


def subject_key(kpi: str, centre: str) -> str:
    """The same for every rule about this KPI of this centre, whatever it watches."""
    return f"kpi:{kpi}@{centre}"
