"""Figures by key (hour, queue, channel, department, category, seat) and over rolling 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from db import facts
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


def by_key(context: Context, kpi: Kpi, centres: tuple[int, ...]) -> Sequence[KpiValue]:
    """One figure a key, each day under its own definition. No rows where the facts don't know the KPI by this key."""
    sums: dict[str, _Sum] = {}
    formula = kpi.formulas[0].code
    by = context.ask.by
    for centre_group, segment in _groups(context, kpi, centres):
        formula = segment.definition.formula
        codes = terms_of(kpi, [segment])
        if facts.table_for(by, codes) is None:
            return []
        for frame in _frames(context, codes, centre_group, segment.period):
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


def _groups(context: Context, kpi: Kpi, centres: tuple[int, ...]) -> list[tuple[tuple[int, ...], Segment]]:
    """Centres that share a segment are asked together."""
    groups: dict[Segment, list[int]] = {}
    for centre in centres:
        for segment in context.segments(kpi, centre):
            groups.setdefault(segment, []).append(centre)
    return [(tuple(ids), segment) for segment, ids in groups.items()]


def _frames(context: Context, codes: list[str], centres: tuple[int, ...], period: Period) -> list[pd.DataFrame]:
    """Sums by key, excluded hours left out: exactly by hour, else by whole day."""
    if context.ask.by is Grain.HOUR and any(context.hours_out(centre) for centre in centres):
        until = period.until(context.ask.as_of)
        return [_hours_kept(context, codes, centres, until)] if until else []
    kept = _kept(context, centres, period)
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
    return [_worst(context, kpi, formula, windows, day) for day in _days(context)]


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


def _worst(context: Context, kpi: Kpi, formula: str, windows: pd.DataFrame, day: date) -> KpiValue:
    period = Period(day, day)
    midnight = datetime.combine(day, time())
    inside = windows[(windows["ends"] > midnight) & (windows["ends"] <= midnight + ONE_DAY)]
    whole = inside[(inside["hours"] >= WINDOW) & (inside["denominator"] > 0)]
    if whole.empty:
        return KpiValue(kpi.code, formula, day, day, "", None, None, None, 0, 1, NoValue.NO_DATA)
    shares = whole["numerator"] / whole["denominator"]
    lower_is_better = kpi.better is Better.LOWER
    worst = whole.iloc[int(shares.argmax() if lower_is_better else shares.argmin())]
    key = worst["ends"].isoformat(timespec="minutes")
    sides = float(worst["numerator"]), float(worst["denominator"])
    return conclude(kpi, formula, period, *sides, key=key, days=(1, 1))
