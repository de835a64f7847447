"""What contributed most to an alert, in English: places, what they missed, and against what they usually do."""

from __future__ import annotations

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
MISSED = {
    ("漏接", " 个"): "calls missed",
    ("超时", " 个"): "calls late",
    ("放弃", " 个"): "calls abandoned",
    ("呼损", " 个"): "calls lost",
    ("漏录音", " 个"): "calls not recorded",
    ("不满意", " 个"): "calls rated unsatisfied",
    ("不能当场解答", " 件"): "not resolved at once",
    ("派单超时", " 件"): "dispatched late",
    ("派错", " 件"): "dispatched wrongly",
    ("有责退单", " 件"): "returned at fault",
    ("未办结", " 件"): "not closed",
    ("逾期", " 件"): "overdue",
    ("漏回访", " 件"): "not called back",
    ("不满意", " 件"): "rated unsatisfied",
    ("漏回拨", " 个"): "calls not returned",
    ("不合格", " 件"): "failed",
    ("漏检", " 件"): "not inspected",
    ("有责投诉", " 件"): "complaints at fault",
    ("差", ""): "missed",
    ("发生", ""): "happened",
}
"""What a miss is called with its counting word → what that many of them are."""
_SHARES = {
    f"{{place}}{verb} {{n}}{word},占 {{n2}}(平常 {{n3}}),多出 {{n4}}{word}": (
        f"{{place}}: {{n}} {missed}, {{n2}} of all (usually {{n3}}), {{n4}} more than usual"
    )
    for (verb, word), missed in MISSED.items()
}
_WORDS = {verb: missed for (verb, _word), missed in MISSED.items()}
_MEANS = {
    "{place}比平常少 {n} 件": "{place}: {n} items fewer than usual",
    "{place}比平常多 {n} 件": "{place}: {n} items more than usual",
    "{place}比平常少 {n} 秒": "{place}: {n} s less than usual",
    "{place}比平常多 {n} 秒": "{place}: {n} s more than usual",
    "比平常多": "more than usual",
    "比平常少": "less than usual",
    "主要来自": "mostly from",
}

CAUSE_SENTENCES: dict[str, str] = _WORDS | _PLACES | _SHARES | _MEANS
