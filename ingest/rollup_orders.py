"""Work orders → sums: each order counts on up to five days, once in each of its roles (see ``rollup``)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ingest.rollup import Sum, count, key


@dataclass(frozen=True, slots=True)
class Role:
    """What an order counts as on one of its days. ``day``: SQL of that DATE; rows without it don't take part."""

    day: str
    sums: tuple[Sum, ...]


def order_keys(columns: Collection[str]) -> list[str]:
    """The key columns beside the day."""
    return ["centre", "anchor", *(key(name, columns) for name in ("department", "channel", "category"))]


def roles(columns: Collection[str]) -> list[Role]:
    """The roles that the typed columns there are can fill."""
    found = [Role("anchor", _accepted(columns))]
    if "dispatched_at" in columns:
        found.append(Role("CAST(dispatched_at AS DATE)", _dispatched(columns)))
    if "due_at" in columns:
        found.append(Role("CAST(due_at AS DATE)", _due(columns)))
    if "closed_at" in columns:
        back = _called_back(columns)
        if back:
            found.append(Role("CAST(closed_at AS DATE)", back))
    if "satisfied" in columns:
        rated = (count("rated_orders", "satisfied IS NOT NULL"), count("satisfied_orders", "satisfied"))
        found.append(Role(rating_day(columns), rated))
    return found


def rating_day(columns: Collection[str]) -> str:
    """SQL of the day a rating counts on: of the call-back; where no such column is mapped, of closing, else anchor."""
    for name in ("called_back_at", "closed_at"):
        if name in columns:
            return f"CAST({name} AS DATE)"
    return "anchor"


def _flag(code: str, name: str, columns: Collection[str]) -> tuple[Sum, ...]:
    return (count(code, name, known=f"{name} IS NOT NULL"),) if name in columns else ()


IN_TIME = (
    "(closed_at <= due_at OR due_at = date_trunc('day', due_at) AND CAST(closed_at AS DATE) <= CAST(due_at AS DATE))"
)
"""Closed by its due time. One that names a day alone (or its midnight) lasts to the end of that day."""


def _accepted(columns: Collection[str]) -> tuple[Sum, ...]:
    found = [Sum("accepted", "count(*)"), *_flag("solved_first", "solved_first", columns)]
    if "closed_at" in columns:
        found.append(count("accepted_closed", "closed_at IS NOT NULL"))
    if "on_time" in columns:
        found.extend(_flag("accepted_on_time", "on_time", columns))
    elif "closed_at" in columns and "due_at" in columns:
        found.append(count("accepted_on_time", IN_TIME, known="due_at IS NOT NULL"))
    return tuple(found)


def _dispatched(columns: Collection[str]) -> tuple[Sum, ...]:
    return (
        Sum("dispatched", "count(*)"),
        *_flag("dispatched_on_time", "dispatch_on_time", columns),
        *_flag("dispatched_right", "dispatched_right", columns),
        *_flag("returned_at_fault", "returned_at_fault", columns),
    )


def _due(columns: Collection[str]) -> tuple[Sum, ...]:
    found = [Sum("due", "count(*)")]
    if "closed_at" in columns:
        found.append(count("closed", "closed_at IS NOT NULL"))
    if "on_time" in columns:
        closed = "on_time AND closed_at IS NOT NULL" if "closed_at" in columns else "on_time"
        found.append(count("closed_on_time", closed, known="on_time IS NOT NULL"))
    elif "closed_at" in columns:
        found.append(count("closed_on_time", IN_TIME))
    return tuple(found)


def _called_back(columns: Collection[str]) -> tuple[Sum, ...]:
    """Every closed order is to be called back, unless a column says which."""
    if not {"to_call_back", "called_back", "called_back_at"} & set(columns):
        return ()
    found = [count("to_call_back", "to_call_back") if "to_call_back" in columns else Sum("to_call_back", "count(*)")]
    due = "to_call_back AND " if "to_call_back" in columns else ""
    if "called_back" in columns:
        found.append(count("called_back", f"{due}called_back", known="called_back IS NOT NULL"))
    elif "called_back_at" in columns:
        found.append(count("called_back", f"{due}called_back_at IS NOT NULL"))
    return tuple(found)
