"""First and last day on record of measures in centres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Date, Integer, String, func, select, text

from db.day_memory import extended, remembered
from db.schema import day_totals
from kpi.parts import Span
from kpi.periods import Period

Pair = tuple[int, str]
"""Centre id and measure code."""
Spans = Mapping[Pair, Span]
Known = dict[Pair, Span | None]
"""What was ever asked; None: nothing on record."""

_KEY = "spans"
_PAIR_BYTES = 300


def spans(conn: Connection, asked: Sequence[Pair]) -> Spans:
    """First and last day on record of these measures in these centres; without those that have none."""
    known = remembered(
        conn, _KEY, lambda: dict[Pair, Span | None](), lambda known, days: _moved(conn, known, days), _size
    )
    missing = [pair for pair in asked if pair not in known]
    if missing:
        found = _ends(conn, missing)
        known = known | {pair: found.get(pair) for pair in missing}
        extended(conn, _KEY, known, _size(known))
    return {pair: span for pair in asked if (span := known[pair]) is not None}


def _size(known: Known) -> int:
    return len(known) * _PAIR_BYTES


def _ends(conn: Connection, asked: Sequence[Pair]) -> dict[Pair, Span]:
    """Two look-ups in the key each, however many years."""
    if not asked:
        return {}
    # As text: the key of a compiled statement with hundreds of values is dearer to make than the look-ups themselves.
    pairs = ", ".join(f"(CAST(:c{n} AS INTEGER), CAST(:m{n} AS VARCHAR))" for n in range(len(asked)))
    ends = ", ".join(
        f"(SELECT {end}(day) FROM day_totals WHERE centre_id = wanted.centre AND measure = wanted.measure) AS {end}_day"
        for end in ("min", "max")
    )
    statement = text(f"WITH wanted (centre, measure) AS (VALUES {pairs}) SELECT centre, measure, {ends} FROM wanted")
    typed = statement.columns(centre=Integer, measure=String, min_day=Date, max_day=Date)
    given: dict[str, int | str] = {}
    for n, (centre, measure) in enumerate(asked):
        given |= {f"c{n}": centre, f"m{n}": measure}
    rows = conn.execute(typed, given)
    return {(centre, measure): (first, last) for centre, measure, first, last in rows if first is not None}


def _moved(conn: Connection, known: Known, days: Period) -> Known:
    """What the ends are after the figures of some days have changed."""
    inside, unsure = _inside(conn, known, days), []
    found: Known = {}
    for pair, old in known.items():
        new = inside.get(pair)
        ends = [*(end for end in old or () if not days.start <= end <= days.end), *(new or ())]
        found[pair] = (min(ends), max(ends)) if ends else None
        if old and not new and 0 < len(ends) < 2:
            unsure.append(pair)  # an end that lay in those days is gone: the next one may be anywhere
    if unsure:
        found.update(_ends(conn, unsure))
    return found


def _inside(conn: Connection, asked: Iterable[Pair], days: Period) -> dict[Pair, Span]:
    """First and last day on record within some days."""
    t = day_totals.c
    centres, measures = ({pair[n] for pair in asked} for n in (0, 1))
    statement = (
        select(t.centre_id, t.measure, func.min(t.day), func.max(t.day))
        .where(t.centre_id.in_(centres), t.measure.in_(measures), t.day.between(days.start, days.end))
        .group_by(t.centre_id, t.measure)
    )
    return {(centre, measure): (first, last) for centre, measure, first, last in conn.execute(statement)}
