"""The turns of the schedules: what is due is built, kept and told; what fails is tried again and its owner told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from db.engine import write
from db.report_store import FAILED, NewReport, Schedule, advance, last_failure, list_schedules, note_failure
from kpi.periods import Period
from reports import words
from reports.errors import ReportError
from reports.model import Kind
from reports.schedule import LATE_AFTER, due, sending_moment
from reports.scope import Wanted
from reports.send import Made, Office, Posted, keep, make, tell, tell_owner

WAITS = (5, 15, 60, 180, 360)
"""Minutes between tries of a report that could not be built; after as many tries it is given up."""

Ready = Callable[[Period, datetime], bool]
"""Whether the data of a period (due at that moment) has come as far as it will."""

_log = logging.getLogger("hotline.reports")


@dataclass
class Turn:
    """One look at all schedules. Reports that several groups get at one time are built once."""

    engine: Engine
    office: Office
    now: datetime
    ready: Ready
    stop: Callable[[], bool] = lambda: False
    made: dict[Wanted, Made] = field(default_factory=dict)

    def run(self) -> int:
        """Sees to everything that is due; gives the number of reports told."""
        with self.engine.connect() as conn:
            schedules = list_schedules(conn, only_enabled=True)
        return sum(self._see_to(schedule) for schedule in schedules)

    def _see_to(self, schedule: Schedule) -> int:
        tz = self.office.house.tz
        count = 0
        mine: Schedule | None = schedule
        for unit in due(schedule, self.now, tz):
            moment = sending_moment(schedule, unit, tz)
            if mine is None or self.stop() or self._waits(mine, unit) or not self.ready(unit, moment):
                break
            before = mine
            try:
                mine = self._send(mine, unit, late=self.now - moment > LATE_AFTER)
                count += mine is not None
            except OperationalError:
                raise  # the database is gone: nothing can be noted either, the next turn tries again
            except Exception as error:
                mine = self._failed(before, unit, error)
        return count

    def _wanted(self, schedule: Schedule, unit: Period) -> Wanted:
        return Wanted(Kind(schedule.kind), unit.end, schedule.centre, schedule.sheet)

    def _waits(self, schedule: Schedule, unit: Period) -> bool:
        """True while a report that failed is not to be tried again yet."""
        with self.engine.connect() as conn:
            before = last_failure(conn, schedule.kind, schedule.centre, schedule.sheet, unit.end)
        if before is None:
            return False
        return self.now < before.built_at + timedelta(minutes=WAITS[min(before.tries, len(WAITS)) - 1])

    def _send(self, schedule: Schedule, unit: Period, *, late: bool) -> Schedule | None:
        """Builds, keeps and tells in one transaction with the note that it is done; None where another process was
        quicker."""
        wanted = self._wanted(schedule, unit)
        made = self.made.get(wanted) or make(self.engine, self.office, wanted, self.now)
        with write(self.engine) as conn:
            moved = advance(conn, schedule, unit.end)
            if moved is None:
                return None
            kept = keep(conn, made, wanted, self.now)
            posted = tell(conn, self.office, kept, [schedule.group], self.now, late=late)
            self._warn_owner(conn, schedule, unit, kept, posted)
        self.made[wanted] = kept
        _log.info("报告 %s: 编号 %d,读者 %d 个", kept.report.title, kept.id, posted.readers)
        return moved

    def _warn_owner(self, conn: Connection, schedule: Schedule, unit: Period, made: Made, posted: Posted) -> None:
        """Of a report that nobody reads, or that has nothing to say, its owner is told."""
        key = f"{schedule.id}-{schedule.kind}-{unit.end:%Y%m%d}"
        title = made.report.title
        if not posted.readers:
            text = (
                f"读者组“{schedule.group}”没有启用的联系方式,报告已存档但没有发给任何人。请在“报告”页为该组添加读者。"
            )
            tell_owner(
                conn, self.office, schedule.owner, f"【报告无人接收】{title}", text, f"noone-{key}", self.now, made.id
            )
        if made.report.empty:
            text = made.report.sentence
            tell_owner(
                conn, self.office, schedule.owner, f"【报告无数据】{title}", text, f"empty-{key}", self.now, made.id
            )

    def _failed(self, schedule: Schedule, unit: Period, error: Exception) -> Schedule | None:
        """Notes the failure and tells the owner; gives up after the last try."""
        why = str(error) if isinstance(error, ReportError) else f"程序出错({type(error).__name__}),详情见日志。"
        name = f"{words.KIND_NAMES[Kind(schedule.kind)]} {words.period_name(Kind(schedule.kind), unit)}"
        _log.error("报告没有生成: %s: %s", name, why, exc_info=None if isinstance(error, ReportError) else error)
        new = NewReport(
            schedule.kind, schedule.centre, schedule.sheet, unit.start, unit.end, FAILED, name, "", {}
        )  # fmt: skip
        with write(self.engine) as conn:
            tries = note_failure(conn, new, why, self.now)
            over = tries > len(WAITS)
            key = f"{'lost' if over else 'failed'}-{schedule.id}-{schedule.kind}-{unit.end:%Y%m%d}"
            after = "已试多次,不再自动重试;排除原因后请用 report 命令补发。" if over else "会自动重试。"
            tell_owner(conn, self.office, schedule.owner, f"【报告没有发出】{name}", f"{why}{after}", key, self.now)
            return advance(conn, schedule, unit.end) if over else None
