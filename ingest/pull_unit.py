"""One unit of a pull: a run is opened, the unit read, checked against what was there, written, and the run closed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db.errors import OvertakenError, RunClosedError
from db.facts_write import mended_part
from db.overtaken import refuse_taken
from db.pulls import abandon_left, abandon_run, fail_file, is_disconnect, run_is_written
from db.rejects_write import supersede_alike
from db.runs import MEND
from db.store import Written, commit_batch, fail_run, open_run
from ingest.batch import Batch
from ingest.day_check import add_day_warnings, drop_days
from ingest.mapping import EachFile, SourceSpec
from ingest.mending import substitute_mended
from ingest.pull_errors import is_of_the_file, mask, message
from ingest.units import Place, Unit

log = logging.getLogger(__name__)

COMMIT_TRIES = 3
_PAUSE = 1.0
Guard = Callable[[Connection], None]
STOPPED = "程序被停止, 这次没有写入任何数据。下次拉取会自动补上。"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull is: ``unit`` of ``units`` (from 1) is begun or ended; ``rows`` read so far, all units together."""

    source: str
    unit: int
    units: int
    name: str
    rows: int
    ended: bool


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of one unit. ``run_id`` None: not even a run could be recorded. ``name``: the file or the window.

    ``state``: ok, empty (the source had nothing), failed or abandoned (``error`` says why; nothing was written).
    """

    run_id: int | None
    state: str
    rows_read: int = 0
    rows_used: int = 0
    rows_rejected: int = 0
    restated: int = 0
    error: str | None = None
    warnings: tuple[str, ...] = ()
    name: str = ""


@dataclass(slots=True)
class Job:
    """A pull under way."""

    engine: Engine
    spec: SourceSpec
    source_id: int
    trigger: str
    place: Place
    holder: str

    def clock(self) -> datetime:
        """See ``Place``."""
        return self.place.clock()


@dataclass(frozen=True, slots=True)
class Mended:
    """The rejects that a unit mends: id → the row as it is now. ``part``: the part of the facts it belongs to.

    ``guard`` makes of the batch what is to be asked inside the transaction that writes it.
    """

    part: str
    rows: Mapping[int, Mapping[str, str]]
    guard: Callable[[Batch], Guard]


class _Active:
    """Runs this process is working at: another thread must not take them for left over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opening = 0
        self._ids: set[tuple[str, int]] = set()

    def open(self, job: Job, window: tuple[date, date] | None) -> int:
        """Opens a run and counts it in, so that no moment lies between the two."""
        with self._lock:
            self._opening += 1
        try:
            run_id = open_run(job.engine, job.source_id, job.trigger, window, job.clock(), job.holder)
            with self._lock:
                self._ids.add((str(job.engine.url), run_id))
            return run_id
        finally:
            with self._lock:
                self._opening -= 1

    def remove(self, job: Job, run_id: int) -> None:
        """The run is closed."""
        with self._lock:
            self._ids.discard((str(job.engine.url), run_id))

    def of(self, job: Job) -> set[int] | None:
        """The runs in this database, None while one is being opened."""
        with self._lock:
            return None if self._opening else {run_id for url, run_id in self._ids if url == str(job.engine.url)}


_ACTIVE = _Active()


def close_left_runs(job: Job) -> None:
    """Closes runs of this process that lost the database before they could be closed."""
    abandon_left(job.engine, job.source_id, job.holder, lambda: _ACTIVE.of(job), job.clock())


def run_unit(job: Job, unit: Unit, mended: Mended | None = None) -> RunResult:
    """Reads and writes one unit. Errors become a failed run; only the interruption of the program gets out.

    ``mended``: what the rows of the unit mend, where it is no pull but a mended workbook.
    """
    try:
        run_id = _ACTIVE.open(job, unit.window)
    except DBAPIError as error:
        return RunResult(None, "failed", error=message(error, job.spec, None), name=unit.name)
    try:
        return _work(job, run_id, unit, mended)
    except Exception as error:
        return _failed(job, run_id, unit, error)
    except BaseException:
        with suppress(Exception):
            fail_run(job.engine, run_id, STOPPED, job.clock())
        raise
    finally:
        _ACTIVE.remove(job, run_id)


def _work(job: Job, run_id: int, unit: Unit, mended: Mended | None) -> RunResult:
    batch = unit.read()
    if mended is not None:
        batch.part = mended_part(mended.part, run_id)
        guards = [mended.guard(batch)]
    else:
        guards = [substitute_mended(job.engine, job.spec, job.source_id, batch, job.place), _is_new(job, unit, batch)]
        if batch.file is not None and job.spec.each_file is EachFile.REPLACES_DAYS:
            guards.append(lambda conn: supersede_alike(conn, run_id, job.source_id, batch))
        add_day_warnings(job.engine, job.spec, job.source_id, batch, unit.window)
    written = _commit(job, run_id, batch, mended, guards)
    return RunResult(
        run_id=run_id,
        state="ok" if written.rows_read else "empty",
        rows_read=written.rows_read,
        rows_used=written.rows_used,
        rows_rejected=written.rows_rejected,
        restated=written.restated,
        warnings=tuple(batch.warnings),
        name=unit.name,
    )


def _is_new(job: Job, unit: Unit, batch: Batch) -> Guard:
    """Where another pull has taken a file since this one chose it, it is not written again."""

    def look(conn: Connection) -> None:
        if batch.file is not None:
            refuse_taken(conn, job.source_id, batch.file, unit.known_run)

    return look


def _commit(job: Job, run_id: int, batch: Batch, mended: Mended | None, guards: Sequence[Guard]) -> Written:
    """Writes the batch; again where the connection broke, and without the days that a newer pull has written."""

    def look(conn: Connection) -> None:
        for guard in guards:
            guard(conn)

    for attempt in range(1, COMMIT_TRIES + 1):
        try:
            return commit_batch(
                job.engine,
                run_id,
                job.source_id,
                batch,
                now=job.clock(),
                tz=job.place.tz,
                mended=mended.rows if mended is not None else (),
                guard=look,
            )
        except OvertakenError as error:
            if not error.days or mended is not None or attempt == COMMIT_TRIES:
                raise
            drop_days(batch, error.days, str(error))
        except DBAPIError as error:
            if attempt == COMMIT_TRIES or not is_disconnect(error):
                raise
            time.sleep(_PAUSE * attempt)
        except RunClosedError:
            if attempt == 1 or not _is_written(job, run_id):
                raise
            return Written(batch.rows_read, batch.rows_used, len(batch.rejects), 0, 0)
    raise AssertionError("the last attempt returns or raises")


def _is_written(job: Job, run_id: int) -> bool:
    """The connection may break after the commit and before its answer arrives."""
    with job.engine.connect() as conn:
        return run_is_written(conn, run_id)


def _failed(job: Job, run_id: int, unit: Unit, error: Exception) -> RunResult:
    text = message(error, job.spec, run_id)
    if isinstance(error, RunClosedError):  # by someone who stopped waiting for this process
        return RunResult(run_id, "abandoned", error=text, name=unit.name)
    overtaken = isinstance(error, OvertakenError)
    file = asdict(unit.file) if unit.file is not None else {"name": unit.name} if job.trigger == MEND else None
    try:
        if overtaken:
            abandon_run(job.engine, run_id, text, job.clock())
        elif file is not None:
            fail_file(job.engine, run_id, text, job.clock(), file, remember=is_of_the_file(error))
        else:
            fail_run(job.engine, run_id, text, job.clock())
    except (DBAPIError, RunClosedError) as second:
        log.error("run %s could not be closed: %s", run_id, mask(str(second), job.spec))
    return RunResult(run_id, "abandoned" if overtaken else "failed", error=text, name=unit.name)
