"""The pages' only source of numbers: asks the database, keeps the answers as long as the data does not change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar, cast

from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from dashboard import language
from dashboard.ask_live import by_hand_of, open_alerts, paces_of
from dashboard.ask_overview import build_overview
from dashboard.ask_proof import build_proof
from dashboard.ask_records import GAP_DAYS, build_page, freshness
from dashboard.asked import Asked
from dashboard.cache import VersionedCache
from dashboard.filters import Filters, Parsed, parse
from dashboard.product import ProductLike
from dashboard.scope import Scope, open_scope
from dashboard.target_filters import TargetFilters
from dashboard.target_filters import parse as parse_target
from dashboard.views import DataPage, Freshness, Overview, Proof
from dashboard.views_live import Paced
from db.centres import tree
from db.engine import data_version
from db.journal import source_states
from db.sheets import SheetRow, list_sheets
from ingest.pull import find_gaps
from kpi.model import Grain
from kpi.periods import unit_of

if TYPE_CHECKING:  # what stands behind these takes seconds to load: imported when first asked for
    from dashboard.ask_alerts import AlertsView
    from dashboard.ask_evaluation import EvaluationView
    from dashboard.ask_indicator import IndicatorView
    from dashboard.ask_reports import ReportsView
    from dashboard.ask_targets import EntriesView, ReviewView, TargetsView
    from targets.what_if_model import WhatIf

EXTENSION = "hotline"
CACHE_SIZE = 64
FRESH_SECONDS = 5
"""How long the sources' state is kept: 200 screens that ask every few seconds cost one look."""

TARGET_GRAINS = (Grain.HALF, Grain.YEAR)
"""What targets are set for: over such a period a status is that of the pace."""

T = TypeVar("T")

_made_for: ContextVar[str | None] = ContextVar("made_for", default=None)


class DatabaseGone(Exception):
    """The database can't be asked just now."""


@dataclass(frozen=True, slots=True)
class CentreChoice:
    """A centre to choose; ``depth`` 0 at the top of the tree."""

    code: str
    name: str
    depth: int


class Data:
    """Answers for pages. Every method may raise DatabaseGone."""

    def __init__(self, product: ProductLike) -> None:
        self.product = product
        self._cache = VersionedCache(CACHE_SIZE)
        self._fresh = VersionedCache(2)
        self._steady = VersionedCache(CACHE_SIZE)

    def now(self) -> datetime:
        """The centre's wall time."""
        return self.product.clock().astimezone(self.product.tz)

    def today(self) -> date:
        """The centre's day."""
        return self.now().date()

    def version(self) -> str:
        """Changes whenever a page may show something else: with the data, and at midnight."""
        with self._reading() as conn:
            return f"{data_version(conn)}.{self.today():%Y%m%d}"

    def centres(self) -> tuple[CentreChoice, ...]:
        """The centres in the order of the tree."""
        return self._kept("centres", _centre_choices)

    def filters(self, query: Mapping[str, object]) -> Parsed:
        """Filters from an address, held against the centres and KPIs there are."""
        return parse(query, [c.code for c in self.centres()], self.product.catalogue.kpis)

    def overview(self, filters: Filters) -> Overview:
        """What 总览 shows; the pace towards its targets is the one that 目标 shows."""

        def make() -> Overview:
            paces = self._paces(filters)
            sheets = [self.targets(TargetFilters(sheet)) for sheet in sorted({one.sheet for one in paces.values()})]
            with self._reading() as conn:
                made = build_overview(self._scope(conn, filters, paces))
            return replace(made, by_hand=by_hand_of(paces.values(), sheets))

        view = self.kept(("overview", filters), make)
        return replace(view, alerts=self._kept("open alerts", open_alerts))

    def _paces(self, filters: Filters) -> Mapping[str, Paced]:
        """How the KPIs with a target stand in their sheets, by KPI: as 目标 shows it."""
        with self._reading() as conn:
            goals = self._scope(conn, filters).goals()
        sheets = {sheet: self.targets(TargetFilters(sheet)) for sheet in {g.sheet for g in goals.values()}}
        return paces_of(goals, sheets, yearly=unit_of(filters.period(self.today())) is Grain.YEAR)

    def proof(self, kpi: str, filters: Filters) -> Proof:
        """Where a figure of 总览 comes from. Raises KeyError for a KPI there is not."""
        found = self.product.catalogue.kpis[kpi]
        return self._kept(
            ("proof", kpi, filters), lambda conn: build_proof(self._scope(conn, filters), found, self.product.tz)
        )

    def view(self, page: str, filters: Filters, build: Callable[[Scope], T]) -> T:
        """What a page shows of a centre and period, asked by ``build`` and kept until the data changes."""

        def make() -> T:
            paces = self._paces(filters) if unit_of(filters.period(self.today())) in TARGET_GRAINS else {}
            with self._reading() as conn:
                return build(self._scope(conn, filters, paces))

        return self.kept((page, filters), make)

    def target_filters(self, query: Mapping[str, object]) -> TargetFilters:
        """What the pages of the performance contract are asked for, held against the sheets there are."""
        return parse_target(query, self._kept("sheet codes", _sheet_codes), self.today())

    def sheets(self) -> tuple[SheetRow, ...]:
        """The target sheets there are."""
        return self._kept("sheets", list_sheets)

    def targets(self, filters: TargetFilters) -> TargetsView:
        """What 目标 shows; kept by sheet and day, whatever else is filtered."""
        from dashboard.ask_targets import build_targets

        asked = TargetFilters(filters.sheet, filters.as_of)
        catalogue, today = self.product.catalogue, self.today()
        return self._kept(("targets", asked), lambda conn: build_targets(conn, catalogue, asked, today))

    def indicator(self, filters: TargetFilters, key: str) -> IndicatorView | None:
        """What 指标详情 shows; None for an indicator there is not."""
        from dashboard.ask_indicator import build_indicator

        asked = TargetFilters(filters.sheet, filters.as_of)
        return self._kept(("indicator", asked, key), lambda conn: build_indicator(conn, self._asked(), asked, key))

    def what_if(self, filters: TargetFilters, key: str, rate: float | None, seats: float | None) -> WhatIf:
        """Where an indicator would end. Raises ValueError with a Chinese sentence, KeyError."""
        from dashboard.ask_indicator import ask_what_if

        with self._reading() as conn:
            return ask_what_if(conn, self._asked(), filters, key, rate, seats)

    def evaluation(self, code: str, period: str) -> EvaluationView | None:
        """What 绩效自评 shows; None for a sheet there is not."""
        from dashboard.ask_evaluation import build_evaluation_view

        now = self.product.clock()
        key = ("evaluation", code, period)
        return self._kept(key, lambda conn: build_evaluation_view(conn, self._asked(), code, period, now))

    def alerts(self) -> AlertsView:
        """What 告警 shows."""
        from dashboard.ask_alerts import build_alerts

        now = self.now()
        return self._kept("alerts", lambda conn: build_alerts(conn, now, self.product.catalogue))

    def _asked(self) -> Asked:
        product = self.product
        return Asked(product.catalogue, self.today(), product.tz, product.settings.min_sample)

    def review(self, code: str, revision: int | None) -> ReviewView | None:
        """What 目标表校核 shows of a sheet; None for one there is not."""
        from dashboard.ask_targets import build_review

        catalogue = self.product.catalogue
        return self._kept(("review", code, revision), lambda conn: build_review(conn, catalogue, code, revision))

    def entries(self, code: str) -> EntriesView:
        """What 填报 shows of a sheet."""
        from dashboard.ask_targets import build_entries

        catalogue, today = self.product.catalogue, self.today()
        return self._kept(("entries", code), lambda conn: build_entries(conn, catalogue, code, today))

    def reports(self) -> ReportsView:
        """What 报告 shows."""
        from dashboard.ask_reports import build_reports

        now, tz = self.now(), self.product.tz
        return self._kept("reports", lambda conn: build_reports(conn, now, tz))

    def records(self, runs_from: int) -> DataPage:
        """What 数据 shows. Runs and checks change without the figures changing, so nothing is kept."""
        product, now = self.product, self.now()
        limit = product.settings.stale_after_minutes
        with self._reading() as conn:
            gaps = {
                source.code: find_gaps(product.engine, product.config, source.code, now.date(), GAP_DAYS - 1)
                for source in product.config.sources
            }
            return build_page(conn, product.config, product.catalogue, now, limit, runs_from, gaps)

    def last_day(self) -> date | None:
        """The last day any source has given, None before the first."""
        with self._reading() as conn:
            days = [s.last_day for s in source_states(conn) if s.last_day is not None]
        return max(days, default=None)

    def freshness(self) -> Freshness:
        """How new the data is. Says so, and raises nothing, where the database is gone."""
        product, now = self.product, self.now()
        limit = product.settings.stale_after_minutes

        def look() -> Freshness:
            with self._reading() as conn:
                return freshness(source_states(conn), product.config, product.catalogue, now, limit)

        try:
            return self._fresh.get(int(now.timestamp()) // FRESH_SECONDS, "freshness", look)
        except DatabaseGone:
            return Freshness(now, None, {}, broken=True)

    def _scope(self, conn: Connection, filters: Filters, paces: Mapping[str, Paced] | None = None) -> Scope:
        product = self.product
        return open_scope(conn, product.catalogue, filters, self.today(), product.settings.min_sample, paces)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept until the data changes: for what pages build from the figures.

        What is asked for inside ``make`` is of the version it is made for.
        """
        version = _made_for.get() or self.version()

        def made() -> T:
            token = _made_for.set(version)
            try:
                return make()
            finally:
                _made_for.reset(token)

        return self._cache.get(version, (language.current(), key), made)

    def steady(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept for the day: for what does not depend on figures."""
        return self._steady.get(self.today(), (language.current(), key), make)

    def _kept(self, key: Hashable, make: Callable[[Connection], T]) -> T:
        def ask() -> T:
            with self._reading() as conn:
                return make(conn)

        return self.kept(key, ask)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self.product.engine.connect() as conn:
                yield conn
        except SQLAlchemyError as error:
            raise DatabaseGone(str(error)) from error


def _sheet_codes(conn: Connection) -> tuple[str, ...]:
    """Codes of the target sheets, those in force before drafts."""
    return tuple(one.code for one in sorted(list_sheets(conn), key=lambda one: one.state != "active"))


def _centre_choices(conn: Connection) -> tuple[CentreChoice, ...]:
    centres = tree(conn)
    return tuple(
        CentreChoice(c.code, c.name, len(centres.chain(c.id)) - 1)
        for c in sorted(centres, key=lambda c: tuple(reversed(centres.chain(c.id))))
    )


def current() -> Data:
    """The data of the application that handles the current request."""
    return cast(Data, current_app.extensions[EXTENSION])
