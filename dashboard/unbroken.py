"""A number and what it counts, a sign and its number: never parted by the end of a line."""

from __future__ import annotations

import re
from typing import Any

from dashboard import language

NO_BREAK = "\u00a0"
_UNITS = "percentage points|points?|items/seat/day|items?|calls?|times?|people|s"
_PARTED = re.compile(rf" (?:(?<=\d )(?=%|[\u4e00-\u9fff]|(?:{_UNITS})\b)|(?<=[≥≤<>=] )(?=[\d−-]))")
_TEXTS = "children"


def unbroken(text: str) -> str:
    """The text with spaces that no line breaks at: “≥ 96.9 %”, “3,952 个”."""
    return _PARTED.sub(NO_BREAK, text) if " " in text else text


def as_written(text: str) -> str:
    """The same of a page that is shown as it was made; one in English is put right when all of it is English."""
    return text if language.current() == language.ENGLISH else unbroken(text)


def tree_unbroken(node: Any, name: str = "") -> Any:
    """An answer's JSON with the texts on the page put right; what comes back from forms and addresses is left alone."""
    if isinstance(node, str):
        return unbroken(node) if name == _TEXTS else node
    if isinstance(node, list):
        return [tree_unbroken(one, name) for one in node]
    if isinstance(node, dict):
        return {key: tree_unbroken(value, key) for key, value in node.items()}
    return node
