"""HTML that stands in cells (paragraphs, line breaks, ticked boxes) as plain text."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

TICKED, UNTICKED = "☑", "□"
_TAG = re.compile(
    r"</?(?:p|br|input|div|span|sub|sup|b|strong|i|em|u|li|ul|ol|font|table|tr|td|th)\b[^>]*>", re.IGNORECASE
)
_BLOCKS = frozenset({"p", "br", "div", "li", "tr"})


class _Text(HTMLParser):
    """Collects the text; a block begins a line, a check box becomes a sign."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.parts.append(TICKED if any(name == "checked" for name, _ in attrs) else UNTICKED)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def cell_text(raw: str) -> str:
    """A cell as text: tags and entities resolved, one line a paragraph, no spaces at the ends.

    Signs of comparison (“90%≤比率<98%”) are no tags and stay.
    """
    text = raw
    if _TAG.search(raw):
        reader = _Text()
        reader.feed(raw)
        reader.close()
        text = "".join(reader.parts)
    elif "&" in raw:
        text = html.unescape(raw)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
