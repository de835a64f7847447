"""The alerts that are not over, in one line above the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.parts import link
from dashboard.texts import t
from dashboard.views_live import OpenAlert

MOST_NAMED = 3


def alerts_strip(alerts: Sequence[OpenAlert], now: datetime) -> Component | None:
    """Names of the open alerts, the oldest first, leading to 告警; nothing where none is open."""
    if not alerts:
        return None
    named = [_named(one, now) for one in alerts[:MOST_NAMED]]
    if len(alerts) > MOST_NAMED:
        named.append(t("overview.alerts_more", n=len(alerts)))
    words = [html.B(t("overview.alerts", n=len(alerts))), html.Span(t("finding.semicolon").join(named))]
    return link(words, "/alerts", "alert-strip")


def _named(alert: OpenAlert, now: datetime) -> str:
    since = fmt.moment(alert.since.astimezone(now.tzinfo), now) if alert.since else ""
    key = "overview.alert_seen" if alert.seen_by else "overview.alert"
    return t(key, name=alert.name, since=since, **({"who": alert.seen_by} if alert.seen_by else {}))
