"""Corrections of one pull that cancel out: told to nobody, kept on record.

Where a mapping has changed every file is taken again, and of files that give the same day each corrects the one before
until the newest stands as it stood. The rows stay, for “as of” reads the chain of old and new values; but no figure is
another than it was, so none of them counts as a correction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from db.engine import bump_data_version, transact
from db.first_given import CORRECTION
from db.schema import restatements

CANCELLED = "cancelled"
"""``restatements.cause``: changed and changed back within one pull."""
_AT_ONCE = 1000


def cancel_out(engine: Engine, run_ids: Collection[int]) -> Mapping[int, int]:
    """Marks the corrections of these runs after which a total is what it was before the first of them, and returns how
    many of each run no longer count. Raises sqlalchemy.exc.DBAPIError."""
    return transact(engine, lambda conn: _cancel(conn, run_ids))


def _cancel(conn: Connection, run_ids: Collection[int]) -> Mapping[int, int]:
    r = restatements.c
    chains: dict[tuple[Any, ...], list[Any]] = {}
    statement = select(r.id, r.run_id, r.old, r.new, r.centre_id, r.day, r.measure)
    for row in conn.execute(statement.where(r.run_id.in_(run_ids), r.cause == CORRECTION).order_by(r.id)):
        chains.setdefault(tuple(row[4:]), []).append(row)
    gone = [row for chain in chains.values() if _closed(chain) for row in chain]
    for at in range(0, len(gone), _AT_ONCE):
        some = [row.id for row in gone[at : at + _AT_ONCE]]
        conn.execute(update(restatements).where(r.id.in_(some)).values(cause=CANCELLED))
    if gone:
        bump_data_version(conn, None)
    return Counter(row.run_id for row in gone)


def _closed(chain: list[Any]) -> bool:
    """True where each step begins where the one before ended, so that nobody else came between, and the last ends where
    the first began."""
    unbroken = all(before.new == after.old for before, after in zip(chain, chain[1:], strict=False))
    return len(chain) > 1 and unbroken and bool(chain[-1].new == chain[0].old)
