"""A JSON server on this machine that says and does what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """``answer`` decides what is said; ``asked`` keeps path, query and headers of every request."""

    answer: Callable[[str, dict[str, str], int], Reply] = lambda path, query, n: (200, {}, b"[]")
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    url: str = ""
    cut_after: int | None = None
    delay: float = 0.0


def says(body: Any, code: int = 200, **headers: str) -> Reply:
    return code, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps(body, ensure_ascii=False).encode()


def serve() -> Iterator[Server]:
    """Runs one until the test is over."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            state.asked.append((parts.path, query, dict(self.headers.items())))
            time.sleep(state.delay)
            code, headers, body = state.answer(parts.path, query, len(state.asked))
            self.send_response(code)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if state.cut_after is None else body[: state.cut_after])

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_port}"
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()
