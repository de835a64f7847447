"""Runs the jobs for as long as this process leads, and stands by while another one does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from db.engine import transact
from db.errors import explain
from db.meta import set_meta
from db.store import abandon_dead_runs
from product import Product
from scheduler.jobs import ALERTS, DEMO, HOUSE, INTRADAY, LOOK, POST, REPORTS, Job, executor_of, jobs
from scheduler.leader import EVER_LED, NAME, Leader, leader_for
from scheduler.presence import Presence, close_dead_runs, take_leave
from scheduler.work import Work

POLL = 0.5
"""Seconds between two looks at the lead, both of its holder and of those who stand by."""
STOP_WITHIN = 6.0
"""Seconds a pull is given to come to its end when the process is told to stop."""
RETRY = 5.0
"""Seconds before a database that did not answer is asked again."""
JUMP = 30.0
"""Seconds by which the wall clock may drift from the steady one before the jobs are laid anew."""

_log = logging.getLogger("hotline.scheduler")


def run_scheduler(product: Product, stop: threading.Event, *, leader: Leader | None = None) -> bool:
    """Runs the jobs until ``stop`` is set. True where nothing of it is left running.

    Where it gives False a pull did not end in time: its run is marked abandoned and nothing of it is in the facts
    unless the whole of it is; the caller should then end the process without waiting for threads.
    """
    right = leader or leader_for(product.engine)
    clean = True
    standing_by = False
    with Presence(product):
        while not stop.is_set():
            if not _acquire(right, stop):
                if not standing_by:
                    _log.info("另一个进程正在调度,本进程待命")
                standing_by = True
                stop.wait(POLL)
                continue
            standing_by = False
            try:
                clean = _lead(product, right, stop)
            except SQLAlchemyError as error:
                _log.error("调度中断,稍后重试: %s", explain(error))
                stop.wait(RETRY)
            finally:
                right.release()
    return clean


def _acquire(leader: Leader, stop: threading.Event) -> bool:
    try:
        return leader.acquire()
    except (SQLAlchemyError, OSError) as error:
        _log.error("取不到调度权,稍后重试: %s", explain(error))
        stop.wait(RETRY)
        return False


def _lead(product: Product, leader: Leader, stop: threading.Event) -> bool:
    """Runs the jobs while leading. True where no job is left running."""
    transact(product.engine, lambda conn: set_meta(conn, EVER_LED, product.clock().isoformat()))
    _log.info("本进程开始调度: %s", product.holder)
    close_dead_runs(product)
    halt = threading.Event()
    shift = Shift(product, halt)
    try:
        while not stop.wait(POLL) and leader.held():
            shift.mind_the_clock()
    finally:
        halt.set()
        idle = shift.end(stop)
    if not stop.is_set():
        _log.warning("失去了调度权,转为待命")
    else:
        take_leave(product, NAME)
    return idle


class Shift:
    """One time of leading: an APScheduler with all jobs, from the start to ``end``."""

    def __init__(self, product: Product, halt: threading.Event) -> None:
        self._product = product
        self._work = Work(product, halt.is_set, self._nudge, self._look)
        self._busy = Busy(halt)
        self._watch = ClockWatch(product.clock)
        executors = {HOUSE, DEMO, ALERTS, POST, REPORTS, *(executor_of(source) for source in product.config.sources)}
        self._scheduler = BackgroundScheduler(
            timezone=product.tz,
            executors={name: ThreadPoolExecutor(1) for name in executors},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # A turn that falls due while the one before still runs is left out on purpose: no reason for a warning.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._lay()
        self._scheduler.start()

    def _lay(self) -> None:
        self._scheduler.remove_all_jobs()
        for job in jobs(self._product, self._work, datetime.now(self._product.tz)):
            first = {} if job.first is None else {"next_run_time": job.first}
            self._scheduler.add_job(self._busy.of(job), job.trigger, id=job.code, executor=job.executor, **first)

    def _nudge(self) -> None:
        """Has every intraday pull that is not running run now."""
        for job in self._scheduler.get_jobs():
            if job.id.startswith(INTRADAY):
                job.modify(next_run_time=datetime.now(self._product.tz))

    def _look(self) -> None:
        """Has the alerts look at once at what a pull has brought."""
        job = self._scheduler.get_job(LOOK)
        if job is not None:
            job.modify(next_run_time=datetime.now(self._product.tz))

    def mind_the_clock(self) -> None:
        """Lays all jobs anew where the clock was set: APScheduler would wait for the hour to come round again."""
        jump = self._watch.jump()
        if abs(jump) > JUMP:
            _log.warning("系统时钟跳变 %+.0f 秒,重新安排任务", jump)
            self._lay()

    def end(self, stop: threading.Event) -> bool:
        """Starts nothing more and waits for what runs: up to STOP_WITHIN where the process is to stop."""
        self._scheduler.shutdown(wait=False)
        while not self._busy.idle(timeout=POLL):
            if stop.is_set():
                break
        if self._busy.idle(timeout=STOP_WITHIN):
            return True
        _log.error("%s 秒内没有停下,放弃正在进行的拉取(不会留下半个窗口的数据)", STOP_WITHIN)
        product = self._product
        try:
            abandon_dead_runs(product.engine, lambda holder: holder != product.holder, product.clock())
        except SQLAlchemyError as error:
            _log.error("没能记下放弃的拉取,下次启动时会补记: %s", explain(error))
        return False


class Busy:
    """Counts the jobs that run. Once ``halt`` is set none begins, not even one that was waiting for its turn."""

    def __init__(self, halt: threading.Event) -> None:
        self._halt = halt
        self._running = 0
        self._changed = threading.Condition()

    def of(self, job: Job) -> Callable[[], None]:
        """The job's body, counted, its errors logged: a job that fails has its next turn all the same."""

        def run() -> None:
            with self._changed:
                if self._halt.is_set():
                    return
                self._running += 1
            try:
                job.run()
            except SQLAlchemyError as error:
                _log.error("任务 %s 失败,下次再试: %s", job.code, explain(error))
            except Exception:
                _log.exception("任务 %s 失败,下次再试", job.code)
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

        return run

    def idle(self, timeout: float) -> bool:
        """True as soon as nothing runs, False where something still does after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._running == 0, timeout)


class ClockWatch:
    """Tells when the wall clock was set, by holding it against the steady one."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steady = steady
        self._offset = self._now()

    def _now(self) -> float:
        return self._clock().timestamp() - self._steady()

    def jump(self) -> float:
        """Seconds the wall clock has moved by itself since the last call; negative where it was set back."""
        before, self._offset = self._offset, self._now()
        return self._offset - before
