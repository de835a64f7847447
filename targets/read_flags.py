"""Collects what a person has to look at while a document is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.sheet import Cell, CellKind, Flag, FlagKind
from targets.cells import doubt
from targets.read_lines import Line

_LONGEST = 400


@dataclass(slots=True)
class Flags:
    """The flags of one document, in the order of reading."""

    found: list[Flag] = field(default_factory=list)

    def add(self, place: str, kind: FlagKind, message: str, line: Line | None = None, suggestion: str = "") -> None:
        """Notes a flag with its source line."""
        source = line.source if line else ""
        source = source if len(source) <= _LONGEST else source[:_LONGEST] + "…"
        self.found.append(Flag(place, kind, message, line.number if line else None, source, suggestion[:_LONGEST]))

    def doubts(self, place: str, cell: Cell, line: Line | None) -> None:
        """Notes a lost cell, or one that another person may read differently."""
        if cell.kind is CellKind.LOST:
            if all(flag.place != place or flag.kind is not FlagKind.LOST for flag in self.found):
                self.add(place, FlagKind.LOST, "原文此处的值读不出来,请对照原件填写", line)
        elif reason := doubt(cell):
            self.add(place, FlagKind.UNSURE, reason, line, cell.shown if cell.is_number else "")
