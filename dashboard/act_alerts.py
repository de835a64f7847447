"""What a person does on 告警: acknowledge, silence, change rules and readers, try a channel, send again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dashboard.act_targets import Done, percent_or_number, refused
from dashboard.product import ProductLike
from dashboard.texts import t
from db import deliveries as post
from db.alert_rules import (
    add_silence,
    load_contacts,
    load_rule,
    load_rules,
    remove_contact,
    remove_rule,
    revoke_silence,
    save_contact,
    save_rules,
)
from db.definitions import load_calendar
from db.engine import write
from db.errors import StoreError
from kpi.alert_model import AlertKind, AlertRule, Contact, Severity, Silence

if TYPE_CHECKING:
    from alerts.replay import Firing

REPLAY_DAYS = 92
WHOLE = ("min_sample", "hold_minutes", "recover_minutes", "repeat_minutes", "window_days", "escalate_minutes")


def _written(product: ProductLike, work: Callable[[Connection], object], text: str) -> Done:
    try:
        with write(product.engine) as conn:
            work(conn)
    except (StoreError, ValueError) as error:
        return refused(error)
    return Done(True, text)


def confirm_alert(product: ProductLike, code: str, author: str, note: str = "") -> Done:
    """Somebody has seen it: no more repeats, no escalation."""
    if not author.strip():
        return refused(t("form.need_author"))

    from alerts.acts import acknowledge  # late, as in try_contact

    def work(conn: Connection) -> None:
        acknowledge(conn, code, by=author.strip(), note=note, now=product.clock())

    return _written(product, work, t("alerts.done_ack", rule=code))


def keep_quiet(product: ProductLike, code: str, hours: int, author: str, reason: str = "") -> Done:
    """Nobody is told about a rule (or '' : any) for some hours; its state goes on."""
    if not author.strip():
        return refused(t("form.need_author"))
    now = product.clock()
    ends = now + timedelta(hours=hours)
    silence = Silence(now, ends, code, "", reason, author.strip())
    shown = f"{ends.astimezone(product.tz):%m-%d %H:%M}"
    return _written(product, lambda conn: add_silence(conn, silence, now), t("alerts.done_silence", at=shown))


def end_silence(product: ProductLike, silence_id: int) -> Done:
    """Takes a silence back."""
    return _written(product, lambda conn: revoke_silence(conn, silence_id, product.clock()), t("form.done"))


def add_window(product: ProductLike, typed: Mapping[str, str], author: str, reason: str) -> Done:
    """A silence or maintenance window as typed, in wall times; a blank rule or centre: all, a blank start: now."""
    if not author.strip():
        return refused(t("form.need_author"))
    now = product.clock()
    try:
        starts = _moment(product, typed["starts"]) if typed["starts"].strip() else now
        ends = _moment(product, typed["ends"])
    except ValueError:
        return refused(t("alerts.bad_moment"))
    silence = Silence(starts, ends, typed["rule"], typed["centre"], reason.strip(), author.strip())
    shown = f"{ends.astimezone(product.tz):%m-%d %H:%M}"
    return _written(product, lambda conn: add_silence(conn, silence, now), t("alerts.done_silence", at=shown))


def _moment(product: ProductLike, text: str) -> datetime:
    """“2026-03-01 22:00” of the centre's wall. Raises ValueError."""
    found = datetime.fromisoformat(text.strip())
    return (found if found.tzinfo else found.replace(tzinfo=product.tz)).astimezone(UTC)


def mute_rule(product: ProductLike, code: str, hours: int) -> Done:
    """Nobody is told by a rule for some hours; 0: they are again."""
    until = product.clock() + timedelta(hours=hours) if hours else None

    def work(conn: Connection) -> None:
        save_rules(conn, [replace(load_rule(conn, code), muted_until=until)], product.clock())

    return _written(product, work, t("form.done"))


def read_rule(typed: Mapping[str, str], known: AlertRule | None) -> AlertRule:
    """A rule as typed. Raises ValueError with a Chinese sentence for what is no number."""
    base = known or AlertRule(typed["code"].strip(), "", AlertKind.DAY)
    numbers = {name: int(_number(typed[name], name) or 0) for name in WHOLE}
    level = _number(typed["level"], "level")
    if level is None:
        raise ValueError(t("form.bad_number", what=t("alerts.field_level")))
    return replace(
        base,
        code=typed["code"].strip(),
        name=typed["name"].strip(),
        kind=AlertKind(typed["kind"]),
        reference=typed["reference"].strip(),
        sheet=typed["sheet"],
        centre=typed["centre"],
        operator=typed["operator"],
        level=level,
        recover_level=_number(typed["recover_level"], "recover_level"),
        share=_number(typed["share"], "share") or 0.0,
        severity=Severity(typed["severity"]),
        group=typed["group"].strip(),
        escalate_to=typed["escalate_to"].strip(),
        enabled=typed["enabled"] == "yes",
        author=typed["author"].strip(),
        **numbers,  # type: ignore[arg-type]
    )


def _number(text: str, what: str) -> float | None:
    """A number as typed; “96%” is 0.96."""
    return percent_or_number(text, "%" if text.strip().endswith(("%", "%")) else "", what)


def save_rule(product: ProductLike, typed: Mapping[str, str]) -> Done:
    """Stores a rule as typed, if nothing is wrong with it."""
    from alerts.rule_check import key_of, known_of, problems  # late, as in try_contact

    if not typed["author"].strip():
        return refused(t("form.need_author"))
    try:
        with write(product.engine) as conn:
            known = next((one for one in load_rules(conn) if one.code == typed["code"].strip()), None)
            rule = read_rule(typed, known)
            there = known_of(conn, product.catalogue, [rule.sheet] if rule.sheet else [])
            sheet = there.sheets.get(rule.sheet)
            key = key_of(sheet, rule.reference) if sheet is not None else None
            rule = replace(rule, reference=key or rule.reference)
            wrong = [text for _field, text in problems(rule, there)]
            if wrong:
                return refused(";".join(wrong))
            save_rules(conn, [rule], product.clock())
    except (StoreError, ValueError) as error:
        return refused(error)
    return Done(True, t("alerts.done_rule", rule=rule.code))


def drop_rule(product: ProductLike, code: str) -> Done:
    """Takes a rule away; what it did stays in the history."""
    return _written(product, lambda conn: remove_rule(conn, code), t("form.done"))


def would_have(product: ProductLike, code: str, today: date) -> tuple[AlertRule, tuple[Firing, ...]]:
    """What a rule would have done in the last quarter. Raises StoreError, ValueError with a Chinese sentence."""
    from alerts.replay import replay  # late, as in try_contact

    with product.engine.connect() as conn:
        rule = load_rule(conn, code)
        start, end = today - timedelta(days=REPLAY_DAYS), today - timedelta(days=1)
        calendar = load_calendar(conn)
        found = replay(conn, product.catalogue, rule, start, end, tz=product.tz, calendar=calendar, today=today)
    return rule, found


def add_contact(product: ProductLike, contact: Contact) -> Done:
    """Stores a way to reach a group."""
    if not contact.group.strip() or (contact.channel != "page" and not contact.address.strip()):
        return refused(t("form.need_contact"))
    return _written(product, lambda conn: save_contact(conn, contact), t("form.done"))


def drop_contact(product: ProductLike, contact_id: int) -> Done:
    """Takes a contact away."""
    return _written(product, lambda conn: remove_contact(conn, contact_id), t("form.done"))


def try_contact(product: ProductLike, contact_id: int, host: str) -> Done:
    """Sends a test message to one contact and tells how it went."""
    from alerts.acts import send_test  # late: what sends messages takes a moment to load
    from alerts.channels.build import channels

    with product.engine.connect() as conn:
        chosen = [one for one in load_contacts(conn) if one.id == contact_id]
    tried = send_test(chosen, channels(product.settings), secret=product.secret, now=product.clock(), host=host)
    failed = [f"{one.address}: {one.error}" for one in tried if one.error]
    if failed or not tried:
        return refused(";".join(failed) or t("form.expired"))
    return Done(True, t("alerts.test_ok", address="、".join(one.address for one in tried)))


def send_again(product: ProductLike, delivery_id: int | None) -> Done:
    """Tries a message that failed again at once; None: all that failed or wait."""

    def work(conn: Connection) -> None:
        ids = [one.id for one in post.list_undelivered(conn)] if delivery_id is None else [delivery_id]
        for number in ids:
            post.retry(conn, number, product.clock())

    return _written(product, work, t("form.done"))
