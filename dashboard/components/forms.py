"""Parts of forms: labelled fields, answers, files. Fields come from the kit; their values go to callbacks."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.parts import Child, aria, data, icon

AS_IS = {"as-is": "1"}
"""Marks what is never translated on its way out."""


def field(label: str, control: Component, hint: str = "", class_name: str = "") -> Component:
    """A control below its label, with a hint."""
    parts: list[Child] = [html.Span(label, className="field-label"), control]
    if hint:
        parts.append(html.Small(hint))
    return html.Label(parts, className=f"field {class_name}".strip())


def answer(text: str, *, ok: bool, as_is: bool = False) -> Component:
    """What came of a form, read aloud. ``as_is``: it is in the reader's language already, and quotes what people typed
    or have to type."""
    mark, kind = ("✓", "done") if ok else ("✕", "failed")
    return html.Div(
        [html.Span(mark, **aria(hidden="true")), html.Span(text, **(data(**AS_IS) if as_is else {}))],
        className=f"answer answer-{kind}",
        role="status",
    )


def drop(upload_id: Any, text: str, *, multiple: bool = False) -> Component:
    """A place to drop or choose files. What is of no use or too large is refused by the server, in words: what is
    held back here is so without one."""
    made: Component = dcc.Upload(
        html.Button([icon("upload"), text], className="button", type="button"),
        id=upload_id,
        multiple=multiple,
        max_size=100 * 2**20,
        className="drop",
    )
    return made


def button(button_id: Any, text: str, *, strong: bool = False, title: str = "") -> Component:
    """A button that a callback listens to."""
    return html.Button(
        text, id=button_id, className="button button-strong" if strong else "button", type="button", title=title or None
    )


def fields(*parts: Component) -> Component:
    """Fields side by side where there is room."""
    return html.Div(list(parts), className="fields")
