"""The smallest parts of the wall's HTML: elements whose texts are escaped, and in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from dashboard.components.parts import MARKS
from dashboard.language import spoken as said
from dashboard.unbroken import unbroken
from kpi.status import Status


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Part = str | None | Iterable["Part"]


def el(tag: str, *children: Part, **attributes: str | bool | None) -> Html:
    """An element. ``cls`` is its class, underscores of other names become hyphens; None and False leave one out."""
    made = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = "class" if name == "cls" else name.rstrip("_").replace("_", "-")
        made.append(f" {written}" if value is True else f' {written}="{escape(said(str(value)))}"')
    return Html(f"<{tag}{''.join(made)}>{joined(children)}</{tag}>")


def joined(parts: Part) -> Html:
    """Parts one after the other; plain text escaped."""
    if parts is None:
        return Html("")
    if isinstance(parts, Html):
        return parts
    if isinstance(parts, str):
        return Html(escape(unbroken(said(parts)), quote=False))
    return Html("".join(joined(part) for part in parts))


def badge(status: Status | None) -> Html | None:
    """Shape + word + colour; None where there is nothing to judge by."""
    if status is None:
        return None
    mark, kind = MARKS[status]
    return mark_badge(mark, status.value, kind)


def mark_badge(mark: str, word: str, kind: str) -> Html:
    """A badge of any kind (met, risk, missed, lost, none)."""
    return el("span", el("b", mark, aria_hidden="true"), word, cls=f"badge badge-{kind}")
