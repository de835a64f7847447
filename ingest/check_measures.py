"""Rows that are sums already (shapes days and months): reading each figure, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator

from ingest import check, clean, clean_times
from ingest.frames_plan import Plan
from ingest.mapping import DURATIONS, PERCENTAGES, MeasureField, SourceSpec
from kpi.measures import ANSWER_LIMITS, BY_CODE, SHORT_LIMITS, STRICT_LIMITS
from kpi.model import Unit

MOST = 1_000_000_000_000
"""A figure above this is not believed."""
MOST_COUNTED = 100_000_000
"""A count of calls, orders or people above this is not believed."""
_COUNTS = (Unit.CALLS, Unit.ITEMS, Unit.PEOPLE, Unit.TIMES)


def _pairs() -> Iterator[tuple[str, str]]:
    yield from (("answered", "offered"), ("abandoned", "offered"), ("lost_in_ivr", "entered_ivr"))
    yield from (("recorded", "answered"), ("rated_calls", "answered"), ("satisfied_calls", "rated_calls"))
    yield ("missed_returned", "missed_with_number")
    yield from ((f"answered_within_{t}", "answered") for t in ANSWER_LIMITS)
    yield from ((f"abandoned_within_{t}", "abandoned") for t in ANSWER_LIMITS)
    yield from ((f"answered_under_{t}", "answered") for t in STRICT_LIMITS)
    yield from ((f"abandoned_under_{t}", "abandoned") for t in SHORT_LIMITS)
    yield from ((small, "accepted") for small in ("solved_first", "accepted_closed", "accepted_on_time"))
    yield from ((small, "dispatched") for small in ("dispatched_on_time", "dispatched_right"))
    yield from (("closed", "due"), ("closed_on_time", "due"), ("satisfied_orders", "rated_orders"))
    yield from (("inspection_passed", "inspected"), ("complaints_at_fault", "complaints"))


PART_OF: tuple[tuple[str, str], ...] = tuple(_pairs())
"""(part, whole): a row whose part is greater than its whole contradicts itself."""


def fill(plan: Plan, spec: SourceSpec) -> None:
    """Adds every measure of the mapping as an output ``m_CODE``, with its checks."""
    read: dict[str, str] = {}
    for code, field in spec.mapping.measures:
        raw = plan.raw(field.cell)
        if raw is not None:
            read[code] = _figure(plan, code, field, raw)
    fields = dict(spec.mapping.measures)
    sums = {code: _sum(fields[code], value, read) for code, value in read.items()}
    sums = {code: value for code, value in sums.items() if value is not None}
    for part, whole in PART_OF:
        if part in sums and whole in sums and not fields[part].times and not fields[whole].times:
            shown = f"‘{{column}}’ 比 ‘{_header(plan, fields[whole])}’ 还大: ‘{{value}}’"
            plan.check(fields[part].cell, f"{read[part]} > {read[whole]}", shown)
    for code, value in sums.items():
        plan.outputs[f"m_{code}"] = str(value)


def _header(plan: Plan, field: MeasureField) -> str:
    index = plan.binding.index(field.cell)
    header = plan.binding.headers[index] if index is not None else field.cell.names[0]
    return header.replace("{", "{{").replace("}", "}}")


def _figure(plan: Plan, code: str, field: MeasureField, raw: str) -> str:
    """Reads one figure as it is written; returns the name of its value."""
    name = f"f_{code}"
    if field.how in DURATIONS:
        length = plan.read(name, raw, clean_times.duration(raw, field.how))
        check.duration_checks(plan, field.cell, length, check.LONGEST if field.times else MOST)
        return length.sql
    if field.how in PERCENTAGES:
        share = plan.read(name, raw, clean.percent(field.how))
        plan.check(field.cell, f"{share.sql} IS NULL AND NOT {share.blank}", "‘{column}’ 不是百分比: ‘{value}’")
        plan.check(field.cell, f"{share.sql} < 0", "‘{column}’ 是负的百分比: ‘{value}’")
        plan.check(
            field.cell,
            f"{share.sql} > 1",
            "‘{column}’ 大于 100%: ‘{value}’(94.01 不带百分号时在 sources.yaml 写 as: percent_points)",
        )
        return share.sql
    value = plan.read(name, raw, clean.number(raw))
    plan.check(field.cell, f"{value.sql} IS NULL AND NOT {value.blank}", "‘{column}’ 不是数: ‘{value}’")
    _number_checks(plan, code, field, value.sql)
    return value.sql


def _number_checks(plan: Plan, code: str, field: MeasureField, value: str) -> None:
    measure = BY_CODE.get(code)
    unit = measure.unit if measure is not None else None
    if unit is not Unit.YUAN and measure is not None:  # money is booked back, a centre's own figures may be anything
        plan.check(field.cell, f"{value} < 0", "‘{column}’ 是负数: ‘{value}’")
    if unit in _COUNTS and not field.times:
        plan.check(field.cell, f"{value} <> round({value}, 0)", "‘{column}’ 应该是整数: ‘{value}’")
    most = MOST_COUNTED if unit in _COUNTS else MOST
    plan.check(field.cell, f"abs({value}) > {most}", "‘{column}’ 大得不合理: ‘{value}’")


def _sum(field: MeasureField, value: str, read: dict[str, str]) -> str | None:
    """A figure as a sum: a mean or a share times its count. No count in the file: None. 0 calls make 0 seconds."""
    if not field.times:
        return value
    if field.times not in read:
        return None
    count = read[field.times]
    product = f"CAST({value} AS DECIMAL(38,10)) * CAST(round({count}, 0) AS BIGINT)"
    return f"CASE WHEN {count} = 0 THEN 0 ELSE {product} END"
