"""KPIs of several groups of centres from one reading of the facts, whole and by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.answers import folder_of
from db.centres import CentreTree
from db.inputs import Context, load_inputs
from kpi.catalogue import Catalogue
from kpi.compute import Folder
from kpi.definitions import Definitions
from kpi.model import Ask, Grain, Kpi, KpiValue, Nature
from kpi.parts import DayParts, Inputs, terms_of
from kpi.periods import Period, split

Groups = Mapping[str, tuple[int, ...]]
"""A group's key → the ids of its centres."""
ByGroup = Mapping[str, Mapping[str, "GroupFigures"]]
"""KPI code → group's key → its figures."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One KPI of one group: over the period, and numerator and denominator of the days that are told; of a KPI made of
    levels the day of its last reading (of several, the earliest)."""

    value: KpiValue
    days: Mapping[date, tuple[float, float]]
    read: date | None = None


@dataclass(frozen=True)
class Facts:
    """What is read with: the connection and what the page has read already."""

    conn: Connection
    catalogue: Catalogue
    tree: CentreTree
    definitions: Definitions


def by_group(facts: Facts, kpis: Sequence[Kpi], groups: Groups, period: Period, as_of: date) -> ByGroup:
    """KPIs over a period, the same figures as ``evaluate`` gives for each group."""
    context, centres = _context(facts, kpis, groups, period, as_of, Grain.CENTRE)
    inputs = load_inputs(context, kpis, centres)
    found: dict[str, dict[str, GroupFigures]] = {}
    for kpi in kpis:
        own = found.setdefault(kpi.code, {})
        for key, ids in groups.items():
            folder = folder_of(context, kpi, inputs, ids)
            days, read = _days(folder.parts, len(ids)), _last_read(folder, inputs, ids)
            own[key] = GroupFigures(folder.value(period, key), days, read)
    return found


def _last_read(folder: Folder, inputs: Inputs, centres: Sequence[int]) -> date | None:
    codes = terms_of(folder.kpi, folder.segments)
    if any(inputs.measures[code].nature is not Nature.STOCK for code in codes):
        return None
    found = (inputs.levels.get((centre, code), ((), ()))[0] for centre in centres for code in codes)
    return min((days[-1] for days in found if len(days)), default=None)


def _days(parts: DayParts, centres: int) -> dict[date, tuple[float, float]]:
    """The single days: a month of history stands under its first day with the days of the whole month."""
    rows = zip(parts.days, parts.numerators, parts.denominators, parts.counts, strict=True)
    return {day: (top, bottom) for day, top, bottom, count in rows if count <= centres}


def by_group_and_day(
    facts: Facts, kpi: Kpi, groups: Groups, period: Period, as_of: date
) -> dict[str, tuple[KpiValue, ...]]:
    """One KPI by day for each group."""
    context, centres = _context(facts, [kpi], groups, period, as_of, Grain.DAY)
    inputs = load_inputs(context, [kpi], centres)
    days = split(period, Grain.DAY)
    folders = {key: folder_of(context, kpi, inputs, ids) for key, ids in groups.items()}
    return {key: tuple(folder.value(day, day.start.isoformat()) for day in days) for key, folder in folders.items()}


def _context(
    facts: Facts, kpis: Sequence[Kpi], groups: Groups, period: Period, as_of: date, by: Grain
) -> tuple[Context, tuple[int, ...]]:
    ask = Ask(tuple(kpi.code for kpi in kpis), (), period.start, period.end, as_of, by)
    centres = tuple(sorted({centre for ids in groups.values() for centre in ids}))
    return Context(facts.conn, facts.catalogue, ask, facts.tree, facts.definitions, {}), centres
