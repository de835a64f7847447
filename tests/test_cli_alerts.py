"""alerts and deliveries on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.alert_rules import save_rules
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule
from scheduler.alerting import look_once
from tests.factories import FrozenClock, at
from tests.far_end import free_port
from tests.installation import Place, Told

RULE = AlertRule("city.day", "市中心接通率", AlertKind.DAY, "answer_rate", centre="city", level=0.92)


@pytest.fixture
def place(sqlite_engine: Engine, tmp_path: Path) -> Place:
    found = Place(tmp_path / "here", sqlite_engine).configured()
    found.env |= {"HOTLINE_SMTP_HOST": "127.0.0.1", "HOTLINE_SMTP_PORT": str(free_port())}
    return found


@pytest.fixture
def told(place: Place, capsys: pytest.CaptureFixture[str]) -> Told:
    with write(place.engine) as conn:
        save_rules(conn, [RULE], at("2026-03-01 00:00"))
    return Told(place, capsys)


def fire(place: Place) -> None:
    place.calls_file("a.csv", *(f"2026-03-05 09:0{n}:00,{'是' if n < 8 else '否'},10" for n in range(10)))
    assert place.run("pull", "calls", "--from", "2026-03-01", "--to", "2026-03-05") == 0
    look_once(place.product(FrozenClock("2026-03-05 10:00").now))


def test_what_is_firing_is_listed_acknowledged_and_silenced(told: Told) -> None:
    assert told.lines("alerts") == ["没有告警(1 条规则)。用 --all 看全部。"]
    fire(told.place)
    shown = "\n".join(told.lines("alerts", "list", code=1))
    assert "告警中" in shown and "city.day" in shown and "当日值" in shown
    (one,) = told.json("alerts", code=1)
    assert one["standing"]["state"] == "firing" and one["rule"]["level"] == 0.92
    assert told.json("alerts", "ack", "city.day", "--by", "甲", "--note", "在查")["episode"] == 1
    assert "甲" in "\n".join(told.lines("alerts", code=1))
    number = told.json("alerts", "silence", "--rule", "city.day", "--hours", "2", "--reason", "割接")["id"]
    assert "割接" in "\n".join(told.lines("alerts", "silence", "--list"))
    told.json("alerts", "silence", "--revoke", number)
    assert told.json("alerts", "silence", "--list") == []
    assert "没有告警规则" in told.json("alerts", "silence", "--rule", "nope", "--hours", "1", code=1)["error"]
    assert told.json("alerts", "mute", "city.day", "--hours", "3")["muted_until"]
    assert told.json("alerts", "mute", "city.day", "--off")["muted_until"] is None


def test_deliveries_are_listed_and_tried_again(told: Told) -> None:
    fire(told.place)
    (one,) = told.json("deliveries")
    assert (one["kind"], one["channel"], one["state"]) == ("fired", "page", "pending")
    assert "【告警】接通率今日 80.00 %" in "\n".join(told.lines("deliveries"))
    assert told.json("deliveries", "--state", "failed") == []
    assert told.json("deliveries", "retry", one["id"]) == {"retried": one["id"]}
    assert "99" in told.json("deliveries", "retry", "99", code=1)["error"]
    assert told.json("deliveries", "retry", "--all") == {"retried": []}, "nothing was tried in vain yet"
    told.lines("deliveries", "retry", code=2)


def test_contacts_are_added_tried_and_removed(told: Told) -> None:
    assert "还没有联系方式" in told.json("alerts", "test", code=1)["error"]
    assert "邮件地址" in told.json("alerts", "contacts", "add", "--channel", "email", code=1)["error"]
    secret = ("--channel", "dingtalk", "--address", "https://x/send?access_token=abc", "--secret-env", "sec:ret")
    assert "变量的名称" in told.json("alerts", "contacts", "add", *secret, code=1)["error"]
    number = told.json("alerts", "contacts", "add", "--channel", "email", "--address", "a@example.org")["id"]
    (tried,) = told.json("alerts", "test", "--group", "值班", code=1)
    assert "没有回应" in tried["error"]
    plain = ("--channel", "wecom", "--address", "http://127.0.0.1:9/send?key=t0ps3cret")
    robot = told.json("alerts", "contacts", "add", *plain)["id"]
    assert "t0ps3cret" not in str(told.json("alerts", "test", code=1)) + str(told.json("alerts", "contacts"))
    told.json("alerts", "contacts", "remove", robot)
    told.json("alerts", "contacts", "remove", number)
    assert told.json("alerts", "contacts") == []


def test_rules_go_out_and_come_in(told: Told, tmp_path: Path) -> None:
    lines = told.lines("alerts", "rules")
    assert "- code: city.day" in lines
    path = tmp_path / "rules.yaml"
    path.write_text("\n".join(lines).replace("0.92", "90%"), encoding="utf-8")
    (rule,) = told.json("alerts", "rules", "--file", path, "--by", "甲")
    assert (rule["level"], rule["author"]) == (0.9, "甲")
    path.write_text("rules:\n  - {code: x, kind: day, reference: nope, level: 1}\n", encoding="utf-8")
    assert "rules.yaml:2" in told.json("alerts", "rules", "--file", path, code=1)["error"]
    assert told.json("alerts", "rules", "--remove", "city.day") == {"removed": "city.day"}


def test_a_rule_is_replayed(told: Told) -> None:
    fire(told.place)
    (one,) = told.json("alerts", "replay", "city.day", "--from", "2026-03-01", "--to", "2026-03-06")
    assert (one["value"], one["day"]) == (0.8, "2026-03-05")
    shown = told.lines("alerts", "replay", "city.day", "--from", "2026-03-01", "--to", "2026-03-04")
    assert shown[0] == "市中心接通率: 2026-03-01 至 2026-03-04 会告警 0 次。"
    assert "没有告警规则" in told.json("alerts", "replay", "nope", code=1)["error"]
