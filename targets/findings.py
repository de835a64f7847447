"""Findings: everything in a sheet that contradicts itself, each with where, why and the arithmetic.

Only what is certain is said. A lost or blank figure is never guessed, so sums with one are judged only where even the
known figures are too much; what merely repeats a figure is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi.sheet import Sheet
from targets.find_model import Finding, FindingKind, Severity
from targets.find_money import money_findings
from targets.find_printed import printed_findings
from targets.find_score import score_findings
from targets.find_seats import seat_findings
from targets.find_targets import target_findings

__all__ = ["Finding", "FindingKind", "Severity", "findings"]


def findings(sheet: Sheet) -> tuple[Finding, ...]:
    """All findings of a sheet: project by project, then the figures of a report, then the scoring form."""
    return tuple(_all(sheet))


def _all(sheet: Sheet) -> Iterator[Finding]:
    for project in sheet.projects:
        yield from money_findings(project, all_sources=sheet.form == "standard")
        yield from target_findings(project)
    yield from seat_findings(sheet)
    yield from printed_findings(sheet)
    yield from score_findings(sheet)
