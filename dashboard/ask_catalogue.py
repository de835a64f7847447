"""What 口径 shows: the catalogue itself, the definitions stored over it, and which sources give the measures."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from dashboard.ask_proof import to_local
from dashboard.scope import Scope
from dashboard.texts import t
from dashboard.views_catalogue import (
    CatalogueEntry,
    CatalogueFormula,
    CatalogueView,
    DefinitionVersion,
    ExclusionView,
    SourceMeasure,
)
from db.definitions import StoredDefinition, list_definitions, list_exclusions
from db.facts import givers
from db.origins import source_names
from kpi.definitions import formula_text, resolve
from kpi.model import Definition, Kpi, Measure

LATELY = timedelta(days=60)


def build_catalogue(scope: Scope, tz: ZoneInfo) -> CatalogueView:
    """All KPIs with all that decides their figures."""
    stored = list_definitions(scope.conn)
    sources = _sources(scope)
    return CatalogueView(
        entries=tuple(_entry(scope, kpi, stored, sources, tz) for kpi in scope.catalogue),
        exclusions=tuple(
            ExclusionView(
                one.exclusion,
                _centre(scope, one.exclusion.centre),
                to_local(one.entered_at, tz),
                one.revoked_at is not None,
            )
            for one in reversed(list_exclusions(scope.conn, revoked=True))
        ),
        today=scope.today,
    )


def _centre(scope: Scope, code: str | None) -> str:
    return scope.centres.get(code).name if code else t("filter.all_centres")


def _sources(scope: Scope) -> dict[str, tuple[str, ...]]:
    """Titles of the sources that lately gave each measure."""
    names = source_names(scope.conn)
    codes = sorted(scope.catalogue.measures)
    found: dict[str, set[str]] = {}
    since = scope.today - LATELY
    for (_centre_id, measure), ids in givers(scope.conn, codes, scope.ids, since, scope.today).items():
        found.setdefault(measure, set()).update(names[source][1] for source in ids)
    return {measure: tuple(sorted(titles)) for measure, titles in found.items()}


def _entry(
    scope: Scope, kpi: Kpi, stored: list[StoredDefinition], sources: dict[str, tuple[str, ...]], tz: ZoneInfo
) -> CatalogueEntry:
    today = scope.definitions.in_force(kpi, scope.chain, scope.today)
    own = [one for one in stored if one.definition.kpi == kpi.code]
    return CatalogueEntry(
        kpi=kpi,
        formulas=tuple(
            CatalogueFormula(f.code, f.text.format(limit=today.limit, short=today.short), f.code == today.formula)
            for f in kpi.formulas
        ),
        mode=t(f"proof.mode_{today.mode}"),
        measures=tuple(_measure(scope.catalogue.measures[code], sources) for code in _needed(kpi, today)),
        versions=tuple(_version(scope, kpi, one, tz) for one in reversed(own)),
    )


def _needed(kpi: Kpi, definition: Definition) -> list[str]:
    """Measures of all formulas of a KPI, the one in force first."""
    ordered = sorted(kpi.formulas, key=lambda formula: formula.code != definition.formula)
    codes: dict[str, None] = {}
    for formula in ordered:
        for terms in (formula.numerator, formula.denominator):
            codes.update(dict.fromkeys(resolve(terms, definition)))
    return list(codes)


def _measure(measure: Measure, sources: dict[str, tuple[str, ...]]) -> SourceMeasure:
    return SourceMeasure(
        measure.code,
        measure.name,
        measure.unit.value,
        t(f"catalogue.dated_{measure.dated_by.value}"),
        t(f"catalogue.nature_{measure.nature.value}"),
        sources.get(measure.code, ()),
    )


def _version(scope: Scope, kpi: Kpi, one: StoredDefinition, tz: ZoneInfo) -> DefinitionVersion:
    definition = one.definition
    return DefinitionVersion(
        valid_from=definition.valid_from,
        centre=_centre(scope, definition.centre),
        text=formula_text(kpi, definition),
        mode=t(f"proof.mode_{definition.mode}"),
        changed_by=definition.changed_by,
        at=to_local(one.changed_at, tz),
        note=definition.note,
    )
