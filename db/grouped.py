"""Figures by key (hour, queue, channel, department, category, seat) and over rolling 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from db import facts
from db.group_sums import Codes, can_join, each_of
from kpi.compute import conclude
from kpi.definitions import Segment, resolve
from kpi.model import Better, Fact, Grain, Kpi, KpiValue, NoValue
from kpi.parts import terms_of
from kpi.periods import ONE_DAY, Period
from kpi.rolling import WINDOW, rolling_sums

if TYPE_CHECKING:
    from db.inputs import Context


@dataclass(slots=True, order=True)
class _Sum:
    numerator: float = 0.0
    denominator: float = 0.0
    days: int = 0


_Frames = dict[tuple[tuple[int, ...], Period, Codes], pd.DataFrame]


def by_key(context: Context, kpis: Sequence[Kpi], centres: tuple[int, ...]) -> dict[str, Sequence[KpiValue]]:
    """One figure a key, each day under its own definition. No rows where the facts don't know a KPI by this key."""
    groups = {kpi.code: _groups(context, kpi, centres) for kpi in kpis}
    frames = _read_together(context, kpis, groups)
    return {kpi.code: _by_key(context, kpi, groups[kpi.code], frames) for kpi in kpis}


def _by_key(
    context: Context, kpi: Kpi, groups: list[tuple[tuple[int, ...], Segment]], frames: _Frames
) -> Sequence[KpiValue]:
    sums: dict[str, _Sum] = {}
    formula = kpi.formulas[0].code
    by = context.ask.by
    for centre_group, segment in groups:
        formula = segment.definition.formula
        codes = terms_of(kpi, [segment])
        if facts.table_for(by, codes) is None:
            return []
        for frame in _frames(context, codes, centre_group, segment.period, frames):
            _add(sums, kpi, segment, frame)
    period, passed = context.period, context.period.until(context.ask.as_of)
    shown = sorted((_shown(context, key, by), total) for key, total in sums.items())
    return [
        conclude(
            kpi,
            formula,
            period,
            total.numerator,
            total.denominator,
            key=key,
            days=(total.days, passed.days if passed else 0),
        )
        for key, total in shown
    ]


def _read_together(
    context: Context, kpis: Sequence[Kpi], groups: dict[str, list[tuple[tuple[int, ...], Segment]]]
) -> _Frames:
    """The sums by key of all KPIs over the same centres and days, read with one statement."""
    by = context.ask.by
    wanted: dict[tuple[tuple[int, ...], Period], list[Codes]] = {}
    for kpi in kpis:
        for centres, segment in groups[kpi.code]:
            codes = tuple(terms_of(kpi, [segment]))
            if can_join(by, codes):
                for piece in _kept(context, centres, segment.period):
                    wanted.setdefault((centres, piece), []).append(codes)
    return {
        (centres, piece, codes): frame
        for (centres, piece), sets in wanted.items()
        for codes, frame in each_of(context.conn, sets, centres, piece.start, piece.end, by).items()
    }


def _groups(context: Context, kpi: Kpi, centres: tuple[int, ...]) -> list[tuple[tuple[int, ...], Segment]]:
    """Centres that share a segment are asked together."""
    groups: dict[Segment, list[int]] = {}
    for centre in centres:
        for segment in context.segments(kpi, centre):
            groups.setdefault(segment, []).append(centre)
    return [(tuple(ids), segment) for segment, ids in groups.items()]


def _frames(
    context: Context, codes: list[str], centres: tuple[int, ...], period: Period, known: _Frames
) -> list[pd.DataFrame]:
    """Sums by key, excluded hours left out: exactly by hour, else by whole day."""
    if context.ask.by is Grain.HOUR and any(context.hours_out(centre) for centre in centres):
        until = period.until(context.ask.as_of)
        return [_hours_kept(context, codes, centres, until)] if until else []
    kept = _kept(context, centres, period)
    if can_join(context.ask.by, tuple(codes)):
        return [known[centres, piece, tuple(codes)] for piece in kept]
    return [facts.group_sums(context.conn, codes, centres, p.start, p.end, context.ask.by) for p in kept]


def _hours_kept(context: Context, codes: list[str], centres: tuple[int, ...], period: Period) -> pd.DataFrame:
    hourly = facts.hour_sums(context.conn, codes, centres, period.start, period.end).dropna()
    out = {centre: context.hours_out(centre) for centre in centres}
    keys = zip(hourly["centre"], hourly["day"], hourly["hour"], strict=True)
    kept = hourly[pd.Series([hour not in out[c].get(day, ()) for c, day, hour in keys], index=hourly.index, dtype=bool)]
    by_hour = kept.groupby("hour")
    return by_hour[codes].sum().assign(days=by_hour["day"].nunique()).rename_axis("key").reset_index()


def _kept(context: Context, centres: tuple[int, ...], period: Period) -> list[Period]:
    """The period without days that are excluded, up to the day asked as of.

    A day of which only some hours are excluded is left out whole: seats, queues and orders aren't kept by the hour.
    """
    until = period.until(context.ask.as_of)
    out: set[date] = set()
    for centre in centres:
        out |= set(context.hours_out(centre))
    pieces: list[Period] = []
    if until is None:
        return pieces
    start = until.start
    for day in sorted(d for d in out if until.start <= d <= until.end):
        if day > start:
            pieces.append(Period(start, day - ONE_DAY))
        start = day + ONE_DAY
    if start <= until.end:
        pieces.append(Period(start, until.end))
    return pieces


def _add(sums: dict[str, _Sum], kpi: Kpi, segment: Segment, frame: pd.DataFrame) -> None:
    formula = kpi.formula(segment.definition.formula)
    top, bottom = (resolve(terms, segment.definition) for terms in (formula.numerator, formula.denominator))
    for row in frame.to_dict("records"):
        total = sums.setdefault(str(row["key"]), _Sum())
        total.numerator += sum(sign * row[code] for code, sign in top.items())
        total.denominator += sum(sign * row[code] for code, sign in bottom.items())
        total.days += int(row["days"])


def _shown(context: Context, key: str, by: Grain) -> str:
    if by is Grain.HOUR:
        return f"{int(key):02d}"
    if by is Grain.SEAT:
        centre, _, seat = key.partition("/")
        return f"{context.tree.by_id[int(centre)].code}/{seat}"
    return key


def by_rolling_day(context: Context, kpi: Kpi, centres: tuple[int, ...]) -> Sequence[KpiValue]:
    """For each day the worst 24 continuous hours that ended on it; no value where the day lacks such a window."""
    pieces = []
    period = Period(context.ask.start - ONE_DAY, context.ask.end)
    formula = kpi.formulas[0].code
    for centre in centres:
        for segment in context.segments(kpi, centre, period):
            formula = segment.definition.formula
            codes = terms_of(kpi, [segment])
            if any(context.catalogue.measures[code].fact is not Fact.CALL for code in codes):
                return []
            frame = facts.hour_sums(context.conn, codes, [centre], segment.period.start, segment.period.end)
            pieces.append(_parts(kpi, segment, frame.dropna()))
    parts = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()
    windows = rolling_sums(parts, datetime.combine(context.ask.as_of + ONE_DAY, time()))
    whole = windows[(windows["hours"] >= WINDOW) & (windows["denominator"] > 0)]
    by_day = _Windows(whole)
    return [_worst(context, kpi, formula, by_day, day) for day in _days(context)]


def _parts(kpi: Kpi, segment: Segment, frame: pd.DataFrame) -> pd.DataFrame:
    formula = kpi.formula(segment.definition.formula)
    parts = frame[["centre", "day", "hour"]].copy()
    for side, terms in (("numerator", formula.numerator), ("denominator", formula.denominator)):
        factors = resolve(terms, segment.definition)
        parts[side] = sum((sign * frame[code] for code, sign in factors.items()), pd.Series(0.0, index=frame.index))
    return parts


def _days(context: Context) -> list[date]:
    until = context.period.until(context.ask.as_of)
    return [until.start + timedelta(days=i) for i in range(until.days)] if until else []


class _Windows:
    """Whole windows of 24 hours in order of their ends, looked up by the day they end on (midnight: the day before)."""

    def __init__(self, whole: pd.DataFrame) -> None:
        self.ends = whole["ends"].to_numpy(dtype="datetime64[s]")
        self.numerators = whole["numerator"].to_numpy(dtype=np.float64)
        self.denominators = whole["denominator"].to_numpy(dtype=np.float64)

    def ending_on(self, day: date) -> slice:
        """The places of those that end on the day."""
        midnights = np.array([day, day + ONE_DAY], dtype="datetime64[s]")
        first, last = np.searchsorted(self.ends, midnights, side="right").tolist()
        return slice(first, last)


def _worst(context: Context, kpi: Kpi, formula: str, windows: _Windows, day: date) -> KpiValue:
    period, inside = Period(day, day), windows.ending_on(day)
    if inside.start == inside.stop:
        return KpiValue(kpi.code, formula, day, day, "", None, None, None, 0, 1, NoValue.NO_DATA)
    shares = windows.numerators[inside] / windows.denominators[inside]
    lower_is_better = kpi.better is Better.LOWER
    worst = inside.start + int(shares.argmax() if lower_is_better else shares.argmin())
    key = windows.ends[worst].item().isoformat(timespec="minutes")
    sides = float(windows.numerators[worst]), float(windows.denominators[worst])
    return conclude(kpi, formula, period, *sides, key=key, days=(1, 1))
