"""What a row has to be to count: each field's reading and its checks, by kind of field.

Every check names its column and the value in Chinese. The first that fails decides (in the order of the mapping).
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest import clean, clean_times, present
from ingest.frames_plan import Plan, Value
from ingest.mapping import (
    Cell,
    DurationField,
    HourField,
    MomentField,
    RatingField,
    SourceSpec,
    TextField,
    YesNoField,
)

LONGEST = 86_400
"""A single duration (wait, talk, wrap, a mean) above 24 hours is not believed."""
FIRST_DAY = "2000-01-01"
LATEST_DUE_YEARS = 10
TEXT_LIMITS = {"department": 128, "category": 128, "shift": 32}
"""Longest names the facts can hold, in characters; 64 for all others."""


def centre(plan: Plan, spec: SourceSpec) -> str:
    """SQL of the centre's code: fixed, or by the centre column."""
    if spec.centre_column is None:
        return clean.literal(spec.centre or "")
    raw = plan.raw(spec.centre_column)
    if raw is None:
        return clean.literal("")
    pairs = [(text, clean.literal(code)) for text, code in spec.centre_map]
    value = plan.read("centre", raw, clean.lookup(raw, pairs)).sql
    remedy = "在 sources.yaml 的 centre_column.values 里补上它属于哪个中心,或改正这一格"
    plan.check(spec.centre_column, f"{value} IS NULL", f"‘{{column}}’ 不是已知的中心: ‘{{value}}’。{remedy}")
    return value


def moment(
    plan: Plan, name: str, field: MomentField, *, required: bool = False, due: bool = False, formats: Sequence[str] = ()
) -> str | None:
    """SQL of a TIMESTAMP, None where the file has no such column. ``due``: it may lie in the future.

    ``formats`` are tried where the mapping gives none.
    """
    raw = plan.raw(field.cell)
    if raw is None:
        return None
    tried = field.formats or tuple(formats)
    read = plan.read(name, raw, clean_times.moment(raw, tried, plan.tz))
    value = read.sql
    plan.check(field.cell, f"{value} IS NULL AND NOT {read.blank}", "‘{column}’ 不是时间: ‘{value}’")
    if required:
        plan.check(field.cell, f"{value} IS NULL", "‘{column}’ 是空的")
    whole = value
    if field.time is not None and (time_raw := plan.raw(field.time)) is not None:
        time = plan.read(f"{name}_time", time_raw, clean_times.time_of_day(time_raw)).sql
        plan.check(field.time, f"{value} IS NOT NULL AND {time} IS NULL", "‘{column}’ 不是几点几分: ‘{value}’")
        whole = f"(CAST({value} AS DATE) + {time})"
    plan.check(field.cell, f"{value} < TIMESTAMP '{FIRST_DAY}'", "‘{column}’ 早于 2000 年: ‘{value}’")
    if due:
        latest = f"DATE '{plan.today}' + INTERVAL {LATEST_DUE_YEARS} YEAR"
        plan.check(field.cell, f"{value} > {latest}", f"‘{{column}}’ 比今天晚了 {LATEST_DUE_YEARS} 年以上: ‘{{value}}’")
    else:
        _not_in_future(plan, field.cell, whole)
    return whole


def _not_in_future(plan: Plan, cell: Cell, moment: str) -> None:
    """A clock of the source may run ahead a little (see ``present``), not more."""
    later = f"{moment} > TIMESTAMP '{present.latest(plan.today)}'"
    plan.check(cell, later, f"‘{{column}}’ 在{present.shown(plan.today)}之后: ‘{{value}}’")


def yes_no(plan: Plan, name: str, field: YesNoField, *, required: bool = False, only_if: str = "true") -> str | None:
    """SQL of a BOOLEAN, NULL for a blank cell. ``required``: a blank cell is an error (of rows ``only_if``)."""
    raw = plan.raw(field.cell)
    if raw is None:
        return None
    read = plan.read(name, raw, clean.yes_no(raw, field))
    words = "、".join(word for word in (*field.yes[:3], *field.no[:3]) if word)
    reason = f"‘{{column}}’ 既不是“是”也不是“否”: ‘{{value}}’(认识的词: {_braces(words)})"
    plan.check(field.cell, f"{read.sql} IS NULL AND NOT {read.blank}", reason)
    if required:
        plan.check(field.cell, f"{read.sql} IS NULL AND {only_if}", "‘{column}’ 是空的")
    return read.sql


def duration(plan: Plan, name: str, field: DurationField) -> str | None:
    """SQL of seconds (three decimals), NULL for a blank cell."""
    raw = plan.raw(field.cell)
    if raw is None:
        return None
    value = plan.read(name, raw, clean_times.duration(raw, field.how))
    duration_checks(plan, field.cell, value)
    return value.sql


def duration_checks(plan: Plan, cell: Cell, value: Value, longest: int = LONGEST) -> None:
    """The checks of one length of time."""
    plan.check(cell, f"{value.sql} IS NULL AND NOT {value.blank}", "‘{column}’ 不是时长: ‘{value}’")
    plan.check(cell, f"{value.sql} < 0", "‘{column}’ 是负数: ‘{value}’")
    shown = "24 小时" if longest == LONGEST else f"{longest} 秒"
    plan.check(cell, f"{value.sql} > {longest}", f"‘{{column}}’ 超过 {shown}: ‘{{value}}’")


def rating(plan: Plan, field: RatingField) -> tuple[str, str | None] | None:
    """SQL of (satisfied, points): both NULL where the cell is not a rating; points None where there are none."""
    raw = plan.raw(field.cell)
    if raw is None:
        return None
    points = plan.read("points", raw, clean.rating_points(raw, field)) if field.has_points else None
    if field.satisfied:
        word = plan.read("rated_word", raw, clean.rating_word(raw, field))
        satisfied = f"CASE WHEN points IS NOT NULL THEN coalesce({word.sql}, false) END" if points else word.sql
        judged = points or word
    else:
        assert points is not None
        satisfied, judged = f"({points.sql} >= {field.satisfied_from})", points
    unknown = f"{judged.sql} IS NULL AND NOT {clean.is_no_rating(judged.half, field)}"
    plan.check(field.cell, unknown, "‘{column}’ 不是认识的评价: ‘{value}’")
    if points is None:
        return satisfied, None
    out_of_range = f"{points.sql} < 0 OR {points.sql} > 100"
    plan.check(field.cell, out_of_range, "‘{column}’ 的评分不在 0 到 100 之间: ‘{value}’")
    return satisfied, points.sql


def text(plan: Plan, name: str, field: TextField) -> str | None:
    """SQL of a name, NULL for a blank cell."""
    raw = plan.raw(field.cell)
    if raw is None:
        return None
    limit = TEXT_LIMITS.get(name, 64)
    value = plan.add(name, clean.name(raw, field))
    too_long = f"strlen({value}) > {limit} AND length({value}) > {limit}"
    plan.check(field.cell, too_long, f"‘{{column}}’ 超过 {limit} 个字: ‘{{value}}’")
    return value


def hour(plan: Plan, field: HourField) -> str | None:
    """SQL of the hour 0-23 of a row that gives one."""
    raw = plan.raw(field.cell)
    if raw is None:
        return None
    value = plan.read("hour", raw, clean_times.hour(raw, field.formats)).sql
    plan.check(field.cell, f"coalesce({value} NOT BETWEEN 0 AND 23, true)", "‘{column}’ 不是 0 到 23 点: ‘{value}’")
    return value


def hour_not_in_future(plan: Plan, field: HourField, day: str, hour: str) -> None:
    """An hour of today that has not begun has no figures yet."""
    _not_in_future(plan, field.cell, f"({day} + to_hours({hour}))")


def _braces(text: str) -> str:
    """A text that ``str.format`` gives back unchanged."""
    return text.replace("{", "{{").replace("}", "}}")
