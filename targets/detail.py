"""指标详情: everything about one indicator on a day: its way so far, what it takes, where its figures come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.answers import evaluate
from db.centres import tree
from db.definitions import list_exclusions
from db.entries import list_entries
from db.journal import Provenance, list_restatements, provenance
from kpi.catalogue import Catalogue
from kpi.definitions import BEGINNING, Segment, formula_text
from kpi.exclusions import excluded_hours
from kpi.model import Ask, Kpi, KpiValue
from kpi.pace_model import Binding, BoundTo, Entry, Pace, ProgressRow
from kpi.parts import terms_of
from kpi.periods import Period
from kpi.workdays import WorkCalendar
from targets.detail_paths import FanPoint, Line, burn_down, fan_of, path_of, plan_of, required_path
from targets.findings import Finding, findings
from targets.pace_facts import KpiFacts
from targets.pace_money import money_plan, planned
from targets.pace_rows import row_of
from targets.progress import SHANGHAI, Opened, open_sheet

MOST_RESTATED = 1000


@dataclass(frozen=True, slots=True)
class FormulaSpan:
    """A formula written out and the days it was in force. ``valid_from`` None: since ever. ``mode`` as in
    ``kpi.model.Definition``."""

    text: str
    period: Period
    valid_from: date | None
    mode: str
    note: str
    changed_by: str


@dataclass(frozen=True, slots=True)
class PeriodDetail:
    """One period. ``path``: the value to date at the end of each day on record; ``required``: from as_of on, the
    value to date if just what is required is kept; ``fan``: 80 % interval and middle of the days to come; ``burn``:
    what was left of the allowance at the end of each day, the allowance being that of today; ``plan``: what was
    expected (counts, money). ``excluding``: the figure with approved exclusions left out, None where there are none
    in the period. Percentages are fractions."""

    pace: Pace
    path: Line = ()
    required: Line = ()
    fan: tuple[FanPoint, ...] = ()
    burn: Line = ()
    plan: Line = ()
    excluding: KpiValue | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One indicator. ``by_day``: its own value of each day of the year so far. ``brought``: the runs behind its
    figures, newest first; ``restated``: figures corrected since they were first shown. ``entries`` include revoked
    ones, newest first."""

    row: ProgressRow
    as_of: date
    half: PeriodDetail
    full: PeriodDetail
    by_day: Line
    kpi: Kpi | None
    formulas: tuple[FormulaSpan, ...]
    brought: tuple[Provenance, ...]
    restated: int
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    last_year_reason: str


def detail(
    conn: Connection,
    catalogue: Catalogue,
    sheet_code: str,
    key: str,
    as_of: date,
    *,
    today: date,
    calendar: WorkCalendar,
    tz: ZoneInfo = SHANGHAI,
    min_sample: int = 0,
) -> Detail:
    """Everything about the indicator with this key, as it stood at the end of ``as_of`` (as ``progress`` has it).

    Raises UnknownSheetError, KeyError for an unknown key, ValueError for a day that has not come.
    """
    opened = open_sheet(
        conn, catalogue, sheet_code, as_of, today=today, calendar=calendar, tz=tz, min_sample=min_sample, only=key
    )
    row, place = _row(opened, key)
    facts = opened.facts(key)
    year = Period(opened.known.moment.full.start, as_of) if as_of >= opened.known.moment.full.start else None
    return Detail(
        row=row,
        as_of=as_of,
        half=_period(conn, catalogue, opened, row.half, key, facts),
        full=_period(conn, catalogue, opened, row.full, key, facts),
        by_day=_by_day(facts, year),
        kpi=facts.kpi if facts else None,
        formulas=_formulas(facts, year),
        brought=_brought(conn, opened, facts, year),
        restated=_restated(conn, opened, facts, year),
        entries=tuple(reversed(list_entries(conn, sheet_code, key=key, until=as_of, with_revoked=True))),
        findings=tuple(f for f in findings(opened.sheet) if f.place == place or f.place.startswith(place + "/")),
        last_year_reason=facts.last_year.reason if facts else "",
    )


def _row(opened: Opened, key: str) -> tuple[ProgressRow, str]:
    """The indicator's row, and its place in the sheet as findings name it."""
    project, indicator = opened.find(key)
    part = f".{indicator.part}" if indicator.part > 1 else ""
    row = row_of(project, indicator, key, opened.bindings.get(key), opened.known)
    return row, f"{project.no}/indicator/{indicator.row}{part}"


def _period(
    conn: Connection, catalogue: Catalogue, opened: Opened, pace: Pace, key: str, facts: KpiFacts | None
) -> PeriodDetail:
    moment, binding = opened.known.moment, opened.bindings.get(key)
    if moment.as_of < pace.period.start or binding is None:
        return PeriodDetail(pace)
    entries = opened.known.entries.get(key, ())
    return PeriodDetail(
        pace=pace,
        path=path_of(facts, binding, entries, pace, moment),
        required=required_path(facts, pace, moment),
        fan=fan_of(facts, pace, moment),
        burn=burn_down(facts, pace, moment),
        plan=plan_of(facts, binding, pace, _plan_line(opened, key, binding), moment),
        excluding=_excluding(conn, catalogue, opened, pace.period, facts),
    )


def _plan_line(opened: Opened, key: str, binding: Binding) -> tuple[float, float]:
    project, indicator = opened.find(key)
    plan = money_plan(project, binding.reference) if binding.bound_to is BoundTo.MONEY else None
    return planned(indicator.half, indicator.full, plan)


def _excluding(
    conn: Connection, catalogue: Catalogue, opened: Opened, period: Period, facts: KpiFacts | None
) -> KpiValue | None:
    as_of = opened.known.moment.as_of
    passed = period.until(as_of)
    if facts is None or passed is None:
        return None
    approved = [stored.exclusion for stored in list_exclusions(conn)]
    centres = tree(conn)
    asked = (opened.centre,) if opened.centre else ()
    if not any(excluded_hours(approved, centres.chain(one), passed) for one in centres.under_all(asked)):
        return None
    ask = Ask((facts.kpi.code,), asked, period.start, period.end, as_of, exclude=True)
    return evaluate(conn, catalogue, ask).one(facts.kpi.code)


def _by_day(facts: KpiFacts | None, year: Period | None) -> Line:
    if facts is None or year is None or facts.is_level:
        return ()
    places = facts.within(year)
    return tuple((facts.days.days[i], facts.of_a_day(i)) for i in range(places.start, places.stop))


def _segments(facts: KpiFacts, year: Period) -> list[Segment]:
    """The definitions in force in the year so far."""
    return [
        Segment(Period(max(one.period.start, year.start), one.period.end), one.definition)
        for one in facts.folder.segments
        if one.period.end >= year.start
    ]


def _formulas(facts: KpiFacts | None, year: Period | None) -> tuple[FormulaSpan, ...]:
    if facts is None or year is None:
        return ()
    return tuple(
        FormulaSpan(
            text=formula_text(facts.kpi, one.definition),
            period=one.period,
            valid_from=None if one.definition.valid_from == BEGINNING else one.definition.valid_from,
            mode=one.definition.mode,
            note=one.definition.note,
            changed_by=one.definition.changed_by,
        )
        for one in _segments(facts, year)
    )


def _brought(conn: Connection, opened: Opened, facts: KpiFacts | None, year: Period | None) -> tuple[Provenance, ...]:
    if facts is None or year is None:
        return ()
    measures = terms_of(facts.kpi, _segments(facts, year))
    return tuple(provenance(conn, facts.folder.centres, measures, year.start, year.end))


def _restated(conn: Connection, opened: Opened, facts: KpiFacts | None, year: Period | None) -> int:
    """Corrections of its figures that were known on the day asked as of."""
    if facts is None or year is None:
        return 0
    measures = set(terms_of(facts.kpi, _segments(facts, year)))
    until = opened.known_at.replace(tzinfo=None) if opened.known_at else None
    found = list_restatements(conn, facts.folder.centres, year.start, year.end, limit=MOST_RESTATED, corrections=True)
    return sum(one.measure in measures and (until is None or one.at <= until) for one in found)
