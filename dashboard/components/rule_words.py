"""Scoring rules in words, for the score table and under what a person writes."""

from __future__ import annotations

from dashboard.texts import t
from kpi.scoring import (
    BandRule,
    CompletionRule,
    DeductionRule,
    GradeRule,
    LinearRule,
    Rule,
    StepRule,
    VetoRule,
)


def rule_text(rule: Rule) -> str:
    """A scoring rule in words."""
    match rule:
        case BandRule():
            bands = [(band.text.replace("值", t("scoring.value")), band.points) for band in rule.bands]
            return ";".join(t("scoring.said_band", range=text, points=points) for text, points in bands)
        case CompletionRule():
            return _completion(rule)
        case LinearRule():
            return t("scoring.said_linear", floor=rule.floor, target=rule.target)
        case StepRule():
            key = "scoring.said_steps_down" if rule.lower_is_better else "scoring.said_steps_up"
            said = t(key, target=rule.target, step=rule.step, points=rule.points)
            return f"{said},{t('scoring.said_started')}" if rule.started else said
        case GradeRule():
            return t("scoring.said_grades", grades="、".join(f"{name} {share}%" for name, share in rule.grades))
        case DeductionRule():
            return t("scoring.said_deduction", limit=rule.limit)
        case VetoRule():
            return t("scoring.said_veto", grade=rule.grade)


def _completion(rule: CompletionRule) -> str:
    if rule.target is None:
        return t("scoring.said_by_hand", cap=rule.cap)
    return t("scoring.said_down" if rule.lower_is_better else "scoring.said_up", target=rule.target, cap=rule.cap)
