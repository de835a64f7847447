"""The guard: every route, callback and asset, for every asker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.app import create_app
from dashboard.auth import WARM_UP, Access, host_name
from tests.dashboard_facts import product

PASSWORD = "a-long-password"
HTML = {"Accept": "text/html,application/xhtml+xml"}
ADDRESSES = (
    "/",
    "/data",
    "/_dash-layout",
    "/_dash-dependencies",
    "/assets/hotline.css",
    "/export/rejects/calls.xlsx",
    "/upload/calls/" + "0" * 32,
    "/_favicon.ico",
    "/no-such-page",
)


@pytest.fixture(scope="module")
def engine_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    from db.engine import make_engine, migrate

    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('auth') / 'hotline.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def client(engine: Engine, folder: Path, **settings: Any) -> FlaskClient:
    """A browser before an application with these settings."""
    server: Flask = create_app(product(engine, folder, **settings)).server
    return server.test_client()


@pytest.fixture
def open_pages(engine_of_module: Engine, tmp_path: Path) -> FlaskClient:
    """Pages that need no password."""
    return client(engine_of_module, tmp_path)


@pytest.fixture
def closed_pages(engine_of_module: Engine, tmp_path: Path) -> FlaskClient:
    """Pages behind a password."""
    return client(engine_of_module, tmp_path, access_password=PASSWORD)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_lets_nobody_in_without_the_password(closed_pages: FlaskClient, address: str) -> None:
    assert closed_pages.get(address).status_code == 401
    asked = closed_pages.get(address, headers=HTML)
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/signin?next={address}")


@pytest.mark.parametrize("address", ["/_dash-update-component", "/upload/calls", "/signout"])
def test_it_takes_no_post_without_the_password(closed_pages: FlaskClient, address: str) -> None:
    assert closed_pages.post(address, json={}, headers=HTML).status_code == 401


def test_it_lets_in_whoever_knows_the_password(closed_pages: FlaskClient) -> None:
    wrong = closed_pages.post("/signin", data={"password": "wrong", "next": "/data"})
    assert (wrong.status_code, "口令不对" in wrong.text) == (401, True)
    assert closed_pages.get("/_dash-layout").status_code == 401
    right = closed_pages.post("/signin", data={"password": PASSWORD, "next": "/data?x=1"})
    assert (right.status_code, right.headers["Location"]) == (303, "/data?x=1")
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert closed_pages.get("/_dash-layout").status_code == 200
    closed_pages.post("/signout")
    assert closed_pages.get("/_dash-layout").status_code == 401


def test_it_limits_attempts(closed_pages: FlaskClient) -> None:
    answers = [closed_pages.post("/signin", data={"password": f"guess {n}"}) for n in range(8)]
    assert [a.status_code for a in answers[:6]] == [401] * 6
    assert [a.status_code for a in answers[6:]] == [429] * 2
    assert "试得太频繁" in answers[7].text


def test_it_ends_sessions_when_the_password_changes(engine_of_module: Engine, tmp_path: Path) -> None:
    before = client(engine_of_module, tmp_path, access_password=PASSWORD)
    cookie = before.post("/signin", data={"password": PASSWORD}).headers["Set-Cookie"].split(";")[0]
    after = client(engine_of_module, tmp_path, access_password="another-password")
    assert before.get("/_dash-layout").status_code == 200
    assert after.get("/_dash-layout", headers={"Cookie": cookie}).status_code == 401


def test_it_believes_no_cookie_that_it_did_not_sign(closed_pages: FlaskClient) -> None:
    assert (
        closed_pages.get("/_dash-layout", headers={"Cookie": "hotline=eyJzaWduZWRfaW4iOiJ4In0.a.b"}).status_code == 401
    )


def test_it_takes_no_warm_up_from_outside(closed_pages: FlaskClient) -> None:
    name = WARM_UP.replace(".", "-")
    assert closed_pages.get("/_dash-layout", headers={name: "1", WARM_UP: "1"}).status_code == 401


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\n/x"]
)
def test_it_leads_nobody_elsewhere_after_signing_in(closed_pages: FlaskClient, back: str) -> None:
    assert closed_pages.post("/signin", data={"password": PASSWORD, "next": back}).headers["Location"] == "/"


@pytest.mark.parametrize("host", ["localhost:8050", "127.0.0.1:8050", "[::1]:8050", "10.2.3.4", "LOCALHOST"])
def test_it_knows_addresses_and_this_machine(open_pages: FlaskClient, host: str) -> None:
    assert open_pages.get("/_dash-layout", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8050", "127.0.0.1.evil.example", "", "[::1"])
def test_it_turns_foreign_names_away(open_pages: FlaskClient, host: str) -> None:
    for address in ADDRESSES:
        assert open_pages.get(address, headers={"Host": host}).status_code == 421


def test_it_knows_the_names_it_was_given(engine_of_module: Engine, tmp_path: Path) -> None:
    named = client(engine_of_module, tmp_path, allowed_hosts=("hotline.city.gov",), access_password=PASSWORD)
    assert named.get("/signin", headers={"Host": "hotline.city.gov"}).status_code == 200
    assert named.get("/signin", headers={"Host": "other.city.gov"}).status_code == 421


def test_it_needs_no_names_behind_a_password(closed_pages: FlaskClient) -> None:
    assert closed_pages.get("/signin", headers={"Host": "hotline.city.gov"}).status_code == 200


@pytest.mark.parametrize("address", ["/_dash-update-component", "/upload/calls", "/signin"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_it_takes_no_post_from_another_site(open_pages: FlaskClient, address: str, headers: dict[str, str]) -> None:
    assert open_pages.post(address, json={}, headers=headers).status_code == 403


def test_it_takes_posts_from_its_own_pages(open_pages: FlaskClient) -> None:
    begun = {"name": "a.csv", "size": 1}
    answer = open_pages.post("/upload/calls", json=begun, headers={"Origin": "http://localhost"})
    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["/", "/assets/hotline.css", "/_dash-layout", "/no-such-page"])
def test_it_puts_the_security_headers_on_every_answer(open_pages: FlaskClient, address: str) -> None:
    headers = open_pages.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert "sha256-" in policy["script-src"]
    assert "http" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_it_lets_browsers_keep_fingerprinted_assets_only(open_pages: FlaskClient) -> None:
    kept = open_pages.get("/assets/hotline.css?m=1").headers["Cache-Control"]
    assert "immutable" in kept
    assert "max-age=31536000" in kept
    assert open_pages.get("/assets/hotline.css").headers["Cache-Control"] == "private, no-cache"
    assert open_pages.get("/").headers["Cache-Control"] == "private, no-cache"


def test_it_never_lets_a_refusal_be_kept(closed_pages: FlaskClient) -> None:
    assert closed_pages.get("/assets/hotline.css?m=1").headers["Cache-Control"] == "private, no-cache"


def test_it_presses_what_it_sends(open_pages: FlaskClient) -> None:
    for address in ("/assets/hotline.css?m=1", "/_dash-dependencies"):
        plain = open_pages.get(address)
        pressed = open_pages.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert pressed.headers["Content-Encoding"] == "br"
        assert len(pressed.data) < len(plain.data) / 2


def test_it_accepts_a_password_given_as_a_hash() -> None:
    access = Access(PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD), "k" * 32)
    assert access.accepts(PASSWORD)
    assert not access.accepts("wrong")
    assert not Access("$argon2id$broken", "k" * 32).accepts("$argon2id$broken")


def test_it_shows_no_secret_in_its_repr() -> None:
    assert PASSWORD not in repr(Access(PASSWORD, "k" * 32))


@pytest.mark.parametrize(
    ("host", "name"), [("A.b:80", "a.b"), ("[::1]:80", "::1"), ("", ""), ("[bad", ""), ("x y", "x y")]
)
def test_it_reads_the_name_of_a_host(host: str, name: str) -> None:
    assert host_name(host) == name
