"""How bytes travel: scripts and styles pressed once and kept by the browser, answers pressed as they are made."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, request
from flask_compress import Compress

ASSETS = "/assets/"
COMPONENTS = "/_dash-component-suites/"
YEAR = 31_536_000
QUALITY = 8
MOST_KEPT = 128
_SMALLEST = 600
_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")


class Pressed:
    """Static answers pressed with brotli, kept by address (which holds the file's fingerprint)."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def press(self, address: str, data: bytes) -> bytes:
        """The data pressed, from the store where the address was asked for before."""
        with self._lock:
            kept = self._kept.get(address)
            if kept is None:
                kept = brotli.compress(data, quality=QUALITY)
                self._kept[address] = kept
            self._kept.move_to_end(address)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept


def install(server: Flask) -> None:
    """Turns compression on and gives fingerprinted files a year in the browser's cache."""
    server.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_STREAMS=False, COMPRESS_BR_LEVEL=4)
    Compress(server)
    pressed = Pressed()

    def static(response: Response) -> Response:
        return _static(response, pressed)

    server.after_request(static)  # added last, so it is asked before Compress


def _static(response: Response, pressed: Pressed) -> Response:
    if not request.path.startswith((ASSETS, COMPONENTS)):
        return response
    if response.status_code in (200, 304) and request.path.startswith(ASSETS) and request.args.get("m"):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    plain = response.status_code == 200 and request.method == "GET" and "Content-Encoding" not in response.headers
    if (
        not plain
        or not (response.mimetype or "").startswith(_TEXTS)
        or "br" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) >= _SMALLEST:
        response.set_data(pressed.press(request.full_path, data))
        response.headers["Content-Encoding"] = "br"
        response.vary.add("Accept-Encoding")
    return response
