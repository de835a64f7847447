"""What the self-evaluation asks of the database: the figures it states year on year, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.answers import evaluate
from db.centres import CentreTree, tree
from db.definitions import load_definitions
from db.origins import Provenance, provenance
from kpi.catalogue import Catalogue
from kpi.definitions import Definitions, formula_text
from kpi.model import Ask, Grain, Kpi, KpiValue
from kpi.pace_model import BoundTo, Progress
from kpi.parts import terms_of
from kpi.periods import Period, on_last_year
from kpi.sheet import Cell
from targets.evaluation_model import Origin, ReportFigure

STATED = (
    "inbound_volume", "offered_volume", "accepted_volume", "answer_rate", "service_level", "speed_of_answer",
    "first_contact_rate", "dispatch_accuracy", "closure_rate", "on_time_closure_rate", "callback_rate",
    "satisfaction_rate", "daily_output", "quality_pass_rate", "service_complaints",
)  # fmt: skip
"""The KPIs a report states, in its order; those that were never supplied are left out."""
COMPARABLE = 0.95
"""Share of days with data below which a count is not compared with the year before."""
_COMPARABLE_RATIO = 0.5

Month = tuple[date, float | None]


@dataclass(frozen=True)
class _Asker:
    """Asks about one centre (None: all) in two like periods."""

    conn: Connection
    catalogue: Catalogue
    centres: tuple[str, ...]
    tree: CentreTree
    definitions: Definitions
    tz: ZoneInfo

    def values(self, kpis: Sequence[str], period: Period, by: Grain = Grain.TOTAL) -> Mapping[str, Sequence[KpiValue]]:
        ask = Ask(tuple(kpis), self.centres, period.start, period.end, period.end, by)
        return evaluate(self.conn, self.catalogue, ask).values

    def origin(self, kpi: Kpi, period: Period) -> Origin:
        """The formula in force and the runs behind a KPI's figure."""
        ids = self.tree.under_all(self.centres)
        chain = self.tree.chain(ids[0]) if ids else ()
        segments = self.definitions.segments(kpi, chain, period)
        brought = provenance(self.conn, ids, terms_of(kpi, segments), period.start, period.end)
        texts = dict.fromkeys(formula_text(kpi, segment.definition) for segment in segments)
        return Origin("；".join(texts), _sources(brought, self.tz))


def report_figures(
    conn: Connection,
    catalogue: Catalogue,
    centre: str | None,
    period: Period,
    as_of: date,
    *,
    tz: ZoneInfo,
    kpis: Iterable[str] = STATED,
    targets: Mapping[str, Cell] | None = None,
) -> tuple[ReportFigure, ...]:
    """The figures of a centre (None: all) in the part of ``period`` that has passed, beside those a year before.

    ``targets``: the level a KPI is held against, by code. Nothing before the period has begun.
    """
    compared = on_last_year(period, as_of)
    codes = [code for code in kpis if code in catalogue.kpis]
    if compared is None or not codes:
        return ()
    asker = _asker(conn, catalogue, centre, tz)
    now, then = (asker.values(codes, part) for part in (compared.current, compared.before))
    months = [asker.values(codes, part, Grain.MONTH) for part in (compared.current, compared.before)]
    found = []
    for code in codes:
        (this,), (last,) = now[code] or (None,), then[code] or (None,)
        if this is None or last is None or (this.value is None and last.value is None):
            continue
        kpi = catalogue.kpis[code]
        origin = asker.origin(kpi, compared.current)
        monthly = tuple(_months(part.get(code, ())) for part in months)
        found.append(_figure(kpi, this, last, origin, (monthly[0], monthly[1]), (targets or {}).get(code)))
    return tuple(found)


def origins(
    conn: Connection, catalogue: Catalogue, progress: Progress, centre: str | None, period: str, *, tz: ZoneInfo
) -> dict[str, Origin]:
    """Formula and sources of every indicator that is bound to a KPI, by row key. ``period``: half or full."""
    asker = _asker(conn, catalogue, centre, tz)
    found: dict[str, Origin] = {}
    known: dict[str, Origin] = {}
    for row in progress.rows:
        if row.binding is None or row.binding.bound_to is not BoundTo.KPI:
            continue
        code = row.binding.reference
        passed = (row.half if period == "half" else row.full).period.until(progress.as_of)
        if code in catalogue.kpis and passed is not None:
            if code not in known:
                known[code] = asker.origin(catalogue.kpis[code], passed)
            found[row.key] = known[code]
    return found


def _asker(conn: Connection, catalogue: Catalogue, centre: str | None, tz: ZoneInfo) -> _Asker:
    return _Asker(conn, catalogue, (centre,) if centre else (), tree(conn), load_definitions(conn), tz)


def _figure(
    kpi: Kpi, this: KpiValue, last: KpiValue, origin: Origin, monthly: Sequence[tuple[Month, ...]], target: Cell | None
) -> ReportFigure:
    doubt = _incomparable(kpi, this, last)
    return ReportFigure(
        name=kpi.name,
        unit=kpi.unit.value,
        value=this.value,
        period=Period(this.start, this.end),
        reason=_why(this),
        last_year=None if doubt else last.value,
        last_year_reason=doubt or _why(last),
        group=kpi.group.value,
        numerator=this.numerator,
        denominator=this.denominator,
        days_with_data=this.days_with_data,
        days_passed=this.days_passed,
        origin=origin,
        monthly=monthly[0],
        monthly_last_year=monthly[1],
        target=target,
    )


def _incomparable(kpi: Kpi, this: KpiValue, last: KpiValue) -> str:
    """Why two figures can't be compared, '' where they can: days are missing in one of them."""
    least = COMPARABLE if kpi.is_count else _COMPARABLE_RATIO
    for name, one in (("上年同期", last), ("本期", this)):
        if one.value is not None and (one.coverage or 0.0) < least:
            return f"{name}仅{one.days_with_data}/{one.days_passed}天有数据，不作比较"
    return ""


def _why(value: KpiValue) -> str:
    if value.value is not None:
        return ""
    return value.detail or (value.reason.value if value.reason else "无数据")


def _months(values: Sequence[KpiValue]) -> tuple[Month, ...]:
    return tuple((value.start.replace(day=1), value.value) for value in values)


def _sources(brought: Sequence[Provenance], tz: ZoneInfo) -> tuple[str, ...]:
    """One line a source: how many runs brought the figures, which ones, and when the last one ended."""
    by_source: dict[str, list[Provenance]] = {}
    for one in brought:
        by_source.setdefault(one.run.source_title or one.run.source, []).append(one)
    return tuple(_source(title, runs, tz) for title, runs in by_source.items())


def _source(title: str, runs: Sequence[Provenance], tz: ZoneInfo) -> str:
    numbers = sorted(one.run.id for one in runs)
    newest = max(one.run.ended_at or one.run.started_at for one in runs).replace(tzinfo=UTC).astimezone(tz)
    which = f"第{numbers[0]}次取数" if len(numbers) == 1 else f"第{numbers[0]}至{numbers[-1]}次取数中的{len(numbers)}次"
    return f"{title}：{which}，最近{newest:%Y-%m-%d %H:%M}"
