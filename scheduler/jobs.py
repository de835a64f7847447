"""The table of jobs: what runs when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ingest.mapping import SourceSpec
from product import Product
from scheduler.alerting import Alerting
from scheduler.presence import BEAT_EVERY
from scheduler.reporting import Reporting
from scheduler.work import Work

HOUSE, DEMO, ALERTS, POST, REPORTS = "house", "demo", "alerts", "post", "reports"
"""Executors of jobs that belong to no source. Each source has one of its own: see ``executor_of``."""
INTRADAY = "intraday:"
LOOK = "alerts"
"""The job that looks at all alert rules: it also has a turn after every pull."""
DELIVER_EVERY = timedelta(seconds=20)


def executor_of(source: SourceSpec) -> str:
    """The executor of a source's jobs: they run one after the other, and a slow source holds up no other."""
    return f"source:{source.code}"


@dataclass(frozen=True)
class Job:
    """One row. Jobs of one executor run one after the other, so two pulls of one source never overlap.

    ``first`` is the moment of the first turn, None where the trigger decides.
    """

    code: str
    executor: str
    trigger: BaseTrigger
    run: Callable[[], None]
    first: datetime | None = None


def jobs(product: Product, work: Work, now: datetime) -> list[Job]:
    """All jobs, first turns at ``now`` (aware) except the daily pull's, which has its own moment."""
    at, tz = product.settings.pull_daily_at, product.tz
    often = timedelta(minutes=product.settings.pull_every_minutes)

    def every(span: timedelta, code: str, executor: str, run: Callable[[], None]) -> Job:
        trigger = IntervalTrigger(seconds=int(span.total_seconds()), start_date=now + span, timezone=tz)
        return Job(code, executor, trigger, run, now)

    table = [every(timedelta(seconds=BEAT_EVERY), "heartbeat", HOUSE, work.heartbeat)]
    alerting = Alerting(product, work.stopping)
    table += [
        every(timedelta(hours=1), "alert-rules", ALERTS, alerting.rules),
        every(timedelta(minutes=product.settings.alert_every_minutes), LOOK, ALERTS, alerting.look),
        every(DELIVER_EVERY, "deliveries", POST, alerting.deliver),
        every(timedelta(minutes=1), "reports", REPORTS, Reporting(product, work.stopping).look),
    ]
    if product.demo:
        table.append(every(often, "demo", DEMO, work.demo))
    for source in product.config.sources:
        if source.enabled:
            own = executor_of(source)
            daily = CronTrigger(hour=at.hour, minute=at.minute, timezone=tz)
            table += [
                every(often, INTRADAY + source.code, own, partial(work.intraday, source)),
                Job(f"daily:{source.code}", own, daily, partial(work.daily, source)),
                every(timedelta(hours=1), f"catch-up:{source.code}", own, partial(work.catch_up, source)),
            ]
    return table
