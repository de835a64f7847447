"""Which sources the figures of a target sheet wait for: what turns its rows stale when one of them stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from dashboard.ask_targets import TargetsView
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.scope import Scope, needed_measures
from dashboard.target_filters import TargetFilters
from db.facts import givers
from db.origins import source_names
from kpi.pace_model import BoundTo, ProgressRow
from kpi.periods import Period

LATELY_DAYS = 28
"""A source that has brought nothing for so long is not waited for."""

Sources = Mapping[str, tuple[str, ...]]


def sources_by_kpi(scope: Scope) -> Sources:
    """The sources that lately brought what each KPI of the catalogue needs."""
    span = Period(scope.today - timedelta(days=LATELY_DAYS - 1), scope.today)
    needs = {kpi.code: needed_measures(scope, kpi, span) for kpi in scope.catalogue}
    names = {number: code for number, (code, _title) in source_names(scope.conn).items()}
    brought: dict[str, set[str]] = {}
    every = sorted(set().union(*needs.values()))
    for (_centre, measure), found in givers(scope.conn, every, scope.ids, span.start, span.end).items():
        brought.setdefault(measure, set()).update(names[one] for one in found)
    return {code: tuple(sorted(set().union(*(brought.get(m, ()) for m in needed)))) for code, needed in needs.items()}


def sources_of_rows(data: Data, sheet: str, as_of: date, rows: Sequence[ProgressRow]) -> Sources:
    """By the key of each row the sources of its figures: none of a past day, of a period that is over, and of what
    people enter."""
    if as_of < data.today():
        return {}
    row = next((one for one in data.sheets() if one.code == sheet), None)
    known = {centre.code for centre in data.centres()}
    centre = row.centre if row is not None and row.centre in known else ""
    found: Sources = data.view("sources by KPI", Filters(centre=centre or ""), sources_by_kpi)
    return {one.key: found.get(_kpi_of(one), ()) for one in rows if one.due(as_of).period.end >= as_of}


def sources_of_view(data: Data, view: TargetsView) -> Sources:
    """The same for every row of a sheet."""
    if view.progress is None or view.row is None:
        return {}
    return sources_of_rows(data, view.row.code, view.as_of, view.progress.rows)


def sources_of_sheet(data: Data, sheet: str) -> tuple[str, ...]:
    """All sources that a sheet's figures of today wait for."""
    return together(sources_of_view(data, data.targets(TargetFilters(sheet))))


def together(sources: Sources) -> tuple[str, ...]:
    """The sources of several rows."""
    return tuple(sorted(set().union(*sources.values())))


def _kpi_of(row: ProgressRow) -> str:
    binding = row.binding
    return binding.reference if binding is not None and binding.bound_to is BoundTo.KPI else ""
