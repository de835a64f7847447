"""Alert rules, standings, incidents and deliveries as stored, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from db import deliveries as post
from db.alert_rules import (
    AlertStoreError,
    add_silence,
    load_contacts,
    load_rule,
    load_rules,
    load_silences,
    remove_contact,
    remove_rule,
    revoke_silence,
    save_contact,
    save_rules,
)
from db.alert_states import (
    close_incident,
    list_acks,
    list_changes,
    list_incidents,
    load_standings,
    move,
    open_incident,
    record_ack,
)
from db.deliveries import NewDelivery
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule, AlertState, Contact, Severity, Silence, Standing, Transition

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
RULE = AlertRule(
    "a.day", "接通率", AlertKind.DAY, "answer_rate", level=0.96, recover_level=0.965, severity=Severity.URGENT,
    muted_until=NOW + timedelta(days=1), group="值班", made_from="s",
)  # fmt: skip


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def test_rules_come_back_as_they_were_and_are_changed_in_place(engine: Engine) -> None:
    with write(engine) as conn:
        save_rules(conn, [RULE, replace(RULE, code="b", muted_until=None)], NOW)
        save_rules(conn, [replace(RULE, level=0.9)], NOW)
        assert load_rules(conn) == (replace(RULE, level=0.9), replace(RULE, code="b", muted_until=None))
        remove_rule(conn, "b")
        with pytest.raises(AlertStoreError, match=r"现有: a\.day"):
            load_rule(conn, "b")


def test_of_two_ticks_at_once_one_moves_the_rule(engine: Engine) -> None:
    fired = Standing(AlertState.FIRING, NOW, NOW, NOW, NOW, episode=1)
    change = Transition(AlertState.OK, AlertState.FIRING, NOW, "越线", 0.95, 95, 100)
    with write(engine) as conn:
        incident = open_incident(conn, "值班", "", "接通率", "<t@x>", NOW)
        assert move(conn, "r", None, fired, incident, change)
        assert not move(conn, "r", None, fired, incident, change)
        kept = load_standings(conn)["r"]
        assert (kept.standing, kept.incident, kept.version) == (fired, incident, 1)
        calm = replace(fired, state=AlertState.OK, bad_since=None)
        assert move(conn, "r", kept, calm, incident, None)
        assert not move(conn, "r", kept, fired, incident, change)
        assert load_standings(conn)["r"].standing == calm
        (row,) = list_changes(conn, rule="r")
        assert (row.transition, row.episode, row.incident) == (change, 1, incident)
        close_incident(conn, incident, minutes(5))
        assert list_incidents(conn, only_open=True) == ()
        assert list_incidents(conn)[0].closed_at == minutes(5)
        record_ack(conn, "r", 1, by="甲", note="知道了", now=NOW)
        assert list_acks(conn, "r") == ((1, "甲", "知道了", NOW),)


def test_silences_and_contacts_are_kept_and_taken_back(engine: Engine) -> None:
    silence = Silence(NOW, minutes(60), "r", "", "割接", "甲")
    with write(engine) as conn:
        number = add_silence(conn, silence, NOW)
        assert load_silences(conn, since=minutes(59)) == (replace(silence, id=number),)
        assert load_silences(conn, since=minutes(60)) == ()
        revoke_silence(conn, number, NOW)
        assert load_silences(conn) == ()
        with pytest.raises(AlertStoreError):
            revoke_silence(conn, number, NOW)
        with pytest.raises(AlertStoreError, match="晚于"):
            add_silence(conn, replace(silence, ends=NOW), NOW)
        contact = Contact("值班", "email", "a@example.org", extra={"名字": "甲"})
        own = save_contact(conn, contact)
        save_contact(conn, replace(contact, id=own, enabled=False))
        assert load_contacts(conn, "值班") == (replace(contact, id=own, enabled=False),)
        remove_contact(conn, own)
        assert load_contacts(conn) == ()


def a_delivery(number: int = 1, **more: object) -> NewDelivery:
    values: dict[str, object] = {
        "kind": "fired", "channel": "email", "address": "a@x", "message_id": f"<{number}@x>", "message": {"标题": "t"},
    }  # fmt: skip
    return NewDelivery(**(values | more))  # type: ignore[arg-type]


def test_the_same_thing_is_recorded_once(engine: Engine) -> None:
    with write(engine) as conn:
        assert post.record(conn, a_delivery(), NOW) is not None
        assert post.record(conn, a_delivery(), minutes(1)) is None
        assert len(post.list_deliveries(conn)) == 1


def test_a_claim_is_a_lease_that_one_worker_holds(engine: Engine) -> None:
    with write(engine) as conn:
        post.record(conn, a_delivery(1), NOW)
        post.record(conn, a_delivery(2, not_before=minutes(30)), NOW)
        first = post.claim(conn, "w1", NOW, LEASE)
        assert first is not None and (first.attempts, first.state, first.message) == (1, "claimed", {"标题": "t"})
        assert post.claim(conn, "w2", minutes(1), LEASE) is None  # the other is not due yet
        second = post.claim(conn, "w2", minutes(3), LEASE)  # w1 died: its lease has run out
        assert second is not None and (second.id, second.attempts, second.message_id) == (first.id, 2, first.message_id)
        assert not post.done(conn, first, minutes(3))  # w1 comes back too late to have a say
        assert post.done(conn, second, minutes(4))
        assert post.load_delivery(conn, first.id).delivered_at == minutes(4)
        assert post.delivered_since(conn, "a@x", "email", minutes(3)) == 1
        later = post.claim(conn, "w1", minutes(31), LEASE)
        assert later is not None and later.message_id == "<2@x>"


def test_a_passing_error_waits_and_a_permanent_one_is_left_for_a_person(engine: Engine) -> None:
    with write(engine) as conn:
        own = post.record(conn, a_delivery(), NOW)
        assert own is not None
        first = post.claim(conn, "w", NOW, LEASE)
        assert first is not None
        post.again(conn, first, "连接被拒绝", minutes(5))
        assert post.claim(conn, "w", minutes(4), LEASE) is None
        second = post.claim(conn, "w", minutes(5), LEASE)
        assert second is not None
        post.give_up(conn, second, "地址不存在")
        assert post.claim(conn, "w", minutes(500), LEASE) is None
        assert [(d.state, d.permanent, d.error) for d in post.list_deliveries(conn, state="failed")] == [
            ("failed", True, "地址不存在")
        ]
        post.retry(conn, own, minutes(600))
        assert post.claim(conn, "w", minutes(600), LEASE) is not None


def test_what_is_held_is_told_as_part_of_another(engine: Engine) -> None:
    with write(engine) as conn:
        post.record(conn, a_delivery(1, state="held"), NOW)
        post.record(conn, a_delivery(2), NOW)
        assert [d.message_id for d in post.held(conn)] == ["<1@x>"]
        assert [d.message_id for d in post.waiting_for(conn, "a@x", "email", NOW)] == ["<2@x>"]
        post.merged(conn, [post.held(conn)[0].id], 2)
        assert post.held(conn) == ()
