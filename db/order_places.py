"""The places of work orders: each department, channel and category met together has one number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from db.bulk import bulk_insert
from db.schema import order_places

Place = tuple[str, str, str]
"""(department, channel, category)."""
NAMES = ("department", "channel", "category")
_AT_ONCE = 500


def place_ids(conn: Connection, places: Sequence[Place]) -> list[int]:
    """Their numbers; new ones are given to those that have none. Inside a write transaction."""
    p = order_places.c
    known: dict[Place, int] = {}
    departments = sorted({place[0] for place in places})
    for start in range(0, len(departments), _AT_ONCE):
        ours = p.department.in_(departments[start : start + _AT_ONCE])
        rows = conn.execute(select(p.department, p.channel, p.category, p.id).where(ours))
        known |= {(department, channel, category): number for department, channel, category, number in rows}
    new = sorted(set(places) - known.keys())
    if new:
        last = int(conn.scalar(select(func.max(p.id))) or 0)
        known |= {place: number for number, place in enumerate(new, last + 1)}
        columns = {name: [place[at] for place in new] for at, name in enumerate(NAMES)}
        bulk_insert(conn, order_places, {"id": [known[place] for place in new], **columns})
    return [known[place] for place in places]


def places_of(conn: Connection, ids: Iterable[int]) -> dict[int, Place]:
    """The places that have these numbers."""
    p, wanted = order_places.c, sorted(set(ids))
    found: dict[int, Place] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        ours = p.id.in_(wanted[start : start + _AT_ONCE])
        for number, *texts in conn.execute(select(p.id, p.department, p.channel, p.category).where(ours)):
            found[number] = (texts[0], texts[1], texts[2])
    return found
