"""Mapped fields as SQL of the foreign database: typed values, and in which rows a value is in doubt.

A row in doubt (a word, a duration, a date that the database can't read or that looks wrong) is not summed there: it
is fetched and goes through the ordinary cleaning. So what is summed has one reading only; this file need not know
every way to write a value. Yes and no are 1 and 0, blank is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, null, or_

from ingest.check import LATEST_DUE_YEARS, LONGEST, TEXT_LIMITS
from ingest.clean import fold
from ingest.errors import SourceError
from ingest.mapping import (
    As,
    DurationField,
    MomentField,
    RatingField,
    SourceSpec,
    TextField,
    YesNoField,
)
from ingest.present import latest
from ingest.sources.sql_clock import Clock, Element, Holds
from ingest.sources.sql_dialect import (
    LengthOf,
    SecondsOfNumber,
    SecondsOfSpan,
    SecondsOfText,
    Sql,
    TextOf,
    supports,
)
from ingest.sources.sql_source import Found, Source

EARLIEST = datetime(2000, 1, 1)
BLANK_WORDS = ("", "-", "--", "---", "—", "——", "/", "null", "none", "nan", "n/a", "#n/a", "nat")
"""What exports write where there is nothing (small letters)."""
_UNITS = {As.MINUTES: 60, As.DAYS: 86_400}

Doubt = Callable[[Any], ColumnElement[bool]]


@dataclass(slots=True)
class Typed:
    """The typed values of a row (``values``, by name), and the doubts there may be about it.

    A doubt is a function of the columns of the subselect that computed the values, so that none is computed twice.
    """

    source: Source
    clock: Clock
    today: date
    values: dict[str, Element] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, name: str, value: Element) -> None:
        """Adds a value."""
        self.values[name] = value

    def unread(self, name: str, found: Found, silent: Sequence[str] = ()) -> None:
        """A cell that says something, of which no value could be made, is in doubt. ``silent``: words for nothing."""
        raw = f"raw_{name}"
        self.add(raw, found.sql)
        words = (*BLANK_WORDS, *silent) if found.holds is Holds.TEXT else tuple(silent)

        def in_doubt(c: Any) -> ColumnElement[bool]:
            unknown = and_(c[name].is_(None), c[raw].is_not(None))
            return and_(unknown, func.lower(TextOf(c[raw])).not_in(words)) if words else unknown

        self.doubts.append(in_doubt)


def number(value: float) -> Element:
    """A number written out: SQLite reads one faster than a value that is bound."""
    return literal_column(str(value))


def is_blank(found: Found) -> ColumnElement[bool]:
    """Whether a cell says nothing: NULL, or one of the words exports write for it."""
    if found.holds is not Holds.TEXT:
        return found.sql.is_(None)
    return or_(found.sql.is_(None), func.lower(TextOf(found.sql)).in_(BLANK_WORDS))


def fill(typed: Typed, spec: SourceSpec) -> None:
    """Adds every field of the mapping whose column is there, and the centre."""
    _centre(typed, spec)
    for name, mapped in spec.mapping.fields:
        found = typed.source.get(mapped.cell)
        if found is None:
            continue
        match mapped:
            case MomentField():
                _moment(typed, name, mapped, found)
            case YesNoField():
                _yes_no(typed, name, mapped, found)
            case DurationField():
                _duration(typed, name, mapped, found)
            case RatingField():
                _rating(typed, mapped, found)
            case TextField() if name != "id":
                _text(typed, name, mapped, found)


def _centre(typed: Typed, spec: SourceSpec) -> None:
    found = typed.source.get(spec.centre_column)
    if found is None:
        typed.add("centre", literal(spec.centre or ""))
        return
    typed.add(
        "centre", _lookup(found, [(text, literal(code)) for text, code in spec.centre_map], typed.clock.dialect.name)
    )
    typed.doubts.append(lambda c: c.centre.is_(None))


def _lookup(found: Found, pairs: Sequence[tuple[str, Element]], dialect: str) -> Element:
    """The value paired with the cell's word, NULL for any other. The word '' stands for a blank cell.

    The word as it is written comes first: most cells are clean, and need not be taken apart.
    """
    exact: dict[str, Element] = {}
    loose: dict[str, Element] = {}
    blank: Element | None = None
    for word, value in pairs:
        if not fold(word):
            blank = value
            continue
        exact.setdefault(word.strip(), value)
        for way in (word.strip().lower(), fold(word)):
            loose.setdefault(way, value)
    if blank is None and not exact:
        return null()
    rest = case(loose, value=func.lower(TextOf(found.sql)), else_=null()) if loose else null()
    if blank is not None:
        rest = case((is_blank(found), blank), else_=rest)
    text = found.sql if found.holds is Holds.TEXT or dialect == "sqlite" else TextOf(found.sql)
    return case(exact, value=text, else_=rest) if exact else rest


def _moment(typed: Typed, name: str, mapped: MomentField, found: Found) -> None:
    iso = any(text.startswith("%Y-%m-%d") for text in mapped.formats)
    if found.holds is Holds.TEXT and mapped.formats and not iso:
        raise SourceError(
            f"‘{found.label}’ 是文字,写法 {mapped.formats[0]} 在数据库里不能直接当时间用。"
            f"请在 query 里把它转换成时间(或 YYYY-MM-DD HH:MM:SS)。"
        )
    clock = typed.source.get(mapped.time)
    value = typed.clock.wall(found.sql, found.holds, None if clock is None else _seconds(typed, clock))
    typed.add(name, value)
    typed.unread(name, found)
    last = latest(typed.today)
    if name == "due_at":
        last = datetime.combine(typed.today, time.min) + timedelta(days=366 * LATEST_DUE_YEARS)
    bounds = typed.clock.constant(EARLIEST), typed.clock.constant(last)
    typed.doubts.append(lambda c: or_(c[name] < bounds[0], c[name] > bounds[1]))


def _yes_no(typed: Typed, name: str, mapped: YesNoField, found: Found) -> None:
    if mapped.present:
        blank, said = (number(1), number(0)) if mapped.invert else (number(0), number(1))
        typed.add(name, case((is_blank(found), blank), else_=said))
        return
    yes, no = (0, 1) if mapped.invert else (1, 0)
    pairs = [(word, number(yes)) for word in mapped.yes] + [(word, number(no)) for word in mapped.no]
    typed.add(name, _lookup(found, pairs, typed.clock.dialect.name))
    typed.unread(name, found)


def _duration(typed: Typed, name: str, mapped: DurationField, found: Found) -> None:
    unit = _UNITS.get(mapped.how, 1)
    if unit != 1 and found.holds is not Holds.NUMBER:
        raise SourceError(f"‘{found.label}’ 写了 as: {mapped.how},而数据库里它不是数字。请在 query 里换算成秒。")
    seconds = _seconds(typed, found)
    typed.add(name, seconds * number(unit) if unit != 1 else seconds)
    typed.unread(name, found)
    typed.doubts.append(lambda c: or_(c[name] < number(0), c[name] > number(LONGEST)))
    if found.holds is Holds.TEXT and mapped.how is As.DURATION:  # as text, below 1 may be a fraction of a day
        typed.doubts.append(lambda c: and_(c[name] > number(0), c[name] < number(1)))


def _seconds(typed: Typed, found: Found) -> Element:
    functions: dict[Holds, type[Sql]] = {
        Holds.NUMBER: SecondsOfNumber,
        Holds.SPAN: SecondsOfSpan,
        Holds.TEXT: SecondsOfText,
    }
    function = functions.get(found.holds)
    if function is None or not supports(typed.clock.dialect, function):
        raise SourceError(
            f"‘{found.label}’ 在这种数据库里不能直接换算成秒(现在是{found.holds})。请在 query 里换算成秒数。"
        )
    return function(found.sql)


def _rating(typed: Typed, mapped: RatingField, found: Found) -> None:
    dialect = typed.clock.dialect.name
    nothing = [(word, null()) for word in mapped.not_a_rating]
    name = "points" if mapped.has_points else "satisfied"
    if mapped.values:
        worth = [(word, number(points)) for word, points in mapped.values]
        typed.add(name, _lookup(found, [*nothing, *worth], dialect))
    elif mapped.has_points:
        typed.add(name, _seconds(typed, found))
        typed.doubts.append(lambda c: or_(c.points < number(0), c.points > number(100)))
    else:
        words = [(word, number(1)) for word in mapped.satisfied] + [(word, number(0)) for word in mapped.dissatisfied]
        typed.add(name, _lookup(found, [*nothing, *words], dialect))
    if mapped.has_points and mapped.satisfied:
        typed.add("satisfied_word", _lookup(found, [(word, number(1)) for word in mapped.satisfied], dialect))
    silent = {way for word in mapped.not_a_rating for way in (word.strip().lower(), fold(word)) if way}
    typed.unread(name, found, sorted(silent))


def satisfied(mapped: RatingField, c: Any) -> Element:
    """Whether a rating counts as satisfied (1, 0, NULL), from the typed columns."""
    if not mapped.has_points:
        found: Element = c.satisfied
        return found
    if mapped.satisfied:
        return case((c.points.is_not(None), func.coalesce(c.satisfied_word, number(0))))
    return case((c.points >= number(mapped.satisfied_from or 0), number(1)), (c.points.is_not(None), number(0)))


def _text(typed: Typed, name: str, mapped: TextField, found: Found) -> None:
    text = TextOf(found.sql)
    limit = TEXT_LIMITS.get(name, 64)
    named = [(text == old.strip(), literal(new)) for old, new in mapped.values]
    typed.add(name, func.nullif(case(*named, else_=text) if named else text, ""))
    typed.doubts.append(lambda c: LengthOf(c[name]) > number(limit))
