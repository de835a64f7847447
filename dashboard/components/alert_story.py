"""Why there was an alert: incidents, the story of one as people were told it, and what a rule would have done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components import forms
from dashboard.components.alerts import CHANNELS, moment
from dashboard.components.parts import Child, Column, row, table
from dashboard.texts import t
from kpi.alert_model import AlertRule

if TYPE_CHECKING:
    from alerts.message import Item
    from alerts.replay import Firing
    from dashboard.ask_alerts import AlertsView, Said, Story
    from db.alert_states import Incident
    from db.deliveries import Delivery

MARK_KINDS = {"✓": "met", "▲": "risk", "✕": "missed"}
COLUMNS = (
    Column(t("alerts.since"), "when"),
    Column(t("alerts.what"), "name long"),
    Column(t("alerts.lasted")),
    Column(t("alerts.group")),
    Column(t("alerts.acts"), "act"),
)


def incidents_table(view: AlertsView, now: datetime) -> Component:
    """What happened, the newest first."""
    if not view.incidents:
        return html.P(t("alerts.incidents_none"), className="note")
    rows = [row(COLUMNS, _incident(one, now), heading=1) for one in view.incidents]
    return table(t("alerts.incidents"), COLUMNS, rows, "plain-table stacked")


def _incident(one: Incident, now: datetime) -> tuple[Child | list[Child], ...]:
    lasted = (
        t("alerts.going_on") if one.closed_at is None else fmt.duration((one.closed_at - one.opened_at).total_seconds())
    )
    why = forms.button(ids.act("alert-why", str(one.id)), t("alerts.why"))
    return moment(one.opened_at, now), one.title, lasted, one.group, html.Div(why, className="decision")


def story(found: Story, now: datetime, masked: Callable[[str], str]) -> Component:
    """Everything people were told of an incident, in order of time."""
    parts: list[Component] = [_message(one, now, masked) for one in found.said]
    if found.acks:
        shown = [
            html.Li(t("alerts.ack_line", rule=rule, who=by, at=moment(at, now), note=f":{note}" if note else ""))
            for rule, by, note, at in found.acks
        ]
        parts.append(html.Section([html.H3(t("alerts.acked")), html.Ul(shown, className="findings")]))
    return html.Div(parts or [html.P(t("alerts.nothing_said"), className="note")], className="stack")


def _message(one: Said, now: datetime, masked: Callable[[str], str]) -> Component:
    message = one.message
    body: list[Component] = [html.H3(message.title), html.P([moment(one.at, now), " · ", message.sentence])]
    body += [_item(item) for item in message.items]
    if message.picture:
        body.append(
            html.Img(src=f"data:image/png;base64,{message.picture}", alt=message.sentence, className="told-chart")
        )
    body.append(html.P(_readers(one, masked), className="note"))
    return html.Section(body)


def _item(item: Item) -> Component:
    figure: list[Child] = [html.Strong(item.value), f" {item.target} ", html.Small(item.parts)]
    told = ((t("alerts.since"), item.since), (t("alerts.to_date"), item.to_date), (t("alerts.required"), item.required))
    lines: list[Component] = [html.Div([f"{label}: ", text]) for label, text in told if text]
    if item.causes:
        lines.append(html.Div(t("alerts.causes")))
        lines.append(html.Ul([html.Li(cause) for cause in item.causes], className="findings"))
    if item.link:
        lines.append(html.Div(html.A(t("alerts.see_page"), href=item.link)))
    mark = html.Span(item.mark, className=f"badge badge-{MARK_KINDS.get(item.mark, 'none')}")
    return html.Div([html.Div([mark, " ", html.Strong(item.name)]), html.Div(figure), *lines], className="told")


def _readers(one: Said, masked: Callable[[str], str]) -> str:
    return t("alerts.told_to", readers=";".join(_reader(delivery, masked) for delivery in one.deliveries))


def _reader(delivery: Delivery, masked: Callable[[str], str]) -> str:
    channel = t(f"alerts.channel_{delivery.channel}") if delivery.channel in CHANNELS else delivery.channel
    return f"{channel} {masked(delivery.address)}".rstrip() + f"({t(f'alerts.delivery_{delivery.state}')})"


def replay_answer(rule: AlertRule, found: tuple[Firing, ...], days: int, now: datetime) -> Component:
    """What a rule would have done."""
    name = rule.name or rule.code
    if not found:
        return html.P(t("alerts.replay_none", name=name, days=days))
    items = [
        html.Li(
            t(
                "alerts.replay_line",
                start=moment(one.fired_at, now),
                end=moment(one.ended_at, now) if one.ended_at else t("alerts.not_over"),
                title=one.title,
            )
        )
        for one in found
    ]
    head = html.P(t("alerts.replay_of", name=name, days=days, n=len(found)))
    return html.Div([head, html.Ul(items, className="findings")])
