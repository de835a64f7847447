"""A desk with alert rules: a sheet with facts by the hour behind it, a clock, ticks and what they told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from alerts.check import TickResult, tick
from alerts.message import Message, from_json
from db.alert_rules import save_contact, save_rules
from db.alert_states import load_standings
from db.deliveries import Delivery, list_deliveries
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule, AlertState, Contact, QuietHours
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.showing import Showing
from tests.factories import TZ, at, batch, calls
from tests.targets_desk import CALENDAR, CATALOGUE, SHEET, SheetDesk

ANSWER = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate", confirmed_by="张")
DAY_RULE = AlertRule("r.day", "接通率", AlertKind.DAY, "answer_rate", level=0.92, recover_level=0.94)
BOUND: Mapping[tuple[str, str, str], Binding | None] = {("接通率", "≥96%", "≥96%"): ANSWER}
"""One indicator, whose facts are calls of city and district."""
HOST = "hotline.example"


class AlertDesk(SheetDesk):
    """The sheet's desk with rules, one mail contact of 值班, and a clock that ticks when told."""

    def __init__(
        self, engine: Engine, *rules: AlertRule, bound: Mapping[tuple[str, str, str], Binding | None] = BOUND,
        contacts: tuple[Contact, ...] = (Contact("值班", "email", "a@example.org"),), quiet: QuietHours | None = None,
        showing: Showing = Showing.ON,
    ) -> None:  # fmt: skip
        super().__init__(engine, bound)
        self.quiet = quiet
        self.showing = showing
        self.save(*rules)
        with write(engine) as conn:
            for contact in contacts:
                save_contact(conn, contact)

    def save(self, *rules: AlertRule) -> None:
        """Stores rules."""
        with write(self.engine) as conn:
            save_rules(conn, rules, at("2026-01-01 00:00"))

    def hours(self, day: date, delivered: str, figures: Mapping[int, tuple[int, int]], **keys: str) -> None:
        """Calls of a day by the hour: hour → (asked for a person, answered), as a source tells them at a moment."""
        self.desk.clock.moment = at(delivered)
        rows = [
            {"hour": hour, "offered": offered, "answered": answered, "abandoned": offered - answered, **keys}
            for hour, (offered, answered) in figures.items()
        ]
        self.desk.write(batch(calls=calls(*rows, day=day)))

    def plain_days(self, first: date, last: date, offered: int = 1000, answered: int = 970) -> None:
        """The same figures each day, in hours 9 and 10, half in each, told together in the night after the last."""
        self.desk.clock.moment = at(f"{last + timedelta(days=1)} 01:00")
        half = {"offered": offered // 2, "answered": answered // 2, "abandoned": offered // 2 - answered // 2}
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self.desk.write(batch(calls=calls(*({"day": day, "hour": hour, **half} for day in days for hour in (9, 10)))))

    def tick(self, local: str) -> TickResult:
        """One look at a local wall time."""
        return tick(
            self.engine, CATALOGUE, now=at(local), tz=TZ, calendar=CALENDAR, host=HOST, quiet=self.quiet,
            showing=self.showing, link=lambda rule: f"https://{HOST}/alerts?rule={rule.code}",
        )  # fmt: skip

    def state(self, code: str = "r.day") -> AlertState:
        """Where a rule stands."""
        with self.engine.connect() as conn:
            return load_standings(conn)[code].standing.state

    def deliveries(self) -> list[Delivery]:
        """What was recorded, oldest first."""
        with self.engine.connect() as conn:
            return list(reversed(list_deliveries(conn, limit=1000)))

    def told(self) -> list[Message]:
        """The messages recorded, oldest first."""
        return [from_json(one.message) for one in self.deliveries()]

    def kinds(self) -> list[tuple[str, str]]:
        """(kind, state) of the deliveries, oldest first."""
        return [(one.kind, one.state) for one in self.deliveries()]


def moment(local: str) -> datetime:
    """A wall time of the centre without zone."""
    return datetime.fromisoformat(local)


def a_rule(code: str, kind: AlertKind, key: str = "", **values: Any) -> AlertRule:
    """A rule about an indicator of the sheet."""
    return AlertRule(code, "指标", kind, key, SHEET, **values)
