"""The progress of a target sheet on a day: every indicator with its pace in the half-year and the full year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.bindings import load_bindings
from db.engine import data_version
from db.entries import list_entries
from db.sheets import load_sheet, sheet_centre
from kpi.catalogue import Catalogue
from kpi.pace_model import Binding, BoundTo, Entry, Pace, Progress, ProgressRow
from kpi.sheet import Indicator, Project, Sheet
from kpi.status import Status
from kpi.workdays import WorkCalendar
from targets import said
from targets.binding import propose
from targets.pace_base import Moment
from targets.pace_facts import KpiFacts
from targets.pace_load import load_facts
from targets.pace_ratio import Projections
from targets.pace_rows import Known, row_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORST_FIRST = (Status.OUT_OF_REACH, Status.MISSED, Status.AT_RISK)
"""The statuses that call for someone, the worst first."""


@dataclass(frozen=True)
class Opened:
    """A sheet as it stood on a day, with everything its rows are paced from."""

    code: str
    sheet: Sheet
    centre: str | None
    bindings: Mapping[str, Binding]
    known: Known
    known_at: datetime | None
    data_version: int

    def rows(self) -> tuple[ProgressRow, ...]:
        """Every indicator, in the form's order."""
        return tuple(
            row_of(project, indicator, key, self.bindings.get(key), self.known)
            for project, indicator, key in self.sheet.indicators()
        )

    def find(self, key: str) -> tuple[Project, Indicator]:
        """The indicator with this key. Raises KeyError (Chinese)."""
        for project, indicator, one in self.sheet.indicators():
            if one == key:
                return project, indicator
        raise KeyError(f"目标表 {self.code} 没有代码为 {key!r} 的指标。")

    def facts(self, key: str) -> KpiFacts | None:
        """The facts an indicator is bound to, None where it is entered by hand or bound to nothing known."""
        binding = self.bindings.get(key)
        return self.known.facts.get(binding.reference) if binding and binding.bound_to is BoundTo.KPI else None


def progress(
    conn: Connection,
    catalogue: Catalogue,
    sheet_code: str,
    as_of: date,
    *,
    today: date,
    calendar: WorkCalendar,
    tz: ZoneInfo = SHANGHAI,
    min_sample: int = 0,
) -> Progress:
    """The sheet as it stood at the end of ``as_of`` (local time of ``tz``), approved exclusions not left out.

    Only figures of days up to ``as_of``; totals corrected since are taken as they were; entries, and the revision of
    the sheet, as known then (the revision in force now, where there was none yet). What can't be undone: a day that
    was delivered for the first time after ``as_of`` counts with its figures of today, for they belong to a day before;
    bindings, definitions entered with an earlier date and the monthly history are those of now.

    ``min_sample``: fewer events are 样本不足, unless the binding has its own. Raises UnknownSheetError, ValueError for
    a day that has not come.
    """
    opened = open_sheet(
        conn, catalogue, sheet_code, as_of, today=today, calendar=calendar, tz=tz, min_sample=min_sample
    )
    rows = opened.rows()
    counts = _counts(row.due(as_of).status for row in rows)
    return Progress(
        sheet=sheet_code,
        title=opened.sheet.title or opened.sheet.unit,
        year=opened.sheet.year,
        as_of=as_of,
        rows=rows,
        counts=counts,
        sentence=sentence(rows, counts, as_of),
        data_version=opened.data_version,
    )


def open_sheet(
    conn: Connection,
    catalogue: Catalogue,
    sheet_code: str,
    as_of: date,
    *,
    today: date,
    calendar: WorkCalendar,
    tz: ZoneInfo = SHANGHAI,
    min_sample: int = 0,
    only: str | None = None,
) -> Opened:
    """Reads what the rows need; ``only``: of one indicator, by key. Raises like ``progress``."""
    if as_of > today:
        raise ValueError(f"{as_of} 还没有到,请选今天({today})或以前的日期。")
    known_at = end_of_day(as_of, tz) if as_of < today else None
    sheet = load_sheet(conn, sheet_code, known_at=known_at)
    moment = Moment(as_of, today, sheet.year, calendar)
    keys = [key for _project, _indicator, key in sheet.indicators()]
    bindings = _bindings(conn, catalogue, sheet_code, sheet, keys)
    centre = sheet_centre(conn, sheet_code)
    wanted = [bindings[key] for key in keys if key in bindings and only in (None, key)]
    codes = [one.reference for one in wanted if one.bound_to is BoundTo.KPI]
    facts = load_facts(conn, catalogue, codes, centre, moment, known_at)
    entries = _by_key(list_entries(conn, sheet_code, key=only, until=as_of, known_at=known_at))
    known = Known(moment, facts, entries, Projections(moment), min_sample)
    return Opened(sheet_code, sheet, centre, bindings, known, known_at, data_version(conn))


def end_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The last moment of a local day (aware UTC)."""
    following = datetime.combine(day + timedelta(days=1), time(), tz)
    return following.astimezone(UTC) - timedelta(microseconds=1)


def _bindings(
    conn: Connection, catalogue: Catalogue, code: str, sheet: Sheet, keys: Sequence[str]
) -> dict[str, Binding]:
    """What is stored, and proposals (confirmed by nobody) for the rest."""
    stored = load_bindings(conn, code)
    if all(key in stored for key in keys):
        return stored
    return {**propose(sheet, catalogue), **stored}


def _by_key(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.key, []).append(entry)
    return found


def _counts(statuses: Iterable[Status]) -> tuple[tuple[Status, int], ...]:
    found = list(statuses)
    return tuple((status, found.count(status)) for status in Status if status in found)


def sentence(rows: Sequence[ProgressRow], counts: Sequence[tuple[Status, int]], as_of: date) -> str:
    """“19 项中 12 项达标、1 项有风险、6 项无数据;热线话务接通率 95.71 %(目标 ≥96%): 此后每天需 ≥ 96.9 %。”"""
    if not rows:
        return "目标表里没有指标。"
    text = f"{len(rows)} 项中 " + "、".join(f"{number} 项{status.value}" for status, number in counts)
    worst = worst_of(rows, as_of)
    if worst is None:
        return f"{text}。"
    pace = worst.due(as_of)
    goal = pace.target.shown
    shown = "" if pace.value is None else f" {said.held_against(pace.value, worst.unit, pace.target)}"
    return f"{text};最要紧的是{worst.indicator.name}{shown}(目标 {goal}):{pace.said}。"


def worst_of(rows: Sequence[ProgressRow], as_of: date) -> ProgressRow | None:
    """The row that calls for someone first: by status, then by the probability that is left; None where all is well."""
    calling = [row for row in rows if row.due(as_of).status in WORST_FIRST]
    return min(calling, key=lambda row: _urgency(row.due(as_of)), default=None)


def _urgency(pace: Pace) -> tuple[int, float]:
    return WORST_FIRST.index(pace.status), pace.probability if pace.probability is not None else 1.0
