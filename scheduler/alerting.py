"""The alerts' turns: a look at all rules, and what is recorded brought out. Run by the process that leads alone.

Forecasts and channels are slow to load: that is left to the first turn, so that a worker is up at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from db.definitions import load_calendar
from ingest.mapping import Shape, SourceSpec
from kpi.alert_model import AlertRule, QuietHours
from kpi.model import Group, Nature
from kpi.showing import Showing
from product import Product

if TYPE_CHECKING:
    from alerts.channels.base import Channel
    from alerts.check import TickResult
    from alerts.defaults import SourceFacts

LOCAL_HOST = "hotline.local"
"""Ends the Message-IDs where the address of the pages is not known."""
MOST_AT_ONCE = 50
PAGES = {Group.CALLS: "/calls", Group.ORDERS: "/orders"}
"""Where the figures of a group are shown by hour, queue and seat; others on the overview."""

_log = logging.getLogger("hotline.scheduler")


def regular(source: SourceSpec, product: Product) -> bool:
    """True for a source that should have something every day: only such a one can be late or have gaps."""
    if not source.enabled or source.shape is Shape.MONTHS:
        return False
    known = product.catalogue.measures
    natures = [known[code].nature for code, _column in source.mapping.measures if code in known]
    return source.shape is not Shape.DAYS or Nature.FLOW in natures


def source_facts(product: Product) -> list[SourceFacts]:
    """The sources as the starting rules want to know them."""
    from alerts.defaults import SourceFacts

    return [
        SourceFacts(source.code, source.title, regular(source, product))
        for source in product.config.sources
        if source.enabled
    ]


def link_of(product: Product) -> Callable[[AlertRule], str]:
    """Where a rule's figures are shown; '' where the address of the pages is not set."""
    base = product.settings.page_url

    def link(rule: AlertRule) -> str:
        if not base:
            return ""
        if rule.sheet:
            return f"{base}/indicator?{urlencode({'sheet': rule.sheet, 'key': rule.reference})}"
        kpi = product.catalogue.kpis.get(rule.reference)
        if kpi is None:
            return f"{base}/data"
        asked = {"centre": rule.centre} if rule.centre else {}
        return f"{base}{PAGES.get(kpi.group, '/')}?{urlencode(asked | {'period': 'this-week'})}"

    return link


def host_of(product: Product) -> str:
    """The right side of Message-IDs."""
    return urlsplit(product.settings.page_url).hostname or LOCAL_HOST


def quiet_of(product: Product) -> QuietHours:
    """The quiet hours set."""
    start, end = product.settings.quiet_hours
    return QuietHours(start, end)


def look_once(product: Product) -> TickResult:
    """One tick with everything the product knows."""
    from alerts.check import tick

    with product.engine.connect() as conn:
        calendar = load_calendar(conn)
    return tick(
        product.engine,
        product.catalogue,
        now=product.clock(),
        tz=product.tz,
        calendar=calendar,
        link=link_of(product),
        host=host_of(product),
        showing=Showing(product.settings.seat_ranking),
        quiet=quiet_of(product),
        min_sample=product.settings.min_sample,
    )


class Alerting:
    """The bodies of the alerts' jobs."""

    def __init__(self, product: Product, stop: Callable[[], bool]) -> None:
        self._product = product
        self._stop = stop

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        from alerts.channels.build import channels

        return channels(self._product.settings)

    def rules(self) -> None:
        """Gives new sheets and sources the rules they start with."""
        from alerts.starting import give_rules

        product = self._product
        given = give_rules(
            product.engine,
            product.catalogue,
            source_facts(product),
            stale_minutes=product.settings.stale_after_minutes,
            now=product.clock(),
            today=product.today(),
        )
        if given:
            _log.info("告警规则: 新增或更新 %d 条", given)

    def look(self) -> None:
        """One tick."""
        found = look_once(self._product)
        for code, tell in found.told:
            _log.info("告警 %s: %s", code, tell.value)

    def deliver(self) -> None:
        """Brings out what is due; stops between two messages where the process is to end."""
        from alerts.deliver import Counts, deliver_due

        product, total = self._product, Counts()
        for _ in range(MOST_AT_ONCE):
            if self._stop():
                return
            done = deliver_due(
                product.engine, self._channels, product.holder, now=product.clock, secret=product.secret, most=1
            )
            if done == Counts():
                break
            total = replace(
                total,
                delivered=total.delivered + done.delivered,
                waiting=total.waiting + done.waiting,
                failed=total.failed + done.failed,
            )
        if total != Counts():
            _log.info("告警消息: 送达 %d,待重试 %d,失败 %d", total.delivered, total.waiting, total.failed)
