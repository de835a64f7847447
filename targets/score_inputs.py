"""What a scoring form is scored with: the figures of the progress, and on top what a person put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from db.evaluations import StoredEvaluation
from kpi.catalogue import Catalogue
from kpi.model import Kpi
from kpi.pace_model import BoundTo, Pace, Progress, ProgressRow
from kpi.rounding import exact
from kpi.score_presets import standard_form
from kpi.scoring import GradeRule, Row, RowInput, ScoreForm, form_from_json, inputs_from_json
from kpi.sheet import CellKind, Sheet
from kpi.status import Status
from targets import said
from targets.pace_base import scaled


def score_form(sheet: Sheet, stored: StoredEvaluation, period: str) -> ScoreForm:
    """The form a sheet is scored by in a period: the stored one, else the document's own, else the standard one.

    Raises kpi.scoring.FormError where what is stored can't be used, ValueError for another period.
    """
    if stored.form is not None:
        return form_from_json(stored.form)
    held = sheet.score_form
    if isinstance(held, Mapping) and "form" in held:
        return form_from_json(held["form"])
    return standard_form(sheet, period=period)


def score_inputs(
    progress: Progress, catalogue: Catalogue, sheet: Sheet, form: ScoreForm, stored: StoredEvaluation, period: str
) -> dict[str, RowInput]:
    """Inputs by row key. What a person put in counts before what the progress knows; a missing figure stays missing.

    Raises kpi.scoring.FormError for stored inputs that can't be read.
    """
    held = sheet.score_form
    own = inputs_from_json(held.get("inputs", {})) if isinstance(held, Mapping) else {}
    given = {**own, **inputs_from_json(stored.inputs)}
    rows = {row.key: row for row in progress.rows}
    found = dict(given)
    for one in form.rows:
        if one.key in rows and one.applies:
            found[one.key] = _filled(given.get(one.key, RowInput()), one, rows[one.key], catalogue, period)
    return found


def _filled(given: RowInput, form_row: Row, row: ProgressRow, catalogue: Catalogue, period: str) -> RowInput:
    pace = row.half if period == "half" else row.full
    if isinstance(form_row.rule, GradeRule):
        if given.grade or given.completion is not None or pace.status is not Status.MET or not form_row.rule.grades:
            return given
        return replace(given, grade=form_row.rule.grades[0][0], basis=given.basis or pace.said)
    if given.value is not None or given.completion is not None or pace.value is None:
        return given
    bound = row.binding is not None and row.binding.bound_to is BoundTo.KPI
    kpi = catalogue.kpis.get(row.binding.reference) if row.binding is not None and bound else None
    return replace(given, value=_printed(pace, row, kpi), basis=given.basis or _basis(pace))


def _printed(pace: Pace, row: ProgressRow, kpi: Kpi | None) -> Decimal:
    """The value in the unit that the form prints: percent as 96.5, 3.8 for 38,000 个 against “万个”."""
    assert pace.value is not None
    if pace.target.kind is CellKind.SCHEDULE or (not pace.target.is_number and row.unit == said.PERCENT):
        return exact(pace.value) * 100
    return exact(pace.value) / exact(scaled(1.0, pace.target.unit, kpi) if pace.target.unit else 1.0)


def _basis(pace: Pace) -> str:
    if pace.numerator is None or pace.denominator is None:
        return ""
    return f"{said.amount(pace.numerator, '')} ÷ {said.amount(pace.denominator, '')}"
