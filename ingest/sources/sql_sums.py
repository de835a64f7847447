"""The measures as sums in the foreign database: the same ones, with the same gaps, as ``rollup`` makes of rows.

Flags are 1, 0 or NULL; ``c`` are the columns of ``Layers.rows``, or of ``call_groups``.
A test holds these and ``rollup`` against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, null, or_, select, true

from ingest.sources.sql_clock import Element
from ingest.sources.sql_dialect import TimeOfNative
from ingest.sources.sql_fields import number
from kpi.measures import ANSWER_LIMITS, BY_CODE, SHORT_LIMITS, STRICT_LIMITS

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Total:
    """One measure: ``sql`` aggregates it. NULL where ``among`` counts rows and ``known`` none of them.

    ``guard`` names the pair, so that it is counted once however many measures share it.
    """

    code: str
    sql: Element
    guard: str = ""
    among: Element | None = None
    known: Element | None = None


def count(when: Condition) -> Element:
    """How many rows there are ``when``."""
    return func.sum(case((when, number(1)), else_=number(0)))


def _ladder() -> Iterator[tuple[float, bool]]:
    """The limits of waits from the shortest on: (limit, inclusive)."""
    for limit in sorted({*ANSWER_LIMITS, *STRICT_LIMITS, *SHORT_LIMITS}):
        if limit in STRICT_LIMITS or limit in SHORT_LIMITS:
            yield limit, False
        if limit in ANSWER_LIMITS:
            yield limit, True


def _step(wait: Element) -> Element:
    """Twice a wait, brought to the same side of every limit on one of few steps; NULL where it is unknown."""
    whens = [
        (wait <= number(limit) if inclusive else wait < number(limit), number(2 * limit - (not inclusive)))
        for limit, inclusive in _ladder()
    ]
    return case((wait.is_(None), null()), *whens, else_=number(2 * max(ANSWER_LIMITS) + 1))


_ADDED = ("wait", "talk", "wrap", "recorded", "satisfied_", "points", "number_known", "returned", "lost_in_ivr")


def call_groups(rows: Subquery) -> Subquery:
    """Calls counted by hour, outcome and step of wait: some thousands of groups, from which all else is summed.

    ``size`` calls; ``sum_x`` and ``known_x`` of each value. Rows in doubt make one group, whose keys are NULL.
    """
    c = rows.c
    good = c.doubt == number(0)
    keys = [name for name in ("centre", "day", "hour", "queue", "channel", "asked", "closed") if name in c]
    groups: dict[str, Element] = {name: case((good, c[name])) for name in keys}
    if "wait" in c:
        groups["step"] = case((good, _step(c.wait)))
    values: dict[str, Element] = {name: c[name] for name in _ADDED if name in c}
    if "returned" in c and "number_known" in c:
        values["returned"] = case((c.number_known == number(1), c.returned), (c.returned.is_not(None), number(0)))
    columns = [value.label(name) for name, value in groups.items()]
    sums = [func.sum(value).label(f"sum_{name}") for name, value in values.items()]
    known = [func.count(value).label(f"known_{name}") for name, value in values.items()]
    counted = select(*columns, func.count().label("size"), *sums, *known).select_from(rows)
    return counted.group_by(*groups.values()).subquery("g")


def call_totals(c: Any) -> Iterator[Total]:
    """The measures of calls, from the columns of ``call_groups``."""
    answered, missed = c.asked == number(1), c.asked == number(0)
    inside = c.closed == number(0) if "closed" in c else true()

    def calls(when: Condition) -> Element:
        return func.sum(case((when, c.size), else_=number(0)))

    def total(code: str, name: str, among: Condition, guard: str = "") -> Total:
        added = func.sum(case((among, c[f"sum_{name}"])))
        return (
            Total(code, added, guard, calls(among), func.sum(case((among, c[f"known_{name}"]))))
            if guard
            else Total(code, added)
        )

    yield Total("offered", calls(c.asked.is_not(None)))
    yield Total("answered", calls(answered))
    yield Total("abandoned", calls(missed))
    if "closed" in c:
        yield Total("closed_calls", calls(c.closed == number(1)))
    yield from (total(f"{n}_seconds", n, answered, n) for n in ("wait", "talk", "wrap") if f"sum_{n}" in c)
    flags = (("lost_in_ivr", "lost_in_ivr", inside), ("recorded", "recorded", answered))
    missing = (("missed_with_number", "number_known", missed), ("missed_returned", "returned", missed))
    yield from (total(code, name, among, name) for code, name, among in (*flags, *missing) if f"sum_{name}" in c)
    if "sum_satisfied_" in c:
        yield Total("rated_calls", func.sum(case((answered, c.known_satisfied_))))
        yield total("satisfied_calls", "satisfied_", answered)
    if "sum_points" in c:
        yield total("rating_points", "points", answered)
    if "step" in c:
        for outcome, when in (("answered", answered), ("abandoned", missed)):
            known = calls(and_(when, c.step.is_not(None)))
            for limit, inclusive in _ladder():
                code = f"{outcome}_{'within' if inclusive else 'under'}_{limit}"
                if code in BY_CODE:
                    within = c.step <= number(2 * limit - (not inclusive))
                    yield Total(code, calls(and_(when, within)), f"step_{outcome}", calls(when), known)


def entered_ivr(c: Any) -> Total:
    """Calls that entered the IVR: all of them where the source tells which asked for a person."""
    inside = c.closed == number(0) if "closed" in c else true()
    return Total("entered_ivr", func.sum(case((inside, c.size), else_=number(0))))


def seat_totals(c: Any) -> Iterator[Total]:
    """The seat measures of answered calls."""
    yield Total("seat_calls", func.count())
    busy = [c[name] for name in ("talk", "wrap") if name in c]
    if busy:
        seconds = sum((func.coalesce(value, 0) for value in busy[1:]), func.coalesce(busy[0], 0))
        known = or_(*(value.is_not(None) for value in busy))
        yield Total("seat_busy_seconds", func.sum(seconds), "busy", func.count(), count(known))


@dataclass(frozen=True, slots=True)
class Role:
    """What an order counts as on one of its days; orders without that day don't take part."""

    day: Element
    totals: tuple[Total, ...]


def rating_day(c: Any) -> Element:
    """The day a rating counts on: of the call-back; else of closing; else of acceptance."""
    for name in ("called_back_at_day", "closed_at_day"):
        if name in c:
            found: Element = c[name]
            return found
    accepted: Element = c.accepted_at_day
    return accepted


def order_roles(c: Any) -> Iterator[Role]:
    """The roles that the columns there are can fill."""
    yield Role(c.accepted_at_day, tuple(_accepted(c)))
    if "dispatched_at" in c:
        flags = ("dispatch_on_time", "dispatched_right", "returned_at_fault")
        codes = ("dispatched_on_time", "dispatched_right", "returned_at_fault")
        flagged = (_flag(code, c, name) for code, name in zip(codes, flags, strict=True))
        yield Role(c.dispatched_at_day, (Total("dispatched", func.count()), *(t for one in flagged for t in one)))
    if "due_at" in c:
        yield Role(c.due_at_day, tuple(_due(c)))
    if "closed_at" in c and {"to_call_back", "called_back", "called_back_at"} & set(c.keys()):
        yield Role(c.closed_at_day, tuple(_to_call_back(c)))
    if "satisfied_" in c:
        rated, content = count(c.satisfied_.is_not(None)), count(c.satisfied_ == 1)
        yield Role(rating_day(c), (Total("rated_orders", rated), Total("satisfied_orders", content)))


def _flag(code: str, c: Any, name: str) -> Iterator[Total]:
    if name in c:
        yield Total(code, count(c[name] == 1), name, func.count(), func.count(c[name]))


def _in_time(c: Any) -> Condition:
    """Closed by its due time. One that names a day alone (or its midnight) lasts to the end of that day."""
    whole_day = and_(c.due_at == TimeOfNative(c.due_at_day), c.closed_at_day <= c.due_at_day)
    return or_(c.closed_at <= c.due_at, whole_day)


def _accepted(c: Any) -> Iterator[Total]:
    yield Total("accepted", func.count())
    yield from _flag("solved_first", c, "solved_first")
    if "closed_at" in c:
        yield Total("accepted_closed", count(c.closed_at.is_not(None)))
    if "on_time" in c:
        yield from _flag("accepted_on_time", c, "on_time")
    elif "closed_at" in c and "due_at" in c:
        yield Total("accepted_on_time", count(_in_time(c)), "due", func.count(), func.count(c.due_at))


def _due(c: Any) -> Iterator[Total]:
    yield Total("due", func.count())
    if "closed_at" in c:
        yield Total("closed", count(c.closed_at.is_not(None)))
    if "on_time" in c:
        closed = [c.closed_at.is_not(None)] if "closed_at" in c else []
        on_time = count(and_(c.on_time == 1, *closed))
        yield Total("closed_on_time", on_time, "on_time", func.count(), func.count(c.on_time))
    elif "closed_at" in c:
        yield Total("closed_on_time", count(_in_time(c)))


def _to_call_back(c: Any) -> Iterator[Total]:
    """Every closed order is to be called back, unless a column says which."""
    due = [c.to_call_back == 1] if "to_call_back" in c else []
    yield Total("to_call_back", count(and_(*due)) if due else func.count())
    if "called_back" in c:
        back = count(and_(*due, c.called_back == 1))
        yield Total("called_back", back, "called_back", func.count(), func.count(c.called_back))
    elif "called_back_at" in c:
        yield Total("called_back", count(and_(*due, c.called_back_at.is_not(None))))
