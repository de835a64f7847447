"""One pull of one source, from start to recorded end: its units one after the other, each in a run of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from db.cancelled import cancel_out
from db.journal import list_runs
from db.pulls import files_failed, newest_start, takes_of
from db.store import CentreRow, fail_run, mark_checked, open_run, sync_centres, sync_source
from ingest.batch import FileTaken
from ingest.config import Config
from ingest.known_files import KnownFiles
from ingest.mapping import EachFile, Kind
from ingest.pull_errors import message
from ingest.pull_unit import Job, Progress, RunResult, close_left_runs, run_unit
from ingest.units import FilesFound, Place, Span, Unit, default_window, file_units, window_units

SET_BACK = timedelta(hours=2)
"""A clock that shows so much less than at the last pull was set back; one that shows less still was wrong before."""
ENOUGH = 3
GIVEN_UP = (
    "连续 {tried} 个时段因同样的原因失败, 其余 {left} 个时段没有再试。改正后再拉取; "
    "来源没有那么早的数据时, 用 --from 从较近的日期开始。"
)
BY_HAND = ("manual", "upload")
"""Triggers of a person who waits for the result: a file that failed is tried again at once."""


def pull(
    engine: Engine,
    config: Config,
    source_code: str,
    *,
    window: Span | None,
    trigger: str,
    now: datetime,
    tz: ZoneInfo,
    base_dir: Path,
    holder: str,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    again: bool = False,
) -> list[RunResult]:
    """Pulls a window (first and last day, inclusive) of a source, or the files it has not given yet.

    ``window`` None: today for the trigger ``intraday``, else the source's last ``repull_days`` too; a source of files
    takes what is new whatever the window. ``now`` aware; ``stop`` is asked between units, each of which is written
    whole or not at all. ``again``: files taken before are taken once more (see ``known_files``).
    What goes wrong with the source or the database becomes a failed result, never an exception.
    Raises KeyError for an unknown source and ValueError for a window upside down or in the future.
    """
    spec = config.source(source_code)
    if window is not None and spec.kind is not Kind.FILES:
        window_units(spec, window, Place(base_dir, now, tz))  # a wrong window is the caller's mistake
    try:
        sync_centres(engine, [CentreRow(c.code, c.name, c.parent) for c in config.centres])
        source_id = sync_source(engine, spec.code, spec.kind, spec.title)
        steady = _not_set_back(engine, source_id, now)
        job = Job(engine, spec, source_id, trigger, Place(base_dir, steady, tz), holder)
        close_left_runs(job)
        return _pull(job, window, progress or (lambda step: None), stop or (lambda: False), again)
    except DBAPIError as error:
        return [RunResult(None, "failed", error=message(error, spec, None), name=spec.code)]


def _not_set_back(engine: Engine, source_id: int, now: datetime) -> datetime:
    """Now, or a little later: while a clock that was set back an hour catches up, time stands still for the pulls.

    Else calls of today would lie in the future, be rejected, and their file be done with.
    """
    with engine.connect() as conn:
        newest = newest_start(conn, source_id)
    latest = newest.replace(tzinfo=UTC) if newest is not None else now
    return latest if timedelta(0) < latest - now <= SET_BACK else now


def _pull(
    job: Job, window: Span | None, progress: Callable[[Progress], None], stop: Callable[[], bool], again: bool
) -> list[RunResult]:
    try:
        found = _files(job, again) if job.spec.kind is Kind.FILES else _windows(job, window)
    except DBAPIError:
        raise
    except Exception as error:
        return [_not_begun(job, error)]
    results = run_units(job, found.units, progress, stop)
    if job.spec.kind is Kind.FILES and any(result.state == "ok" for result in results) and results[-1].run_id:
        results += run_units(job, _overtaken(job), progress, stop)
        results = _without_cancelled(job, results)
    troubles = [*found.left_out.values(), *(result.error for result in results if result.state == "failed")]
    _mark(job, results, [trouble for trouble in troubles if trouble])
    return results


def _without_cancelled(job: Job, results: list[RunResult]) -> list[RunResult]:
    """The results with corrections that a later file of the same pull took back no longer counted. Where the database
    goes just now they stay told of."""
    corrected = [result.run_id for result in results if result.restated and result.run_id is not None]
    if len(corrected) < 2:
        return results
    try:
        gone = cancel_out(job.engine, corrected)
    except DBAPIError:
        return results
    return [replace(one, restated=one.restated - gone.get(one.run_id or 0, 0)) for one in results]


def run_units(
    job: Job, units: Sequence[Unit], progress: Callable[[Progress], None], stop: Callable[[], bool]
) -> list[RunResult]:
    """The units in order, until ``stop``. A database that is gone ends it too, and a source that fails ``ENOUGH`` times
    running for one and the same reason: further windows would fare the same, and each may take the time-out to say so.
    """
    results: list[RunResult] = []
    rows = 0
    for number, unit in enumerate(units, 1):
        if stop():
            break
        progress(Progress(job.spec.code, number, len(units), unit.name, rows, ended=False))
        results.append(run_unit(job, unit))
        rows += results[-1].rows_read
        progress(Progress(job.spec.code, number, len(units), unit.name, rows, ended=True))
        if results[-1].run_id is None:
            break
        if number < len(units) and unit.window is not None and _fail_alike(results[-ENOUGH:]):
            results[-1] = replace(results[-1], warnings=(GIVEN_UP.format(tried=ENOUGH, left=len(units) - number),))
            break
    return results


def _fail_alike(last: Sequence[RunResult]) -> bool:
    """Whether the last pulls all failed for the same reason; each names its own run and days in it."""
    said = [re.sub(r"\d+", "", result.error or "") for result in last if result.state == "failed"]
    return len(said) == ENOUGH and len(set(said)) == 1


def _windows(job: Job, window: Span | None) -> FilesFound:
    span = window or default_window(job.spec, job.trigger, job.place.today)
    return FilesFound(window_units(job.spec, span, job.place), {})


def _known(job: Job) -> KnownFiles:
    with job.engine.connect() as conn:
        return KnownFiles(takes_of(conn, job.source_id), by_name=job.spec.each_file is EachFile.ADDS)


def _overtaken(job: Job) -> list[Unit]:
    """Known files that lie there anew, behind one that was taken just now."""
    known = _known(job)
    return file_units(job.spec, job.place, known, known.overtaken, lambda file: None).units


def _files(job: Job, again: bool) -> FilesFound:
    known = _known(job)
    with job.engine.connect() as conn:
        failed = files_failed(conn, job.source_id)

    def why_not(file: FileTaken) -> str | None:
        known = failed.get((file.sha256, file.mapping_version))
        return known.error if known is not None and not _try_again(job, known.at) else None

    choose = known.all_that_count if again else known.new_ones
    return file_units(job.spec, job.place, known, choose, why_not)


def _try_again(job: Job, failed_at: datetime) -> bool:
    """A file that can't be read is tried once a day, for the program or its settings may have changed meanwhile."""
    return job.trigger in BY_HAND or _local_day(failed_at, job.place.tz) != job.place.today


def _local_day(moment: datetime, tz: ZoneInfo) -> date:
    return moment.replace(tzinfo=UTC).astimezone(tz).date()


def _not_begun(job: Job, error: Exception) -> RunResult:
    """The source could not even say what it has: a failed run without a unit, one a day while it stays so."""
    text = message(error, job.spec, None)
    with job.engine.connect() as conn:
        last = next(iter(list_runs(conn, job.spec.code, limit=1)), None)
    if last is not None and (last.state, last.error) == ("failed", text) and not _try_again(job, last.started_at):
        mark_checked(job.engine, job.source_id, job.clock(), text)
        return RunResult(last.id, "failed", error=text, name=job.spec.code)
    run_id = open_run(job.engine, job.source_id, job.trigger, None, job.clock(), job.holder)
    fail_run(job.engine, run_id, text, job.clock())
    return RunResult(run_id, "failed", error=text, name=job.spec.code)


def _mark(job: Job, results: Sequence[RunResult], troubles: Sequence[str]) -> None:
    """How fresh the source is: a folder that could be listed has answered; and what still waits for somebody."""
    if job.spec.kind is Kind.FILES or not results or any(result.state != "failed" for result in results):
        mark_checked(job.engine, job.source_id, job.clock(), None)
    if troubles:
        more = f"(另有 {len(troubles) - 1} 处)" if len(troubles) > 1 else ""
        mark_checked(job.engine, job.source_id, job.clock(), troubles[0] + more)
