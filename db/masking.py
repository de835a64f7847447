"""No caller's number is kept: what looks like one in a name (queue, seat, department …) or a text is masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

_MOBILE = re.compile(r"(?<!\d)((?:(?:\+|00)?86[- ]?|0)?)(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_AREA, _LOCAL = r"(?:10|2\d|[3-9]\d\d)", r"\d{3,4}[- ]?\d{4}"
_EXTENSION = r"(?:\s*(?:转|分机|ext\.?|-)\s*\d{1,6})?"
_LANDLINE = re.compile(
    rf"(?<![\dA-Za-z.])()((?:0{_AREA}[-–— ]{_LOCAL}"  # 0512-65211234 转 801
    rf"|[(（]0{_AREA}[)）] ?{_LOCAL}"
    rf"|(?:\+|00)86[- ]?\(?0?{_AREA}\)?[- ]?{_LOCAL}"
    rf"|0(?:(?:10|2\d)\d{{8}}|[3-9]\d\d\d{{7,8}})"  # 02584451234
    rf"|[48]00[- ]?\d(?:[- ]?\d){{6}}){_EXTENSION})(?!\d)",  # 400-820-8820
    re.IGNORECASE,
)
_LEAST = 10
"""No number that is masked is shorter."""
_ID_CARD = re.compile(r"(?<!\d)()(\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![\dXx])")


def mask(text: str) -> str:
    """The text with mobile, landline (with area code, 400, 800) and identity-card numbers reduced to their first 3 and
    last 2 characters. A local number without its area code can't be told from other numbers.
    """
    for pattern in (_ID_CARD, _MOBILE, _LANDLINE) if len(text) >= _LEAST else ():
        text = pattern.sub(lambda found: found[1] + found[2][:3] + "*" * (len(found[2]) - 5) + found[2][-2:], text)
    return text.replace("\x00", "␀")


def without_numbers(frame: pd.DataFrame, names: Sequence[str], keys: Sequence[str]) -> pd.DataFrame:
    """The frame with the numbers that ``mask`` knows masked in the text columns ``names``.

    Rows whose ``keys`` become alike are added up; texts that are no key keep the first one. The same frame where
    there is nothing to mask.
    """
    changed: dict[str, Any] = {}
    for name in (n for n in names if n in frame.columns and len(frame)):
        shown = {value: mask(value) for value in frame[name].dropna().unique() if isinstance(value, str)}
        if any(value != masked for value, masked in shown.items()):
            changed[name] = frame[name].map(lambda value, shown=shown: shown.get(value, value))
    if not changed:
        return frame
    masked = frame.assign(**changed)
    if not set(changed) & set(keys):
        return masked
    rest = [column for column in masked.columns if column not in keys]
    texts = set(names) | {"note"}
    adding = {column: "first" if column in texts else (lambda one: one.sum(min_count=1)) for column in rest}
    return masked.groupby(list(keys), as_index=False, sort=False).agg(adding)
