"""What 口径 shows, as plain data: made by ``ask_catalogue``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kpi.model import Exclusion, Kpi


@dataclass(frozen=True, slots=True)
class CatalogueFormula:
    """A formula written out; ``in_force``: it counts today for the centre asked for."""

    code: str
    text: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class SourceMeasure:
    """A measure a KPI is made of. ``dated_by`` and ``nature`` in words; ``sources``: titles of those that give it."""

    code: str
    name: str
    unit: str
    dated_by: str
    nature: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """A change of a formula. ``centre`` '' : all centres; ``at``: when it was entered, local."""

    valid_from: date
    centre: str
    text: str
    mode: str
    changed_by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One KPI with all that decides its figures; ``versions`` newest first."""

    kpi: Kpi
    formulas: tuple[CatalogueFormula, ...]
    mode: str
    measures: tuple[SourceMeasure, ...]
    versions: tuple[DefinitionVersion, ...]


@dataclass(frozen=True, slots=True)
class ExclusionView:
    """An approved exclusion; ``revoked``: it no longer counts."""

    exclusion: Exclusion
    centre: str
    entered_at: datetime
    revoked: bool


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Everything 口径 shows."""

    entries: tuple[CatalogueEntry, ...]
    exclusions: tuple[ExclusionView, ...]
    today: date
