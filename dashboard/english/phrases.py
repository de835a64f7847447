"""Chinese as it comes from the rooms below the pages, put into English at the edge.

KPIs, units, statuses and the sentences of pacing are Chinese wherever they are made: mails, reports and forms are.
A page in English is built with English texts (``dashboard.texts.t``); what else is Chinese in the answer is looked up
here, whole or as a template, before it leaves. What is in no table stays as it is: names and texts that people gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from dashboard import language
from dashboard.english.domain import DOMAIN
from dashboard.english.sentences import SENTENCES
from dashboard.english.sentences_alerts import ALERT_SENTENCES
from dashboard.english.sentences_causes import CAUSE_SENTENCES
from dashboard.english.sentences_entries import ENTRY_SENTENCES
from dashboard.english.sentences_imports import IMPORT_SENTENCES
from dashboard.english.sentences_pulls import PULL_SENTENCES
from dashboard.english.sentences_rejects import REJECT_SENTENCES
from dashboard.english.sentences_remote import NOTHING_THERE, REMOTE_SENTENCES
from dashboard.english.sentences_sheets import SHEET_SENTENCES
from dashboard.english.tables import ENGLISH
from dashboard.language import Pairs
from dashboard.texts import TEXTS

_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_SLOT = re.compile(r"\{(\w+)\}")
_SPLITS = (
    re.compile(r"(\s*[\uff1b\u3002;\n]\s*)"),
    re.compile(r"(\s*(?:[\uff0c\u3001\uff1a\uff08\uff09()·|→÷×“”]|(?<!\d)[,:]|[,:](?!\d))\s*)"),
    re.compile(r"((?<=[\u3400-\u9fff])(?=\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b))"),
    re.compile(r"(\s+)"),
)
"""Where a text comes apart: between sentences, inside them, before a day that follows a name, between words."""
_JOINED = re.compile(r"(\s·\s)")
"""Between texts that have nothing to do with each other: no template reaches across."""
_SPOKEN = re.compile(r"(?<![\w.@/<-])[a-z]{3,}(?![\w.@/>-])")
_RUN = re.compile(r"[\u3400-\u9fff]{2}")
_JOINTS = {
    "": " ",
    "\u3002": ". ",
    "\u3001": ", ",
    ";": "; ",
    ",": ", ",
    ":": ": ",
    "(": " (",
    ")": ") ",
    "\uff1b": "; ",
    "\uff0c": ", ",
    "\uff1a": ": ",
    "\uff08": " (",
    "\uff09": ") ",
}
"""Stops, commas, colons and brackets as Chinese writes them: close to the words."""
_LOOSE = re.compile(r" +([:;,.)])")
_KEPT = frozenset({"value", "id", "href", "key", "namespace", "type", "className", "src", "data-moments"})
_AS_IS = "data-as-is"
_OWN = "own"
_DEEP = 40
"""Lists come apart one by one."""
_KNOWN = 20_000
_INSTALLATIONS = 4

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日?(?:–(\d{1,2}))?日)?")
_HOUR = re.compile(r"(\d{1,2}) 时(?!段)")

Template = tuple[str, re.Pattern[str], str]


@lru_cache(_INSTALLATIONS)
def _tables(own: Pairs) -> tuple[Mapping[str, str], tuple[Template, ...], frozenset[str]]:
    """Whole phrases; templates with their longest fixed piece, the most telling first; English that quotes Chinese.

    ``own``: what an installation calls its own KPIs; ours go before, so that no name of theirs changes our words."""
    spoken = (SENTENCES, ALERT_SENTENCES, CAUSE_SENTENCES, SHEET_SENTENCES, REJECT_SENTENCES)
    books = (DOMAIN, *spoken, PULL_SENTENCES, REMOTE_SENTENCES, IMPORT_SENTENCES, ENTRY_SENTENCES)
    pairs = [pair for book in books for pair in book.items()]
    # Texts with slots are filled in English by ``t``: as templates they would only tear up what they were filled with.
    pairs += [(text, ENGLISH[key]) for key, text in TEXTS.items() if not _SLOT.search(text)]
    pairs += own
    whole = {chinese: english for chinese, english in reversed(pairs) if not _SLOT.search(chinese)}
    slotted = [(chinese, english) for chinese, english in pairs if _SLOT.search(chinese)]
    slotted.sort(key=lambda pair: -len(_SLOT.sub("", pair[0])))
    templates = tuple(_template(*pair) for pair in slotted if any(map(_chinese, _SLOT.split(pair[0])[::2])))
    return whole, templates, frozenset(english for english in ENGLISH.values() if _chinese(english))


def _template(chinese: str, english: str) -> Template:
    pieces = _SLOT.split(chinese)
    telling = len(_CHINESE.findall("".join(pieces[::2]))) > 1
    pattern = "".join(
        re.escape(piece) if at % 2 == 0 else _group(piece, pieces[:at][1::2], telling)
        for at, piece in enumerate(pieces)
    )
    return max((piece for piece in pieces[::2] if _chinese(piece)), key=len), re.compile(pattern, re.DOTALL), english


def _group(name: str, earlier: Iterable[str], telling: bool) -> str:
    """A slot. One called ``n…`` holds figures only, and where a single sign is all there is, no slot holds Chinese:
    short templates would swallow other texts."""
    if name in earlier:
        return f"(?P={name})"
    if re.fullmatch(r"n\d?", name):
        return rf"(?P<{name}>[\d.,+−%–~<>≥≤= /:-]+?)"
    return f"(?P<{name}>.+?)" if telling else rf"(?P<{name}>[^\u3400-\u9fff]+?)"


def _date(found: re.Match[str]) -> str:
    year, month, first, last = found.groups()
    days = f"{first}–{last}" if last else first
    name = _MONTHS[int(month) - 1] if 1 <= int(month) <= 12 else month
    return " ".join(part for part in (days, name, year) if part)


def _chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


def to_english(text: str) -> str:
    """A text in English as far as it is known."""
    return _english(text, language.own_words(), 0)


@lru_cache(_KNOWN)
def _english(text: str, own: Pairs, depth: int) -> str:
    text = _HOUR.sub(r"\1:00", _DATE.sub(_date, text))
    whole, templates, finished = _tables(own)
    if not _chinese(text) or depth > _DEEP or text in finished:
        return text
    bare = text.strip()
    if bare in whole:
        return text.replace(bare, whole[bare])
    said = None if _JOINED.search(bare) else _said(bare, templates, own, depth)
    if said is not None:
        return text.replace(bare, said)
    for split in (_JOINED, *_SPLITS):
        parts = split.split(text)
        if len(parts) > 1:
            made = "".join(_part(part, own, depth) if at % 2 == 0 else _joint(part) for at, part in enumerate(parts))
            return _LOOSE.sub(r"\1", made).replace("  ", " ").strip() if made != text else text
    return text


def _said(bare: str, templates: Iterable[Template], own: Pairs, depth: int) -> str | None:
    """What the first template that fits makes of a text; None where none does."""
    for anchor, pattern, english in templates:
        if anchor in bare and (found := pattern.fullmatch(bare)):
            values = {
                name: value if _quoted(name, value) else _english(value, own, depth + 1)
                for name, value in found.groupdict().items()
            }
            if not (_SPOKEN.search(bare) and any(_torn(found, name, values[name]) for name in values)):
                return english.format(**values)
    return None


def _quoted(name: str, value: str) -> bool:
    """True where a slot holds what somebody or some file is called, not our word for nothing."""
    return name.startswith(_OWN) and value not in NOTHING_THERE


def _torn(found: re.Match[str], name: str, value: str) -> bool:
    """True where a template would cut through a name: what it leaves of a run of Chinese is no word that is known.

    Asked only of a text that is English already but for its names (“综合受理 best at 97 %”).
    """
    start, end = found.span(name)
    runs = found.string[max(start - 1, 0) : start + 1], found.string[end - 1 : end + 1]
    return _chinese(value) and any(map(_RUN.fullmatch, runs))


def _part(part: str, own: Pairs, depth: int) -> str:
    return _english(part, own, depth + 1) if part else part


def _joint(joint: str) -> str:
    bare = joint.strip()
    return _JOINTS.get(bare, joint) if bare or not joint else joint


def tree_in_english(node: Any) -> Any:
    """An answer's JSON with every text in English that is known. Values that come back from forms are left alone, and
    so is what is marked as written the way it has to be typed."""
    if isinstance(node, str):
        return to_english(node)
    if isinstance(node, list):
        return [tree_in_english(item) for item in node]
    if isinstance(node, dict) and _AS_IS not in node:
        return {key: value if key in _KEPT else tree_in_english(value) for key, value in node.items()}
    return node
