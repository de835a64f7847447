"""The HTML of a mail, from a template that escapes everything it is given."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.message import Message

TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def mail_html(message: Message, picture: str) -> str:
    """The mail's HTML. ``picture`` is the Content-ID of the chart, '' without one."""
    return _environment().get_template("mail.html").render(message=message, picture=picture)
