"""The pages behind a socket."""

from __future__ import annotations

import ctypes
import gc
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cli.console import Failure
from product import Product, after_fork
from settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MEGABYTE = 1024 * 1024
HEAPS = 2
_M_ARENA_MAX = -8
"""The parameter's number in glibc's malloc.h."""


def bind(settings: Settings) -> socket.socket:
    """A socket bound to HOST and PORT, not yet listening. Raises Failure saying what to do."""
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Failure(f"监听不了 {where}: {error.strerror}。请检查设置 HOST。") from None
    if os.name == "posix":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise _not_free(settings, error) from None
    return bound


def _not_free(settings: Settings, error: OSError) -> Failure:
    return Failure(
        f"监听不了 {settings.host}:{settings.port}: {error.strerror}。端口若已被占用,请停掉占用它的程序"
        f"(可能是另一个正在运行的本程序),或换一个端口: --port {settings.port + 1}"
    )


def url_of(bound: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = bound.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def pages(product: Product) -> WSGIApplication:
    """The pages' WSGI application. It has answered its first request already: Dash sets itself up in it, and with
    several threads a user's first page could otherwise meet a half-made set-up and stay blank."""
    from dashboard.app import create_app

    application: WSGIApplication = create_app(product).server
    return application


@contextmanager
def settled_memory() -> Iterator[None]:
    """What was loaded so far stays for good: the garbage collector need not look through it for every page."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def few_heaps() -> None:
    """Makes all threads share ``HEAPS`` heaps of the C library. To be called before any thread is started: once there
    are more than a few heaps, glibc has settled how many there may be.

    By itself it gives each thread a heap of its own, and each keeps what its greatest answer took: a third of the
    memory of a server with eight threads. Python's own lock lets one thread work at a time anyway.
    """
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, HEAPS)


def serve_pages(application: WSGIApplication, bound: socket.socket, settings: Settings, up: Callable[[], None]) -> None:
    """Serves until SystemExit is raised in the main thread; ``up`` is called once connections are accepted."""
    server = made_server(application, bound, settings)
    up()
    with settled_memory():
        server.run()


def made_server(application: WSGIApplication, bound: socket.socket, settings: Settings) -> Any:
    """A server that listens on the socket; its ``run`` answers. Raises Failure where the port is taken."""
    from waitress.server import create_server

    from cli.kept_open import KeptChannel

    try:
        server = create_server(
            application,
            sockets=[bound],
            threads=settings.threads,
            ident=None,
            # An uploaded file comes as base64: four bytes for three.
            max_request_body_size=(settings.upload_max_mb * 4 // 3 + 2) * MEGABYTE,
            connection_limit=1000,
            channel_timeout=120,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise _not_free(settings, error) from None
    server.channel_class = KeptChannel
    return server


class Announced:
    """A WSGI application whose process gives signs of life from its first request on.

    Not before: a server may load the application once and fork, and neither threads nor database connections
    live on in its children.
    """

    def __init__(self, application: WSGIApplication, product: Product) -> None:
        self._application = application
        self._product = product
        self._announced = -1
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: after_fork(product))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handles one request."""
        if self._announced != os.getpid():
            with self._lock:
                self._announce()
        return self._application(environ, start_response)

    def _announce(self) -> None:
        from scheduler.presence import Presence

        if self._announced != os.getpid():
            self._announced = os.getpid()
            Presence(self._product).start()
