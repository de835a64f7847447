"""What a correction means: restatements of one centre, day and run together, with the KPIs they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy import Connection, func, select

from db import facts
from db.answers import folder_of
from db.centres import CentreTree, tree
from db.day_series import day_grid
from db.definitions import load_definitions
from db.first_given import CORRECTION
from db.inputs import Context
from db.journal import RestatementRow, corrections_at
from db.schema import restatements
from db.spans import spans
from kpi.catalogue import Catalogue
from kpi.definitions import Definitions
from kpi.grid import Grid, empty_grid
from kpi.model import Ask, Kpi, KpiValue, Nature
from kpi.parts import ACCEPTED, Inputs, may_be_quiet, terms_of
from kpi.periods import Period


@dataclass(frozen=True, slots=True)
class RestatedKpi:
    """A KPI of the day as it was and as it became."""

    kpi: Kpi
    old: KpiValue
    new: KpiValue


@dataclass(frozen=True, slots=True)
class RestatedDay:
    """What one run changed in one day of one centre after the day had ended. ``at``: naive UTC."""

    centre: str
    centre_name: str
    day: date
    run_id: int | None
    at: datetime
    kpis: tuple[RestatedKpi, ...]
    measures: tuple[RestatementRow, ...]


def list_restated_days(
    conn: Connection,
    catalogue: Catalogue,
    centres: Sequence[int] | None = None,
    start: date | None = None,
    end: date | None = None,
    limit: int = 50,
) -> list[RestatedDay]:
    """Corrections, newest first; of some centres (ids) and of figures of the days start..end (inclusive).

    A KPI is worked out twice from the measures as they were and as they became, those that did not change then being
    what they are now.
    """
    groups = _groups(conn, centres, start, end, limit)
    known, definitions = tree(conn), load_definitions(conn)
    contexts = [_context(conn, catalogue, known, definitions, group) for group in groups]
    changed = [_changed_kpis(context, group) for context, group in zip(contexts, groups, strict=True)]
    loaded = _load(conn, catalogue, list(zip(contexts, groups, changed, strict=True)))
    return [
        RestatedDay(
            *(group[0].centre, group[0].centre_name, group[0].day, group[0].run_id, group[0].at),
            kpis=_kpis(context, loaded, kpis, group),
            measures=tuple(group),
        )
        for context, group, kpis in zip(contexts, groups, changed, strict=True)
    ]


def _groups(
    conn: Connection, centres: Sequence[int] | None, start: date | None, end: date | None, limit: int
) -> list[list[RestatementRow]]:
    """The restatements of the newest (centre, day, run), each with its measures in order of the alphabet."""
    r = restatements.c
    newest = func.max(r.id)
    statement = select(r.centre_id, r.day, r.at, newest).group_by(r.centre_id, r.day, r.run_id, r.at)
    statement = statement.where(r.cause == CORRECTION)
    if centres is not None:
        statement = statement.where(r.centre_id.in_(centres))
    if start is not None:
        statement = statement.where(r.day >= start)
    if end is not None:
        statement = statement.where(r.day <= end)
    keys = conn.execute(statement.order_by(newest.desc()).limit(limit)).all()
    found: dict[tuple[str, date, int | None, datetime], list[RestatementRow]] = {}
    if keys:
        for row in corrections_at(conn, {(key[0], key[1], key[2]) for key in keys}):
            found.setdefault((row.centre, row.day, row.run_id, row.at), []).append(row)
    groups = sorted(found.values(), key=lambda rows: -max(row.id for row in rows))
    return [sorted(rows, key=lambda row: row.measure) for rows in groups]


def _context(
    conn: Connection, catalogue: Catalogue, known: CentreTree, definitions: Definitions, group: Sequence[RestatementRow]
) -> Context:
    day = group[0].day
    return Context(conn, catalogue, Ask((), (group[0].centre,), day, day, day), known, definitions, {})


def _changed_kpis(context: Context, group: Sequence[RestatementRow]) -> list[Kpi]:
    """The KPIs that need any of the measures, under the definition in force."""
    centre = context.tree.by_code[group[0].centre].id
    codes = {row.measure for row in group}
    return [kpi for kpi in context.catalogue if codes & set(terms_of(kpi, context.segments(kpi, centre)))]


def _load(
    conn: Connection, catalogue: Catalogue, asked: Sequence[tuple[Context, Sequence[RestatementRow], Sequence[Kpi]]]
) -> Inputs:
    """The present figures of all the days, read together."""
    centres = tuple(dict.fromkeys(context.tree.by_code[group[0].centre].id for context, group, _ in asked))
    codes = dict.fromkeys(
        code
        for context, group, kpis in asked
        for kpi in kpis
        for code in terms_of(kpi, context.segments(kpi, context.tree.by_code[group[0].centre].id))
    )
    measures = catalogue.measures
    stocks = [code for code in codes if measures[code].nature is Nature.STOCK]
    adding = [*dict.fromkeys([*(code for code in codes if code not in stocks), ACCEPTED])]
    if not centres:
        return Inputs(measures, empty_grid((), ()), empty_grid((), ()))
    first, last = min(group[0].day for _, group, _ in asked), max(group[0].day for _, group, _ in asked)
    values = day_grid(conn, adding, centres, first, last)
    sparse = [code for code in adding if measures[code].nature is Nature.EVENT or may_be_quiet(measures[code])]
    return Inputs(
        measures,
        Grid(centres, tuple(adding), facts.days_of(first, last), values),
        empty_grid(centres, adding),
        facts.stock_readings(conn, stocks, centres, last) if stocks else {},
        spans(conn, [(centre, code) for centre in centres for code in sparse]),
    )


def _kpis(
    context: Context, loaded: Inputs, kpis: Sequence[Kpi], group: Sequence[RestatementRow]
) -> tuple[RestatedKpi, ...]:
    centre, day = context.tree.by_code[group[0].centre].id, group[0].day
    found = []
    sides = [
        _as_it_was(loaded, centre, day, {row.measure: value for row, value in zip(group, column, strict=True)})
        for column in ([row.old for row in group], [row.new for row in group])
    ]
    for kpi in kpis:
        old, new = (folder_of(context, kpi, side, (centre,)).value(Period(day, day)) for side in sides)
        if (old.numerator, old.denominator) != (new.numerator, new.denominator):
            found.append(RestatedKpi(kpi, old, new))
    return tuple(found)


def _as_it_was(loaded: Inputs, centre: int, day: date, known: Mapping[str, float | None]) -> Inputs:
    """One day of one centre with some of its measures as given."""
    grid = loaded.daily
    at, place = grid.centre_at[centre], grid.day_at[day]
    values = grid.values[at : at + 1, :, place : place + 1].copy()
    for code, value in known.items():
        if code in grid.measure_at:
            values[0, grid.measure_at[code], 0] = np.nan if value is None else value
    levels = {
        key: _level_as_it_was(readings, day, known[key[1]]) if key[0] == centre and key[1] in known else readings
        for key, readings in loaded.levels.items()
    }
    daily = Grid((centre,), grid.measures, (day,), values)
    return replace(loaded, daily=daily, months=empty_grid((centre,), grid.measures), levels=levels)


def _level_as_it_was(
    readings: tuple[Sequence[date], Sequence[float]], day: date, value: float | None
) -> tuple[Sequence[date], Sequence[float]]:
    known = dict(zip(*readings, strict=True))
    known.pop(day, None)
    if value is not None:
        known[day] = value
    days = sorted(known)
    return days, [known[one] for one in days]
