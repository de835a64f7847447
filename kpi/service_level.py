"""The formulas of 15秒接通率 and 接通率 as data (RULES 2). T is ``{limit}`` (inclusive), ``{short}`` exclusive."""

from __future__ import annotations

from kpi.model import Formula, Terms

_IN_TIME: Terms = (("answered_within_{limit}", 1),)
_ALL: Terms = (("answered", 1), ("abandoned", 1))

SERVICE_LEVEL_FORMULAS: tuple[Formula, ...] = (
    Formula("offered", "{limit}秒内接通量 ÷ (接通量 + 放弃量)", _IN_TIME, _ALL),
    Formula("answered", "{limit}秒内接通量 ÷ 接通量", _IN_TIME, (("answered", 1),)),
    Formula(
        "ignore_early_abandons",
        "{limit}秒内接通量 ÷ (接通量 + {limit}秒后放弃量)",
        _IN_TIME,
        (*_ALL, ("abandoned_within_{limit}", -1)),
    ),
    Formula(
        "abandons_count_as_met",
        "({limit}秒内接通量 + {limit}秒内放弃量) ÷ (接通量 + 放弃量)",
        (*_IN_TIME, ("abandoned_within_{limit}", 1)),
        _ALL,
    ),
    Formula(
        "short_abandons_count_as_met",
        "({limit}秒内接通量 + 不足{short}秒放弃量) ÷ (接通量 + 放弃量)",
        (*_IN_TIME, ("abandoned_under_{short}", 1)),
        _ALL,
    ),
    Formula(
        "short_abandons_excluded",
        "{limit}秒内接通量 ÷ (接通量 + 放弃量 − 不足{short}秒放弃量)",
        _IN_TIME,
        (*_ALL, ("abandoned_under_{short}", -1)),
    ),
    Formula("strictly_under", "不足{limit}秒接通量 ÷ (接通量 + 放弃量)", (("answered_under_{limit}", 1),), _ALL),
)
"""The six of RULES 2 and, last, the strict reading “不足 T 秒” that some contracts use."""

SERVICE_LEVEL_WORDS = (("{n}秒接通率", "Answered within {n} s"), ("{n}秒后放弃量", "abandoned after {n} s"))
"""What is said of these and is no name of a measure, in English."""

SIX: tuple[str, ...] = tuple(f.code for f in SERVICE_LEVEL_FORMULAS[:6])
"""The codes shown side by side on the page."""

ANSWER_RATE_FORMULAS: tuple[Formula, ...] = (
    Formula("offered", "接通量 ÷ 人工请求量", (("answered", 1),), (("offered", 1),)),
    Formula("answered_and_abandoned", "接通量 ÷ (接通量 + 放弃量)", (("answered", 1),), _ALL),
    Formula(
        "ignore_early_abandons",
        "接通量 ÷ (人工请求量 − {limit}秒内放弃量)",
        (("answered", 1),),
        (("offered", 1), ("abandoned_within_{limit}", -1)),
    ),
    Formula(
        "short_abandons_excluded",
        "接通量 ÷ (人工请求量 − 不足{short}秒放弃量)",
        (("answered", 1),),
        (("offered", 1), ("abandoned_under_{short}", -1)),
    ),
)
