"""What every chart comes with, as plain data: finding, formula, figures as a table, where they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """A column of a chart's table; ``numeric``: its cells are figures as shown (“1,234.5”, “—”)."""

    text: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The figures behind a chart, as shown: what the page lists and what is handed out as a file."""

    titles: tuple[Title, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ChartView:
    """One chart. ``name``: its part of an address. ``kind``: what it shows, in two words. ``basis``: (term, text) of
    the formula in force, its sides and the coverage. ``links``: (text, address) of what it is made of. ``empty``: why
    nothing is drawn, '' where something is. ``sources``: codes of the sources that brought the figures."""

    name: str
    kind: str
    finding: str
    table: ChartTable
    notes: str = ""
    basis: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    empty: str = ""
    sources: tuple[str, ...] = ()
