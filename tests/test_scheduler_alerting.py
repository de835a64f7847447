"""The alerts' jobs: rules are given, looked at after a pull, and what is recorded goes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.alert_rules import load_rules, save_contact, save_rules
from db.deliveries import list_deliveries
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule, Contact
from product import no_secret, secrets_in
from scheduler.alerting import Alerting, host_of, link_of, quiet_of
from scheduler.work import Work
from tests.factories import FrozenClock, at
from tests.far_end import smtp_server
from tests.installation import Place

RULE = AlertRule("city.day", "市中心接通率", AlertKind.DAY, "answer_rate", centre="city", level=0.92)


@pytest.fixture
def place(sqlite_engine: Engine, tmp_path: Path) -> Place:
    return Place(tmp_path / "here", sqlite_engine).configured()


def test_from_a_pull_to_the_mail(place: Place) -> None:
    with smtp_server() as inbox:
        mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(inbox.port), "SMTP_SENDER": "h@example.org"}
        product = place.product(FrozenClock("2026-03-05 10:00").now, PAGE_URL="https://hotline.example/", **mail)
        with write(product.engine) as conn:
            save_rules(conn, [RULE], at("2026-03-01 00:00"))
            save_contact(conn, Contact("值班", "email", "a@example.org"))
        alerting = Alerting(product, lambda: False)
        work = Work(product, lambda: False, lambda: None, alerting.look)
        place.calls_file("a.csv", *(f"2026-03-05 09:0{n}:00,{'是' if n < 8 else '否'},10" for n in range(10)))
        (source,) = product.config.sources
        work.intraday(source)
        alerting.deliver()
        alerting.deliver()
        (sent,) = inbox.mails
    assert sent["Subject"] == "【告警】接通率今日 80.00 %,低于 92 %(市中心)"
    assert str(sent["Message-ID"]).endswith("@hotline.example>")
    product.engine.dispose()


def test_sources_have_their_rules_from_the_first_hour(place: Place) -> None:
    product = place.product(FrozenClock("2026-03-05 10:00").now)
    Alerting(product, lambda: False).rules()
    with product.engine.connect() as conn:
        codes = [rule.code for rule in load_rules(conn)]
    assert codes == [f"source.calls.{tail}" for tail in ("failed", "missing", "rejects", "stale")]
    product.engine.dispose()


def test_it_stops_between_two_messages(place: Place) -> None:
    product = place.product(FrozenClock("2026-03-05 10:00").now)
    with write(product.engine) as conn:
        save_rules(conn, [RULE], at("2026-03-01 00:00"))
    Alerting(product, lambda: True).deliver()
    with product.engine.connect() as conn:
        assert list_deliveries(conn, state="delivered") == ()
    product.engine.dispose()


def test_links_lead_to_the_page_of_the_thing(place: Place) -> None:
    product = place.product(FrozenClock().now, PAGE_URL="https://h.example", QUIET_HOURS="23:00-06:30")
    sheet = AlertRule("a", "n", AlertKind.TO_DATE, "key", "s-1")
    source = AlertRule("b", "n", AlertKind.STALE, "calls", made_from="sources")
    link = link_of(product)
    assert link(sheet) == "https://h.example/indicator?sheet=s-1&key=key"
    assert (link(source), link(RULE)) == (
        "https://h.example/data",
        "https://h.example/calls?centre=city&period=this-week",
    )
    volume = AlertRule("c", "n", AlertKind.DAY, "inbound_volume")
    assert link(volume) == "https://h.example/?period=this-week"
    assert host_of(product) == "h.example"
    assert (quiet_of(product).start, quiet_of(product).end) == (23 * 60, 6 * 60 + 30)
    assert link_of(place.product(FrozenClock().now))(sheet) == ""
    product.engine.dispose()


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("from file\n", encoding="utf-8")
    secret = secrets_in({"A": "plain", "B_FILE": str(tmp_path / "s"), "C_FILE": str(tmp_path / "none")})
    assert [secret(name) for name in "ABCD"] == ["plain", "from file", None, None]
    assert no_secret("A") is None
