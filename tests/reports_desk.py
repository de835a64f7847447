"""A desk that reports are made at: one sheet with calls by the hour behind it, readers, a clock that stands still."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Engine

from alerts.message import Message, from_json
from db.alert_rules import save_contact
from db.deliveries import list_deliveries
from db.engine import write
from db.report_store import Schedule, list_schedules, save_schedule
from kpi.alert_model import Contact
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.showing import Showing
from reports.build import build
from reports.due import Turn
from reports.model import Kind, Report
from reports.scope import House, Wanted
from reports.send import Office
from tests.factories import TZ, FrozenClock, batch, calls
from tests.targets_desk import CATALOGUE, SHEET, SheetDesk

ANSWER = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate", confirmed_by="张")
COMPLAINTS = Binding(BoundTo.COUNT, PaceClass.CAP, confirmed_by="张")
BOUND: dict[tuple[str, str, str], Binding | None] = {
    ("热线接通率", "≥96%", "≥96%"): ANSWER,
    ("服务投诉量", "≤6次", "≤12次"): COMPLAINTS,
}
HOUSE = House(CATALOGUE, TZ, 0, Showing.ON)
OFFICE = Office(HOUSE, "hotline.example", "https://hotline.example")
MONDAY = date(2026, 3, 9)
"""The week of the reports: 9 to 15 March."""
SUNDAY = date(2026, 3, 15)


class ReportDesk(SheetDesk):
    """From 2 to 8 March 1,000 calls a day, 970 answered; of the week after each test says more."""

    def __init__(self, engine: Engine, now: str = "2026-03-16 08:30") -> None:
        super().__init__(engine, BOUND)
        self.clock = FrozenClock(now)
        self.day_of_calls(date(2026, 2, 2), date(2026, 3, 8), answered=970)

    def day_of_calls(self, first: date, last: date | None = None, offered: int = 1000, answered: int = 970) -> None:
        """The same figures on each day, half in the 9th hour, half in the 10th; delivered the night after."""
        days = [first + timedelta(days=n) for n in range(((last or first) - first).days + 1)]
        rows = [
            {"day": day, "hour": hour, "offered": offered // 2, "answered": got, "abandoned": offered // 2 - got}
            for day in days
            for hour, got in ((9, answered - answered // 2), (10, answered // 2))
        ]
        self.desk.clock.moment = FrozenClock(f"{days[-1] + timedelta(days=1)} 02:30").moment
        self.desk.write(batch(calls=calls(*rows)))

    def report(self, kind: Kind = Kind.WEEKLY, day: date = SUNDAY, today: date | None = None) -> Report:
        """The report of a period."""
        with self.engine.connect() as conn:
            return build(conn, HOUSE, Wanted(kind, day, "", SHEET), today=today or self.clock.today())

    def reader(self, group: str = "领导", address: str = "boss@example.org", channel: str = "email") -> int:
        """A contact of a group."""
        with write(self.engine) as conn:
            return save_contact(conn, Contact(group, channel, address))

    def schedule(self, kind: str = "weekly", group: str = "领导", last: date | None = None, **more: object) -> Schedule:
        """A schedule at 08:30 on Mondays (the first of the month)."""
        made = Schedule(kind, group, sheet=SHEET, weekday=0, day=1, minute=510, last_period_end=last)
        with write(self.engine) as conn:
            number = save_schedule(conn, Schedule(**{**_fields(made), **more}))  # type: ignore[arg-type]
        return next(one for one in self.schedules() if one.id == number)

    def schedules(self) -> tuple[Schedule, ...]:
        """As stored."""
        with self.engine.connect() as conn:
            return list_schedules(conn)

    def turn(self, *, ready: bool = True) -> int:
        """One look at the schedules at the clock's moment."""
        return Turn(self.engine, OFFICE, self.clock.now(), lambda _unit, _moment: ready).run()

    def messages(self) -> list[Message]:
        """What was recorded, in order."""
        with self.engine.connect() as conn:
            return [from_json(one.message) for one in reversed(list_deliveries(conn))]


def _fields(schedule: Schedule) -> dict[str, object]:
    return {name: getattr(schedule, name) for name in Schedule.__dataclass_fields__}
