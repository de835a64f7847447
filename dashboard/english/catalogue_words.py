"""What the catalogue declares of its KPIs and measures in English, as pairs to translate by: Chinese → English."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.language import Pairs
from kpi.catalogue import BUILTIN, Catalogue
from kpi.measures import ALL_MEASURES
from kpi.misses import HAPPENED, SHORT_OF, Misses
from kpi.model import Kpi, Measure


def names(kpis: Iterable[Kpi], measures: Iterable[Measure]) -> dict[str, str]:
    """Names and notes, and the further words of formulas. Where a measure is called what a KPI is called (受理量) the
    KPI's English stands for both. A name is no template: one with a slot in it stays as it is."""
    found, further = {measure.name: measure.english for measure in measures}, dict[str, str]()
    for kpi in kpis:
        found |= {kpi.name: kpi.english, kpi.note: kpi.note_english}
        further |= dict(kpi.words)
    return {name: english for name, english in found.items() if name and english and "{" not in name} | further


def declared_misses(kpis: Iterable[Kpi]) -> tuple[Misses, ...]:
    """What misses are called, each once, and last what they are called where a KPI declares nothing."""
    return tuple(dict.fromkeys([*(kpi.misses for kpi in kpis if kpi.misses is not None), SHORT_OF, HAPPENED]))


def pacing(misses: Iterable[Misses]) -> dict[str, str]:
    """What may still be missed, by how much too many were, and what is left to hope for."""
    found = {}
    for one in misses:
        counted = f"{{n}} {one.word}".rstrip()
        found[f"还可{one.verb} {counted}"] = f"{{n}} more {one.may_miss}"
        found[f"{{verb}}已超支 {counted}"] = "the allowance is overspent by {n}"
        found[one.best] = one.luck
    return found


def shares(misses: Iterable[Misses]) -> dict[str, str]:
    """What a place missed against what it usually does, and the bare words for it."""
    found = {}
    for one in misses:
        word = f" {one.word}".rstrip()
        found[one.verb] = one.missed
        found[f"{{place}}{one.verb} {{n}}{word},占 {{n2}}(平常 {{n3}}),多出 {{n4}}{word}"] = (
            f"{{place}}: {{n}} {one.missed}, {{n2}} of all (usually {{n3}}), {{n4}} more than usual"
        )
    return found


def own_words(catalogue: Catalogue) -> Pairs:
    """What one installation's own KPIs and measures are called, beyond the built-in ones."""
    builtin = {one.code for one in BUILTIN}
    standard = {one.code for one in ALL_MEASURES}
    kpis = [kpi for kpi in catalogue if kpi.code not in builtin]
    measures = [one for one in catalogue.measures.values() if one.code not in standard]
    misses = [one for one in declared_misses(kpis) if one not in (SHORT_OF, HAPPENED)]
    return tuple((names(kpis, measures) | pacing(misses) | shares(misses)).items())
