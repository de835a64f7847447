"""The plan of a row by shape: which typed columns the rows of calls, orders, days and months have."""

from __future__ import annotations

from collections.abc import Sequence

from ingest import check, check_measures
from ingest.clean import ident, tidy
from ingest.clean_times import MONTH_FORMATS
from ingest.frames_plan import Check, Plan
from ingest.headers import RESERVED
from ingest.mapping import (
    Duplicates,
    DurationField,
    HourField,
    MomentField,
    OpeningHours,
    RatingField,
    Shape,
    SourceSpec,
    TextField,
    YesNoField,
)
from kpi.measures import of_fact
from kpi.model import Fact

SEAT_CODES = frozenset(measure.code for measure in of_fact(Fact.SEAT))
_LATE, _REQUIRED = ("due_at",), ("asked_at", "accepted_at", "day", "month", "to_person")


def fill(plan: Plan, spec: SourceSpec, columns: Sequence[str]) -> None:
    """Fills a plan from the mapping of a source. ``columns`` are those of the relation."""
    plan.outputs["centre"] = check.centre(plan, spec)
    found = _fields(plan, spec)
    if spec.shape is Shape.CALLS:
        _calls(plan, spec, found)
    elif spec.shape is Shape.ORDERS:
        _orders(plan, found)
    else:
        _totals(plan, spec, found)
    _tell_repeats(plan, spec, columns)


def _fields(plan: Plan, spec: SourceSpec) -> dict[str, str]:
    """The SQL of every field whose column the file has."""
    found: dict[str, str | None] = {}
    for name, field in spec.mapping.fields:
        if name == "id":  # only tells rows apart
            continue
        if isinstance(field, RatingField):
            rating = check.rating(plan, field)
            if rating is not None:
                found["satisfied"], found["points"] = rating
        elif name != "answered":  # its blank cells are judged by to_person and lost_in_ivr
            found[name] = _field(plan, name, field)
    return {name: sql for name, sql in found.items() if sql is not None}


def _field(
    plan: Plan, name: str, field: MomentField | YesNoField | DurationField | TextField | HourField
) -> str | None:
    needed = name in _REQUIRED
    match field:
        case MomentField():
            formats = MONTH_FORMATS if name == "month" else ()
            return check.moment(plan, name, field, required=needed, due=name in _LATE, formats=formats)
        case YesNoField():
            return check.yes_no(plan, name, field, required=needed)
        case DurationField():
            return check.duration(plan, name, field)
        case TextField():
            return check.text(plan, name, field)
        case HourField():
            return check.hour(plan, field)


def _calls(plan: Plan, spec: SourceSpec, found: dict[str, str]) -> None:
    person = found.get("to_person", "true")
    if "lost_in_ivr" in found:
        person = f"({person} AND NOT coalesce({found['lost_in_ivr']}, false))"
    answered = spec.mapping.get("answered")
    assert isinstance(answered, YesNoField)
    value = check.yes_no(plan, "answered", answered, required=True, only_if=person) or "NULL"
    asked = found.pop("asked_at")
    counted = person
    if spec.opening_hours is not None and not spec.opening_hours.always:
        plan.outputs["closed"] = f"NOT {_is_open(spec.opening_hours, asked)}"
        counted = f"({person} AND {_is_open(spec.opening_hours, asked)})"
    plan.outputs["day"] = f"CAST({asked} AS DATE)"
    plan.outputs["hour"] = f"CAST(hour({asked}) AS SMALLINT)"
    plan.outputs["answered"] = value if counted == "true" else f"CASE WHEN {counted} THEN {value} END"
    plan.outputs.update(found)


def _is_open(hours: OpeningHours, asked: str) -> str:
    minute = f"(hour({asked}) * 60 + minute({asked}))"
    arms = []
    for number, spans in enumerate(hours.spans, 1):
        within = [f"({minute} >= {start} AND {minute} < {end})" for start, end in spans]
        arms.append(f"WHEN {number} THEN {' OR '.join(within) or 'false'}")
    return f"(CASE isodow({asked}) {' '.join(arms)} END)"


def _orders(plan: Plan, found: dict[str, str]) -> None:
    plan.outputs["anchor"] = f"CAST({found.pop('accepted_at')} AS DATE)"
    plan.outputs.update(found)


def _totals(plan: Plan, spec: SourceSpec, found: dict[str, str]) -> None:
    """Rows that are sums already: their names may say 合计, which would count everything twice."""
    if spec.start_date is not None:
        blank = "first_cell IS NULL AND damage IS NULL"
        place = plan.add("place", f"sum(CASE WHEN {blank} THEN 0 ELSE 1 END) OVER (ORDER BY row_no)")
        plan.outputs["day"] = f"CAST(DATE '{spec.start_date}' + CAST({place} - 1 AS INTEGER) AS DATE)"
        days = (plan.today - spec.start_date).days + 1
        reason = f"按 start_date {spec.start_date} 起每行一天推算,这一行在今天({plan.today})之后。请核对 start_date"
        plan.checks.append(Check(None, f"{place} > {days}", reason))
    for name in ("day", "month"):
        if name in found:
            plan.outputs[name] = f"CAST({found.pop(name)} AS DATE)"
    if "month" in plan.outputs:
        plan.outputs["month"] = f"CAST(date_trunc('month', {plan.outputs['month']}) AS DATE)"
    plan.outputs.update(found)
    hour = spec.mapping.get("hour")
    if isinstance(hour, HourField) and "hour" in found:
        check.hour_not_in_future(plan, hour, f"CAST({plan.outputs['day']} AS TIMESTAMP)", found["hour"])
    cells = [field.cell for _, field in spec.mapping.fields]
    cells += [spec.centre_column] if spec.centre_column is not None else []
    plan.total_cells = [raw for cell in cells if (raw := plan.raw(cell)) is not None]
    if "seat" in found and any(code in SEAT_CODES for code, _ in spec.mapping.measures):
        plan.check(dict(spec.mapping.fields)["seat"].cell, f"{found['seat']} IS NULL", "‘{column}’ 是空的")
    check_measures.fill(plan, spec)


def _tell_repeats(plan: Plan, spec: SourceSpec, columns: Sequence[str]) -> None:
    """Rows repeat each other by their id where one is mapped (a row without one repeats none), else by every cell."""
    if spec.duplicates is Duplicates.KEEP:
        return
    number = spec.mapping.get("id")
    if number is None:
        plan.same = f"[{', '.join(ident(column) for column in columns if column not in RESERVED)}]"
        return
    plan.same_cell = plan.binding.index(number.cell)
    if plan.same_cell is not None:
        plan.same = tidy(ident(plan.binding.headers[plan.same_cell]))
