"""The HTML of a mail, from a template that escapes everything it is given."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.message import Message

TEMPLATES = Path(__file__).resolve().parent / "templates"


MARK_COLOURS = {"✕": "#b3231b", "▲": "#855300", "✓": "#0a7267"}
"""The colours of status, the same as in reports; other marks are ink."""


def tight(text: str) -> str:
    """A unit stays on the line of its figure."""
    return re.sub(r"(?<=[\d≥≤]) (?=[\d%])", "\u00a0", text)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(tight=tight, colour=lambda mark: MARK_COLOURS.get(mark, "#18202b"))
    return made


def mail_html(message: Message, picture: str) -> str:
    """The mail's HTML. ``picture`` is the Content-ID of the chart, '' without one."""
    return _environment().get_template("mail.html").render(message=message, picture=picture)
