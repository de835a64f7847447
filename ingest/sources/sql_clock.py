"""Times of a foreign database as local wall time: what kind of value a column holds, and which zone it is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Dialect, String, case, literal, literal_column

from ingest.errors import SourceError
from ingest.sources.sql_dialect import DayOf, Later, TimeInUtc, TimeOfEpoch, TimeOfNative, TimeOfText, supports

Element = ColumnElement[Any]


class Holds(StrEnum):
    """What the values of a column are."""

    TIME = "time"  # a date or a time without a zone
    ZONED = "zoned"  # a time with its zone
    NUMBER = "number"
    SPAN = "span"  # an interval, or a time of day
    TEXT = "text"
    FLAG = "flag"


_ENDS_WITH_ZONE = re.compile(r".{10}[T ].*(Z|[+-]\d\d:?\d\d)$")
_POSTGRESQL_TYPES = {
    16: Holds.FLAG,
    **dict.fromkeys((20, 21, 23, 700, 701, 1700), Holds.NUMBER),
    **dict.fromkeys((1082, 1114), Holds.TIME),
    1184: Holds.ZONED,
    **dict.fromkeys((1083, 1266, 1186), Holds.SPAN),
}


def holds_by_type(code: object) -> Holds:
    """What a column of a PostgreSQL type (by its number) holds."""
    return _POSTGRESQL_TYPES.get(code, Holds.TEXT) if isinstance(code, int) else Holds.TEXT


def holds_by_values(values: Sequence[Any], otherwise: Holds) -> Holds:
    """What a column holds, by the first of its values that is not NULL."""
    found = next((value for value in values if value is not None), None)
    match found:
        case None:
            return otherwise
        case bool():
            return Holds.FLAG
        case datetime():
            return Holds.ZONED if found.tzinfo is not None else Holds.TIME
        case date():
            return Holds.TIME
        case int() | float() | Decimal():
            return Holds.NUMBER
        case timedelta() | time():
            return Holds.SPAN
        case str() if _ENDS_WITH_ZONE.fullmatch(found.strip()):
            return Holds.ZONED
    return Holds.TEXT


def zone_of(text: str) -> tzinfo | None:
    """The zone that a config names: UTC, +08:00, Asia/Shanghai; None for ''. Raises ``SourceError``."""
    if not text:
        return None
    if found := re.fullmatch(r"([+-])(\d\d):?(\d\d)", text):
        minutes = int(found[2]) * 60 + int(found[3])
        return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
    try:
        return UTC if text.upper() in ("UTC", "Z") else ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise SourceError(f"不认识的时区 ‘{text}’。time_zone 请写 UTC、+08:00 或 Asia/Shanghai 这样的名称。") from None


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns times of the database into wall time of ``local``. ``source``: the zone of times that carry none.

    ``years``: the years whose changes of offset (summer time) are heeded.
    """

    dialect: Dialect
    local: tzinfo
    source: tzinfo | None
    years: tuple[int, int]

    def wall(self, value: Element, holds: Holds, seconds: Element | None = None) -> Element:
        """The local wall time of a column, NULL where it can't be read. ``seconds``: the time of day, apart.

        Raises ``SourceError`` for columns that hold no time.
        """
        readers = {Holds.TIME: TimeOfNative, Holds.ZONED: TimeInUtc, Holds.TEXT: TimeOfText, Holds.NUMBER: TimeOfEpoch}
        if holds not in readers or not supports(self.dialect, readers[holds]):
            raise SourceError(
                "时间列的类型不能用:应是时间、文字(2026-03-02 08:00:00)或 1970 年以来的秒数。请在 query 里转换。"
            )
        moment: Element = readers[holds](value)
        if seconds is not None:
            moment = Later(TimeOfNative(DayOf(moment)), seconds)
        return self._moved(moment, UTC if holds in (Holds.ZONED, Holds.NUMBER) else self.source)

    def constant(self, moment: datetime) -> Element:
        """A local wall time to compare computed times with."""
        if self.dialect.name == "sqlite":
            return literal(moment.strftime("%Y-%m-%d %H:%M:%S"), String)
        return literal(moment)

    def raw(self, moment: datetime, holds: Holds) -> Any:
        """A local wall time as a value of the column itself, for comparisons that can use its index.

        A text column compares by day: pass the beginning of a day.
        """
        aware = moment.replace(tzinfo=self.local)
        if holds is Holds.ZONED and self.dialect.name != "sqlite":
            return aware
        if holds is Holds.NUMBER:
            return int(aware.timestamp())
        shifted = moment if self.source is None else aware.astimezone(self.source).replace(tzinfo=None)
        return shifted if holds is Holds.TIME and self.dialect.name != "sqlite" else shifted.date().isoformat()

    def by_day(self, holds: Holds) -> bool:
        """True where ``raw`` can only tell days apart, as texts compare."""
        return holds is Holds.TEXT or self.dialect.name == "sqlite" and holds in (Holds.ZONED, Holds.TIME)

    def _moved(self, value: Element, zone: tzinfo | None) -> Element:
        if zone is None:
            return value
        steps = self._steps(zone)
        moved = [_later(value, seconds) for _, seconds in steps]
        if len(steps) == 1:
            return moved[0]
        whens = [(value < self.constant(until), one) for (until, _), one in zip(steps[:-1], moved[:-1], strict=True)]
        return case(*whens, else_=moved[-1])

    def _steps(self, zone: tzinfo) -> list[tuple[datetime, int]]:
        """(until, seconds to add) for times of ``zone``, in order; the last holds for ever after."""
        first, last = datetime(self.years[0], 1, 1), datetime(self.years[1] + 1, 1, 1)
        steps: list[tuple[datetime, int]] = []
        at, now = first, self._seconds(first, zone)
        while at < last:
            following = at + timedelta(hours=12)
            then = self._seconds(following, zone)
            if then != now:
                while following - at > timedelta(minutes=1):
                    middle = at + (following - at) / 2
                    at, following = (middle, following) if self._seconds(middle, zone) == now else (at, middle)
                following = following.replace(second=0, microsecond=0)
                steps.append((following, now))
                now = then
            at = following
        return [*steps, (last, now)]

    def _seconds(self, moment: datetime, zone: tzinfo) -> int:
        aware = moment.replace(tzinfo=zone)
        here = aware.astimezone(self.local).replace(tzinfo=None)
        return round((here - moment).total_seconds())


def _later(value: Element, seconds: int) -> Element:
    return Later(value, literal_column(str(seconds))) if seconds else value
