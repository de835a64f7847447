"""The form of one alert rule, for the drawer."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from alerts.seen import CHANCE, PERCENT
from alerts.words import KIND_WORDS
from dashboard import ids
from dashboard.components import forms, kit
from dashboard.texts import t
from kpi.alert_model import AlertKind, AlertRule, Severity

Controls = list[tuple[str, Component]]


def rule_form(
    rule: AlertRule | None, unit: str, sheets: list[tuple[str, str]], centres: list[tuple[str, str]]
) -> Component:
    """The form of one rule, its levels in ``unit``; None: a new one."""
    known = rule or AlertRule("", "", AlertKind.DAY, level=0.95)
    fields = [
        forms.field(label, control)
        for label, control in [*_subject(known, sheets, centres), *_lines(known, unit), *_who(known)]
    ]
    save = forms.button(ids.act("rule-save"), t("entries.save"), strong=True)
    return html.Div([*fields, save, html.Div(id=ids.answer("rule"))], className="stack")


def _of(name: str) -> str:
    return ids.field("rule", name)


def _text(name: str, value: object = "") -> Component:
    return kit.text_field(_of(name), "" if value in (None, 0, 0.0) else str(value), most=128)


def _level(name: str, value: float | None, unit: str) -> Component:
    """A share as a percentage, anything else as a bare number."""
    shown = "" if value is None else f"{round(value * 100, 6):g}%" if unit in (PERCENT, CHANCE) else f"{value:.12g}"
    return _text(name, shown)


def _subject(known: AlertRule, sheets: list[tuple[str, str]], centres: list[tuple[str, str]]) -> Controls:
    """What is watched."""
    kinds = [(kind.value, word) for kind, word in KIND_WORDS.items()]
    return [
        (t("alerts.field_code"), _text("code", known.code)),
        (t("alerts.field_name"), _text("name", known.name)),
        (t("alerts.field_kind"), kit.choice(_of("kind"), kinds, known.kind.value)),
        (t("alerts.field_reference"), _text("reference", known.reference)),
        (t("alerts.field_sheet"), kit.choice(_of("sheet"), [("", "—"), *sheets], known.sheet)),
        (t("alerts.field_centre"), kit.choice(_of("centre"), [("", t("filter.all_centres")), *centres], known.centre)),
    ]


def _lines(known: AlertRule, unit: str) -> Controls:
    """When it fires and recovers."""
    return [
        (t("alerts.field_operator"), kit.choice(_of("operator"), [(">=", "≥"), ("<=", "≤")], known.operator)),
        (t("alerts.field_level"), _level("level", known.level, unit)),
        (t("alerts.field_recover"), _level("recover_level", known.recover_level, unit)),
        (t("alerts.field_sample"), _text("min_sample", known.min_sample)),
        (t("alerts.field_hold"), _text("hold_minutes", known.hold_minutes)),
        (t("alerts.field_calm"), _text("recover_minutes", known.recover_minutes)),
        (t("alerts.field_repeat"), _text("repeat_minutes", known.repeat_minutes)),
        (t("alerts.field_window"), _text("window_days", known.window_days)),
        (t("alerts.field_share"), _level("share", known.share or None, PERCENT)),
    ]


def _who(known: AlertRule) -> Controls:
    """Who is told, how loudly, and by whom the rule is changed."""
    severities = [(one.value, one.value) for one in Severity]
    switch = [("yes", t("alerts.enabled")), ("no", t("alerts.disabled"))]
    return [
        (t("alerts.field_severity"), kit.choice(_of("severity"), severities, known.severity.value)),
        (t("alerts.group"), _text("group", known.group)),
        (t("alerts.field_escalate"), _text("escalate_minutes", known.escalate_minutes)),
        (t("alerts.field_escalate_to"), _text("escalate_to", known.escalate_to)),
        (t("alerts.enabled"), kit.choice(_of("enabled"), switch, "yes" if known.enabled else "no")),
        (t("alerts.author"), _text("author")),
    ]
