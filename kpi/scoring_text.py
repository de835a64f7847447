"""A scoring rule as one line that a performance officer can write (“≥98 得 20;90≤值<98 得 15;<90 得 0”), and back.

``read_line(rule_line(rule)) == rule`` for every rule; of a band that is open to infinity, which end would be closed
is not written, for it means nothing. Punctuation and spaces may be full- or half-width, signs ≥ or >=.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from kpi.scoring_json_rules import Reader, read_rule, rule_to_json
from kpi.scoring_rules import (
    Band,
    BandRule,
    CompletionRule,
    DeductionRule,
    GradeRule,
    LinearRule,
    Rule,
    StepRule,
    VetoRule,
)

EXAMPLES: dict[str, str] = {
    "bands": "≥98 得 20;90≤值<98 得 15;<90 得 0",
    "completion": "完成率 目标 98 上限 100",
    "linear": "线性 80→98",
    "steps": "目标 98 每差 1 扣 2",
    "grades": "等级 优 100%、良 80%、差 0%",
    "deduction": "扣分 最多 10",
    "veto": "一票否决 评为 差",
}
"""One line of every shape, by the word the JSON names it with."""

LESSONS = (
    *EXAMPLES.values(),
    "完成率 目标 5 越低越好",
    "目标 98 每差 1 扣 2 不足一步也扣",
    "目标 5 每差 1 扣 2 越低越好",
)
"""Lines to learn the notation from."""


class Trouble(StrEnum):
    """What is wrong with a line."""

    EMPTY = "empty"
    PART = "part"
    MISSING = "missing"
    TWICE = "twice"


class RuleTextError(ValueError):
    """A line that is no rule: the ``part`` not understood (or missing, or there twice), and an ``example`` that is."""

    def __init__(self, trouble: Trouble, part: str, kind: str) -> None:
        super().__init__(f"{trouble}: {part}")
        self.trouble, self.part, self.example = trouble, part.strip()[:40], EXAMPLES[kind]


_N = r"([+-]?\d+(?:\.\d+)?)"
_SIGNS = {ord(odd): plain for odd, plain in {"≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "−": "-", "–": "-"}.items()}
_SPELT = {">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤", "->": "→"}
_FLIPPED = {"≥": "≤", "≤": "≥", ">": "<", "<": ">"}
_BAND = re.compile(
    rf"(?:任[何意]值|(?:(?P<a>{_N})%?\s*(?P<s>[≥≤<>])\s*)?(?P<v>(?:完成)?值)?\s*(?:(?P<t>[≥≤<>])\s*(?P<b>{_N})%?)?)"
    rf"\s*得\s*(?P<points>{_N})\s*分?"
)
_SPAN = re.compile(rf"{_N}%?\s*[→至到]\s*{_N}%?")
_PARTS = {
    "目标": re.compile(rf"目标值?[\s:=为]*{_N}%?"),
    "上限": re.compile(rf"(?:完成率)?(?:上限|最[高多])[\s:=为]*{_N}%?"),
    "每差": re.compile(rf"每[相]?差\s*{_N}%?"),
    "扣": re.compile(rf"扣\s*{_N}\s*分?"),
    "最多": re.compile(rf"(?:最多|至多|上限)扣?[\s:=为]*{_N}\s*分?"),
    "越低越好": re.compile("(越低越好)"),
    "越高越好": re.compile("(越高越好)"),
    "不足一步也扣": re.compile("(不足一?[步档]?也扣)"),
}
_LOOSE = " \t\r\n,;:、。"
_NEEDS_QUOTES = re.compile(r"^\s|\s$|^$|^[::]|[、,,;;“”]")
_QUOTED = "“((?:[^”]|””)*)”"
_GRADE = re.compile(rf"\s*(?:{_QUOTED}|([^、,,;;“”]+?))\s*([+\-−+-]?\d+(?:[..]\d+)?)\s*[%%]?\s*(?:[、,,;;]|$)")
_VETO = re.compile(r"一票否决[\s,,::]*(?:(?:等级)?(?:直接)?评?为)?\s*(.*)", re.DOTALL)


def rule_line(rule: Rule) -> str:
    """The rule as one line."""
    match rule:
        case BandRule():
            return ";".join(f"{_range(band)} 得 {_figure(band.points)}" for band in rule.bands)
        case CompletionRule():
            target = "" if rule.target is None else f" 目标 {_figure(rule.target)}"
            cap = "" if rule.cap == CompletionRule().cap else f" 上限 {_figure(rule.cap)}"
            return f"完成率{target}{cap}{_way(rule.lower_is_better)}"
        case LinearRule():
            return f"线性 {_figure(rule.floor)}→{_figure(rule.target)}"
        case StepRule():
            line = f"目标 {_figure(rule.target)} 每差 {_figure(rule.step)} 扣 {_figure(rule.points)}"
            return f"{line}{_way(rule.lower_is_better)}{' 不足一步也扣' if rule.started else ''}"
        case GradeRule():
            return "等级 " + "、".join(f"{_word(name)} {_figure(share)}%" for name, share in rule.grades)
        case DeductionRule():
            return f"扣分 最多 {_figure(rule.limit)}"
        case VetoRule():
            return f"一票否决 评为 {_word(rule.grade)}"


def read_line(text: str) -> Rule:
    """The rule that a line says. Raises RuleTextError. ``line_problems`` says whether the rule makes sense."""
    raw, line = text.strip(), _plain(text).strip(_LOOSE)
    if not line:
        raise RuleTextError(Trouble.EMPTY, "", "completion")
    if raw.startswith("一票否决"):
        return _veto(raw)
    if raw.startswith("等级"):
        return _grades(raw.removeprefix("等级"))
    if line.startswith("完成率"):
        return _completion(line.removeprefix("完成率"))
    if line.startswith("线性"):
        return _linear(line.removeprefix("线性"))
    if line.startswith("扣分"):
        found = _parts(line.removeprefix("扣分"), ("最多",), ("最多",), "deduction")
        return DeductionRule(found["最多"])
    if line.startswith(("目标", "每差", "每相差")):
        return _steps(line)
    if "得" in line or line[0] in "≥≤<>":
        return BandRule(
            tuple(_band(piece) for piece in re.split("[;、,。\n]", line.removeprefix("分档")) if piece.strip())
        )
    raise RuleTextError(Trouble.PART, raw, "completion")


def read_figure(text: str) -> Decimal:
    """A figure as typed, full-width digits and “分” taken. Raises ValueError."""
    found = re.fullmatch(rf"{_N}\s*分?", _plain(text).strip())
    if found is None:
        raise ValueError(f"no figure: {text!r}")
    return Decimal(found[1])


def line_problems(rule: Rule, where: str) -> tuple[str, ...]:
    """What makes no sense in a rule that could be read: gaps between bands, steps of 0. Sentences naming ``where``."""
    problems: list[str] = []
    read_rule(Reader(rule_to_json(rule), where, problems))
    return tuple(problems)


def _plain(text: str) -> str:
    """Full-width punctuation as half-width, signs as one sign."""
    line = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    for spelt, sign in _SPELT.items():
        line = line.replace(spelt, sign)
    return line


def _figure(number: Decimal) -> str:
    return format(number, "f")


def _way(lower_is_better: bool) -> str:
    return " 越低越好" if lower_is_better else ""


def _word(name: str) -> str:
    """A name as it is; in quotes where the line would come apart without."""
    return f"“{name.replace('”', '””')}”" if _NEEDS_QUOTES.search(name) else name


def _range(band: Band) -> str:
    low = "" if band.low is None else _figure(band.low)
    high = "" if band.high is None else _figure(band.high)
    if low and high:
        return f"{low}{'≤' if band.low_closed else '<'}值{'≤' if band.high_closed else '<'}{high}"
    if low:
        return f"{'≥' if band.low_closed else '>'}{low}"
    return f"{'≤' if band.high_closed else '<'}{high}" if high else "任何值"


def _band(piece: str) -> Band:
    found = _BAND.fullmatch(piece.strip(_LOOSE))
    if found is None:
        raise RuleTextError(Trouble.PART, piece, "bands")
    ends = [(_FLIPPED[found["s"]], found["a"])] if found["s"] else []
    ends += [(found["t"], found["b"])] if found["t"] else []
    lows = [(sign, Decimal(number)) for sign, number in ends if sign in "≥>"]
    highs = [(sign, Decimal(number)) for sign, number in ends if sign in "≤<"]
    unsaid = not ends and "任" not in piece
    if unsaid or len(lows) > 1 or len(highs) > 1 or (found["s"] and not found["v"]):
        raise RuleTextError(Trouble.PART, piece, "bands")
    low_sign, low = lows[0] if lows else ("≥", None)
    high_sign, high = highs[0] if highs else ("<", None)
    return Band(Decimal(found["points"]), low, high, low_sign == "≥", high_sign == "≤")


def _parts(body: str, known: tuple[str, ...], needed: tuple[str, ...], kind: str) -> Mapping[str, Decimal]:
    """The figures of a line by the word before them, in any order; 1 for a word that stands alone."""
    found: dict[str, Decimal] = {}
    rest = body.strip(_LOOSE)
    while rest:
        name = next((one for one in known if _PARTS[one].match(rest)), "")
        match = _PARTS[name].match(rest) if name else None
        if match is None:
            raise RuleTextError(Trouble.PART, rest, kind)
        if name in found:
            raise RuleTextError(Trouble.TWICE, name, kind)
        found[name] = Decimal(match[1]) if match[1][-1].isdigit() else Decimal(1)
        rest = rest[match.end() :].strip(_LOOSE)
    lacking = [name for name in needed if name not in found]
    if lacking:
        raise RuleTextError(Trouble.MISSING, lacking[0], kind)
    if "越低越好" in found and "越高越好" in found:
        raise RuleTextError(Trouble.TWICE, "越低越好、越高越好", kind)
    return found


def _completion(body: str) -> CompletionRule:
    found = _parts(body, ("目标", "上限", "越低越好", "越高越好"), (), "completion")
    return CompletionRule(found.get("目标"), "越低越好" in found, found.get("上限", CompletionRule().cap))


def _linear(body: str) -> LinearRule:
    found = _SPAN.fullmatch(body.strip(_LOOSE))
    if found is None:
        raise RuleTextError(Trouble.PART, f"线性{body}", "linear")
    return LinearRule(Decimal(found[1]), Decimal(found[2]))


def _steps(line: str) -> StepRule:
    needed = ("目标", "每差", "扣")
    found = _parts(line, (*needed, "越低越好", "越高越好", "不足一步也扣"), needed, "steps")
    return StepRule(found["目标"], found["每差"], found["扣"], "越低越好" in found, "不足一步也扣" in found)


def _grades(body: str) -> GradeRule:
    rest, grades = re.sub(r"^\s*[::]?\s*", "", body), []
    while rest:
        found = _GRADE.match(rest)
        if found is None:
            raise RuleTextError(Trouble.PART, rest, "grades")
        name = found[2].strip() if found[1] is None else found[1].replace("””", "”")
        grades.append((name, Decimal(_plain(found[3]))))
        rest = rest[found.end() :].rstrip("。 \n")
    if not grades:
        raise RuleTextError(Trouble.MISSING, "优 100%", "grades")
    return GradeRule(tuple(grades))


def _veto(raw: str) -> VetoRule:
    found = _VETO.fullmatch(raw)
    name = found[1].strip() if found else ""
    if quoted := re.fullmatch(_QUOTED, name):
        return VetoRule(quoted[1].replace("””", "”"))
    return VetoRule(name) if name else VetoRule()
