"""Good rows → sums at the natural key's grain, as DuckDB SQL over the table of typed rows.

A measure is missing (NULL) where the rows it is counted over say nothing of it: the waits of abandoned calls, say.
Sums of seconds and points are exact decimals, rounded once per stored row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kpi.measures import ANSWER_LIMITS, SHORT_LIMITS, STRICT_LIMITS

_ANSWERED, _ABANDONED = "answered", "NOT answered"


@dataclass(frozen=True, slots=True)
class Sum:
    """One measure: ``sql`` aggregates it. Over the rows ``among`` it is only ``known`` where that holds.

    ``known`` empty: always known.
    """

    code: str
    sql: str
    among: str = "true"
    known: str = ""

    @property
    def guarded(self) -> str:
        """The aggregate, NULL where there are rows it is counted over and none of them is known."""
        if not self.known:
            return self.sql
        rows, known = (f"count(*) FILTER (WHERE {text})" for text in (self.among, f"{self.among} AND {self.known}"))
        return f"CASE WHEN {rows} > 0 AND {known} = 0 THEN NULL ELSE {self.sql} END"


def count(code: str, when: str, among: str = "true", known: str = "") -> Sum:
    """A measure that counts the rows ``when``."""
    return Sum(code, f"count(*) FILTER (WHERE {when})", among, known)


def total(code: str, value: str, among: str) -> Sum:
    """A measure that adds ``value`` over the rows ``among`` and is rounded to a whole number."""
    added = f"CAST(coalesce(round(sum({value}) FILTER (WHERE {among}), 0), 0) AS BIGINT)"
    return Sum(code, added, among, f"{value} IS NOT NULL")


def call_sums(columns: Collection[str]) -> Iterator[Sum]:
    """The measures of call rows, by the typed columns there are.

    ``answered`` is NULL for a call that did not ask for a person, or outside opening hours.
    """
    inside = "coalesce(NOT closed, true)" if "closed" in columns else "true"
    yield Sum("offered", "count(answered)")
    yield count("answered", _ANSWERED)
    yield count("abandoned", _ABANDONED)
    if "closed" in columns:
        yield count("closed_calls", "closed")
    if "to_person" in columns or "lost_in_ivr" in columns:
        yield count("entered_ivr", inside)
    if "lost_in_ivr" in columns:
        yield count("lost_in_ivr", f"lost_in_ivr AND {inside}", inside, "lost_in_ivr IS NOT NULL")
    yield from (total(f"{name}_seconds", name, _ANSWERED) for name in ("wait", "talk", "wrap") if name in columns)
    if "recorded" in columns:
        yield count("recorded", "answered AND recorded", _ANSWERED, "recorded IS NOT NULL")
    if "satisfied" in columns:
        yield count("rated_calls", "answered AND satisfied IS NOT NULL")
        yield count("satisfied_calls", "answered AND satisfied")
    if "points" in columns:
        yield Sum("rating_points", total("rating_points", "points", _ANSWERED).sql)
    yield from _missed(columns)
    if "wait" in columns:
        yield from _limits()


def _missed(columns: Collection[str]) -> Iterator[Sum]:
    if "number_known" in columns:
        yield count("missed_with_number", "NOT answered AND number_known", _ABANDONED, "number_known IS NOT NULL")
    if "returned" in columns:
        with_number = "AND coalesce(number_known, false)" if "number_known" in columns else ""
        when = f"NOT answered AND returned {with_number}"
        yield count("missed_returned", when, _ABANDONED, "returned IS NOT NULL")


def _limits() -> Iterator[Sum]:
    known = "wait IS NOT NULL"
    for limit in ANSWER_LIMITS:
        yield count(f"answered_within_{limit}", f"answered AND wait <= {limit}", _ANSWERED, known)
        yield count(f"abandoned_within_{limit}", f"NOT answered AND wait <= {limit}", _ABANDONED, known)
    for limit in STRICT_LIMITS:
        yield count(f"answered_under_{limit}", f"answered AND wait < {limit}", _ANSWERED, known)
    for limit in SHORT_LIMITS:
        yield count(f"abandoned_under_{limit}", f"NOT answered AND wait < {limit}", _ABANDONED, known)


def seat_sums(columns: Collection[str]) -> Iterator[Sum]:
    """The seat measures of answered calls."""
    yield Sum("seat_calls", "count(*)")
    busy = [name for name in ("talk", "wrap") if name in columns]
    if busy:
        seconds = " + ".join(f"coalesce({name}, 0)" for name in busy)
        known = f"coalesce({', '.join(busy)}, NULL) IS NOT NULL"
        yield Sum("seat_busy_seconds", f"CAST(round(sum({seconds}), 0) AS BIGINT)", "true", known)


def key(name: str, columns: Collection[str]) -> str:
    """A text key column: '' where the row has none or the source doesn't tell."""
    return f"coalesce({name}, '') AS {name}" if name in columns else f"'' AS {name}"


def grouped(keys: list[str], sums: list[Sum], source: str, where: str = "true") -> str:
    """The SELECT of sums by keys (each “expression AS name”)."""
    measures = [f"{item.guarded} AS {item.code}" for item in sums]
    places = ", ".join(str(n) for n in range(1, len(keys) + 1))
    return f"SELECT {', '.join([*keys, *measures])} FROM {source} WHERE {where} GROUP BY {places}"


def guards(sums: list[Sum]) -> list[str]:
    """Two counts for each measure that may be unknown: the rows it is counted over, and those that are known."""
    return [
        f"count(*) FILTER (WHERE {text})"
        for item in sums
        if item.known
        for text in (item.among, f"{item.among} AND {item.known}")
    ]
