"""What every database says in its own words: local day and hour of a time, seconds of a duration, text of a value.

SQL expressions for SQLite, PostgreSQL, MySQL and MariaDB, SQL Server and Oracle. Each class stands for one function;
its template per dialect is below it. A dialect without a template can't do it: ``supports`` says so beforehand.
An unusable value (text that is no time, a word where a number belongs) gives NULL wherever the dialect is able to.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Sql = FunctionElement[Any]


class DayOf(FunctionElement[Any]):
    """The calendar day of a computed time: a date, on SQLite ``YYYY-MM-DD`` text (computed times are text there)."""

    inherit_cache = True


class HourOf(FunctionElement[Any]):
    """The hour of a time, 0 to 23."""

    inherit_cache = True


class MinuteOf(FunctionElement[Any]):
    """The minute within the hour, 0 to 59."""

    inherit_cache = True


class WeekdayOf(FunctionElement[Any]):
    """The day of the week, 0 for Monday."""

    inherit_cache = True


class Later(FunctionElement[Any]):
    """``Later(time, seconds)``: the time moved by a whole number of seconds."""

    inherit_cache = True


class TimeOfNative(FunctionElement[Any]):
    """A date or a time without a zone, as a time."""

    inherit_cache = True


class TimeOfText(FunctionElement[Any]):
    """The time that a text like ``2026-03-02 08:00:00`` says."""

    inherit_cache = True


class TimeOfEpoch(FunctionElement[Any]):
    """The time, in UTC, of a number of seconds since 1970."""

    inherit_cache = True


class TimeInUtc(FunctionElement[Any]):
    """The time, in UTC and without a zone, of a value that carries its zone."""

    inherit_cache = True


class SecondsOfSpan(FunctionElement[Any]):
    """The seconds of an interval or a time-of-day value."""

    inherit_cache = True


class SecondsOfText(FunctionElement[Any]):
    """The seconds of a text: a plain number, ``H:MM:SS`` or ``M:SS``."""

    inherit_cache = True


class SecondsOfNumber(FunctionElement[Any]):
    """A number of seconds; on SQLite, whose columns take anything, NULL for what is no number."""

    inherit_cache = True


class LengthOf(FunctionElement[Any]):
    """The number of characters of a text."""

    inherit_cache = True


class TextOf(FunctionElement[Any]):
    """A value as text, without blanks around it."""

    inherit_cache = True


# datetime() gives what is already in its form back unchanged; it would do so for 30 February, too. A zone at the end
# is refused.
_SQLITE_TIME = (
    "CASE WHEN datetime({0}) = {0} AND substr({0}, 9, 2) < '29' THEN {0} "
    "WHEN date({0}, '+0 days') = substr({0}, 1, 10) AND substr({0}, 11) NOT GLOB '*[Zz+-]*' THEN datetime({0}) END"
)
_SQLITE_CLOCK = (
    "CASE WHEN typeof({0}) = 'integer' OR typeof({0}) = 'real' THEN {0} "
    "WHEN trim({0}) <> '' AND trim({0}) NOT GLOB '*[^0-9.]*' AND trim({0}) NOT GLOB '*.*.*' "
    "AND trim({0}) GLOB '*[0-9]*' THEN CAST({0} AS REAL) "
    "WHEN trim({0}) GLOB '[0-9]*:[0-5][0-9]:[0-5][0-9]' "
    "AND substr(trim({0}), 1, length(trim({0})) - 6) NOT GLOB '*[^0-9]*' "
    "THEN CAST(substr(trim({0}), 1, length(trim({0})) - 6) AS INTEGER) * 3600 "
    "+ CAST(substr(trim({0}), -5, 2) AS INTEGER) * 60 + CAST(substr(trim({0}), -2) AS INTEGER) "
    "WHEN trim({0}) GLOB '[0-9]*:[0-5][0-9]' AND substr(trim({0}), 1, length(trim({0})) - 3) NOT GLOB '*[^0-9]*' "
    "THEN CAST(substr(trim({0}), 1, length(trim({0})) - 3) AS INTEGER) * 60 "
    "+ CAST(substr(trim({0}), -2) AS INTEGER) END"
)
_POSTGRESQL_CLOCK = (
    "CASE WHEN trim({0}) ~ '^[0-9]{{1,12}}([.][0-9]+)?$' THEN CAST(trim({0}) AS DOUBLE PRECISION) "
    "WHEN trim({0}) ~ '^[0-9]{{1,5}}:[0-5][0-9]:[0-5][0-9]$' "
    "THEN CAST(split_part(trim({0}), ':', 1) AS INTEGER) * 3600 "
    "+ CAST(split_part(trim({0}), ':', 2) AS INTEGER) * 60 + CAST(split_part(trim({0}), ':', 3) AS INTEGER) "
    "WHEN trim({0}) ~ '^[0-9]{{1,6}}:[0-5][0-9]$' THEN CAST(split_part(trim({0}), ':', 1) AS INTEGER) * 60 "
    "+ CAST(split_part(trim({0}), ':', 2) AS INTEGER) END"
)
_MYSQL_CLOCK = (
    "CASE WHEN TRIM({0}) REGEXP '^[0-9]+([.][0-9]+)?$' THEN TRIM({0}) + 0 "
    "WHEN TRIM({0}) REGEXP '^[0-9]+:[0-5][0-9]:[0-5][0-9]$' THEN TIME_TO_SEC(TRIM({0})) "
    "WHEN TRIM({0}) REGEXP '^[0-9]+:[0-5][0-9]$' "
    "THEN SUBSTRING_INDEX(TRIM({0}), ':', 1) * 60 + SUBSTRING_INDEX(TRIM({0}), ':', -1) END"
)

_TEMPLATES: dict[type[Sql], dict[str, str]] = {
    DayOf: {
        "sqlite": "substr({0}, 1, 10)",
        "postgresql": "CAST({0} AS DATE)",
        "mysql": "DATE({0})",
        "mssql": "CAST({0} AS DATE)",
        "oracle": "TRUNC({0})",
    },
    HourOf: {
        "sqlite": "CAST(substr({0}, 12, 2) AS INTEGER)",
        "postgresql": "CAST(EXTRACT(hour FROM {0}) AS INTEGER)",
        "mysql": "HOUR({0})",
        "mssql": "DATEPART(hour, {0})",
        "oracle": "EXTRACT(HOUR FROM CAST({0} AS TIMESTAMP))",
    },
    MinuteOf: {
        "sqlite": "CAST(substr({0}, 15, 2) AS INTEGER)",
        "postgresql": "CAST(EXTRACT(minute FROM {0}) AS INTEGER)",
        "mysql": "MINUTE({0})",
        "mssql": "DATEPART(minute, {0})",
        "oracle": "EXTRACT(MINUTE FROM CAST({0} AS TIMESTAMP))",
    },
    WeekdayOf: {
        "sqlite": "(CAST(strftime('%w', {0}) AS INTEGER) + 6) % 7",
        "postgresql": "(CAST(EXTRACT(isodow FROM {0}) AS INTEGER) - 1)",
        "mysql": "WEEKDAY({0})",
        # 1 January 1900 was a Monday; DATEPART(weekday) depends on a setting of the session
        "mssql": "(DATEDIFF(day, '19000101', {0}) - 7 * (DATEDIFF(day, '19000101', {0}) / 7))",
        "oracle": "(TRUNC({0}) - TRUNC({0}, 'IW'))",
    },
    Later: {
        "sqlite": "datetime({0}, {1} || ' seconds')",
        "postgresql": "({0} + make_interval(secs => {1}))",
        "mysql": "DATE_ADD({0}, INTERVAL {1} SECOND)",
        "mssql": "DATEADD(second, {1}, {0})",
        "oracle": "({0} + NUMTODSINTERVAL({1}, 'SECOND'))",
    },
    TimeOfNative: {
        "sqlite": _SQLITE_TIME,
        "postgresql": "CAST({0} AS TIMESTAMP)",
        "mysql": "CAST({0} AS DATETIME)",
        "mssql": "CAST({0} AS DATETIME2)",
        "oracle": "CAST({0} AS TIMESTAMP)",
    },
    TimeOfText: {
        "sqlite": _SQLITE_TIME,
        "postgresql": "CASE WHEN pg_input_is_valid({0}, 'timestamp') THEN CAST({0} AS TIMESTAMP) END",
        "mysql": "CAST({0} AS DATETIME)",
        "mssql": "TRY_CONVERT(DATETIME2, {0})",
        "oracle": "TO_TIMESTAMP({0} DEFAULT NULL ON CONVERSION ERROR, 'YYYY-MM-DD HH24:MI:SS')",
    },
    TimeOfEpoch: {
        "sqlite": "CASE WHEN typeof({0}) IN ('integer', 'real') THEN datetime({0}, 'unixepoch') END",
        "postgresql": "timezone('UTC', to_timestamp({0}))",
        "mysql": "DATE_ADD('1970-01-01 00:00:00', INTERVAL {0} SECOND)",
        "mssql": "DATEADD(second, {0}, CAST('1970-01-01' AS DATETIME2))",
        "oracle": "(TIMESTAMP '1970-01-01 00:00:00' + NUMTODSINTERVAL({0}, 'SECOND'))",
    },
    TimeInUtc: {
        "sqlite": "CASE WHEN substr({0}, 11) GLOB '*[Zz+-]*' THEN datetime({0}) END",
        "postgresql": "timezone('UTC', {0})",
        "mssql": "CAST(SWITCHOFFSET({0}, 0) AS DATETIME2)",
        "oracle": "CAST(SYS_EXTRACT_UTC({0}) AS TIMESTAMP)",
    },
    SecondsOfSpan: {
        "postgresql": "EXTRACT(epoch FROM {0})",
        "mysql": "TIME_TO_SEC({0})",
        "mssql": "DATEDIFF(second, CAST('00:00:00' AS TIME), {0})",
    },
    SecondsOfText: {"sqlite": _SQLITE_CLOCK, "postgresql": _POSTGRESQL_CLOCK, "mysql": _MYSQL_CLOCK},
    SecondsOfNumber: {
        "sqlite": _SQLITE_CLOCK,
        "postgresql": "{0}",
        "mysql": "{0}",
        "mssql": "{0}",
        "oracle": "{0}",
    },
    LengthOf: {
        "sqlite": "length({0})",
        "postgresql": "length({0})",
        "mysql": "CHAR_LENGTH({0})",
        "mssql": "LEN({0})",
        "oracle": "LENGTH({0})",
    },
    TextOf: {
        "sqlite": "trim(CAST({0} AS TEXT))",
        "postgresql": "trim(CAST({0} AS TEXT))",
        "mysql": "TRIM(CAST({0} AS CHAR))",
        "mssql": "LTRIM(RTRIM(CAST({0} AS NVARCHAR(400))))",
        "oracle": "TRIM(TO_CHAR({0}))",
    },
}


def supports(dialect: Dialect, function: type[Sql]) -> bool:
    """True where this database can compute the function."""
    return _family(dialect.name) in _TEMPLATES[function]


def _family(name: str) -> str:
    return "mysql" if name == "mariadb" else name


def _register(function: type[Sql], dialect: str, template: str) -> None:
    def render(element: Sql, compiler: SQLCompiler, **options: Any) -> str:
        return template.format(*(compiler.process(clause, **options) for clause in element.clauses))

    compiles(function, dialect)(render)


for _function, _by_dialect in _TEMPLATES.items():
    for _dialect, _template in _by_dialect.items():
        for _name in ("mysql", "mariadb") if _dialect == "mysql" else (_dialect,):
            _register(_function, _name, _template)
