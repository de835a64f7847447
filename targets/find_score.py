"""Findings of a self-evaluation form: printed values, completions and scores against the form's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from kpi.score_presets import ZHONGSHAN_2022
from kpi.scoring import RowInput, contradictions, form_from_json, inputs_from_json
from kpi.sheet import Project, Sheet
from targets.find_model import Finding, FindingKind, number

ZERO = Decimal(0)


def score_findings(sheet: Sheet) -> Iterator[Finding]:
    """Where the scoring part of a form contradicts itself.

    ``score_form`` holds {"form": …, "inputs": …}; without it, the 中山 form's two budget rates are worked out from
    the amounts of its first table.
    """
    held = sheet.score_form
    if isinstance(held, Mapping) and "form" in held:
        form, inputs = form_from_json(held["form"]), inputs_from_json(held.get("inputs", {}))
    elif sheet.form == "zhongshan" and sheet.projects:
        form, inputs = ZHONGSHAN_2022, budget_inputs(sheet.projects[0])
    else:
        return
    for found in contradictions(form, inputs):
        yield Finding(FindingKind.PRINTED, f"score/{found.no}", found.message, found.proof)


def budget_inputs(project: Project) -> dict[str, RowInput]:
    """The inputs of the 中山 form's 预算执行率 and 预算调整率, by the form's own formulas.

    Only an amount taken away counts as moved (a negative 预算调整额); added money does not.
    """
    amounts = {line.name: n for line in project.funds if (n := number(line.amount)) is not None}
    spent = next((n for c in project.costs if c.kind == "actual" and (n := number(c.amount)) is not None), None)
    budget, moved = amounts.get("年初预算安排数"), amounts.get("预算调整额")
    if not budget or moved is None:
        return {}
    printed = {i.name: number(i.reported) for i in project.indicators if i.reported is not None}
    taken = max(ZERO, -moved)
    result = {
        "budget-adjustment": RowInput(
            value=taken / budget * 100,
            reported=printed.get("预算调整率"),
            basis=f"{taken:,.2f} ÷ {budget:,.2f} × 100%",
        )
    }
    if spent is not None and budget + moved > 0:
        result["budget-execution"] = RowInput(
            value=spent / (budget + moved) * 100,
            reported=printed.get("预算执行率"),
            basis=f"{spent:,.2f} ÷ ({budget:,.2f} + {moved:,.2f}) × 100%",
        )
    return result
