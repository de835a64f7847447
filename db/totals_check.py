"""Do the totals still agree with the facts? For ``doctor``, and to put them right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select

from db.bulk import naive_utc
from db.engine import bump_data_version, transact
from db.facts_write import FactTable
from db.schema import centres, day_totals
from db.totals import TOTAL_FACTS, Change, computed, record_restatements, refresh, same, stored


@dataclass(frozen=True, slots=True)
class TotalDifference:
    """A total that is not what the facts add up to; None: not there."""

    centre: str
    day: date
    measure: str
    stored: float | None
    computed: float | None


def check_totals(conn: Connection) -> list[TotalDifference]:
    """Every total that differs from its facts, by centre, day and measure. Reads all facts: takes seconds."""
    found = []
    codes = {int(id_): code for id_, code in conn.execute(select(centres.c.id, centres.c.code))}
    for fact, centre_id, first, last in _stretches(conn):
        kept = {key: total.value for key, total in stored(conn, fact, centre_id, first, last).items()}
        right = computed(conn, fact, centre_id, first, last)
        for key in sorted(kept.keys() | right.keys()):
            if not same(kept.get(key), right.get(key)):
                centre = codes.get(centre_id, str(centre_id))
                found.append(TotalDifference(centre, *key, kept.get(key), right.get(key)))
    return sorted(found, key=lambda one: (one.centre, one.day, one.measure))


def rebuild_totals(engine: Engine, now: datetime) -> int:
    """Makes every total follow the facts and returns how many were wrong or missing.

    A value put right leaves a restatement without a run. Bumps the data version if anything changed.
    """

    def work(conn: Connection) -> int:
        wrong = check_totals(conn)
        if not wrong:
            return 0
        change = Change(run_id=None, at=naive_utc(now), tz=None)
        ids = {code: int(id_) for id_, code in conn.execute(select(centres.c.id, centres.c.code))}
        days: dict[int, set[date]] = {}
        for one in wrong:
            days.setdefault(ids[one.centre] if one.centre in ids else int(one.centre), set()).add(one.day)
        for fact in TOTAL_FACTS:
            refresh(conn, fact, days, change)
        record_restatements(conn, change)
        bump_data_version(conn, change.days)
        return len(wrong)

    return transact(engine, work)


def _stretches(conn: Connection) -> Iterator[tuple[FactTable, int, date, date]]:
    """Fact, centre and year by year the days there can be something: a year fits the memory easily."""
    for fact in TOTAL_FACTS:
        bounds: dict[int, tuple[date, date]] = {}
        for table in (fact.table, day_totals):
            statement = select(table.c.centre_id, func.min(table.c.day), func.max(table.c.day)).group_by(
                table.c.centre_id
            )
            for centre_id, first, last in conn.execute(statement):
                old = bounds.get(centre_id, (first, last))
                bounds[centre_id] = (min(old[0], first), max(old[1], last))
        for centre_id, (first, last) in sorted(bounds.items()):
            for year in range(first.year, last.year + 1):
                yield fact, centre_id, max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
