"""What the parts of a page ask with: the centre, the period and what is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from dashboard.filters import Filters
from dashboard.judged import MONEY_TOLERANCE, Target, judge
from dashboard.views_live import Paced
from db.answers import evaluate
from db.centres import CentreTree, tree
from db.definitions import list_exclusions, load_definitions
from db.kpi_targets import KpiTarget, load_targets, target_for
from kpi.catalogue import Catalogue
from kpi.definitions import Definitions
from kpi.model import Answer, Ask, Exclusion, Grain, Group, Kpi, KpiValue, Unit
from kpi.parts import terms_of
from kpi.periods import Period, containing
from kpi.status import Operator, Status


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
    paces: Mapping[str, Paced] = field(default_factory=dict)
    """How the KPIs with a goal stand in their sheets, by KPI; {} where nobody has asked."""

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
        part_until: date | None = None,
    ) -> Answer:
        """The figures of some KPIs over a period."""
        as_of = max(min(self.today, period.end), period.start) if period.end <= self.today else self.today
        question = Ask(
            tuple(kpis), self.codes, period.start, period.end, as_of, by, None, exclude, until_hour, part_until
        )
        return evaluate(self.conn, self.catalogue, question)

    def target(self, kpi: Kpi) -> Target | None:
        """What the KPI is judged by. Counts and money grow: only over the very period their target is set for.
        What a seat handles in a day grows until its end: of today it is due only then."""
        found = self._set_for(kpi)
        if found is None:
            return None
        last = min(self.period.end, self.today)
        operator = Operator(found.operator)
        if not (kpi.is_count or kpi.group is Group.MONEY):
            grows = kpi.unit is Unit.ITEMS_PER_SEAT_DAY and self.period == Period(self.today, self.today)
            return Target(operator, found.value, due=not grows)
        if self.period != containing(last, Grain.HALF if found.half else Grain.YEAR):
            return None
        tolerance = MONEY_TOLERANCE if kpi.group is Group.MONEY else 0.0
        return Target(operator, found.value, tolerance, whole=True, due=self.period.end <= self.today)

    def _set_for(self, kpi: Kpi) -> KpiTarget | None:
        """The target on the last day that has passed; of the year as a whole the full year's, where there is one."""
        last = min(self.period.end, self.today)
        days = [self.period.end, last] if self.period == containing(last, Grain.YEAR) else [last]
        found = (target_for(self.targets, self.chain, kpi.code, day) for day in days)
        return next((one for one in found if one is not None), None)

    def status(self, kpi: Kpi, value: KpiValue) -> Status | None:
        """The status word of a figure of the period. Over the very period that its target is set for it is the one
        that 目标 shows: what is still to come counts there too."""
        pace = self.paces.get(kpi.code)
        if pace is not None and pace.period == self.period:
            return pace.status
        return judge(value, self.target(kpi), self.min_sample, kpi)

    def goals(self) -> dict[str, KpiTarget]:
        """By KPI the target whose pace tells of these figures: while the period runs, of a sheet that is about just
        these centres. The allowance of a whole city is not that of one of its districts."""
        if not self.period.start <= self.today <= self.period.end:
            return {}
        found = {kpi.code: self._set_for(kpi) for kpi in self.catalogue.kpis.values()}
        mine = set(self.ids)
        own = {
            centre
            for centre in {one.centre for one in found.values() if one is not None}
            if set(self.centres.under_all((centre,) if centre else ())) == mine
        }
        return {code: one for code, one in found.items() if one is not None and one.centre in own}


def open_scope(
    conn: Connection,
    catalogue: Catalogue,
    filters: Filters,
    today: date,
    min_sample: int,
    paces: Mapping[str, Paced] | None = None,
) -> Scope:
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
        paces or {},
    )


def needed_measures(scope: Scope, kpi: Kpi, period: Period) -> list[str]:
    """The measures a KPI needs under the definitions in force over a period."""
    return terms_of(kpi, scope.definitions.segments(kpi, scope.chain, period))
