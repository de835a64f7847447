"""Notices: short dated texts that people put on the wall. Kept as one fact of the installation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import bump_data_version
from db.meta import get_meta, set_meta

_KEY = "wall_notices"


@dataclass(frozen=True, slots=True)
class Notice:
    """A text shown from ``start`` to ``end`` (both included); ``centre`` '' : everywhere."""

    id: int
    text: str
    start: date
    end: date
    centre: str = ""

    def shows(self, today: date, centre: str) -> bool:
        """True where a wall of this centre ('' all) shows it on this day."""
        return self.start <= today <= self.end and (not centre or self.centre in ("", centre))


def load_notices(conn: Connection) -> tuple[Notice, ...]:
    """All notices, those that begin last first."""
    rows = json.loads(get_meta(conn, _KEY) or "[]")
    days = ("start", "end")
    found = [Notice(**(row | {name: date.fromisoformat(row[name]) for name in days})) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.start, one.id), reverse=True))


def add_notice(conn: Connection, text: str, start: date, end: date, centre: str) -> Notice:
    """Keeps a notice and makes it known. The caller commits."""
    known = load_notices(conn)
    made = Notice(max((one.id for one in known), default=0) + 1, text, start, end, centre)
    _keep(conn, (*known, made))
    return made


def remove_notice(conn: Connection, number: int) -> bool:
    """Takes a notice away; False where there is none of this number. The caller commits."""
    known = load_notices(conn)
    left = [one for one in known if one.id != number]
    if len(left) == len(known):
        return False
    _keep(conn, left)
    return True


def _keep(conn: Connection, notices: Sequence[Notice]) -> None:
    rows = [asdict(one) | {"start": one.start.isoformat(), "end": one.end.isoformat()} for one in notices]
    set_meta(conn, _KEY, json.dumps(rows, ensure_ascii=False))
    bump_data_version(conn, None)
