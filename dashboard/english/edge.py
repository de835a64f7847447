"""Answers to a page in English, on their way out."""

from __future__ import annotations

import json

from flask import Flask, Response, request

from dashboard import language
from dashboard.unbroken import tree_unbroken

ANSWERS = ("/_dash-layout", "/_dash-update-component")


def install(server: Flask) -> None:
    """Pages asked for in English leave in English. To be installed after compression, so that it comes before."""
    server.after_request(translated)


def translated(response: Response) -> Response:
    """The answer in the language of its request."""
    if language.current() != language.ENGLISH or request.path not in ANSWERS or not response.is_json:
        return response
    from dashboard.english.phrases import tree_in_english  # late: most centres never need it

    answer = json.loads(response.get_data())
    response.set_data(json.dumps(tree_unbroken(tree_in_english(answer)), ensure_ascii=False, separators=(",", ":")))
    return response
