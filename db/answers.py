"""From a question to figures that can be proved: screen, command line, alert, mail and sheet all ask here.

definitions and exclusions → sums in the database → ``kpi.compute``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection

from db import facts
from db.centres import CentreTree, tree
from db.definitions import list_exclusions, load_definitions
from db.engine import data_version
from db.grouped import by_key, by_rolling_day
from kpi.catalogue import Catalogue
from kpi.compute import Folder, Inputs, Parts, add_centres, parts_by_day, terms_of
from kpi.definitions import Definitions, Segment
from kpi.exclusions import excluded_hours, whole_days
from kpi.model import Answer, Ask, Fact, Grain, Kpi, KpiValue, Nature
from kpi.periods import CALENDAR_GRAINS, Period, containing, split, whole_months

HISTORY_GRAINS = (Grain.TOTAL, Grain.CENTRE, Grain.MONTH, Grain.HALF, Grain.YEAR)
"""Grains whose periods can be made of whole months, so that monthly history may stand in for missing days."""


@dataclass(frozen=True)
class Context:
    """What every KPI of one question shares."""

    conn: Connection
    catalogue: Catalogue
    ask: Ask
    tree: CentreTree
    definitions: Definitions
    exclusions: tuple[tuple[int, dict[date, frozenset[int]]], ...]

    @property
    def period(self) -> Period:
        """The period asked for."""
        return Period(self.ask.start, self.ask.end)

    def segments(self, kpi: Kpi, centre: int, period: Period | None = None) -> list[Segment]:
        """The definitions in force for one centre."""
        return self.definitions.segments(kpi, self.tree.chain(centre), period or self.period, self.ask.formula)

    def hours_out(self, centre: int) -> dict[date, frozenset[int]]:
        """Hours excluded in one centre, by day."""
        return dict(self.exclusions).get(centre, {})


def evaluate(conn: Connection, catalogue: Catalogue, ask: Ask) -> Answer:
    """Answers a question. Raises KeyError for an unknown KPI, formula or centre, ValueError for a bad period.

    ``seat`` keys are “centre code/seat”; ``hour`` keys “00”…“23”; ``rolling24h`` gives for each day the worst
    24 hours that ended on it, the key being the end.
    """
    centre_tree = tree(conn)
    centres = centre_tree.under_all(ask.centres)
    period = Period(ask.start, ask.end)
    out: list[tuple[int, dict[date, frozenset[int]]]] = []
    if ask.exclude:
        approved = [stored.exclusion for stored in list_exclusions(conn)]
        out = [(c, excluded_hours(approved, centre_tree.chain(c), period)) for c in centres]
    context = Context(conn, catalogue, ask, centre_tree, load_definitions(conn), tuple(out))
    values = {}
    for code in ask.kpis or tuple(catalogue.kpis):
        kpi = catalogue.kpi(code)
        values[kpi.code] = tuple(_values(context, kpi, centres)) if centres else ()
    return Answer(ask, values, data_version(conn))


def _values(context: Context, kpi: Kpi, centres: tuple[int, ...]) -> Sequence[KpiValue]:
    by = context.ask.by
    if by in facts.KEY_COLUMNS:
        return by_key(context, kpi, centres)
    if by is Grain.ROLLING_24H:
        return by_rolling_day(context, kpi, centres)
    if by is Grain.CENTRE:
        codes = context.ask.centres or tuple(c.code for c in context.tree)
        return [_folder(context, kpi, context.tree.under(c)).value(context.period, c) for c in codes]
    folder = _folder(context, kpi, centres)
    return [folder.value(piece, _key(piece, by)) for piece in split(context.period, by)]


def _key(piece: Period, by: Grain) -> str:
    return piece.start.isoformat() if by in CALENDAR_GRAINS else ""


def _folder(context: Context, kpi: Kpi, centres: tuple[int, ...]) -> Folder:
    segments = {centre: context.segments(kpi, centre) for centre in centres}
    codes = list(dict.fromkeys(code for own in segments.values() for code in terms_of(kpi, own)))
    inputs = _inputs(context, kpi, codes, centres)
    reporting = {centre for centre, _code in inputs.spans} | set(inputs.months["centre"]) | set(inputs.daily["centre"])
    together = _alike(segments, any(context.catalogue.measures[code].nature is Nature.EVENT for code in codes))
    found = [parts_by_day(kpi, group, segments[group[0]], inputs) for group in together]
    whole = Parts(
        pd.concat([p.frame for p in found], ignore_index=True) if found else pd.DataFrame(),
        tuple(dict.fromkeys(name for p in found for name in p.missing)),
    )

    def passed(period: Period) -> int:
        until = period.until(context.ask.as_of)
        if until is None:
            return 0
        out = sum(1 for c, d in inputs.excluded if c in reporting and until.start <= d <= until.end)
        return until.days * max(len(reporting), 1) - out

    shared = _union(segments, centres)
    return Folder(kpi, centres, shared, inputs, add_centres(whole), whole.missing, passed, context.ask.as_of)


def _alike(segments: dict[int, list[Segment]], one_by_one: bool) -> list[tuple[int, ...]]:
    """Centres under the same definitions together, or each alone."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for centre, own in segments.items():
        groups.setdefault((centre,) if one_by_one else tuple(own), []).append(centre)
    return [tuple(group) for group in groups.values()]


def _union(segments: dict[int, list[Segment]], centres: tuple[int, ...]) -> tuple[Segment, ...]:
    """The segments shown for the sum: those of the first centre (all centres mostly share them)."""
    return tuple(segments[centres[0]]) if centres else ()


def _inputs(context: Context, kpi: Kpi, codes: list[str], centres: tuple[int, ...]) -> Inputs:
    measures = context.catalogue.measures
    end = min(context.ask.end, context.ask.as_of)
    stocks = [c for c in codes if measures[c].nature is Nature.STOCK]
    daily_codes = [c for c in codes if c not in stocks]
    daily = facts.day_sums(context.conn, daily_codes, centres, context.ask.start, end)
    out = {centre: context.hours_out(centre) for centre in centres}
    excluded = frozenset((c, d) for c, hours in out.items() for d in whole_days(hours))
    return Inputs(
        measures,
        _without_hours(context, daily, daily_codes, out),
        facts.stock_readings(context.conn, stocks, centres, end) if stocks else pd.DataFrame(),
        _spans(context, codes, centres, daily),
        _history(context, daily, daily_codes, centres),
        excluded,
    )


def _spans(
    context: Context, codes: list[str], centres: tuple[int, ...], daily: pd.DataFrame
) -> dict[tuple[int, str], tuple[date, date]]:
    """First and last days on record: of events, and of everything in centres silent in this period."""
    events = [c for c in codes if context.catalogue.measures[c].nature is Nature.EVENT]
    silent = sorted(set(centres) - set(daily["centre"]))
    return facts.spans(context.conn, events, centres) | facts.spans(context.conn, codes, silent)


def _without_hours(
    context: Context, daily: pd.DataFrame, codes: list[str], out: dict[int, dict[date, frozenset[int]]]
) -> pd.DataFrame:
    """Takes single excluded hours out of the day sums; only calls are known by the hour."""
    partly = {(c, d): h for c, hours in out.items() for d, h in hours.items() if d not in whole_days(hours)}
    calls = [c for c in codes if context.catalogue.measures[c].fact is Fact.CALL]
    if not partly or not calls or daily.empty:
        return daily
    hourly = facts.hour_sums(context.conn, calls, sorted(out), context.ask.start, context.ask.end)
    gone = hourly[[h in partly.get((c, d), ()) for c, d, h in hourly[["centre", "day", "hour"]].values.tolist()]]
    if gone.empty:
        return daily
    taken = gone.groupby(["centre", "day"])[calls].sum()
    reduced = daily.set_index(["centre", "day"])
    reduced[calls] = reduced[calls].sub(taken.reindex(reduced.index).fillna(0.0))
    return reduced.reset_index()


def _history(context: Context, daily: pd.DataFrame, codes: list[str], centres: tuple[int, ...]) -> pd.DataFrame:
    """Monthly history for whole months of the period in which a centre has no daily data at all."""
    empty = pd.DataFrame(columns=["centre", "day", *codes])
    months = [p.start for p in whole_months(context.period) if p.end <= context.ask.as_of]
    if context.ask.by not in HISTORY_GRAINS or not months or not codes:
        return empty
    history = facts.month_sums(context.conn, codes, centres, months)
    if history.empty:
        return empty
    known = {(c, containing(d, Grain.MONTH).start) for c, d in zip(daily["centre"], daily["day"], strict=True)}
    absent = [key not in known for key in zip(history["centre"], history["day"], strict=True)]
    return history[absent]
