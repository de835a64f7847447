"""The user's mapping of a source's columns to our fields and measures, as frozen data.

``config`` reads it from sources.yaml; ``clean``, ``check`` and ``rollup`` turn it into SQL.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

ENGINE_VERSION = 1
"""Raised when the same mapping would give other figures than before: files are then taken again."""


class Kind(StrEnum):
    """Where a source's rows come from."""

    FILES = "files"
    ASTERISK = "asterisk"
    SQL = "sql"
    HTTP = "http"


class Shape(StrEnum):
    """What one row of a source stands for."""

    CALLS = "calls"
    ORDERS = "orders"
    DAYS = "days"
    MONTHS = "months"


class EachFile(StrEnum):
    """What a new file of a source does to the days in it."""

    REPLACES_DAYS = "replaces_days"
    ADDS = "adds"


class Duplicates(StrEnum):
    """What becomes of a row that occurs again in the same file."""

    KEEP = "keep"
    REJECT = "reject"


class As(StrEnum):
    """How the text of a number is to be read.

    ``duration``: H:MM:SS, M:SS, 1分20秒, whole or decimal seconds from 1 up, an Excel day fraction below 1.
    ``seconds``, ``minutes``, ``days``: a plain number of that unit (H:MM:SS is understood as well).
    ``percent``: “94.01%” or the fraction 0.9401. ``percent_points``: 94.01 without the sign.
    """

    NUMBER = "number"
    DURATION = "duration"
    SECONDS = "seconds"
    MINUTES = "minutes"
    DAYS = "days"
    PERCENT = "percent"
    PERCENT_POINTS = "percent_points"


DURATIONS = (As.DURATION, As.SECONDS, As.MINUTES, As.DAYS)
PERCENTAGES = (As.PERCENT, As.PERCENT_POINTS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a source: the headers it goes by, the preferred first, or (kind sql) an SQL expression.

    ``optional``: a file without the column is read as if the field were not mapped.
    """

    names: tuple[str, ...] = ()
    sql: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class MomentField:
    """A date or date with time, in one column or (``time``) in two. Formats are those of strptime."""

    cell: Cell
    formats: tuple[str, ...] = ()
    time: Cell | None = None


@dataclass(frozen=True, slots=True)
class YesNoField:
    """Yes or no by words; ``present``: any text at all means yes; ``invert``: the column says the opposite."""

    cell: Cell
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    invert: bool = False
    present: bool = False


@dataclass(frozen=True, slots=True)
class DurationField:
    """A length of time, in seconds once read."""

    cell: Cell
    how: As = As.DURATION


@dataclass(frozen=True, slots=True)
class RatingField:
    """A rating: words worth points (``values``), words that only say satisfied or not, or a number.

    A blank cell and the words of ``not_a_rating`` are not ratings; any other unknown word is an error of the row.
    """

    cell: Cell
    values: tuple[tuple[str, float], ...] = ()
    satisfied_from: float | None = None
    satisfied: tuple[str, ...] = ()
    dissatisfied: tuple[str, ...] = ()
    not_a_rating: tuple[str, ...] = ()

    @property
    def has_points(self) -> bool:
        """True where a rating is worth points."""
        return bool(self.values) or not (self.satisfied or self.dissatisfied)


@dataclass(frozen=True, slots=True)
class TextField:
    """A name kept as it is (seat, queue, channel, department, category, id), or renamed by ``values``."""

    cell: Cell
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HourField:
    """The hour of a row of shape days: 8, 08, 8时, 08:00, 08:00-09:00, or a date with time if formats are given."""

    cell: Cell
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureField:
    """A figure of shape days or months. ``mean_of``/``share_of`` name the measure it is multiplied by."""

    cell: Cell
    how: As = As.NUMBER
    mean_of: str = ""
    share_of: str = ""

    @property
    def times(self) -> str:
        """The measure this figure is multiplied by to become a sum, '' for none."""
        return self.mean_of or self.share_of


RowField = MomentField | YesNoField | DurationField | RatingField | TextField | HourField


@dataclass(frozen=True, slots=True)
class RowMapping:
    """Our field names and measure codes with the columns they come from, in the order of sources.yaml."""

    fields: tuple[tuple[str, RowField], ...] = ()
    measures: tuple[tuple[str, MeasureField], ...] = ()

    def get(self, name: str) -> RowField | None:
        """The field of that name, None where it is not mapped."""
        return dict(self.fields).get(name)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Opening hours by weekday (Monday first): spans of minutes of the day, the end exclusive."""

    spans: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def always(self) -> bool:
        """True for 24 hours a day, every day: there are no calls outside opening hours."""
        return all(day == ((0, 1440),) for day in self.spans)

    def is_open(self, moment: datetime) -> bool:
        """Whether local wall time ``moment`` lies within opening hours."""
        minute = moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self.spans[moment.weekday()])


@dataclass(frozen=True, slots=True)
class FilesOptions:
    """``path`` is a glob, relative to the data directory or absolute. None: found out from each file."""

    path: str
    settle_seconds: int = 10
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | int | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class AsteriskOptions:
    """``queues``: queue number → name. ``seats``: interface or agent name → seat."""

    path: str
    queues: tuple[tuple[str, str], ...] = ()
    seats: tuple[tuple[str, str], ...] = ()
    settle_seconds: int = 10


@dataclass(frozen=True, slots=True)
class SqlOptions:
    """``url`` holds the secret where ``url_env`` named it. ``time_zone`` of times that carry none, '' the centre's."""

    url: str = field(default="", repr=False)
    url_env: str = ""
    table: str = ""
    query: str = ""
    timeout: int = 60
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """``url`` has the places {from} {to} {page}. ``token`` is the value of the variable ``token_env``.

    ``rows``, ``next``: dotted paths in the answer to the list of records and to the next page's address or cursor
    ('' for numbered pages). ``page_size``: a page with fewer records is the last. ``allow_plain``: http is accepted.
    """

    url: str
    token_env: str = ""
    token: str = field(default="", repr=False)
    token_header: str = "Authorization"
    rows: str = ""
    next: str = ""
    page_size: int | None = None
    timeout: int = 30
    retries: int = 3
    allow_plain: bool = False


Options = FilesOptions | AsteriskOptions | SqlOptions | HttpOptions


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One source of sources.yaml.

    ``centre`` is the code all rows belong to, else ``centre_column`` tells, its texts translated by ``centre_map``.
    ``start_date``: shape days without a date column, rows in order, the first of this day. ``line`` in the file.
    """

    code: str
    title: str
    kind: Kind
    shape: Shape
    options: Options
    enabled: bool = True
    centre: str | None = None
    centre_column: Cell | None = None
    centre_map: tuple[tuple[str, str], ...] = ()
    mapping: RowMapping = RowMapping()
    repull_days: int = 7
    each_file: EachFile = EachFile.REPLACES_DAYS
    duplicates: Duplicates = Duplicates.KEEP
    opening_hours: OpeningHours | None = None
    start_date: date | None = None
    line: int = 0

    @property
    def mapping_version(self) -> str:
        """A short hash of everything that decides which figures a file gives, and of nothing else."""
        options = self.options
        reading = (
            (options.delimiter, options.encoding, options.sheet, options.header_row)
            if isinstance(options, FilesOptions)
            else ()
        )
        parts = (
            ENGINE_VERSION, self.shape, self.centre, self.centre_column, self.centre_map, self.mapping,
            self.each_file, self.duplicates, self.opening_hours, self.start_date, reading,
        )  # fmt: skip
        return hashlib.sha256(_plain(parts).encode()).hexdigest()[:12]


def _plain(value: object) -> str:
    """A text that is the same for equal mappings in every process and Python version."""
    if is_dataclass(value):
        kept = ((f.name, getattr(value, f.name)) for f in fields(value))
        inner = ",".join(f"{name}={_plain(item)}" for name, item in kept if item not in (None, (), "", False))
        return f"{type(value).__name__}({inner})"
    if isinstance(value, tuple):
        return f"({','.join(_plain(item) for item in value)})"
    return repr(value.value) if isinstance(value, Enum) else repr(value)
