"""How reports look: colour belongs to status alone, everything else is ink and grey. The light theme of the pages."""

from __future__ import annotations

from kpi.status import Status

INK, INK_SOFT, GREY, LINE, SUNKEN, BAND, SURFACE = (
    "#18202b", "#435062", "#5c6878", "#dfe3e8", "#eceef1", "#cfd6de", "#ffffff",
)  # fmt: skip
MET, RISK, MISSED, LOST = "#0a7267", "#855300", "#b3231b", "#7d120c"
_COLOURS = {Status.MET: MET, Status.AT_RISK: RISK, Status.MISSED: MISSED, Status.OUT_OF_REACH: LOST}


def colour(status: Status | None) -> str:
    """The colour of a status word, ink where there is none."""
    return INK if status is None else _COLOURS.get(status, GREY)
