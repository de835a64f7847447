"""Where a figure comes from: the definitions in force, the parts, the pulls behind it (RULES 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.scope import Scope, needed_measures
from dashboard.views import BroughtBy, FormulaInForce, Proof
from db.journal import Provenance, list_restatements, provenance
from kpi.definitions import BEGINNING, Segment, formula_text
from kpi.model import Kpi
from kpi.periods import Period

MOST_RUNS = 12
MOST_RESTATED = 1000


def build_proof(scope: Scope, kpi: Kpi, tz: ZoneInfo) -> Proof:
    """Everything that proves a KPI's figure over the period."""
    value = scope.ask((kpi.code,), scope.period).one(kpi.code)
    passed = scope.period.until(scope.today) or scope.period
    segments = scope.definitions.segments(kpi, scope.chain, passed)
    measures = needed_measures(scope, kpi, passed)
    numerator, _, denominator = formula_text(kpi, segments[-1].definition).partition(" ÷ ")
    brought = provenance(scope.conn, scope.ids, measures, passed.start, passed.end)
    return Proof(
        kpi=kpi,
        value=value,
        centres=max(value.days_passed // passed.days, 1),
        target=scope.target(kpi),
        formulas=tuple(_in_force(kpi, segment) for segment in segments),
        numerator=(numerator.strip("()"), value.numerator),
        denominator=(denominator.strip("()"), value.denominator) if denominator else None,
        brought=tuple(_brought(run, tz) for run in brought[:MOST_RUNS]),
        brought_more=max(len(brought) - MOST_RUNS, 0),
        restated=_restated(scope, set(measures), passed),
    )


def _in_force(kpi: Kpi, segment: Segment) -> FormulaInForce:
    definition = segment.definition
    return FormulaInForce(
        text=formula_text(kpi, definition),
        valid_from=None if definition.valid_from == BEGINNING else definition.valid_from,
        period=segment.period,
        mode=definition.mode,
        note=definition.note,
        changed_by=definition.changed_by,
    )


def _brought(found: Provenance, tz: ZoneInfo) -> BroughtBy:
    run = found.run
    return BroughtBy(
        source=run.source,
        title=run.source_title or run.source,
        run_id=run.id,
        at=to_local(run.ended_at or run.started_at, tz),
        inputs=tuple(input_text(one) for one in run.inputs),
        first_day=found.first_day,
        last_day=found.last_day,
    )


def to_local(moment: datetime, tz: ZoneInfo) -> datetime:
    """A stored moment (naive UTC) as wall time of the centre."""
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(tz)


def input_text(one: Mapping[str, Any]) -> str:
    """What a run read, as one line: the file, the query or the address."""
    for key in ("name", "query", "url"):
        if one.get(key):
            return str(one[key])
    return ", ".join(str(value) for value in one.values())


def _restated(scope: Scope, measures: set[str], passed: Period) -> int:
    found = list_restatements(scope.conn, scope.ids, passed.start, passed.end, limit=MOST_RESTATED, corrections=True)
    return sum(one.measure in measures for one in found)
