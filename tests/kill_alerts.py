"""Run as a process of its own: ticks and deliveries that are killed (-9) at random points, and done again.

``python -m tests.kill_alerts URL PORT KILLS SEED`` prints one JSON object. Being single-threaded it may fork: a child
begins at once. Each trial has rules that fire and later recover; whoever dies leaves the rest to the next child, some
minutes later. The mail server is another process's.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from alerts.channels.base import Channel
from alerts.channels.email import Email, MailSettings
from alerts.channels.page import Page
from alerts.check import tick
from alerts.deliver import deliver_due
from db.alert_rules import save_contact, save_rules
from db.alert_states import load_standings
from db.deliveries import list_deliveries
from db.engine import make_engine, write
from db.runs import fail_run
from db.schema_alerts import (
    alert_acks,
    alert_rules,
    alert_standings,
    alert_transitions,
    contacts,
    deliveries,
    incidents,
)
from kpi.alert_model import AlertKind, AlertRule, AlertState, Contact
from kpi.catalogue import build
from kpi.showing import Showing
from kpi.workdays import WorkCalendar
from tests.factories import TZ, Desk, at, batch, calls, reject

CATALOGUE, CALENDAR = build(), WorkCalendar()
EMPTIED = (deliveries, alert_acks, alert_transitions, alert_standings, incidents, contacts, alert_rules)
RULES = (
    AlertRule("city", "呼入量", AlertKind.DAY, "offered_volume", centre="city", operator="<=", level=250),
    AlertRule("files", "话务导出", AlertKind.FAILED_PULL, "calls", operator="<="),
    AlertRule("rows", "话务导出的行", AlertKind.REJECT_SHARE, "calls", operator="<=", level=0.1),
)
CONTACTS = (Contact("值班", "email", "a@example.org, b@example.org"), Contact("值班", "page"))
STEP = timedelta(minutes=4)
"""Longer than the lease of a delivery, so that the next child may take over."""
MOST_KILLS_IN_A_ROW = 8


class Trial:
    """A database whose alerts can be emptied, and children that tick and deliver."""

    def __init__(self, url: str, port: int) -> None:
        self.engine = make_engine(url)
        self.mail = Email(MailSettings("127.0.0.1", port, sender="h@example.org", timeout=10))
        self.number = 0
        self.now = at("2026-03-02 10:00")

    def empty(self) -> None:
        """As before any tick; ids go on, so Message-IDs never come twice from two trials."""
        self.number += 1
        self.now = at("2026-03-02 10:00") + timedelta(seconds=self.number)

        def work(engine: Engine) -> None:
            with write(engine) as conn:
                for table in EMPTIED:
                    conn.execute(table.delete())
                save_rules(conn, RULES, self.now)
                for contact in CONTACTS:
                    save_contact(conn, contact)

        self.look(work)

    def facts(self, bad: bool) -> None:
        """A bad day, rows left out and a failed pull; or all of it put right."""

        def work(engine: Engine) -> None:
            desk = Desk(engine)
            desk.clock.moment = self.now
            row = {"hour": 9, "offered": 300 if bad else 200}
            left_out = [reject(row_no=number) for number in range(50 if bad else 0)]
            made = calls(row, day=self.now.astimezone(TZ).date())
            desk.write(batch(calls=made, rejects=left_out, rows_used=100 - len(left_out), rows_read=100))
            if bad:
                fail_run(engine, desk.run(), "连不上", self.now)

        self.look(work)

    def child(self, kill_at: int = 0, tell: int | None = None) -> int:
        """Starts a process that looks and delivers, killing itself at its ``kill_at``-th statement (0: never)."""
        pid = os.fork()
        if pid:
            return pid
        try:
            count = _Count(self.engine, kill_at)
            self.work()
            if tell is not None:
                os.write(tell, str(count.number).encode())
        finally:
            os._exit(0)

    def work(self) -> None:
        """One look and one round of deliveries."""
        now = self.now
        tick(
            self.engine, CATALOGUE, now=now, tz=TZ, calendar=CALENDAR, host=f"t{self.number}.example",
            showing=Showing.ON, link=lambda rule: "",
        )  # fmt: skip
        clock = _Clock(now)
        channels: dict[str, Channel] = {"email": self.mail, "page": Page()}
        deliver_due(self.engine, channels, f"w{os.getpid()}", now=clock, secret=lambda name: None)

    def look(self, what: Any) -> Any:
        """Does something with the database in this process; no connection may live on over a fork."""
        try:
            return what(self.engine)
        finally:
            self.engine.dispose()


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


class _Count:
    """Counts before and after every statement and before every commit, and kills this process at one of them."""

    def __init__(self, engine: Engine, kill_at: int) -> None:
        self.number, self._kill_at = 0, kill_at
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(engine, name, self._more)

    def _more(self, *_: object) -> None:
        self.number += 1
        if self.number == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(pid: int, after: float | None = None) -> bool:
    """Waits for a child, or kills it ``after`` so many seconds. True where it did not come to its own end."""
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def undisturbed(trial: Trial) -> tuple[int, float]:
    """Statements and seconds of a round that is left alone."""
    reader, writer = os.pipe()
    begun = time.monotonic()
    assert not killed(trial.child(tell=writer))
    return int(os.read(reader, 20)), time.monotonic() - begun


def disturbed(trial: Trial, events: int, seconds: float, dice: random.Random) -> tuple[int, int]:
    """Rounds with some kills in a row, then one to the end. Returns how many died, and of them by the clock."""
    deaths = by_clock = 0
    for _ in range(dice.randint(1, MOST_KILLS_IN_A_ROW)):
        by_time = dice.random() < 0.4
        after = dice.uniform(0, seconds) if by_time else None
        died = killed(trial.child(0 if by_time else dice.randint(1, events)), after)
        deaths += died
        by_clock += died and by_time
        trial.now += STEP
    assert not killed(trial.child())
    trial.now += STEP
    return deaths, by_clock


def outcome(engine: Engine) -> dict[str, Any]:
    """What stands in the database at the end of a trial."""
    with engine.connect() as conn:
        found = list_deliveries(conn, limit=1000)
        states = {code: kept.standing for code, kept in load_standings(conn).items()}
        moved = conn.execute(text("SELECT count(*) FROM alert_transitions")).scalar_one()
    return {
        "mails": {one.message_id: one.attempts for one in found if one.channel == "email"},
        "states": sorted({one.state for one in found}),
        "kinds": sorted(one.kind for one in found),
        "threads": sorted({one.message["thread"] for one in found if one.kind == "recovered"} - {""}),
        "calm": all(one.state is AlertState.OK and one.episode == 1 for one in states.values()),
        "moved": int(moved),
    }


def main(url: str, port: int, kills: int, seed: int) -> dict[str, Any]:
    """Kills until ``kills`` processes died of it."""
    trial, dice = Trial(url, port), random.Random(seed)
    trial.empty()
    trial.facts(bad=True)
    trial.look(lambda engine: trial.work())  # so that every child finds everything loaded
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads must not fork"
    report: dict[str, Any] = {"kills": 0, "by_clock": 0, "trials": []}
    while report["kills"] < kills:
        trial.empty()
        trial.facts(bad=True)
        if not report["trials"]:
            events, seconds = undisturbed(trial)
            trial.empty()
        for bad in (True, False):
            trial.facts(bad)
            deaths, by_clock = disturbed(trial, events, seconds, dice)
            report["kills"] += deaths
            report["by_clock"] += by_clock
        report["trials"].append(trial.look(outcome))
    report["events"], report["seconds"] = events, round(seconds, 3)
    return report


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
