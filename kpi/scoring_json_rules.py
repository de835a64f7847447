"""The rules of a scoring form as JSON and back, every mistake named by row and field (in Chinese)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

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

KINDS: dict[str, type[Rule]] = {
    "bands": BandRule,
    "completion": CompletionRule,
    "linear": LinearRule,
    "steps": StepRule,
    "grades": GradeRule,
    "deduction": DeductionRule,
    "veto": VetoRule,
}
"""The rule shapes by the word the JSON names them with."""

KIND_NAMES = {
    "bands": "分档",
    "completion": "完成率 × 权重",
    "linear": "线性",
    "steps": "每差扣分",
    "grades": "等级",
    "deduction": "扣分",
    "veto": "一票否决",
}
"""The rule shapes as people call them."""


class FormError(ValueError):
    """A scoring form that can't be used; ``problems`` are Chinese sentences naming row and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Reader:
    """Takes typed fields out of one JSON object and collects what is wrong with it."""

    def __init__(self, data: object, where: str, problems: list[str]) -> None:
        self.where, self.problems = where, problems
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            problems.append(f"{where}应是一组字段。")

    def wrong(self, label: str, what: str) -> None:
        self.problems.append(f"{self.where}的“{label}”{what}")

    def text(self, key: str, label: str, *, needed: bool = False) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self.wrong(label, f"应是文字,不是 {value!r}。")
            return ""
        if needed and not value.strip():
            self.wrong(label, "不能空着,请填写。")
        return value

    def flag(self, key: str, label: str, default: bool = False) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(label, "应是“是”或“否”。")
            return default
        return value

    def maybe(self, key: str, label: str) -> Decimal | None:
        value = self.data.get(key)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite():
            self.wrong(label, f"应是数字,不是“{value}”。")
            return None
        return number

    def number(self, key: str, label: str, default: str | None = None) -> Decimal:
        number = self.maybe(key, label)
        if number is None:
            if default is None and self.data.get(key) in (None, ""):
                self.wrong(label, "不能空着,请填写数字。")
            return Decimal(default or 0)
        return number

    def items(self, key: str, label: str) -> list[object]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self.wrong(label, "应是一个列表。")
            return []
        return value

    def known(self, cls: type) -> None:
        """Names the keys that belong to nothing."""
        names = {f.name for f in fields(cls)} | {"kind"}
        for key in self.data:
            if key not in names:
                self.wrong(str(key), f"不是认得的字段;可用:{'、'.join(sorted(names))}。")


def plain(item: Any) -> dict[str, Any]:
    """The fields of a frozen dataclass, decimals as text."""
    values = {f.name: getattr(item, f.name) for f in fields(item)}
    return {k: str(v) if isinstance(v, Decimal | StrEnum) else v for k, v in values.items()}


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """A rule as JSON, its shape under “kind”."""
    kind = next(name for name, cls in KINDS.items() if isinstance(rule, cls))
    if isinstance(rule, BandRule):
        return {"kind": kind, "bands": [plain(b) for b in rule.bands]}
    if isinstance(rule, GradeRule):
        return {"kind": kind, "grades": [[name, str(share)] for name, share in rule.grades]}
    return {"kind": kind, **plain(rule)}


def read_rule(reader: Reader) -> Rule:
    """The rule of one row; what is wrong with it is added to the reader's problems."""
    kind = reader.text("kind", "种类")
    if kind not in KINDS:
        known = "、".join(f"{k}({KIND_NAMES[k]})" for k in KINDS)
        reader.wrong("种类", f"是“{kind}”,不认得;可用:{known}。")
        return VetoRule()
    reader.known(KINDS[kind])
    return _READERS[kind](reader)


def _positive(reader: Reader, key: str, label: str, default: str | None = None) -> Decimal:
    number = reader.number(key, label, default)
    if number <= 0 and reader.data.get(key) not in (None, ""):
        reader.wrong(label, f"必须大于 0,现在是 {number}。")
    return number


def _bands(reader: Reader) -> BandRule:
    bands, before = [], len(reader.problems)
    for no, item in enumerate(reader.items("bands", "区间"), start=1):
        part = Reader(item, f"{reader.where}第 {no} 段", reader.problems)
        part.known(Band)
        low, high, points = part.maybe("low", "下限"), part.maybe("high", "上限"), part.number("points", "得分")
        closed = part.flag("low_closed", "含下限", True), part.flag("high_closed", "含上限")
        if low is not None and high is not None and (low > high or (low == high and not all(closed))):
            part.wrong("下限", f"({low})不小于上限({high}),请改正。")
        bands.append(Band(points, low, high, *closed))
    if not bands:
        reader.wrong("区间", "不能空着,请至少填一段。")
    elif len(reader.problems) == before:
        _joined(reader, bands)
    return BandRule(tuple(bands))


def _joined(reader: Reader, bands: list[Band]) -> None:
    """Every value lies in exactly one band: no gaps between neighbours, no overlaps."""
    ends = sorted(bands, key=lambda b: (b.low is not None, b.low or Decimal(0)))
    for below, above in zip(ends, ends[1:], strict=False):
        if below.high is None or above.low is None or below.high > above.low:
            reader.wrong("区间", f"“{below.text}”与“{above.text}”重叠,请改正。")
        elif below.high < above.low or not (below.high_closed or above.low_closed):
            reader.wrong("区间", f"“{below.text}”与“{above.text}”之间有空隙,请补上。")
        elif below.high_closed and above.low_closed:
            reader.wrong("区间", f"“{below.text}”与“{above.text}”都含 {above.low},请改正。")


def _completion(reader: Reader) -> CompletionRule:
    target = reader.maybe("target", "目标值")
    if target is not None and target < 0:
        reader.wrong("目标值", f"不能是负数({target})。")
    return CompletionRule(
        target, reader.flag("lower_is_better", "越低越好"), _positive(reader, "cap", "完成率上限(%)", "100")
    )


def _linear(reader: Reader) -> LinearRule:
    rule = LinearRule(reader.number("floor", "起点值"), reader.number("target", "目标值"))
    if rule.floor == rule.target:
        reader.wrong("起点值", f"与目标值相同({rule.target}),线性规则需要两个不同的值。")
    return rule


def _grades(reader: Reader) -> GradeRule:
    grades = []
    for no, item in enumerate(reader.items("grades", "等级"), start=1):
        name, share = item if isinstance(item, list | tuple) and len(item) == 2 else ("", None)
        part = Reader({"name": name, "share": share}, f"{reader.where}第 {no} 个等级", reader.problems)
        value = part.number("share", "得分比例(%)")
        if not 0 <= value <= 100:
            part.wrong("得分比例(%)", f"须在 0 至 100 之间,现在是 {value}。")
        grades.append((part.text("name", "名称", needed=True), value))
    if not grades:
        reader.wrong("等级", "不能空着,请至少填一个。")
    return GradeRule(tuple(grades))


_READERS: dict[str, Callable[[Reader], Rule]] = {
    "bands": _bands,
    "completion": _completion,
    "linear": _linear,
    "steps": lambda r: StepRule(
        r.number("target", "目标值"),
        _positive(r, "step", "每差"),
        _positive(r, "points", "扣分"),
        r.flag("lower_is_better", "越低越好"),
        r.flag("started", "不足一档也扣"),
    ),
    "grades": _grades,
    "deduction": lambda r: DeductionRule(_positive(r, "limit", "扣分上限")),
    "veto": lambda r: VetoRule(r.text("grade", "等次") or "差"),
}
