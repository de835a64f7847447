"""Why a total of a day that had ended changed: it was corrected, or a source gave that day for the first time.

Several sources add to one centre's day. The first to arrive makes a total, the next makes another of it without
having corrected anything: growth. It is kept as the corrections are, so that what was printed in between can be
explained and looked up again, and told in one line a source and measure instead of one a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, func, select

from db.coded import Coded
from db.facts_write import Days, FactTable, Part, within
from db.schema import centres as centres_table
from db.schema import restatements, runs, sources

CORRECTION = ""
FIRST_GIVEN = "first_given"
"""``restatements.cause``: a source gave the day for the first time, or for the first time since it had ended."""
ONE_DELIVERY = timedelta(hours=1)
"""What sources give of a day within this time of each other is one delivery: nobody was told the first part alone."""


def last_given(
    conn: Connection, fact: FactTable, rows: Coded, ids: Mapping[str, int], days: Days, part: Part
) -> dict[tuple[int, date], datetime]:
    """When (naive UTC) the source last gave what the part is about to replace, by centre and day; else absent.

    ``days``: the anchor days written, ``rows`` what is written. A work order counts on other days than that of its
    acceptance: an acceptance day that is given again corrects what it counts on now (a late rating) as well as what
    it counted on; one that is given for the first time replaces nothing there, whatever other ones gave.
    """
    table = fact.table
    anchor = table.c[fact.anchor].label("given_as")
    newest: dict[tuple[int, date], int] = {}
    of_anchor: dict[tuple[int, date], int] = {}
    for condition in within(table, fact.anchor, days):
        where = (part.older(table), condition)
        if fact.anchor == "day":
            newest_run = select(table.c.centre_id, table.c.day, anchor, func.max(table.c.run_id))
            statement = newest_run.where(*where).group_by(table.c.centre_id, table.c.day)
        else:  # one row a day and acceptance day already; to group them SQLite would walk through all its days
            statement = select(table.c.centre_id, table.c.day, anchor, table.c.run_id).where(*where)
        for centre_id, day, given_as, run_id in conn.execute(statement):
            newest[centre_id, day] = max(run_id, newest.get((centre_id, day), 0))
            of_anchor[centre_id, given_as] = max(run_id, of_anchor.get((centre_id, given_as), 0))
    if not newest:
        return {}
    for centre_id, day, given_as in _counted(rows, ids, fact.anchor):
        if (run_id := of_anchor.get((centre_id, given_as), 0)) > newest.get((centre_id, day), 0):
            newest[centre_id, day] = run_id
    return _moments(conn, newest)


def _counted(rows: Coded, ids: Mapping[str, int], anchor: str) -> Iterator[tuple[int, date, date]]:
    """The centres, days and anchor days that occur together in rows whose anchor is another day than their own."""
    if anchor == "day" or not len(rows):
        return
    centre, day, given_as = rows.centre_ids(ids), rows.column("day"), rows.column(anchor)
    of_day = len(given_as.values)
    of_centre = of_day * len(day.values)
    for found in np.unique(centre.places * of_centre + day.places * of_day + given_as.places).tolist():
        in_centre = found % of_centre
        yield centre.values[found // of_centre], day.values[in_centre // of_day], given_as.values[in_centre % of_day]


def _moments(conn: Connection, newest: Mapping[tuple[int, date], int]) -> dict[tuple[int, date], datetime]:
    first, last = min(newest.values()), max(newest.values())
    ends = select(runs.c.id, runs.c.ended_at).where(runs.c.id.between(first, last), runs.c.ended_at.isnot(None))
    ended = {run_id: ended_at for run_id, ended_at in conn.execute(ends)}
    return {place: ended[run_id] for place, run_id in newest.items() if run_id in ended}


@dataclass(frozen=True, slots=True)
class Growth:
    """What a source added to one measure of a centre with the days that it first gave on one day (by UTC).

    ``days``: how many days grew, of those first..last; ``added``: by how much, all of them together. ``run_id`` and
    ``at`` (naive UTC): of the last pull that did so.
    """

    source: str
    centre: str
    centre_name: str
    measure: str
    first: date
    last: date
    days: int
    added: float
    run_id: int
    at: datetime


def list_growth(
    conn: Connection,
    centres: Sequence[int] | None = None,
    start: date | None = None,
    end: date | None = None,
    limit: int = 50,
) -> list[Growth]:
    """Growth, newest first; of some centres (ids) and of figures of the days start..end (inclusive)."""
    r, c = restatements.c, centres_table.c
    place = (sources.c.code, sources.c.title, c.code, c.name, r.measure)
    newest = func.max(r.run_id)
    added = func.sum(func.coalesce(r.new, 0.0) - func.coalesce(r.old, 0.0))
    statement = (
        select(*place, func.min(r.day), func.max(r.day), func.count(r.day.distinct()), added, newest, func.max(r.at))
        .join_from(restatements, centres_table)
        .join(runs, runs.c.id == r.run_id)
        .join(sources, sources.c.id == runs.c.source_id)
        .where(r.cause == FIRST_GIVEN)
        .group_by(*place, func.date(r.at))
    )
    if centres is not None:
        statement = statement.where(r.centre_id.in_(centres))
    if start is not None:
        statement = statement.where(r.day >= start)
    if end is not None:
        statement = statement.where(r.day <= end)
    found = conn.execute(statement.order_by(newest.desc(), c.code, r.measure).limit(limit))
    return [Growth(title or code, *more) for code, title, *more in found]
