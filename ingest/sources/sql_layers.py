"""The two subselects every sum is made from: typed values of the window's rows, then what follows from them.

Each is fenced off where the database would otherwise compute the same expression once for every sum that uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, true

from ingest.mapping import MomentField, OpeningHours, RatingField, Shape, SourceSpec
from ingest.sources.sql_clock import Element, Holds
from ingest.sources.sql_dialect import DayOf, HourOf, MinuteOf, WeekdayOf
from ingest.sources.sql_fields import EARLIEST, Typed, number, satisfied
from ingest.sources.sql_source import Found

ANCHORS = {Shape.CALLS: "asked_at", Shape.ORDERS: "accepted_at", Shape.DAYS: "day"}
"""The moment by which a row belongs to a window."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The statements of one window. ``start``…``end``: local days, both included."""

    typed: Typed
    spec: SourceSpec
    anchor: str
    start: date
    end: date

    @property
    def found(self) -> Found:
        """The column of the anchor."""
        field = self.spec.mapping.get(self.anchor)
        assert isinstance(field, MomentField)
        return self.typed.source.cells[field.cell]

    def values(self, *more: Element) -> Subquery:
        """The typed values of the rows whose raw anchor lies in or near the window; an index of it can be used."""
        columns = [value.label(name) for name, value in self.typed.values.items()]
        clock, found = self.typed.clock, self.found
        margin = timedelta(days=1 if clock.by_day(found.holds) and self._shifted else 0)
        first, last = clock.raw(_midnight(self.start - margin), found.holds), self._raw_end(margin)
        chosen = select(*columns, *more).select_from(self.typed.source.relation)
        return _fenced(chosen.where(found.sql >= first, found.sql < last), clock.dialect.name).subquery("v")

    @property
    def _shifted(self) -> bool:
        return self.typed.clock.source is not None or self.found.holds is Holds.ZONED

    def _raw_end(self, margin: timedelta) -> Any:
        return self.typed.clock.raw(_midnight(self.end + margin + timedelta(days=1)), self.found.holds)

    def inside(self, c: Any) -> ColumnElement[bool]:
        """Whether a row of ``values`` belongs to the window."""
        constant = self.typed.clock.constant
        first, last = constant(_midnight(self.start)), constant(_midnight(self.end + timedelta(days=1)))
        return and_(c[self.anchor] >= first, c[self.anchor] < last)

    def unreadable(self, c: Any) -> ColumnElement[bool]:
        """Whether a row's anchor can't be read; the row then belongs where its raw value sorts."""
        clock, holds, raw = self.typed.clock, self.found.holds, c[f"raw_{self.anchor}"]
        first, last = clock.raw(_midnight(self.start), holds), self._raw_end(timedelta())
        return and_(c[self.anchor].is_(None), raw >= first, raw < last)

    def astray(self) -> ColumnElement[bool]:
        """Whether a row, by its raw anchor, belongs to no window: no time, a future one, one before 2000."""
        raw, holds, clock = self.found.sql, self.found.holds, self.typed.clock
        future = max(self.end, self.typed.today) + timedelta(days=1)
        return or_(raw.is_(None), raw < clock.raw(EARLIEST, holds), raw >= clock.raw(_midnight(future), holds))

    def doubtful(self, c: Any) -> ColumnElement[bool]:
        """Whether a row of ``values`` has to go through the ordinary cleaning."""
        doubts = [c[self.anchor].is_(None), *(doubt(c) for doubt in self.typed.doubts)]
        if self.spec.shape is Shape.CALLS:
            doubts.append(and_(_asks(c), c.answered.is_(None)))
            if "to_person" in c:
                doubts.append(c.to_person.is_(None))
        if "copies" in c:
            doubts.append(c.copies > 1)
        return or_(*doubts)

    def rows(self) -> Subquery:
        """The window's rows: values, day, hour and what else follows from them, and ``doubt`` (1 or 0)."""
        v = self.values()
        derived = _call(v.c, self.spec.opening_hours) if self.spec.shape is Shape.CALLS else _order(v.c, self.spec)
        rating = self.spec.mapping.get("rating")
        if isinstance(rating, RatingField) and ("points" in v.c or "satisfied" in v.c):
            derived["satisfied_"] = satisfied(rating, v.c)
        derived["doubt"] = case((self.doubtful(v.c), number(1)), else_=number(0))
        kept = [column for column in v.c if not column.name.startswith("raw_")]
        chosen = select(*kept, *(value.label(name) for name, value in derived.items()))
        here = or_(self.inside(v.c), self.unreadable(v.c))
        return _fenced(chosen.where(here), self.typed.clock.dialect.name).subquery("r")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _fenced(statement: Select[Any], dialect: str) -> Select[Any]:
    """SQLite and PostgreSQL merge a subselect into the outer one, unless it has an OFFSET."""
    return statement.offset(0) if dialect in ("sqlite", "postgresql") else statement


def _asks(c: Any) -> ColumnElement[bool]:
    """Whether a call asked for a person."""
    conditions = [c.to_person == number(1)] if "to_person" in c else []
    if "lost_in_ivr" in c:
        conditions.append(func.coalesce(c.lost_in_ivr, number(0)) == number(0))
    return and_(true(), *conditions)


def _call(c: Any, hours: OpeningHours | None) -> dict[str, Element]:
    """``asked``: the answered flag of a call that is counted; NULL where no person was asked for, or closed."""
    derived: dict[str, Element] = {"day": DayOf(c.asked_at), "hour": HourOf(c.asked_at)}
    counted = _asks(c)
    if hours is not None and not hours.always:
        is_open = _is_open(c.asked_at, hours)
        derived["closed"] = case((is_open, number(0)), else_=number(1))
        counted = and_(counted, is_open)
    return derived | {"asked": case((counted, c.answered))}


def _is_open(moment: Element, hours: OpeningHours) -> ColumnElement[bool]:
    minute = HourOf(moment) * 60 + MinuteOf(moment)
    by_spans: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day, spans in enumerate(hours.spans):
        by_spans.setdefault(spans, []).append(day)
    return or_(
        *(
            and_(WeekdayOf(moment).in_(days), or_(*(and_(minute >= start, minute < end) for start, end in spans)))
            for spans, days in by_spans.items()
            if spans
        )
    )


def _order(c: Any, spec: SourceSpec) -> dict[str, Element]:
    """The day of every moment of an order."""
    names = [name for name, field in spec.mapping.fields if isinstance(field, MomentField) and name in c]
    return {f"{name}_day": DayOf(c[name]) for name in names}
