"""Figures by weekday and hour: when in the week it is busy, and when it goes wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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

HOURS = 24
WEEK = 7 * HOURS
_Group = tuple[tuple[int, ...], Period]
_Week = npt.NDArray[np.float64]


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


def _frames(context: Context, wanted: dict[str, list[tuple[_Group, Segment]]]) -> dict[_Group, _Hours]:
    """The hours of each group of centres and days, read once for all KPIs."""
    codes: dict[_Group, dict[str, None]] = {}
    for kpi, pieces in wanted.items():
        for group, segment in pieces:
            needed = terms_of(context.catalogue.kpis[kpi], [segment])
            codes.setdefault(group, {}).update(dict.fromkeys(needed))
    found = {}
    for (centres, period), needs in codes.items():
        frame = facts.hour_sums(context.conn, list(needs), centres, period.start, period.end)
        days = [day.toordinal() for day in frame["day"]]
        columns = {code: frame[code].to_numpy(dtype=np.float64) for code in needs}
        found[(centres, period)] = _Hours(np.array(days, dtype=np.int64), frame["hour"].to_numpy(np.int64), columns)
    return found


@dataclass(frozen=True, eq=False)
class _Hours:
    """Rows of centre, day and hour; ``days`` as ordinals, NaN where a measure was not supplied."""

    days: npt.NDArray[np.int64]
    hours: npt.NDArray[np.int64]
    columns: Mapping[str, npt.NDArray[np.float64]]

    def summed(self, kpi: Kpi, segment: Segment) -> tuple[_Week, _Week, _Week]:
        """Numerators, denominators and rows by weekday and hour, over the rows that have all the formula needs."""
        known = np.ones(len(self.days), dtype=np.bool_)
        for code in terms_of(kpi, [segment]):
            known &= ~np.isnan(self.columns[code])
        place = ((self.days[known] - 1) % 7) * HOURS + self.hours[known]
        formula = kpi.formula(segment.definition.formula)
        sides = []
        for terms in (formula.numerator, formula.denominator):
            line = np.zeros(len(place))
            for code, sign in resolve(terms, segment.definition).items():
                line += sign * self.columns[code][known]
            sides.append(np.bincount(place, weights=line, minlength=WEEK).astype(np.float64))
        return sides[0], sides[1], np.bincount(place, minlength=WEEK).astype(np.float64)

    def days_known(self, kpi: Kpi, segment: Segment) -> set[int]:
        """The days, as ordinals, with any such row."""
        known = np.ones(len(self.days), dtype=np.bool_)
        for code in terms_of(kpi, [segment]):
            known &= ~np.isnan(self.columns[code])
        return set(np.unique(self.days[known]).tolist())


def _values(
    context: Context, kpi: Kpi, pieces: list[tuple[_Group, Segment]], frames: dict[_Group, _Hours]
) -> list[KpiValue]:
    sums = np.zeros((3, WEEK))
    days: set[int] = set()
    for group, segment in pieces:
        sums += frames[group].summed(kpi, segment)
        days |= frames[group].days_known(kpi, segment)
    of_weekday = [sum((day - 1) % 7 == weekday for day in days) for weekday in range(7)]
    formula = pieces[-1][1].definition.formula if pieces else kpi.formulas[0].code
    found = []
    for place in np.flatnonzero(sums[2]).tolist():
        weekday, hour = divmod(place, HOURS)
        sides, count = sums[:2, place].tolist(), of_weekday[weekday]
        key = f"{weekday + 1}/{hour:02d}"
        found.append(conclude(kpi, formula, context.period, *sides, key=key, days=(count, count)))
    return found
