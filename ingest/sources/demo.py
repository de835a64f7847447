"""The demo source (演示数据): a made-up district centre that leaves vendor-style files in an inbox.

The ordinary ``files`` source reads them as it would a real centre's (``demo.yaml`` maps them). Calls come as one
xlsx a day in recent months and as monthly GB18030 CSVs with older headers before that; orders as one CSV a month
that is exported again while its orders close and are called back; sign-in, IVR, quality and money as small books.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from ingest.sources.demo_calls import WHOLE_DAY, calls_of
from ingest.sources.demo_files import Sheet, calls_sheet, orders_sheet, replacing, stacked, write_csv, write_xlsx
from ingest.sources.demo_ledger import days_between, history_sheet, ivr_sheet, money_sheet, quality_sheet, seats_sheet
from ingest.sources.demo_orders import SETTLED_AFTER, orders_of

DEMO_SOURCES_YAML = Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8")
"""A sources.yaml that maps the demo's files; its paths are relative to the folder that holds ``inbox``."""

STATE_FILE = ".demo.json"
DAILY_DAYS = 60
"""Calls and sign-in come as daily files at least this many days back on the first run."""
FILES_A_STEP = 8
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class _Job:
    """One file: what it shows at ``as_of``; ``last_day`` is the last day it covers."""

    path: str
    last_day: date
    as_of: datetime
    sheet: Callable[[], Sheet]
    save: Callable[[Path, Sheet], None]


@dataclass
class _State:
    """What was written up to when, kept beside the files."""

    start: date
    daily_from: date
    written: dict[str, str]

    def wants(self, inbox: Path, job: _Job) -> bool:
        """True where the file is not there, or shows less than it would now. Time going back changes nothing."""
        known = self.written.get(job.path, "")
        return known < job.as_of.isoformat() or not (inbox / job.path).exists()

    def save(self, inbox: Path) -> None:
        """Write the state file, whole or not at all."""
        text = json.dumps({"start": str(self.start), "daily_from": str(self.daily_from), "written": self.written})
        with replacing(inbox / STATE_FILE) as draft:
            draft.write_text(text, encoding="utf-8")


def _load_state(inbox: Path, today: date, start: date | None) -> _State:
    try:
        known = json.loads((inbox / STATE_FILE).read_text(encoding="utf-8"))
        first, daily_from = (date.fromisoformat(known[key]) for key in ("start", "daily_from"))
        return _State(first, daily_from, dict(known["written"]))
    except (OSError, ValueError, KeyError, TypeError):
        first = start or date(today.year - 1, 1, 1)
        if first > today:
            raise ValueError(f"演示数据的开始日 {first} 晚于今天 {today}。请给一个不晚于今天的开始日。") from None
        return _State(first, max(first, (today - timedelta(days=DAILY_DAYS - 1)).replace(day=1)), {})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _months(start: date, end: date) -> list[tuple[date, date]]:
    """The calendar months between two days as (first day, day after the last), the outer ones cut."""
    months = []
    while start < end:
        months.append((start, min(_next_month(start), end)))
        start = _next_month(start)
    return months


def _calls_day(day: date, as_of: datetime) -> Sheet:
    second = WHOLE_DAY if as_of.date() > day else int((as_of - _midnight(day)).total_seconds())
    return calls_sheet(day, calls_of(day).ended_by(second))


def _calls_month(first: date, end: date) -> Sheet:
    return stacked([calls_sheet(day, calls_of(day), old=True) for day in days_between(first, end)])


def _orders_month(first: date, end: date, as_of: datetime) -> Sheet:
    seconds = int((as_of - _EPOCH).total_seconds())
    return stacked([orders_sheet(day, orders_of(day), seconds) for day in days_between(first, end)])


def _save_calls(day: date, path: Path, sheet: Sheet) -> None:
    write_xlsx(path, sheet, "话务明细", day)


def _call_jobs(state: _State, now: datetime) -> Iterator[_Job]:
    for day in days_between(state.daily_from, now.date() + timedelta(days=1)):
        as_of = min(now, _midnight(day + timedelta(days=1)))
        path = f"calls/话务明细_{day:%Y%m%d}.xlsx"
        yield _Job(path, day, as_of, partial(_calls_day, day, as_of), partial(_save_calls, day))
    for first, end in _months(state.start, state.daily_from):
        path = f"calls/话务明细_{first:%Y%m}.csv"
        yield _Job(path, end - timedelta(days=1), _midnight(end), partial(_calls_month, first, end), write_csv)


def _order_jobs(state: _State, now: datetime) -> Iterator[_Job]:
    """The running month is exported every quarter of an hour, earlier ones every night until nothing can change."""
    for first, end in _months(state.start, now.date() + timedelta(days=1)):
        running = _next_month(first) > now.date()
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        exported = quarter if running else _midnight(now.date())
        as_of = min(exported, _midnight(end + SETTLED_AFTER))
        path = f"orders/工单明细_{first:%Y-%m}.csv"
        yield _Job(path, end - timedelta(days=1), as_of, partial(_orders_month, first, end, as_of), write_csv)


def _seat_jobs(state: _State, today: date) -> Iterator[_Job]:
    spans = [(d, d + timedelta(days=1), f"{d:%Y%m%d}") for d in days_between(state.daily_from, today)]
    spans += [(first, end, f"{first:%Y%m}") for first, end in _months(state.start, min(state.daily_from, today))]
    for first, end, label in spans:
        sheet = partial(seats_sheet, days_between(first, end))
        yield _Job(f"seats/座席签入_{label}.csv", end - timedelta(days=1), _midnight(end), sheet, write_csv)


def _book_jobs(state: _State, today: date) -> Iterator[_Job]:
    """One book a year; each holds the days that are over."""
    semicolons = partial(write_csv, encoding="utf-8-sig", delimiter=";")
    for year in range(state.start.year, today.year + 1):
        end = min(today, date(year + 1, 1, 1))
        days = days_between(max(state.start, date(year, 1, 1)), end)
        last, as_of = end - timedelta(days=1), _midnight(end)
        yield _Job(f"ivr/IVR日报_{year}.csv", last, as_of, partial(ivr_sheet, days), semicolons)
        yield _Job(f"quality/质检与投诉_{year}.csv", last, as_of, partial(quality_sheet, days), write_csv)
        yield _Job(f"money/资金台账_{year}.csv", last, as_of, partial(money_sheet, year, end), write_csv)
    year = state.start.year - 1
    history = partial(write_csv, encoding="utf-8-sig")
    new_year = date(year + 1, 1, 1)
    name = f"history/历史月报_{year}.csv"
    yield _Job(name, date(year, 12, 31), _midnight(new_year), partial(history_sheet, year), history)


def write_steps(
    inbox: Path, today: date, now_local: datetime, start: date | None = None
) -> Generator[list[Path], None, None]:
    """Write what is missing, the newest days first, yielding the paths written after each few files.

    ``today`` and ``now_local`` are the centre's local day and wall time; calls that are not over by then are not
    in the files. ``start`` (default: 1 January of the previous year) counts on the first run only. Files are
    replaced whole, and a generator left half-way is taken up by the next call.
    Raises ValueError where ``start`` lies after ``today``.
    """
    day_end = _midnight(today + timedelta(days=1)) - timedelta(seconds=1)
    now = min(now_local.replace(tzinfo=None, microsecond=0), day_end)
    state = _load_state(inbox, today, start)
    jobs = [*_call_jobs(state, now), *_order_jobs(state, now), *_seat_jobs(state, today), *_book_jobs(state, today)]
    jobs = sorted((j for j in jobs if state.wants(inbox, j)), key=lambda job: job.last_day, reverse=True)
    for begin in range(0, len(jobs), FILES_A_STEP):
        paths = [path for job in jobs[begin : begin + FILES_A_STEP] if (path := _write(inbox, job, state))]
        state.save(inbox)
        yield paths


def _write(inbox: Path, job: _Job, state: _State) -> Path | None:
    sheet = job.sheet()
    if not sheet.columns[0]:
        return None
    path = inbox / job.path
    path.parent.mkdir(parents=True, exist_ok=True)
    job.save(path, sheet)
    state.written[job.path] = job.as_of.isoformat()
    return path


def write_until(inbox: Path, today: date, now_local: datetime, start: date | None = None) -> list[Path]:
    """Write what is missing up to now, as ``write_steps`` does, and return all paths written."""
    return [path for paths in write_steps(inbox, today, now_local, start) for path in paths]
