"""Text cells → moments and lengths of time, as DuckDB SQL (see ``clean``)."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.clean import Read, literal, literals
from ingest.mapping import As

SECONDS = "DECIMAL(18,3)"
DEFAULT_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y年%m月%d日 %H时%M分%S秒",
    "%Y年%m月%d日%H时%M分",
    "%Y年%m月%d日",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d",
)
"""What is understood where no format is given: the year first, so no text has two readings."""
ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
"""Understood besides the formats given: true date cells of Excel arrive so."""
MONTH_FORMATS = ("%Y-%m", "%Y/%m", "%Y年%m月", "%Y.%m", "%Y%m", *DEFAULT_FORMATS)
_TIME_FORMATS = (
    "%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%H时%M分%S秒", "%H时%M分", "%I:%M:%S %p", "%I:%M %p", "%H%M%S",
    "%Y-%m-%d %H:%M:%S",
)  # fmt: skip


def moment(raw: str, formats: Sequence[str], tz: str | None = None) -> Read:
    """A TIMESTAMP of local wall time by the formats (none: the default ones), or an Excel serial number.

    A text with a UTC offset is turned into wall time of the zone ``tz``; without ``tz`` it can't be read.
    """
    tried = f"[{literals(dict.fromkeys([*(formats or DEFAULT_FORMATS), *ISO_FORMATS]))}]"
    offset = "'\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d(:?\\d\\d)?)'"

    def slow(text: str) -> str:
        whole = f"regexp_replace({text}, '\\.\\d+$', '')"
        serial = (
            f"CASE WHEN regexp_full_match({text}, '[2-7]\\d{{4}}(\\.\\d+)?') "
            f"THEN TIMESTAMP '1899-12-30' + to_seconds(CAST(round(CAST({text} AS DOUBLE) * 86400) AS BIGINT)) END"
        )
        zoned = (
            f", CASE WHEN regexp_full_match({text}, {offset}) "
            f"THEN date_trunc('second', timezone({literal(tz)}, TRY_CAST({text} AS TIMESTAMPTZ))) END"
            if tz is not None
            else ""
        )
        return f"coalesce(try_strptime({whole}, {tried}), {serial}{zoned})"

    return Read(f"try_strptime({raw}, {tried})", slow)


def time_of_day(raw: str) -> Read:
    """A TIME: 9:05, 09:05:10, 9:05 PM, an Excel day fraction below 1."""
    tried = f"[{literals(_TIME_FORMATS)}]"

    def slow(text: str) -> str:
        fraction = (
            f"CASE WHEN regexp_full_match({text}, '0|0?\\.\\d+([eE]-\\d\\d?)?') THEN CAST(TIMESTAMP '2000-01-01' "
            f"+ to_seconds(CAST(round(CAST({text} AS DOUBLE) * 86400) AS BIGINT)) AS TIME) END"
        )
        return f"coalesce(CAST(try_strptime({text}, {tried}) AS TIME), {fraction})"

    return Read(f"CAST(try_strptime({raw}, {tried}) AS TIME)", slow)


def hour(raw: str, formats: Sequence[str]) -> Read:
    """The hour 0-23 of “8”, “08:00”, “8时”, “08:00-09:00”, or of a moment where formats are given."""
    if formats:
        read = moment(raw, formats)
        return Read(f"CAST(hour({read.quick}) AS SMALLINT)", lambda text: f"CAST(hour({read.slow(text)}) AS SMALLINT)")
    shape = "'^(\\d{1,2})(\\.0+)?\\s*([:时点hH~-].*)?$'"
    return Read("CAST(NULL AS SMALLINT)", lambda text: f"TRY_CAST(regexp_extract({text}, {shape}, 1) AS SMALLINT)")


def duration(raw: str, how: As) -> Read:
    """Seconds (three decimals) of a number or of H:MM:SS, M:SS, 1小时2分3秒; see ``As``."""
    quick = f"TRY_CAST({raw} AS {SECONDS})"
    if how is As.DURATION:  # below 1 it may be an Excel day fraction, which three decimals would spoil
        quick = f"CASE WHEN {quick} >= 1 THEN {quick} WHEN {raw} = '0' THEN CAST(0 AS {SECONDS}) END"
    elif how is not As.SECONDS:
        quick = f"CAST(NULL AS {SECONDS})"

    def slow(text: str) -> str:
        return f"CASE {_clock(text)} {_chinese(text)} WHEN {_is_number(text)} THEN {_number(text, how)} END"

    return Read(quick, slow)


def _is_number(text: str) -> str:
    return f"regexp_full_match({text}, '[+-]?(\\d{{1,3}}(,\\d{{3}})+|\\d+)?(\\.\\d*)?([eE][+-]?\\d\\d?)?')"


def _number(text: str, how: As) -> str:
    value = f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)"
    unit = {As.MINUTES: "60", As.DAYS: "86400"}.get(how, "1")
    if how is As.DURATION:
        unit = f"CASE WHEN abs({value}) < 1 THEN 86400 ELSE 1 END"
    return f"TRY_CAST(round({value} * {unit}, 3) AS {SECONDS})"


def _clock(text: str) -> str:
    """H:MM:SS and M:SS, minutes and seconds below 60."""
    parts = f"string_split(replace({text}, '-', ''), ':')"
    sign = f"CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END"
    long = f"CAST({parts}[1] AS BIGINT) * 3600 + CAST({parts}[2] AS BIGINT) * 60 + TRY_CAST({parts}[3] AS {SECONDS})"
    short = f"CAST({parts}[1] AS BIGINT) * 60 + TRY_CAST({parts}[2] AS {SECONDS})"
    return (
        f"WHEN regexp_full_match({text}, '-?\\d{{1,6}}:[0-5]?\\d:[0-5]?\\d(\\.\\d+)?') "
        f"THEN CAST(({long}) * {sign} AS {SECONDS}) "
        f"WHEN regexp_full_match({text}, '-?\\d{{1,6}}:[0-5]?\\d(\\.\\d+)?') "
        f"THEN CAST(({short}) * {sign} AS {SECONDS})"
    )


def _chinese(text: str) -> str:
    """1小时2分3秒 and parts of it."""
    pattern = "(?:(\\d{1,5})(?:小时|时))?(?:(\\d{1,5})(?:分钟|分))?(?:(\\d{1,7})秒)?"

    def part(group: int, seconds: int) -> str:
        found = f"nullif(regexp_extract({text}, {literal('^' + pattern + '$')}, {group}), '')"
        return f"coalesce(CAST({found} AS BIGINT), 0) * {seconds}"

    total = f"{part(1, 3600)} + {part(2, 60)} + {part(3, 1)}"
    return (
        f"WHEN regexp_matches({text}, '[时分秒]$|分钟$') AND regexp_full_match({text}, {literal(pattern)}) "
        f"THEN CAST({total} AS {SECONDS})"
    )
