"""A connection to the pages' server stays open over answers without a body."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli import kept_open
from cli.web import bind, made_server
from dashboard import ids
from dashboard.app import create_app
from settings import load_settings
from tests.dashboard_browser import installation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANSWERS = "/_dash-update-component"
JSON = {"Content-Type": "application/json"}
REASONS = {"200": "OK", "204": "No Content", "304": "Not Modified"}


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers with the status that the path names."""
    status = environ["PATH_INFO"].strip("/")
    body = b"hello" if status == "200" else b""
    start_response(f"{status} {REASONS[status]}", [("Content-Length", str(len(body)))] if body else [])
    return [body]


@contextmanager
def served(application: WSGIApplication, folder: Path) -> Iterator[int]:
    settings = load_settings({"HOTLINE_DATA_DIR": str(folder), "HOTLINE_PORT": str(free_port())})
    bound = bind(settings)
    server = made_server(application, bound, settings)

    def run() -> None:
        with suppress(OSError):  # closed under its feet
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        server.close()
        thread.join(5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def exchange(connection: HTTPConnection, status: str) -> tuple[int, str | None, socket.socket | None]:
    connection.request("GET", f"/{status}")
    found = connection.getresponse()
    found.read()
    return found.status, found.getheader("Connection"), connection.sock


@pytest.mark.parametrize("status", ["204", "304"])
def test_it_keeps_the_connection_over_answers_without_a_body(status: str, tmp_path: Path) -> None:
    with served(answer, tmp_path) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        first = exchange(connection, status)
        second = exchange(connection, "200")
        third = exchange(connection, status)
        connection.close()
    assert [first[:2], second[:2], third[:2]] == [(int(status), None), (200, None), (int(status), None)]
    assert first[2] is not None
    assert first[2] is second[2] is third[2]


@pytest.mark.parametrize("status", ["200", "204", "304"])
def test_it_hangs_up_where_it_was_asked_to(status: str, tmp_path: Path) -> None:
    with served(answer, tmp_path) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"GET /{status} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        heard = b"".join(iter(lambda: line.recv(4096), b""))
    assert heard.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nConnection: close\r\n" in heard


def test_it_hangs_up_where_too_many_are_connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_open, "MOST_KEPT", 1)
    with served(answer, tmp_path) as port:
        first, second = (HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(2))
        assert exchange(first, "204")[1:2] == (None,)
        assert exchange(second, "204")[1:2] == ("close",)
        first.close()


def test_it_hangs_up_on_an_old_client_that_counts_on_it(tmp_path: Path) -> None:
    with served(answer, tmp_path) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET /204 HTTP/1.0\r\n\r\n")
        heard = b"".join(iter(lambda: line.recv(4096), b""))
    assert heard.startswith(b"HTTP/1.0 204 ")


def asked(connection: HTTPConnection, *question: Any, **more: Any) -> tuple[int, bytes]:
    connection.request(*question, **more)
    found = connection.getresponse()
    return found.status, found.read()


def test_screens_that_hear_of_nothing_new_keep_their_connection(tmp_path: Path) -> None:
    with installation(tmp_path) as made, served(create_app(made).server, tmp_path) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        status, body = asked(connection, "GET", "/wall/scenes.json")
        wall = {"headers": {"If-None-Match": json.loads(body)["tag"]}}
        line = connection.sock
        assert status == 200
        status, body = asked(connection, "POST", ANSWERS, body=json.dumps(tick("", "")), headers=JSON)
        told = json.loads(body)["response"]
        nothing_new = json.dumps(tick(told[ids.VERSION]["data"], told[ids.FRESH_KEY]["data"]))
        for _ in range(3):
            assert asked(connection, "POST", ANSWERS, body=nothing_new, headers=JSON) == (204, b"")
            assert asked(connection, "GET", "/wall/scenes.json", **wall) == (304, b"")
            assert connection.sock is line
        assert line is not None
        connection.close()


def tick(version: str, key: str) -> dict[str, Any]:
    """The question of an open page whether there is anything new, as Dash puts it."""
    outputs = [(ids.VERSION, "data"), (ids.FRESHNESS, "children"), (ids.FRESH_KEY, "data")]
    return {
        "output": ".." + "...".join(f"{one}.{prop}" for one, prop in outputs) + "..",
        "outputs": [{"id": one, "property": prop} for one, prop in outputs],
        "inputs": [{"id": ids.TICK, "property": "n_intervals", "value": 1}],
        "state": [
            {"id": ids.VERSION, "property": "data", "value": version},
            {"id": ids.FRESH_KEY, "property": "data", "value": key},
        ],
        "changedPropIds": [f"{ids.TICK}.n_intervals"],
    }
