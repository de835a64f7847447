"""How far single seats are shown (the setting SEAT_RANKING): the same for pages, walls, alerts and reports."""

from __future__ import annotations

from enum import StrEnum


class Showing(StrEnum):
    """ON: by their numbers; ANONYMOUS: as somebody, without a number; OFF: not at all, neither named nor ranked."""

    ON = "on"
    ANONYMOUS = "anonymous"
    OFF = "off"
