"""What it is called when a case of a KPI goes wrong, in both languages: “还可漏接 1,234 个”, “余下全部接通”."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Misses:
    """The words for one KPI's misses.

    ``verb`` and its counting ``word`` (漏接, 个; '' where it is not counted); ``best``: what is left to hope for
    (全部接通). In English ``missed`` and ``may_miss`` stand behind a number (“45 calls missed”, “12 more calls may be
    missed”), ``luck`` before “gives only 95 %” (“answering every call”).
    """

    verb: str
    word: str
    best: str
    missed: str
    may_miss: str
    luck: str


SHORT_OF = Misses("差", "", "全部达成", "missed", "may miss", "all of them met")
HAPPENED = Misses("发生", "", "一个都不发生", "happened", "may happen", "none at all")
"""Of a KPI that declares none: of one that should be high, of one that should be low."""
