"""What the parts of a page ask with: the centre, the period and what is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboard.filters import Filters
from dashboard.judged import MONEY_TOLERANCE, Target
from db.answers import evaluate
from db.centres import CentreTree, tree
from db.definitions import list_exclusions, load_definitions
from db.kpi_targets import KpiTarget, load_targets, target_for
from kpi.catalogue import Catalogue
from kpi.definitions import Definitions
from kpi.model import Answer, Ask, Exclusion, Grain, Group, Kpi
from kpi.parts import terms_of
from kpi.periods import Period, containing
from kpi.status import Operator


@dataclass(frozen=True)
class Scope:
    """Everything that the parts of one page ask with."""

    conn: Connection
    catalogue: Catalogue
    filters: Filters
    today: date
    min_sample: int
    centres: CentreTree
    definitions: Definitions
    exclusions: tuple[Exclusion, ...]
    targets: tuple[KpiTarget, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Centre codes to ask for; () is all."""
        return (self.filters.centre,) if self.filters.centre else ()

    @property
    def ids(self) -> tuple[int, ...]:
        """Centre ids behind the codes."""
        return self.centres.under_all(self.codes)

    @property
    def period(self) -> Period:
        """The days asked for."""
        return self.filters.period(self.today)

    @property
    def chain(self) -> tuple[str, ...]:
        """The centre asked for and those above it: whose targets and definitions count."""
        if self.filters.centre:
            return self.centres.chain(self.centres.get(self.filters.centre).id)
        roots = self.centres.roots()
        return (roots[0].code,) if len(roots) == 1 else ()

    def ask(
        self,
        kpis: Iterable[str],
        period: Period,
        by: Grain = Grain.TOTAL,
        *,
        exclude: bool = False,
        until_hour: int | None = None,
    ) -> Answer:
        """The figures of some KPIs over a period."""
        as_of = max(min(self.today, period.end), period.start) if period.end <= self.today else self.today
        question = Ask(tuple(kpis), self.codes, period.start, period.end, as_of, by, None, exclude, until_hour)
        return evaluate(self.conn, self.catalogue, question)

    def target(self, kpi: Kpi) -> Target | None:
        """What the KPI is judged by. Counts and money grow: only over the very period their target is set for."""
        last = min(self.period.end, self.today)
        found = target_for(self.targets, self.chain, kpi.code, last)
        if found is None:
            return None
        operator = Operator(found.operator)
        if not (kpi.is_count or kpi.group is Group.MONEY):
            return Target(operator, found.value)
        if self.period != containing(last, Grain.HALF if found.half else Grain.YEAR):
            return None
        tolerance = MONEY_TOLERANCE if kpi.group is Group.MONEY else 0.0
        return Target(operator, found.value, tolerance, whole=True, due=self.period.end <= self.today)

    def goal(self, kpi: Kpi) -> tuple[str, str] | None:
        """Sheet and indicator that the KPI is judged by on the last day of the period."""
        found = target_for(self.targets, self.chain, kpi.code, min(self.period.end, self.today))
        return (found.sheet, found.key) if found is not None else None


def open_scope(conn: Connection, catalogue: Catalogue, filters: Filters, today: date, min_sample: int) -> Scope:
    """Reads what all parts of a page share."""
    last = min(filters.period(today).end, today)
    return Scope(
        conn,
        catalogue,
        filters,
        today,
        min_sample,
        tree(conn),
        load_definitions(conn),
        tuple(stored.exclusion for stored in list_exclusions(conn)),
        tuple(load_targets(conn, last.year)),
    )


def needed_measures(scope: Scope, kpi: Kpi, period: Period) -> list[str]:
    """The measures a KPI needs under the definitions in force over a period."""
    return terms_of(kpi, scope.definitions.segments(kpi, scope.chain, period))
