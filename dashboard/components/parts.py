"""The smallest parts: links, icons, status badges, figures, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.format import Shown
from kpi.status import Status

Child = Component | str | None
Children = Child | Sequence[Child]

MARKS: dict[Status, tuple[str, str]] = {
    Status.MET: ("✓", "met"),
    Status.AT_RISK: ("▲", "risk"),
    Status.MISSED: ("✕", "missed"),
    Status.OUT_OF_REACH: ("⊘", "lost"),
    Status.NOT_DUE: ("◌", "none"),
    Status.TOO_FEW: ("○", "none"),
    Status.NO_DATA: ("–", "none"),
}
"""Shape and class of each status: never colour alone."""


def aria(**values: str) -> Any:
    """Arguments “aria-…” of a component, which Python can't spell."""
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: str) -> Any:
    """Arguments “data-…” of a component."""
    return {f"data-{name}": value for name, value in values.items()}


def icon(name: str) -> Component:
    """A picture for the eye alone."""
    return html.Span(className=f"icon icon-{name}", **aria(hidden="true"))


def link(content: Children, href: str, class_name: str = "", **more: Any) -> Component:
    """A link inside the product: followed without reloading the page, a new tab where the user asks for one."""
    return html.A(content, href=href, className=class_name, **data(nav="1"), **more)


def badge(status: Status | None) -> Component:
    """Shape + word + colour; nothing where there is nothing to judge by."""
    if status is None:
        return html.Span()
    mark, kind = MARKS[status]
    return html.Span(
        [html.Span(mark, className="badge-mark", **aria(hidden="true")), status.value],
        className=f"badge badge-{kind}",
    )


def figure(shown: Shown, class_name: str = "figure") -> Component:
    """A figure: number, small unit; or “—”, its reason on hover and for screen readers."""
    if shown.reason:
        return html.Span(
            [html.Span(shown.text, **aria(hidden="true")), html.Span(shown.reason, className="sr-only")],
            className=f"{class_name} figure-none",
            title=shown.reason,
        )
    return html.Span([shown.text, html.Small(f" {shown.unit}") if shown.unit else None], className=class_name)


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; ``kind`` becomes a class of its cells (``num``: right-aligned). ``silent``: the title is for
    screen readers alone."""

    title: str
    kind: str = ""
    silent: bool = False


def cell_word(text: str) -> Component:
    """What the column is called, where the table has no head: on a phone."""
    return html.Span(text, className="cell-word")


def table(label: str, columns: Sequence[Column], rows: Sequence[Component], class_name: str = "") -> Component:
    """A table in a region that scrolls by itself and can be reached with the keyboard."""
    titles = [html.Span(c.title, className="sr-only") if c.silent else c.title for c in columns]
    head = html.Thead(
        html.Tr([html.Th(title, className=c.kind, scope="col") for title, c in zip(titles, columns, strict=True)])
    )
    body = html.Table([html.Caption(label, className="sr-only"), head, html.Tbody(list(rows))], className=class_name)
    return html.Div(body, className="table-scroll", role="region", tabIndex=0, **aria(label=label))


def row(
    columns: Sequence[Column], cells: Sequence[Children], class_name: str = "", heading: int = 0, **more: Any
) -> Component:
    """A row of a table; the cell at ``heading`` names it."""
    made = [
        html.Th(cell, className=column.kind, scope="row") if index == heading else html.Td(cell, className=column.kind)
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True))
    ]
    return html.Tr(made, className=class_name, **more)


def panel(title: Children, body: Children, class_name: str = "", aside: Children = None, **more: Any) -> Component:
    """A titled part of a page."""
    head = html.Div([html.H2(title), html.Div(aside, className="panel-aside")], className="panel-head")
    content = list(body) if isinstance(body, Sequence) and not isinstance(body, str) else [body]
    return html.Div([head, *content], className=f"panel {class_name}".strip(), **more)


def sourced(sources: Iterable[str]) -> Any:
    """Marks a block of figures with the codes of its sources: the browser turns it stale when one of them stops. None
    of a period that is over, which waits for nothing more, and of what people enter."""
    return data(sources=" ".join(sources))


def stale_note() -> Component:
    """Where the browser writes “数据停在 13:20” in a block that is ``sourced``."""
    return html.Span(className="stale-note")


def figures_panel(
    title: str, body: Sequence[Child], sources: Iterable[str], class_name: str = "", aside: Children = None
) -> Component:
    """A titled part of a page that holds figures."""
    return panel(title, [stale_note(), *body], class_name, aside, **sourced(sources))


def opening(above: Children, sentence: str, sources: Iterable[str], more: Sequence[Child] = ()) -> Component:
    """What a page says first: where and when, then the finding."""
    first = html.P(above, className="eyebrow") if above else None
    said = html.H1(sentence, className="sentence")
    return html.Div([first, said, stale_note(), *more], className="opening", **sourced(sources))
