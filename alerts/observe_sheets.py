"""What is known of the indicators of target sheets: the rows of the progress page, once a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.observe_kpis import subject_key
from alerts.rules import check_burn
from alerts.seen import KIND_UNITS, Seen, Subject, goal_text, nothing, parts, written
from db.centres import CentreTree
from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.catalogue import Catalogue
from kpi.pace_model import BoundTo, Pace, ProgressRow
from kpi.periods import Period
from kpi.status import Operator, Status
from kpi.workdays import WorkCalendar
from targets.pace_base import goal_of
from targets.pace_hand import due_day
from targets.progress import Opened, open_sheet

HALF_DAYS = 181


@dataclass(frozen=True)
class SheetRows:
    """A sheet as the pages show it, by indicator key."""

    opened: Opened
    rows: Mapping[str, ProgressRow]
    place: str


def rows_of(
    conn: Connection,
    catalogue: Catalogue,
    code: str,
    as_of: date,
    centres: CentreTree,
    *,
    today: date,
    calendar: WorkCalendar,
    tz: ZoneInfo,
    min_sample: int = 0,
    only: str | None = None,
) -> SheetRows:
    """The rows of ``targets.progress`` for a day, paced in the period in which they are judged. Raises
    UnknownSheetError."""
    opened = open_sheet(
        conn, catalogue, code, as_of, today=today, calendar=calendar, tz=tz, min_sample=min_sample, only=only
    )
    opened = replace(opened, known=replace(opened.known, due_only=True))
    place = centres.by_code[opened.centre].name if opened.centre in centres.by_code else ""
    return SheetRows(opened, {row.key: row for row in opened.rows()}, place)


def look_at_rows(rules: Iterable[AlertRule], sheets: Mapping[str, SheetRows | str], today: date) -> dict[str, Seen]:
    """What every rule about an indicator sees. ``sheets``: by code; a text says why one can't be had."""
    found = {}
    for rule in rules:
        sheet = sheets[rule.sheet]
        if isinstance(sheet, str):
            found[rule.code] = nothing(rule, sheet)
        elif rule.reference not in sheet.rows:
            found[rule.code] = nothing(rule, f"目标表 {rule.sheet} 里没有这个指标了,请删去或改正这条规则")
        else:
            found[rule.code] = look_at_row(rule, sheet, sheet.rows[rule.reference], today)
    return found


def look_at_row(rule: AlertRule, sheet: SheetRows, row: ProgressRow, today: date) -> Seen:
    """What a rule sees of one indicator, in the period in which it is judged on that day."""
    pace = row.due(today)
    subject = _subject(rule, sheet, row, pace, today)
    observation = _LOOKS[rule.kind](rule, sheet, row, pace)
    if observation.value is None:
        return Seen(observation, subject)
    told = replace(observation, day=observation.day or today, to_date=to_date(row, pace), required=pace.said)
    return Seen(told, subject)


def _subject(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace, today: date) -> Subject:
    binding, centre = row.binding, sheet.opened.centre or ""
    kpi = binding.reference if binding is not None and binding.bound_to is BoundTo.KPI else ""
    start = pace.period.start
    if rule.kind is AlertKind.BURN_RATE:
        start = max(start, today - timedelta(days=burn_window(rule, pace.period) - 1))
    return Subject(
        key=subject_key(kpi, centre) if kpi else f"sheet:{rule.sheet}/{row.key}",
        name=row.indicator.name,
        unit=KIND_UNITS.get(rule.kind, row.unit),
        centre=centre,
        place=sheet.place,
        kpi=kpi,
        span=(start, min(today, pace.period.end)) if start <= today else None,
        target=pace.target,
    )


def to_date(row: ProgressRow, pace: Pace) -> str:
    """“95.71 %(12,345 / 12,898),目标 ≥96%”."""
    if pace.value is None:
        return ""
    bounds = () if pace.target.fraction is None else (pace.target.fraction,)
    divided = parts(Observation(pace.value, pace.numerator, pace.denominator))
    goal = f",目标 {goal_text(pace.target)}" if pace.target.shown else ""
    return f"{written(pace.value, row.unit, *bounds)}{f'({divided})' if divided else ''}{goal}"


def _without(pace: Pace) -> Observation:
    return Observation(None, reason=pace.said or pace.detail or "没有数据")


def _to_date(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    if pace.value is None:
        return _without(pace)
    sample = pace.denominator if pace.denominator is not None else pace.value
    return Observation(pace.value, pace.numerator, pace.denominator, sample=sample)


def _projected(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    chance = 1.0 if pace.locked else 0.0 if pace.out_of_reach else pace.probability
    if chance is None:
        return Observation(None, reason=pace.method or pace.said or "没有预测")
    ahead = "" if pace.projected is None else f"按目前走势期末为 {written(pace.projected, row.unit)}"
    return Observation(chance, pace.numerator, pace.denominator, sample=pace.denominator, detail=ahead)


def _cap(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    """Nothing has happened yet: a few quiet days say little, and no one can act on them."""
    if pace.value is None:
        return _without(pace)
    seen = _projected(rule, sheet, row, pace) if pace.value > 0 else Observation(1.0)
    return replace(seen, numerator=pace.value, denominator=pace.allowance, sample=float(pace.days_passed))


def burn_window(rule: AlertRule, period: Period) -> int:
    """The rule's window in days; derived from the period where it names none: 3 days for a tenth of the allowance of
    a half-year, 7 for less, as much longer as the period is."""
    if rule.window_days:
        return rule.window_days
    return max(1, round((3 if rule.share >= 0.1 else 7) * period.days / HALF_DAYS))


def _burn(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    facts, binding = sheet.opened.facts(row.key), row.binding
    if facts is None or binding is None or not pace.target.is_number or not facts.is_share:
        return Observation(None, reason="只有绑定到业务数据的比率才有余量")
    if pace.allowance is None:
        return _without(pace)
    goal = goal_of(pace.target, binding.pace, row.better, facts.kpi)
    up = goal.operator is Operator.AT_LEAST
    window = burn_window(rule, pace.period)
    never = check_burn(goal.value if up else 1 - goal.value, rule.share, window, pace.period.days)
    if never or pace.allowance <= 0:
        return Observation(None, reason=never or "没有余量可消耗")
    as_of = sheet.opened.known.moment.cut(pace.period)
    places = facts.within(Period(max(pace.period.start, as_of - timedelta(days=window - 1)), as_of))
    above, below = sum(facts.days.numerators[places]), sum(facts.days.denominators[places])
    used = below - above if up else above
    detail = f"{window} 天用掉 {written(used, '')} 个(余量共 {written(pace.allowance, '')} 个)"
    return Observation(used / pace.allowance, used, pace.allowance, sample=below, detail=detail)


def _behind(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    if pace.value is None or pace.index is None or pace.expected is None:
        return _without(pace) if pace.value is None else Observation(None, reason="现在还不要求")
    done, wanted = written(pace.value, row.unit), written(pace.expected, row.unit)
    index = 1.0 if pace.locked else pace.index
    return Observation(
        index, pace.value, pace.expected, sample=pace.expected, detail=f"已完成 {done},按进度应有 {wanted}"
    )


def _money(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    """How far off the plan, on the side that matters: a minimum may be reached early, and what is reached is done."""
    if pace.deviation is None:
        return _without(pace)
    if pace.status is Status.MET and pace.required == 0:
        return Observation(0.0, pace.numerator, pace.denominator, detail=pace.said)
    operator = pace.target.operator
    slow, fast = max(-pace.deviation, 0.0), max(pace.deviation, 0.0)
    off = slow if operator is Operator.AT_LEAST else fast if operator is Operator.AT_MOST else slow + fast
    return Observation(off, pace.numerator, pace.denominator, detail=pace.said)


def _milestone(rule: AlertRule, sheet: SheetRows, row: ProgressRow, pace: Pace) -> Observation:
    """Days left; once it is done as many as the rule wants to see."""
    as_of = sheet.opened.known.moment.as_of
    due = due_day(pace.target, pace.period)
    if pace.locked:
        return Observation(max(rule.level, rule.recover_level or 0.0), detail=pace.said)
    return Observation(float((due - as_of).days), detail=pace.said)


_LOOKS: Mapping[AlertKind, Callable[[AlertRule, SheetRows, ProgressRow, Pace], Observation]] = {
    AlertKind.TO_DATE: _to_date,
    AlertKind.PROJECTED_MISS: _projected,
    AlertKind.BURN_RATE: _burn,
    AlertKind.BEHIND: _behind,
    AlertKind.CAP: _cap,
    AlertKind.MONEY: _money,
    AlertKind.MILESTONE: _milestone,
}
