"""Parts of 告警: what is firing, what happened, rules, silences, readers, messages that did not go out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from alerts.seen import written
from alerts.words import KIND_WORDS, plain
from dashboard import format as fmt
from dashboard import ids
from dashboard.components import forms
from dashboard.components.parts import Child, Column, row, table
from dashboard.texts import t
from kpi.alert_model import STATE_NAMES, AlertRule, AlertState

if TYPE_CHECKING:
    from dashboard.ask_alerts import AlertsView, OpenAlert

CHANNELS = ("email", "wecom", "dingtalk", "feishu", "webhook", "page")
SILENCE_HOURS = (1, 24)
MUTE_HOURS = 24
MARKS = {
    AlertState.OK: ("✓", "met"),
    AlertState.PENDING: ("▲", "risk"),
    AlertState.FIRING: ("✕", "missed"),
    AlertState.RECOVERING: ("▲", "risk"),
    AlertState.NO_DATA: ("–", "none"),
}
RULE_FIELDS = (
    "code", "name", "kind", "reference", "sheet", "centre", "operator", "level", "recover_level", "min_sample",
    "hold_minutes", "recover_minutes", "repeat_minutes", "window_days", "share", "severity", "group",
    "escalate_minutes", "escalate_to", "enabled", "author",
)  # fmt: skip
OPEN_COLUMNS = (
    Column(t("alerts.state")),
    Column(t("alerts.rule"), "name long"),
    Column(t("alerts.since"), "when"),
    Column(t("alerts.value"), "num"),
    Column(t("alerts.acked")),
    Column(t("alerts.acts"), "act"),
)
HISTORY_COLUMNS = (
    Column(t("alerts.at"), "when"),
    Column(t("alerts.rule"), "name long"),
    Column(t("alerts.change")),
    Column(t("alerts.value"), "num"),
    Column(t("alerts.reason"), "long"),
)
RULE_COLUMNS = (
    Column(t("alerts.state")),
    Column(t("alerts.rule"), "name long"),
    Column(t("alerts.kind")),
    Column(t("alerts.level"), "num"),
    Column(t("alerts.recover"), "num"),
    Column(t("alerts.timing")),
    Column(t("alerts.group")),
    Column(t("alerts.acts"), "act"),
)
CONTACT_COLUMNS = (
    Column(t("alerts.group"), "name"),
    Column(t("alerts.channel")),
    Column(t("alerts.address"), "long"),
    Column(t("alerts.secret_env")),
    Column(t("alerts.acts"), "act"),
)
STUCK_COLUMNS = (
    Column(t("alerts.at"), "when"),
    Column(t("alerts.rule"), "name long"),
    Column(t("alerts.channel")),
    Column(t("alerts.reason"), "long"),
    Column(t("alerts.acts"), "act"),
)


def sentence(view: AlertsView, now: datetime) -> str:
    """How it stands."""
    if not view.rules:
        return t("alerts.no_rules")
    if not view.open:
        return t("alerts.none_open", rules=sum(rule.enabled for rule, _kept in view.rules))
    unseen = sum(not one.kept.standing.acknowledged_by for one in view.open)
    since = moment(view.open[0].kept.standing.bad_since, now)
    return t("alerts.some_open", n=len(view.open), unseen=unseen, since=since)


def fired(view: AlertsView) -> str:
    """What is open, each with when it fired: the page sounds where something new is among it."""
    return " ".join(
        f"{one.rule.code}@{one.kept.standing.fired_at:%Y%m%d%H%M%S}" for one in view.open if one.kept.standing.fired_at
    )


def moment(at: datetime | None, now: datetime) -> str:
    """A moment in the centre's wall time."""
    return fmt.DASH if at is None else fmt.moment(at.astimezone(now.tzinfo), now)


def state_badge(state: AlertState) -> Component:
    """Shape + word + colour of a state."""
    mark, kind = MARKS[state]
    return html.Span([html.Span(mark, className="badge-mark"), STATE_NAMES[state]], className=f"badge badge-{kind}")


def figure(value: float | None, unit: str, level: float | None = None) -> str:
    """A value on its side of the level; with no level a level itself, as people write it."""
    if value is None:
        return fmt.DASH
    return plain(value, unit) if level is None else written(value, unit, level)


def open_table(view: AlertsView, now: datetime) -> Component:
    """What is firing, the oldest first."""
    if not view.open:
        return html.P(t("alerts.open_none"), className="note")
    return table(
        t("alerts.open"), OPEN_COLUMNS, [_open_row(one, view, now) for one in view.open], "plain-table stacked"
    )


def _open_row(one: OpenAlert, view: AlertsView, now: datetime) -> Component:
    standing, code = one.kept.standing, one.rule.code
    by = standing.acknowledged_by
    buttons: list[Component] = [] if by else [forms.button(ids.act("alert-ack", code), t("alerts.ack"), strong=True)]
    if one.kept.incident is not None:
        buttons.append(forms.button(ids.act("alert-why", f"{one.kept.incident}:{code}"), t("alerts.why")))
    buttons += [
        forms.button(ids.act("alert-silence", f"{hours}:{code}"), t("alerts.silence_hours", n=hours))
        for hours in SILENCE_HOURS
    ]
    value: list[Child] = [fmt.DASH]
    if one.last is not None:
        change = one.last.transition
        value = [figure(change.value, view.units[code], one.rule.level)]
        if change.numerator is not None and change.denominator is not None:
            value.append(html.Small(f"{fmt.number(change.numerator)} / {fmt.number(change.denominator)}"))
    return row(
        OPEN_COLUMNS,
        (
            state_badge(standing.state),
            [one.rule.name or code, html.Small(f"{KIND_WORDS[one.rule.kind]} · {code}")],
            moment(standing.bad_since or standing.since, now),
            value,
            t("alerts.acked_by", who=by) if by else t("alerts.unacked"),
            html.Div(buttons, className="decision"),
        ),
        heading=1,
    )


def history_table(view: AlertsView, now: datetime) -> Component:
    """Every change of state, newest first."""
    if not view.changes:
        return html.P(t("alerts.history_none"), className="note")
    levels = {rule.code: rule.level for rule, _ in view.rules}
    rows = [
        row(
            HISTORY_COLUMNS,
            (
                moment(one.transition.at, now),
                [view.names.get(one.rule, one.rule), html.Small(one.rule)],
                f"{STATE_NAMES[one.transition.before]} → {STATE_NAMES[one.transition.after]}",
                figure(one.transition.value, view.units.get(one.rule, ""), levels.get(one.rule, 0.0)),
                one.transition.reason,
            ),
            heading=1,
        )
        for one in view.changes
    ]
    return table(t("alerts.history"), HISTORY_COLUMNS, rows, "plain-table stacked")


def rules_table(view: AlertsView, now: datetime) -> list[Child]:
    """Every rule with where it stands."""
    add = html.Div(forms.button(ids.act("rule-edit", ""), t("alerts.add")), className="actions")
    if not view.rules:
        return [html.P(t("alerts.no_rules"), className="note"), add]
    rows = []
    for rule, kept in view.rules:
        state: list[Child] = [state_badge(kept.standing.state if kept else AlertState.OK)]
        if not rule.enabled:
            state = [t("alerts.disabled")]
        if rule.muted_until is not None and rule.muted_until > now:
            state.append(html.Small(t("alerts.muted_until", at=moment(rule.muted_until, now))))
        timing = t("alerts.minutes", hold=rule.hold_minutes, recover=rule.recover_minutes, repeat=rule.repeat_minutes)
        acts = [
            forms.button(ids.act("rule-edit", rule.code), t("alerts.edit")),
            forms.button(ids.act("rule-replay", rule.code), t("alerts.replay")),
            _mute(rule, now),
            forms.button(ids.act("rule-drop", rule.code), t("alerts.delete")),
        ]
        sign = "≥" if rule.operator == ">=" else "≤"
        cells: tuple[Any, ...] = (
            state,
            [rule.name or rule.code, html.Small(rule.code)],
            KIND_WORDS[rule.kind],
            f"{sign} {figure(rule.level, view.units[rule.code])}",
            figure(rule.recover_level, view.units[rule.code]),
            timing,
            [rule.group, html.Small(rule.severity.value)],
            html.Div(acts, className="decision"),
        )
        rows.append(row(RULE_COLUMNS, cells, heading=1))
    return [add, table(t("alerts.rules", n=len(rows)), RULE_COLUMNS, rows, "plain-table stacked")]


def _mute(rule: AlertRule, now: datetime) -> Component:
    muted = rule.muted_until is not None and rule.muted_until > now
    if muted:
        return forms.button(ids.act("rule-mute", f"0:{rule.code}"), t("alerts.unmute"))
    return forms.button(ids.act("rule-mute", f"{MUTE_HOURS}:{rule.code}"), t("alerts.mute", n=MUTE_HOURS))


def silences_list(view: AlertsView, now: datetime) -> Component:
    """Silences that are not over."""
    if not view.silences:
        return html.P(t("alerts.silences_none"), className="note")
    items = [
        html.Li(
            [
                t(
                    "alerts.silence_of",
                    rule=view.names.get(one.rule, one.rule) or t("alerts.everything"),
                    start=moment(one.starts, now),
                    end=moment(one.ends, now),
                ),
                html.Small(f" {one.author} {one.reason}"),
                forms.button(ids.act("silence-end", str(one.id)), t("alerts.revoke")),
            ]
        )
        for one in view.silences
    ]
    return html.Ul(items, className="presets")


def contacts_table(view: AlertsView, masked: Any) -> Component:
    """Who is told, and how; ``masked`` hides what is secret in an address."""
    if not view.contacts:
        return html.P(t("alerts.contacts_none"), className="note")
    rows = [
        row(
            CONTACT_COLUMNS,
            (
                one.group,
                t(f"alerts.channel_{one.channel}") if one.channel in CHANNELS else one.channel,
                masked(one.address),
                one.secret_env or fmt.DASH,
                html.Div(
                    [
                        forms.button(ids.act("contact-test", str(one.id)), t("alerts.contact_test")),
                        forms.button(ids.act("contact-drop", str(one.id)), t("alerts.contact_remove")),
                    ],
                    className="decision",
                ),
            ),
            heading=0,
        )
        for one in view.contacts
    ]
    return table(t("alerts.contacts"), CONTACT_COLUMNS, rows, "plain-table stacked")


def stuck_table(view: AlertsView, now: datetime) -> list[Child]:
    """Messages that failed or wait to be tried again."""
    if not view.stuck:
        return [html.P(t("alerts.deliveries_none"), className="note")]
    rows = [
        row(
            STUCK_COLUMNS,
            (
                moment(one.created_at, now),
                str(one.message.get("title", "")),
                t(f"alerts.channel_{one.channel}") if one.channel in CHANNELS else one.channel,
                [html.Span(one.error or "", className="error-text"), html.Small(t("alerts.tries", n=one.attempts))],
                forms.button(ids.act("delivery-retry", str(one.id)), t("alerts.retry")),
            ),
            heading=1,
        )
        for one in view.stuck
    ]
    every = forms.button(ids.act("delivery-retry", "all"), t("alerts.retry_all", n=len(rows)))
    shown = table(t("alerts.deliveries"), STUCK_COLUMNS, rows, "plain-table stacked")
    return [shown, html.Div(every, className="actions")] if len(rows) > 1 else [shown]
