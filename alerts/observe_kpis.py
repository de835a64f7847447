"""Values of a KPI: of the day, of 24 hours on end, of the week, of the last hour.

All from ``db.answers.evaluate``: what an alert says is what the pages say. Figures within a day are differences of
sums up to a full hour, so each hour stays under the definition that was in force. Each question is asked once for all
centres, however many rules look at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from alerts.seen import Seen, Subject, nothing, of_kpi
from db.answers import NOT_BY_HOUR, evaluate
from db.centres import CentreTree
from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.catalogue import Catalogue
from kpi.compute import conclude
from kpi.model import Ask, Grain, Kpi, KpiValue, NoValue
from kpi.periods import ONE_DAY, Period

RECENT = timedelta(days=3)
"""A day older than this says nothing about now."""

Subjects = frozenset[tuple[str, str]]
"""(centre, KPI) that rules of one kind look at; centre '' for all of them."""
Found = dict[tuple[str, str], KpiValue]


@dataclass
class Figures:
    """The figures at one moment. Rules that want the same share the question. ``now`` is the centre's wall time."""

    conn: Connection
    catalogue: Catalogue
    rules: tuple[AlertRule, ...]
    now: datetime
    _parts: dict[tuple[date, int, Subjects], Found] = field(default_factory=dict)
    _days: Found = field(default_factory=dict)
    _weeks: Found = field(default_factory=dict)
    _by_hour: dict[str, bool] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The centre's day."""
        return self.now.date()

    def _of(self, *kinds: AlertKind) -> Subjects:
        return frozenset((rule.centre, rule.reference) for rule in self.rules if rule.kind in kinds)

    def _ask(self, subjects: Iterable[tuple[str, str]], days: Period, until_hour: int | None = None) -> Found:
        """The value of the whole period, of all centres at once."""
        found: Found = {}
        wanted = sorted(subjects)
        for every in (True, False):
            own = [(centre, code) for centre, code in wanted if (not centre) is every]
            codes = tuple(dict.fromkeys(code for _centre, code in own))
            centres = tuple(dict.fromkeys(centre for centre, _code in own if centre))
            by = Grain.TOTAL if every else Grain.CENTRE
            ask = Ask(codes, centres, days.start, days.end, self.today, by, until_hour=until_hour)
            answer = evaluate(self.conn, self.catalogue, ask).values if own else {}
            found |= {(value.key, code): value for code, values in answer.items() for value in values}
        return found

    def day(self, centre: str, code: str) -> KpiValue:
        """The newest of the last days that has a value; today's reason where none has."""
        if not self._days:
            lacking = self._of(AlertKind.DAY)
            for back in range(RECENT.days + 1):
                day = self.today - timedelta(days=back)
                found = self._ask(lacking, Period(day, day))
                known = {key: value for key, value in found.items() if value.value is not None}
                self._days = found | self._days | known
                lacking = frozenset(lacking - known.keys())
                if not lacking:
                    break
        return self._days[centre, code]

    def week(self, centre: str, code: str) -> KpiValue:
        """This week so far, from Monday."""
        if not self._weeks:
            monday = self.today - timedelta(days=self.today.weekday())
            self._weeks = self._ask(self._of(AlertKind.WEEK), Period(monday, self.today))
        return self._weeks[centre, code]

    def _until(self, subjects: Subjects, centre: str, code: str, day: date, hour: int) -> KpiValue:
        asked = (day, hour, subjects)
        if asked not in self._parts:
            self._parts[asked] = self._ask(subjects, Period(day, day), hour)
        return self._parts[asked][centre, code]

    def _hours(
        self, subjects: Subjects, centre: str, code: str, pieces: Sequence[tuple[date, int, int]]
    ) -> list[KpiValue]:
        """The sums of (day, from hour, to hour); of a piece that is not known its reason."""
        found = []
        for day, start, end in pieces:
            if start >= end:
                continue
            until = self._until(subjects, centre, code, day, end)
            before = self._until(subjects, centre, code, day, start) if start else None
            if not self._known_by_hour(code):
                gone = replace(until, value=None, numerator=None, denominator=None)
                until = replace(gone, reason=NoValue.UNAVAILABLE, detail=NOT_BY_HOUR)
            found.append(_less(until, before))
        return found

    def _known_by_hour(self, code: str) -> bool:
        """True for a KPI of calls alone."""
        if code not in self._by_hour:
            ask = Ask((code,), (), self.today, self.today, self.today, until_hour=24)
            values = evaluate(self.conn, self.catalogue, ask).values[code]
            self._by_hour[code] = all(value.reason is not NoValue.UNAVAILABLE for value in values)
        return self._by_hour[code]

    def last_24_hours(self, centre: str, code: str) -> KpiValue:
        """The 24 full hours that have just ended."""
        yesterday, hour = self.today - ONE_DAY, self.now.hour
        pieces = [(yesterday, hour, 24), (self.today, 0, hour)]
        known = self._hours(self._of(AlertKind.ROLLING_24H), centre, code, pieces)
        missing = next((one for one in known if one.numerator is None), None)
        return missing if missing is not None else self._together(code, known)

    def last_hour(self, centre: str, code: str) -> KpiValue:
        """The last full hour and what the running one has brought."""
        hour = self.now.hour
        before = [(self.today - ONE_DAY, 23, 24)] if hour == 0 else []
        pieces = self._hours(
            self._of(AlertKind.LIVE), centre, code, [*before, (self.today, max(hour - 1, 0), hour + 1)]
        )
        known = [one for one in pieces if one.numerator is not None]
        return self._together(code, known) if known else pieces[-1]

    def _together(self, code: str, pieces: Sequence[KpiValue]) -> KpiValue:
        kpi, last = self.catalogue.kpis[code], pieces[-1]
        top = sum(one.numerator or 0.0 for one in pieces)
        below = None if last.denominator is None else sum(one.denominator or 0.0 for one in pieces)
        period = Period(pieces[0].start, last.end)
        return conclude(kpi, last.formula, period, top, below, days=(len(pieces), len(pieces)))


def _less(until: KpiValue, before: KpiValue | None) -> KpiValue:
    """What the hours after ``before`` brought."""
    if until.numerator is None or before is None or before.numerator is None:
        return until
    below = None if until.denominator is None else until.denominator - (before.denominator or 0.0)
    return replace(until, numerator=until.numerator - before.numerator, denominator=below)


def look_at_kpis(
    conn: Connection, catalogue: Catalogue, centres: CentreTree, rules: Iterable[AlertRule], now: datetime
) -> dict[str, Seen]:
    """What every rule about a KPI sees. ``now`` is the centre's wall time."""
    found: dict[str, Seen] = {}
    own: list[AlertRule] = []
    for rule in rules:
        if rule.reference not in catalogue.kpis:
            found[rule.code] = nothing(rule, f"指标目录里没有“{rule.reference}”,请改正这条规则")
        elif rule.centre and rule.centre not in centres.by_code:
            found[rule.code] = nothing(rule, f"没有中心“{rule.centre}”,请改正这条规则")
        else:
            own.append(rule)
    figures = Figures(conn, catalogue, tuple(own), now)
    places = {centre: centres.by_code[centre].name if centre else "" for centre in {rule.centre for rule in own}}
    found |= {rule.code: _seen(rule, figures, catalogue.kpis[rule.reference], places[rule.centre]) for rule in own}
    return found


def _seen(rule: AlertRule, figures: Figures, kpi: Kpi, place: str) -> Seen:
    match rule.kind:
        case AlertKind.ROLLING_24H:
            value = figures.last_24_hours(rule.centre, kpi.code)
        case AlertKind.WEEK:
            value = figures.week(rule.centre, kpi.code)
        case AlertKind.LIVE:
            value = figures.last_hour(rule.centre, kpi.code)
        case _:
            value = figures.day(rule.centre, kpi.code)
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
