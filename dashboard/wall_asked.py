"""What a wall is asked to show, from its address: centre, week, scenes, rhythm, theme."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.texts import t
from dashboard.theme import DARK, LIGHT

PATH = "/wall"
SCENES = ("week", "pace", "days", "alerts", "seats", "orders", "notices")
THIS_WEEK, LAST_WEEK = "this", "last"
EVERY, SHORTEST, LONGEST = 20, 5, 600
"""Seconds a scene stays: as by default, at least, at most."""


@dataclass(frozen=True, slots=True)
class WallAsked:
    """The choices in the address. ``centre`` '' : all; ``sheet`` '' : the centre's own; ``scenes`` in the order they
    come; ``every`` seconds; ``scene`` the one to begin with."""

    centre: str = ""
    sheet: str = ""
    week: str = THIS_WEEK
    scenes: tuple[str, ...] = SCENES
    every: int = EVERY
    theme: str = DARK
    scene: str = ""
    paused: bool = False

    def query(self) -> str:
        """The address's query with its question mark, '' where everything is as by default."""
        pairs = {
            "centre": self.centre,
            "sheet": self.sheet,
            "week": self.week if self.week != THIS_WEEK else "",
            "scenes": ",".join(self.scenes) if self.scenes != SCENES else "",
            "every": str(self.every) if self.every != EVERY else "",
            "theme": self.theme if self.theme != DARK else "",
            "scene": self.scene,
            "pause": "1" if self.paused else "",
        }
        kept = {name: value for name, value in pairs.items() if value}
        return "?" + urlencode(kept, safe=",") if kept else ""


def parse(
    query: Mapping[str, str], centres: Collection[str], sheets: Collection[str]
) -> tuple[WallAsked, tuple[str, ...]]:
    """The choices, and sentences about those that can't be used and gave way to the default."""
    problems: list[str] = []

    def word(name: str, known: Collection[str], default: str, problem: str) -> str:
        value = query.get(name, "").strip()[:64]
        if value and value not in known:
            problems.append(problem)
        return value if value in known else default

    scenes, unknown = _scenes(query.get("scenes", "")[:200])
    every = _seconds(query.get("every", "").strip()[:8])
    asked = WallAsked(
        centre=word("centre", centres, "", t("wall.bad_centre")),
        sheet=word("sheet", sheets, "", t("wall.bad_sheet")),
        week=word("week", (THIS_WEEK, LAST_WEEK), THIS_WEEK, t("wall.bad_week")),
        scenes=scenes,
        every=every or EVERY,
        theme=word("theme", (LIGHT, DARK), DARK, t("wall.bad_theme")),
        scene=word("scene", scenes, "", t("wall.bad_scenes", known=", ".join(scenes))),
        paused=query.get("pause") == "1",
    )
    if unknown:
        problems.append(t("wall.bad_scenes", known=", ".join(SCENES)))
    if every is None:
        problems.append(t("wall.bad_every", low=SHORTEST, high=LONGEST))
    return asked, tuple(dict.fromkeys(problems))


def _scenes(text: str) -> tuple[tuple[str, ...], bool]:
    """The scenes named, each once; whether some are unknown."""
    named = [name.strip() for name in text.split(",") if name.strip()]
    known = tuple(dict.fromkeys(name for name in named if name in SCENES))
    return known or SCENES, any(name not in SCENES for name in named)


def _seconds(text: str) -> int | None:
    """Seconds within bounds; the default for none, None for what is no number of seconds."""
    if not text:
        return EVERY
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if SHORTEST <= int(text) <= LONGEST else None
