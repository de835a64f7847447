"""A report as the HTML of a mail: tables and inline styles alone, for that is what mail programs show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports import look
from reports.model import Align, Bar, Cell, Column, Report

TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar: its share of the length, its colour, and the mark at its left edge ('' none)."""

    width: str
    colour: str
    edge: str


def pieces(cell: Cell) -> list[Piece]:
    """A bar cut where its colour changes or a mark stands."""
    bar = cell.bar
    if bar is None:
        return []
    marks = [bar.value, bar.target, bar.expected, bar.low, bar.high]
    cuts = sorted({0.0, 1.0, *(mark for mark in marks if mark is not None)})
    return [_piece(bar, cell, left, right) for left, right in zip(cuts, cuts[1:], strict=False)]


def _piece(bar: Bar, cell: Cell, left: float, right: float) -> Piece:
    middle = (left + right) / 2
    colour = look.SUNKEN
    if bar.low is not None and bar.high is not None and bar.low <= middle <= bar.high:
        colour = look.BAND
    if middle <= bar.value:
        colour = look.colour(cell.status)
    edge = f"1px dashed {look.GREY}" if left == bar.expected else ""
    return Piece(f"{(right - left) * 100:.2f}%", colour, f"2px solid {look.INK}" if left == bar.target else edge)


def gap(columns: Sequence[Column], place: int) -> str:
    """More room before a column of words that follows one of figures."""
    after_figures = place > 0 and columns[place - 1].align is Align.RIGHT
    return "padding-left:20px;" if after_figures and columns[place].align is not Align.RIGHT else ""


def unit(cell: Cell) -> str:
    """The unit that is set small beside a figure, '' where it is set like it."""
    return cell.unit if cell.unit not in ("", "%") and cell.text.endswith(f" {cell.unit}") else ""


def bare(cell: Cell) -> str:
    """What is left of the text without that unit."""
    return cell.text.removesuffix(f" {unit(cell)}") if unit(cell) else cell.text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(pieces=pieces, gap=gap, unit=unit, bare=bare, colour=look.colour, look=look, Align=Align)
    return environment


def report_html(report: Report) -> bytes:
    """The HTML, UTF-8. The same report gives the same bytes."""
    return _environment().get_template("report.html").render(report=report).encode()
