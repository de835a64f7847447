"""The tick from facts to recorded deliveries: one incident, one message, one thread."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine

from alerts.acts import acknowledge
from alerts.message import text
from db.alert_rules import AlertStoreError, add_silence, save_contact
from db.alert_states import list_acks, list_changes, list_incidents, load_standings
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule, AlertState, Contact, QuietHours, Severity, Silence
from tests.alerts_desk import DAY_RULE, HOST, AlertDesk
from tests.factories import at

OK, FIRING, NO_DATA = AlertState.OK, AlertState.FIRING, AlertState.NO_DATA
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
BAD, GOOD = {9: (100, 97), 10: (100, 63)}, {9: (2000, 1960)}
NIGHT = QuietHours(22 * 60, 7 * 60)
BOSS = Contact("领导", "email", "boss@example.org")


def began(engine: Engine, *more: AlertRule, **options: object) -> AlertDesk:
    """A desk whose rule r.day has fired at 10 o'clock on Monday, and whatever other rules see there."""
    rules = (replace(DAY_RULE, made_from="sheet"), *more)
    desk = AlertDesk(engine, *rules, **options)  # type: ignore[arg-type]
    desk.plain_days(date(2026, 1, 1), date(2026, 3, 1))
    desk.hours(MONDAY, "2026-03-02 09:55", BAD)
    desk.tick("2026-03-02 10:00")
    return desk


def test_a_breach_is_one_message_that_says_all_and_its_end_answers_the_thread(engine: Engine) -> None:
    desk = began(engine)
    assert desk.tick("2026-03-02 10:05").deliveries == 0
    (first,) = desk.told()
    assert first.title == "【告警】接通率今日 80.00 %,低于 92 %"
    told = text(first)
    for part in (
        "80.00 %", "(目标 ≥ 96 %,告警线 ≥ 92 %)", "160 / 200", "3月2日 10:00", "),目标 ≥ 96 %", "此后每天需",
        "10时漏接 37 个,占 92%(平常 50%),多出 17 个",
        f"https://{HOST}/alerts?rule=r.day",
    ):  # fmt: skip
        assert part in told, part
    assert first.thread == "" and first.picture
    desk.hours(MONDAY, "2026-03-02 14:55", BAD | {14: (2000, 1990)})
    desk.tick("2026-03-02 15:00")
    last = desk.told()[-1]
    assert last.kind == "recovered" and last.title.startswith("【已恢复】接通率今日 97.73 %")
    assert (last.thread, "历时 5 小时" in last.sentence) == (first.message_id, True)
    with engine.connect() as conn:
        (incident,) = list_incidents(conn)
        changes = list_changes(conn, rule="r.day")
    assert incident.closed_at == at("2026-03-02 15:00")
    assert [(c.transition.after, c.transition.value, c.transition.denominator) for c in changes] == [
        (OK, 2150 / 2200, 2200), (FIRING, 0.8, 200),
    ]  # fmt: skip


def test_rules_that_fire_together_are_one_incident_and_one_message(engine: Engine) -> None:
    hour = replace(DAY_RULE, code="r.live", kind=AlertKind.LIVE, severity=Severity.URGENT)
    other = replace(DAY_RULE, code="r.far", centre="district", group="远处")
    desk = began(engine, hour, other)
    (message,) = desk.told()
    assert message.title.endswith("另 1 项") and [item.mark for item in message.items] == ["✕", "▲"]
    assert desk.state("r.live") is FIRING and desk.state("r.far") is NO_DATA


def test_what_fires_later_about_the_same_thing_joins_the_thread(sqlite_engine: Engine) -> None:
    later = replace(DAY_RULE, code="r.later", hold_minutes=30)
    desk = began(sqlite_engine, later)
    desk.tick("2026-03-02 10:40")
    first, second = desk.told()
    assert (second.kind, second.thread) == ("fired", first.message_id)
    with sqlite_engine.connect() as conn:
        assert len(list_incidents(conn)) == 1
    desk.hours(MONDAY, "2026-03-02 14:55", BAD | {14: (2000, 1990)})
    desk.tick("2026-03-02 15:00")
    assert [one.kind for one in desk.told()] == ["fired", "fired", "recovered"], "the end of both is one message"


def test_a_correction_that_undoes_the_breach_ends_it_and_says_so(engine: Engine) -> None:
    desk = began(engine)
    desk.hours(MONDAY, "2026-03-03 01:00", BAD)
    desk.tick("2026-03-03 02:00")
    assert desk.state() is FIRING
    desk.hours(MONDAY, "2026-03-03 09:00", {9: (200, 198)})  # the export had left calls out
    desk.tick("2026-03-03 09:05")
    first, last = desk.told()
    assert (last.kind, last.thread, desk.state()) == ("undone", first.message_id, OK)
    assert "数据更正后" in last.sentence and "99.00 %" in last.items[0].value
    with engine.connect() as conn:
        assert list_incidents(conn)[0].closed_at is not None
    desk.tick("2026-03-03 09:10")
    assert len(desk.told()) == 2


def test_a_correction_of_another_day_undoes_nothing(sqlite_engine: Engine) -> None:
    desk = began(sqlite_engine)
    desk.hours(date(2026, 2, 27), "2026-03-02 11:00", {9: (1000, 999)})
    desk.tick("2026-03-02 11:05")
    assert desk.state() is FIRING and len(desk.told()) == 1


def test_missing_data_freezes_what_is_under_way(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine, replace(DAY_RULE, min_sample=100))
    desk.hours(MONDAY, "2026-03-02 09:55", BAD)
    desk.tick("2026-03-02 10:00")
    desk.hours(TUESDAY, "2026-03-03 00:10", {0: (5, 5)})
    desk.tick("2026-03-03 00:15")
    assert desk.state() is NO_DATA
    desk.hours(TUESDAY, "2026-03-03 09:55", {9: (200, 198)})
    desk.tick("2026-03-03 10:00")
    assert [one.kind for one in desk.told()] == ["fired", "recovered"]


def test_silence_keeps_people_in_peace_and_the_states_going(engine: Engine) -> None:
    desk = AlertDesk(engine, DAY_RULE)
    with write(engine) as conn:
        add_silence(
            conn, Silence(at("2026-03-02 08:00"), at("2026-03-02 12:00"), reason="割接"), at("2026-03-01 08:00")
        )
    desk.hours(MONDAY, "2026-03-02 09:55", BAD)
    desk.tick("2026-03-02 10:00")
    assert desk.state() is FIRING and desk.told() == []
    desk.tick("2026-03-02 12:00")
    (message,) = desk.told()
    assert message.kind == "fired" and "3月2日 10:00" in message.items[0].since
    desk.tick("2026-03-02 12:05")
    assert len(desk.told()) == 1


def test_what_begins_and_ends_in_a_silence_is_told_to_nobody(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine, replace(DAY_RULE, muted_until=at("2026-03-02 12:00")))
    desk.hours(MONDAY, "2026-03-02 09:55", BAD)
    desk.tick("2026-03-02 10:00")
    desk.hours(MONDAY, "2026-03-02 10:55", GOOD)
    desk.tick("2026-03-02 11:00")
    desk.tick("2026-03-02 13:00")
    assert desk.state() is OK and desk.told() == []
    with sqlite_engine.connect() as conn:
        assert len(list_changes(conn, rule="r.day")) == 2, "the states went on"


def test_the_end_of_what_people_know_of_waits_for_the_end_of_a_silence(sqlite_engine: Engine) -> None:
    desk = began(sqlite_engine)
    with write(sqlite_engine) as conn:
        silence = Silence(at("2026-03-02 10:30"), at("2026-03-02 12:00"), "r.day")
        add_silence(conn, silence, at("2026-03-02 10:30"))
    desk.hours(MONDAY, "2026-03-02 10:55", GOOD)
    desk.tick("2026-03-02 11:00")
    _, last = desk.deliveries()
    assert (last.kind, last.not_before) == ("recovered", at("2026-03-02 12:00"))


def test_at_night_what_can_wait_waits_for_the_digest(engine: Engine) -> None:
    other = AlertRule("s.fail", "话务导出", AlertKind.MISSING_DAY, "calls", operator="<=", hold_minutes=30)
    desk = AlertDesk(engine, DAY_RULE, other, quiet=NIGHT)
    desk.plain_days(date(2026, 1, 1), date(2026, 2, 27))
    desk.hours(MONDAY, "2026-03-02 22:55", BAD)
    desk.tick("2026-03-02 23:00")
    desk.tick("2026-03-02 23:30")
    assert desk.kinds() == [("fired", "held"), ("fired", "held")]
    desk.tick("2026-03-03 06:55")
    assert len(desk.kinds()) == 2
    assert desk.tick("2026-03-03 07:00").digests == 1
    assert desk.kinds() == [("fired", "cancelled"), ("fired", "cancelled"), ("digest", "pending")]
    digest = desk.told()[-1]
    assert digest.title.startswith("【免打扰时段汇总】") and len(digest.items) == 2
    held = [one.message_id for one in desk.deliveries() if one.kind == "fired"]
    assert set(digest.thread.split()) == set(held), "what comes later about them answers the same thread"
    desk.tick("2026-03-03 07:05")
    assert len(desk.kinds()) == 3


def test_one_held_message_is_let_go_as_it_is_and_urgent_ones_do_not_wait(sqlite_engine: Engine) -> None:
    urgent = replace(DAY_RULE, code="u", severity=Severity.URGENT, group="应急")
    desk = AlertDesk(sqlite_engine, DAY_RULE, urgent, quiet=NIGHT)
    desk.hours(MONDAY, "2026-03-02 22:55", BAD)
    desk.tick("2026-03-02 23:00")
    assert sorted(desk.kinds()) == [("fired", "held"), ("fired", "pending")]
    assert {one.channel: one.state for one in desk.deliveries()} == {"email": "held", "page": "pending"}
    desk.tick("2026-03-03 07:00")
    assert desk.kinds() == [("fired", "pending")] * 2


def test_nobody_acknowledges_so_it_is_repeated_and_escalated(sqlite_engine: Engine) -> None:
    rule = replace(DAY_RULE, repeat_minutes=60, escalate_minutes=90, escalate_to="领导")
    desk = AlertDesk(sqlite_engine, rule, contacts=(Contact("值班", "email", "a@example.org, b@example.org"), BOSS))
    desk.hours(MONDAY, "2026-03-02 09:55", BAD)
    for hour in ("10:00", "11:00", "11:30", "12:00", "12:30"):
        desk.tick(f"2026-03-02 {hour}")
    told = [(one.kind, one.address.partition("@")[0]) for one in desk.deliveries()]
    assert told == [
        ("fired", "a"), ("fired", "b"), ("repeated", "a"), ("repeated", "b"), ("escalated", "boss"),
        ("repeated", "a"), ("repeated", "b"),
    ]  # fmt: skip
    with write(sqlite_engine) as conn:
        assert acknowledge(conn, "r.day", by="甲", note="在处理", now=at("2026-03-02 12:40")) == 1
    desk.tick("2026-03-02 15:00")
    assert len(desk.deliveries()) == 7
    desk.hours(MONDAY, "2026-03-02 15:30", GOOD)
    desk.tick("2026-03-02 15:35")
    assert [one.address for one in desk.deliveries()[7:]] == ["a@example.org", "b@example.org", "boss@example.org"]
    with write(sqlite_engine) as conn:
        assert list_acks(conn, "r.day")[0][1:3] == ("甲", "在处理")
        with pytest.raises(AlertStoreError, match="不需要确认"):
            acknowledge(conn, "r.day", by="甲", note="", now=at("2026-03-02 16:00"))


def test_without_contacts_the_page_is_told(sqlite_engine: Engine) -> None:
    desk = began(sqlite_engine, contacts=())
    assert [(one.channel, one.state) for one in desk.deliveries()] == [("page", "pending")]


def test_a_rule_switched_off_ends_quietly(sqlite_engine: Engine) -> None:
    desk = began(sqlite_engine)
    desk.save(replace(DAY_RULE, enabled=False))
    desk.tick("2026-03-02 10:10")
    assert desk.state() is OK and len(desk.told()) == 1
    with sqlite_engine.connect() as conn:
        assert list_changes(conn)[0].transition.reason == "规则已停用"
        assert list_incidents(conn, only_open=True) == ()


def test_a_rule_made_anew_is_told_of_again(sqlite_engine: Engine) -> None:
    from db.alert_rules import remove_rule

    desk = began(sqlite_engine)
    with write(sqlite_engine) as conn:
        remove_rule(conn, "r.day")
    desk.save(DAY_RULE)
    desk.tick("2026-03-02 11:00")
    assert [one.kind for one in desk.told()] == ["fired", "fired"]


def test_of_many_ticks_at_once_one_tells(engine: Engine) -> None:
    desk = AlertDesk(engine, DAY_RULE)
    desk.hours(MONDAY, "2026-03-02 09:55", BAD)
    start, results = threading.Barrier(4), list[int]()

    def look() -> None:
        start.wait()
        results.append(desk.tick("2026-03-02 10:00").deliveries)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 0, 0, 1]
    with engine.connect() as conn:
        assert load_standings(conn)["r.day"].standing.episode == 1 and len(list_changes(conn)) == 1


def test_contacts_of_several_channels_each_get_their_copy(sqlite_engine: Engine) -> None:
    desk = began(sqlite_engine)
    with write(sqlite_engine) as conn:
        save_contact(conn, Contact("值班", "dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=x", "DING"))
    desk.hours(MONDAY, "2026-03-02 14:55", GOOD)
    desk.tick("2026-03-02 15:00")
    mail, robot = desk.deliveries()[1:]
    assert (mail.channel, robot.channel) == ("email", "dingtalk") and mail.message_id != robot.message_id
    assert mail.message["picture"] and not robot.message["picture"]
