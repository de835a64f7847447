"""No caller's number is kept: what looks like one in a name (queue, seat, department …) or a text is masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

_MOBILE = re.compile(r"(?<!\d)((?:(?:\+|00)?86[- ]?|0)?)(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_ID_CARD = re.compile(r"(?<!\d)()(\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![\dXx])")


def mask(text: str) -> str:
    """The text with mobile and identity-card numbers reduced to their first 3 and last 2 characters."""
    for pattern in (_ID_CARD, _MOBILE):
        text = pattern.sub(lambda found: found[1] + found[2][:3] + "*" * (len(found[2]) - 5) + found[2][-2:], text)
    return text.replace("\x00", "␀")


def without_numbers(frame: pd.DataFrame, names: Sequence[str], keys: Sequence[str]) -> pd.DataFrame:
    """The frame with mobile and identity-card numbers masked in the text columns ``names``.

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
