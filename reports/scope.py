"""What all sections of a report are asked with: the centre, the days, the sheet, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.answers import evaluate
from db.centres import CentreTree, tree
from db.definitions import load_calendar
from db.sheets import SheetRow, list_sheets
from kpi.catalogue import Catalogue
from kpi.model import Ask, Grain, Kpi, KpiValue
from kpi.pace_model import BoundTo, PaceClass, Progress, ProgressRow
from kpi.periods import ONE_DAY, Period, containing, on_last_year, on_previous
from kpi.showing import Showing
from kpi.status import Status, status_of
from kpi.workdays import WorkCalendar
from reports.errors import ReportError
from reports.model import GRAINS, Kind
from targets.progress import progress


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: of the period that ``day`` lies in, of a centre ('' all) and its target sheet ('' the one there
    is)."""

    kind: Kind
    day: date
    centre: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class House:
    """What reports need of the installation. ``min_sample``: fewer events are 样本不足; ``showing``: how far single
    seats may be named."""

    catalogue: Catalogue
    tz: ZoneInfo
    min_sample: int
    showing: Showing


def last_finished(kind: Kind, today: date) -> Period:
    """The last period of this kind that is over."""
    grain = GRAINS[kind]
    return containing(containing(today, grain).start - ONE_DAY, grain)


def covered(kind: Kind, day: date, today: date) -> tuple[Period, Period]:
    """The calendar unit that ``day`` lies in, and the part of it that a report made today covers: whole days only,
    unless it begins today. Raises ReportError for a day to come."""
    if day > today:
        raise ReportError(f"{day} 还没有到,请选今天({today})或以前的日期。")
    unit = containing(day, GRAINS[kind])
    last = min(unit.end, max(today - ONE_DAY, unit.start)) if unit.end >= today else unit.end
    return unit, Period(unit.start, last)


@dataclass(frozen=True)
class Scope:
    """Everything the sections ask with. ``period``: the days covered, of the calendar unit ``unit``."""

    conn: Connection
    house: House
    kind: Kind
    unit: Period
    period: Period
    today: date
    centre: str
    sheet: SheetRow | None
    centres: CentreTree
    calendar: WorkCalendar

    @property
    def ids(self) -> tuple[int, ...]:
        """The centre's id and those below it."""
        return self.centres.under_all(self.codes)

    @property
    def codes(self) -> tuple[str, ...]:
        """Centre codes to ask for; () is all."""
        return (self.centre,) if self.centre else ()

    @property
    def centre_name(self) -> str:
        """The centre's name; of all centres that of the only one at the top."""
        if self.centre:
            return self.centres.get(self.centre).name
        roots = self.centres.roots()
        return roots[0].name if len(roots) == 1 else "全部中心"

    @cached_property
    def before(self) -> Period:
        """环比: the unit before, cut to a like length."""
        found = on_previous(self.unit, self.period.end)
        assert found is not None  # the period has begun
        return found.before

    @cached_property
    def year_before(self) -> Period:
        """同比: the same days a year before."""
        found = on_last_year(self.unit, self.period.end)
        assert found is not None
        return found.before

    def ask(self, kpis: Iterable[str], period: Period, by: Grain = Grain.TOTAL) -> Mapping[str, tuple[KpiValue, ...]]:
        """Figures of some KPIs over some days, by KPI."""
        question = Ask(tuple(kpis), self.codes, period.start, period.end, period.end, by)
        return evaluate(self.conn, self.house.catalogue, question).values

    def totals(self, kpis: Iterable[str], period: Period) -> dict[str, KpiValue]:
        """The one figure of each KPI."""
        codes = tuple(kpis)
        return {code: found[0] for code, found in self.ask(codes, period).items() if found} if codes else {}

    @cached_property
    def progress(self) -> Progress | None:
        """The sheet as it stood at the end of the period."""
        return self._progress(self.period.end)

    @cached_property
    def progress_before(self) -> Progress | None:
        """The sheet as it stood at the end of the period before; None in another year, or before there was one."""
        last = self.before.end
        return self._progress(last) if self.sheet is not None and last.year == self.sheet.year else None

    def _progress(self, as_of: date) -> Progress | None:
        if self.sheet is None:
            return None
        return progress(
            self.conn,
            self.house.catalogue,
            self.sheet.code,
            as_of,
            today=self.today,
            calendar=self.calendar,
            tz=self.house.tz,
        )

    @cached_property
    def judged(self) -> dict[str, ProgressRow]:
        """The shares and means of the sheet that any stretch of days can be held against, by KPI."""
        rows = self.progress.rows if self.progress is not None else ()
        found: dict[str, ProgressRow] = {}
        for row in rows:
            binding = row.binding
            if binding is None or binding.bound_to is not BoundTo.KPI or binding.pace is not PaceClass.RATIO:
                continue
            if self.kpi(binding.reference) is not None and row.due(self.period.end).target.is_number:
                found.setdefault(binding.reference, row)
        return found

    def kpi(self, code: str) -> Kpi | None:
        """The KPI of this code, if there is one."""
        return self.house.catalogue.kpis.get(code)

    def judge(self, value: KpiValue) -> Status | None:
        """How a stretch of days stands against its indicator's target; None where there is nothing to judge by."""
        row = self.judged.get(value.kpi)
        if row is None or value.value is None:
            return None
        target = row.due(self.period.end).target
        if target.operator is None or target.fraction is None:
            return None
        kpi = self.kpi(value.kpi)
        return status_of(
            value.value,
            target.operator,
            target.fraction,
            sample=kpi.sample_of(value) if kpi else value.denominator,
            min_sample=self.house.min_sample if value.denominator is not None else 0,
        )

    def alarm(self, value: KpiValue) -> Status | None:
        """The status that colours a figure: only one that missed its target."""
        return Status.MISSED if self.judge(value) is Status.MISSED else None

    def moments(self) -> tuple[datetime, datetime]:
        """The first moment of the period and the one after its last, aware."""
        zone = self.house.tz
        first = datetime.combine(self.period.start, time(), zone)
        return first, datetime.combine(self.period.end + timedelta(days=1), time(), zone)


def open_scope(conn: Connection, house: House, wanted: Wanted, today: date) -> Scope:
    """Reads what the sections share. Raises ReportError for a centre or sheet there is not."""
    unit, period = covered(wanted.kind, wanted.day, today)
    centres = tree(conn)
    if wanted.centre and wanted.centre not in centres.by_code:
        raise ReportError(f"没有中心 {wanted.centre!r}。现有: {'、'.join(centres.by_code)}。")
    sheet = _sheet(list_sheets(conn), wanted, period.end.year)
    centre = wanted.centre or (sheet.centre if sheet is not None and sheet.centre else "")
    return Scope(conn, house, wanted.kind, unit, period, today, centre, sheet, centres, load_calendar(conn))


def _sheet(known: Iterable[SheetRow], wanted: Wanted, year: int) -> SheetRow | None:
    """The sheet named, or the one in force for the centre and year; None where the centre has none."""
    rows = list(known)
    if wanted.sheet:
        found = next((one for one in rows if one.code == wanted.sheet), None)
        if found is None:
            raise ReportError(f"没有目标表 {wanted.sheet!r}。现有: {'、'.join(r.code for r in rows) or '(还没有)'}。")
        return found
    in_force = [one for one in rows if one.state == "active" and one.year == year]
    mine = [one for one in in_force if (one.centre or "") == wanted.centre]
    candidates = mine or ([] if wanted.centre else in_force)
    if len(candidates) > 1:
        names = "、".join(one.code for one in candidates)
        raise ReportError(f"{year} 年有多份启用的目标表({names}),请写明用哪一份。")
    return candidates[0] if candidates else None
