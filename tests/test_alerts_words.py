"""What people read, the picture in the mail, and trying a channel out."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from alerts.acts import send_test
from alerts.channels.build import channels, known_channels
from alerts.message import Message
from alerts.picture import MOST_BYTES, picture
from alerts.seen import CHANCE, DAYS, MINUTES, PERCENT, POINTS, RUNS, Seen, Subject, written
from alerts.words import Told, calm, headline, line_of, title
from kpi.alert_model import AlertKind, AlertRule, Contact, Observation, Standing, Tell
from settings import load_settings
from tests.alerts_desk import AlertDesk
from tests.far_end import http_server, smtp_server
from tests.targets_desk import CATALOGUE

TODAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)


def seen(kind: AlertKind, value: float, unit: str, detail: str = "") -> tuple[AlertRule, Seen]:
    operator = "<=" if unit in (DAYS, MINUTES, RUNS) else ">="
    rule = AlertRule("r", "规则", kind, operator=operator, level=0.92)
    return rule, Seen(Observation(value, day=TODAY, detail=detail), Subject("k", "接通率", unit))


@pytest.mark.parametrize(
    ("kind", "value", "unit", "detail", "expected"),
    [
        (AlertKind.DAY, 0.91996, PERCENT, "", "接通率今日 91.996 %,低于 92 %"),
        (AlertKind.WEEK, 0.9, PERCENT, "", "接通率本周 90.00 %,低于 92 %"),
        (AlertKind.ROLLING_24H, 0.9, PERCENT, "", "接通率近 24 小时 90.00 %,低于 92 %"),
        (AlertKind.LIVE, 0.5, PERCENT, "", "接通率最近一小时 50.00 %,低于 92 %"),
        (AlertKind.TO_DATE, 0.9, PERCENT, "", "接通率至今 90.00 %,低于 92 %"),
        (AlertKind.PROJECTED_MISS, 0.38, CHANCE, "", "接通率预计难以达标,达成概率 38 %"),
        (AlertKind.CAP, 0.002, CHANCE, "", "接通率将超上限,守住的概率 不到 1 %"),
        (
            AlertKind.BURN_RATE, 0.12, PERCENT, "3 天用掉 1,234 个(余量共 10,283 个)",
            "接通率余量消耗过快,3 天用掉 1,234 个,占余量 12.00 %",
        ),
        (AlertKind.BEHIND, 0.5, PERCENT, "已完成 2 场,按进度应有 4 场", "接通率落后于进度,已完成 2 场,按进度应有 4 场"),
        (AlertKind.MONEY, 8.2, POINTS, "比进度慢 8.2 个百分点", "接通率比进度慢 8.2 个百分点"),
        (AlertKind.STALE, 45, MINUTES, "", "接通率停更 45 分钟"),
        (AlertKind.STALE, 60 * 30, MINUTES, "", "接通率停更 30 小时"),
        (AlertKind.MISSING_DAY, 2, DAYS, "", "接通率缺 2 天数据"),
        (AlertKind.FAILED_PULL, 3, RUNS, "", "接通率连续 3 次拉取失败"),
        (AlertKind.REJECT_SHARE, 0.082, PERCENT, "", "接通率剔除 8.20 % 的行"),
        (AlertKind.MILESTONE, 10, DAYS, "", "接通率还有 10 天到期"),
        (AlertKind.MILESTONE, -3, DAYS, "", "接通率已过期 3 天"),
    ],
)  # fmt: skip
def test_a_title_says_what_is_wrong(kind: AlertKind, value: float, unit: str, detail: str, expected: str) -> None:
    rule, one = seen(kind, value, unit, detail)
    assert headline(rule, one, TODAY) == expected
    assert "接通率" in calm(rule, one, TODAY)
    told = Told(rule, Seen(one.observation, replace(one.subject, place="江宁分中心")), Standing())
    assert title(Tell.FIRED, [told], TODAY) == f"【告警】{expected}(江宁分中心)"


def test_a_level_is_written_as_people_do() -> None:
    assert line_of(AlertRule("r", "n", AlertKind.DAY, level=0.96), PERCENT) == "≥ 96 %"
    assert line_of(AlertRule("r", "n", AlertKind.STALE, operator="<=", level=30), MINUTES) == "≤ 30 分钟"
    assert (written(0.999, CHANCE), written(1.0, CHANCE)) == ("超过 99 %", "100 %")


def test_the_picture_is_small_and_a_picture(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.plain_days(date(2026, 2, 1), date(2026, 3, 3))
    subject = Subject("k", "接通率", PERCENT, kpi="answer_rate")
    with sqlite_engine.connect() as conn:
        png = picture(conn, CATALOGUE, subject, 0.96, "目标", TODAY)
        assert png is not None and png.startswith(b"\x89PNG") and 2_000 < len(png) <= MOST_BYTES
        assert picture(conn, CATALOGUE, replace(subject, kpi=""), None, "", TODAY) is None
        assert picture(conn, CATALOGUE, subject, None, "", date(2025, 1, 1)) is None


def test_every_channel_can_be_tried(sqlite_engine: Engine) -> None:
    with smtp_server() as inbox, http_server() as robot:
        env = {"HOTLINE_SMTP_HOST": "127.0.0.1", "HOTLINE_SMTP_PORT": str(inbox.port), "HOTLINE_SMTP_SENDER": "h@x.cn"}
        made = channels(load_settings(env))
        assert sorted(made) == sorted(known_channels())
        contacts = [
            Contact("值班", "email", "a@example.org,b@example.org", id=1),
            Contact("值班", "dingtalk", robot.address, "DING", id=2),
            Contact("值班", "feishu", robot.address, "MISSING", id=3),
            Contact("值班", "page", id=4),
            Contact("值班", "pigeon", "roof", id=5),
        ]
        tried = send_test(contacts, made, secret={"DING": "SEC"}.get, now=NOW, host="h.example")
        assert [(one.contact.id, bool(one.error)) for one in tried] == [
            (1, False), (1, False), (2, False), (3, True), (4, False), (5, True),
        ]  # fmt: skip
        assert "MISSING" in tried[3].error and "t0ps3cret" not in tried[2].address
        assert [mail["Subject"] for mail in inbox.mails] == ["【测试】热线绩效告警渠道"] * 2
        assert len({mail["Message-ID"] for mail in inbox.mails}) == 2
        assert "sign=" in robot.asked[0][0]


def test_a_picture_fits_a_mail() -> None:
    message = Message("fired", "t", "s", "<1@h>", picture=base64.b64encode(b"x" * MOST_BYTES).decode())
    assert len(message.picture) < 60_000
