"""Liveness for whoever watches the service: 200 while pages and database answer, 503 while the database does not."""

from __future__ import annotations

from flask import Flask, Response

from dashboard.auth import HEALTH
from dashboard.data import Data, DatabaseGone


def install(server: Flask, data: Data) -> None:
    """Answers HEALTH in a word; it says nothing that needs a sign-in."""

    def health() -> Response:
        try:
            data.version()
        except DatabaseGone:
            return Response("database gone\n", 503, mimetype="text/plain")
        return Response("ok\n", mimetype="text/plain")

    server.add_url_rule(HEALTH, "health", health)
