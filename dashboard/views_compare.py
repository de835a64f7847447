"""What 中心对比 shows, as plain data: made by ``ask_compare``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.judged import Target
from dashboard.views import DailyChart
from dashboard.views_calls import PageScope
from kpi.compare import Standing
from kpi.model import Group, Kpi, KpiValue
from kpi.status import Status


@dataclass(frozen=True, slots=True)
class Unit:
    """What is compared: a centre with all below it, or (``alone``) one without those below it, which stand beside it.
    ``chosen``: it takes part. ``own``: the centre picked in the header."""

    code: str
    name: str
    alone: bool
    chosen: bool
    own: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's place by one KPI, held against the target of its own sheet (or of the one above it)."""

    unit: Unit
    standing: Standing
    target: Target | None
    status: Status | None


@dataclass(frozen=True, slots=True)
class KpiComparison:
    """The units by one KPI, worst first. ``total``: all of them together. ``alike``: they go by one formula; where
    they don't, nothing is ordered. ``formulas``: unit's code → (formula written out, since when)."""

    kpi: Kpi
    rows: tuple[UnitRow, ...]
    total: KpiValue
    alike: bool
    formulas: Mapping[str, tuple[tuple[str, str], ...]]

    @property
    def ranked(self) -> tuple[UnitRow, ...]:
        """Those that can be ordered, worst first; none where the formulas differ."""
        return tuple(row for row in self.rows if row.standing.doubt is None) if self.alike else ()


@dataclass(frozen=True, slots=True)
class Strip:
    """One unit's KPI by day."""

    unit: Unit
    chart: DailyChart


@dataclass(frozen=True, slots=True)
class CompareView:
    """Everything 中心对比 shows. ``groups``: the KPIs to choose from. ``drawn``: the KPI in the address; ``many``:
    the others of its group. Without two units that have figures there is no ``drawn``."""

    scope: PageScope
    units: tuple[Unit, ...]
    groups: Mapping[Group, tuple[Kpi, ...]]
    kpi: Kpi
    drawn: KpiComparison | None
    many: tuple[KpiComparison, ...]
    strips: tuple[Strip, ...]
