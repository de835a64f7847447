"""告警 as a page: what a person does is written or refused in words, and what is firing is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.channels.base import masked
from alerts.message import Item, Message, to_json
from dashboard import act_alerts as act
from dashboard.ask_alerts import AlertsView, build_alerts, build_story
from dashboard.components import alert_story
from dashboard.components import alerts as parts
from db import deliveries as post
from db.alert_rules import load_contacts, load_rules, load_silences, save_rules
from db.alert_states import move, open_incident
from db.deliveries import NewDelivery
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule, AlertState, Contact, Standing, Transition
from kpi.showing import Showing
from tests.dashboard_facts import TODAY, FakeProduct, product
from tests.factories import at
from tests.far_end import http_server

TYPED = dict.fromkeys(parts.RULE_FIELDS, "") | {
    "code": "mine.answer", "name": "接通率", "kind": "day", "reference": "answer_rate", "operator": ">=",
    "level": "96%", "recover_level": "96.5%", "severity": "提醒", "group": "值班", "enabled": "yes", "author": "甲",
}  # fmt: skip
RULE = AlertRule("r", "接通率", AlertKind.DAY, "answer_rate", level=0.96)


@pytest.fixture
def desk(sqlite_engine: Engine, tmp_path: Path) -> FakeProduct:
    return product(sqlite_engine, tmp_path)


def fired(desk: FakeProduct) -> None:
    """The rule is firing since an hour."""
    now = desk.clock()
    since = now - timedelta(hours=1)
    standing = Standing(AlertState.FIRING, since, since, since, since, episode=1)
    change = Transition(AlertState.OK, AlertState.FIRING, since, "越线", 0.951, 951, 1000)
    with write(desk.engine) as conn:
        save_rules(conn, [RULE], now)
        incident = open_incident(conn, "值班", "", "接通率", "<t@h>", since)
        assert move(conn, "r", None, standing, incident, change)


def test_a_rule_is_stored_as_typed(desk: FakeProduct) -> None:
    done = act.save_rule(desk, TYPED | {"hold_minutes": "10", "min_sample": "30"})
    assert done.ok, done.text
    with desk.engine.connect() as conn:
        (rule,) = load_rules(conn)
    assert (rule.level, rule.recover_level, rule.hold_minutes, rule.min_sample) == (0.96, 0.965, 10, 30)
    assert act.save_rule(desk, TYPED | {"level": "97%", "recover_level": ""}).ok
    with desk.engine.connect() as conn:
        assert [one.level for one in load_rules(conn)] == [0.97]
    assert act.drop_rule(desk, "mine.answer").ok
    assert not act.drop_rule(desk, "mine.answer").ok


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"author": ""}, "经办人"),
        ({"level": "很高"}, "不是数字"),
        ({"level": ""}, "不是数字"),
        ({"recover_level": "90%"}, "恢复线"),
        ({"reference": "no_such_kpi"}, "no_such_kpi"),
        ({"code": "有空格 的"}, "代码"),
        ({"centre": "nowhere"}, "没有中心"),
        ({"group": ""}, "哪个组"),
    ],
)
def test_a_rule_that_can_not_work_is_refused(desk: FakeProduct, changed: dict[str, str], says: str) -> None:
    done = act.save_rule(desk, TYPED | changed)
    assert not done.ok and says in done.text
    with desk.engine.connect() as conn:
        assert load_rules(conn) == ()


def test_what_is_firing_is_shown_and_acknowledged_with_a_name(desk: FakeProduct) -> None:
    fired(desk)
    now = desk.clock().astimezone(desk.tz)
    with desk.engine.connect() as conn:
        view = build_alerts(conn, now, desk.catalogue)
    assert [one.rule.code for one in view.open] == ["r"]
    assert "1 条告警还没有解除,1 条无人确认" in parts.sentence(view, now)
    shown = str(parts.open_table(view, now))
    assert "95.10 %" in shown and "951 / 1,000" in shown and "无人确认" in shown
    assert not act.confirm_alert(desk, "r", "").ok
    assert act.confirm_alert(desk, "r", "值班长").ok
    with desk.engine.connect() as conn:
        seen = build_alerts(conn, now, desk.catalogue)
    assert "值班长 已确认" in str(parts.open_table(seen, now))
    assert not act.confirm_alert(desk, "nothing", "甲").ok


def test_a_silence_is_kept_and_taken_back(desk: FakeProduct) -> None:
    fired(desk)
    assert not act.keep_quiet(desk, "r", 1, "").ok
    assert act.keep_quiet(desk, "r", 24, "甲", "割接").ok
    with desk.engine.connect() as conn:
        (silence,) = load_silences(conn)
    assert silence.covers(RULE, desk.clock() + timedelta(hours=23))
    assert act.end_silence(desk, silence.id).ok
    assert not act.end_silence(desk, silence.id).ok


def test_a_contact_is_tried_against_the_real_thing(desk: FakeProduct) -> None:
    assert not act.add_contact(desk, Contact("值班", "dingtalk", "")).ok
    with http_server() as robot:
        assert act.add_contact(desk, Contact("值班", "dingtalk", robot.address)).ok
        with desk.engine.connect() as conn:
            (contact,) = load_contacts(conn)
        good = act.try_contact(desk, contact.id, "h")
        assert good.ok and "t0ps3cret" not in good.text
        robot.default = (200, {"errcode": 310000, "errmsg": "sign not match"}, {})
        bad = act.try_contact(desk, contact.id, "h")
        assert not bad.ok and "310000" in bad.text and "t0ps3cret" not in bad.text
        shown = str(parts.contacts_table(_view(desk), lambda address: address.partition("?")[0]))
        assert "t0ps3cret" not in shown
    assert act.drop_contact(desk, contact.id).ok
    assert not act.drop_contact(desk, contact.id).ok


def test_a_maintenance_window_is_stored_as_typed(desk: FakeProduct) -> None:
    typed = {"rule": "", "centre": "city", "starts": "2026-12-01 22:00", "ends": "2026-12-02 02:00"}
    assert not act.add_window(desk, typed, "", "割接").ok
    assert "2026-03-01 22:00" in act.add_window(desk, typed | {"ends": "明天"}, "甲", "").text
    assert not act.add_window(desk, typed | {"ends": "2026-12-01 21:00"}, "甲", "").ok
    assert act.add_window(desk, typed, "甲", "割接").ok
    with desk.engine.connect() as conn:
        (kept,) = load_silences(conn)
    assert (kept.starts, kept.ends) == (at("2026-12-01 22:00"), at("2026-12-02 02:00"))
    assert (kept.centre, kept.rule, kept.reason, kept.author) == ("city", "", "割接", "甲")
    assert act.add_window(desk, typed | {"starts": ""}, "甲", "").ok, "from now on"


def test_a_rule_is_muted_and_heard_again(desk: FakeProduct) -> None:
    fired(desk)
    assert act.mute_rule(desk, "r", 24).ok
    assert "恢复通知" in str(parts.rules_table(_view(desk), desk.clock().astimezone(desk.tz)))
    assert act.mute_rule(desk, "r", 0).ok
    assert "暂停 24 小时" in str(parts.rules_table(_view(desk), desk.clock().astimezone(desk.tz)))


def test_a_rule_that_is_off_does_not_watch(desk: FakeProduct) -> None:
    with write(desk.engine) as conn:
        save_rules(conn, [RULE, replace(RULE, code="off", enabled=False)], desk.clock())
    said = parts.sentence(_view(desk), desk.clock().astimezone(desk.tz))
    assert said == "现在没有告警。1 条规则在看着。"


def test_values_and_levels_carry_their_units(desk: FakeProduct) -> None:
    missing = AlertRule("m", "话务导出", AlertKind.MISSING_DAY, "calls", operator="<=", level=0)
    long = AlertRule("h", "处理时长", AlertKind.WEEK, "handle_time", operator="<=", level=300)
    chance = AlertRule("p", "接通率", AlertKind.PROJECTED_MISS, "key", "sheet", level=0.5)
    with write(desk.engine) as conn:
        save_rules(conn, [missing, long, chance], desk.clock())
    shown = str(parts.rules_table(_view(desk), desk.clock().astimezone(desk.tz)))
    assert all(text in shown for text in ("≤ 0 天", "≤ 300 秒", "≥ 50 %"))
    assert parts.figure(267.41, "秒", 300) == "267.4 秒"


def test_the_story_of_an_incident_says_why_who_was_told_and_who_took_it_on(desk: FakeProduct) -> None:
    fired(desk)
    now = desk.clock()
    item = Item("▲", "接通率(当日值)", "95.10 %", "目标 ≥ 96 %", "951 / 1,000", causes=("10时漏接 37 个,多出 17 个",))
    with write(desk.engine) as conn:
        for number, channel in enumerate(("email", "dingtalk")):
            message = Message("fired", "【告警】接通率今日 95.10 %", "自 09:00 起", f"<{number}@h>", (item,))
            where = "a@example.org" if channel == "email" else "https://x/send?access_token=t0ps3cret"
            new = NewDelivery("fired", channel, where, message.message_id, to_json(message), incident=1)
            assert post.record(conn, new, now)
    assert act.confirm_alert(desk, "r", "值班长", "已加派两人").ok
    with desk.engine.connect() as conn:
        found = build_story(conn, 1, Showing.ON)
    shown = str(alert_story.story(found, now.astimezone(desk.tz), masked))
    for part in (
        "95.10 %",
        "目标 ≥ 96 %",
        "951 / 1,000",
        "多出 17 个",
        "值班长",
        "已加派两人",
        "a@example.org",
        "待发",
    ):
        assert part in shown, part
    assert shown.count("【告警】") == 1 and "t0ps3cret" not in shown
    assert "为什么" in str(alert_story.incidents_table(_view(desk), now.astimezone(desk.tz)))


def _view(desk: FakeProduct) -> AlertsView:
    with desk.engine.connect() as conn:
        return build_alerts(conn, desk.clock().astimezone(desk.tz), desk.catalogue)


def test_a_message_that_failed_is_shown_and_sent_again(desk: FakeProduct) -> None:
    now = desk.clock()
    with write(desk.engine) as conn:
        new = NewDelivery("fired", "email", "a@example.org", "<1@h>", {"title": "接通率低于目标"})
        assert post.record(conn, new, now)
        claimed = post.claim(conn, "w", now, timedelta(minutes=1))
        assert claimed is not None
        post.give_up(conn, claimed, "550 no such user")
    view = _view(desk)
    shown = str(parts.stuck_table(view, now.astimezone(desk.tz)))
    assert "接通率低于目标" in shown and "550" in shown
    assert act.send_again(desk, None).ok, "all of them"
    assert act.send_again(desk, view.stuck[0].id).ok
    assert _view(desk).stuck[0].state == "pending"


def test_a_rule_of_a_kpi_says_what_it_would_have_done(desk: FakeProduct) -> None:
    with write(desk.engine) as conn:
        save_rules(conn, [replace(RULE, code="x")], desk.clock())
    rule, found = act.would_have(desk, "x", TODAY)
    assert (rule.code, found) == ("x", ())  # there are no figures at all: nothing fires
    assert "一次也不会" in str(alert_story.replay_answer(rule, found, 92, desk.clock().astimezone(desk.tz)))
