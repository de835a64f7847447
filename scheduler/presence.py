"""Signs of life: which processes still work on this database, so that the runs of dead ones can be closed."""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import datetime, timedelta
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import transact
from db.errors import explain
from db.locks import beat, forget, list_leases
from db.runs import abandon_dead_runs
from process import is_here, is_running
from product import Product

BEAT_EVERY = 30.0
"""Seconds between two signs of life."""
ALIVE_FOR = timedelta(minutes=3)
"""How long a sign of life is believed."""

_log = logging.getLogger("hotline.scheduler")


class Presence:
    """Gives signs of life of this process from a thread of its own, from ``with`` to the end of the block."""

    def __init__(self, product: Product) -> None:
        self._product = product
        digest = hashlib.sha256(product.holder.encode()).hexdigest()
        self._lease = f"process-{digest[:40]}"
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._work, name="presence", daemon=True)

    def start(self) -> None:
        """Gives the first sign of life now, and more until the process ends."""
        give_sign(self._product, self._lease)
        self._thread.start()

    def __enter__(self) -> Presence:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._gone.set()
        self._thread.join(timeout=2)
        take_leave(self._product, self._lease)

    def _work(self) -> None:
        while not self._gone.wait(BEAT_EVERY):
            give_sign(self._product, self._lease)


def give_sign(product: Product, lease: str) -> None:
    """One sign of life under this name. A database that can't be written is logged, not raised."""
    try:
        transact(product.engine, lambda conn: beat(conn, lease, product.holder, product.clock() + ALIVE_FOR))
    except SQLAlchemyError as error:
        _log.warning("写不了心跳: %s", explain(error))


def take_leave(product: Product, lease: str) -> None:
    """Ends the lease of this name, so that nobody waits for it to run out."""
    try:
        transact(product.engine, lambda conn: forget(conn, lease, product.holder))
    except SQLAlchemyError as error:
        _log.warning("收不回心跳: %s", explain(error))


def close_dead_runs(product: Product) -> int:
    """Closes the runs that processes left which are no more, and returns how many. A run of this very process still
    counts as alive: a person may be uploading a file in it. Raises SQLAlchemyError."""

    def alive(holder: str) -> bool:
        return holder == product.holder or is_alive(product.engine, holder, product.clock())

    return abandon_dead_runs(product.engine, alive, product.clock())


def is_alive(engine: Engine, holder: str, now: datetime) -> bool:
    """True where the process of this name still works: asked of the system here, of its signs of life elsewhere.

    ``now`` is aware UTC.
    """
    if is_here(holder):
        return is_running(holder)
    with engine.connect() as conn:
        fresh = [lease for lease in list_leases(conn) if lease.expires_at > now.replace(tzinfo=None)]
    return any(lease.holder == holder for lease in fresh)
