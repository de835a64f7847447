"""告警: what is firing and since when, what happened, and who is told about what."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import dash
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import request

from dashboard import act_alerts as act
from dashboard import ids
from dashboard.act_targets import Done
from dashboard.components import alert_form, alert_story, forms, kit
from dashboard.components import alerts as parts
from dashboard.components.parts import data, panel
from dashboard.data import current
from dashboard.pressed import pressed
from dashboard.seat_pages import showing
from dashboard.sections import Sections, frame, marked, outputs, redrawn, safely
from dashboard.texts import t
from db.errors import StoreError
from kpi.alert_model import Contact

PAGE = "alerts"
PARTS = ("sentence", "open", "stuck", "incidents", "rules", "silences", "contacts", "history")
FORM, WINDOW = "alerts", "window"
WINDOW_FIELDS = ("rule", "centre", "starts", "ends")

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/alerts", name=t("page.alerts"), title=t("page.alerts"), order=9, icon="alerts"
)


def layout(**_query: Any) -> Component:
    """The page. Who acts and the form of a reader lie beside the parts that are redrawn."""
    return safely(
        lambda: html.Div(
            [
                frame(PAGE, marked(sections_of())),
                html.Div([_window_form(), _reader_form()], className="page below"),
                _who(),
            ]
        )
    )


def sections_of() -> Sections:
    """The parts of the page."""
    from alerts.channels.base import masked  # late: what sends messages takes a moment to load

    view, now = current().alerts(), current().now()
    return {
        "sentence": html.H1(parts.sentence(view, now), className="sentence", **data(open=parts.fired(view))),
        "open": panel(t("alerts.open"), parts.open_table(view, now)),
        "stuck": panel(t("alerts.deliveries"), parts.stuck_table(view, now)) if view.stuck else None,
        "incidents": panel(t("alerts.incidents"), alert_story.incidents_table(view, now)),
        "rules": panel(t("alerts.rules", n=len(view.rules)), parts.rules_table(view, now)),
        "silences": panel(t("alerts.silences"), parts.silences_list(view, now)),
        "contacts": panel(t("alerts.contacts"), parts.contacts_table(view, masked)),
        "history": panel(t("alerts.history"), parts.history_table(view, now)),
    }


def _window_form() -> Component:
    asked = current()
    rules = [("", t("alerts.everything")), *((one.code, one.name or one.code) for one, _ in asked.alerts().rules)]
    centres = [("", t("filter.all_centres")), *((one.code, one.name) for one in asked.centres())]
    body = [
        html.P(t("alerts.window_hint"), className="note"),
        forms.fields(
            forms.field(t("alerts.window_rule"), kit.choice(ids.field(WINDOW, "rule"), rules, "", search=True)),
            forms.field(t("alerts.field_centre"), kit.choice(ids.field(WINDOW, "centre"), centres, "")),
            forms.field(t("alerts.window_starts"), kit.text_field(ids.field(WINDOW, "starts"), most=16)),
            forms.field(
                t("alerts.window_ends"), kit.text_field(ids.field(WINDOW, "ends"), most=16), t("alerts.window_form")
            ),
        ),
        html.Div(forms.button(ids.act("window-add"), t("alerts.window_add")), className="actions"),
        html.Div(id=ids.answer(WINDOW)),
    ]
    return panel(t("alerts.window_add"), body)


def _reader_form() -> Component:
    channels = [(code, t(f"alerts.channel_{code}")) for code in parts.CHANNELS]
    body = [
        forms.fields(
            forms.field(t("alerts.group"), kit.text_field(ids.field("contact", "group"), "值班", most=64)),
            forms.field(t("alerts.channel"), kit.choice(ids.field("contact", "channel"), channels, "email")),
            forms.field(t("alerts.address"), kit.text_field(ids.field("contact", "address"), most=500)),
            forms.field(t("alerts.secret_env"), kit.text_field(ids.field("contact", "secret_env"), most=64)),
        ),
        html.Div(forms.button(ids.act("contact-add"), t("alerts.contact_add")), className="actions"),
        html.Div(id=ids.answer("contact")),
    ]
    return panel(t("alerts.contact_add"), body)


def _who() -> Component:
    return html.Div(
        [
            forms.field(t("alerts.author"), kit.text_field(ids.field(FORM, "author"), most=40)),
            forms.field(t("alerts.note"), kit.text_field(ids.field(FORM, "note"), most=200)),
            kit.tick("alert-sound", t("alerts.sound")),
            html.Div(id=ids.answer(FORM)),
        ],
        className="panel signing",
    )


@callback(
    outputs(PAGE, PARTS),
    Input(ids.VERSION, "data"),
    State(ids.digests(PAGE), "data"),
    prevent_initial_call=True,
)
def refresh(_version: str, seen: dict[str, str] | None) -> Any:
    """Something happened: redraws the parts that differ."""
    return redrawn(lambda: marked(sections_of()), seen)


def told(done: Done) -> tuple[Any, Any]:
    """The answer, and the new data version where something was written, so that the page follows at once."""
    return forms.answer(done.text, ok=done.ok), current().version() if done.ok else no_update


@callback(
    Output(ids.answer(FORM), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    *(
        Input(ids.act(name, ALL), "n_clicks")
        for name in (
            "alert-ack", "alert-silence", "silence-end", "rule-drop", "rule-mute", "contact-test", "contact-drop",
            "delivery-retry",
        )
    ),
    State(ids.field(FORM, "author"), "value"),
    State(ids.field(FORM, "note"), "value"),
    prevent_initial_call=True,
)  # fmt: skip
def do(*given: Any) -> Any:
    """One of the buttons of the page."""
    author, note = given[-2] or "", given[-1] or ""
    button = pressed()
    kind, key = str(button["type"]).removeprefix("act-"), str(button["key"])
    return told(done_by(kind, key, author, note))


def done_by(kind: str, key: str, author: str, note: str) -> Done:
    """What a button does."""
    product = current().product
    hours, _, code = key.partition(":")
    if kind == "alert-ack":
        return act.confirm_alert(product, key, author, note)
    if kind == "alert-silence":
        return act.keep_quiet(product, code, int(hours), author, note)
    if kind == "rule-mute":
        return act.mute_rule(product, code, int(hours))
    if kind == "rule-drop":
        return act.drop_rule(product, key)
    number = int(key) if key.isdigit() else 0
    if kind == "silence-end":
        return act.end_silence(product, number)
    if kind == "contact-drop":
        return act.drop_contact(product, number)
    if kind == "delivery-retry":
        return act.send_again(product, None if key == "all" else number)
    return act.try_contact(product, number, urlsplit(request.url).hostname or "localhost")


@callback(
    Output(ids.DRAWER, "visible", allow_duplicate=True),
    Output(ids.DRAWER, "title", allow_duplicate=True),
    Output(ids.DRAWER_BODY, "children", allow_duplicate=True),
    Input(ids.act("rule-edit", ALL), "n_clicks"),
    Input(ids.act("rule-replay", ALL), "n_clicks"),
    Input(ids.act("alert-why", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def open_drawer(*clicks: list[int | None]) -> Any:
    """The form of a rule, what it would have done, or why there was an alert."""
    button = pressed()
    code = str(button["key"])
    if button["type"] == ids.act("alert-why")["type"]:
        return True, t("alerts.why"), safely(lambda: why(int(code.partition(":")[0])))
    if button["type"] == ids.act("rule-replay")["type"]:
        return True, t("alerts.replay"), safely(lambda: replayed(code))
    asked = current()
    view = asked.alerts()
    rule = next((one for one, _ in view.rules if one.code == code), None)
    sheets = [(one.code, f"{one.year} {one.unit}") for one in asked.sheets()]
    centres = [(one.code, one.name) for one in asked.centres()]
    return (
        True,
        rule.name if rule else t("alerts.add"),
        alert_form.rule_form(rule, view.units.get(code, "%"), sheets, centres),
    )


def why(number: int) -> Component:
    """The story of an incident."""
    from alerts.channels.base import masked  # late, as above
    from dashboard.ask_alerts import build_story

    asked = current()
    with asked.product.engine.connect() as conn:
        return alert_story.story(build_story(conn, number, showing(asked)), asked.now(), masked)


def replayed(code: str) -> Component:
    """What a rule would have done in the last quarter."""
    asked = current()
    try:
        rule, found = act.would_have(asked.product, code, asked.today())
    except (StoreError, ValueError) as error:
        return forms.answer(str(error), ok=False)
    return alert_story.replay_answer(rule, found, act.REPLAY_DAYS, asked.now())


@callback(
    Output(ids.answer("rule"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("rule-save"), "n_clicks"),
    *(State(ids.field("rule", name), "value") for name in parts.RULE_FIELDS),
    prevent_initial_call=True,
)
def save_rule(clicks: int | None, *typed: Any) -> Any:
    """Stores a rule as typed."""
    if not clicks:
        raise PreventUpdate
    given = {name: str(value or "") for name, value in zip(parts.RULE_FIELDS, typed, strict=True)}
    return told(act.save_rule(current().product, given))


@callback(
    Output(ids.answer(WINDOW), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("window-add"), "n_clicks"),
    *(State(ids.field(WINDOW, name), "value") for name in WINDOW_FIELDS),
    State(ids.field(FORM, "author"), "value"),
    State(ids.field(FORM, "note"), "value"),
    prevent_initial_call=True,
)
def add_window(clicks: int | None, *typed: Any) -> Any:
    """Stores a silence or maintenance window."""
    if not clicks:
        raise PreventUpdate
    given = {name: str(value or "") for name, value in zip(WINDOW_FIELDS, typed, strict=False)}
    return told(act.add_window(current().product, given, str(typed[-2] or ""), str(typed[-1] or "")))


@callback(
    Output(ids.answer("contact"), "children"),
    Output(ids.VERSION, "data", allow_duplicate=True),
    Input(ids.act("contact-add"), "n_clicks"),
    *(State(ids.field("contact", name), "value") for name in ("group", "channel", "address", "secret_env")),
    prevent_initial_call=True,
)
def add_reader(clicks: int | None, *typed: Any) -> Any:
    """Stores a way to reach a group."""
    if not clicks:
        raise PreventUpdate
    group, channel, address, secret_env = (str(value or "").strip() for value in typed)
    return told(act.add_contact(current().product, Contact(group, channel, address, secret_env)))
