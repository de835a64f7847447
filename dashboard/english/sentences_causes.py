"""What contributed most to an alert, in English: places, what they missed, and against what they usually do."""

from __future__ import annotations

from dashboard.english.catalogue_words import declared_misses, shares
from kpi.catalogue import BUILTIN

_PLACES = {
    "{n}时": "{n}:00",
    "技能组“{name}”": "queue “{name}”",
    "渠道“{name}”": "channel “{name}”",
    "座席 {name}": "seat {name}",
    "承办单位“{name}”": "department “{name}”",
    "类别“{name}”": "category “{name}”",
    "有一个座席": "one seat",
    "另有一个座席": "another seat",
}
_MEANS = {
    "{place}比平常少 {n} 件": "{place}: {n} items fewer than usual",
    "{place}比平常多 {n} 件": "{place}: {n} items more than usual",
    "{place}比平常少 {n} 秒": "{place}: {n} s less than usual",
    "{place}比平常多 {n} 秒": "{place}: {n} s more than usual",
    "比平常多": "more than usual",
    "比平常少": "less than usual",
    "主要来自": "mostly from",
}

CAUSE_SENTENCES: dict[str, str] = shares(declared_misses(BUILTIN)) | _PLACES | _MEANS
