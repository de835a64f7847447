"""The reports' turns: what is due is built, kept and handed to the deliveries. Run by the process that leads alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from db.journal import source_states
from ingest.pull import find_gaps
from kpi.periods import Period
from kpi.showing import Showing
from product import Product
from reports.due import Turn
from reports.scope import House
from reports.send import Office
from scheduler.alerting import host_of, regular

SETTLING = timedelta(minutes=30)
"""After a start the gaps of an outage are still being filled: so long a report waits for days that are missing."""
PATIENCE = timedelta(hours=2)
"""How long after its moment a report waits for a source that does not answer."""

_log = logging.getLogger("hotline.scheduler")


def office_of(product: Product) -> Office:
    """What sending reports needs of the product."""
    house = House(product.catalogue, product.tz, product.settings.min_sample, Showing(product.settings.seat_ranking))
    return Office(house, host_of(product), product.settings.page_url)


class Reporting:
    """The body of the reports' job. It begins with the time of leading, from which the settling counts."""

    def __init__(self, product: Product, stop: Callable[[], bool]) -> None:
        self._product = product
        self._stop = stop
        self._since = product.clock()

    def look(self) -> None:
        """One look at all schedules."""
        product = self._product
        sent = Turn(product.engine, office_of(product), product.clock(), self._ready, self._stop).run()
        if sent:
            _log.info("报告: 生成并登记发送 %d 份", sent)

    def _ready(self, unit: Period, moment: datetime) -> bool:
        """True once every source was asked since the period ended, and an outage's gaps had time to be filled."""
        now = self._product.clock()
        settled = now >= self._since + SETTLING
        if not settled and self._has_gaps(unit):
            return False
        return self._all_asked(unit) or (settled and now >= moment + PATIENCE)

    def _all_asked(self, unit: Period) -> bool:
        product = self._product
        regulars = {source.code for source in product.config.sources if regular(source, product)}
        with product.engine.connect() as conn:
            states = [one for one in source_states(conn) if one.code in regulars]
        answered = [one.checked_at for one in states if one.last_day is not None]
        return all(
            at is not None and at.replace(tzinfo=UTC).astimezone(product.tz).date() > unit.end for at in answered
        )

    def _has_gaps(self, unit: Period) -> bool:
        product = self._product
        today = product.today()
        back = min((today - unit.start).days + 1, 90)
        return any(
            unit.start <= day <= unit.end
            for source in product.config.sources
            if regular(source, product)
            for day in find_gaps(product.engine, product.config, source.code, today, back)
        )
