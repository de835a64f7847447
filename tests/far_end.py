"""Far ends of alert channels for tests: a real SMTP server and a real HTTP server that answer as told."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Inbox:
    """What an SMTP server took. ``answers`` are given to DATA in turn, then 250; “drop” takes it and hangs up."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    goodbye: str = ""
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes every address but those refused."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Says goodbye, or as told."""
        return self.goodbye or "221 Bye"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keeps the mail unless told to answer otherwise."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "drop" or answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.users.append((session.auth_data or b"").decode() + (" over TLS" if session.ssl else ""))
        if answer == "drop" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer if answer != "drop" else "250 OK"


@contextmanager
def smtp_server(**options: Any) -> Iterator[Inbox]:
    """A real SMTP server on a free port."""
    inbox = Inbox(free_port())
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port, **options)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


PASSWORD = "t0ps3cret-mail"
CERTIFICATE = Path(__file__).resolve().parent / "data" / "relay.pem"


def relay_context() -> ssl.SSLContext:
    """TLS of a relay that signed its certificate itself."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATE)
    return made


def known_user(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
    """Lets ``hotline`` in with the password."""
    assert isinstance(given, LoginPassword)
    right = given == LoginPassword(b"hotline", PASSWORD.encode())
    return AuthResult(success=right, handled=right, auth_data=given.login)


@dataclass
class Robot:
    """What an HTTP server was asked. ``answers``: (status, body, headers) in turn, then ``default``."""

    port: int
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    default: tuple[int, Any, dict[str, str]] = (200, {"errcode": 0, "errmsg": "ok", "code": 0}, {})

    @property
    def address(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self.port}/robot/send?access_token=t0ps3cret"


@contextmanager
def http_server() -> Iterator[Robot]:
    """A real HTTP server on a free port."""
    robot = Robot(free_port())
    server = ThreadingHTTPServer(("127.0.0.1", robot.port), _handler(lambda: robot))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield robot
    finally:
        server.shutdown()
        server.server_close()


def _handler(robot: Callable[[], Robot]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            robot().asked.append((self.path, dict(self.headers), {"raw": raw, **json.loads(raw)}))
            status, body, headers = robot().answers.pop(0) if robot().answers else robot().default
            made = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(made)))
            self.end_headers()
            self.wfile.write(made)

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    return Handler
