"""“What would this rule have done last quarter?”: hour by hour through the same transition function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.replay_past import Look, Past
from alerts.rules import is_bad, next_state
from alerts.seen import KPI_KINDS, SHEET_KINDS, Seen
from alerts.words import headline
from kpi.alert_model import AlertRule, Standing, Tell
from kpi.catalogue import Catalogue
from kpi.periods import ONE_DAY
from kpi.workdays import WorkCalendar

MINUTES = (30, 59)
"""The moments of an hour that are looked at, both with what was known at its end."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One episode: when it fired and when it was over (None: not within the time looked at), what was seen when it
    fired, the worst value in it, and how the message would have begun. Moments are aware UTC."""

    fired_at: datetime
    ended_at: datetime | None
    day: date
    value: float
    numerator: float | None
    denominator: float | None
    worst: float
    title: str


def replay(
    conn: Connection,
    catalogue: Catalogue,
    rule: AlertRule,
    start: date,
    end: date,
    *,
    tz: ZoneInfo,
    calendar: WorkCalendar,
    today: date,
) -> tuple[Firing, ...]:
    """Every firing of the rule from start to end (both included, at most to yesterday), whether enabled or not.

    Raises ValueError (Chinese) where the rule's subject is not known.
    """
    end = min(end, today - ONE_DAY)
    past = Past(conn, catalogue, rule, start, end, tz, calendar, today)
    look = _look(past)
    found: list[Firing] = []
    standing = Standing()
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        for hour in range(24):
            seen = look(day, hour)
            if seen is not None:
                standing = _hour(rule, standing, seen, (day, hour), tz, found)
    return tuple(found)


def _look(past: Past) -> Look:
    rule = past.rule
    if rule.kind in KPI_KINDS:
        if rule.reference not in past.catalogue.kpis:
            raise ValueError(f"指标目录里没有“{rule.reference}”。")
        return past.of_kpi
    return past.of_row if rule.kind in SHEET_KINDS else past.of_source


def _hour(
    rule: AlertRule, standing: Standing, seen: Seen, at: tuple[date, int], tz: ZoneInfo, found: list[Firing]
) -> Standing:
    """One hour's looks; firings are added to and ended in ``found``."""
    observation = seen.observation
    for minute in MINUTES:
        now = datetime.combine(at[0], time(at[1], minute), tz)
        step = next_state(rule, standing, observation, now)
        standing = step.standing
        if observation.value is None:
            continue
        if step.tell is Tell.FIRED:
            found.append(
                Firing(
                    now,
                    None,
                    observation.day or at[0],
                    observation.value,
                    observation.numerator,
                    observation.denominator,
                    observation.value,
                    headline(rule, seen, at[0]),
                )  # fmt: skip
            )
        elif step.tell is Tell.RECOVERED:
            found[-1] = replace(found[-1], ended_at=now)
        elif found and found[-1].ended_at is None and is_bad(rule, observation.value):
            worse = min if rule.operator == ">=" else max
            found[-1] = replace(found[-1], worst=worse(found[-1].worst, observation.value))
    return standing
