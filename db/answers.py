"""From a question to figures that can be proved: screen, command line, alert, mail and sheet all ask here.

definitions and exclusions → sums in the database → ``kpi.compute``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from db import facts
from db.centres import tree
from db.day_memory import version_of
from db.definitions import list_exclusions, load_definitions
from db.grouped import by_key, by_rolling_day
from db.inputs import Context, load_inputs
from kpi.catalogue import Catalogue
from kpi.compute import Folder
from kpi.exclusions import excluded_hours
from kpi.model import Answer, Ask, Fact, Grain, Kpi, KpiValue, Nature, NoValue
from kpi.parts import Inputs, parts_by_day
from kpi.periods import CALENDAR_GRAINS, Period, split

NOT_BY_HOUR = "来源只给整天的数,没有按小时的"


def evaluate(conn: Connection, catalogue: Catalogue, ask: Ask) -> Answer:
    """Answers a question. Raises KeyError for an unknown KPI, formula or centre, ValueError for a bad period.

    ``seat`` keys are “centre code/seat”; ``hour`` keys “00”…“23”; ``rolling24h`` gives for each day the worst
    24 hours that ended on it, the key being the end.
    """
    if ask.until_hour is not None and not 1 <= ask.until_hour <= 24:
        raise ValueError(f"{ask.until_hour} 时不行: 请写 1 到 24")
    if ask.until_hour is not None and (ask.by in facts.KEY_COLUMNS or ask.by is Grain.ROLLING_24H):
        raise ValueError(f"按 {ask.by.value} 分时不能只计到某一小时为止")
    if ask.part_until is not None and (ask.by is not Grain.TOTAL or not ask.start <= ask.part_until <= ask.end):
        raise ValueError(f"只有合计可以另计到 {ask.part_until},且要在期间之内")
    centre_tree = tree(conn)
    centres = centre_tree.under_all(ask.centres)
    period = Period(ask.start, ask.end)
    out: dict[int, dict[date, frozenset[int]]] = {}
    if ask.exclude:
        approved = [stored.exclusion for stored in list_exclusions(conn)]
        out = {c: excluded_hours(approved, centre_tree.chain(c), period) for c in centres}
    context = Context(conn, catalogue, ask, centre_tree, load_definitions(conn), out)
    kpis = [catalogue.kpi(code) for code in ask.kpis or tuple(catalogue.kpis)]
    return Answer(ask, _values(context, kpis, centres), version_of(conn))


def _values(context: Context, kpis: Sequence[Kpi], centres: tuple[int, ...]) -> dict[str, tuple[KpiValue, ...]]:
    by = context.ask.by
    if not centres:
        return {kpi.code: () for kpi in kpis}
    if by in facts.KEY_COLUMNS:
        return {code: tuple(found) for code, found in by_key(context, kpis, centres).items()}
    if by is Grain.ROLLING_24H:
        return {kpi.code: tuple(by_rolling_day(context, kpi, centres)) for kpi in kpis}
    inputs = load_inputs(context, kpis, centres)
    if by is Grain.CENTRE:
        codes = context.ask.centres or tuple(c.code for c in context.tree)
        under = {code: context.tree.under(code) for code in codes}
        return {
            kpi.code: tuple(
                folder_of(context, kpi, inputs, ids).value(context.period, code) for code, ids in under.items()
            )
            for kpi in kpis
        }
    pieces = [(piece, _key(piece, by)) for piece in split(context.period, by)]
    if context.ask.part_until is not None:
        pieces.append((Period(context.period.start, context.ask.part_until), ""))
    found = {}
    for kpi in kpis:
        folder = folder_of(context, kpi, inputs, centres)
        found[kpi.code] = tuple(_told(context, kpi, folder.value(piece, key)) for piece, key in pieces)
    return found


def _key(piece: Period, by: Grain) -> str:
    return piece.start.isoformat() if by in CALENDAR_GRAINS else ""


def _told(context: Context, kpi: Kpi, value: KpiValue) -> KpiValue:
    """The value; where only some hours are asked for, none for a KPI that is not known by the hour."""
    if context.ask.until_hour is None:
        return value
    measures = context.catalogue.measures
    if all(measures[code].fact is Fact.CALL for code in context.codes(kpi, tuple(context.tree.by_id))):
        return value
    gone = replace(value, value=None, numerator=None, denominator=None, days_with_data=0)
    return replace(gone, reason=NoValue.UNAVAILABLE, detail=NOT_BY_HOUR)


def folder_of(context: Context, kpi: Kpi, inputs: Inputs, centres: tuple[int, ...]) -> Folder:
    """What adds a KPI up over any periods inside the context's."""
    groups, codes = context.groups(kpi, centres), context.codes(kpi, centres)
    reporting = _reporting(inputs, codes, centres)
    if any(context.catalogue.measures[code].nature is Nature.EVENT for code in codes):
        groups = [((centre,), own) for ids, own in groups for centre in ids]
    parts = parts_by_day(kpi, groups, inputs)

    def passed(period: Period) -> int:
        first, last = period.start, min(period.end, context.ask.as_of)
        if last < first:
            return 0
        out = sum(1 for c, d in inputs.excluded if c in reporting and first <= d <= last) if inputs.excluded else 0
        agreed = sum(count for d, count in parts.agreed.items() if first <= d <= last) if parts.agreed else 0
        return ((last - first).days + 1) * max(len(reporting), 1) - out - agreed

    return Folder(kpi, centres, context.segments(kpi, centres[0]), inputs, parts, passed, context.ask.as_of)


def _reporting(inputs: Inputs, codes: Sequence[str], centres: Sequence[int]) -> set[int]:
    """The centres that tell the KPI, in this period or ever."""
    told = (inputs.spans, inputs.daily.tellers, inputs.months.tellers)
    return {centre for centre in centres for code in codes if any((centre, code) in pairs for pairs in told)}
