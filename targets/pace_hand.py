"""S, M, Q and ratios entered by hand: the last entry on or before the day decides."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from kpi.model import NoValue
from kpi.pace_model import Binding, BoundTo, Entry, Pace
from kpi.periods import Period
from kpi.sheet import Cell
from kpi.status import Status, meets
from targets import said
from targets.pace_base import Goal, Measured, Moment, nothing

DONE_WORDS = ("已完成", "完成", "达标", "是")
UNDONE_WORDS = ("未完成", "没有完成", "未达标", "不达标", "否")
_MONTH_END = re.compile(r"(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号]|底|末)?")
_QUARTERS = {"一": 3, "1": 3, "二": 6, "2": 6, "三": 9, "3": 9, "四": 12, "4": 12}


def measured_by_hand(binding: Binding, entries: Sequence[Entry], period: Period, moment: Moment, unit: str) -> Measured:
    """What the entries of an indicator say over a period. ``unit`` “%”: entered as 96.5, kept as a fraction."""
    known = [entry for entry in entries if entry.day <= moment.cut(period)]
    if binding.bound_to is BoundTo.COUNT:
        inside = [e for e in known if e.day >= period.start and e.value is not None]
        if not inside:
            return nothing("还没有填报;没有发生也请填 0")
        return Measured(
            sum(e.value or 0.0 for e in inside),
            days_with_data=len({e.day for e in inside}),
            days_passed=moment.days_passed(period),
        )
    if not known:
        return nothing("还没有填报")
    last = known[-1]
    if last.value is None:
        return Measured(text=last.text, reason=NoValue.NO_DATA, detail="" if last.text else "还没有填报数值")
    value = last.value / 100 if unit == said.PERCENT else last.value
    return Measured(value, last.text)


def level(base: Pace, goal: Goal, unit: str, moment: Moment, *, tolerance: float = 0.0) -> Pace:
    """S, and ratios entered by hand: the last reading against the target."""
    if base.value is None:
        return replace(base, status=Status.NO_DATA, said=said.without_value(base.reason, base.detail))
    met = meets(base.value, goal.operator, goal.value, tolerance)
    text = said.ended if moment.closed(base.period) else said.level
    return replace(base, status=Status.MET if met else Status.MISSED, said=text(base.value, unit, goal.value, met))


def due_day(cell: Cell, period: Period) -> date:
    """The day by which a milestone is due: what its text says (“当年12月底之前完成”), else the period's end."""
    text, year = cell.text, period.start.year
    if named := re.search(r"(20\d{2})\s*年", text):
        year = int(named.group(1))
    if found := _MONTH_END.search(text):
        month = int(found.group(1))
        if 1 <= month <= 12:
            last = calendar.monthrange(year, month)[1]
            return date(year, month, min(int(found.group(2) or last), last))
    if found := re.search(r"第?([一二三四1-4])季度", text):
        month = _QUARTERS[found.group(1)]
        return date(year, month, calendar.monthrange(year, month)[1])
    if "上半年" in text or "年中" in text:
        return date(year, 6, 30)
    if any(word in text for word in ("年底", "年末", "下半年", "年内")):
        return date(year, 12, 31)
    return period.end


def milestone(base: Pace, entries: Sequence[Entry], moment: Moment) -> Pace:
    """M: done on or before the due day."""
    due = due_day(base.target, base.period)
    done = _done_on([e for e in entries if e.day <= moment.as_of])
    if done is not None and done <= moment.cut(Period(base.period.start, max(due, base.period.end))):
        status = Status.MET if done <= due else Status.MISSED
        late = "" if done <= due else f",晚于期限 {due.month}月{due.day}日"
        text = f"{done.month}月{done.day}日已完成{late}"
        return replace(base, status=status, text=base.text or "已完成", reason=None, detail="", locked=True, said=text)
    if moment.settled >= due:
        return replace(base, status=Status.MISSED, said=f"{due.month}月{due.day}日到期,还没有完成")
    left = (due - moment.as_of).days
    return replace(base, status=Status.NOT_DUE, said=f"{due.month}月{due.day}日到期,还有 {left} 天")


def _done_on(entries: Sequence[Entry]) -> date | None:
    """The day on which it was done; a later “未完成” takes it back."""
    day: date | None = None
    for entry in entries:
        if entry.text.startswith(UNDONE_WORDS) or entry.value == 0:
            day = None
        elif day is None and (entry.text.startswith(DONE_WORDS) or (entry.value or 0) > 0):
            day = entry.day
    return day


def grade(base: Pace) -> Pace:
    """Q: a person's judgement. The target's own word or “达标” meets it, “未达标” doesn't; the rest is not guessed."""
    word, target = base.text.strip(), "".join(base.target.text.split())
    if not word:
        return replace(base, status=Status.NO_DATA, said="等待人工评定,请在手工填报页填写结论并附佐证")
    if word.startswith(UNDONE_WORDS):
        return replace(base, status=Status.MISSED, reason=None, said=f"评定为“{word}”")
    if word.startswith("达标") or "".join(word.split()) == target:
        return replace(base, status=Status.MET, reason=None, said=f"评定为“{word}”")
    text = f"评定“{word}”与目标“{base.target.text}”不同,请评定人写明“达标”或“未达标”"
    return replace(base, status=Status.NO_DATA, reason=None, detail=text, said=text)


def spark_by_hand(
    binding: Binding, entries: Sequence[Entry], moment: Moment, unit: str, days: int
) -> tuple[float | None, ...]:
    """The last days up to ``as_of``: of events the total so far, else the last reading; empty for words."""
    if binding.bound_to in (BoundTo.MILESTONE, BoundTo.GRADE):
        return ()
    if not entries:
        return ()
    found: list[float | None] = []
    for i in range(days):
        day = moment.as_of - timedelta(days=days - 1 - i)
        then = Moment(day, moment.today, moment.year, moment.calendar)
        value = measured_by_hand(binding, entries, moment.full, then, unit).value
        found.append(value if day >= moment.full.start else None)
    return tuple(found)
