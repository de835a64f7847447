"""The lines of 指标详情: the way so far, the way required, the fan of the forecast, the allowance burning down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from kpi.forecast import fan
from kpi.forecast_days import expected_volume, kinds_of, ordinals
from kpi.pace_model import Binding, BoundTo, Entry, Pace, PaceClass
from kpi.pacing import pace_money
from kpi.periods import Period
from targets.pace_base import Moment, goal_of, scaled
from targets.pace_count import schedule_share
from targets.pace_facts import KpiFacts
from targets.pace_hand import measured_by_hand
from targets.pace_ratio import MEAN_OF_MONTHS, effective

Line = tuple[tuple[date, float | None], ...]
FanPoint = tuple[date, float, float, float]
"""A day, the lower end, the middle and the upper end of the 80 % interval of the value to date."""


def path_of(facts: KpiFacts | None, binding: Binding, entries: Sequence[Entry], pace: Pace, moment: Moment) -> Line:
    """The value to date at the end of each day on record (of entries: of each day with one)."""
    if facts is None:
        return _path_by_hand(binding, entries, pace, moment)
    if facts.is_level:
        days = [pace.period.start + timedelta(days=i) for i in range(moment.days_passed(pace.period))]
        return tuple((day, facts.folder.value(Period(pace.period.start, day)).value) for day in days)
    if facts.mode == MEAN_OF_MONTHS:
        return tuple(
            (day, facts.folder.value(Period(pace.period.start, day)).value) for day in _days_on_record(facts, pace)
        )
    above, below = _sums_to_date(facts, pace)
    if facts.kpi.is_count:
        return tuple(zip(_days_on_record(facts, pace), above.tolist(), strict=True))
    values = [n / d if d else None for n, d in zip(above.tolist(), below.tolist(), strict=True)]
    return tuple(zip(_days_on_record(facts, pace), values, strict=True))


def _days_on_record(facts: KpiFacts, pace: Pace) -> Sequence[date]:
    return facts.days.days[facts.within(pace.period)]


def _sums_to_date(facts: KpiFacts, pace: Pace) -> tuple[np.ndarray, np.ndarray]:
    inside = facts.within(pace.period)
    return np.cumsum(facts.days.numerators[inside]), np.cumsum(facts.days.denominators[inside])


def _path_by_hand(binding: Binding, entries: Sequence[Entry], pace: Pace, moment: Moment) -> Line:
    if binding.bound_to in (BoundTo.MILESTONE, BoundTo.GRADE):
        return ()
    unit = "%" if pace.target.unit == "%" and pace.denominator is None else ""
    factor = pace.value / pace.numerator if pace.value is not None and pace.numerator else 1.0
    days = sorted({e.day for e in entries if pace.period.start <= e.day <= moment.cut(pace.period)})
    found = []
    for day in days:
        then = Moment(day, moment.today, moment.year, moment.calendar)
        value = measured_by_hand(binding, entries, pace.period, then, unit).value
        found.append((day, None if value is None else value * factor))
    return tuple(found)


def required_path(facts: KpiFacts | None, pace: Pace, moment: Moment) -> Line:
    """From the day asked as of to the end: the value to date if just what is required is kept."""
    if moment.closed(pace.period) or pace.value is None or pace.required is None:
        return ()
    if facts is not None and not facts.kpi.is_count:
        return _required_ratio(facts, pace, moment) if pace.remaining else ()
    return _required_count(pace, moment) if pace.expected is not None and pace.required > 0 else ()


def _required_ratio(facts: KpiFacts, pace: Pace, moment: Moment) -> Line:
    assert pace.required is not None and pace.remaining is not None
    ahead = ordinals(moment.as_of + timedelta(days=1), pace.period.end)
    numerator, denominator = pace.numerator or 0.0, pace.denominator or 0.0
    if not len(ahead) or not len(facts.history):
        return ()
    volume = expected_volume(facts.history, kinds_of(ahead, moment.calendar))
    if volume.sum() <= 0:
        return ()
    come = np.cumsum(volume) * (pace.remaining / volume.sum())
    values = (numerator + pace.required * come) / (denominator + come)
    days = [date.fromordinal(int(day)) for day in ahead]
    return ((moment.as_of, pace.value), *zip(days, values.tolist(), strict=True))


def _required_count(pace: Pace, moment: Moment) -> Line:
    """What is still needed, shared over the working days to come (all days, where there is none)."""
    assert pace.value is not None and pace.required is not None
    days = [moment.as_of + timedelta(days=i) for i in range(1, moment.days_left(pace.period) + 1)]
    working = [moment.calendar.day(day).is_working for day in days]
    whole = sum(working) or len(days)
    done, found = 0, [(moment.as_of, pace.value)]
    for day, counts in zip(days, working, strict=True):
        done += counts or not any(working)
        found.append((day, pace.value + pace.required * done / whole))
    return tuple(found)


def plan_of(facts: KpiFacts | None, binding: Binding, pace: Pace, line: tuple[float, float], moment: Moment) -> Line:
    """What is expected on every day of the period, for counts and money. ``line``: where money should be at mid-year
    and at the year's end."""
    if pace.expected is None:
        return ()
    days = [pace.period.start + timedelta(days=i) for i in range(pace.period.days)]
    if pace.deviation is not None:
        return tuple((day, pace_money(0.0, line[0], line[1], day).expected) for day in days)
    kpi = facts.kpi if facts is not None else None
    target = scaled(float(pace.target.number or 0), pace.target.unit, kpi)
    return tuple((day, target * schedule_share(binding, pace.period, day, moment)) for day in days)


def fan_of(facts: KpiFacts | None, pace: Pace, moment: Moment) -> tuple[FanPoint, ...]:
    """Where the value to date is expected to go, day by day; empty where nothing is foretold."""
    if facts is None or pace.projected is None or not pace.target.is_number or not facts.has_flow:
        return ()
    if moment.closed(pace.period) or facts.mode == MEAN_OF_MONTHS or facts.kpi.is_count:
        return ()
    goal = effective(goal_of(pace.target, PaceClass.RATIO, facts.kpi.better, facts.kpi), is_share=facts.is_share)
    found = fan(facts.history, pace.period, moment.settled, goal.operator, goal.value, moment.calendar)
    return tuple(zip(found.days, found.low, found.mid, found.high, strict=True))


def burn_down(facts: KpiFacts | None, pace: Pace, moment: Moment) -> Line:
    """What was left of the allowance at the end of each day. The allowance is that of the day asked as of."""
    if facts is None or pace.allowance is None or facts.is_level:
        return ()
    above, below = _sums_to_date(facts, pace)
    if facts.kpi.is_count:
        used = above
    else:
        goal = effective(goal_of(pace.target, PaceClass.RATIO, facts.kpi.better, facts.kpi), is_share=facts.is_share)
        used = below - above if goal.operator.value == ">=" else above
    return tuple(zip(_days_on_record(facts, pace), (pace.allowance - used).tolist(), strict=True))
