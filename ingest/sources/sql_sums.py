"""The measures as sums in the foreign database: the same ones, with the same gaps, as ``rollup`` makes of rows.

Flags are 1, 0 or NULL; ``c`` are the columns of ``Layers.rows``. A test holds these and ``rollup`` against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from ingest.sources.sql_clock import Element
from kpi.measures import ANSWER_LIMITS, SHORT_LIMITS, STRICT_LIMITS

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Total:
    """One measure: ``sql`` aggregates it. NULL where rows are ``among`` and none of them is ``known``.

    ``guard`` names the pair, so that it is counted once however many measures share it.
    """

    code: str
    sql: Element
    guard: str = ""
    among: Condition | None = None
    known: Condition | None = None


def count(when: Condition) -> Element:
    """How many rows there are ``when``."""
    return func.sum(case((when, 1), else_=0))


def _add(value: Element, among: Condition) -> Element:
    return func.sum(case((among, value)))


def call_totals(c: Any) -> Iterator[Total]:
    """The measures of calls."""
    answered, missed = c.asked == 1, c.asked == 0
    inside = c.closed == 0 if "closed" in c else None
    yield Total("offered", func.count(c.asked))
    yield Total("answered", count(answered))
    yield Total("abandoned", count(missed))
    if "closed" in c:
        yield Total("closed_calls", count(c.closed == 1))
    if "to_person" in c or "lost_in_ivr" in c:
        yield Total("entered_ivr", func.count() if inside is None else count(inside))
    if "lost_in_ivr" in c:
        within = c.lost_in_ivr.is_not(None) | c.lost_in_ivr.is_(None) if inside is None else inside
        lost = c.lost_in_ivr == 1 if inside is None else and_(c.lost_in_ivr == 1, inside)
        yield Total("lost_in_ivr", count(lost), "lost_in_ivr", within, c.lost_in_ivr.is_not(None))
    for name in ("wait", "talk", "wrap"):
        if name in c:
            yield Total(f"{name}_seconds", _add(c[name], answered), name, answered, c[name].is_not(None))
    if "recorded" in c:
        recorded = and_(answered, c.recorded == 1)
        yield Total("recorded", count(recorded), "recorded", answered, c.recorded.is_not(None))
    if "satisfied_" in c:
        yield Total("rated_calls", count(and_(answered, c.satisfied_.is_not(None))))
        yield Total("satisfied_calls", count(and_(answered, c.satisfied_ == 1)))
    if "points" in c:
        yield Total("rating_points", _add(c.points, answered))
    yield from _missed(c, missed)
    if "wait" in c:
        yield from _limits(c.wait, answered, missed)


def _missed(c: Any, missed: Condition) -> Iterator[Total]:
    if "number_known" in c:
        with_number = and_(missed, c.number_known == 1)
        yield Total("missed_with_number", count(with_number), "number", missed, c.number_known.is_not(None))
    if "returned" in c:
        back = [missed, c.returned == 1] + ([c.number_known == 1] if "number_known" in c else [])
        yield Total("missed_returned", count(and_(*back)), "returned", missed, c.returned.is_not(None))


def _limits(wait: Element, answered: Condition, missed: Condition) -> Iterator[Total]:
    known = wait.is_not(None)
    for limit in ANSWER_LIMITS:
        yield Total(f"answered_within_{limit}", count(and_(answered, wait <= limit)), "wait", answered, known)
        yield Total(f"abandoned_within_{limit}", count(and_(missed, wait <= limit)), "lost_wait", missed, known)
    for limit in STRICT_LIMITS:
        yield Total(f"answered_under_{limit}", count(and_(answered, wait < limit)), "wait", answered, known)
    for limit in SHORT_LIMITS:
        yield Total(f"abandoned_under_{limit}", count(and_(missed, wait < limit)), "lost_wait", missed, known)


def seat_totals(c: Any) -> Iterator[Total]:
    """The seat measures of answered calls."""
    yield Total("seat_calls", func.count())
    busy = [c[name] for name in ("talk", "wrap") if name in c]
    if busy:
        seconds = sum((func.coalesce(value, 0) for value in busy[1:]), func.coalesce(busy[0], 0))
        known = or_(*(value.is_not(None) for value in busy))
        yield Total("seat_busy_seconds", func.sum(seconds), "busy", c.asked == 1, known)


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
        yield Total(code, count(c[name] == 1), name, c.accepted_at.is_not(None), c[name].is_not(None))


def _accepted(c: Any) -> Iterator[Total]:
    every = c.accepted_at.is_not(None)
    yield Total("accepted", func.count())
    yield from _flag("solved_first", c, "solved_first")
    if "closed_at" in c:
        yield Total("accepted_closed", count(c.closed_at.is_not(None)))
    if "on_time" in c:
        yield from _flag("accepted_on_time", c, "on_time")
    elif "closed_at" in c and "due_at" in c:
        yield Total("accepted_on_time", count(c.closed_at <= c.due_at), "due", every, c.due_at.is_not(None))


def _due(c: Any) -> Iterator[Total]:
    yield Total("due", func.count())
    if "closed_at" in c:
        yield Total("closed", count(c.closed_at.is_not(None)))
    if "on_time" in c:
        closed = [c.closed_at.is_not(None)] if "closed_at" in c else []
        on_time = count(and_(c.on_time == 1, *closed))
        yield Total("closed_on_time", on_time, "on_time", c.accepted_at.is_not(None), c.on_time.is_not(None))
    elif "closed_at" in c:
        yield Total("closed_on_time", count(c.closed_at <= c.due_at))


def _to_call_back(c: Any) -> Iterator[Total]:
    """Every closed order is to be called back, unless a column says which."""
    due = [c.to_call_back == 1] if "to_call_back" in c else []
    yield Total("to_call_back", count(and_(*due)) if due else func.count())
    every = c.accepted_at.is_not(None)
    if "called_back" in c:
        back = count(and_(*due, c.called_back == 1))
        yield Total("called_back", back, "called_back", every, c.called_back.is_not(None))
    elif "called_back_at" in c:
        yield Total("called_back", count(and_(*due, c.called_back_at.is_not(None))))
