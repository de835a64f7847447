"""What the jobs do. Each method is one turn of one job; an error of a source is recorded in its run, not raised."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date

from sqlalchemy.exc import SQLAlchemyError

from db.engine import transact
from db.errors import explain
from db.meta import get_meta, set_meta
from ingest.mapping import Kind, SourceSpec
from ingest.pull import RunResult, fill_gaps, pull
from product import Product
from scheduler.due import daily_moment, daily_window, intraday_window
from scheduler.leader import NAME
from scheduler.presence import close_dead_runs, give_sign

FINE = ("ok", "empty")
READERS = 2
"""Pulls that may read files at one time: it is work for this machine, and takes memory. A source that only keeps
us waiting (a database, an interface) holds up no other."""
SHOW_EVERY = 3.0
"""Seconds after which what the demo centre has written so far is pulled: the first figures show at once."""

_log = logging.getLogger("hotline.scheduler")


class Work:
    """The jobs' bodies. ``stop`` is asked often: once it is true a pull ends before its next window.

    ``nudge`` has the intraday pulls run now, ``pulled`` the alerts look at what a pull has brought.
    """

    def __init__(
        self,
        product: Product,
        stop: Callable[[], bool],
        nudge: Callable[[], None],
        pulled: Callable[[], None] = lambda: None,
    ) -> None:
        self._product = product
        self._stop = stop
        self._nudge = nudge
        self._pulled = pulled
        self._fresh: set[str] = set()
        self._reading = threading.BoundedSemaphore(READERS)

    def stopping(self) -> bool:
        """True once the jobs are to come to their end."""
        return self._stop()

    def intraday(self, source: SourceSpec) -> None:
        """Pulls what came in today; and again where more was written while it did."""
        window = intraday_window(self._product.local_now(), self._product.settings.pull_daily_at)
        while True:
            self._fresh.discard(source.code)
            self._pull(source, window, "intraday")
            if source.code not in self._fresh or self._stop():
                return

    def catch_up(self, source: SourceSpec) -> None:
        """Runs the daily pull if it has come due and has not been done, then fills gaps."""
        self.daily(source)
        if self._stop():
            return
        product = self._product
        self._tell(
            source,
            fill_gaps(
                product.engine,
                product.config,
                source.code,
                now=product.clock(),
                tz=product.tz,
                base_dir=product.base_dir,
                holder=product.holder,
                stop=self._stop,
            ),
        )

    def daily(self, source: SourceSpec) -> None:
        """Pulls the last days again, once a day: done is what is remembered in the database, across restarts."""
        product, key = self._product, f"daily:{source.code}"
        moment = daily_moment(product.local_now(), product.settings.pull_daily_at).isoformat()
        with product.engine.connect() as conn:
            done = get_meta(conn, key)
        if done is not None and done >= moment:
            return
        results = self._pull(source, daily_window(product.today(), source.repull_days), "daily")
        if not self._stop() and all(result.state in FINE for result in results):
            transact(product.engine, lambda conn: set_meta(conn, key, moment))

    def demo(self) -> None:
        """Writes the demo centre's files up to now, and has them pulled as they come."""
        from ingest.sources.demo import write_steps  # only a demo needs it

        now = self._product.local_now()
        shown, unseen = time.monotonic(), False
        for _paths in write_steps(self._product.base_dir / "inbox", now.date(), now):
            if self._stop():
                return
            unseen = True
            if time.monotonic() - shown >= SHOW_EVERY:
                self._show()
                shown, unseen = time.monotonic(), False
        if unseen:
            self._show()

    def _show(self) -> None:
        """A source that is being pulled at this moment can't be nudged: it looks at ``_fresh`` when it is done."""
        self._fresh.update(source.code for source in self._product.config.sources)
        self._nudge()

    def heartbeat(self) -> None:
        """Tells which process leads, and closes what others left when they died."""
        give_sign(self._product, NAME)
        try:
            close_dead_runs(self._product)
        except SQLAlchemyError as error:
            _log.warning("没能结束已中断的拉取,稍后再试: %s", explain(error))

    def _pull(self, source: SourceSpec, window: tuple[date, date], trigger: str) -> Sequence[RunResult]:
        product = self._product
        with self._reading if source.kind in (Kind.FILES, Kind.ASTERISK) else nullcontext():
            results = pull(
                product.engine,
                product.config,
                source.code,
                window=window,
                trigger=trigger,
                now=product.clock(),
                tz=product.tz,
                base_dir=product.base_dir,
                holder=product.holder,
                stop=self._stop,
            )
        self._tell(source, results)
        return results

    def _tell(self, source: SourceSpec, results: Sequence[RunResult]) -> None:
        if any(result.state != "empty" for result in results):
            self._pulled()
        for result in results:
            what = f"{source.code} {result.name}".rstrip()
            if result.state in FINE:
                counts = (result.rows_read, result.rows_used, result.rows_rejected)
                _log.info("%s: 读 %d 行,用 %d 行,剔除 %d 行", what, *counts)
            else:
                _log.warning("%s: 没有拉取成功(%s): %s", what, result.state, result.error)
