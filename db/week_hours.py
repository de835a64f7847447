"""Figures by weekday and hour: when in the week it is busy, and when it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection

from db import facts
from db.centres import tree
from db.definitions import load_definitions
from db.inputs import Context
from kpi.catalogue import Catalogue
from kpi.compute import conclude
from kpi.definitions import Segment, resolve
from kpi.model import Ask, Fact, Kpi, KpiValue
from kpi.parts import terms_of
from kpi.periods import Period

_Group = tuple[tuple[int, ...], Period]


def by_week_hour(conn: Connection, catalogue: Catalogue, ask: Ask) -> dict[str, tuple[KpiValue, ...]]:
    """Each KPI by weekday and hour, each day under its own definition; the key is “1/08”: Monday, 8 to 9 o'clock.

    ``days_with_data`` counts the days of that weekday on record, so that a count can be read as a mean. A KPI that
    calls don't tell has no figures. Raises KeyError for an unknown KPI or centre.
    """
    centre_tree = tree(conn)
    centres = centre_tree.under_all(ask.centres)
    context = Context(conn, catalogue, ask, centre_tree, load_definitions(conn), {})
    kpis = [catalogue.kpi(code) for code in ask.kpis]
    wanted = {kpi.code: _pieces(context, kpi, centres) for kpi in kpis}
    frames = _frames(context, wanted)
    return {kpi.code: tuple(_values(context, kpi, wanted[kpi.code], frames)) for kpi in kpis}


def _pieces(context: Context, kpi: Kpi, centres: Sequence[int]) -> list[tuple[_Group, Segment]]:
    """Centres that share a segment, as far as it has passed; none where calls don't tell the KPI."""
    groups: dict[Segment, list[int]] = {}
    for centre in centres:
        for segment in context.segments(kpi, centre):
            groups.setdefault(segment, []).append(centre)
    if any(context.catalogue.measures[code].fact is not Fact.CALL for code in terms_of(kpi, list(groups))):
        return []
    found = [((tuple(ids), passed), s) for s, ids in groups.items() if (passed := s.period.until(context.ask.as_of))]
    return found


def _frames(context: Context, wanted: dict[str, list[tuple[_Group, Segment]]]) -> dict[_Group, pd.DataFrame]:
    """The hours of each group of centres and days, read once for all KPIs."""
    codes: dict[_Group, dict[str, None]] = {}
    for kpi, pieces in wanted.items():
        for group, segment in pieces:
            needed = terms_of(context.catalogue.kpis[kpi], [segment])
            codes.setdefault(group, {}).update(dict.fromkeys(needed))
    found = {}
    for (centres, period), needs in codes.items():
        frame = facts.hour_sums(context.conn, list(needs), centres, period.start, period.end)
        frame["weekday"] = [day.isoweekday() for day in frame["day"]]
        found[(centres, period)] = frame
    return found


def _values(
    context: Context, kpi: Kpi, pieces: list[tuple[_Group, Segment]], frames: dict[_Group, pd.DataFrame]
) -> list[KpiValue]:
    sums: dict[tuple[int, int], list[float]] = {}
    days: dict[int, set[date]] = {}
    for group, segment in pieces:
        codes = terms_of(kpi, [segment])
        known = frames[group].dropna(subset=codes)
        for weekday, day in zip(known["weekday"].tolist(), known["day"].tolist(), strict=True):
            days.setdefault(weekday, set()).add(day)
        formula = kpi.formula(segment.definition.formula)
        sides = [resolve(terms, segment.definition) for terms in (formula.numerator, formula.denominator)]
        summed = known.groupby(["weekday", "hour"])[codes].sum()
        for place, row in zip(summed.index, summed.to_dict("records"), strict=True):
            total = sums.setdefault((int(place[0]), int(place[1])), [0.0, 0.0])
            for side, terms in enumerate(sides):
                total[side] += sum(sign * row[code] for code, sign in terms.items())
    formula_code = pieces[-1][1].definition.formula if pieces else kpi.formulas[0].code
    return [
        conclude(
            kpi,
            formula_code,
            context.period,
            *total,
            key=f"{weekday}/{hour:02d}",
            days=(len(days[weekday]), len(days[weekday])),
        )
        for (weekday, hour), total in sorted(sums.items())
    ]
